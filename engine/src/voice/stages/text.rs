//! The text encoder: what each phoneme sounds like, from three convolutions and an LSTM.

use std::sync::Arc;

use super::layers::{EPSILON, Lstm, floats, linear};
use super::{CHANNELS, SYMBOLS};
use crate::voice::artifacts::Weights;
use crate::voice::error::VoiceError;
use crate::voice::kernels::{Executor, Linear, Rows, padded_rows};
use crate::voice::memory::{Buffer, Constant};
use crate::voice::runtime::RuntimeError;

const TAPS: usize = 5;
const SLOPE: f32 = 0.2;

/// The stage: token numbers in, 512 floats a token out.
#[derive(Debug)]
pub(in crate::voice) struct TextEncoder {
    symbols: Constant,
    convolutions: [(Linear, Constant); 3],
    lstm: Lstm,
    padded: Buffer,
    convolved: Buffer,
    encoding: Buffer,
}

impl TextEncoder {
    /// Finds its weights.
    pub(in crate::voice) fn find(weights: &Arc<Weights>) -> Result<Self, VoiceError> {
        let convolution = |i: usize| -> Result<_, VoiceError> {
            Ok((
                linear(
                    weights,
                    &format!("text.convolution.{i}"),
                    TAPS * CHANNELS,
                    CHANNELS,
                )?,
                floats(weights, &format!("text.norm.{i}"), 2 * CHANNELS)?,
            ))
        };
        Ok(Self {
            symbols: floats(weights, "text.symbols", SYMBOLS * CHANNELS)?,
            convolutions: [convolution(0)?, convolution(1)?, convolution(2)?],
            lstm: Lstm::find(weights, "text.lstm", CHANNELS)?,
            padded: Buffer::new(),
            convolved: Buffer::new(),
            encoding: Buffer::new(),
        })
    }

    /// Encodes `tokens` (numbers below 178).
    pub(in crate::voice) fn run(
        &mut self,
        executor: Executor<'_>,
        tokens: &[usize],
    ) -> Result<(), RuntimeError> {
        let n = tokens.len();
        self.embed(tokens);
        self.convolved.reserve(padded_rows(n) * CHANNELS);
        self.encoding.reserve(padded_rows(n) * CHANNELS);
        let padded = Rows::new(self.padded.view(), CHANNELS);
        let inside = padded.from(TAPS / 2 * CHANNELS);
        let convolved = Rows::new(self.convolved.view(), CHANNELS);
        for (convolution, norm) in &self.convolutions {
            executor.product(convolution, padded, convolved, n)?;
            executor.layer_norm(convolved, norm.view(), inside, (n, CHANNELS), (EPSILON, SLOPE))?;
        }
        self.lstm
            .run(executor, inside, Rows::new(self.encoding.view(), CHANNELS), n)
    }

    /// Symbols' embeddings with zero rows around them.
    fn embed(&mut self, tokens: &[usize]) {
        let margin = TAPS / 2 * CHANNELS;
        self.padded.reserve((padded_rows(tokens.len()) + TAPS) * CHANNELS);
        let padded = self.padded.floats_mut();
        padded[..margin].fill(0.0);
        padded[margin + tokens.len() * CHANNELS..][..margin].fill(0.0);
        for (row, &token) in padded[margin..].chunks_exact_mut(CHANNELS).zip(tokens) {
            row.copy_from_slice(&self.symbols.floats()[token * CHANNELS..][..CHANNELS]);
        }
    }

    /// The encodings, 512 floats a token, without gaps.
    pub(in crate::voice) fn encoding(&self) -> &[f32] {
        self.encoding.floats()
    }
}
