//! How long the next chunk should be.
//!
//! A short chunk is heard soon and says less of how its sentence goes on; a long one sounds better and must be there before
//! what is made already has been heard. So the first one is short, and the others as long as can be made in time, up to a
//! sentence: at most some part of what is left to be heard is spent on it. What a phoneme costs is measured as chunks are made.

use crate::text::{MAX_TOKENS, Wish};
use std::time::Duration;

/// What the first chunk should take to be made, and at most half as long again.
const FIRST: Duration = Duration::from_millis(130);

/// What shall be left to be heard when a chunk is there: a period and a ring's filling.
const RESERVE: Duration = Duration::from_millis(200);

/// Of what is left beyond that, the part that a chunk may take. It may become half as long again as was wished for, and the
/// machine may be busy.
const PART: f64 = 0.55;

/// With less than this left to be heard, a sentence that is not complete is not waited for: its clauses must do.
pub(super) const HUNGRY: Duration = Duration::from_millis(1_500);

/// Before anything was measured, in seconds a phoneme: some 17 of them are a second of speech, at a fifth of real time.
const AT_FIRST: f64 = 0.012;

/// A chunk that is wished for has at least so many phonemes, however slow the machine is: less is no phrase.
const FEWEST: usize = 16;

/// What a voice costs on this machine.
#[derive(Debug)]
pub(super) struct Plan {
    /// Seconds a phoneme.
    cost: f64,
}

impl Default for Plan {
    fn default() -> Self {
        Self { cost: AT_FIRST }
    }
}

impl Plan {
    /// What to ask for with so much left to be heard; `None` if nobody listens.
    pub(super) fn wish(&self, ahead: Option<Duration>) -> Wish {
        let Some(ahead) = ahead else {
            return Wish::WHOLE;
        };
        let time = ahead.saturating_sub(RESERVE).mul_f64(PART).max(FIRST);
        // A cast saturates.
        let tokens = (time.as_secs_f64() / self.cost) as usize;
        Wish {
            tokens: tokens.clamp(FEWEST, MAX_TOKENS),
            soon: ahead < HUNGRY,
        }
    }

    /// A chunk of so many phonemes took so long. What is slower than before counts at once, what is faster slowly: one chunk
    /// may have had the machine to itself.
    pub(super) fn learn(&mut self, phonemes: usize, took: Duration) {
        if phonemes == 0 {
            return;
        }
        let cost = took.as_secs_f64() / phonemes as f64;
        self.cost = cost.max(0.7 * self.cost + 0.3 * cost).clamp(1e-5, 10.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    fn plan(cost: f64) -> Plan {
        Plan { cost }
    }

    #[test]
    fn the_first_chunk_is_short_and_later_ones_are_sentences() {
        let plan = plan(0.004);
        assert_eq!(
            plan.wish(Some(Duration::ZERO)),
            Wish {
                tokens: 32,
                soon: true
            }
        );
        assert_eq!(
            plan.wish(Some(MS(1_400))),
            Wish {
                tokens: 165,
                soon: true
            }
        );
        assert_eq!(
            plan.wish(Some(MS(5_000))),
            Wish {
                tokens: MAX_TOKENS,
                soon: false
            }
        );
        assert_eq!(plan.wish(None), Wish::WHOLE);
    }

    #[test]
    fn a_slow_machine_makes_chunks_that_are_there_in_time() {
        // Half of real time at 17 phonemes a second.
        let plan = plan(0.5 / 17.0);
        for ahead in (0..10_000).step_by(50) {
            let wish = plan.wish(Some(MS(ahead)));
            let takes = wish.tokens as f64 * 1.5 * plan.cost;
            assert!(
                takes <= ahead as f64 / 1e3 || wish.tokens == FEWEST,
                "{ahead} ms: {wish:?} takes {takes} s"
            );
        }
    }

    #[test]
    fn slower_counts_at_once_and_faster_slowly() {
        let mut plan = Plan::default();
        plan.learn(100, MS(4_000));
        assert!((plan.cost - 0.04).abs() < 1e-9);
        plan.learn(100, MS(400));
        assert!((plan.cost - 0.0292).abs() < 1e-9, "{}", plan.cost);
        for _ in 0..20 {
            plan.learn(100, MS(400));
        }
        assert!((plan.cost - 0.004).abs() < 1e-4, "{}", plan.cost);
        plan.learn(0, MS(400));
    }
}
