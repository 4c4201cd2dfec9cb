//! The tagger's network, computed for a whole sentence: embeddings by hash, four layers that look at neighbours, scores.
//!
//! `tagger` gives it the features of every token and gets a tag for each. The network is spaCy's `en_core_web_sm` tagger:
//! HashEmbed (Serrà and Karatzoglou 2017, "Getting deep recommenders fit"), Maxout (Goodfellow et al. 2013) over windows
//! of three tokens with residual connections, layer normalisation. Sums go in a fixed order on every processor, so a
//! text has the same tags everywhere: vectors are wider where there are some, but nothing is fused.

use multiversion::multiversion;
use utter_lexicon::{FEATURES, HIDDEN, Layer, OUTPUTS, PANEL, Tagger, WIDTH, row_keys};

/// Rows of zeros ahead of the first token and behind the last, which the layers look at and change like tokens. spaCy
/// has four, as many as there are layers that look one further each.
const PAD: usize = 4;
/// What spaCy adds to a variance before it divides by its root.
const EPSILON: f32 = 1e-8;
/// Rows that are multiplied with a panel of weights at a time: as many as leave the sums in registers.
const ROWS: usize = 4;

/// What the network knows of a token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Features {
    /// The numbers of its norm, its first character, its last three, its shape.
    pub(super) numbers: [u64; FEATURES.len()],
    /// Whether a space follows.
    pub(super) spaced: bool,
}

/// The tag of every token of a sentence.
pub(super) fn tag(tagger: &Tagger, tokens: &[Features]) -> Vec<&'static str> {
    let count = tokens.len();
    let mut state = vec![0.0; (PAD + count + PAD) * WIDTH];
    let mut sums = vec![0.0; (PAD + count + PAD) * HIDDEN];

    let embedded = embed(tagger, tokens);
    let mixed = &mut sums[..count * HIDDEN];
    for (row, token) in mixed.chunks_exact_mut(HIDDEN).zip(tokens) {
        row.copy_from_slice(if token.spaced {
            tagger.spaced_bias
        } else {
            tagger.mix.bias
        });
    }
    multiply(
        tagger.mix.weights,
        &embedded,
        FEATURES.len() * WIDTH,
        FEATURES.len() * WIDTH,
        mixed,
        HIDDEN,
    );
    activate(&tagger.mix, mixed, &mut state[PAD * WIDTH..]);

    for (layer, reach) in tagger.encode.iter().zip((0..PAD).rev()) {
        // Rows that no token sees any more are left alone: those further out than there are layers to come.
        let first = PAD - reach;
        let rows = count + 2 * reach;
        let sums = &mut sums[..rows * HIDDEN];
        for row in sums.chunks_exact_mut(HIDDEN) {
            row.copy_from_slice(layer.bias);
        }
        // A row and its neighbours lie one after the other.
        let windows = &state[(first - 1) * WIDTH..];
        multiply(layer.weights, windows, WIDTH, 3 * WIDTH, sums, HIDDEN);
        activate(layer, sums, &mut state[first * WIDTH..]);
    }

    let mut scores = tagger.score_bias.repeat(count);
    multiply(
        tagger.score,
        &state[PAD * WIDTH..],
        WIDTH,
        WIDTH,
        &mut scores,
        OUTPUTS,
    );
    let best = |scores: &[f32]| {
        let first_best = |best: usize, next: usize| if scores[next] > scores[best] { next } else { best };
        tagger
            .tags
            .get((0..OUTPUTS).reduce(first_best).unwrap_or(0))
            .copied()
    };
    scores
        .chunks_exact(OUTPUTS)
        .map(|scores| best(scores).unwrap_or("NN"))
        .collect()
}

/// The embeddings of the four features of each token, one after the other. A feature's is the sum of four rows of its
/// table, so that hardly two features share all of them.
fn embed(tagger: &Tagger, tokens: &[Features]) -> Vec<f32> {
    let mut embedded = vec![0.0; tokens.len() * FEATURES.len() * WIDTH];
    let places = tokens
        .iter()
        .flat_map(|token| token.numbers.into_iter().zip(FEATURES).zip(tagger.tables));
    for (sum, ((number, (rows, seed)), table)) in embedded.chunks_exact_mut(WIDTH).zip(places) {
        for key in row_keys(number, seed) {
            let row = &table[key as usize % rows * WIDTH..][..WIDTH];
            sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
    }
    embedded
}

/// Adds to every row of `sums` the product of `weights` and the row of `inputs` that belongs to it. A row of inputs is
/// `width` numbers, and the next begins `stride` further, so rows may overlap.
#[multiversion(targets("x86_64+avx2"))]
fn multiply(weights: &[f32], inputs: &[f32], stride: usize, width: usize, sums: &mut [f32], outputs: usize) {
    // Closures that stand here would be compiled for the wider vectors, and could not be inlined into what calls them.
    multiply_here(weights, inputs, stride, width, sums, outputs);
}

#[inline(always)]
fn multiply_here(
    weights: &[f32],
    inputs: &[f32],
    stride: usize,
    width: usize,
    sums: &mut [f32],
    outputs: usize,
) {
    let rows = sums.len() / outputs;
    let (weights, _) = weights.as_chunks::<PANEL>();
    for (at, panel) in weights.chunks_exact(width).enumerate() {
        let mut row = 0;
        while row + ROWS <= rows {
            let inputs = std::array::from_fn(|i| &inputs[(row + i) * stride..][..width]);
            block::<ROWS>(
                panel,
                inputs,
                std::array::from_fn(|i| (row + i) * outputs + at * PANEL),
                sums,
            );
            row += ROWS;
        }
        for row in row..rows {
            block::<1>(
                panel,
                [&inputs[row * stride..][..width]],
                [row * outputs + at * PANEL],
                sums,
            );
        }
    }
}

/// Adds the product of one panel and some rows to the sums at `places`.
#[inline(always)]
fn block<const N: usize>(panel: &[[f32; PANEL]], inputs: [&[f32]; N], places: [usize; N], sums: &mut [f32]) {
    let mut block = [[0.0; PANEL]; N];
    for row in 0..N {
        block[row].copy_from_slice(&sums[places[row]..][..PANEL]);
    }
    let inputs: [&[f32]; N] = std::array::from_fn(|row| &inputs[row][..panel.len()]);
    // By index, which the compiler turns into vectors that stay in registers.
    #[allow(clippy::needless_range_loop)]
    for i in 0..panel.len() {
        for row in 0..N {
            block[row] = add(block[row], inputs[row][i], &panel[i]);
        }
    }
    for row in 0..N {
        sums[places[row]..][..PANEL].copy_from_slice(&block[row]);
    }
}

#[inline(always)]
fn add(mut sums: [f32; PANEL], input: f32, weights: &[f32; PANEL]) -> [f32; PANEL] {
    for i in 0..PANEL {
        sums[i] += input * weights[i];
    }
    sums
}

/// Adds to each row of `state` the units of a layer: the greatest of their sums, normalised over the row.
fn activate(layer: &Layer, sums: &[f32], state: &mut [f32]) {
    for (sums, state) in sums.chunks_exact(HIDDEN).zip(state.chunks_exact_mut(WIDTH)) {
        let (first, rest) = sums.split_at(WIDTH);
        let (second, third) = rest.split_at(WIDTH);
        let mut units = [0.0; WIDTH];
        for (unit, ((first, second), third)) in units.iter_mut().zip(first.iter().zip(second).zip(third)) {
            *unit = first.max(*second).max(*third);
        }
        let mean = units.iter().sum::<f32>() / WIDTH as f32;
        let variance = units
            .iter()
            .map(|unit| (unit - mean) * (unit - mean))
            .sum::<f32>()
            / WIDTH as f32;
        let scale = 1.0 / (variance + EPSILON).sqrt();
        for (state, (unit, (gain, shift))) in state
            .iter_mut()
            .zip(units.iter().zip(layer.gain.iter().zip(layer.shift)))
        {
            *state += (unit - mean) * scale * gain + shift;
        }
    }
}
