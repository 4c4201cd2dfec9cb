//! Resampling of one channel between two fixed rates, as a stream.
//!
//! The feed of playback pushes tracks through it, in pieces of any size, on the way to a device that runs at
//! another rate. The work is done by rubato's FFT resampler. Its sinc resampler of
//! equal quality costs ten times as much, and what speaks for that one, a ratio that can be moved and a
//! shorter delay, is not needed: rates are fixed, and a chunk of speech is there as a whole. The polynomial
//! variants do not filter, and are down to 16 dB SNR and less at 9 kHz.
//!
//! It works in f64: in f32 rounding in the transforms limits the SNR to 119 dB at some ratios, in f64 it is
//! 143 dB and more at all of them, which is all that the f32 result can carry. It takes less than 0.2 % of
//! the audio's duration even without optimisation.
//!
//! The filter's delay is taken out: output frame `k` belongs to the moment `k / rate_out` of the input.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _, ResamplerConstructionError};

use crate::Progress;

/// Frames of input that are transformed at a time, at least. The filter is as long: with 512 it is flat
/// up to 11.2 kHz of 12 kHz.
const BLOCK_FRAMES: usize = 512;

/// Why a resampler could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResampleError {
    /// One of the rates is 0, or their ratio needs a transform of unreasonable size.
    #[error("cannot resample from {rate_in} Hz to {rate_out} Hz")]
    UnsupportedRates {
        /// The rate of the input, in Hz.
        rate_in: u32,
        /// The rate of the output, in Hz.
        rate_out: u32,
    },
}

impl ResampleError {
    /// What the person who reads the error can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::UnsupportedRates { .. } => "set the device to a usual rate, such as 44100 or 48000 Hz",
        }
    }
}

/// A resampler for one channel. At equal rates it copies, bit for bit.
///
/// For every stream: [`process`](Self::process) until the input is used up, then [`finish`](Self::finish)
/// until it gives 0. After that it is ready for the next stream. `n` frames of input give exactly
/// [`output_frames(n)`](Self::output_frames) frames of output.
#[derive(Debug)]
pub struct Resampler {
    rate_in: u64,
    rate_out: u64,
    /// `None` at equal rates.
    engine: Option<Engine>,
}

impl Resampler {
    /// Makes a resampler from `rate_in` to `rate_out`, both in Hz.
    ///
    /// # Errors
    ///
    /// [`ResampleError::UnsupportedRates`] for a rate of 0.
    pub fn new(rate_in: u32, rate_out: u32) -> Result<Self, ResampleError> {
        let unsupported = ResampleError::UnsupportedRates { rate_in, rate_out };
        if rate_in == 0 || rate_out == 0 {
            return Err(unsupported);
        }
        let engine = match rate_in == rate_out {
            true => None,
            false => Some(Engine::new(rate_in as usize, rate_out as usize).map_err(|_| unsupported)?),
        };
        Ok(Self {
            rate_in: rate_in.into(),
            rate_out: rate_out.into(),
            engine,
        })
    }

    /// How many frames come out of a stream of `input_frames`: as many as have their moment before the
    /// input's end, ⌈`input_frames` · `rate_out` / `rate_in`⌉.
    pub fn output_frames(&self, input_frames: u64) -> u64 {
        let frames = u128::from(input_frames) * u128::from(self.rate_out);
        frames.div_ceil(u128::from(self.rate_in)) as u64
    }

    /// Resamples from `input` until it is used up or `output` is full.
    pub fn process(&mut self, input: &[f32], output: &mut [f32]) -> Progress {
        let Some(engine) = &mut self.engine else {
            let frames = input.len().min(output.len());
            output[..frames].copy_from_slice(&input[..frames]);
            return Progress {
                consumed: frames,
                produced: frames,
            };
        };
        let mut progress = Progress {
            consumed: 0,
            produced: 0,
        };
        loop {
            progress.produced += engine.give(&mut output[progress.produced..]);
            if progress.produced == output.len() {
                return progress;
            }
            progress.consumed += engine.take(&input[progress.consumed..]);
            if !engine.transform_if_full() {
                return progress;
            }
        }
    }

    /// Writes what the filter still holds of the stream, as much as fits, and returns how many frames that
    /// was. Call it until it returns 0; it has then forgotten the stream.
    pub fn finish(&mut self, output: &mut [f32]) -> usize {
        let Some(engine) = &self.engine else { return 0 };
        let owed = self.output_frames(engine.frames_in) - engine.frames_out;
        let Some(engine) = &mut self.engine else { return 0 };
        let room = usize::try_from(owed).map_or(output.len(), |owed| owed.min(output.len()));
        let mut produced = 0;
        while produced < room {
            produced += engine.give(&mut output[produced..room]);
            if produced < room {
                engine.fill_with_silence();
                engine.transform_if_full();
            }
        }
        if owed == 0 {
            engine.reset();
        }
        produced
    }

    /// Forgets a stream that will not be finished.
    pub fn reset(&mut self) {
        if let Some(engine) = &mut self.engine {
            engine.reset();
        }
    }
}

/// The FFT resampler with a block of input that is being filled, and a block of output that is being handed
/// out.
#[derive(Debug)]
struct Engine {
    fft: Fft<f64>,
    input: Box<[f64]>,
    /// Frames of `input` that are filled.
    filled: usize,
    output: Box<[f64]>,
    /// Frames of `output` that were handed out, or skipped because they belong to the filter's delay.
    given: usize,
    /// Frames of the filter's delay that are still to be skipped.
    delay: usize,
    /// Frames of the stream so far.
    frames_in: u64,
    frames_out: u64,
}

impl Engine {
    fn new(rate_in: usize, rate_out: usize) -> Result<Self, ResamplerConstructionError> {
        // Blocks of an even number of frames on both sides: the delay, half a block, is then a whole number
        // of frames, and can be taken out exactly.
        let smallest_even_block = 2 * rate_in / greatest_common_divisor(rate_in, rate_out);
        let block = BLOCK_FRAMES.next_multiple_of(smallest_even_block);
        let fft = Fft::new(rate_in, rate_out, block, 1, FixedSync::Both)?;
        let input = vec![0.0; fft.input_frames_next()].into_boxed_slice();
        let output = vec![0.0; fft.output_frames_next()].into_boxed_slice();
        let (given, delay) = (output.len(), fft.output_delay());
        Ok(Self {
            fft,
            input,
            filled: 0,
            output,
            given,
            delay,
            frames_in: 0,
            frames_out: 0,
        })
    }

    fn reset(&mut self) {
        self.fft.reset();
        self.filled = 0;
        self.given = self.output.len();
        self.delay = self.fft.output_delay();
        self.frames_in = 0;
        self.frames_out = 0;
    }

    /// Hands out frames that are ready.
    fn give(&mut self, output: &mut [f32]) -> usize {
        let ready = &self.output[self.given..];
        let frames = ready.len().min(output.len());
        for (to, from) in output.iter_mut().zip(ready) {
            *to = *from as f32;
        }
        self.given += frames;
        self.frames_out += frames as u64;
        frames
    }

    /// Takes frames into the block of input.
    fn take(&mut self, input: &[f32]) -> usize {
        let room = &mut self.input[self.filled..];
        let frames = room.len().min(input.len());
        for (to, from) in room.iter_mut().zip(input) {
            *to = f64::from(*from);
        }
        self.filled += frames;
        self.frames_in += frames as u64;
        frames
    }

    fn fill_with_silence(&mut self) {
        self.input[self.filled..].fill(0.0);
        self.filled = self.input.len();
    }

    /// Turns a full block of input into a block of output. Only called when all of the last one was handed
    /// out.
    #[expect(
        clippy::expect_used,
        reason = "the sizes were fixed in `new`; an error would be a mistake in this file"
    )]
    fn transform_if_full(&mut self) -> bool {
        if self.filled < self.input.len() {
            return false;
        }
        let (frames_in, frames_out) = (self.input.len(), self.output.len());
        let input = InterleavedSlice::new(&self.input[..], 1, frames_in);
        let input = input.expect("fits"); // one channel of the slice's own length
        let output = InterleavedSlice::new_mut(&mut self.output[..], 1, frames_out);
        let mut output = output.expect("fits"); // one channel of the slice's own length
        let done = self.fft.process_into_buffer(&input, &mut output, None);
        done.expect("sizes as asked for"); // both blocks were made of the size that it asked for
        self.filled = 0;
        self.given = self.delay.min(frames_out);
        self.delay -= self.given;
        true
    }
}

fn greatest_common_divisor(mut a: usize, mut b: usize) -> usize {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
