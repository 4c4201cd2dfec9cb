//! What an open output reports about itself.
//!
//! Backends call [`OutputHealth::report`] from wherever the device's errors arrive, which may be its realtime
//! thread, and may be hundreds of thousands of times a second. So a report only counts, and a storm of errors
//! becomes one state: lost. Others look at it when they wait.

use std::fmt;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// So many errors without a single callback between them are a storm; one xrun or a passing error is not.
const STORM: u32 = 64;

/// A storm that lasts so long is a loss. Not every storm does: ALSA's way to PulseAudio answers every question
/// with an I/O error from the start until the server has first told its latency, some milliseconds later.
const LOST_AFTER: Duration = Duration::from_millis(250);

/// What a storm is slowed down to, an error each, so that it does not take a whole CPU until it ends or the
/// stream is closed.
const STORM_BRAKE: Duration = Duration::from_millis(1);

/// Something that went wrong with an open output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFault {
    /// The device was not served in time.
    Xrun,
    /// An error after which the stream may go on.
    Passing,
    /// The stream will not go on.
    Lost(LossReason),
}

/// Why an output is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LossReason {
    /// The device is gone.
    Disconnected,
    /// Its format changed.
    Reconfigured,
    /// It reports errors without end.
    ErrorStorm,
    /// It has asked for nothing for some time, and reports no error.
    Stalled,
}

impl fmt::Display for LossReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Disconnected => "the device is gone",
            Self::Reconfigured => "the device has changed its format",
            Self::ErrorStorm => "the device reports errors without end",
            Self::Stalled => "the device does not move",
        })
    }
}

/// The state of an open output. Every method is wait-free, but for the brake in a storm.
#[derive(Debug)]
pub struct OutputHealth {
    xruns: AtomicU64,
    errors: AtomicU64,
    errors_in_a_row: AtomicU32,
    /// Where the times below are counted from.
    made: Instant,
    /// When the first error of those in a row came, in nanoseconds.
    row_began: AtomicU64,
    /// 0, or the reason's place in `REASONS`, counted from 1.
    lost: AtomicU8,
}

const REASONS: [LossReason; 4] = [
    LossReason::Disconnected,
    LossReason::Reconfigured,
    LossReason::ErrorStorm,
    LossReason::Stalled,
];

impl Default for OutputHealth {
    fn default() -> Self {
        Self {
            xruns: AtomicU64::new(0),
            errors: AtomicU64::new(0),
            errors_in_a_row: AtomicU32::new(0),
            made: Instant::now(),
            row_began: AtomicU64::new(0),
            lost: AtomicU8::new(0),
        }
    }
}

impl OutputHealth {
    /// Notes that the device asked for frames: it is alive. Realtime safe.
    pub fn served(&self) {
        self.errors_in_a_row.store(0, Ordering::Relaxed);
    }

    /// Notes a fault. In a storm of them it sleeps a little: nobody hears anything of that thread then.
    pub fn report(&self, fault: OutputFault) {
        if self.note(fault, self.made.elapsed()) {
            std::thread::sleep(STORM_BRAKE);
        }
    }

    /// Notes a fault that happens at `now`, and says whether it belongs to a storm.
    fn note(&self, fault: OutputFault, now: Duration) -> bool {
        match fault {
            OutputFault::Xrun => self.xruns.fetch_add(1, Ordering::Relaxed),
            OutputFault::Passing => self.errors.fetch_add(1, Ordering::Relaxed),
            OutputFault::Lost(reason) => {
                self.lose(reason);
                return false;
            }
        };
        let now = now.as_nanos() as u64;
        let before = self.errors_in_a_row.fetch_add(1, Ordering::Relaxed);
        if before == 0 {
            self.row_began.store(now, Ordering::Relaxed);
        }
        let is_storm = before + 1 >= STORM;
        let lasts = now.saturating_sub(self.row_began.load(Ordering::Relaxed));
        if is_storm && lasts >= LOST_AFTER.as_nanos() as u64 {
            self.lose(LossReason::ErrorStorm);
        }
        is_storm
    }

    /// How often the device was not served in time.
    pub fn xruns(&self) -> u64 {
        self.xruns.load(Ordering::Relaxed)
    }

    /// How many other errors there were.
    pub fn errors(&self) -> u64 {
        self.errors.load(Ordering::Relaxed)
    }

    /// Why the output is lost, if it is. The first reason stays.
    pub fn lost(&self) -> Option<LossReason> {
        let reason = self.lost.load(Ordering::Acquire);
        REASONS.get(usize::from(reason).checked_sub(1)?).copied()
    }

    fn lose(&self, reason: LossReason) {
        let place = REASONS.iter().position(|r| *r == reason).unwrap_or(0) as u8 + 1;
        // Already lost for another reason: that one stays.
        let _ = self
            .lost
            .compare_exchange(0, place, Ordering::AcqRel, Ordering::Acquire);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT_ONCE: Duration = Duration::ZERO;

    #[test]
    fn single_errors_are_no_storm_however_many() {
        let health = OutputHealth::default();
        for second in 0..1_000 {
            assert!(!health.note(OutputFault::Xrun, Duration::from_secs(second)));
            health.served();
        }
        assert_eq!((health.xruns(), health.lost()), (1_000, None));
    }

    #[test]
    fn a_storm_that_passes_is_no_loss() {
        let health = OutputHealth::default();
        for n in 1..10_000 {
            assert_eq!(health.note(OutputFault::Passing, AT_ONCE), n >= STORM);
        }
        health.served();
        // The next row is counted, and timed, from its own beginning.
        for _ in 0..STORM {
            health.note(OutputFault::Passing, 10 * LOST_AFTER);
        }
        assert_eq!(health.lost(), None);
    }

    #[test]
    fn a_storm_that_lasts_is_a_loss() {
        let health = OutputHealth::default();
        for _ in 0..STORM {
            health.note(OutputFault::Passing, AT_ONCE);
        }
        health.note(OutputFault::Passing, LOST_AFTER - Duration::from_nanos(1));
        assert_eq!(health.lost(), None);
        health.note(OutputFault::Passing, LOST_AFTER);
        assert_eq!(
            (health.errors(), health.lost()),
            (u64::from(STORM) + 2, Some(LossReason::ErrorStorm))
        );
    }

    #[test]
    fn a_few_errors_are_no_storm_however_long() {
        let health = OutputHealth::default();
        for second in 1..STORM {
            assert!(!health.note(OutputFault::Passing, Duration::from_secs(second.into())));
        }
        assert_eq!(health.lost(), None);
    }

    #[test]
    fn the_first_reason_stays() {
        for reason in REASONS {
            let health = OutputHealth::default();
            health.report(OutputFault::Lost(reason));
            health.report(OutputFault::Lost(LossReason::Disconnected));
            assert_eq!(health.lost(), Some(reason));
        }
    }
}
