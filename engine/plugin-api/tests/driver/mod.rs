//! Calls the tables of a plugin, as a host does that trusts it.

#![allow(dead_code, reason = "not every test needs all of it")]

use std::ffi::{CStr, CString, c_char, c_void};
use std::path::Path;
use std::ptr;
use std::sync::Mutex;
use utter_plugin::FailureCode;
use utter_plugin::abi::{
    self, ABI_VERSION, HostTable, OK, OutputTable, PluginEntry, RawFailure, RawFormat, RawHoldings,
    RawOutput, RawRequest, RawStatus, RawTarget,
};

/// A failure as it has crossed the border.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    pub code: i32,
    pub message: String,
}

impl Failed {
    pub fn is(&self, code: FailureCode) -> bool {
        self.code == code as i32
    }
}

/// A host, with what it was told by plugins.
#[derive(Default)]
pub struct Host {
    pub log: Mutex<Vec<(i32, String)>>,
}

impl Host {
    /// Its table, which must be kept until the plugin has ended.
    pub fn table(&self) -> HostTable {
        HostTable {
            size: abi::size_of::<HostTable>(),
            abi_version: ABI_VERSION,
            name: c"Test".as_ptr(),
            version: c"1.0".as_ptr(),
            context: ptr::from_ref(self).cast_mut().cast(),
            log: Some(log),
        }
    }
}

unsafe extern "C" fn log(context: *mut c_void, level: i32, message: *const c_char) {
    // SAFETY: `context` is that of `table`, and the message ends with NUL.
    let (host, message) = unsafe { (&*context.cast::<Host>(), CStr::from_ptr(message)) };
    let message = message.to_str().unwrap().to_owned();
    host.log.lock().unwrap().push((level, message));
}

/// The tables of a plugin.
#[derive(Clone, Copy)]
pub struct Plugin {
    pub entry: &'static PluginEntry,
    pub outputs: &'static OutputTable,
}

impl Plugin {
    /// The plugin behind an entry.
    pub fn new(entry: &'static PluginEntry) -> Self {
        assert_eq!(entry.abi_version, ABI_VERSION);
        assert_eq!(entry.size, abi::size_of::<PluginEntry>());
        // SAFETY: the ABI has it that it is not null, and constant.
        let outputs = unsafe { &*entry.outputs };
        assert_eq!(outputs.size, abi::size_of::<OutputTable>());
        Self { entry, outputs }
    }

    /// The plugin of a library, which stays loaded.
    pub fn load(library: &Path) -> Self {
        // SAFETY: the libraries of these tests run nothing when they are loaded; the symbol is of this type.
        Self::new(unsafe {
            let library = Box::leak(Box::new(libloading::Library::new(library).unwrap()));
            let symbol = abi::ENTRY_SYMBOL.to_bytes_with_nul();
            &**library.get::<*const PluginEntry>(symbol).unwrap()
        })
    }

    pub fn init(self, host: *const HostTable, directory: &Path) -> Result<(), Failed> {
        let directory = CString::new(directory.to_str().unwrap()).unwrap();
        // SAFETY: the host and the text are what the ABI wants.
        fallible(|failure| unsafe { self.entry.init.unwrap()(host, directory.as_ptr(), failure) })
    }

    pub fn deinit(self) {
        // SAFETY: the ABI lets it be called.
        unsafe { self.entry.deinit.unwrap()() }
    }

    /// The ids and names of the targets, at most `wanted` of them.
    pub fn targets(self, wanted: usize) -> Result<Vec<(String, String)>, Failed> {
        let mut taken = Taken {
            wanted,
            targets: Vec::new(),
        };
        let context = (&raw mut taken).cast();
        // SAFETY: the context is that of the function.
        fallible(|failure| unsafe { self.outputs.list_targets.unwrap()(Some(take), context, failure) })?;
        Ok(taken.targets)
    }

    pub fn create(self, target: &str) -> Result<Output, Failed> {
        let target = CString::new(target).unwrap();
        let mut output = ptr::null_mut();
        // SAFETY: the text and the place are what the ABI wants.
        fallible(|failure| unsafe { self.outputs.create.unwrap()(target.as_ptr(), &mut output, failure) })?;
        assert!(!output.is_null());
        Ok(Output {
            table: self.outputs,
            output,
        })
    }

    pub fn holdings(self) -> RawHoldings {
        let mut holdings = RawHoldings {
            size: abi::size_of::<RawHoldings>(),
            processes: 0,
            processes_started: 0,
            rings: 0,
            reserved: 0,
        };
        // SAFETY: the place is what the ABI wants.
        unsafe { self.outputs.holdings.unwrap()(&mut holdings) };
        holdings
    }
}

struct Taken {
    wanted: usize,
    targets: Vec<(String, String)>,
}

unsafe extern "C" fn take(context: *mut c_void, target: *const RawTarget) -> bool {
    // SAFETY: the context is what `targets` has given, and the target and its text are valid until this returns.
    let (taken, id, name) = unsafe {
        let target = &*target;
        assert_eq!(target.size, abi::size_of::<RawTarget>());
        (
            &mut *context.cast::<Taken>(),
            CStr::from_ptr(target.id),
            CStr::from_ptr(target.name),
        )
    };
    let text = |text: &CStr| text.to_str().unwrap().to_owned();
    taken.targets.push((text(id), text(name)));
    taken.targets.len() < taken.wanted
}

/// An instance. It is destroyed by hand.
#[derive(Clone, Copy)]
pub struct Output {
    pub table: &'static OutputTable,
    pub output: RawOutput,
}

impl Output {
    pub fn negotiate(self, request: &RawRequest) -> Result<RawFormat, Failed> {
        let mut format = format(0, 0, 0);
        // SAFETY: an instance, and places that are what the ABI wants.
        fallible(|failure| unsafe {
            self.table.negotiate.unwrap()(self.output, request, &mut format, failure)
        })?;
        Ok(format)
    }

    pub fn open(self, format: &RawFormat) -> Result<(), Failed> {
        // SAFETY: as in `negotiate`.
        fallible(|failure| unsafe { self.table.open.unwrap()(self.output, format, failure) })
    }

    /// Negotiates and opens it.
    pub fn start(self, rate: u32, channels: u32, period_ms: u64) -> Result<RawFormat, Failed> {
        let format = self.negotiate(&request(rate, channels, period_ms))?;
        self.open(&format).map(|()| format)
    }

    pub fn write(self, samples: &[f32], channels: usize) -> u32 {
        let frames = (samples.len() / channels) as u32;
        // SAFETY: as in `negotiate`, and there are so many frames.
        unsafe { self.table.write.unwrap()(self.output, samples.as_ptr(), frames) }
    }

    pub fn status(self) -> RawStatus {
        let mut status = status();
        // SAFETY: as in `negotiate`.
        unsafe { self.table.status.unwrap()(self.output, &mut status) };
        status
    }

    pub fn flush(self) -> Result<(), Failed> {
        // SAFETY: as in `negotiate`.
        fallible(|failure| unsafe { self.table.flush.unwrap()(self.output, failure) })
    }

    pub fn reset(self) -> Result<(), Failed> {
        // SAFETY: as in `negotiate`.
        fallible(|failure| unsafe { self.table.reset.unwrap()(self.output, failure) })
    }

    pub fn close(self) -> Result<(), Failed> {
        // SAFETY: as in `negotiate`.
        fallible(|failure| unsafe { self.table.close.unwrap()(self.output, failure) })
    }

    pub fn destroy(self) {
        // SAFETY: as in `negotiate`; whoever calls this uses it no more.
        unsafe { self.table.destroy.unwrap()(self.output) }
    }
}

// SAFETY: instances may be used from any thread, by one call at a time.
unsafe impl Send for Output {}

/// Calls what may fail. What is returned and what is written must agree.
pub fn fallible(call: impl FnOnce(*mut RawFailure) -> i32) -> Result<(), Failed> {
    let mut failure = RawFailure::new();
    let code = call(&mut failure);
    assert_eq!(code, failure.code);
    if code == OK {
        return Ok(());
    }
    let bytes = failure.message.map(|byte| byte as u8);
    let message = CStr::from_bytes_until_nul(&bytes).unwrap().to_str().unwrap();
    Err(Failed {
        code,
        message: message.to_owned(),
    })
}

pub fn request(rate: u32, channels: u32, period_ms: u64) -> RawRequest {
    RawRequest {
        size: abi::size_of::<RawRequest>(),
        rate,
        channels,
        reserved: 0,
        period: period_ms * 1_000_000,
    }
}

pub fn format(rate: u32, channels: u32, period_frames: u32) -> RawFormat {
    RawFormat {
        size: abi::size_of::<RawFormat>(),
        rate,
        channels,
        period_frames,
    }
}

pub fn status() -> RawStatus {
    RawStatus {
        size: abi::size_of::<RawStatus>(),
        state: -1,
        consumed: u64::MAX,
        xruns: u64::MAX,
        writable: u32::MAX,
        delay: u32::MAX,
        look_again: u64::MAX,
    }
}
