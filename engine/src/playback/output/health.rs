//! What an open output reports about itself.
//!
//! Backends call [`OutputHealth::report`] from wherever the device's errors arrive, which may be its realtime
//! thread, and may be hundreds of thousands of times a second. So a report only counts, and a storm of errors
//! becomes one state: lost. Others look at it when they wait.

use std::fmt;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// So many errors without a single callback between them are a storm; one xrun or a passing error is not.
const STORM: u32 = 64;

/// What a storm is slowed down to, an error each, so that it does not take a whole CPU until the stream is
/// closed.
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
}

impl fmt::Display for LossReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Disconnected => "the device is gone",
            Self::Reconfigured => "the device has changed its format",
            Self::ErrorStorm => "the device reports errors without end",
        })
    }
}

/// The state of an open output. Every method is wait-free, but for the brake in a storm.
#[derive(Debug, Default)]
pub struct OutputHealth {
    xruns: AtomicU64,
    errors: AtomicU64,
    errors_in_a_row: AtomicU32,
    /// 0, or the reason's place in `REASONS`, counted from 1.
    lost: AtomicU8,
}

const REASONS: [LossReason; 3] = [
    LossReason::Disconnected,
    LossReason::Reconfigured,
    LossReason::ErrorStorm,
];

impl OutputHealth {
    /// Notes that the device asked for frames: it is alive. Realtime safe.
    pub fn served(&self) {
        self.errors_in_a_row.store(0, Ordering::Relaxed);
    }

    /// Notes a fault.
    pub fn report(&self, fault: OutputFault) {
        match fault {
            OutputFault::Xrun => self.xruns.fetch_add(1, Ordering::Relaxed),
            OutputFault::Passing => self.errors.fetch_add(1, Ordering::Relaxed),
            OutputFault::Lost(reason) => {
                self.lose(reason);
                return;
            }
        };
        if self.errors_in_a_row.fetch_add(1, Ordering::Relaxed) + 1 >= STORM {
            self.lose(LossReason::ErrorStorm);
            // Nobody hears anything of this thread any more.
            std::thread::sleep(STORM_BRAKE);
        }
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

    #[test]
    fn a_storm_is_a_loss_and_single_errors_are_not() {
        let health = OutputHealth::default();
        for _ in 0..1_000 {
            health.report(OutputFault::Xrun);
            health.served();
        }
        assert_eq!((health.xruns(), health.lost()), (1_000, None));
        for _ in 0..STORM - 1 {
            health.report(OutputFault::Passing);
        }
        assert_eq!(health.lost(), None);
        health.report(OutputFault::Passing);
        assert_eq!(
            (health.errors(), health.lost()),
            (u64::from(STORM), Some(LossReason::ErrorStorm))
        );
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
