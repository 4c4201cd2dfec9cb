//! How soon a stop silences.

use crate::machine::{alone_with_device, beside_busy_threads};
use crate::spread::{Spread, milliseconds};
use crate::timed_output::{Capture, ClockReading, Device, now};
use crate::timed_tests::{DEVICE, check_balance, open};
use crate::track::{RATE, speech};
use std::ops::Range;
use std::thread;
use std::time::{Duration, Instant};
use utter::playback::output::OutputSelection;
use utter::playback::{Player, PlayerOptions, QueueId, QueueOptions, Stop, TrackQueue};

/// Utterances that are cut off.
const STOPS: usize = 200;

/// A device at the rate of the tracks, so that every frame is what it was made as.
const PLAIN: Device = Device {
    rate: RATE,
    channels: 1,
    ..DEVICE
};

/// When a stop was called, and when the next utterance was begun, right after it.
struct Stopped {
    at: Duration,
    next_at: Duration,
}

pub fn a_stop_silences_within_a_period_and_ten_milliseconds_at_any_moment(test: &str) {
    let first = |player: &Player| {
        let queue = player.queue(QueueId::FIRST).unwrap();
        [queue.clone(), queue]
    };
    stops_silence(test, first, |player, _| {
        player.stop(Stop::Fade);
    });
}

/// What a client does who shares the output: the utterances are of two queues in turns, and each is stopped by its own.
pub fn a_stop_of_one_queue_does_so_too(test: &str) {
    let two = |player: &Player| [(); 2].map(|()| player.add_queue(QueueOptions::default()).unwrap());
    stops_silence(test, two, |_, queue| {
        queue.stop(Stop::Fade).unwrap();
    });
}

/// Every utterance is one steady level, above 0 and below it in turns, so that the capture says which is heard. They are of
/// the queues in turns.
fn stops_silence(
    test: &str,
    queues: impl Fn(&Player) -> [TrackQueue; 2],
    stop: impl Fn(&Player, &TrackQueue),
) {
    alone_with_device(test, PLAIN, |output| {
        let options = PlayerOptions::default();
        let player = open(&OutputSelection::Default, &options);
        let queues = queues(&player);
        let stops = beside_busy_threads(2, || stop_often(&player, &queues, |queue| stop(&player, queue)));
        player.wait_until_drained().unwrap();
        player.close();
        let capture = output.captures().remove(0);
        let utterances = utterances(&capture.samples);
        assert_eq!(utterances.len(), STOPS, "nothing of one is heard after the next");
        let last = utterances.iter().map(|utterance| utterance.end - 1);
        let stopped: Vec<(&Stopped, usize)> = stops.iter().zip(last).collect();
        check_last_frames(&capture, &stopped, milliseconds(options.period));
        let begun = stops.iter().zip(&utterances[1..]);
        Spread::of(
            "from the next utterance's first frames until they are handed to the device, ms",
            begun.map(|(stop, next)| {
                milliseconds(handed_at(&capture, next.start)) - milliseconds(stop.next_at)
            }),
        );
        let counters = player.counters();
        check_balance(&counters);
        assert_eq!((counters.queued, counters.underruns), (0, 0));
    });
}

/// How long after each stop its last frame was handed to the device; `period` is in ms.
fn check_last_frames(capture: &Capture, stopped: &[(&Stopped, usize)], period: f64) {
    let handed = stopped.iter().map(|(stop, last)| {
        let at = handed_at(capture, *last);
        milliseconds(at) - milliseconds(stop.at)
    });
    let handed = Spread::of(
        "from a stop until the last frame is handed to the device, ms",
        handed,
    );
    let due = stopped.iter().map(|(stop, last)| {
        let at = due_at(capture, *last, period);
        milliseconds(at) - milliseconds(stop.at)
    });
    let due = Spread::of(
        "from a stop until the device is due to be handed the last frame, ms",
        due,
    );
    let frames = stopped.iter().map(|(stop, last)| {
        let handed = handed_by(capture, stop.at);
        (*last as f64 - handed as f64) * 1e3 / f64::from(RATE)
    });
    let frames = Spread::of("frames handed to the device after a stop, ms", frames);
    // The callback that is under way, and a fade of 8 ms in the next one.
    assert!(frames.most() <= period + 8.0 + 0.1);
    assert!(due.most() <= period + 10.0);
    // A machine that has other things to do calls later than is due.
    assert!(handed.at(0.95) <= period + 10.0);
}

/// Speaks and stops at random moments.
fn stop_often(player: &Player, queues: &[TrackQueue; 2], stop: impl Fn(&TrackQueue)) -> Vec<Stopped> {
    // Of a generator of pseudo-random numbers, the same each time (Knuth's MMIX).
    let mut random = 1_u64;
    let mut stops = Vec::new();
    let begin = |n: usize| {
        let level = if n.is_multiple_of(2) { 0.5 } else { -0.5 };
        let mut writer = queues[n % 2].add_track(speech()).unwrap();
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
        stop(&queues[(n - 1) % 2]);
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
fn utterances(samples: &[f32]) -> Vec<Range<usize>> {
    let mut utterances: Vec<Range<usize>> = Vec::new();
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
    let had = |reading: &ClockReading| reading.played + reading.delay <= frame as u64;
    let after = capture.clock.partition_point(had);
    capture.clock[after.saturating_sub(1)].at
}

/// When the device had room for the period in which the frame `frame` was handed to it: when it should have been.
fn due_at(capture: &Capture, frame: usize, period: f64) -> Duration {
    let had = |reading: &ClockReading| reading.played + reading.delay <= frame as u64;
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
