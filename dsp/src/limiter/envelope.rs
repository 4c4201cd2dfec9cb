//! The limiter's gain: from what each frame allows to a curve that is smooth and never above it.
//!
//! Three stages, a frame at a time: the least gain allowed within a window, which holds it down before and
//! after a peak; a release that lets it rise slowly; and three box filters (together nearly a bell), which
//! round off what is left of steps. As the window is longer than the boxes reach, all that they average over a
//! frame is at or below what it allows, and so is their mean.
//!
//! Gains are whole numbers here, in units of 2⁻³⁰: sums that run for days then stay exact, and a gain of 1 is
//! 1 again after any history.

use std::collections::VecDeque;

/// The gain 1.
pub(super) const UNITY: u32 = 1 << 30;

/// Turns the gain that each frame allows into the gain to apply to it, some frames later.
#[derive(Debug)]
pub(super) struct Envelope {
    minimum: SlidingMinimum,
    /// The part of the way to [`UNITY`] that the release takes in a frame, in units of 2⁻³².
    release: u64,
    /// The gain after the release.
    released: u32,
    boxes: [BoxFilter; 3],
    /// What comes out of the boxes at [`UNITY`].
    unity_out: u64,
    /// How many frames later the gain for a frame comes out.
    delay: usize,
    /// Frames in succession with `released` at [`UNITY`].
    settled: usize,
}

impl Envelope {
    /// With a delay of `delay` frames, holding the gain down for at least `hold` frames after each peak, then
    /// releasing it with a time constant of `release` frames.
    pub(super) fn new(delay: usize, hold: usize, release: f64) -> Self {
        // Boxes of lengths a, b and c reach over a + b + c - 2 frames.
        let total = delay + 3;
        let lengths = [total / 3, total / 3, total - 2 * (total / 3)];
        let mut level = u64::from(UNITY);
        let boxes = lengths.map(|length| {
            let filter = BoxFilter::resting(length, level);
            level *= length as u64;
            filter
        });
        Self {
            minimum: SlidingMinimum::new(delay + 1 + hold),
            release: ((1.0 - (-1.0 / release).exp()) * 2.0_f64.powi(32)) as u64,
            released: UNITY,
            boxes,
            unity_out: level,
            delay,
            settled: delay + 1,
        }
    }

    /// Whether, as long as all is allowed, every gain will be exactly 1. Frames that allow all may then be
    /// left out.
    pub(super) fn rests(&self) -> bool {
        self.settled > self.delay
    }

    /// Takes the gain that a frame allows, at most [`UNITY`], and returns the gain for the frame
    /// `delay` before it: at most what that one allowed, and exactly 1 if nothing is limited.
    pub(super) fn next(&mut self, allowed: u32) -> f64 {
        let held = self.minimum.next(allowed);
        // Rounded up, so that it arrives.
        let step = (u64::from(UNITY - self.released) * self.release).div_ceil(1 << 32);
        self.released = held.min(self.released + step as u32);
        self.settled = match self.released {
            UNITY => self.settled.saturating_add(1),
            _ => 0,
        };
        let sum = self
            .boxes
            .iter_mut()
            .fold(u64::from(self.released), |value, filter| filter.next(value));
        // Both are below 2⁵³, thus exact.
        sum as f64 / self.unity_out as f64
    }

    pub(super) fn reset(&mut self) {
        self.minimum.frames.clear();
        self.released = UNITY;
        let mut level = u64::from(UNITY);
        for filter in &mut self.boxes {
            filter.rest_at(level);
            level *= filter.values.len() as u64;
        }
        self.settled = self.delay + 1;
    }
}

/// The least of the last `window` gains.
#[derive(Debug)]
struct SlidingMinimum {
    /// The gains below 1 that are or may become the least, each with its number: both rise from front to back.
    frames: VecDeque<(u64, u32)>,
    window: usize,
    /// Number of the last frame.
    now: u64,
}

impl SlidingMinimum {
    fn new(window: usize) -> Self {
        Self {
            frames: VecDeque::with_capacity(window),
            window,
            now: 0,
        }
    }

    fn next(&mut self, gain: u32) -> u32 {
        self.now += 1;
        let oldest = (self.now + 1).saturating_sub(self.window as u64);
        while self.frames.front().is_some_and(|&(number, _)| number < oldest) {
            self.frames.pop_front();
        }
        while self.frames.back().is_some_and(|&(_, other)| other >= gain) {
            self.frames.pop_back();
        }
        if gain < UNITY {
            self.frames.push_back((self.now, gain));
        }
        self.frames.front().map_or(UNITY, |&(_, least)| least)
    }
}

/// The sum of the last values.
#[derive(Debug)]
struct BoxFilter {
    values: Box<[u64]>,
    /// The place of the oldest.
    oldest: usize,
    sum: u64,
}

impl BoxFilter {
    fn resting(length: usize, value: u64) -> Self {
        Self {
            values: vec![value; length].into_boxed_slice(),
            oldest: 0,
            sum: value * length as u64,
        }
    }

    fn rest_at(&mut self, value: u64) {
        self.values.fill(value);
        self.sum = value * self.values.len() as u64;
    }

    fn next(&mut self, value: u64) -> u64 {
        let oldest = &mut self.values[self.oldest];
        self.sum = self.sum + value - *oldest;
        *oldest = value;
        self.oldest = (self.oldest + 1) % self.values.len();
        self.sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn gains(envelope: &mut Envelope, allowed: &[u32]) -> Vec<f64> {
        let delay = envelope.delay;
        let rest = std::iter::repeat_n(UNITY, delay);
        let all = allowed.iter().copied().chain(rest);
        all.map(|a| envelope.next(a)).skip(delay).collect()
    }

    /// The gain for one peak: it falls to what is allowed in the very frame, stays for the hold, rises again.
    #[test]
    fn a_peak_is_met_in_its_frame() {
        let mut allowed = vec![UNITY; 1_000];
        allowed[200] = UNITY / 2;
        let gains = gains(&mut Envelope::new(29, 50, 100.0), &allowed);
        assert_eq!(gains[170], 1.0, "nothing happens before the delay");
        assert!(gains[171] < 1.0);
        assert!(gains[171..=200].is_sorted_by(|a, b| a >= b), "falls all the way");
        assert!(gains[200..=250].iter().all(|&g| g == 0.5), "is held");
        assert!(gains[250..].is_sorted(), "rises all the way");
        let after_two_time_constants = gains[250 + 15 + 200]; // the boxes are late by half their reach
        assert!((after_two_time_constants - (1.0 - 0.5 * (-2.0_f64).exp())).abs() < 0.01);
    }

    #[test]
    fn comes_to_rest_at_exactly_one() {
        let mut envelope = Envelope::new(29, 50, 100.0);
        assert!(envelope.rests());
        envelope.next(0);
        let frames = (0..10_000).find(|_| {
            envelope.next(UNITY);
            envelope.rests()
        });
        assert!(frames.is_some());
        assert_eq!(envelope.next(UNITY), 1.0);
    }

    proptest! {
        /// Whatever frames allow, no gain is above it.
        #[test]
        fn never_above_what_is_allowed(
            delay in 0_usize..40,
            hold in 0_usize..40,
            allowed in prop::collection::vec(prop_oneof![Just(UNITY), 0..=UNITY], 1..400),
        ) {
            let gains = gains(&mut Envelope::new(delay, hold, 20.0), &allowed);
            for (gain, allowed) in gains.iter().zip(&allowed) {
                prop_assert!(*gain <= f64::from(*allowed) / f64::from(UNITY));
            }
        }

        #[test]
        fn sliding_minimum_is_the_minimum(
            window in 1_usize..20,
            gains in prop::collection::vec(0..=UNITY, 1..100),
        ) {
            let mut sliding = SlidingMinimum::new(window);
            for n in 0..gains.len() {
                let last = &gains[(n + 1).saturating_sub(window)..=n];
                prop_assert_eq!(Some(sliding.next(gains[n])), last.iter().copied().min());
            }
            prop_assert!(sliding.frames.capacity() >= window);
        }
    }
}
