//! How soon a process that has died is started again.

use std::time::{Duration, Instant};

/// The first wait; each is twice the one before.
const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(2);
/// Who has run for so long is well again.
const WELL: Duration = Duration::from_secs(10);

/// The deaths of the processes of a device.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    deaths: u32,
    not_before: Option<Instant>,
}

impl Backoff {
    /// One has died at `now` that had run for so long. The first time a new one may be started at once.
    pub(super) fn died(&mut self, ran: Duration, now: Instant) {
        if ran >= WELL {
            self.deaths = 0;
        }
        let wait = match self.deaths {
            0 => Duration::ZERO,
            deaths => FIRST.saturating_mul(1 << (deaths - 1).min(16)).min(LONGEST),
        };
        self.deaths += 1;
        self.not_before = Some(now + wait);
    }

    /// When the next one may be started, if that is after `now`.
    pub(super) fn wait_until(&self, now: Instant) -> Option<Instant> {
        self.not_before.filter(|&moment| moment > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_at_once_and_waits_grow_until_one_was_well() {
        let (mut backoff, now) = (Backoff::default(), Instant::now());
        assert_eq!(backoff.wait_until(now), None);
        let mut wait = |ran: Duration| {
            backoff.died(ran, now);
            backoff
                .wait_until(now)
                .map_or(0, |until| (until - now).as_millis())
        };
        let short = Duration::from_millis(10);
        let waits: Vec<_> = (0..9).map(|_| wait(short)).collect();
        assert_eq!(waits, [0, 50, 100, 200, 400, 800, 1600, 2000, 2000]);
        assert_eq!(wait(WELL), 0);
        assert_eq!(wait(short), 50);
        assert_eq!(backoff.wait_until(now + Duration::from_millis(50)), None);
    }
}
