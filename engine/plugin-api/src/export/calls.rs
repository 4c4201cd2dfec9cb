//! The functions of the ABI.

use super::guard::{guarded, unpanicked};
use super::instance::Instance;
use super::target::{CTarget, TEXT_BYTES};
use super::{Exported, Slot};
use crate::abi::{
    self, ABI_VERSION, FailureCode, HostTable, OutputTable, PluginEntry, RawDescriptor, RawFailure,
    RawFormat, RawHoldings, RawOutput, RawRequest, RawStatus, TargetSink, size_of,
};
use crate::failure::Failure;
use crate::host::Host;
use crate::output::{Descriptor, Format, Request};
use std::ffi::{CStr, c_char, c_void};
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// What the ABI allows of a format, beside a period of at most a second.
const FORMAT_RATES: RangeInclusive<u32> = 1..=768_000;
const FORMAT_CHANNELS: RangeInclusive<u32> = 1..=64;

/// The descriptor of a plugin, as C reads it. One that the ABI does not allow does not compile.
pub const fn descriptor<P: Exported>() -> RawDescriptor {
    let Descriptor {
        id,
        name,
        vendor,
        version,
    } = P::DESCRIPTOR;
    let is_text = is_text(id) && is_text(name) && is_text(vendor) && is_text(version);
    assert!(
        is_text,
        "text of a descriptor is UTF-8, not empty, and shorter than 256 bytes"
    );
    RawDescriptor {
        size: size_of::<RawDescriptor>(),
        reserved: 0,
        id: id.as_ptr(),
        name: name.as_ptr(),
        vendor: vendor.as_ptr(),
        version: version.as_ptr(),
    }
}

const fn is_text(text: &CStr) -> bool {
    let bytes = text.to_bytes();
    !bytes.is_empty() && bytes.len() < TEXT_BYTES && std::str::from_utf8(bytes).is_ok()
}

/// The entry of a plugin.
pub const fn entry<P: Exported>(
    descriptor: &'static RawDescriptor,
    outputs: &'static OutputTable,
) -> PluginEntry {
    PluginEntry {
        abi_version: ABI_VERSION,
        size: size_of::<PluginEntry>(),
        descriptor,
        init: Some(init::<P>),
        deinit: Some(deinit::<P>),
        outputs,
    }
}

/// The functions of a plugin's outputs.
pub const fn outputs<P: Exported>() -> OutputTable {
    OutputTable {
        size: size_of::<OutputTable>(),
        reserved: 0,
        list_targets: Some(list_targets::<P>),
        create: Some(create::<P>),
        negotiate: Some(negotiate::<P>),
        open: Some(open::<P>),
        write: Some(write::<P>),
        status: Some(status::<P>),
        flush: Some(flush::<P>),
        reset: Some(reset::<P>),
        close: Some(close::<P>),
        destroy: Some(destroy::<P>),
        holdings: Some(holdings::<P>),
    }
}

unsafe extern "C" fn init<P: Exported>(
    host: *const HostTable,
    directory: *const c_char,
    failure: *mut RawFailure,
) -> i32 {
    let start = || {
        // SAFETY: the host gives a table that is valid until `deinit` has returned.
        let host =
            unsafe { Host::from_table(host) }.ok_or_else(|| broken("the host's table is too small"))?;
        // SAFETY: the host gives text that ends with NUL.
        let directory = unsafe { text(directory) }?;
        if P::slot().plugin().is_some() {
            return Err(Failure::new(FailureCode::WrongState, "it was started before"));
        }
        let plugin = P::start(host, Path::new(directory))?;
        P::slot().put(Some(Arc::new(plugin)));
        Ok(())
    };
    // SAFETY: the host gives null or a failure to be written.
    unsafe { guarded(failure, start) }
}

unsafe extern "C" fn deinit<P: Exported>() {
    // There is nobody to be told of a panic. Stopping and dropping are calls of their own: a second panic while the first one
    // unwinds would end the process.
    let Some(plugin) = P::slot().put(None) else { return };
    let _ = unpanicked(|| plugin.stop());
    let _ = unpanicked(|| drop(plugin));
}

unsafe extern "C" fn list_targets<P: Exported>(
    sink: TargetSink,
    context: *mut c_void,
    failure: *mut RawFailure,
) -> i32 {
    let list = || {
        let sink = sink.ok_or_else(|| broken("there is nobody to be told of targets"))?;
        for target in started(P::slot())?.targets()? {
            let target = CTarget::new(&target)?;
            // SAFETY: `sink` and `context` are the host's, and belong together; the target lives until the call returns.
            if !unsafe { sink(context, &target.raw()) } {
                break;
            }
        }
        Ok(())
    };
    // SAFETY: as in `init`.
    unsafe { guarded(failure, list) }
}

unsafe extern "C" fn create<P: Exported>(
    target: *const c_char,
    output: *mut RawOutput,
    failure: *mut RawFailure,
) -> i32 {
    let create = || {
        // SAFETY: the host gives text that ends with NUL.
        let target = unsafe { text(target) }?;
        if output.is_null() {
            return Err(broken("there is no place for the instance"));
        }
        let instance = Instance::new(started(P::slot())?.create(target)?);
        // SAFETY: not null, and the host's to be written.
        unsafe { *output = Box::into_raw(Box::new(instance)).cast() };
        Ok(())
    };
    // SAFETY: as in `init`.
    unsafe { guarded(failure, create) }
}

unsafe extern "C" fn negotiate<P: Exported>(
    output: RawOutput,
    request: *const RawRequest,
    format: *mut RawFormat,
    failure: *mut RawFailure,
) -> i32 {
    let negotiate = || {
        // SAFETY: the host gives a request, and a place for a format, which begin with their sizes.
        let (request, place) = unsafe { (sized(request)?, sized_mut(format)?) };
        let decided = this::<P>(output)?.negotiate(&Request {
            rate: Some(request.rate).filter(|rate| *rate > 0),
            channels: Some(request.channels).filter(|channels| *channels > 0),
            period: Duration::from_nanos(request.period),
        })?;
        check(&decided)?;
        place.rate = decided.rate;
        place.channels = decided.channels;
        place.period_frames = decided.period_frames;
        Ok(())
    };
    // SAFETY: as in `init`.
    unsafe { guarded(failure, negotiate) }
}

unsafe extern "C" fn open<P: Exported>(
    output: RawOutput,
    format: *const RawFormat,
    failure: *mut RawFailure,
) -> i32 {
    let open = || {
        // SAFETY: the host gives a format that begins with its size.
        let format = unsafe { sized(format) }?;
        let format = Format {
            rate: format.rate,
            channels: format.channels,
            period_frames: format.period_frames,
        };
        check(&format)?;
        this::<P>(output)?.open(&format)
    };
    // SAFETY: as in `init`.
    unsafe { guarded(failure, open) }
}

unsafe extern "C" fn write<P: Exported>(output: RawOutput, samples: *const f32, frames: u32) -> u32 {
    let Ok(instance) = this::<P>(output) else { return 0 };
    let Some(channels) = instance.channels().filter(|_| frames > 0 && !samples.is_null()) else {
        return 0;
    };
    // A second at the most, so that no number of frames is too large for a slice: more is taken another time.
    let frames = frames.min(*FORMAT_RATES.end());
    // SAFETY: the host gives so many frames of the format that it has opened, which stay as they are until the call returns.
    let samples = unsafe { std::slice::from_raw_parts(samples, frames as usize * channels) };
    instance.write(samples).min(frames)
}

unsafe extern "C" fn status<P: Exported>(output: RawOutput, status: *mut RawStatus) {
    // SAFETY: the host gives a place for a status, which begins with its size.
    let (Ok(instance), Ok(place)) = (this::<P>(output), unsafe { sized_mut(status) }) else {
        return;
    };
    let status = instance.status();
    place.state = status.state as i32;
    place.consumed = status.consumed;
    place.xruns = status.xruns;
    place.writable = status.writable;
    place.delay = status.delay;
    place.look_again = u64::try_from(status.look_again.as_nanos()).unwrap_or(u64::MAX);
}

unsafe extern "C" fn flush<P: Exported>(output: RawOutput, failure: *mut RawFailure) -> i32 {
    // SAFETY: as in `init`.
    unsafe { guarded(failure, || this::<P>(output)?.flush()) }
}

unsafe extern "C" fn reset<P: Exported>(output: RawOutput, failure: *mut RawFailure) -> i32 {
    // SAFETY: as in `init`.
    unsafe { guarded(failure, || this::<P>(output)?.reset()) }
}

unsafe extern "C" fn close<P: Exported>(output: RawOutput, failure: *mut RawFailure) -> i32 {
    // SAFETY: as in `init`.
    unsafe { guarded(failure, || this::<P>(output)?.close()) }
}

unsafe extern "C" fn destroy<P: Exported>(output: RawOutput) {
    if output.is_null() {
        return;
    }
    // SAFETY: it was made by `create`, and the host destroys it once.
    let mut instance = unsafe { Box::from_raw(output.cast::<Instance<P::Output>>()) };
    // There is nobody to be told of a failure.
    let _ = instance.close();
    let _ = unpanicked(|| drop(instance));
}

unsafe extern "C" fn holdings<P: Exported>(holdings: *mut RawHoldings) {
    let _ = unpanicked(|| {
        // SAFETY: the host gives a place for them, which begins with its size.
        let place = unsafe { sized_mut(holdings) }?;
        let held = started(P::slot())?.holdings();
        place.processes = held.processes;
        place.processes_started = held.processes_started;
        place.rings = held.rings;
        Ok::<_, Failure>(())
    });
}

/// Whether a format is one that the ABI allows.
fn check(format: &Format) -> Result<(), Failure> {
    let is_allowed = FORMAT_RATES.contains(&format.rate)
        && FORMAT_CHANNELS.contains(&format.channels)
        && (1..=format.rate).contains(&format.period_frames);
    match is_allowed {
        true => Ok(()),
        false => Err(broken(&format!("there is no such format: {format:?}"))),
    }
}

fn broken(message: &str) -> Failure {
    Failure::new(FailureCode::Broken, message)
}

fn started<P>(slot: &Slot<P>) -> Result<Arc<P>, Failure> {
    let plugin = slot.plugin();
    plugin.ok_or_else(|| Failure::new(FailureCode::WrongState, "it was not started"))
}

/// The instance behind a pointer of the host's.
fn this<'a, P: Exported>(output: RawOutput) -> Result<&'a mut Instance<P::Output>, Failure> {
    // SAFETY: null, or made by `create` and not destroyed yet; for one instance no two calls overlap.
    let instance = unsafe { output.cast::<Instance<P::Output>>().as_mut() };
    instance.ok_or_else(|| broken("there is no instance"))
}

/// A text of the host's.
///
/// # Safety
///
/// `text` is null, or ends with NUL and lives as long as `'a`.
unsafe fn text<'a>(text: *const c_char) -> Result<&'a str, Failure> {
    if text.is_null() {
        return Err(broken("a text is missing"));
    }
    // SAFETY: the caller promises it.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_str().map_err(|_| broken("a text is not UTF-8"))
}

/// A structure of the host's, if it is as large as ours.
///
/// # Safety
///
/// `place` is null, or points to a structure that begins with its size and lives as long as `'a`.
unsafe fn sized<'a, T>(place: *const T) -> Result<&'a T, Failure> {
    // SAFETY: the caller promises it.
    let size = unsafe { place.cast::<u32>().as_ref() };
    if size.is_none_or(|size| *size < abi::size_of::<T>()) {
        return Err(broken("a structure of the host's is missing or too small"));
    }
    // SAFETY: not null, and as large as our structure.
    Ok(unsafe { &*place })
}

/// The same for one that is written.
///
/// # Safety
///
/// As for [`sized`], and nobody else uses it meanwhile.
unsafe fn sized_mut<'a, T>(place: *mut T) -> Result<&'a mut T, Failure> {
    // SAFETY: the caller promises it.
    unsafe { sized(place) }?;
    // SAFETY: not null, as large as our structure, and nobody else's.
    Ok(unsafe { &mut *place })
}
