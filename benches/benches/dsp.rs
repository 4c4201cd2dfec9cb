//! Signal processing, a block at a time: what each of `utter-dsp`'s parts costs, and how many frames it makes in a second.
//!
//! Blocks are as long as devices' periods, 48 kHz but for the resampler. The renderer works in blocks of up to 256 frames, the
//! feed ahead of the ring in blocks of 512. Signals are such that nothing is left out because of them: see the limiter's three.

use std::hint::black_box;
use std::iter::Cycle;
use std::slice::ChunksExact;

use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
    measurement::WallTime,
};
use utter_dsp::{
    LevelMeter, Leveller, Levelling, Limiter, LoudnessMeter, Ramp, Resampler, balance, quantise, sanitise,
    spread_mono, spread_stereo, taper,
};

const RATE: u32 = 48_000;
const BLOCKS: [usize; 3] = [128, 480, 1_024];

/// A second of a sine with `amplitude` at its top, 997 Hz at 48 kHz.
fn sine(amplitude: f32, rate: u32) -> Vec<f32> {
    (0..rate)
        .map(|n| amplitude * (n as f32 * 0.130_5).sin())
        .collect()
}

/// A signal without an end, in blocks.
fn endless(signal: &[f32], frames: usize) -> Cycle<ChunksExact<'_, f32>> {
    signal.chunks_exact(frames).cycle()
}

/// Measures `process` with blocks of every length.
fn by_block(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    signal: &[f32],
    mut process: impl FnMut(&[f32]),
) {
    for frames in BLOCKS {
        let mut blocks = endless(signal, frames);
        group.throughput(Throughput::Elements(frames as u64));
        group.bench_function(BenchmarkId::new(name, frames), |bencher| {
            bencher.iter(|| process(black_box(blocks.next().unwrap_or_default())));
        });
    }
}

fn resampler(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("resampler");
    for (rate_in, rate_out) in [
        (24_000, 44_100),
        (24_000, 48_000),
        (44_100, 48_000),
        (48_000, 44_100),
    ] {
        let mut resampler =
            Resampler::new(rate_in, rate_out).unwrap_or_else(|error| panic!("{error}: {}", error.hint()));
        let mut output = vec![0.0; 4_096];
        let name = format!("{rate_in} to {rate_out} Hz");
        by_block(&mut group, &name, &sine(0.5, rate_in), |block| {
            let mut rest = block;
            while !rest.is_empty() {
                rest = &rest[resampler.process(rest, black_box(&mut output)).consumed..];
            }
        });
    }
    group.finish();
}

fn limiter(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("limiter");
    for (name, amplitude) in [
        ("quiet, never near the ceiling", 0.3),
        ("below the ceiling", 0.8),
        ("6 dB too loud", 1.8),
    ] {
        let mut limiter = Limiter::new(RATE, Limiter::CEILING_DB);
        let mut output = vec![0.0; 4_096];
        by_block(&mut group, name, &sine(amplitude, RATE), |block| {
            let mut rest = block;
            while !rest.is_empty() {
                rest = &rest[limiter.process(rest, black_box(&mut output)).consumed..];
            }
        });
    }
    group.finish();
}

fn loudness(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("loudness");
    let signal = sine(0.3, RATE);
    let mut meter = LoudnessMeter::new(RATE).unwrap_or_else(|error| panic!("{error}: {}", error.hint()));
    by_block(&mut group, "measured", &signal, |block| meter.measure(block));
    let mut leveller =
        Leveller::new(RATE, Levelling::DEFAULT).unwrap_or_else(|error| panic!("{error}: {}", error.hint()));
    let mut levelled = Vec::with_capacity(BLOCKS[2]);
    by_block(&mut group, "levelled", &signal, |block| {
        levelled.clear();
        levelled.extend_from_slice(block);
        leveller.process(black_box(&mut levelled));
    });
    group.finish();
}

/// What the feed does to frames that it gets, and what the renderer measures of those that it gives.
fn samples(criterion: &mut Criterion) {
    let signal = sine(0.5, RATE);
    let mut group = criterion.benchmark_group("sanitise");
    let mut sane = Vec::with_capacity(BLOCKS[2]);
    by_block(&mut group, "all of it sound", &signal, |block| {
        sane.clear();
        sane.extend_from_slice(block);
        sanitise(black_box(&mut sane));
    });
    group.finish();
    let mut group = criterion.benchmark_group("level meter");
    let mut meter = LevelMeter::new();
    by_block(&mut group, "measured", &signal, |block| {
        meter.measure(block);
        black_box(meter.take());
    });
    group.finish();
}

fn ramp(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ramp");
    let signal = sine(0.5, RATE);
    let mut output = vec![0.0; BLOCKS[2]];
    let mut ramp = Ramp::at(1.0);
    by_block(&mut group, "moving", &signal, |block| {
        ramp.go_to(1.0, 2 * block.len() as u32);
        ramp.apply_to(block, black_box(&mut output));
    });
    let mut ramp = Ramp::at(0.5);
    by_block(&mut group, "at rest", &signal, |block| {
        ramp.apply_to(block, black_box(&mut output));
    });
    group.finish();
    criterion.bench_function("gains of a volume and a balance", |bencher| {
        bencher.iter(|| (taper(black_box(0.7)), balance(black_box(-0.2))));
    });
}

fn channels(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("two channels");
    let signal = sine(0.5, RATE);
    let mut floats = vec![0.0; 2 * BLOCKS[2]];
    let mut integers = vec![0_i16; 2 * BLOCKS[2]];
    let to_i16 = |sample| quantise::<16>(sample) as i16;
    by_block(&mut group, "mono to f32", &signal, |block| {
        spread_mono(block, 2, black_box(&mut floats), 0.0, |sample| sample);
    });
    by_block(&mut group, "mono to i16", &signal, |block| {
        spread_mono(block, 2, black_box(&mut integers), 0, to_i16);
    });
    by_block(&mut group, "left and right to f32", &signal, |block| {
        spread_stereo(block, block, 2, black_box(&mut floats), 0.0, |sample| sample);
    });
    by_block(&mut group, "left and right to i16", &signal, |block| {
        spread_stereo(block, block, 2, black_box(&mut integers), 0, to_i16);
    });
    group.finish();
}

criterion_group!(benches, resampler, limiter, loudness, samples, ramp, channels);
criterion_main!(benches);
