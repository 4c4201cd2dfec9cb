//! The residual block with style norms (AdaIN) that prosody and decoder are made of.
//!
//! out = (convolution₂(act(norm₂(convolution₁(pool(act(norm₁(x))))))) + shortcut(x)) / √2, with K = 3, a leaky rectifier, and
//! optionally twice as many frames behind the pool. The factor is folded into the weights of convolution₂ and shortcut.

use std::sync::Arc;

use super::layers::{StyleNorm, StyleRow, floats, linear};
use crate::voice::artifacts::Weights;
use crate::voice::error::VoiceError;
use crate::voice::kernels::{Executor, GROUP, Linear, Residual, Rows, padded_rows, whole_groups};
use crate::voice::memory::{Buffer, Constant};
use crate::voice::runtime::RuntimeError;

const TAPS: usize = 3;
const SLOPE: f32 = 0.2;

/// One block; its buffers are lent by [`ResidualScratch`].
#[derive(Debug)]
pub(super) struct ResidualBlock {
    norms: [StyleNorm; 2],
    convolutions: [Linear; 2],
    shortcut: Option<Linear>,
    pool: Option<Constant>,
    inputs: usize,
    outputs: usize,
}

/// What blocks that run one after another share.
#[derive(Debug)]
pub(super) struct ResidualScratch {
    normed: Buffer,
    convolved: Buffer,
    renormed: Buffer,
    shortcut: Buffer,
}

impl ResidualScratch {
    /// Nothing yet.
    pub(super) const fn new() -> Self {
        Self {
            normed: Buffer::new(),
            convolved: Buffer::new(),
            renormed: Buffer::new(),
            shortcut: Buffer::new(),
        }
    }
}

impl ResidualBlock {
    /// The block `name` from `inputs` to `outputs` channels; `pooled` blocks double the frames.
    pub(super) fn find(
        weights: &Arc<Weights>,
        name: &str,
        (inputs, outputs): (usize, usize),
        pooled: bool,
    ) -> Result<Self, VoiceError> {
        let wide = whole_groups(inputs);
        let named = |part: &str| format!("{name}.{part}");
        let shortcut = |()| linear(weights, &named("shortcut"), wide, outputs);
        let pool = |()| floats(weights, &named("pool"), 4 * wide);
        Ok(Self {
            norms: [
                StyleNorm::find(weights, &named("norm1"), wide)?,
                StyleNorm::find(weights, &named("norm2"), outputs)?,
            ],
            convolutions: [
                linear(weights, &named("convolution1"), TAPS * wide, outputs)?,
                linear(weights, &named("convolution2"), TAPS * outputs, outputs)?,
            ],
            shortcut: (inputs != outputs).then_some(()).map(shortcut).transpose()?,
            pool: pooled.then_some(()).map(pool).transpose()?,
            inputs: wide,
            outputs,
        })
    }

    /// Frames out for `frames` frames in.
    pub(super) fn frames_out(&self, frames: usize) -> usize {
        if self.pool.is_some() { 2 * frames } else { frames }
    }

    /// Runs over `frames` rows of `x`. `out` may be `x` when the block has a shortcut of its own.
    pub(super) fn run(
        &mut self,
        executor: Executor<'_>,
        scratch: &mut ResidualScratch,
        style: &StyleRow,
        (x, frames): (Rows<'_>, usize),
        out: Rows<'_>,
    ) -> Result<(), RuntimeError> {
        let more = self.frames_out(frames);
        prepare(&mut scratch.normed, more, self.inputs);
        prepare(&mut scratch.renormed, more, self.outputs);
        scratch.convolved.reserve(padded_rows(more) * self.outputs);

        let normed = Rows::new(scratch.normed.view(), self.inputs);
        let affine = self.norms[0].of_rows(executor, style, x, frames)?;
        let groups = (frames, self.inputs / GROUP);
        match &self.pool {
            None => executor.scale_rows(x, affine, normed.from(self.inputs), groups, SLOPE)?,
            Some(pool) => executor.double_rows(x, (affine, pool), normed.from(self.inputs), groups, SLOPE)?,
        }
        let convolved = Rows::new(scratch.convolved.view(), self.outputs);
        executor.product(&self.convolutions[0], normed, convolved, more)?;

        let renormed = Rows::new(scratch.renormed.view(), self.outputs);
        let affine = self.norms[1].of_rows(executor, style, convolved, more)?;
        let groups = (more, self.outputs / GROUP);
        executor.scale_rows(convolved, affine, renormed.from(self.outputs), groups, SLOPE)?;

        let shift = usize::from(self.pool.is_some());
        let residual = match &self.shortcut {
            None => Residual {
                rows: x,
                gain: std::f32::consts::FRAC_1_SQRT_2,
                shift,
            },
            Some(shortcut) => {
                scratch.shortcut.reserve(padded_rows(frames) * self.outputs);
                let rows = Rows::new(scratch.shortcut.view(), self.outputs);
                executor.product(shortcut, x, rows, frames)?;
                Residual {
                    rows,
                    gain: 1.0,
                    shift,
                }
            }
        };
        executor.product_plus(&self.convolutions[1], renormed, out, more, residual)
    }
}

/// Room for `frames` rows with a zero row before and behind them.
fn prepare(buffer: &mut Buffer, frames: usize, channels: usize) {
    buffer.reserve((padded_rows(frames) + TAPS) * channels);
    let floats = buffer.floats_mut();
    floats[..channels].fill(0.0);
    floats[(frames + 1) * channels..][..channels].fill(0.0);
}
