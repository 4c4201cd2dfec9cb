//! What was really heard, and when: by the device's clock and what it has played.

use crate::timed_output::{Capture, TimedOutput};
use crate::track::RATE;
use crate::watch::Said;
use std::time::Duration;

/// What was really heard.
pub struct Truth {
    capture: Capture,
    /// The capture's first frame of the track.
    start: usize,
}

impl Truth {
    pub fn of(output: &TimedOutput) -> Self {
        let capture = output.captures().remove(0);
        let start = capture.samples.iter().position(|&x| x != 0.0).unwrap();
        Self { capture, start }
    }

    /// Frames of the track that had been heard at `moment`.
    pub fn heard(&self, moment: Duration) -> f64 {
        let played = self.capture.played_at(moment) - self.start as f64;
        played.max(0.0) * f64::from(RATE) / f64::from(self.capture.rate)
    }

    /// When the track's frame `frame` was heard.
    pub fn heard_at(&self, frame: u64) -> Duration {
        let frame = frame as f64 * f64::from(self.capture.rate) / f64::from(RATE);
        self.capture.heard_at(self.start + frame as usize)
    }

    /// How much further a position is than the truth, in ms. The truth while it was asked is as good as any.
    pub fn ahead(&self, said: &Said) -> f64 {
        let (from, to) = (self.heard(said.asked), self.heard(said.answered));
        let frame = said.frame as f64;
        let ahead = if frame < from {
            frame - from
        } else {
            (frame - to).max(0.0)
        };
        ahead * 1e3 / f64::from(RATE)
    }
}
