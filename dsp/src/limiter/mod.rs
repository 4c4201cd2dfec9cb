//! A look-ahead limiter: nothing above the ceiling, everything below it untouched.
//!
//! The last step before samples reach a device, run by whoever fills the ring for it. It sees peaks up to 2 ms
//! before it hands them out, and turns the gain down smoothly, so that it is low enough exactly when the peak
//! comes. It holds the gain for 10 ms, which is half a period of 50 Hz, so that a steady tone is turned down
//! and not bent, and then releases it with a time constant of 80 ms.
//!
//! *Samples* are never above the ceiling, whatever comes in. The *true peak* (the signal between samples, at
//! four times the rate, ITU-R BS.1770-4 annex 2) is looked at as well; it stays within
//! [`TRUE_PEAK_TOLERANCE_DB`](Limiter::TRUE_PEAK_TOLERANCE_DB) of the ceiling.
//! It never mixes down and never turns anything up.

mod envelope;
mod true_peak;

use crate::Progress;
use crate::sanitise::sanitised;
use envelope::{Envelope, UNITY};
use true_peak::{GREATEST_OVERSHOOT, Interpolator, TAPS, TILE};

/// How far a limiter sees ahead, and thereby how much it holds back, in seconds.
const LOOK_AHEAD: f64 = 0.002;
/// How long the gain stays down after a peak, in seconds.
const HOLD: f64 = 0.010;
/// The time constant with which the gain comes back, in seconds.
const RELEASE: f64 = 0.080;
/// Frames that are worked on at a time.
const CHUNK: usize = 16 * TILE;

/// A limiter for one channel.
///
/// For every stream: [`process`](Self::process) until the input is used up, then [`finish`](Self::finish)
/// until it gives 0. After that it is ready for the next stream. `n` frames of input give exactly `n` frames
/// of output, in place: its delay does not show, it only gives the last [`look_ahead`](Self::look_ahead)
/// frames when more have come, or at the end. How the stream is cut into blocks does not show either.
///
/// NaN, infinities and denormals in the input are silence, as by [`sanitise`](crate::sanitise()). A stream whose
/// true peak stays below the ceiling comes out bit for bit; so does one that was limited, a good second (14
/// release times) after its last peak.
#[derive(Debug)]
pub struct Limiter {
    ceiling: f32,
    interpolator: Interpolator,
    envelope: Envelope,
    /// The frames of the past that are still needed, then room for a chunk of new ones.
    frames: Box<[f32]>,
    /// Frames of the past in `frames`.
    past: usize,
    /// True peak in each interval between frames that the new frames complete.
    intervals: [f32; CHUNK],
    look_ahead: usize,
    /// Frames to take before the first one can be given.
    missing: usize,
    /// Frames taken and not given.
    held: usize,
}

impl Limiter {
    /// The ceiling that broadcasters ask for, −1 dBFS: what decoders and converters behind it add still fits.
    pub const CEILING_DB: f32 = -1.0;

    /// How far the true peak of the output, read at the fourfold rate as the standard has it, may exceed the
    /// ceiling, in dB.
    ///
    /// Seen with noise that jumps in level every few ms, up to 20 dB too loud, read with a filter of 500 taps:
    /// 0.10 dB if it ends at a quarter of the rate, as speech does, and 0.19 dB if at 0.46 of it. Read at 16
    /// times the rate, with all that lies between the points of the fourfold one, it is 0.16 and 0.36 dB. It is
    /// the same at 1 and at 20 dB too loud: what the interpolation misses, not what the moving gain adds.
    pub const TRUE_PEAK_TOLERANCE_DB: f32 = 0.2;

    /// Makes a limiter for a stream with `rate` frames a second, with its ceiling at `ceiling_db` dBFS. Above
    /// 0 dBFS, where devices clip, the ceiling is 0 dBFS; for NaN it is [`CEILING_DB`](Self::CEILING_DB).
    ///
    /// It sees 2 ms ahead, and at rates below 7 kHz 13 frames, which is what the interpolation takes.
    pub fn new(rate: u32, ceiling_db: f32) -> Self {
        let ceiling_db = match ceiling_db.is_nan() {
            true => Self::CEILING_DB,
            false => ceiling_db.min(0.0),
        };
        let frames = |seconds: f64| (f64::from(rate) * seconds) as usize;
        let delay = frames(LOOK_AHEAD).saturating_sub(true_peak::LATENCY).max(1);
        let look_ahead = delay + true_peak::LATENCY;
        let past = look_ahead.max(TAPS - 1);
        Self {
            ceiling: 10.0_f64.powf(f64::from(ceiling_db) / 20.0) as f32,
            interpolator: Interpolator::new(),
            envelope: Envelope::new(delay, frames(HOLD).max(1), (f64::from(rate) * RELEASE).max(1.0)),
            frames: vec![0.0; past + CHUNK].into_boxed_slice(),
            past,
            intervals: [0.0; CHUNK],
            look_ahead,
            missing: look_ahead,
            held: 0,
        }
    }

    /// The magnitude that no sample of the output exceeds.
    pub fn ceiling(&self) -> f32 {
        self.ceiling
    }

    /// How many frames it holds back until more come or the stream is finished.
    pub fn look_ahead(&self) -> usize {
        self.look_ahead
    }

    /// Limits from `input` until it is used up or `output` is full.
    pub fn process(&mut self, input: &[f32], output: &mut [f32]) -> Progress {
        let mut progress = Progress {
            consumed: 0,
            produced: 0,
        };
        loop {
            let (input, output) = (&input[progress.consumed..], &mut output[progress.produced..]);
            let frames = input.len().min(self.missing + output.len()).min(CHUNK);
            if frames == 0 {
                return progress;
            }
            for (new, sample) in self.frames[self.past..].iter_mut().zip(&input[..frames]) {
                *new = sanitised(*sample);
            }
            self.held += frames;
            progress.consumed += frames;
            progress.produced += self.advance(frames, output);
        }
    }

    /// Writes what it still holds of the stream, as much as fits, and returns how many frames that was. Call
    /// it until it returns 0; it has then forgotten the stream.
    pub fn finish(&mut self, output: &mut [f32]) -> usize {
        if self.held == 0 {
            self.reset();
            return 0;
        }
        let mut produced = 0;
        loop {
            let room = self.held.min(output.len() - produced);
            if room == 0 {
                return produced;
            }
            // What follows the end is silence.
            let frames = (self.missing + room).min(CHUNK);
            self.frames[self.past..][..frames].fill(0.0);
            produced += self.advance(frames, &mut output[produced..]);
        }
    }

    /// Forgets a stream that will not be finished.
    pub fn reset(&mut self) {
        self.envelope.reset();
        self.frames.fill(0.0);
        self.missing = self.look_ahead;
        self.held = 0;
    }

    /// Works through `new` frames that were put after those of the past, and gives as many, less those that
    /// are missing at the start of a stream, which have to fit into `output`.
    fn advance(&mut self, new: usize, output: &mut [f32]) -> usize {
        let skipped = self.missing.min(new);
        let given = new - skipped;
        let output = &mut output[..given];
        let transparent = self.measure(new) && self.envelope.rests();
        let delayed = self.past - self.look_ahead;
        match transparent {
            true => output.copy_from_slice(&self.frames[delayed + skipped..][..given]),
            false => {
                for at in 0..skipped {
                    self.gain(at);
                }
                for (at, sample) in output.iter_mut().enumerate() {
                    let gain = self.gain(skipped + at);
                    let limited = f64::from(self.frames[delayed + skipped + at]) * gain;
                    // The gain is low enough but for the rounding of the product.
                    *sample = (limited as f32).clamp(-self.ceiling, self.ceiling);
                }
            }
        }
        self.frames.copy_within(new..new + self.past, 0);
        self.missing -= skipped;
        self.held -= given;
        given
    }

    /// Finds the true peaks of `new` frames, and whether all of them are below the ceiling.
    fn measure(&mut self, new: usize) -> bool {
        let concerned = &self.frames[self.past + 1 - TAPS..][..new + TAPS - 1];
        let peak = concerned
            .iter()
            .fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        let intervals = new.next_multiple_of(TILE);
        if peak * GREATEST_OVERSHOOT <= self.ceiling {
            self.intervals[..intervals].fill(0.0);
            return true;
        }
        let samples = &self.frames[self.past + 1 - TAPS..][..intervals + TAPS - 1];
        self.interpolator
            .interval_peaks(samples, &mut self.intervals[..intervals]);
        let highest = self.intervals[..new]
            .iter()
            .fold(peak, |peak, interval| peak.max(*interval));
        highest <= self.ceiling
    }

    /// The gain for the frame that is given when the new frame number `at` has come.
    fn gain(&mut self, at: usize) -> f64 {
        let sample = self.frames[self.past + at - true_peak::LATENCY].abs();
        // The interval before this frame is seen to by the one before, for which the gain is held.
        let peak = sample.max(self.intervals[at]);
        let allowed = match peak <= self.ceiling {
            true => UNITY,
            // Rounds down: rather a hair too low.
            false => (f64::from(self.ceiling) / f64::from(peak) * f64::from(UNITY)) as u32,
        };
        self.envelope.next(allowed)
    }
}
