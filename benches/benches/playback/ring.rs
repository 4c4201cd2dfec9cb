//! The ring between the playback thread and the callback: a period in, a period out.

use super::realtime::ring;
use criterion::{BenchmarkId, Criterion, Throughput};
use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

const PERIODS: [usize; 3] = [128, 480, 1_024];

/// As a player makes it for a device of 48 kHz: room for two seconds.
const CAPACITY: usize = 96_000;

/// Measures the ring, from one thread and between two.
pub fn ring(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ring");
    for frames in PERIODS {
        group.throughput(Throughput::Elements(frames as u64));
        let period = vec![0.25; frames];
        group.bench_function(BenchmarkId::new("one thread", frames), |bencher| {
            let (mut writer, mut reader) = ring::ring(CAPACITY);
            let mut block = vec![0.0; frames];
            bencher.iter(|| {
                let accepted = writer.push(black_box(&period), false);
                reader.admit();
                (accepted, reader.read(black_box(&mut block)))
            });
        });
        group.bench_function(BenchmarkId::new("two threads", frames), |bencher| {
            bencher.iter_custom(|periods| pass_through(&period, periods));
        });
    }
    group.finish();
}

/// How long `times` periods take from one thread to another. Both go as fast as they can, so that the one finds the ring full
/// and the other finds it empty as often as it happens; then they let others run.
fn pass_through(period: &[f32], times: u64) -> Duration {
    let (mut writer, mut reader) = ring::ring(CAPACITY);
    let start = Barrier::new(2);
    let mut block = vec![0.0; period.len()];
    thread::scope(|scope| {
        scope.spawn(|| {
            start.wait();
            for _ in 0..times {
                let mut rest = period;
                while !rest.is_empty() {
                    let accepted = writer.push(black_box(rest), false).frames;
                    rest = &rest[accepted..];
                    if accepted == 0 {
                        thread::yield_now();
                    }
                }
            }
        });
        start.wait();
        let started = Instant::now();
        let mut due = times * period.len() as u64;
        while due > 0 {
            reader.admit();
            let read = reader.read(black_box(&mut block));
            due -= read as u64;
            if read == 0 {
                thread::yield_now();
            }
        }
        started.elapsed()
    })
}
