//! Pitch and energy: an LSTM over alignment frames, then three residual blocks for each curve.

use std::sync::Arc;

use super::CHANNELS;
use super::duration::ENCODING;
use super::layers::{Lstm, StyleRow, linear};
use super::residual::{ResidualBlock, ResidualScratch};
use crate::voice::artifacts::Weights;
use crate::voice::error::VoiceError;
use crate::voice::kernels::{Executor, GROUP, Linear, Rows, padded_rows};
use crate::voice::memory::Buffer;
use crate::voice::runtime::RuntimeError;

/// The stage: 640 floats a token and durations in; two curves, two values a frame each, out.
#[derive(Debug)]
pub(in crate::voice) struct Prosody {
    lstm: Lstm,
    pitch: Curve,
    energy: Curve,
    products: Buffer,
    states: Buffer,
    scratch: ResidualScratch,
}

#[derive(Debug)]
struct Curve {
    blocks: [ResidualBlock; 3],
    project: Linear,
    between: [Buffer; 2],
    projected: Buffer,
    values: Vec<f32>,
}

impl Curve {
    fn find(weights: &Arc<Weights>, name: &str) -> Result<Self, VoiceError> {
        let block = |i: usize, channels, pooled| {
            ResidualBlock::find(weights, &format!("{name}.{i}"), channels, pooled)
        };
        Ok(Self {
            blocks: [
                block(0, (CHANNELS, CHANNELS), false)?,
                block(1, (CHANNELS, CHANNELS / 2), true)?,
                block(2, (CHANNELS / 2, CHANNELS / 2), false)?,
            ],
            project: linear(weights, &format!("{name}.project"), CHANNELS / 2, 1)?,
            between: [const { Buffer::new() }; 2],
            projected: Buffer::new(),
            values: Vec::new(),
        })
    }

    fn run(
        &mut self,
        executor: Executor<'_>,
        scratch: &mut ResidualScratch,
        style: &StyleRow,
        states: Rows<'_>,
        frames: usize,
    ) -> Result<(), RuntimeError> {
        let twice = 2 * frames;
        for buffer in &mut self.between {
            buffer.reserve(padded_rows(twice) * CHANNELS);
        }
        self.projected.reserve(twice * GROUP);
        let [first, second] = self
            .between
            .each_ref()
            .map(|buffer| Rows::new(buffer.view(), CHANNELS));
        let [a, b, c] = &mut self.blocks;
        a.run(executor, scratch, style, (states, frames), first)?;
        let (first, second) = (first, second.every(CHANNELS / 2));
        b.run(executor, scratch, style, (first, frames), second)?;
        let first = first.every(CHANNELS / 2);
        c.run(executor, scratch, style, (second, twice), first)?;
        executor.product(
            &self.project,
            first,
            Rows::new(self.projected.view(), GROUP),
            twice,
        )?;
        self.values.clear();
        self.values.extend(
            self.projected
                .floats()
                .chunks_exact(GROUP)
                .take(twice)
                .map(|row| row[0]),
        );
        Ok(())
    }
}

impl Prosody {
    /// Finds its weights.
    pub(in crate::voice) fn find(weights: &Arc<Weights>) -> Result<Self, VoiceError> {
        Ok(Self {
            lstm: Lstm::find(weights, "prosody.lstm", ENCODING)?,
            pitch: Curve::find(weights, "pitch")?,
            energy: Curve::find(weights, "energy")?,
            products: Buffer::new(),
            states: Buffer::new(),
            scratch: ResidualScratch::new(),
        })
    }

    /// Computes both curves over `frames` frames, the sum of `durations`; `encoding` has a row a token.
    pub(in crate::voice) fn run(
        &mut self,
        executor: Executor<'_>,
        encoding: Rows<'_>,
        (durations, frames): (&[usize], usize),
        style: &StyleRow,
    ) -> Result<(), RuntimeError> {
        self.states.reserve(padded_rows(frames) * CHANNELS);
        let states = Rows::new(self.states.view(), CHANNELS);
        self.lstm.run_repeated(
            executor,
            encoding,
            (durations, frames),
            &mut self.products,
            states,
        )?;
        self.pitch
            .run(executor, &mut self.scratch, style, states, frames)?;
        self.energy
            .run(executor, &mut self.scratch, style, states, frames)
    }

    /// The fundamental frequency in Hz, two values a frame; low values mean unvoiced.
    pub(in crate::voice) fn pitch(&self) -> &[f32] {
        &self.pitch.values
    }

    /// The energy, two values a frame.
    pub(in crate::voice) fn energy(&self) -> &[f32] {
        &self.energy.values
    }
}
