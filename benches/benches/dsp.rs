//! Signal processing, a second of audio at a time: the times are shares of real time.
//!
//! At 48 kHz, in blocks of 480 frames (10 ms), as a device asks for them. The signals are what costs most:
//! for the limiter one that is too loud throughout, and for comparison one that is not.

use std::hint::black_box;

use criterion::{
    BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime,
};
use utter_dsp::{
    LevelMeter, Leveller, Levelling, Limiter, LoudnessMeter, Ramp, Resampler, quantise, sanitise,
    spread_mono, spread_stereo,
};

const RATE: u32 = 48_000;
const PERIOD: usize = 480;

/// A second of a sine at `rate` with `amplitude` at its top, 997 Hz at 48 kHz.
fn sine(amplitude: f32, rate: u32) -> Vec<f32> {
    (0..rate)
        .map(|n| amplitude * (n as f32 * 0.130_5).sin())
        .collect()
}

fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(RATE.into()));
    group
}

fn resampling(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("one second resampled");
    for (rate_in, rate_out) in [
        (24_000, 44_100),
        (24_000, 48_000),
        (44_100, 48_000),
        (48_000, 44_100),
    ] {
        let second = sine(0.5, rate_in);
        let mut resampler =
            Resampler::new(rate_in, rate_out).unwrap_or_else(|error| panic!("{error}: {}", error.hint()));
        let mut output = vec![0.0; PERIOD];
        group.throughput(Throughput::Elements(rate_out.into()));
        group.bench_function(format!("{rate_in} to {rate_out} Hz"), |bencher| {
            bencher.iter(|| {
                let mut rest = black_box(&second[..]);
                while !rest.is_empty() {
                    rest = &rest[resampler.process(rest, &mut output).consumed..];
                }
            });
        });
    }
    group.finish();
}

fn limiting(criterion: &mut Criterion) {
    let mut group = group(criterion, "one second limited");
    for (name, amplitude) in [
        ("quiet, never near the ceiling", 0.3),
        ("below the ceiling", 0.8),
        ("6 dB too loud", 1.8),
    ] {
        let second = sine(amplitude, RATE);
        let mut limiter = Limiter::new(RATE, Limiter::CEILING_DB);
        let mut output = vec![0.0; PERIOD];
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for block in black_box(&second).chunks(PERIOD) {
                    let mut rest = block;
                    while !rest.is_empty() {
                        rest = &rest[limiter.process(rest, &mut output).consumed..];
                    }
                }
            });
        });
    }
    group.finish();
}

fn loudness(criterion: &mut Criterion) {
    let mut second = sine(0.3, RATE);
    let mut group = group(criterion, "one second of loudness");
    let mut meter = LoudnessMeter::new(RATE).unwrap_or_else(|error| panic!("{error}: {}", error.hint()));
    group.bench_function("measured", |bencher| {
        bencher.iter(|| meter.measure(black_box(&second)));
    });
    // The target is where the signal is: levelled again and again it stays there.
    let levelling = Levelling {
        target_lufs: -13.5,
        expected_lufs: -13.5,
        ..Levelling::DEFAULT
    };
    let mut leveller =
        Leveller::new(RATE, levelling).unwrap_or_else(|error| panic!("{error}: {}", error.hint()));
    group.bench_function("levelled", |bencher| {
        bencher.iter(|| leveller.process(black_box(&mut second)));
    });
    group.finish();
}

fn callback(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("480 frames in the callback");
    group.throughput(Throughput::Elements(PERIOD as u64));
    let mut block = sine(0.5, RATE)[..PERIOD].to_vec();
    let (mut left, mut right) = (block.clone(), block.clone());
    let mut frames = vec![0_i16; 2 * PERIOD];
    let to_i16 = |sample| quantise::<16>(sample) as i16;
    let mut meter = LevelMeter::new();
    group.bench_function("level meter", |bencher| {
        bencher.iter(|| {
            meter.measure(black_box(&block));
            meter.take()
        });
    });
    group.bench_function("sanitise", |bencher| {
        bencher.iter(|| sanitise(black_box(&mut block)));
    });
    let mut ramp = Ramp::at(1.0);
    group.bench_function("ramp, moving", |bencher| {
        bencher.iter(|| {
            ramp.go_to(1.0, 2 * PERIOD as u32);
            ramp.apply_to(black_box(&block), &mut left);
        });
    });
    let mut ramp = Ramp::at(0.5);
    group.bench_function("ramp, at rest", |bencher| {
        bencher.iter(|| ramp.apply_to(black_box(&block), &mut right));
    });
    group.bench_function("mono onto two channels of i16", |bencher| {
        bencher.iter(|| spread_mono(black_box(&block), 2, &mut frames, 0, to_i16));
    });
    group.bench_function("left and right onto two channels of i16", |bencher| {
        bencher.iter(|| spread_stereo(black_box(&left), &right, 2, &mut frames, 0, to_i16));
    });
    group.finish();
}

criterion_group!(benches, resampling, limiting, loudness, callback);
criterion_main!(benches);
