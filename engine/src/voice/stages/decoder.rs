//! The decoder: from aligned text, pitch and energy to the vocoder's input, two rows of 512 floats a frame.

use std::sync::Arc;

use super::CHANNELS;
use super::layers::{StyleRow, floats, linear, repeat_rows};
use super::residual::{ResidualBlock, ResidualScratch};
use crate::voice::artifacts::Weights;
use crate::voice::error::VoiceError;
use crate::voice::kernels::{Executor, Linear, Rows, padded_rows, whole_groups};
use crate::voice::memory::{Buffer, Constant};
use crate::voice::runtime::RuntimeError;

const HIDDEN: usize = 1024;
/// Channels of the text that every block sees again.
const TEXT: usize = 64;
/// Text, pitch, energy.
const FIRST: usize = CHANNELS + 2;
/// Hidden, text, pitch, energy.
const NEXT: usize = HIDDEN + TEXT + 2;

/// The stage.
#[derive(Debug)]
pub(in crate::voice) struct Decoder {
    curves: [Constant; 2],
    text: Linear,
    encode: ResidualBlock,
    decode: [ResidualBlock; 4],
    first: Buffer,
    next: Buffer,
    decoded: Buffer,
    scratch: ResidualScratch,
}

impl Decoder {
    /// Finds its weights.
    pub(in crate::voice) fn find(weights: &Arc<Weights>) -> Result<Self, VoiceError> {
        let decode = |i: usize, outputs| {
            ResidualBlock::find(
                weights,
                &format!("decoder.decode.{i}"),
                (NEXT, outputs),
                outputs == CHANNELS,
            )
        };
        Ok(Self {
            curves: [
                floats(weights, "decoder.pitch", 4)?,
                floats(weights, "decoder.energy", 4)?,
            ],
            text: linear(weights, "decoder.text", CHANNELS, TEXT)?,
            encode: ResidualBlock::find(weights, "decoder.encode", (FIRST, HIDDEN), false)?,
            decode: [
                decode(0, HIDDEN)?,
                decode(1, HIDDEN)?,
                decode(2, HIDDEN)?,
                decode(3, CHANNELS)?,
            ],
            first: Buffer::new(),
            next: Buffer::new(),
            decoded: Buffer::new(),
            scratch: ResidualScratch::new(),
        })
    }

    /// Decodes `frames` frames, the sum of `durations`. `text` has 512 floats a token, the curves two values a frame.
    pub(in crate::voice) fn run(
        &mut self,
        executor: Executor<'_>,
        text: &[f32],
        (durations, frames): (&[usize], usize),
        [pitch, energy]: [&[f32]; 2],
        style: &StyleRow,
    ) -> Result<(), RuntimeError> {
        let (wide_first, wide_next) = (whole_groups(FIRST), whole_groups(NEXT));
        self.prepare(frames);
        repeat_rows(text, CHANNELS, durations, self.first.floats_mut(), wide_first);
        for (i, curve) in [pitch, energy].into_iter().enumerate() {
            let taps = self.curves[i].floats();
            halve(curve, taps, frames, |t, value| {
                self.first.floats_mut()[t * wide_first + CHANNELS + i] = value;
                self.next.floats_mut()[t * wide_next + HIDDEN + TEXT + i] = value;
            });
        }
        let first = Rows::new(self.first.view(), wide_first);
        let next = Rows::new(self.next.view(), wide_next);
        executor.product(&self.text, first, next.from(HIDDEN), frames)?;
        let scratch = &mut self.scratch;
        self.encode.run(executor, scratch, style, (first, frames), next)?;
        let [before @ .., last] = &mut self.decode;
        for block in before {
            block.run(executor, scratch, style, (next, frames), next)?;
        }
        last.run(
            executor,
            scratch,
            style,
            (next, frames),
            Rows::new(self.decoded.view(), CHANNELS),
        )
    }

    /// Makes room for `frames` frames.
    pub(in crate::voice) fn prepare(&mut self, frames: usize) {
        self.first.reserve(padded_rows(frames) * whole_groups(FIRST));
        self.next.reserve(padded_rows(frames) * whole_groups(NEXT));
        self.decoded.reserve(padded_rows(2 * frames) * CHANNELS);
    }

    /// What it decoded: rows of 512 floats, two a frame.
    pub(in crate::voice) fn decoded(&self) -> Rows<'_> {
        Rows::new(self.decoded.view(), CHANNELS)
    }

    /// The same as numbers, for tests.
    #[cfg(test)]
    pub(in crate::voice) fn decoded_mut(&mut self) -> &mut [f32] {
        self.decoded.floats_mut()
    }
}

/// A convolution of three taps and stride two over a curve, zeros around it: one value a frame. `taps` ends in the bias.
fn halve(curve: &[f32], taps: &[f32], frames: usize, mut put: impl FnMut(usize, f32)) {
    let at = |i: usize| curve.get(i).copied().unwrap_or(0.0);
    for t in 0..frames {
        let before = if t == 0 { 0.0 } else { at(2 * t - 1) };
        put(
            t,
            taps[0] * before + taps[1] * at(2 * t) + taps[2] * at(2 * t + 1) + taps[3],
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_halved_with_zeros_before_it() {
        let mut out = Vec::new();
        halve(&[1.0, 2.0, 3.0, 4.0], &[100.0, 10.0, 1.0, 0.5], 2, |_, value| {
            out.push(value)
        });
        assert_eq!(out, [12.5, 234.5]);
    }
}
