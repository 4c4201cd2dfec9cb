//! What cpal's ALSA host makes of outputs that fail: the kinds of error, whether its thread and our callback
//! live on, and what hangs.
//!
//! The cpal backend and the recovery from loss are built on these facts. cpal promises few of them, so a new
//! version of it that behaves otherwise is to fail here, where it can be seen why.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test relies on may fail it"
)]

#[path = "../../fixtures/audio/timed_output.rs"]
mod timed_output;

use cpal::ErrorKind;
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};
use timed_output::{Device, Operation, TimedOutput, now, with_device, with_devices};

const RATE: u32 = 48_000;
const PERIOD: u32 = 480;

/// Long enough to see that nothing happens: thirty periods.
const WHILE: Duration = Duration::from_millis(300);

/// What a stream has done so far.
#[derive(Default)]
struct Seen {
    callbacks: AtomicU64,
    errors: Mutex<BTreeMap<String, u64>>,
    callback_dropped: AtomicBool,
    /// For every callback, when it was called, and how long cpal says that its frames will have to wait.
    delays: Mutex<Vec<(Duration, Duration)>>,
    /// The next callback takes so many milliseconds.
    nap: AtomicU64,
}

/// Tells when it is dropped.
struct Callback(Arc<Seen>);

impl Drop for Callback {
    fn drop(&mut self) {
        self.0.callback_dropped.store(true, Ordering::SeqCst);
    }
}

impl Seen {
    fn callbacks(&self) -> u64 {
        self.callbacks.load(Ordering::SeqCst)
    }

    fn callback_dropped(&self) -> bool {
        self.callback_dropped.load(Ordering::SeqCst)
    }

    fn errors(&self) -> BTreeMap<String, u64> {
        self.errors.lock().unwrap().clone()
    }

    fn called(&self, info: &cpal::OutputCallbackInfo) {
        let timestamp = info.timestamp();
        let delay = timestamp.playback.duration_since(timestamp.callback);
        self.delays.lock().unwrap().push((now(), delay));
        thread::sleep(Duration::from_millis(self.nap.swap(0, Ordering::SeqCst)));
        self.callbacks.fetch_add(1, Ordering::SeqCst);
    }

    fn failed(&self, kind: ErrorKind) {
        *self
            .errors
            .lock()
            .unwrap()
            .entry(format!("{kind:?}"))
            .or_default() += 1;
    }
}

fn device(output: &TimedOutput) -> cpal::Device {
    let host = cpal::default_host();
    host.device_by_id(&output.id().parse().unwrap()).unwrap()
}

/// A stream of silence that runs.
fn open(output: &TimedOutput) -> Result<(cpal::Stream, Arc<Seen>), cpal::Error> {
    let seen = Arc::new(Seen::default());
    let (callback, errors) = (Callback(Arc::clone(&seen)), Arc::clone(&seen));
    let config = cpal::StreamConfig {
        channels: 2,
        sample_rate: RATE,
        buffer_size: cpal::BufferSize::Fixed(PERIOD),
    };
    let stream = device(output).build_output_stream::<f32, _, _>(
        config,
        move |_, info| {
            // The guard has a destructor, so the closure takes all of it.
            let Callback(seen) = &callback;
            seen.called(info);
        },
        move |error| errors.failed(error.kind()),
        None,
    )?;
    stream.play()?;
    Ok((stream, seen))
}

fn running(output: &TimedOutput) -> (cpal::Stream, Arc<Seen>) {
    let (stream, seen) = open(output).unwrap();
    wait_until("it runs", || seen.callbacks() > 10);
    assert_eq!(seen.errors(), BTreeMap::new());
    (stream, seen)
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let since = Instant::now();
    while !condition() {
        assert!(since.elapsed() < Duration::from_secs(20), "never: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Drops a stream, on a thread of its own. What is received from is told when that is done.
fn dropping(stream: cpal::Stream) -> mpsc::Receiver<()> {
    let (done, dropped) = mpsc::channel();
    thread::spawn(move || {
        drop(stream);
        let _ = done.send(());
    });
    dropped
}

fn real_time() -> Device {
    Device {
        speed: 1,
        ..Device::default()
    }
}

fn one(kind: &str) -> BTreeMap<String, u64> {
    BTreeMap::from([(kind.to_owned(), 1)])
}

/// That nothing is reported and next to nothing is asked for.
fn assert_silent(seen: &Seen) {
    // One callback may be under way, and the buffer may have room for one more.
    let callbacks = seen.callbacks();
    thread::sleep(WHILE);
    assert!(seen.callbacks() <= callbacks + 2);
    assert_eq!(seen.errors(), BTreeMap::new());
}

#[test]
fn a_device_that_is_gone_is_said_once_and_ends_the_thread() {
    with_device(
        "a_device_that_is_gone_is_said_once_and_ends_the_thread",
        real_time(),
        |output| {
            let (stream, seen) = running(output);
            output.vanish();
            wait_until("the callback is dropped", || seen.callback_dropped());
            assert_eq!(seen.errors(), one("DeviceNotAvailable"));
            drop(stream);
            assert_eq!(open(output).err().unwrap().kind(), ErrorKind::DeviceNotAvailable);
            output.come_back();
            drop(running(output));
        },
    );
}

#[test]
fn a_storm_is_backend_errors_without_end_or_pause() {
    with_device(
        "a_storm_is_backend_errors_without_end_or_pause",
        real_time(),
        |output| {
            let (stream, seen) = running(output);
            output.storm();
            wait_until("errors", || seen.errors().contains_key("BackendError"));
            let since = Instant::now();
            wait_until("ten thousand errors", || seen.errors()["BackendError"] > 10_000);
            println!("10,000 errors in {:?}", since.elapsed());
            assert_eq!(seen.errors().len(), 1);
            assert!(!seen.callback_dropped());
            assert_eq!(open(output).err().unwrap().kind(), ErrorKind::BackendError);
            drop(stream);
            assert!(seen.callback_dropped());
            output.come_back();
            drop(running(output));
        },
    );
}

#[test]
fn a_stall_is_not_said_at_all() {
    with_device("a_stall_is_not_said_at_all", real_time(), |output| {
        let (stream, seen) = running(output);
        output.stall();
        assert_silent(&seen);
        output.go_on();
        let callbacks = seen.callbacks();
        wait_until("it runs again", || seen.callbacks() > callbacks + 10);
        assert_eq!(seen.errors(), BTreeMap::new());
        drop(stream);
        assert!(seen.callback_dropped());
    });
}

#[test]
fn a_jammed_stream_says_nothing_and_a_new_one_runs() {
    with_device(
        "a_jammed_stream_says_nothing_and_a_new_one_runs",
        real_time(),
        |output| {
            let (jammed, seen) = running(output);
            output.jam();
            assert_silent(&seen);
            let (_stream, _) = running(output);
            assert!(!seen.callback_dropped());
            drop(jammed);
            assert!(seen.callback_dropped());
            assert_eq!(output.captures().len(), 2);
        },
    );
}

#[test]
fn a_device_that_changes_is_gone_and_then_offers_something_else() {
    with_device(
        "a_device_that_changes_is_gone_and_then_offers_something_else",
        real_time(),
        |output| {
            let (stream, seen) = running(output);
            output.change(44_100, 6);
            wait_until("the callback is dropped", || seen.callback_dropped());
            assert_eq!(seen.errors(), one("DeviceNotAvailable"));
            drop(stream);
            let offered = device(output).default_output_config().unwrap();
            assert_eq!((offered.sample_rate(), offered.channels()), (44_100, 6));
            assert_eq!(open(output).err().unwrap().kind(), ErrorKind::UnsupportedConfig);
        },
    );
}

#[test]
fn a_close_that_hangs_hangs_the_drop_of_the_stream_without_the_callback() {
    let devices = [("default", real_time()), ("second", real_time())];
    with_devices(
        "a_close_that_hangs_hangs_the_drop_of_the_stream_without_the_callback",
        devices,
        |[output, second]| {
            let (stream, seen) = running(output);
            output.hang(Operation::Close);
            let dropped = dropping(stream);
            wait_until("the callback is dropped", || seen.callback_dropped());
            assert!(dropped.recv_timeout(WHILE).is_err(), "it hangs");
            // Neither another device nor the same one minds.
            drop(running(second));
            let (again, _) = running(output);
            output.release();
            dropped.recv().unwrap();
            drop(again);
        },
    );
}

#[test]
fn a_write_that_hangs_hangs_the_drop_of_the_stream_and_keeps_the_callback() {
    let devices = [("default", real_time()), ("second", real_time())];
    with_devices(
        "a_write_that_hangs_hangs_the_drop_of_the_stream_and_keeps_the_callback",
        devices,
        |[output, second]| {
            let (stream, seen) = running(output);
            output.hang(Operation::Write);
            assert_silent(&seen);
            let dropped = dropping(stream);
            assert!(dropped.recv_timeout(WHILE).is_err(), "it hangs");
            assert!(!seen.callback_dropped());
            drop(running(second));
            output.release();
            dropped.recv().unwrap();
            assert!(seen.callback_dropped());
        },
    );
}

#[test]
fn an_open_that_hangs_hangs_every_other_open() {
    let devices = [("default", real_time()), ("second", real_time())];
    with_devices(
        "an_open_that_hangs_hangs_every_other_open",
        devices,
        |[output, second]| {
            let (_stream, seen) = running(second);
            output.hang(Operation::Open);
            thread::scope(|scope| {
                let (opened, is_open) = mpsc::channel();
                let hanging = scope.spawn(|| running(output));
                // A second later it is surely in there.
                thread::sleep(Duration::from_secs(1));
                let other = scope.spawn(move || {
                    let opening = running(second);
                    opened.send(()).unwrap();
                    opening
                });
                assert!(is_open.recv_timeout(WHILE).is_err(), "the other one hangs too");
                let callbacks = seen.callbacks();
                wait_until("what is open runs on", || seen.callbacks() > callbacks + 10);
                output.release();
                is_open.recv().unwrap();
                drop((hanging.join().unwrap(), other.join().unwrap()));
            });
        },
    );
}

#[test]
fn a_late_callback_is_an_xrun_and_the_stream_goes_on() {
    let device = Device {
        has_xruns: true,
        ..real_time()
    };
    with_device(
        "a_late_callback_is_an_xrun_and_the_stream_goes_on",
        device,
        |output| {
            // A busy machine adds xruns of its own.
            let (stream, seen) = open(output).unwrap();
            wait_until("it runs", || seen.callbacks() > 10);
            let before = seen.errors().get("Xrun").copied().unwrap_or(0);
            seen.nap.store(200, Ordering::SeqCst);
            wait_until("an xrun", || {
                seen.errors().get("Xrun").copied().unwrap_or(0) > before
            });
            let callbacks = seen.callbacks();
            wait_until("it runs again", || seen.callbacks() > callbacks + 10);
            assert_eq!(seen.errors().into_keys().collect::<Vec<_>>(), ["Xrun"]);
            drop(stream);
        },
    );
}

/// cpal's `playback` minus `callback` is what the device has in its buffer when it calls: one period of two,
/// or a little less, since it calls when there is room for a period, and a little later if the machine is
/// busy. The frames of the callback itself come on top.
#[test]
fn the_latency_that_is_reported_is_the_buffer_at_the_time_of_the_callback() {
    with_device(
        "the_latency_that_is_reported_is_the_buffer_at_the_time_of_the_callback",
        real_time(),
        |output| {
            let (stream, seen) = running(output);
            wait_until("two seconds", || seen.callbacks() > 200);
            drop(stream);
            let capture = &output.captures()[0];
            for frame in (0..capture.frames()).step_by(997) {
                let played = capture.played_at(capture.heard_at(frame));
                assert!(
                    (played - frame as f64).abs() < 0.01,
                    "{played} instead of {frame}"
                );
            }
            let delays = seen.delays.lock().unwrap();
            let mut errors: Vec<f64> = Vec::new();
            // Callback n brings the frames from n periods on.
            for (n, (at, delay)) in delays.iter().enumerate().skip(4).take(190) {
                let first = n * PERIOD as usize;
                let real = capture.heard_at(first).as_secs_f64() - at.as_secs_f64();
                errors.push((delay.as_secs_f64() - real) * f64::from(RATE));
            }
            errors.sort_by(f64::total_cmp);
            let (median, worst) = (errors[errors.len() / 2], errors[errors.len() - 1].max(-errors[0]));
            println!("reported latency minus the real one: median {median:.1} frames, at most {worst:.1}");
            assert!(
                median.abs() < 48.0,
                "{median} frames: over a tenth of a period wrong"
            );
        },
    );
}
