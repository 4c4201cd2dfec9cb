//! The border itself: no panic goes over it, and failures are written as C reads them.

use crate::abi::{FailureCode, MESSAGE_BYTES, OK, RawFailure, size_of};
use crate::failure::Failure;
use std::any::Any;
use std::ffi::c_char;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs a call, and tells how it went.
///
/// # Safety
///
/// `failure` is null, or points to a structure that begins with its size and may be written to.
pub(super) unsafe fn guarded(failure: *mut RawFailure, call: impl FnOnce() -> Result<(), Failure>) -> i32 {
    match unpanicked(call) {
        Ok(Ok(())) => OK,
        Ok(Err(failed)) | Err(failed) => {
            // SAFETY: as the caller promises.
            unsafe { write(failure, &failed) };
            failed.code as i32
        }
    }
}

/// Runs a call, and makes a failure of its panic.
pub(super) fn unpanicked<R>(call: impl FnOnce() -> R) -> Result<R, Failure> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|payload| {
        let message = describe(payload.as_ref());
        // A payload may panic once more when it is dropped.
        std::mem::forget(payload);
        Failure::new(FailureCode::Broken, message)
    })
}

fn describe(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    format!("it panicked: {}", text.unwrap_or("without a message"))
}

/// Writes a failure to where the caller wants it, if it does.
///
/// # Safety
///
/// As for [`guarded`].
unsafe fn write(place: *mut RawFailure, failed: &Failure) {
    // SAFETY: the caller promises that it is null or begins with its size.
    let size = unsafe { place.cast::<u32>().as_ref() }.copied();
    if size.is_none_or(|size| size < size_of::<RawFailure>()) {
        return;
    }
    // SAFETY: not null, as large as our structure, and ours to write to for this call.
    let place = unsafe { &mut *place };
    place.code = failed.code as i32;
    place.message = as_c(&failed.message);
}

/// As much of a text as there is room for, in whole characters and without a NUL, with a NUL behind it.
fn as_c(text: &str) -> [c_char; MESSAGE_BYTES] {
    let mut message = [0; MESSAGE_BYTES];
    let kept = &text[..text.floor_char_boundary(MESSAGE_BYTES - 1)];
    for (place, byte) in message.iter_mut().zip(kept.bytes()) {
        *place = (if byte == 0 { b' ' } else { byte }) as c_char;
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CStr;

    fn told(failure: &RawFailure) -> String {
        // SAFETY: `as_c` ends it with NUL.
        unsafe { CStr::from_ptr(failure.message.as_ptr()) }
            .to_str()
            .unwrap()
            .into()
    }

    #[test]
    fn a_panic_is_a_failure_like_another() {
        let mut failure = RawFailure::new();
        // SAFETY: it is ours.
        let code = unsafe { guarded(&raw mut failure, || panic!("no {}", "sound")) };
        assert_eq!((code, failure.code), (FailureCode::Broken as i32, code));
        assert_eq!(told(&failure), "it panicked: no sound");
    }

    #[test]
    fn a_long_message_is_cut_between_characters_and_ends_with_nul() {
        let mut failure = RawFailure::new();
        let message = format!("x\0{}", "é".repeat(400));
        // SAFETY: it is ours.
        unsafe { guarded(&raw mut failure, || Err(Failure::device(message))) };
        assert_eq!(told(&failure), format!("x {}", "é".repeat(254)));
    }

    #[test]
    fn nothing_is_written_where_there_is_no_room_or_nobody_asks() {
        let mut failure = RawFailure::new();
        failure.size = 8;
        let fails = || Err(Failure::device("no sound"));
        // SAFETY: it is ours.
        let code = unsafe { guarded(&raw mut failure, fails) };
        assert_eq!((code, failure.code), (FailureCode::Device as i32, OK));
        // SAFETY: null is allowed.
        assert_eq!(unsafe { guarded(std::ptr::null_mut(), fails) }, code);
    }
}
