//! Leases: how long a client lives that does not say that it does.
//!
//! Any call proves that a client lives, and `heartbeat` does nothing else. One that has been silent for its lease is late;
//! after some grace it is evicted. While it is heard it is not, since what it asked for is proof enough that somebody
//! wants it; unless whoever listened to its events is gone. That alone ends it at once.
//!
//! Judged here, of moments and facts; the host's thread comes by and does what the verdict says.

use std::time::{Duration, Instant};

/// How long a client may be silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Terms {
    pub(super) lease: Duration,
    pub(super) grace: Duration,
}

/// What is known of a client.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs {
    /// When it called last.
    pub(super) last_seen: Instant,
    /// Whether something of it is heard, or waits for that and not for the client, who has paused it.
    pub(super) is_speaking: bool,
    /// Whether it followed its events, and does not any more, without having said so.
    pub(super) is_abandoned: bool,
    /// Whether it was told that it is late.
    pub(super) was_warned: bool,
}

/// What becomes of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It lives; nothing will change before this moment.
    Lives(Instant),
    /// It is late, and to be warned. It is evicted at this moment if nothing is heard of it.
    IsLate(Instant),
    /// It is dead.
    Dead(Death),
}

/// What a client died of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Death {
    Silent,
    Abandoned,
}

impl Terms {
    pub(super) fn judge(&self, signs: &Signs, now: Instant) -> Verdict {
        if signs.is_abandoned {
            return Verdict::Dead(Death::Abandoned);
        }
        let late_at = signs.last_seen + self.lease;
        let dead_at = late_at + self.grace;
        if signs.is_speaking {
            // Looked at again when it could be dead, at the latest, if it has fallen silent by then.
            return Verdict::Lives(dead_at.max(now + self.grace.max(Duration::from_secs(1))));
        }
        match now {
            _ if now < late_at => Verdict::Lives(late_at),
            _ if now < dead_at && !signs.was_warned => Verdict::IsLate(dead_at),
            _ if now < dead_at => Verdict::Lives(dead_at),
            _ => Verdict::Dead(Death::Silent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMS: Terms = Terms {
        lease: Duration::from_secs(15),
        grace: Duration::from_secs(5),
    };

    /// What becomes of a client at a moment after `seen`.
    fn judge(seen: Instant, after: u64, change: impl FnOnce(&mut Signs)) -> Verdict {
        let mut signs = Signs {
            last_seen: seen,
            is_speaking: false,
            is_abandoned: false,
            was_warned: false,
        };
        change(&mut signs);
        TERMS.judge(&signs, seen + Duration::from_secs(after))
    }

    #[test]
    fn a_silent_client_is_warned_when_its_lease_is_over_and_dead_after_the_grace() {
        let seen = Instant::now();
        let at = |seconds| seen + Duration::from_secs(seconds);
        assert_eq!(judge(seen, 0, |_| {}), Verdict::Lives(at(15)));
        assert_eq!(judge(seen, 14, |_| {}), Verdict::Lives(at(15)));
        assert_eq!(judge(seen, 15, |_| {}), Verdict::IsLate(at(20)));
        let warned = |signs: &mut Signs| signs.was_warned = true;
        assert_eq!(judge(seen, 19, warned), Verdict::Lives(at(20)), "warned once");
        assert_eq!(judge(seen, 20, warned), Verdict::Dead(Death::Silent));
        assert_eq!(judge(seen, 500, |_| {}), Verdict::Dead(Death::Silent));
    }

    #[test]
    fn one_that_is_heard_lives_on_unless_nobody_listens_to_its_events() {
        let seen = Instant::now();
        let speaking = |signs: &mut Signs| signs.is_speaking = true;
        for after in [0, 15, 20, 3_600] {
            let Verdict::Lives(until) = judge(seen, after, speaking) else {
                panic!("it lives");
            };
            assert!(until > seen + Duration::from_secs(after), "there is no hurry");
        }
        let abandoned = |signs: &mut Signs| {
            signs.is_speaking = true;
            signs.is_abandoned = true;
        };
        assert_eq!(judge(seen, 0, abandoned), Verdict::Dead(Death::Abandoned));
    }
}
