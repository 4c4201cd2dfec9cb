//! Whether a process hangs: its heartbeat stands still while we look.

use std::time::{Duration, Instant};

/// For how long a heartbeat may stand still.
const LONGEST: Duration = Duration::from_millis(400);
/// Of the time between two looks, no more counts. Who looks again after a long time has been frozen himself, and so was perhaps
/// everybody.
const MOST_AT_ONCE: Duration = Duration::from_millis(100);

/// What was seen of a heartbeat.
#[derive(Debug)]
pub(super) struct Hang {
    last: u64,
    looked_at: Instant,
    still: Duration,
}

impl Hang {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            last: 0,
            looked_at: now,
            still: Duration::ZERO,
        }
    }

    /// Takes the heartbeat at `now`, `None` while there is none to be seen, and tells whether its process hangs.
    pub(super) fn look(&mut self, heartbeat: Option<u64>, now: Instant) -> bool {
        let looked = now.saturating_duration_since(self.looked_at).min(MOST_AT_ONCE);
        self.looked_at = now;
        match heartbeat {
            Some(heartbeat) if heartbeat == self.last => self.still += looked,
            other => {
                self.last = other.unwrap_or(0);
                self.still = Duration::ZERO;
            }
        }
        self.still >= LONGEST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heart_that_stands_still_is_a_hang_and_a_freeze_of_everything_is_none() {
        let mut now = Instant::now();
        let mut hang = Hang::new(now);
        let mut look = |heartbeat, after| {
            now += Duration::from_millis(after);
            hang.look(heartbeat, now)
        };
        for beat in 1..100 {
            assert!(!look(Some(beat), 25));
        }
        assert!(!look(Some(99), 3_600_000), "we have not looked meanwhile");
        assert!(!look(Some(99), 299));
        assert!(!look(Some(99), 99));
        assert!(!look(Some(99), 99));
        assert!(look(Some(99), 99));
        assert!(!look(Some(100), 25), "it beats again");
        for _ in 0..100 {
            assert!(!look(None, 25), "there is nothing to be seen");
        }
    }
}
