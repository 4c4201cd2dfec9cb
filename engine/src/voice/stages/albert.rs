//! ALBERT (Lan et al. 2020) over phonemes: one transformer layer, run twelve times, tells what a symbol means in its place.

use std::sync::Arc;

use super::layers::{floats, linear};
use super::{CHANNELS, SYMBOLS};
use crate::voice::artifacts::Weights;
use crate::voice::error::VoiceError;
use crate::voice::kernels::{Executor, Linear, Residual, Rows, attention_scratch, padded_rows};
use crate::voice::memory::{Buffer, Constant};
use crate::voice::runtime::RuntimeError;

const LAYERS: usize = 12;
const EMBEDDING: usize = 128;
const WIDTH: usize = 768;
const INNER: usize = 2048;
const POSITIONS: usize = 512;
const EPSILON: f32 = 1e-12;

/// The stage: token numbers in, 512 floats a token out.
#[derive(Debug)]
pub(in crate::voice) struct Albert {
    symbols: Constant,
    positions: Constant,
    embedding_norm: Constant,
    project: Linear,
    qkv: Linear,
    attention_out: Linear,
    attention_norm: Constant,
    feed_forward_in: Linear,
    feed_forward_out: Linear,
    norm: Constant,
    encode: Linear,
    embedded: Buffer,
    hidden: Buffer,
    attended: Buffer,
    wide: Buffer,
    context: Buffer,
    scratch: [Buffer; 3],
}

impl Albert {
    /// Finds its weights.
    pub(in crate::voice) fn find(weights: &Arc<Weights>) -> Result<Self, VoiceError> {
        Ok(Self {
            symbols: floats(weights, "albert.symbols", SYMBOLS * EMBEDDING)?,
            positions: floats(weights, "albert.positions", POSITIONS * EMBEDDING)?,
            embedding_norm: floats(weights, "albert.embedding_norm", 2 * EMBEDDING)?,
            project: linear(weights, "albert.project", EMBEDDING, WIDTH)?,
            qkv: linear(weights, "albert.qkv", WIDTH, 3 * WIDTH)?,
            attention_out: linear(weights, "albert.attention_out", WIDTH, WIDTH)?,
            attention_norm: floats(weights, "albert.attention_norm", 2 * WIDTH)?,
            feed_forward_in: linear(weights, "albert.feed_forward_in", WIDTH, INNER)?,
            feed_forward_out: linear(weights, "albert.feed_forward_out", INNER, WIDTH)?,
            norm: floats(weights, "albert.norm", 2 * WIDTH)?,
            encode: linear(weights, "albert.encode", WIDTH, CHANNELS)?,
            embedded: Buffer::new(),
            hidden: Buffer::new(),
            attended: Buffer::new(),
            wide: Buffer::new(),
            context: Buffer::new(),
            scratch: [const { Buffer::new() }; 3],
        })
    }

    /// Encodes `tokens` (numbers below 178, at most 512 of them) into rows of `out`, 512 floats each.
    pub(in crate::voice) fn run(
        &mut self,
        executor: Executor<'_>,
        tokens: &[usize],
        out: Rows<'_>,
    ) -> Result<(), RuntimeError> {
        let n = tokens.len();
        self.embed(tokens);
        let embedded = Rows::new(self.embedded.view(), EMBEDDING);
        executor.layer_norm(
            embedded,
            self.embedding_norm.view(),
            embedded,
            (n, EMBEDDING),
            (EPSILON, 1.0),
        )?;
        self.hidden.reserve(padded_rows(n) * WIDTH);
        self.attended.reserve(padded_rows(n) * WIDTH);
        self.context.reserve(padded_rows(n) * WIDTH);
        self.wide.reserve(padded_rows(n) * 3 * WIDTH);
        for (buffer, length) in self.scratch.iter_mut().zip(attention_scratch(n)) {
            buffer.reserve(length);
        }
        executor.product(&self.project, embedded, Rows::new(self.hidden.view(), WIDTH), n)?;
        for _ in 0..LAYERS {
            self.layer(executor, n)?;
        }
        executor.product(&self.encode, Rows::new(self.hidden.view(), WIDTH), out, n)
    }

    fn embed(&mut self, tokens: &[usize]) {
        self.embedded.reserve(padded_rows(tokens.len()) * EMBEDDING);
        let rows = self.embedded.floats_mut().chunks_exact_mut(EMBEDDING);
        let positions = self.positions.floats().chunks_exact(EMBEDDING);
        for ((row, position), &token) in rows.zip(positions).zip(tokens) {
            let symbol = &self.symbols.floats()[token * EMBEDDING..][..EMBEDDING];
            for ((value, a), b) in row.iter_mut().zip(symbol).zip(position) {
                *value = a + b;
            }
        }
    }

    fn layer(&self, executor: Executor<'_>, n: usize) -> Result<(), RuntimeError> {
        let hidden = Rows::new(self.hidden.view(), WIDTH);
        let attended = Rows::new(self.attended.view(), WIDTH);
        let plus = |rows| Residual {
            rows,
            gain: 1.0,
            shift: 0,
        };
        executor.product(&self.qkv, hidden, Rows::new(self.wide.view(), 3 * WIDTH), n)?;
        let scratch = self.scratch.each_ref().map(Buffer::view);
        executor.attention(self.wide.view(), scratch, self.context.view(), n)?;
        let context = Rows::new(self.context.view(), WIDTH);
        executor.product_plus(&self.attention_out, context, attended, n, plus(hidden))?;
        executor.layer_norm(
            attended,
            self.attention_norm.view(),
            attended,
            (n, WIDTH),
            (EPSILON, 1.0),
        )?;
        let inner = Rows::new(self.wide.view(), INNER);
        executor.product_gelu(&self.feed_forward_in, attended, inner, n)?;
        executor.product_plus(&self.feed_forward_out, inner, hidden, n, plus(attended))?;
        executor.layer_norm(hidden, self.norm.view(), hidden, (n, WIDTH), (EPSILON, 1.0))
    }
}
