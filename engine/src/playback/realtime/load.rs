//! How long callbacks take, as a share of the period that they have.
//!
//! The renderer adds each callback to a histogram of atomics; anybody may read it at any time. Buckets are an
//! eighth of an octave wide, so a percentile is right to 9 %.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Octaves below one period that are told apart: the shortest share is 2⁻¹² of a period, 5 µs of 20 ms.
const OCTAVES_BELOW: u32 = 12;
const OCTAVES_ABOVE: u32 = 4;
const STEPS: u32 = 8;
const BUCKETS: usize = ((OCTAVES_BELOW + OCTAVES_ABOVE) * STEPS) as usize;

/// The histogram.
#[derive(Debug)]
pub(in crate::playback) struct CallbackTimes {
    buckets: [AtomicU32; BUCKETS],
    callbacks: AtomicU64,
    /// Bits of a float; those of positive floats are in the order of their values.
    longest: AtomicU32,
}

/// How long callbacks took, as shares of the time that they have: 1 is a whole period.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CallbackLoad {
    /// Callbacks that were measured.
    pub callbacks: u64,
    /// Half of them took no longer than this.
    pub median: f32,
    /// Of a thousand, 999 took no longer than this.
    pub p999: f32,
    /// The longest.
    pub max: f32,
}

impl CallbackTimes {
    #[allow(clippy::disallowed_methods, reason = "made before the stream runs")]
    pub(in crate::playback) fn new() -> Arc<Self> {
        Arc::new(Self {
            buckets: [const { AtomicU32::new(0) }; BUCKETS],
            callbacks: AtomicU64::new(0),
            longest: AtomicU32::new(0),
        })
    }

    /// Adds a callback that took `elapsed` of the `period` nanoseconds it had. Realtime safe.
    pub(super) fn add(&self, elapsed: u64, period: u64) {
        let share = elapsed as f32 / period.max(1) as f32;
        let place = (share.log2() + OCTAVES_BELOW as f32) * STEPS as f32;
        // A cast saturates: what is shorter or longer than the ends falls into them.
        let bucket = (place.ceil() as usize).min(BUCKETS - 1);
        self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        self.callbacks.fetch_add(1, Ordering::Relaxed);
        self.longest.fetch_max(share.to_bits(), Ordering::Relaxed);
    }

    /// The summary of all callbacks so far.
    pub(in crate::playback) fn summary(&self) -> CallbackLoad {
        CallbackLoad {
            callbacks: self.callbacks.load(Ordering::Relaxed),
            median: self.percentile(0.5),
            p999: self.percentile(0.999),
            max: f32::from_bits(self.longest.load(Ordering::Relaxed)),
        }
    }

    #[allow(
        clippy::disallowed_methods,
        clippy::disallowed_types,
        reason = "for whoever reads it, outside the callback"
    )]
    fn percentile(&self, share: f64) -> f32 {
        let counts: Vec<u64> = self
            .buckets
            .iter()
            .map(|bucket| bucket.load(Ordering::Relaxed).into())
            .collect();
        let wanted = (counts.iter().sum::<u64>() as f64 * share).ceil() as u64;
        let mut seen = 0;
        for (place, count) in counts.iter().enumerate() {
            seen += count;
            if seen >= wanted && *count > 0 {
                let upper = (place as f32 / STEPS as f32 - OCTAVES_BELOW as f32).exp2();
                return upper.min(f32::from_bits(self.longest.load(Ordering::Relaxed)));
            }
        }
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_right_to_a_bucket() {
        let times = CallbackTimes::new();
        assert_eq!(times.summary(), CallbackLoad::default());
        for n in 1..=10_000_u64 {
            times.add(n, 10_000);
        }
        let load = times.summary();
        assert_eq!((load.callbacks, load.max), (10_000, 1.0));
        assert!((0.5..=0.5 * 1.1).contains(&load.median), "{load:?}");
        assert!((0.999..=1.0).contains(&load.p999), "{load:?}");
    }

    #[test]
    fn the_shortest_and_the_longest_have_a_place() {
        let times = CallbackTimes::new();
        times.add(0, 1_000_000);
        times.add(u64::MAX, 1);
        times.add(5, 0);
        assert_eq!(times.summary().callbacks, 3);
    }
}
