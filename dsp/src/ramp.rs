//! Gain ramps: how a signal is faded in and out without a click.
//!
//! The renderer owns one and sends every frame through it. A new target may be set at any moment, also in the
//! middle of a ramp: the gain goes on from where it is.

/// A gain that moves to its target along a smoothstep, 3t² − 2t³: no jump and no corner at either end, which
/// keeps the spectrum of a fade narrow. Between two frames the gain moves by at most 1.5 / `frames` of the
/// distance.
#[derive(Debug, Clone, PartialEq)]
pub struct Ramp {
    from: f32,
    to: f32,
    /// Frames of the ramp that have been applied.
    elapsed: u32,
    /// Frames of the whole ramp. Nothing is left to do when `elapsed` has reached it.
    frames: u32,
}

impl Ramp {
    /// A ramp that rests at `gain`.
    pub fn at(gain: f32) -> Self {
        Self {
            from: gain,
            to: gain,
            elapsed: 0,
            frames: 0,
        }
    }

    /// Goes to `gain` within the next `frames` frames. With 0 frames it is there at once.
    pub fn go_to(&mut self, gain: f32, frames: u32) {
        *self = match frames {
            0 => Self::at(gain),
            _ => Self {
                from: self.gain(),
                to: gain,
                elapsed: 0,
                frames,
            },
        };
    }

    /// The gain of the last frame that was applied.
    pub fn gain(&self) -> f32 {
        if self.remaining() == 0 {
            return self.to;
        }
        let t = self.elapsed as f32 / self.frames as f32;
        self.from + (self.to - self.from) * (t * t * (3.0 - 2.0 * t))
    }

    /// Where it is going, or where it rests.
    pub fn target(&self) -> f32 {
        self.to
    }

    /// Frames until the target is reached; 0 when it rests.
    pub fn remaining(&self) -> u32 {
        self.frames - self.elapsed
    }

    /// Multiplies every frame of `block` with the gain, moving it on frame by frame.
    pub fn apply(&mut self, block: &mut [f32]) {
        let moving = block.len().min(self.remaining() as usize);
        let (ramped, rest) = block.split_at_mut(moving);
        for sample in ramped {
            self.elapsed += 1;
            *sample *= self.gain();
        }
        if self.remaining() == 0 {
            // Those that rest at the same gain are equal, wherever they came from.
            *self = Self::at(self.to);
        }
        // Speech is at full gain most of the time, and must then come out bit for bit.
        if self.to != 1.0 {
            for sample in rest {
                *sample *= self.to;
            }
        }
    }

    /// Writes `source`, multiplied with the gain frame by frame, into `target`: how one channel becomes two,
    /// each with a ramp of its own. Works on as many frames as the shorter slice has; only by these it moves
    /// on.
    pub fn apply_to(&mut self, source: &[f32], target: &mut [f32]) {
        let frames = source.len().min(target.len());
        let target = &mut target[..frames];
        target.copy_from_slice(&source[..frames]);
        self.apply(target);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn gains(ramp: &mut Ramp, frames: usize) -> Vec<f32> {
        let mut block = vec![1.0; frames];
        ramp.apply(&mut block);
        block
    }

    #[test]
    fn reaches_its_target_in_the_last_frame_and_stays() {
        let mut ramp = Ramp::at(1.0);
        ramp.go_to(0.0, 384);
        let out = gains(&mut ramp, 400);
        assert!(out[382] > 0.0);
        assert!(out[383..].iter().all(|&g| g == 0.0));
        assert_eq!(ramp.remaining(), 0);
    }

    #[test]
    fn at_rest_on_one_the_signal_is_untouched() {
        let mut block = [0.123_456_79_f32, f32::MIN_POSITIVE, -1.0];
        let before = block;
        Ramp::at(1.0).apply(&mut block);
        assert_eq!(block, before);
    }

    #[test]
    fn no_frames_is_at_once() {
        let mut ramp = Ramp::at(0.0);
        ramp.go_to(1.0, 0);
        assert_eq!(gains(&mut ramp, 1), [1.0]);
    }

    #[test]
    fn apply_to_goes_as_far_as_both_reach() {
        let mut ramp = Ramp::at(0.0);
        ramp.go_to(1.0, 10);
        let mut target = [9.0; 4];
        ramp.apply_to(&[1.0; 3], &mut target);
        assert_eq!(target[3], 9.0);
        assert_eq!(ramp.remaining(), 7);
    }

    proptest! {
        /// Into another slice or in place, in one piece or in two: all the same.
        #[test]
        fn apply_to_is_apply(
            source in prop::collection::vec(-1.0_f32..1.0, 100),
            cut in 0_usize..100,
            frames in 0_u32..150,
        ) {
            let mut in_place = source.clone();
            let mut ramp = Ramp::at(1.0);
            ramp.go_to(0.25, frames);
            let mut other = ramp.clone();
            ramp.apply(&mut in_place);
            let mut target = vec![9.0; 100];
            other.apply_to(&source[..cut], &mut target[..cut]);
            other.apply_to(&source[cut..], &mut target[cut..]);
            prop_assert_eq!(target, in_place);
            prop_assert_eq!(other.gain(), ramp.gain());
        }

        /// However targets are set and blocks are cut, no step is larger than the steepest ramp allows.
        #[test]
        fn never_steps(moves in prop::collection::vec((0.0_f32..=1.0, 8_u32..500, 0_usize..600), 1..20)) {
            let mut ramp = Ramp::at(1.0);
            let mut last = 1.0_f32;
            for (gain, frames, play) in moves {
                let distance = (gain - ramp.gain()).abs();
                ramp.go_to(gain, frames);
                let allowed = 1.5 * distance / frames as f32 + 1e-6;
                for g in gains(&mut ramp, play) {
                    prop_assert!((g - last).abs() <= allowed, "{last} to {g}, allowed {allowed}");
                    last = g;
                }
            }
        }
    }
}
