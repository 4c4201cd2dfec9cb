//! Realtime priority for the pump, where the system grants it.
//!
//! Linux grants it to root, and to whoever has a limit for it (`ulimit -r`), as audio packages set it for the group `audio`.
//! Where it is refused the pump has the priority of any thread, and the device's period must be long enough for that.

use thread_priority::{ThreadPriority, ThreadPriorityValue};

/// Of 99. Above all that computes, and below the threads of audio servers, which use 20 and more.
#[cfg(unix)]
const PRIORITY: u8 = 15;

/// Raises the priority of the thread that calls this, as far as the system lets it.
pub(super) fn raise() {
    match raised() {
        Ok(()) => tracing::debug!("the pump has realtime priority"),
        Err(error) => tracing::debug!(?error, "the pump has no realtime priority"),
    }
}

#[cfg(unix)]
fn raised() -> Result<(), thread_priority::Error> {
    use thread_priority::{
        RealtimeThreadSchedulePolicy, ThreadSchedulePolicy, set_thread_priority_and_policy, thread_native_id,
    };
    let value = ThreadPriorityValue::try_from(PRIORITY)
        .map_err(|_| thread_priority::Error::PriorityNotInRange(0..=99))?;
    set_thread_priority_and_policy(
        thread_native_id(),
        ThreadPriority::Crossplatform(value),
        ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::Fifo),
    )
}

#[cfg(not(unix))]
fn raised() -> Result<(), thread_priority::Error> {
    let _ = ThreadPriorityValue::MAX;
    thread_priority::set_current_thread_priority(ThreadPriority::Max)
}
