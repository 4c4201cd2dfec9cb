//! Brings the tagger's weights into the order in which they are read, and folds in what depends on a space only.
//!
//! The file of misaki-rs is the published order: six tables of embeddings; for each layer its weights, bias, gain and
//! shift, the pieces of a hidden unit beside each other; the last product. Two of the six features are a bit: whether a
//! space follows, and whether the token itself is space. The second is never set here. So their share of the first layer
//! is one of two biases.

use std::fs;
use std::path::Path;

use crate::Result;
use crate::hash::row_keys;

#[path = "../src/tagger/shape.rs"]
mod shape;

use shape::{FEATURES, HIDDEN, OUTPUTS, PANEL, PIECES, WIDTH};

/// Rows and seed of the tables of the two features that are bits: a space follows, the token is space.
const BITS: [(usize, u32); 2] = [(50, 12), (50, 13)];

pub fn pack(data: &Path, output: &Path) -> Result<()> {
    let published = fs::read(data.join("tagger.bin"))?;
    let published: Vec<f32> = published
        .as_chunks::<4>()
        .0
        .iter()
        .map(|bytes| f32::from_le_bytes(*bytes))
        .collect();
    let tags = fs::read_to_string(data.join("tagger_labels.txt"))?;
    let mut source = Source(&published);
    let mut numbers = Vec::with_capacity(published.len());

    for (rows, _) in FEATURES {
        numbers.extend_from_slice(source.take(rows * WIDTH)?);
    }
    let bits = [source.take(BITS[0].0 * WIDTH)?, source.take(BITS[1].0 * WIDTH)?];
    let inputs = FEATURES.len() * WIDTH;
    let mix = Layer::read(&mut source, inputs + BITS.len() * WIDTH)?;
    let bias = |spaced: u64| {
        let following = embedding(bits[0], BITS[0], spaced);
        let is_space = embedding(bits[1], BITS[1], 0);
        let row = |sum: usize| {
            let weights = &mix.weights[sum * mix.inputs..][..mix.inputs];
            let folded = following.iter().chain(&is_space).zip(&weights[inputs..]);
            mix.bias[sum] + folded.map(|(input, weight)| input * weight).sum::<f32>()
        };
        (0..HIDDEN).map(row).collect::<Vec<f32>>()
    };
    numbers.extend(by_piece(&bias(1)));
    numbers.extend(by_piece(&bias(0)));
    mix.write(inputs, &mut numbers);
    for _ in 0..4 {
        let layer = Layer::read(&mut source, 3 * WIDTH)?;
        numbers.extend(by_piece(layer.bias));
        layer.write(layer.inputs, &mut numbers);
    }
    let count = tags.lines().count();
    let (weights, bias) = (source.take(count * WIDTH)?, source.take(count)?);
    numbers.extend((0..OUTPUTS).map(|score| bias.get(score).copied().unwrap_or(f32::MIN)));
    let row = |score: usize| weights.get(score * WIDTH..(score + 1) * WIDTH);
    panels((0..OUTPUTS).map(row), WIDTH, &mut numbers);
    if !source.0.is_empty() {
        return Err("the tagger has more numbers than its shape asks for".into());
    }

    let is_little = std::env::var("CARGO_CFG_TARGET_ENDIAN")? == "little";
    let bytes = |number: &f32| {
        if is_little {
            number.to_le_bytes()
        } else {
            number.to_be_bytes()
        }
    };
    fs::write(
        output.join("tagger.numbers"),
        numbers.iter().flat_map(bytes).collect::<Vec<u8>>(),
    )?;
    Ok(fs::write(output.join("tagger.tags"), tags)?)
}

struct Source<'a>(&'a [f32]);

impl<'a> Source<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [f32]> {
        let (taken, rest) = self
            .0
            .split_at_checked(count)
            .ok_or("the tagger has too few numbers")?;
        self.0 = rest;
        Ok(taken)
    }
}

struct Layer<'a> {
    inputs: usize,
    weights: &'a [f32],
    bias: &'a [f32],
    gain: &'a [f32],
    shift: &'a [f32],
}

impl<'a> Layer<'a> {
    fn read(source: &mut Source<'a>, inputs: usize) -> Result<Self> {
        Ok(Self {
            inputs,
            weights: source.take(HIDDEN * inputs)?,
            bias: source.take(HIDDEN)?,
            gain: source.take(WIDTH)?,
            shift: source.take(WIDTH)?,
        })
    }

    /// Writes everything but the bias, with the weights of the first `inputs` inputs only.
    fn write(&self, inputs: usize, numbers: &mut Vec<f32>) {
        let row = |sum: usize| Some(&self.weights[published_place(sum) * self.inputs..][..inputs]);
        panels((0..HIDDEN).map(row), inputs, numbers);
        numbers.extend_from_slice(self.gain);
        numbers.extend_from_slice(self.shift);
    }
}

/// Where the published order has a sum: the pieces of a unit are neighbours there, and far apart here.
fn published_place(sum: usize) -> usize {
    (sum % WIDTH) * PIECES + sum / WIDTH
}

fn by_piece(published: &[f32]) -> impl Iterator<Item = f32> {
    (0..HIDDEN).map(|sum| published[published_place(sum)])
}

/// Writes rows of weights in panels; a row that is missing is zeros.
fn panels<'a>(rows: impl Iterator<Item = Option<&'a [f32]>>, inputs: usize, numbers: &mut Vec<f32>) {
    let rows: Vec<_> = rows.collect();
    for panel in rows.chunks(PANEL) {
        for input in 0..inputs {
            numbers.extend(panel.iter().map(|row| row.map_or(0.0, |row| row[input])));
        }
    }
}

/// What a feature of this value is embedded as.
fn embedding(table: &[f32], (rows, seed): (usize, u32), feature: u64) -> Vec<f32> {
    let mut sum = vec![0.0; WIDTH];
    for key in row_keys(feature, seed) {
        let row = &table[key as usize % rows * WIDTH..][..WIDTH];
        sum.iter_mut().zip(row).for_each(|(sum, number)| *sum += number);
    }
    sum
}
