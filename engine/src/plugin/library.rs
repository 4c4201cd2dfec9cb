//! The library of a plugin: loaded, checked before anything of it runs, started and unloaded.
//!
//! What can be checked is: that there is an entry, that its version is ours, that every table is as large as it says it must
//! be and has all its functions, that text is text, and that the plugin is the one that its `plugin.json` describes. What a
//! plugin's code does, nobody can check: it runs in this process.

use super::deadline::{NoResult, within};
use super::hosting::HostSide;
use super::load_error::LoadError;
use super::outputs::OutputCalls;
use libloading::Library;
use std::ffi::{CString, c_char};
use std::path::Path;
use std::time::Duration;
use utter_plugin::abi::{
    ABI_VERSION, ENTRY_SYMBOL, FailureCode, HostTable, OK, PluginEntry, RawDescriptor, RawFailure,
};

/// How long a plugin may take to start, and to stop.
const STARTS_WITHIN: Duration = Duration::from_secs(2);

/// The longest text of a plugin's tables, in bytes with the NUL.
const TEXT_BYTES: usize = 256;

type Init = unsafe extern "C" fn(*const HostTable, *const c_char, *mut RawFailure) -> i32;
type Deinit = unsafe extern "C" fn();

/// A library that was loaded and started.
pub(super) struct PluginLibrary {
    pub(super) calls: OutputCalls,
    deinit: Deinit,
    host: Box<HostSide>,
    library: Library,
}

/// Who a plugin says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Descriptor {
    pub(super) id: String,
    pub(super) version: String,
}

impl PluginLibrary {
    /// Loads the library at `path`, whose plugin must be `expected`, and starts it, with its own files in `directory`.
    ///
    /// Runs the library's constructors; everything else only after it was checked.
    pub(super) fn load(path: &Path, directory: &Path, expected: &Descriptor) -> Result<Self, LoadError> {
        let library = open(path)?;
        let (entry, descriptor) = checked_entry(&library)?;
        if descriptor != *expected {
            return Err(LoadError::AnotherPlugin {
                expected: format!("{} {}", expected.id, expected.version),
                found: format!("{} {}", descriptor.id, descriptor.version),
            });
        }
        let host = HostSide::new(&descriptor.id);
        let loaded = Self {
            calls: entry.calls,
            deinit: entry.deinit,
            host,
            library,
        };
        loaded.start(entry.init, directory)
    }

    /// Has the plugin start.
    fn start(self, init: Init, directory: &Path) -> Result<Self, LoadError> {
        let directory = directory.to_str().and_then(|path| CString::new(path).ok());
        let directory = directory.ok_or(LoadError::Entry("its directory's path is not UTF-8"))?;
        let start = move || {
            let mut failure = RawFailure::new();
            // SAFETY: the entry was checked; the table lives as long as the library, the path until the call returns.
            let code = unsafe { init(self.host.table(), directory.as_ptr(), &mut failure) };
            (self, code, failure)
        };
        // One that starts too late is stopped again.
        let late = |(started, code, _): (Self, i32, RawFailure)| {
            if code == OK {
                started.stop();
            }
        };
        match within("utter-plugin-start", STARTS_WITHIN, start, late) {
            Ok((started, OK, _)) => Ok(started),
            Ok((_, code, failure)) => Err(LoadError::Start {
                code: FailureCode::from_raw(code),
                reason: message(&failure),
            }),
            Err(NoResult::Late) => Err(LoadError::Late("start")),
            Err(NoResult::Panicked) => Err(LoadError::Entry("its start has panicked")),
            Err(NoResult::NoThread(error)) => Err(LoadError::NoThread(error)),
        }
    }

    /// Has the plugin stop, and unloads it. No instance of it exists any more. If it does not come back in time it is left
    /// behind, and unloaded when it does.
    pub(super) fn unload(self) -> Result<(), LoadError> {
        match within("utter-plugin-stop", STARTS_WITHIN, move || self.stop(), |()| ()) {
            Ok(()) => Ok(()),
            Err(NoResult::Late) => Err(LoadError::Late("stop")),
            Err(NoResult::Panicked) => Err(LoadError::Entry("its stop has panicked")),
            Err(NoResult::NoThread(error)) => Err(LoadError::NoThread(error)),
        }
    }

    fn stop(self) {
        // SAFETY: `init` has succeeded, this is called once, and no instance is left.
        unsafe { (self.deinit)() };
        if let Err(error) = self.library.close() {
            tracing::warn!(%error, "a plugin's library stays loaded");
        }
    }
}

/// Loads a library with everything that it refers to, so that what is missing is found out now.
fn open(path: &Path) -> Result<Library, LoadError> {
    let opened = |error: libloading::Error| LoadError::Library(error.to_string());
    #[cfg(unix)]
    {
        use libloading::os::unix::{Library as UnixLibrary, RTLD_LOCAL, RTLD_NOW};
        // SAFETY: its constructors run, of which nothing can be known; the file's hash is the one that was installed.
        let library = unsafe { UnixLibrary::open(Some(path), RTLD_NOW | RTLD_LOCAL) };
        library.map(Library::from).map_err(opened)
    }
    #[cfg(not(unix))]
    {
        // SAFETY: as above.
        unsafe { Library::new(path) }.map_err(opened)
    }
}

/// What is taken out of an entry that is as it should be.
struct Entry {
    init: Init,
    deinit: Deinit,
    calls: OutputCalls,
}

fn checked_entry(library: &Library) -> Result<(Entry, Descriptor), LoadError> {
    // SAFETY: the symbol is only used as the address of a table, which is checked.
    let symbol = unsafe { library.get::<*const PluginEntry>(ENTRY_SYMBOL.to_bytes_with_nul()) };
    let symbol = symbol.map_err(|_| LoadError::Entry("it exports no `utter_plugin_entry`"))?;
    let place = *symbol;
    // SAFETY: the symbol's address; what every version of the ABI has in front are two numbers.
    let head =
        unsafe { checked(place.cast::<[u32; 2]>()) }.ok_or(LoadError::Entry("its entry is nowhere"))?;
    let [abi, size] = *head;
    if abi != ABI_VERSION {
        return Err(LoadError::Abi {
            plugin: abi,
            host: ABI_VERSION,
        });
    }
    if size < size_of::<PluginEntry>() as u32 {
        return Err(LoadError::Entry("its entry is too small"));
    }
    // SAFETY: it says that it is as large as ours.
    let entry = unsafe { checked(place) }.ok_or(LoadError::Entry("its entry is not aligned"))?;
    // SAFETY: the ABI has it that these point to constant structures that begin with their sizes.
    let (descriptor, outputs) = unsafe {
        (
            sized(entry.descriptor).ok_or(LoadError::Entry("its descriptor is missing or too small"))?,
            sized(entry.outputs).ok_or(LoadError::Entry("its table of outputs is missing or too small"))?,
        )
    };
    let checked = Entry {
        init: entry.init.ok_or(LoadError::Entry("it has no `init`"))?,
        deinit: entry.deinit.ok_or(LoadError::Entry("it has no `deinit`"))?,
        calls: OutputCalls::of(outputs).ok_or(LoadError::Entry("a function of its outputs is missing"))?,
    };
    Ok((checked, descriptor_of(descriptor)?))
}

fn descriptor_of(raw: &RawDescriptor) -> Result<Descriptor, LoadError> {
    let text = |text, what| {
        // SAFETY: the ABI has it that these texts end with NUL within 256 bytes.
        unsafe { bounded_text(text) }.ok_or(LoadError::Entry(what))
    };
    text(raw.name, "its name is no text")?;
    text(raw.vendor, "its vendor is no text")?;
    Ok(Descriptor {
        id: text(raw.id, "its id is no text")?,
        version: text(raw.version, "its version is no text")?,
    })
}

/// What a pointer of a plugin's points to, unless it can point to nothing of this type.
///
/// # Safety
///
/// If it is neither null nor out of alignment, it points to a `T` that does not change.
unsafe fn checked<'a, T>(place: *const T) -> Option<&'a T> {
    // SAFETY: the caller promises it.
    (!place.is_null() && place.is_aligned()).then(|| unsafe { &*place })
}

/// The same for a structure that begins with its size, if it is as large as ours.
///
/// # Safety
///
/// If it is neither null nor out of alignment, it points to a structure that begins with its size and does not change.
unsafe fn sized<'a, T>(place: *const T) -> Option<&'a T> {
    // SAFETY: the size is the first field.
    let size = unsafe { checked(place.cast::<u32>()) }?;
    if (*size as usize) < size_of::<T>() {
        return None;
    }
    // SAFETY: it says that it is as large as ours.
    unsafe { checked(place) }
}

/// A text of a plugin's: UTF-8, not empty, and ended by a NUL within 256 bytes, of which no more are read.
///
/// # Safety
///
/// It is null, or may be read up to the first NUL.
pub(super) unsafe fn bounded_text(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    let mut bytes = Vec::new();
    for place in 0..TEXT_BYTES {
        // SAFETY: no NUL came before this byte.
        let byte = unsafe { *text.add(place) } as u8;
        if byte == 0 {
            return String::from_utf8(bytes).ok().filter(|text| !text.is_empty());
        }
        bytes.push(byte);
    }
    None
}

/// What a failure says, whether its text ends or not.
pub(super) fn message(failure: &RawFailure) -> String {
    let bytes: Vec<u8> = failure.message.iter().map(|byte| *byte as u8).collect();
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}
