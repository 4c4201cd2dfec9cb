//! How long each phoneme is: three LSTMs with style norms between them, a fourth, and a projection to 50 logits.

use std::sync::Arc;

use super::layers::{EPSILON, Lstm, StyleNorm, StyleRow, linear};
use super::{CHANNELS, STYLE};
use crate::voice::artifacts::Weights;
use crate::voice::error::VoiceError;
use crate::voice::kernels::{Executor, Linear, Rows, padded_rows, whole_groups};
use crate::voice::memory::Buffer;
use crate::voice::runtime::RuntimeError;

/// Floats a token: the encoding, and the style again.
pub(super) const ENCODING: usize = CHANNELS + STYLE;

/// Logits a token; their sigmoids add up to the duration in frames.
const LOGITS: usize = 50;

/// The stage: 512 floats a token in; 640 a token, and durations, out.
#[derive(Debug)]
pub(in crate::voice) struct Duration {
    lstms: [Lstm; 4],
    norms: [StyleNorm; 3],
    project: Linear,
    encoding: Buffer,
    states: Buffer,
    logits: Buffer,
}

impl Duration {
    /// Finds its weights.
    pub(in crate::voice) fn find(weights: &Arc<Weights>) -> Result<Self, VoiceError> {
        let lstm = |i: usize| Lstm::find(weights, &format!("duration.lstm.{i}"), ENCODING);
        let norm = |i: usize| StyleNorm::find(weights, &format!("duration.norm.{i}"), CHANNELS);
        Ok(Self {
            lstms: [lstm(0)?, lstm(1)?, lstm(2)?, lstm(3)?],
            norms: [norm(0)?, norm(1)?, norm(2)?],
            project: linear(weights, "duration.project", CHANNELS, LOGITS)?,
            encoding: Buffer::new(),
            states: Buffer::new(),
            logits: Buffer::new(),
        })
    }

    /// Makes room for `tokens` tokens and returns where their 512 inputs go: rows of 640 floats.
    pub(in crate::voice) fn prepare(&mut self, tokens: usize) -> Rows<'_> {
        self.encoding.reserve(padded_rows(tokens) * ENCODING);
        self.states.reserve(padded_rows(tokens) * CHANNELS);
        self.logits.reserve(tokens * whole_groups(LOGITS));
        self.encoding()
    }

    /// The encoding of each token: rows of 640 floats.
    pub(in crate::voice) fn encoding(&self) -> Rows<'_> {
        Rows::new(self.encoding.view(), ENCODING)
    }

    /// The same as numbers, for tests.
    #[cfg(test)]
    pub(in crate::voice) fn encoding_mut(&mut self) -> &mut [f32] {
        self.encoding.floats_mut()
    }

    /// Encodes the `tokens` prepared tokens in the light of the style.
    pub(in crate::voice) fn encode(
        &mut self,
        executor: Executor<'_>,
        tokens: usize,
        style: &StyleRow,
    ) -> Result<(), RuntimeError> {
        for row in self.encoding.floats_mut().chunks_exact_mut(ENCODING).take(tokens) {
            row[CHANNELS..].copy_from_slice(style.floats());
        }
        let x = Rows::new(self.encoding.view(), ENCODING);
        let states = Rows::new(self.states.view(), CHANNELS);
        for (lstm, norm) in self.lstms.iter_mut().zip(&mut self.norms) {
            lstm.run(executor, x, states, tokens)?;
            let parameters = norm.of_layer(executor, style)?;
            executor.layer_norm(states, parameters, x, (tokens, CHANNELS), (EPSILON, 1.0))?;
        }
        Ok(())
    }

    /// The duration of each token in alignment frames, at least one; `speed` divides it.
    pub(in crate::voice) fn predict(
        &mut self,
        executor: Executor<'_>,
        tokens: usize,
        speed: f32,
        durations: &mut Vec<usize>,
    ) -> Result<(), RuntimeError> {
        let states = Rows::new(self.states.view(), CHANNELS);
        let width = whole_groups(LOGITS);
        self.lstms[3].run(
            executor,
            Rows::new(self.encoding.view(), ENCODING),
            states,
            tokens,
        )?;
        executor.product(
            &self.project,
            states,
            Rows::new(self.logits.view(), width),
            tokens,
        )?;
        durations.clear();
        durations.extend(
            self.logits
                .floats()
                .chunks_exact(width)
                .take(tokens)
                .map(|logits| {
                    let frames: f32 = logits[..LOGITS]
                        .iter()
                        .map(|logit| 1.0 / (1.0 + (-logit).exp()))
                        .sum();
                    (frames / speed).round_ties_even().max(1.0) as usize
                }),
        );
        Ok(())
    }
}
