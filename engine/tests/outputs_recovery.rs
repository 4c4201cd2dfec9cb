//! Speech that survives its output: what two devices have played, and when, around every way to lose one.
//!
//! End to end through cpal's ALSA host. What is said is a sweep, each moment of which can be told from all others, so
//! the captures say which frame was the last on the one device and the first on the other.
//!
//! How much is heard twice: the player goes on with the first frame that the device may not have played. It knows
//! what the device had played when it asked for frames last; since then it may have played its buffer, of two
//! periods, to its end. What is known to be heard less exactly than that is heard again rather than not at all.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test relies on may fail it"
)]

#[path = "../../fixtures/audio/compare.rs"]
mod compare;
#[path = "../../fixtures/audio/sweep_heard.rs"]
mod sweep_heard;
#[path = "../../fixtures/audio/sweep_voice.rs"]
mod sweep_voice;
#[path = "../../fixtures/audio/timed_output.rs"]
mod timed_output;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use sweep_heard::{Part, part};
use sweep_voice::{SweepVoice, say, utterance};
use timed_output::{Capture, Device, Operation, TimedOutput, now, with_devices};
use utter::playback::output::{CpalBackend, LossReason, OutputError, OutputId, OutputSelection};
use utter::playback::{
    Counters, OpenReason, PlaybackError, PlaybackEvent, PlaybackEvents, Player, PlayerOptions, Stop,
};
use utter::speech::{Outcome, SAMPLE_RATE, Speaker, SpeechError, UtteranceHandle};

/// What is said, in chunks of odd lengths: 3.4 s, in which the sweep comes to 6.9 kHz.
const CHUNKS: [usize; 3] = [31_007, 479, 50_114];

/// What is said, in seconds.
const SAID: f64 = 81_600.0 / SAMPLE_RATE as f64;

/// Speech goes on within this time.
const GOES_ON: Duration = Duration::from_secs(1);

/// A command answers within this time.
const ANSWERS: Duration = Duration::from_millis(100);

const DEVICE: Device = Device {
    rate: 48_000,
    channels: 2,
    format: "FLOAT_LE",
    has_xruns: false,
    speed: 1,
};

/// The one that speech falls back to has another rate.
const OTHER: Device = Device {
    rate: 44_100,
    channels: 1,
    ..DEVICE
};

/// Frames behind which a fade of 8 ms, and what the resampler has not known before it, are over.
fn settled(rate: u32) -> usize {
    rate as usize / 50
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let since = Instant::now();
    while !condition() {
        assert!(since.elapsed() < Duration::from_secs(30), "never: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

fn id(output: &TimedOutput) -> OutputSelection {
    OutputSelection::Id(OutputId::new(output.id()))
}

struct Setup {
    speaker: Speaker,
    player: Player,
    events: PlaybackEvents,
}

fn open(route: &OutputSelection, options: &PlayerOptions) -> Setup {
    let player = Player::open(Arc::new(CpalBackend::new()), route, options).unwrap();
    let events = player.events();
    let (speaker, _) = Speaker::start(player.clone(), Box::new(SweepVoice::default())).unwrap();
    Setup {
        speaker,
        player,
        events,
    }
}

impl Setup {
    /// Says the sweep, and waits until a good second of it is heard.
    fn begin(&self) -> UtteranceHandle {
        let spoken = self
            .speaker
            .speak(utterance(CHUNKS.into_iter().map(say)))
            .unwrap();
        wait_until("it speaks", || {
            let position = self.player.position();
            position.is_some_and(|position| position.time > Duration::from_millis(1_200))
        });
        spoken
    }

    /// What happened to outputs since the last call, in short.
    fn transitions(&self) -> Vec<String> {
        let events = std::iter::from_fn(|| self.events.try_next());
        let told = events.filter_map(|event| match event {
            PlaybackEvent::OutputLost { output, reason, .. } => {
                Some(format!("{} lost: {reason:?}", output.id))
            }
            // Whether the listener was there in time for it is chance.
            PlaybackEvent::OutputOpened(open) if open.reason == OpenReason::First => None,
            PlaybackEvent::OutputOpened(open) => {
                let reason = match open.reason {
                    OpenReason::Route(_) => "Route".into(),
                    reason => format!("{reason:?}"),
                };
                Some(format!("{} open: {reason}", open.config.id))
            }
            PlaybackEvent::OutputGivenUp { .. } => Some("given up".into()),
            PlaybackEvent::RouteFailed { .. } => Some("route failed".into()),
            _ => None,
        });
        told.collect()
    }
}

/// Gives commands that change nothing that is heard, until it is told to stop, and measures the longest.
fn commands<'a>(
    scope: &'a thread::Scope<'a, '_>,
    player: &Player,
    until: &'a AtomicBool,
) -> thread::ScopedJoinHandle<'a, BTreeMap<&'static str, Duration>> {
    let player = player.clone();
    scope.spawn(move || {
        let mut longest = BTreeMap::new();
        while !until.load(Ordering::SeqCst) {
            time(&mut longest, "position", || drop(player.position()));
            time(&mut longest, "counters", || {
                player.counters();
            });
            time(&mut longest, "volume", || {
                // There is room for 128; a device that does not ask for frames takes none of them.
                let _ = player.set_volume(player.volume());
            });
            time(&mut longest, "load", || {
                player.load();
            });
            thread::sleep(Duration::from_millis(5));
        }
        longest
    })
}

fn time(longest: &mut BTreeMap<&'static str, Duration>, command: &'static str, give: impl FnOnce()) {
    let since = Instant::now();
    give();
    let longest = longest.entry(command).or_default();
    *longest = since.elapsed().max(*longest);
}

fn assert_answered(longest: &BTreeMap<&'static str, Duration>) {
    println!("longest commands: {longest:?}");
    let worst = longest.values().max().unwrap();
    assert!(*worst <= ANSWERS, "{longest:?}");
}

/// What is expected of a loss.
struct Loss {
    /// The transitions that are told, without the player's own opening.
    told: &'static [&'static str],
    /// Which capture of which device is the one before the loss, and the one after it.
    before: (usize, usize),
    after: (usize, usize),
    /// The device and the reason of the loss.
    channels: u16,
    rate: u32,
}

/// Speaks on `second`, brings about a loss, and looks at what was heard of it.
fn survives(test: &str, route: usize, fault: impl FnOnce(&[TimedOutput; 2]), expected: &Loss) {
    with_devices(test, [("default", OTHER), ("second", DEVICE)], |outputs| {
        let setup = open(&id(&outputs[route]), &PlayerOptions::default());
        let spoken = setup.begin();
        let is_over = AtomicBool::new(false);
        let longest = thread::scope(|scope| {
            let commands = commands(scope, &setup.player, &is_over);
            fault(outputs);
            let outcome = spoken.wait();
            is_over.store(true, Ordering::SeqCst);
            assert!(matches!(outcome, Outcome::Finished), "{outcome:?}");
            commands.join().unwrap()
        });
        setup.player.close();
        for output in outputs {
            output.release();
        }
        assert_eq!(setup.transitions(), expected.told);
        let capture = |(device, number): (usize, usize)| outputs[device].captures().swap_remove(number);
        let (before, after) = (capture(expected.before), capture(expected.after));
        assert_eq!((after.rate, after.channels), (expected.rate, expected.channels));
        check(&before, &after);
        check_counters(&setup.player.counters());
        assert_answered(&longest);
    });
}

/// That all of the sweep was heard, on one device and then on another.
fn check(before: &Capture, after: &Capture) {
    let (old, old_snr) = part(&before.channel(0), before.rate, settled(before.rate), 0.0..0.1);
    let (new, new_snr) = part(
        &after.channel(0),
        after.rate,
        settled(after.rate),
        old.to - 0.2..old.to + 0.2,
    );
    let gap = after.heard_at(new.frames.start) - before.heard_at(old.frames.end - 1);
    let twice = old.to - new.from;
    println!(
        "silent for {gap:?}, {:.1} ms heard twice; {old_snr:.1} dB before, {new_snr:.1} dB after",
        twice * 1e3
    );
    assert!(
        old.from.abs() < 1e-4 && (new.to - SAID).abs() < 1e-3,
        "{old:?} {new:?}"
    );
    assert!(
        old_snr > 60.0 && new_snr > 60.0,
        "no frame is lost or doubled inside"
    );
    assert!(gap <= GOES_ON, "silent for {gap:?}");
    // A frame of rounding. Then two periods of 20 ms.
    let buffer = 2.0 * PlayerOptions::default().period.as_secs_f64();
    assert!(
        (-1.0 / f64::from(SAMPLE_RATE)..=buffer).contains(&twice),
        "{:.1} ms are heard twice",
        twice * 1e3
    );
}

fn check_counters(counters: &Counters) {
    assert_eq!(
        counters.produced,
        counters.rendered + counters.discarded + counters.queued
    );
    assert_eq!(counters.underruns, 0);
}

const DEFAULT: usize = 0;
const SECOND: usize = 1;

#[test]
fn a_device_that_vanishes_is_replaced_by_the_default() {
    survives(
        "a_device_that_vanishes_is_replaced_by_the_default",
        SECOND,
        |[_, second]| second.vanish(),
        &Loss {
            told: &["alsa:second lost: Disconnected", "alsa:default open: Recovered"],
            before: (SECOND, 0),
            after: (DEFAULT, 0),
            rate: OTHER.rate,
            channels: OTHER.channels,
        },
    );
}

#[test]
fn a_device_that_is_back_at_once_is_opened_again() {
    survives(
        "a_device_that_is_back_at_once_is_opened_again",
        DEFAULT,
        |[default, _]| {
            default.vanish();
            thread::sleep(Duration::from_millis(300));
            default.come_back();
        },
        &Loss {
            told: &["alsa:default lost: Disconnected", "alsa:default open: Recovered"],
            before: (DEFAULT, 0),
            after: (DEFAULT, 1),
            rate: OTHER.rate,
            channels: OTHER.channels,
        },
    );
}

#[test]
fn a_device_that_changes_is_used_as_it_is_now() {
    survives(
        "a_device_that_changes_is_used_as_it_is_now",
        DEFAULT,
        |[default, _]| default.change(96_000, 6),
        &Loss {
            told: &["alsa:default lost: Disconnected", "alsa:default open: Recovered"],
            before: (DEFAULT, 0),
            after: (DEFAULT, 1),
            rate: 96_000,
            channels: 6,
        },
    );
}

#[test]
fn a_stream_that_stalls_is_opened_again() {
    survives(
        "a_stream_that_stalls_is_opened_again",
        SECOND,
        |[_, second]| second.jam(),
        &Loss {
            told: &["alsa:second lost: Stalled", "alsa:second open: Recovered"],
            before: (SECOND, 0),
            after: (SECOND, 1),
            rate: DEVICE.rate,
            channels: DEVICE.channels,
        },
    );
}

#[test]
fn a_device_that_stalls_is_replaced_by_the_default() {
    survives(
        "a_device_that_stalls_is_replaced_by_the_default",
        SECOND,
        |[_, second]| second.stall(),
        &Loss {
            told: &["alsa:second lost: Stalled", "alsa:default open: Recovered"],
            before: (SECOND, 0),
            after: (DEFAULT, 0),
            rate: OTHER.rate,
            channels: OTHER.channels,
        },
    );
}

#[test]
fn a_storm_of_errors_ends_on_the_default() {
    survives(
        "a_storm_of_errors_ends_on_the_default",
        SECOND,
        |[_, second]| second.storm(),
        &Loss {
            told: &["alsa:second lost: ErrorStorm", "alsa:default open: Recovered"],
            before: (SECOND, 0),
            after: (DEFAULT, 0),
            rate: OTHER.rate,
            channels: OTHER.channels,
        },
    );
}

#[test]
fn a_storm_that_passes_ends_on_the_same_device() {
    survives(
        "a_storm_that_passes_ends_on_the_same_device",
        DEFAULT,
        |[default, _]| {
            default.storm();
            thread::sleep(Duration::from_millis(500));
            default.come_back();
        },
        &Loss {
            told: &["alsa:default lost: ErrorStorm", "alsa:default open: Recovered"],
            before: (DEFAULT, 0),
            after: (DEFAULT, 1),
            rate: OTHER.rate,
            channels: OTHER.channels,
        },
    );
}

#[test]
fn a_stream_that_hangs_as_it_is_closed_holds_up_nothing() {
    survives(
        "a_stream_that_hangs_as_it_is_closed_holds_up_nothing",
        SECOND,
        |[_, second]| {
            second.hang(Operation::Close);
            second.jam();
        },
        &Loss {
            told: &["alsa:second lost: Stalled", "alsa:second open: Recovered"],
            before: (SECOND, 0),
            after: (SECOND, 1),
            rate: DEVICE.rate,
            channels: DEVICE.channels,
        },
    );
}

#[test]
fn a_device_that_hangs_in_a_write_is_replaced_by_the_default() {
    survives(
        "a_device_that_hangs_in_a_write_is_replaced_by_the_default",
        SECOND,
        |[_, second]| second.hang(Operation::Write),
        &Loss {
            told: &["alsa:second lost: Stalled", "alsa:default open: Recovered"],
            before: (SECOND, 0),
            after: (DEFAULT, 0),
            rate: OTHER.rate,
            channels: OTHER.channels,
        },
    );
}
