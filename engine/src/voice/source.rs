//! The harmonic source: nine sine waves on the pitch, noise, and their spectrum, which the vocoder shapes into a voice.
//!
//! After the neural source filter (Wang et al. 2019) as Kokoro-82M uses it: where the pitch is above 10 Hz, sines of 0.1 at
//! the pitch and its eight overtones with noise of 0.003; elsewhere noise of 0.1/3 alone; mixed into one signal through a
//! trained layer and tanh. Phases are summed in f64, where the original loses a hundredth of a radian in a long sentence.
//! The noise is ours, from a seed, so that speech can be repeated exactly.

use std::f32::consts::PI;

use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::SeedableRng;

/// Samples to a value of the pitch curve.
const SAMPLES: usize = 300;
/// The pitch and its overtones.
const HARMONICS: usize = 9;
const SAMPLE_RATE: f64 = 24_000.0;
/// Where sums of cycles are wrapped.
const WRAP: f64 = 1e6;
const VOICED_ABOVE: f32 = 10.0;
const SINE: f32 = 0.1;
const VOICED_NOISE: f32 = 0.003;
const UNVOICED_NOISE: f32 = SINE / 3.0;

/// Length of the source's STFT, and of the vocoder's inverse one.
pub(super) const FFT: usize = 20;
/// Samples from frame to frame.
pub(super) const HOP: usize = 5;
/// Bins of a spectrum.
pub(super) const BINS: usize = FFT / 2 + 1;
const NYQUIST: usize = FFT / 2;

/// A magnitude below which a bin holds nothing but rounding errors; a full-scale sine has 5.
const EMPTY: f32 = 1e-6;

/// The noise in the source.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Noise {
    /// The same seed gives the same noise, and with everything else equal the same audio.
    pub seed: u64,
    /// 1 is what the model was trained with, 0 none.
    pub amplitude: f32,
}

impl Default for Noise {
    fn default() -> Self {
        Self {
            seed: 0,
            amplitude: 1.0,
        }
    }
}

/// The squared Hann window of the STFTs (periodic).
pub(super) fn squared_window() -> [f32; FFT] {
    window().map(|w| (w * w) as f32)
}

fn window() -> [f64; FFT] {
    std::array::from_fn(|n| (std::f64::consts::PI * n as f64 / FFT as f64).sin().powi(2))
}

/// Computes the source and its spectrum; keeps its buffers.
#[derive(Debug)]
pub(super) struct Source {
    /// Weights of the sines, and the bias.
    mix: [f32; HARMONICS + 1],
    /// Cycles up to each value of the pitch curve, for each harmonic.
    cycles: Vec<[f64; HARMONICS]>,
    signal: Vec<f32>,
    basis: [[[f32; FFT]; BINS]; 2],
}

impl Source {
    /// A source with the trained mixing layer.
    pub(super) fn new(mix: [f32; HARMONICS + 1]) -> Self {
        let window = window();
        let basis = |part: fn(f64) -> f64| {
            std::array::from_fn(|bin| {
                std::array::from_fn(|n| {
                    let turns = (bin * n % FFT) as f64 / FFT as f64;
                    (window[n] * part(std::f64::consts::TAU * turns)) as f32
                })
            })
        };
        Self {
            mix,
            cycles: Vec::new(),
            signal: Vec::new(),
            basis: [basis(f64::cos), basis(|angle| -angle.sin())],
        }
    }

    /// The source for a pitch curve (Hz, a value for 300 samples).
    pub(super) fn signal(&mut self, pitch: &[f32], noise: Noise) -> &[f32] {
        self.sum_cycles(pitch);
        let mut signal = std::mem::take(&mut self.signal);
        signal.clear();
        signal.resize(pitch.len() * SAMPLES, 0.0);
        let mut random = Pcg64Mcg::seed_from_u64(noise.seed);
        let (weights, bias) = (&self.mix[..HARMONICS], self.mix[HARMONICS]);
        // The model adds independent noise to each sine and mixes the sums: in all, one noise of this much.
        let spread = noise.amplitude * weights.iter().map(|w| w * w).sum::<f32>().sqrt();
        for (value, (&hertz, samples)) in pitch.iter().zip(signal.chunks_exact_mut(SAMPLES)).enumerate() {
            let voiced = hertz > VOICED_ABOVE;
            if voiced {
                let (before, after) = samples.split_at_mut(SAMPLES / 2);
                self.sines(value.checked_sub(1), SAMPLES / 2, before);
                self.sines(Some(value), 0, after);
            }
            let loudness = spread * if voiced { VOICED_NOISE } else { UNVOICED_NOISE };
            for sample in samples {
                let mut sum = bias + SINE * *sample;
                if loudness > 0.0 {
                    let normal: f32 = StandardNormal.sample(&mut random);
                    sum += loudness * normal;
                }
                *sample = sum.tanh();
            }
        }
        self.signal = signal;
        &self.signal
    }

    /// Takes a signal as if it had been computed, for tests.
    #[cfg(test)]
    pub(super) fn set_signal(&mut self, signal: &[f32]) {
        self.signal = signal.to_vec();
    }

    fn sum_cycles(&mut self, pitch: &[f32]) {
        let mut sum = [0.0; HARMONICS];
        self.cycles.clear();
        self.cycles.extend(pitch.iter().map(|&hertz| {
            for (h, sum) in sum.iter_mut().enumerate() {
                let each = (f64::from(hertz) * (h + 1) as f64 / SAMPLE_RATE).rem_euclid(1.0);
                *sum = (*sum + each * SAMPLES as f64).rem_euclid(WRAP);
            }
            sum
        }));
    }

    /// Σ weight · sin(phase) for the samples from `first` on behind the middle of the pitch value `from`. Up to the middle of the
    /// next value the phase is interpolated linearly; before the first middle and behind the last it stands still.
    fn sines(&self, from: Option<usize>, first: usize, samples: &mut [f32]) {
        let begin = from.unwrap_or(0);
        let end = from.map_or(0, |value| (value + 1).min(self.cycles.len() - 1));
        let (a, b) = (&self.cycles[begin], &self.cycles[end]);
        // A step of each phase is a rotation: in f64 it is as exact after 150 steps as a sine computed for each sample.
        let turn = |h: usize, samples: f64| {
            // The sum was wrapped to keep its digits; a wrap between the two is undone by taking the rise modulo the wrap.
            let rise = (b[h] - a[h]).rem_euclid(WRAP);
            rise * samples / SAMPLES as f64
        };
        let angle = |cycles: f64| (cycles.fract() * std::f64::consts::TAU).sin_cos();
        let mut phases = [[0.0; HARMONICS]; 2];
        let mut steps = [[0.0; HARMONICS]; 2];
        for h in 0..HARMONICS {
            (phases[0][h], phases[1][h]) = angle(a[h] + turn(h, first as f64 + 0.5));
            (steps[0][h], steps[1][h]) = angle(turn(h, 1.0));
        }
        let weights: [f64; HARMONICS] = std::array::from_fn(|h| f64::from(self.mix[h]));
        for sample in samples {
            let mut sum = 0.0;
            for h in 0..HARMONICS {
                let (sine, cosine) = (phases[0][h], phases[1][h]);
                sum += weights[h] * sine;
                phases[0][h] = sine * steps[1][h] + cosine * steps[0][h];
                phases[1][h] = cosine * steps[1][h] - sine * steps[0][h];
            }
            *sample = sum as f32;
        }
    }

    /// The spectrum of the signal: for each frame 11 magnitudes, then 11 phases. Frames are centred on every fifth sample;
    /// the signal is reflected at its ends.
    pub(super) fn spectrum(&self, rows: &mut [f32]) {
        let length = self.signal.len() as isize;
        let reflected = |i: isize| {
            let i = if i < 0 { -i } else { i };
            self.signal[if i >= length { 2 * (length - 1) - i } else { i } as usize]
        };
        for (frame, row) in rows.chunks_exact_mut(2 * BINS).enumerate() {
            let start = (frame * HOP) as isize - (FFT / 2) as isize;
            let samples: [f32; FFT] = if start >= 0 && start + FFT as isize <= length {
                std::array::from_fn(|n| self.signal[start as usize + n])
            } else {
                std::array::from_fn(|n| reflected(start + n as isize))
            };
            for bin in 0..BINS {
                let part = |basis: &[f32; FFT]| basis.iter().zip(&samples).map(|(b, s)| b * s).sum::<f32>();
                let (re, im) = (part(&self.basis[0][bin]), part(&self.basis[1][bin]));
                let magnitude = (re * re + im * im).sqrt();
                row[bin] = magnitude;
                row[BINS + bin] = match bin {
                    // The phase of an empty bin would be that of rounding errors, and the vocoder listens to it.
                    _ if magnitude < EMPTY => 0.0,
                    // Real bins: π and −π are one angle, but not to the vocoder. It knows them with these signs.
                    0 => {
                        if re < 0.0 {
                            PI
                        } else {
                            0.0
                        }
                    }
                    NYQUIST => {
                        if re < 0.0 {
                            -PI
                        } else {
                            0.0
                        }
                    }
                    _ => im.atan2(re),
                };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Only the fundamental, loud enough to see.
    fn fundamental() -> Source {
        let mut mix = [0.0; HARMONICS + 1];
        mix[0] = 0.1;
        Source::new(mix)
    }

    const SILENT: Noise = Noise {
        seed: 0,
        amplitude: 0.0,
    };

    #[test]
    fn a_steady_pitch_is_a_sine_of_that_frequency() {
        let mut source = fundamental();
        let signal = source.signal(&[200.0; 40], SILENT);
        let crossings = signal.windows(2).filter(|w| w[0] < 0.0 && w[1] >= 0.0).count();
        // Half a second at 200 Hz, less the first half frame, in which the phase stands still.
        assert!((98..=100).contains(&crossings), "{crossings}");
        let loudest = signal.iter().fold(0.0_f32, |a, &b| a.max(b));
        assert!((loudest - 0.01).abs() < 1e-5, "{loudest}");
    }

    #[test]
    fn unvoiced_is_silent_but_for_noise() {
        let mut source = fundamental();
        assert!(source.signal(&[0.0; 4], SILENT).iter().all(|&s| s == 0.0));
        let noisy = source.signal(&[0.0; 40], Noise::default()).to_vec();
        let power = noisy.iter().map(|s| s * s).sum::<f32>() / noisy.len() as f32;
        // 0.1/3 through a weight of 0.1.
        assert!(
            (power.sqrt() / (UNVOICED_NOISE * 0.1) - 1.0).abs() < 0.02,
            "{}",
            power.sqrt()
        );
    }

    #[test]
    fn a_seed_repeats_and_another_differs() {
        let mut source = fundamental();
        let mut make = |seed| {
            source
                .signal(&[100.0, 0.0], Noise { seed, amplitude: 1.0 })
                .to_vec()
        };
        assert_eq!(make(1), make(1));
        assert_ne!(make(1), make(2));
    }

    #[test]
    fn the_spectrum_of_a_sine_peaks_at_its_bin() {
        let mut source = fundamental();
        // Bin 3 of a DFT of 20 points at 24 kHz is 3600 Hz.
        let sine = |n: usize| (std::f32::consts::TAU * 3.0 * n as f32 / FFT as f32).cos();
        source.set_signal(&(0..200).map(sine).collect::<Vec<_>>());
        let mut rows = vec![0.0; 41 * 2 * BINS];
        source.spectrum(&mut rows);
        let frame = &rows[20 * 2 * BINS..][..2 * BINS];
        // Hann: half the amplitude times half the length in the bin, half of that beside it.
        assert!(
            (frame[3] - 5.0).abs() < 1e-4 && (frame[2] - 2.5).abs() < 1e-4,
            "{frame:?}"
        );
        assert!(
            frame[BINS + 3].abs() > PI - 2e-3,
            "the window's centre is ten samples, three half turns, after its start"
        );
    }
}
