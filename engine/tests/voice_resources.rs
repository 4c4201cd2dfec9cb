//! What a pipeline takes of the machine, and gives back: threads, processor time, file descriptors, memory. Counted by the
//! kernel, so on Linux only. Needs a built voice (`UTTER_ARTIFACTS`, or the default place).

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::fs;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use utter::voice::{KokoroPipeline, Noise, PipelineOptions, Synthesis, artifacts};

/// The counts are of the whole process: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn pipeline(threads: usize) -> KokoroPipeline {
    let voice = artifacts::resolve(&artifacts::default_base().unwrap()).unwrap();
    let options = PipelineOptions {
        threads: Some(threads),
        ..PipelineOptions::default()
    };
    KokoroPipeline::load(voice, options).unwrap()
}

fn speak(pipeline: &mut KokoroPipeline) {
    let request = Synthesis {
        phonemes: "həlˈO wˈɜɹld.",
        voice: "af_heart",
        speed: 1.0,
        noise: Noise::default(),
    };
    pipeline.synthesize(&request, &|| false).unwrap();
}

/// Threads that run kernels.
fn kernel_threads() -> usize {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    // A thread may end between being listed and being read.
    let names = tasks.filter_map(|task| fs::read_to_string(task.unwrap().path().join("comm")).ok());
    names.filter(|name| name.starts_with("utter-kernel-")).count()
}

/// Waits for threads that name themselves when they first run, or that the kernel takes off its list a moment after they
/// were joined.
fn assert_threads_become(wanted: usize) {
    let begun = Instant::now();
    while kernel_threads() != wanted {
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "{} threads",
            kernel_threads()
        );
        std::thread::yield_now();
    }
}

/// Processor time of this process so far; the kernel counts in hundredths of a second.
fn processor_time() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    // The second field, the name, may hold anything, and ends with the last parenthesis; user and system time are fields 14 and 15.
    let fields: Vec<&str> = stat[stat.rfind(')').unwrap() + 1..].split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(10 * ticks)
}

fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Memory of this process that belongs to no file, in bytes.
fn anonymous_memory() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("RssAnon:")).unwrap();
    1024 * line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap()
}

#[test]
fn between_calls_no_processor_time_is_used() {
    let _alone = alone();
    let mut pipeline = pipeline(2);
    speak(&mut pipeline);
    assert_eq!(kernel_threads(), 1, "beside the caller's");
    let (begun, before) = (Instant::now(), processor_time());
    while begun.elapsed() < Duration::from_secs(1) {
        std::thread::sleep(Duration::from_secs(1).saturating_sub(begun.elapsed()));
    }
    let used = processor_time() - before;
    println!("{used:?} of processor time in {:?}", begun.elapsed());
    // A thread that spins would use a second.
    assert!(used < Duration::from_millis(20), "{used:?}");
    speak(&mut pipeline);
}

#[test]
fn threads_end_with_their_pipeline() {
    let _alone = alone();
    assert_threads_become(0);
    let (mut first, second) = (pipeline(3), pipeline(2));
    assert_threads_become(3);
    speak(&mut first);
    drop(first);
    assert_threads_become(1);
    drop(second);
    assert_threads_become(0);
}

#[test]
fn loading_again_and_again_takes_nothing_more() {
    let _alone = alone();
    let mut counted = Vec::new();
    for _ in 0..20 {
        let mut pipeline = pipeline(2);
        speak(&mut pipeline);
        // While it is loaded: how much of what is freed the allocator returns to the system at once is its own affair.
        counted.push((descriptors(), anonymous_memory()));
        drop(pipeline);
        assert_threads_become(0);
    }
    // What the first rounds bring stays: the library, the scratch memory of this thread, the pools of the allocator.
    let least = |rounds: &[(usize, usize)]| rounds.iter().map(|&(_, memory)| memory).min().unwrap();
    let (early, late) = (least(&counted[5..10]), least(&counted[15..]));
    println!("{early} bytes, ten rounds later {late}: {counted:?}");
    assert_eq!(counted[5].0, counted[19].0, "descriptors");
    // The buffers of a pipeline that has said this are 34 MB: ten times a fortieth of them would show.
    assert!(late < early + 8_000_000, "{early} bytes, ten rounds later {late}");
}
