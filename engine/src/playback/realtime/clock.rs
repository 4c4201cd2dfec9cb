//! The time, as the renderer and the playback thread share it.
//!
//! Nanoseconds since some moment of the process. The renderer notes when a callback began, others work out what
//! is heard now. Tests bring a clock that is set by hand.

use std::time::Instant;

/// A monotonic clock. Clones show the same time.
#[derive(Debug, Clone)]
pub(in crate::playback) struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    Monotonic(Instant),
    #[cfg(test)]
    Manual(std::sync::Arc<std::sync::atomic::AtomicU64>),
}

impl Clock {
    /// The system's monotonic clock, from now on.
    pub(in crate::playback) fn monotonic() -> Self {
        Self(Source::Monotonic(Instant::now()))
    }

    /// A clock that shows what `time` holds.
    #[cfg(test)]
    pub(in crate::playback) fn manual(time: std::sync::Arc<std::sync::atomic::AtomicU64>) -> Self {
        Self(Source::Manual(time))
    }

    /// Nanoseconds since the clock's beginning. Realtime safe: systems that play sound share a page that the time is read
    /// from, without a call, as long as the processor's own counter can be trusted. Where it cannot, it is a call that waits
    /// for nobody.
    pub(in crate::playback) fn now(&self) -> u64 {
        match &self.0 {
            Source::Monotonic(beginning) => beginning.elapsed().as_nanos() as u64,
            #[cfg(test)]
            Source::Manual(time) => time.load(std::sync::atomic::Ordering::SeqCst),
        }
    }
}
