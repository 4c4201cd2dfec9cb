//! The vocoder: from 80 rows a second to 24,000 samples, nine tenths of all multiplications.
//!
//! Twice: a transposed convolution (to 10 times, then 6 times as many rows), plus the harmonic source through a residual block
//! of its own, then the mean of three residual blocks with 3, 7 and 11 taps. At the end a convolution gives magnitudes and
//! phases, and an inverse STFT the samples. Within the blocks activations are blocked, `[channels/16][frames][16]`.

use std::sync::Arc;

use super::CHANNELS;
use super::layers::{StyleNorm, StyleRow, constant, floats, linear};
use crate::voice::artifacts::Weights;
use crate::voice::error::VoiceError;
use crate::voice::kernels::{
    Convolution, ConvolutionCall, Executor, GROUP, Linear, Residual, Rows, padded_rows,
};
use crate::voice::memory::{Buffer, View};
use crate::voice::runtime::RuntimeError;
use crate::voice::source::{BINS, HOP, squared_window};

const DILATIONS: [usize; 3] = [1, 3, 5];
/// Magnitude and phase of each bin of the source's spectrum.
const SPECTRUM: usize = 2 * BINS;
/// Zero rows before the first of the source's spectrum, for the first noise convolution.
pub(in crate::voice) const HARMONIC_MARGIN: usize = 3;

/// Rows of the decoder that there is room for from the beginning: three seconds, as what is said first. A first call that had to
/// get this memory would take a tenth longer.
const ROWS_AT_FIRST: usize = 3 * 80;

/// What differs between the two halves of the vocoder.
struct Half {
    channels: usize,
    inputs: usize,
    stride: usize,
    noise: (&'static str, usize),
    blocks: [(&'static str, usize); 3],
    /// Taps and stride of the convolution over the source's spectrum.
    source: (usize, usize),
}

const HALVES: [Half; 2] = [
    Half {
        channels: 256,
        inputs: 512,
        stride: 10,
        noise: ("noise_res.0", 7),
        blocks: [("resblocks.0", 3), ("resblocks.1", 7), ("resblocks.2", 11)],
        source: (12, 6),
    },
    Half {
        channels: 128,
        inputs: 256,
        stride: 6,
        noise: ("noise_res.1", 11),
        blocks: [("resblocks.3", 3), ("resblocks.4", 7), ("resblocks.5", 11)],
        source: (1, 1),
    },
];

/// Frames of the source's spectrum, and of the inverse STFT, for `rows` rows of the decoder.
pub(in crate::voice) fn harmonic_frames(rows: usize) -> usize {
    60 * rows + 1
}

/// A residual block: three pairs of convolutions, the second of each adding the pair's input.
#[derive(Debug)]
struct Block(Vec<(Convolution, StyleNorm)>);

impl Block {
    fn find(
        weights: &Arc<Weights>,
        (name, taps): (&str, usize),
        channels: usize,
    ) -> Result<Self, VoiceError> {
        let mut layers = Vec::new();
        for (i, dilation) in DILATIONS.into_iter().enumerate() {
            for which in [1, 2] {
                let named = |part: &str| format!("vocoder.{name}.{which}.{i}.{part}");
                let convolution = Convolution {
                    weight: constant(weights, &named("weight"), taps * channels * channels)?,
                    quantum: floats(weights, &named("quantum"), 2)?,
                    bias: floats(weights, &named("bias"), channels)?,
                    snake: floats(weights, &named("snake"), 2 * channels)?,
                    channels,
                    taps,
                    dilation: if which == 1 { dilation } else { 1 },
                    residual: which == 2,
                };
                layers.push((convolution, StyleNorm::find(weights, &named("norm"), channels)?));
            }
        }
        Ok(Self(layers))
    }

    /// Runs from `x` to `out`; `x` stays as it is. `memory` is the half's, `x_sums` the sums of `x`.
    fn run(
        &mut self,
        executor: Executor<'_>,
        style: &StyleRow,
        memory: &Memory<'_>,
        (x, x_sums): (View<'_>, &Buffer),
        out: View<'_>,
    ) -> Result<(), RuntimeError> {
        let (mut input, mut sums) = (x, x_sums);
        for pair in self.0.chunks_exact_mut(2) {
            let [(first, first_norm), (second, second_norm)] = pair else {
                continue;
            };
            let Memory {
                between,
                between_sums,
                out_sums,
                planes,
                scratch,
                frames,
            } = *memory;
            let affine = first_norm.of_sums(executor, style, sums, frames)?;
            let call = ConvolutionCall {
                x: input,
                residual: input,
                y: between,
                affine,
                sums: between_sums.view(),
                planes,
                scratch,
                frames,
            };
            executor.convolution(first, &call)?;
            let affine = second_norm.of_sums(executor, style, between_sums, frames)?;
            let call = ConvolutionCall {
                x: between,
                y: out,
                affine,
                sums: out_sums.view(),
                ..call
            };
            executor.convolution(second, &call)?;
            (input, sums) = (out, memory.out_sums);
        }
        Ok(())
    }

    /// The most that a convolution of it needs of something.
    fn most(&self, needs: impl Fn(&Convolution) -> usize) -> usize {
        let all = self.0.iter().map(|(convolution, _)| needs(convolution));
        all.max().unwrap_or(0)
    }
}

/// The buffers that the blocks of one half share, `frames` frames long.
#[derive(Clone, Copy)]
struct Memory<'a> {
    between: View<'a>,
    between_sums: &'a Buffer,
    out_sums: &'a Buffer,
    planes: View<'a>,
    scratch: [View<'a>; 2],
    frames: usize,
}

#[derive(Debug)]
struct Upsampling {
    noise: Linear,
    noise_block: Block,
    phases: Vec<Linear>,
    blocks: [Block; 3],
}

/// The stage.
#[derive(Debug)]
pub(in crate::voice) struct Vocoder {
    halves: [Upsampling; 2],
    post: Linear,
    inverse_stft: Linear,
    identity: Buffer,
    harmonics: Buffer,
    inputs: [Buffer; 2],
    /// The input of the three blocks of a half.
    x: Buffer,
    /// Between the two convolutions of a pair. In the end, rows for the last convolution.
    between: Buffer,
    /// The sum of the blocks so far.
    sum: Buffer,
    /// What the block in work gives; before the first of them, the source.
    result: Buffer,
    sums: [Buffer; 3],
    planes: Buffer,
    scratch: [Buffer; 2],
    bins: Buffer,
    spectra: Buffer,
    hops: Buffer,
    audio: Buffer,
}

impl Vocoder {
    /// Finds its weights.
    pub(in crate::voice) fn find(weights: &Arc<Weights>) -> Result<Self, VoiceError> {
        let half = |i: usize| -> Result<Upsampling, VoiceError> {
            let Half {
                channels,
                inputs,
                stride,
                noise,
                blocks,
                source,
            } = HALVES[i];
            let block = |which| Block::find(weights, which, channels);
            let phase = |p| linear(weights, &format!("vocoder.up.{i}.{p}"), 2 * inputs, channels);
            Ok(Upsampling {
                noise: linear(
                    weights,
                    &format!("vocoder.noise.{i}"),
                    source.0 * SPECTRUM,
                    channels,
                )?,
                noise_block: block(noise)?,
                phases: (0..stride).map(phase).collect::<Result<_, _>>()?,
                blocks: [block(blocks[0])?, block(blocks[1])?, block(blocks[2])?],
            })
        };
        let mut vocoder = Self {
            halves: [half(0)?, half(1)?],
            post: linear(weights, "vocoder.post", 7 * 128, 2 * GROUP)?,
            inverse_stft: linear(weights, "vocoder.inverse_stft", 4 * 2 * GROUP, HOP)?,
            identity: Buffer::new(),
            harmonics: Buffer::new(),
            inputs: [const { Buffer::new() }; 2],
            x: Buffer::new(),
            between: Buffer::new(),
            sum: Buffer::new(),
            result: Buffer::new(),
            sums: [const { Buffer::new() }; 3],
            planes: Buffer::new(),
            scratch: [const { Buffer::new() }; 2],
            bins: Buffer::new(),
            spectra: Buffer::new(),
            hops: Buffer::new(),
            audio: Buffer::new(),
        };
        vocoder.identity.reserve(2 * CHANNELS);
        vocoder.identity.floats_mut()[..CHANNELS].fill(1.0);
        for sums in &mut vocoder.sums {
            sums.reserve(2 * 256);
        }
        let planes = vocoder.most(Convolution::weight_scratch);
        vocoder.planes.reserve(planes);
        let needs = [Convolution::spectrum_scratch, Convolution::product_scratch];
        let most = needs.map(|needs| vocoder.most(needs));
        for (scratch, most) in vocoder.scratch.iter_mut().zip(most) {
            scratch.reserve(most);
        }
        vocoder.prepare(ROWS_AT_FIRST);
        vocoder.harmonics(ROWS_AT_FIRST);
        vocoder.buffers().for_each(Buffer::populate);
        Ok(vocoder)
    }

    /// All that a call writes to.
    fn buffers(&self) -> impl Iterator<Item = &Buffer> {
        let single = [
            &self.harmonics,
            &self.x,
            &self.between,
            &self.sum,
            &self.result,
            &self.planes,
            &self.bins,
            &self.spectra,
            &self.hops,
            &self.audio,
        ];
        let several = self.inputs.iter().chain(&self.sums).chain(&self.scratch);
        single.into_iter().chain(several)
    }

    /// The most that a convolution needs of something.
    fn most(&self, needs: impl Fn(&Convolution) -> usize) -> usize {
        let halves = self.halves.iter();
        let blocks = halves.flat_map(|half| half.blocks.iter().chain([&half.noise_block]));
        blocks.map(|block| block.most(&needs)).max().unwrap_or(0)
    }

    /// Where the source's spectrum goes: [`harmonic_frames`] rows of 22 floats (11 magnitudes, 11 phases).
    pub(in crate::voice) fn harmonics(&mut self, rows: usize) -> &mut [f32] {
        let frames = harmonic_frames(rows);
        // Behind the last frame are the zero rows of the padding, as before the first.
        self.harmonics
            .reserve((HARMONIC_MARGIN + frames + HARMONIC_MARGIN) * SPECTRUM);
        let end = (HARMONIC_MARGIN + frames) * SPECTRUM;
        self.harmonics.floats_mut()[end..].fill(0.0);
        &mut self.harmonics.floats_mut()[HARMONIC_MARGIN * SPECTRUM..end]
    }

    /// Turns `rows` rows of the decoder into 300 samples each; the source's spectrum is in [`Vocoder::harmonics`].
    pub(in crate::voice) fn run(
        &mut self,
        executor: Executor<'_>,
        decoded: Rows<'_>,
        rows: usize,
        style: &StyleRow,
    ) -> Result<(), RuntimeError> {
        self.prepare(rows);
        let input = Rows::new(self.inputs[0].view(), CHANNELS).from(CHANNELS);
        executor.scale_rows(
            decoded,
            self.identity.view(),
            input,
            (rows, CHANNELS / GROUP),
            0.1,
        )?;
        self.half(executor, style, 0, rows, 10 * rows)?;
        let next = Rows::new(self.inputs[1].view(), 256).from(256);
        let results = [self.sum.view(), self.result.view()];
        executor.mean_of_blocked(results, next, (10 * rows, 256 / GROUP), 0.1)?;
        let frames = harmonic_frames(rows);
        self.half(executor, style, 1, 10 * rows, frames)?;
        pad_ends(&mut self.between, frames, 128, 3);
        let last = Rows::new(self.between.view(), 128);
        let results = [self.sum.view(), self.result.view()];
        executor.mean_of_blocked(results, last.from(3 * 128), (frames, 128 / GROUP), 0.01)?;
        executor.product(&self.post, last, Rows::new(self.bins.view(), 2 * GROUP), frames)?;
        self.waveform(executor, frames)
    }

    /// Buffers for `rows` rows, with zeros where convolutions look beyond the ends.
    fn prepare(&mut self, rows: usize) {
        let (first, frames) = (10 * rows, harmonic_frames(rows));
        pad_ends(&mut self.inputs[0], rows, CHANNELS, 1);
        pad_ends(&mut self.inputs[1], first, 256, 1);
        pad_ends(&mut self.spectra, frames, 2 * GROUP, 3);
        let most = (256 * first).max(128 * frames);
        // As long as its rows will be in the end.
        self.between
            .reserve(most.max((padded_rows(frames) + 2 * 3) * 128));
        for buffer in [&mut self.x, &mut self.sum, &mut self.result] {
            buffer.reserve(most);
        }
        self.bins.reserve(frames * 2 * GROUP);
        self.hops.reserve(frames * GROUP);
        self.audio.reserve(frames * HOP);
    }

    /// One half: from `rows` rows of `inputs[which]` to three results of `frames` frames.
    fn half(
        &mut self,
        executor: Executor<'_>,
        style: &StyleRow,
        which: usize,
        rows: usize,
        frames: usize,
    ) -> Result<(), RuntimeError> {
        let Half {
            channels,
            inputs,
            stride,
            source: (taps, hop),
            ..
        } = HALVES[which];
        let half = &mut self.halves[which];
        let [between_sums, out_sums, x_sums] = &self.sums;
        let memory = Memory {
            between: self.between.view(),
            between_sums,
            out_sums,
            planes: self.planes.view(),
            scratch: self.scratch.each_ref().map(Buffer::view),
            frames,
        };
        let x = Rows::blocked(self.x.view(), frames);
        let groups = channels / GROUP;

        // A single tap looks at its own frame, behind the margin; twelve taps begin in the margin.
        let margin = if taps == 1 { HARMONIC_MARGIN * SPECTRUM } else { 0 };
        let harmonics = Rows::new(self.harmonics.view(), hop * SPECTRUM).from(margin);
        executor.product(&half.noise, harmonics, x, frames)?;
        executor.column_sums(x, x_sums.view(), frames, groups)?;
        let source = self.result.view();
        half.noise_block
            .run(executor, style, &memory, (x.view, x_sums), source)?;

        let input = Rows::new(self.inputs[which].view(), inputs);
        // The second half is one frame longer: its first is the reflection of the frame after it.
        let lead = usize::from(which == 1);
        for (phase, map) in half.phases.iter().enumerate() {
            let later = if phase >= stride / 2 { inputs } else { 0 };
            let y = x.from((phase + lead) * GROUP).every(stride * GROUP);
            let plus = Residual {
                rows: Rows { view: source, ..y },
                gain: 1.0,
                shift: 0,
            };
            executor.product_plus(map, input.from(later), y, rows, plus)?;
        }
        if lead == 1 {
            reflect_first_frame(&mut self.x, &self.result, groups, frames);
        }
        let x = Rows::blocked(self.x.view(), frames);
        executor.column_sums(x, x_sums.view(), frames, groups)?;
        let [first, second, third] = &mut half.blocks;
        let (input, sum, result) = ((x.view, x_sums), self.sum.view(), self.result.view());
        first.run(executor, style, &memory, input, sum)?;
        second.run(executor, style, &memory, input, result)?;
        executor.accumulate(result, sum, channels * frames)?;
        third.run(executor, style, &memory, input, result)
    }

    fn waveform(&mut self, executor: Executor<'_>, frames: usize) -> Result<(), RuntimeError> {
        let spectra = Rows::new(self.spectra.view(), 2 * GROUP);
        executor.spectrum(self.bins.view(), spectra.from(3 * 2 * GROUP), frames)?;
        // Hop q lies under the frames q−1 … q+2; frame −1 is row 2.
        let hops = frames - 1;
        executor.product(
            &self.inverse_stft,
            spectra.from(2 * 2 * GROUP),
            Rows::new(self.hops.view(), GROUP),
            hops,
        )?;
        executor.gather_hops(self.hops.view(), self.audio.view(), hops)?;
        mend_ends(&mut self.audio.floats_mut()[..hops * HOP]);
        Ok(())
    }

    /// The samples of the last run, and behind them room.
    pub(in crate::voice) fn audio(&self) -> &[f32] {
        self.audio.floats()
    }
}

/// Room for `rows` rows with `margin` zero rows before and behind them.
fn pad_ends(buffer: &mut Buffer, rows: usize, width: usize, margin: usize) {
    buffer.reserve((padded_rows(rows) + 2 * margin) * width);
    let floats = buffer.floats_mut();
    floats[..margin * width].fill(0.0);
    floats[(margin + rows) * width..][..margin * width].fill(0.0);
}

/// The upsampled signal is padded by the reflection of its second frame; the source is added to what results.
fn reflect_first_frame(x: &mut Buffer, source: &Buffer, groups: usize, frames: usize) {
    let (x, source) = (x.floats_mut(), source.floats());
    for group in 0..groups {
        let at = group * frames * GROUP;
        for lane in at..at + GROUP {
            x[lane] = x[lane + 2 * GROUP] - source[lane + 2 * GROUP] + source[lane];
        }
    }
}

/// The inverse STFT is normalised for four overlapping frames; the first and the last hop lie under three.
fn mend_ends(audio: &mut [f32]) {
    let window = squared_window();
    let last = audio.len() - HOP;
    for i in 0..HOP {
        audio[i] *= 1.5 / (1.5 - window[3 * HOP + i]);
        audio[last + i] *= 1.5 / (1.5 - window[i]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_can_count_the_longest_chunk() {
        // 512 tokens of 50 logits each at half speed: 21 minutes, far more than speech ever takes. Kernels count in 32 bits.
        let rows = 2 * 512 * 50 * 2;
        let most = [
            128 * harmonic_frames(rows),
            256 * 10 * rows,
            SPECTRUM * (harmonic_frames(rows) + 8 * HARMONIC_MARGIN),
            2 * GROUP * harmonic_frames(rows),
        ];
        for floats in most {
            assert!(i32::try_from(floats).is_ok(), "{floats}");
        }
    }
}
