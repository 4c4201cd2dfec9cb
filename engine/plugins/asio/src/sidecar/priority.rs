//! Realtime priority for the thread that calls for frames, where it is granted.
//!
//! Most systems give it to that thread themselves. ALSA does not, and cpal's way of asking for it is for every program or
//! none. A thread that comes late asks for two periods at once, and the ring holds one.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
#[cfg(target_os = "linux")]
use std::sync::atomic::Ordering;

/// Below what sound servers have, above everything that does not ask.
#[cfg(target_os = "linux")]
const PRIORITY: i32 = 10;

/// The thread that runs a stream's callback, once it has done so.
#[derive(Clone, Default)]
pub(crate) struct CallbackThread(#[cfg_attr(not(target_os = "linux"), expect(dead_code))] Arc<AtomicUsize>);

impl CallbackThread {
    /// Says that this is the thread. Realtime safe: what it is called lies in memory of its own.
    #[cfg(target_os = "linux")]
    pub(crate) fn is_here(&self) {
        // SAFETY: it has no preconditions.
        self.0
            .store(unsafe { libc::pthread_self() } as usize, Ordering::Relaxed);
    }

    /// Asks for realtime priority. To be called while the stream is there, after its first callback.
    #[cfg(target_os = "linux")]
    pub(crate) fn promote(&self) {
        let thread = self.0.load(Ordering::Relaxed) as libc::pthread_t;
        let parameters = libc::sched_param {
            sched_priority: PRIORITY,
        };
        let policy = libc::SCHED_FIFO | libc::SCHED_RESET_ON_FORK;
        // SAFETY: the thread is the stream's, which joins it when it is dropped and not before; so its name is valid even if
        // it has ended.
        let error = unsafe { libc::pthread_setschedparam(thread, policy, &parameters) };
        if error != 0 {
            let error = std::io::Error::from_raw_os_error(error);
            eprintln!("no realtime priority for the device's thread: {error}");
        }
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn is_here(&self) {}

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn promote(&self) {}
}
