//! The functions of a plugin's outputs, and what is believed of what they say.

use super::library::{bounded_text, message};
use super::load_error::LoadError;
use std::ffi::{CString, c_char, c_void};
use std::time::Duration;
use utter_plugin::abi::{
    FailureCode, MESSAGE_BYTES, OK, OutputState, OutputTable, RawFailure, RawFormat, RawFormatRange,
    RawHoldings, RawOutput, RawRequest, RawStatus, RawTarget, TargetSink,
};
use utter_plugin::{Format, FormatRange, Holdings, Request, Status, Target};

/// More targets than these are not listed.
const MOST_TARGETS: usize = 256;
/// A target that says it has more ranges than these has said nothing of them.
const MOST_FORMATS: u32 = 1024;

const HIGHEST_RATE: u32 = 768_000;
const MOST_CHANNELS: u32 = 64;

type ListTargets = unsafe extern "C" fn(TargetSink, *mut c_void, *mut RawFailure) -> i32;
type Create = unsafe extern "C" fn(*const c_char, *mut RawOutput, *mut RawFailure) -> i32;
type Negotiate = unsafe extern "C" fn(RawOutput, *const RawRequest, *mut RawFormat, *mut RawFailure) -> i32;
type Open = unsafe extern "C" fn(RawOutput, *const RawFormat, *mut RawFailure) -> i32;
type Write = unsafe extern "C" fn(RawOutput, *const f32, u32) -> u32;
type AskStatus = unsafe extern "C" fn(RawOutput, *mut RawStatus);
type Plain = unsafe extern "C" fn(RawOutput, *mut RawFailure) -> i32;
type Destroy = unsafe extern "C" fn(RawOutput);
type AskHoldings = unsafe extern "C" fn(*mut RawHoldings);

/// The functions of a table, none of which is missing. They may be called as long as the library is loaded.
#[derive(Clone, Copy)]
pub(super) struct OutputCalls {
    list_targets: ListTargets,
    create: Create,
    negotiate: Negotiate,
    open: Open,
    write: Write,
    status: AskStatus,
    flush: Plain,
    reset: Plain,
    close: Plain,
    destroy: Destroy,
    holdings: AskHoldings,
}

/// An instance of a plugin's, which only the plugin knows.
///
/// Every call of it takes it mutably: for one instance no two calls overlap.
pub(super) struct Handle(RawOutput);

// SAFETY: the ABI has it that an instance may be used from any thread, by one at a time.
unsafe impl Send for Handle {}

/// A call that needs nothing but the instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Flush,
    Reset,
    Close,
}

impl OutputCalls {
    /// Those of a table; `None` if one is missing.
    pub(super) fn of(table: &OutputTable) -> Option<Self> {
        Some(Self {
            list_targets: table.list_targets?,
            create: table.create?,
            negotiate: table.negotiate?,
            open: table.open?,
            write: table.write?,
            status: table.status?,
            flush: table.flush?,
            reset: table.reset?,
            close: table.close?,
            destroy: table.destroy?,
            holdings: table.holdings?,
        })
    }

    /// The targets that are there now; at most 256.
    pub(super) fn targets(&self) -> Result<Vec<Target>, LoadError> {
        let mut list = TargetList::default();
        let mut failure = RawFailure::new();
        // SAFETY: the sink and its context belong together, and live until the call returns.
        let code = unsafe { (self.list_targets)(Some(take_target), (&raw mut list).cast(), &mut failure) };
        ended(code, &failure, "list its targets")?;
        Ok(list.targets)
    }

    /// An instance for a target.
    pub(super) fn create(&self, target: &str) -> Result<Handle, LoadError> {
        let target = CString::new(target).map_err(|_| LoadError::Failed {
            code: FailureCode::NotFound,
            what: "find the target",
            reason: "its name has a NUL".into(),
        })?;
        let (mut output, mut failure) = (std::ptr::null_mut(), RawFailure::new());
        // SAFETY: text that ends with NUL, and places to be written.
        let code = unsafe { (self.create)(target.as_ptr(), &mut output, &mut failure) };
        ended(code, &failure, "create an output")?;
        if output.is_null() {
            return Err(broken("create an output", "it gives none"));
        }
        Ok(Handle(output))
    }

    /// The format that the device will have.
    pub(super) fn negotiate(&self, output: &mut Handle, request: &Request) -> Result<Format, LoadError> {
        let request = RawRequest {
            size: size_of::<RawRequest>() as u32,
            rate: request.rate.unwrap_or(0),
            channels: request.channels.unwrap_or(0),
            reserved: 0,
            period: u64::try_from(request.period.as_nanos()).unwrap_or(u64::MAX),
        };
        let mut format = raw_format(0, 0, 0);
        let mut failure = RawFailure::new();
        // SAFETY: an instance that exists, and places to be read and written.
        let code = unsafe { (self.negotiate)(output.0, &request, &mut format, &mut failure) };
        ended(code, &failure, "negotiate a format")?;
        let is_possible = (1..=HIGHEST_RATE).contains(&format.rate)
            && (1..=MOST_CHANNELS).contains(&format.channels)
            && (1..=format.rate).contains(&format.period_frames);
        if !is_possible {
            return Err(broken("negotiate a format", "what it says is none"));
        }
        Ok(Format {
            rate: format.rate,
            channels: format.channels,
            period_frames: format.period_frames,
        })
    }

    pub(super) fn open(&self, output: &mut Handle, format: &Format) -> Result<(), LoadError> {
        let format = raw_format(format.rate, format.channels, format.period_frames);
        let mut failure = RawFailure::new();
        // SAFETY: an instance that exists, and places to be read and written.
        let code = unsafe { (self.open)(output.0, &format, &mut failure) };
        ended(code, &failure, "open the device")
    }

    /// Writes whole frames, and gives how many were taken; `None` if it says more than there were. Realtime safe if the plugin
    /// is.
    pub(super) fn write(&self, output: &mut Handle, samples: &[f32], channels: usize) -> Option<u32> {
        let frames = (samples.len() / channels.max(1)) as u32;
        // SAFETY: an instance that exists, and as many samples as it is told.
        let taken = unsafe { (self.write)(output.0, samples.as_ptr(), frames) };
        (taken <= frames).then_some(taken)
    }

    /// How it is doing. Realtime safe if the plugin is.
    pub(super) fn status(&self, output: &mut Handle) -> Status {
        let mut status = RawStatus {
            size: size_of::<RawStatus>() as u32,
            state: OutputState::Closed as i32,
            consumed: 0,
            xruns: 0,
            writable: 0,
            delay: 0,
            look_again: 0,
        };
        // SAFETY: an instance that exists, and a place to be written.
        unsafe { (self.status)(output.0, &mut status) };
        Status {
            state: OutputState::from_raw(status.state),
            consumed: status.consumed,
            writable: status.writable,
            delay: status.delay,
            xruns: status.xruns,
            look_again: Duration::from_nanos(status.look_again),
        }
    }

    pub(super) fn take(&self, output: &mut Handle, step: Step) -> Result<(), LoadError> {
        let (call, what) = match step {
            Step::Flush => (self.flush, "flush"),
            Step::Reset => (self.reset, "reset"),
            Step::Close => (self.close, "close"),
        };
        let mut failure = RawFailure::new();
        // SAFETY: an instance that exists, and a place to be written.
        let code = unsafe { call(output.0, &mut failure) };
        ended(code, &failure, what)
    }

    pub(super) fn destroy(&self, output: Handle) {
        // SAFETY: an instance that exists, and is never used again.
        unsafe { (self.destroy)(output.0) };
    }

    pub(super) fn holdings(&self) -> Holdings {
        let mut holdings = RawHoldings {
            size: size_of::<RawHoldings>() as u32,
            processes: 0,
            processes_started: 0,
            rings: 0,
            reserved: 0,
        };
        // SAFETY: a place to be written.
        unsafe { (self.holdings)(&mut holdings) };
        Holdings {
            processes: holdings.processes,
            processes_started: holdings.processes_started,
            rings: holdings.rings,
        }
    }
}

fn raw_format(rate: u32, channels: u32, period_frames: u32) -> RawFormat {
    RawFormat {
        size: size_of::<RawFormat>() as u32,
        rate,
        channels,
        period_frames,
    }
}

/// What a plugin has listed.
#[derive(Default)]
struct TargetList {
    targets: Vec<Target>,
    /// Those that cannot be, and those that came before, included.
    given: usize,
}

/// Takes a target of a list.
unsafe extern "C" fn take_target(context: *mut c_void, target: *const RawTarget) -> bool {
    // SAFETY: the context of `targets`, which has nothing else to do with the list meanwhile.
    let Some(list) = (unsafe { context.cast::<TargetList>().as_mut() }) else {
        return false;
    };
    if list.given >= MOST_TARGETS {
        return false;
    }
    list.given += 1;
    // SAFETY: the ABI has it that the target is as it should be until this returns. One that is too small is not read.
    if let Some(target) = unsafe { target_of(target) }
        && !list.targets.iter().any(|other| other.id == target.id)
    {
        list.targets.push(target);
    }
    true
}

/// What a target says, if it can be read.
///
/// # Safety
///
/// `raw` is null, or points to a structure that begins with its size and whose pointers are as the ABI says.
unsafe fn target_of(raw: *const RawTarget) -> Option<Target> {
    if raw.is_null() || !raw.is_aligned() {
        return None;
    }
    // SAFETY: not null, and the size is the first field.
    if unsafe { *raw.cast::<u32>() } < size_of::<RawTarget>() as u32 {
        return None;
    }
    // SAFETY: as large as ours.
    let raw = unsafe { &*raw };
    let is_list = !raw.formats.is_null() && raw.formats.is_aligned() && raw.format_count <= MOST_FORMATS;
    let formats: Vec<RawFormatRange> = if is_list {
        // SAFETY: so many of them are there, the ABI says.
        unsafe { std::slice::from_raw_parts(raw.formats, raw.format_count as usize) }.to_vec()
    } else {
        Vec::new()
    };
    let is_possible = |range: &FormatRange| {
        (1..=MOST_CHANNELS).contains(&range.channels)
            && range.lowest_rate >= 1
            && range.lowest_rate <= range.highest_rate
    };
    Some(Target {
        // SAFETY: texts end with NUL, the ABI says; no more than 256 bytes are read.
        id: unsafe { bounded_text(raw.id) }?,
        // SAFETY: as above.
        name: unsafe { bounded_text(raw.name) }?,
        is_default: raw.is_default == 1,
        formats: formats.into_iter().filter(is_possible).collect(),
    })
}

/// How a call has ended.
fn ended(code: i32, failure: &RawFailure, what: &'static str) -> Result<(), LoadError> {
    if code == OK {
        return Ok(());
    }
    let mut reason = message(failure);
    if reason.is_empty() {
        reason = format!("it does not say why (code {code})");
    }
    debug_assert!(reason.len() <= 3 * MESSAGE_BYTES);
    Err(LoadError::Failed {
        code: FailureCode::from_raw(code),
        what,
        reason,
    })
}

fn broken(what: &'static str, reason: &str) -> LoadError {
    LoadError::Failed {
        code: FailureCode::Broken,
        what,
        reason: reason.into(),
    }
}
