//! Signals that the tests send through the crate, and how they cut them into blocks.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::f64::consts::TAU;
use utter_dsp::{Limiter, Progress, Resampler};

/// `frames` of a sine, `amplitude` at its top.
pub fn sine(amplitude: f64, frequency: f64, rate: u32, frames: usize) -> Vec<f32> {
    let step = TAU * frequency / f64::from(rate);
    (0..frames)
        .map(|n| (amplitude * (step * n as f64).sin()) as f32)
        .collect()
}

/// White noise between ±`amplitude`, the same for the same seed (xorshift64*).
pub fn noise(amplitude: f32, seed: u64, frames: usize) -> Vec<f32> {
    let mut state = seed | 1;
    (0..frames)
        .map(|_| {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            let bits = state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 40;
            amplitude * (bits as f32 / (1 << 23) as f32 - 1.0)
        })
        .collect()
}

/// Something like speech at 48 kHz: a buzz of 120 Hz with harmonics up to 8 kHz, in syllables of different
/// loudness with pauses between, `amplitude` about its greatest peak.
pub fn syllables(amplitude: f32, frames: usize) -> Vec<f32> {
    (0..frames)
        .map(|n| {
            let t = n as f64 / 48_000.0;
            let pitch = 120.0 * t + 0.6 * (TAU * 3.0 * t).sin();
            let voice: f64 = (1..66)
                .map(|k| (TAU * f64::from(k) * pitch).cos() / f64::from(k))
                .sum();
            let syllable = (TAU * 2.0 * t).sin().max(0.0) * (0.6 + 0.4 * (TAU * 0.37 * t).sin());
            (voice * syllable) as f32 * amplitude / 4.8
        })
        .collect()
}

/// A processor that takes a stream and gives a stream.
pub trait Stream {
    fn process(&mut self, input: &[f32], output: &mut [f32]) -> Progress;
    fn finish(&mut self, output: &mut [f32]) -> usize;
}

impl Stream for Resampler {
    fn process(&mut self, input: &[f32], output: &mut [f32]) -> Progress {
        Resampler::process(self, input, output)
    }
    fn finish(&mut self, output: &mut [f32]) -> usize {
        Resampler::finish(self, output)
    }
}

impl Stream for Limiter {
    fn process(&mut self, input: &[f32], output: &mut [f32]) -> Progress {
        Limiter::process(self, input, output)
    }
    fn finish(&mut self, output: &mut [f32]) -> usize {
        Limiter::finish(self, output)
    }
}

/// Sends `input` through in pieces of the given sizes (used in turn), and takes the output in pieces of
/// another size.
pub fn send(stream: &mut impl Stream, input: &[f32], sizes: &[usize], room: usize) -> Vec<f32> {
    let mut output = Vec::new();
    let mut block = vec![0.0; room];
    let mut rest = input;
    for &size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let mut piece = &rest[..size.min(rest.len())];
        rest = &rest[piece.len()..];
        while !piece.is_empty() {
            let progress = stream.process(piece, &mut block);
            assert!(progress.consumed + progress.produced > 0, "must get on");
            output.extend_from_slice(&block[..progress.produced]);
            piece = &piece[progress.consumed..];
        }
    }
    loop {
        let frames = stream.finish(&mut block);
        if frames == 0 {
            return output;
        }
        output.extend_from_slice(&block[..frames]);
    }
}

/// The signal at a higher rate, by the resampler.
pub fn oversampled(signal: &[f32], factor: u32) -> Vec<f32> {
    let mut resampler = Resampler::new(48_000, 48_000 * factor).unwrap();
    send(&mut resampler, signal, &[4_096], 8_192)
}

/// The greatest magnitude of a sample, in dBFS.
pub fn peak_db(signal: &[f32]) -> f32 {
    20.0 * signal.iter().fold(0.0_f32, |peak, x| peak.max(x.abs())).log10()
}
