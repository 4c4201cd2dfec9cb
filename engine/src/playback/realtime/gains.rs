//! Volume and balance, realtime side: a gain each for left and right, both moved by ramps.
//!
//! The last stage before the device's format. What comes in is within the limiter's ceiling, and no gain is above
//! 1, so what goes out is, too.

use super::status::Power;
use utter_dsp::{LevelMeter, Ramp};

/// The gains of the two front channels, and the meter behind them.
pub(super) struct Gains {
    left: Ramp,
    right: Ramp,
    meter: LevelMeter,
}

impl Gains {
    pub(super) fn new() -> Self {
        Self {
            left: Ramp::at(1.0),
            right: Ramp::at(1.0),
            meter: LevelMeter::default(),
        }
    }

    pub(super) fn go_to(&mut self, left: f32, right: f32, frames: u32) {
        self.left.go_to(left, frames);
        self.right.go_to(right, frames);
    }

    /// Whether both channels are the same, as they are unless the balance is off its centre.
    pub(super) fn are_equal(&self) -> bool {
        self.left == self.right
    }

    /// Applies the gain that both channels have, measures what comes of it, and gives its peak.
    pub(super) fn apply_to_both(&mut self, block: &mut [f32], power: &mut Power) -> f32 {
        self.left.apply(block);
        self.right = self.left.clone();
        self.measure(block, power)
    }

    /// Makes the left and the right channel of `left`, which holds one channel; measures the louder one, and gives its
    /// peak.
    pub(super) fn apply(&mut self, left: &mut [f32], right: &mut [f32], power: &mut Power) -> f32 {
        self.right.apply_to(left, right);
        self.left.apply(left);
        let is_right_louder = self.right.target() > self.left.target();
        self.measure(if is_right_louder { right } else { left }, power)
    }

    fn measure(&mut self, block: &[f32], power: &mut Power) -> f32 {
        self.meter.measure(block);
        let level = self.meter.take();
        power.add(level.rms, block.len());
        level.peak
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_channels_are_equal_but_for_a_balance() {
        let mut gains = Gains::new();
        let mut power = Power::default();
        let mut left = [0.5; 100];
        let mut right = [0.0; 100];
        assert!(gains.are_equal());
        gains.go_to(0.5, 0.5, 40);
        assert!(gains.are_equal());
        let peak = gains.apply_to_both(&mut left, &mut power);
        assert!(
            (0.49..0.5).contains(&peak),
            "{peak}: the first frame is on the way already"
        );
        assert!(gains.are_equal());

        gains.go_to(0.5, 1.0, 40);
        assert!(!gains.are_equal());
        left.fill(0.5);
        gains.apply(&mut left, &mut right, &mut power);
        assert_eq!((left[99], right[99]), (0.25, 0.5));

        gains.go_to(0.25, 0.25, 40);
        assert!(!gains.are_equal(), "on their way from different gains");
        left.fill(0.5);
        gains.apply(&mut left, &mut right, &mut power);
        assert!(gains.are_equal(), "there");
        assert_eq!(power.frames, 300);
    }
}
