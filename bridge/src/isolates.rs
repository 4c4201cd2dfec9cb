//! How an isolate attaches: three symbols of plain C, called by Dart before anything generated.
//!
//! Rust posts messages to Dart by a function that an isolate hands over, and which must not be called once the Dart VM is
//! gone. `flutter_rust_bridge` counts isolates, and takes the function away with the last. At a hot restart its count can reach
//! zero between two steps of the new isolate's start: the old one's finalizer may run as late as that. Then the new isolate waits
//! for answers for ever. So the bridge's own count decides, under a lock: to attach is one step, which finalizers come before or
//! after; and `flutter_rust_bridge`'s count is held above zero from the first isolate on.

use crate::abi::ABI;
use allo_isolate::ffi::{DartCObject, DartPort, DartPostCObjectFnType};
use parking_lot::Mutex;
use std::ffi::{c_char, c_void};

/// What Dart's `NativeFinalizer` calls when an isolate is gone.
pub type IsolateIsGone = unsafe extern "C" fn(*mut c_void);

unsafe extern "C" {
    /// Of `flutter_rust_bridge`: counts one isolate more. The callback that it gives counts it off again.
    safe fn frb_create_shutdown_callback() -> IsolateIsGone;
}

struct Isolates {
    attached: u64,
    /// Whether `flutter_rust_bridge`'s count is held above zero.
    is_held: bool,
}

static ISOLATES: Mutex<Isolates> = Mutex::new(Isolates {
    attached: 0,
    is_held: false,
});

/// A hash of the interface, for a message; [`utter_bridge_attach`] checks it.
#[unsafe(no_mangle)]
pub extern "C" fn utter_bridge_abi() -> i64 {
    ABI
}

/// The version of the library, as a string of C that is always there.
#[unsafe(no_mangle)]
pub extern "C" fn utter_bridge_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// Attaches an isolate that was built for the interface `abi`, and whose messages are posted by `post`
/// (`NativeApi.postCObject`). Gives what is to be called, once, when it is gone: by a `NativeFinalizer`. Null if this library
/// has another interface; nothing else of it may be called then.
///
/// # Safety
///
/// `post` is the VM's own function, and may be called until all isolates that attached with it are gone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn utter_bridge_attach(abi: i64, post: DartPostCObjectFnType) -> Option<IsolateIsGone> {
    if abi != ABI {
        return None;
    }
    let mut isolates = ISOLATES.lock();
    if !isolates.is_held {
        isolates.is_held = true;
        crate::log::install();
        // What it gives is never called.
        let _ = frb_create_shutdown_callback();
    }
    isolates.attached += 1;
    // SAFETY: whoever calls this vouches for it.
    unsafe { allo_isolate::store_dart_post_cobject(post) };
    tracing::debug!(attached = isolates.attached, "isolate attached");
    Some(is_gone)
}

/// Any thread may call it, as late as it likes.
unsafe extern "C" fn is_gone(_: *mut c_void) {
    let mut isolates = ISOLATES.lock();
    isolates.attached = isolates.attached.saturating_sub(1);
    if isolates.attached == 0 {
        // SAFETY: it may be called at any time, and takes what it is given as not delivered.
        unsafe { allo_isolate::store_dart_post_cobject(refuse) };
    }
    tracing::debug!(attached = isolates.attached, "isolate gone");
}

/// Nobody is there: a message that is not delivered is freed by its sender.
unsafe extern "C" fn refuse(_: DartPort, _: *mut DartCObject) -> bool {
    false
}
