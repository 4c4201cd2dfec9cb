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

    /// Makes the left and the right channel of `left`, which holds one channel, and measures the louder one.
    pub(super) fn apply(&mut self, left: &mut [f32], right: &mut [f32], power: &mut Power) -> f32 {
        right.copy_from_slice(left);
        self.left.apply(left);
        self.right.apply(right);
        let louder = if self.right.target() > self.left.target() {
            right
        } else {
            left
        };
        self.meter.measure(louder);
        let level = self.meter.take();
        power.add(level.rms, louder.len());
        level.peak
    }
}
