//! When things happen, by the device's own clock: the playhead, marks, and how soon a stop silences.
//!
//! End to end through cpal's ALSA host, on a timed test device in real time. It writes down how many frames it had
//! played at which moment; the capture says which frame of it was the first of the track. So what is heard at any
//! moment is known without asking the player.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test relies on may fail it"
)]

#[path = "../../fixtures/audio/timed_output.rs"]
mod timed_output;

use std::f64::consts::TAU;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use timed_output::{Capture, Device, TimedOutput, now, with_device};
use utter::playback::output::{CpalBackend, OutputSelection};
use utter::playback::{
    Mark, MarkKind, PlaybackEvent, Player, PlayerOptions, Stop, TrackKind, TrackOptions, TrackWriter,
};

/// What the machine does for one test would disturb another.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The rate of tracks.
const RATE: u32 = 24_000;

/// Frames from a mark to the next: ten a second, and no multiple of a period.
const MARKS: u64 = 2_399;

const DEVICE: Device = Device {
    rate: 48_000,
    channels: 1,
    format: "FLOAT_LE",
    has_xruns: false,
    speed: 1,
};

fn open(options: &PlayerOptions) -> Player {
    Player::open(Arc::new(CpalBackend::new()), &OutputSelection::Default, options).unwrap()
}

fn track(player: &Player) -> TrackWriter {
    let options = TrackOptions {
        kind: TrackKind::Speech,
        rate: RATE,
        gain: 1.0,
    };
    player.add_track(options).unwrap()
}

/// Has so many threads do nothing, as busily as they can, while `body` runs.
fn beside_busy_threads<R>(threads: usize, body: impl FnOnce() -> R) -> R {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut number = 1_u64;
                while !is_over.load(Ordering::Relaxed) {
                    for _ in 0..10_000 {
                        number = black_box(number.wrapping_mul(6_364_136_223_846_793_005));
                    }
                }
            });
        }
        let result = body();
        is_over.store(true, Ordering::Relaxed);
        result
    })
}

/// What the player said, and when it was asked and had answered.
struct Said {
    asked: Duration,
    answered: Duration,
    frame: u64,
}

/// What was seen while a track was played.
#[derive(Default)]
struct Seen {
    positions: Vec<Said>,
    position_events: Vec<Said>,
    marks: Vec<Said>,
}

/// Plays a tone for `seconds`, and asks all the while.
fn watch(player: &Player, seconds: u32) -> Seen {
    let events = player.events();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let listener = scope.spawn(|| {
            let mut seen = Seen::default();
            while !is_over.load(Ordering::Relaxed) {
                let event = events.next_within(Duration::from_millis(100));
                let at = now();
                let said = |frame| Said {
                    asked: at,
                    answered: at,
                    frame,
                };
                match event {
                    Some(PlaybackEvent::Position(position)) => {
                        seen.position_events.push(said(position.frame));
                    }
                    Some(PlaybackEvent::Mark { mark, .. }) => seen.marks.push(said(mark.frame)),
                    _ => {}
                }
            }
            seen
        });
        let watcher = scope.spawn(|| {
            let mut positions = Vec::new();
            for n in 0_u64.. {
                let asked = now();
                let position = player.position();
                let answered = now();
                if let Some(position) = position {
                    let frame = position.frame;
                    positions.push(Said {
                        asked,
                        answered,
                        frame,
                    });
                }
                // At all moments of a period alike.
                thread::sleep(Duration::from_micros(2_000 + n * 997 % 3_000));
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
            }
            positions
        });
        let mut writer = track(player);
        for second in 0..u64::from(seconds) {
            let from = second * u64::from(RATE);
            let frames: Vec<f32> = (from..from + u64::from(RATE))
                .map(|n| (0.5 * (TAU * 440.0 * n as f64 / f64::from(RATE)).cos()) as f32)
                .collect();
            let marks = (from..from + u64::from(RATE)).filter(|n| n % MARKS == 0);
            let mark = |frame| Mark {
                frame,
                kind: MarkKind::Word,
                source: 0..1,
            };
            writer.push_with_marks(frames, marks.map(mark)).unwrap();
        }
        writer.finish();
        player.wait_until_drained().unwrap();
        is_over.store(true, Ordering::Relaxed);
        let mut seen = listener.join().unwrap();
        seen.positions = watcher.join().unwrap();
        seen
    })
}

/// What was really heard.
struct Truth {
    capture: Capture,
    /// The capture's first frame of the track.
    start: usize,
}

impl Truth {
    fn of(output: &TimedOutput) -> Self {
        let capture = output.captures().remove(0);
        let start = capture.samples.iter().position(|&x| x != 0.0).unwrap();
        Self { capture, start }
    }

    /// Frames of the track that had been heard at `moment`.
    fn heard(&self, moment: Duration) -> f64 {
        let played = self.capture.played_at(moment) - self.start as f64;
        played.max(0.0) * f64::from(RATE) / f64::from(self.capture.rate)
    }

    /// When the track's frame `frame` was heard.
    fn heard_at(&self, frame: u64) -> Duration {
        let frame = frame as f64 * f64::from(self.capture.rate) / f64::from(RATE);
        self.capture.heard_at(self.start + frame as usize)
    }

    /// How much further a position is than the truth, in ms. The truth while it was asked is as good as any.
    fn ahead(&self, said: &Said) -> f64 {
        let (from, to) = (self.heard(said.asked), self.heard(said.answered));
        let frame = said.frame as f64;
        let ahead = if frame < from {
            frame - from
        } else {
            (frame - to).max(0.0)
        };
        ahead * 1e3 / f64::from(RATE)
    }
}

/// A distribution, sorted.
struct Spread(Vec<f64>);

impl Spread {
    fn of(what: &str, values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let spread = Self(values);
        println!(
            "{what}: {} values, least {:.2}, median {:.2}, 99 % below {:.2}, most {:.2}",
            spread.0.len(),
            spread.least(),
            spread.at(0.5),
            spread.at(0.99),
            spread.most()
        );
        spread
    }

    fn at(&self, share: f64) -> f64 {
        self.0[((self.0.len() - 1) as f64 * share) as usize]
    }

    fn least(&self) -> f64 {
        self.at(0.0)
    }

    fn most(&self) -> f64 {
        self.at(1.0)
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn the_playhead_is_right(output: &TimedOutput, seconds: u32, busy: usize) {
    let options = PlayerOptions::default();
    let player = open(&options);
    let seen = beside_busy_threads(busy, || watch(&player, seconds));
    player.close();
    let period = milliseconds(options.period);
    let truth = Truth::of(output);
    let all = u64::from(seconds) * u64::from(RATE);

    let during = |said: &&Said| {
        let heard = truth.heard(said.asked);
        heard > 0.0 && heard < all as f64
    };
    let positions = seen.positions.iter().filter(during);
    let positions = Spread::of("positions ahead, ms", positions.map(|said| truth.ahead(said)));
    assert!(positions.0.len() > 50 * seconds as usize, "it was asked often");
    assert!(
        positions.least() >= -period && positions.most() <= period,
        "wrong by more than a period"
    );
    assert!(seen.positions.is_sorted_by_key(|said| said.frame), "never back");

    let events = seen.position_events.iter().filter(during);
    let events = Spread::of("position events ahead, ms", events.map(|said| truth.ahead(said)));
    assert!(events.0.len() <= 30 * seconds as usize, "30 a second at most");
    assert!(events.0.len() >= 15 * seconds as usize, "20 a second by default");
    // A listener may be told late, but never of what is not heard yet.
    assert!(events.most() <= period);
    assert!(
        seen.position_events.is_sorted_by_key(|said| said.frame),
        "never back"
    );

    let marked: Vec<u64> = seen.marks.iter().map(|said| said.frame).collect();
    let expected: Vec<u64> = (0..all).filter(|n| n % MARKS == 0).collect();
    assert_eq!(marked, expected, "all of them, in order");
    let late = seen
        .marks
        .iter()
        .map(|said| milliseconds(said.asked) - milliseconds(truth.heard_at(said.frame)));
    let late = Spread::of("marks late, ms", late);
    assert!(late.least() >= -period, "early");
    // Two threads must be woken for it. What else the machine does may hold one up.
    assert!(late.at(0.5) <= 5.0 && late.at(0.99) <= period + 10.0, "late");
    assert_eq!(player.counters().underruns, 0);
}

#[test]
fn the_playhead_is_where_the_device_is() {
    let _alone = alone();
    with_device("the_playhead_is_where_the_device_is", DEVICE, |output| {
        the_playhead_is_right(output, 20, 0);
    });
}

#[test]
fn the_playhead_is_where_the_device_is_on_a_busy_machine() {
    let _alone = alone();
    with_device(
        "the_playhead_is_where_the_device_is_on_a_busy_machine",
        DEVICE,
        |output| the_playhead_is_right(output, 20, 2),
    );
}

#[test]
#[ignore = "takes ten minutes"]
fn the_playhead_is_where_the_device_is_for_ten_minutes() {
    let _alone = alone();
    with_device(
        "the_playhead_is_where_the_device_is_for_ten_minutes",
        DEVICE,
        |output| the_playhead_is_right(output, 600, 0),
    );
}

/// Utterances that are cut off.
const STOPS: usize = 200;

/// A device at the rate of the tracks, so that every frame is what it was made as.
const PLAIN: Device = Device { rate: RATE, ..DEVICE };

/// When a stop was called, and when the next utterance was begun, right after it.
struct Stopped {
    at: Duration,
    next_at: Duration,
}

/// Every utterance is one steady level, above 0 and below it in turns, so that the capture says which is heard.
#[test]
fn a_stop_silences_within_a_period_and_ten_milliseconds_at_any_moment() {
    let _alone = alone();
    with_device(
        "a_stop_silences_within_a_period_and_ten_milliseconds_at_any_moment",
        PLAIN,
        |output| {
            let options = PlayerOptions::default();
            let player = open(&options);
            let stops = beside_busy_threads(2, || stop_often(&player));
            player.wait_until_drained().unwrap();
            player.close();
            let capture = output.captures().remove(0);
            let utterances = utterances(&capture.samples);
            assert_eq!(utterances.len(), STOPS, "nothing of one is heard after the next");

            let period = milliseconds(options.period);
            let (mut last_handed, mut last_due) = (Vec::new(), Vec::new());
            let mut last_frames = Vec::new();
            let mut pauses = Vec::new();
            for (n, stop) in stops.iter().enumerate() {
                let last = utterances[n].end - 1;
                last_handed.push(milliseconds(handed_at(&capture, last)) - milliseconds(stop.at));
                last_due.push(milliseconds(due_at(&capture, last, period)) - milliseconds(stop.at));
                let handed = handed_by(&capture, stop.at);
                last_frames.push((last as f64 - handed as f64) * 1e3 / f64::from(RATE));
                if let Some(next) = utterances.get(n + 1) {
                    let first = milliseconds(handed_at(&capture, next.start));
                    pauses.push(first - milliseconds(stop.next_at));
                }
            }
            let handed = Spread::of(
                "from a stop until the last frame is handed to the device, ms",
                last_handed.into_iter(),
            );
            let due = Spread::of(
                "from a stop until the device is due to be handed the last frame, ms",
                last_due.into_iter(),
            );
            let frames = Spread::of(
                "frames handed to the device after a stop, ms",
                last_frames.into_iter(),
            );
            Spread::of(
                "from the next utterance's first frames until they are handed to the device, ms",
                pauses.into_iter(),
            );
            // The callback that is under way, and a fade of 8 ms in the next one.
            assert!(frames.most() <= period + 8.0 + 0.1);
            assert!(due.most() <= period + 10.0);
            // A machine that has other things to do calls later than is due.
            assert!(handed.at(0.95) <= period + 10.0);
            let counters = player.counters();
            assert_eq!(counters.produced, counters.rendered + counters.discarded);
            assert_eq!((counters.queued, counters.underruns), (0, 0));
        },
    );
}

/// Speaks and stops at random moments.
fn stop_often(player: &Player) -> Vec<Stopped> {
    // Of a generator of pseudo-random numbers, the same each time (Knuth's MMIX).
    let mut random = 1_u64;
    let mut stops = Vec::new();
    let begin = |n: usize| {
        let level = if n.is_multiple_of(2) { 0.5 } else { -0.5 };
        let mut writer = track(player);
        writer.push(vec![level; 2 * RATE as usize]).unwrap();
    };
    begin(0);
    // What the one before can still have rendered when it is stopped: a period and a fade. More is of this one.
    let mut of_others = 0;
    for n in 1..=STOPS {
        while player.counters().rendered <= of_others {
            thread::sleep(Duration::from_millis(1));
        }
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let until = Instant::now() + Duration::from_micros((random >> 33) % 40_000);
        thread::sleep(until.saturating_duration_since(Instant::now()));
        let at = now();
        player.stop(Stop::Fade);
        let next_at = now();
        of_others = player.counters().rendered + u64::from(RATE) * 28 / 1_000;
        if n < STOPS {
            begin(n);
        }
        stops.push(Stopped { at, next_at });
    }
    stops
}

/// Where utterances are heard, each by its sign.
fn utterances(samples: &[f32]) -> Vec<std::ops::Range<usize>> {
    let mut utterances: Vec<std::ops::Range<usize>> = Vec::new();
    let mut sign = 0.0;
    for (n, &x) in samples.iter().enumerate().filter(|(_, x)| **x != 0.0) {
        match utterances.last_mut() {
            Some(last) if x.signum() == sign => last.end = n + 1,
            _ => {
                sign = x.signum();
                utterances.push(n..n + 1);
            }
        }
    }
    utterances
}

/// When the frame `frame` was handed to the device: its clock is read right before every callback, and says how many
/// frames it had.
fn handed_at(capture: &Capture, frame: usize) -> Duration {
    let had = |reading: &timed_output::ClockReading| reading.played + reading.delay <= frame as u64;
    let after = capture.clock.partition_point(had);
    capture.clock[after.saturating_sub(1)].at
}

/// When the device had room for the period in which the frame `frame` was handed to it: when it should have been.
fn due_at(capture: &Capture, frame: usize, period: f64) -> Duration {
    let had = |reading: &timed_output::ClockReading| reading.played + reading.delay <= frame as u64;
    let after = capture.clock.partition_point(had);
    let reading = capture.clock[after.saturating_sub(1)];
    let left = (period * 1e-3 * f64::from(capture.rate)) as u64;
    let due = (reading.played + reading.delay).saturating_sub(left);
    capture.heard_at(due as usize).min(reading.at)
}

/// How many frames the device had at `moment`.
fn handed_by(capture: &Capture, moment: Duration) -> u64 {
    let after = capture.clock.partition_point(|reading| reading.at <= moment);
    let reading = &capture.clock[after.saturating_sub(1)];
    reading.played + reading.delay
}
