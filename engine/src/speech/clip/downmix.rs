//! Many channels to one, as a mono voice needs them beside it.
//!
//! The decoder gives the planes of a packet, this one row of frames. Nothing here clips: a sum may exceed 1, and the
//! limiter before the device takes care of it.

use std::f32::consts::FRAC_1_SQRT_2;

use symphonia::core::audio::{Channels, Position};

/// By how much each channel is multiplied.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Downmix {
    weights: Vec<f32>,
}

impl Downmix {
    /// The weights for a layout.
    ///
    /// One channel is taken as it is, two as their mean. More of them go to stereo with the coefficients of ITU-R
    /// BS.775, and then to the mean of that: left and right by ½, centre by √½, each surround channel by √½ / 2, and
    /// low frequencies not at all. Other loudspeakers count as surround. Channels without a position count the same.
    pub fn new(channels: &Channels) -> Self {
        let weights = match channels {
            Channels::Positioned(positions) if positions.iter().count() > 2 => {
                positions.iter().map(weight).collect()
            }
            _ => {
                let count = channels.count();
                vec![1.0 / count as f32; count]
            }
        };
        Self { weights }
    }

    /// Appends the frames of `planes`, one for each channel and all of one length, to `frames`. What is no number, or
    /// infinite, becomes 0.
    pub fn append(&self, planes: &[Vec<f32>], frames: &mut Vec<f32>) {
        let count = planes.first().map_or(0, Vec::len);
        frames.extend((0..count).map(|n| {
            let weighted = planes
                .iter()
                .zip(&self.weights)
                .map(|(plane, weight)| finite(plane[n]) * weight);
            finite(weighted.sum())
        }));
    }
}

/// The sample, or 0 if it is none.
pub(super) fn finite(sample: f32) -> f32 {
    if sample.is_finite() { sample } else { 0.0 }
}

/// The weight of a channel among more than two.
fn weight(position: Position) -> f32 {
    const SIDES: Position = Position::FRONT_LEFT.union(Position::FRONT_RIGHT);
    const LOW: Position = Position::LFE1.union(Position::LFE2);
    match position {
        _ if SIDES.contains(position) => 0.5,
        _ if LOW.contains(position) => 0.0,
        Position::FRONT_CENTER => FRAC_1_SQRT_2,
        _ => FRAC_1_SQRT_2 / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_two_channels_are_their_mean() {
        let mono = Downmix::new(&Channels::Positioned(Position::FRONT_CENTER));
        let stereo = Downmix::new(&Channels::Positioned(
            Position::FRONT_LEFT | Position::FRONT_RIGHT,
        ));
        let mut frames = Vec::new();
        mono.append(&[vec![0.25, -1.5]], &mut frames);
        stereo.append(&[vec![0.5, 1.0], vec![-0.25, 1.0]], &mut frames);
        assert_eq!(frames, [0.25, -1.5, 0.125, 1.0]);
    }

    #[test]
    fn channels_without_a_position_count_the_same() {
        assert_eq!(Downmix::new(&Channels::Discrete(4)).weights, [0.25; 4]);
    }

    #[test]
    fn what_is_no_number_is_silence() {
        let stereo = Downmix::new(&Channels::Discrete(2));
        let mut frames = Vec::new();
        stereo.append(&[vec![f32::NAN, 1.0], vec![1.0, f32::INFINITY]], &mut frames);
        assert_eq!(frames, [0.5, 0.5]);
        let mono = Downmix::new(&Channels::Discrete(1));
        mono.append(&[vec![f32::NEG_INFINITY]], &mut frames);
        assert_eq!(frames[2], 0.0);
    }
}
