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
use sweep_heard::part;
use sweep_voice::{SweepVoice, say, utterance};
use timed_output::{Capture, Device, Operation, TimedOutput, now, with_devices};
use utter::playback::output::{CpalBackend, LossReason, OutputId, OutputSelection};
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
            time(&mut longest, "position", || {
                player.position();
            });
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
    /// The transitions that are told.
    told: &'static [&'static str],
    /// The device before the loss and the number of its capture, and those after it.
    before: (usize, usize),
    after: (usize, usize),
    /// What the device takes after it.
    rate: u32,
    channels: u16,
}

/// Speaks on the device `route`, brings about a loss, and looks at what was heard of it.
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
    check_balance(counters);
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
            // To ask a device for its formats is to open and close it.
            told: &["alsa:second lost: Stalled", "alsa:default open: Recovered"],
            before: (SECOND, 0),
            after: (DEFAULT, 0),
            rate: OTHER.rate,
            channels: OTHER.channels,
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

/// Every command, over and over, while the output fails and comes back.
fn answers_throughout(test: &str, fault: impl FnOnce(&TimedOutput) + Send, mend: impl FnOnce(&TimedOutput)) {
    with_devices(test, [("default", DEVICE), ("second", DEVICE)], |[output, _]| {
        let setup = open(&id(output), &PlayerOptions::default());
        let (speaker, player) = (&setup.speaker, &setup.player);
        let mut longest = BTreeMap::new();
        let since = Instant::now();
        let mut fault = Some(fault);
        let (mut spoken, mut told) = (Vec::new(), Vec::new());
        for round in 0.. {
            told.extend(setup.transitions());
            time(&mut longest, "speak", || {
                // So many may wait; the next stop takes them away.
                spoken.extend(speaker.speak(utterance([say(24_000)])));
            });
            time(&mut longest, "pause", || drop(player.pause()));
            time(&mut longest, "resume", || drop(player.resume()));
            time(&mut longest, "volume", || {
                drop(player.set_volume(player.volume()))
            });
            time(&mut longest, "counters", || check_balance(&player.counters()));
            time(&mut longest, "position", || {
                player.position();
            });
            if round % 8 == 7 {
                time(&mut longest, "stop", || {
                    player.stop(Stop::Fade);
                });
            }
            thread::sleep(Duration::from_millis(7));
            if since.elapsed() > Duration::from_millis(500)
                && let Some(fault) = fault.take()
            {
                fault(output);
            }
            if since.elapsed() > Duration::from_millis(4_000) {
                break;
            }
        }
        mend(output);
        player.stop(Stop::Now);
        for spoken in spoken {
            // All are told what has become of them.
            let outcome = spoken.wait();
            assert!(
                matches!(outcome, Outcome::Stopped | Outcome::Finished),
                "{outcome:?}"
            );
        }
        let last = speaker.speak(utterance([say(12_000)])).unwrap();
        assert!(matches!(last.wait(), Outcome::Finished));
        player.close();
        assert_answered(&longest);
        told.extend(setup.transitions());
        let reason = told[0].strip_prefix("alsa:default lost: ");
        println!("lost: {reason:?}");
        assert!(reason.is_some(), "{told:?}");
        assert_eq!(told[1..], ["alsa:default open: Recovered"]);
    });
}

fn check_balance(counters: &Counters) {
    assert_eq!(
        counters.produced,
        counters.rendered + counters.discarded + counters.queued,
        "{counters:?}"
    );
}

#[test]
fn commands_answer_while_the_device_is_gone() {
    answers_throughout(
        "commands_answer_while_the_device_is_gone",
        TimedOutput::vanish,
        TimedOutput::come_back,
    );
}

#[test]
fn commands_answer_while_the_device_stalls() {
    answers_throughout(
        "commands_answer_while_the_device_stalls",
        TimedOutput::stall,
        TimedOutput::go_on,
    );
}

#[test]
fn commands_answer_during_a_storm() {
    answers_throughout(
        "commands_answer_during_a_storm",
        TimedOutput::storm,
        TimedOutput::come_back,
    );
}

#[test]
fn commands_answer_while_the_device_hangs_in_everything() {
    answers_throughout(
        "commands_answer_while_the_device_hangs_in_everything",
        |output| {
            output.hang(Operation::Open);
            output.hang(Operation::Write);
            output.hang(Operation::Close);
            output.jam();
        },
        TimedOutput::release,
    );
}

/// While one device hangs as it is opened, cpal opens no other. So speech is given up, and goes on when it can.
#[test]
fn a_device_that_hangs_as_it_opens_is_given_up_and_used_when_it_returns() {
    with_devices(
        "a_device_that_hangs_as_it_opens_is_given_up_and_used_when_it_returns",
        [("default", OTHER), ("second", DEVICE)],
        |[default, second]| {
            let options = PlayerOptions {
                give_up_after: Duration::from_secs(3),
                ..PlayerOptions::default()
            };
            let setup = open(&id(second), &options);
            let spoken = setup.begin();
            let is_over = AtomicBool::new(false);
            let (given_up, longest) = thread::scope(|scope| {
                let commands = commands(scope, &setup.player, &is_over);
                second.hang(Operation::Open);
                second.vanish();
                let since = Instant::now();
                assert_lost(spoken.wait());
                let given_up = since.elapsed();
                is_over.store(true, Ordering::SeqCst);
                (given_up, commands.join().unwrap())
            });
            assert_eq!(
                setup.transitions(),
                ["alsa:second lost: Disconnected", "given up"]
            );
            let late = given_up.saturating_sub(options.give_up_after);
            println!("given up after {given_up:?}");
            assert!(given_up >= options.give_up_after && late < Duration::from_millis(500));
            assert_answered(&longest);
            assert!(setup.speaker.speak(utterance([say(1)])).is_err());

            second.release();
            wait_until("an output is found", || setup.player.output().is_some());
            let new = setup.speaker.speak(utterance([say(24_000)])).unwrap();
            assert!(matches!(new.wait(), Outcome::Finished));
            assert_eq!(setup.transitions(), ["alsa:default open: Recovered"]);
            setup.player.close();
            let heard: usize = default
                .captures()
                .iter()
                .map(|capture| capture.channel(0).iter().filter(|&&x| x != 0.0).count())
                .sum();
            let second_of_it = OTHER.rate as usize;
            assert!(heard.abs_diff(second_of_it) < 100, "{heard} frames");
        },
    );
}

fn assert_lost(outcome: Outcome) {
    let lost = PlaybackError::OutputLost(LossReason::Disconnected).to_string();
    assert!(
        matches!(&outcome, Outcome::Failed(SpeechError::Playback(error)) if error.to_string() == lost),
        "{outcome:?}"
    );
}

/// Attempts become rarer, up to one a second; then it is given up, and looked for every two seconds.
#[test]
fn a_device_is_tried_ever_less_often_then_given_up_and_used_when_it_appears() {
    with_devices(
        "a_device_is_tried_ever_less_often_then_given_up_and_used_when_it_appears",
        [("default", DEVICE), ("second", DEVICE)],
        |[output, second]| {
            second.vanish();
            let options = PlayerOptions {
                give_up_after: Duration::from_secs(5),
                ..PlayerOptions::default()
            };
            let setup = open(&OutputSelection::Default, &options);
            let spoken = setup.begin();
            let opened = output.opens().len();
            output.vanish();
            let lost = now();
            assert_lost(spoken.wait());
            let given_up = now() - lost;
            let (from, until) = (
                options.give_up_after,
                options.give_up_after + Duration::from_millis(200),
            );
            assert!(
                given_up >= from && given_up < until,
                "given up after {given_up:?}"
            );
            // One attempt asks several times, within a few milliseconds.
            let mut attempts: Vec<Duration> = Vec::new();
            for open in &output.opens()[opened..] {
                assert_ne!(open.error, 0);
                if attempts
                    .last()
                    .is_none_or(|last| open.at - *last > Duration::from_millis(25))
                {
                    attempts.push(open.at);
                }
            }
            let gaps: Vec<u128> = attempts
                .windows(2)
                .map(|pair| (pair[1] - pair[0]).as_millis())
                .collect();
            println!("attempts {gaps:?} ms apart");
            let expected = [50, 100, 200, 400, 800, 1_000, 1_000];
            assert!(gaps.len() >= expected.len(), "{gaps:?}");
            for (gap, expected) in gaps.iter().zip(expected) {
                assert!((expected..expected + 100).contains(gap), "{gaps:?}");
            }

            output.come_back();
            wait_until("an output is found", || setup.player.output().is_some());
            let new = setup.speaker.speak(utterance([say(24_000)])).unwrap();
            assert!(matches!(new.wait(), Outcome::Finished));
            assert_eq!(
                setup.transitions(),
                [
                    "alsa:default lost: Disconnected",
                    "given up",
                    "alsa:default open: Recovered"
                ]
            );
            setup.player.close();
            let captures = output.captures();
            assert_eq!(captures.len(), 2);
            let heard = captures[1].channel(0).iter().filter(|&&x| x != 0.0).count();
            assert!(heard.abs_diff(DEVICE.rate as usize) < 100, "{heard} frames");
        },
    );
}

/// Speaks on the default, and goes to the second.
fn crosses_over(test: &str, route: impl FnOnce(&Setup, &[TimedOutput; 2])) {
    with_devices(test, [("default", OTHER), ("second", DEVICE)], |outputs| {
        let setup = open(&OutputSelection::Default, &PlayerOptions::default());
        let spoken = setup.begin();
        route(&setup, outputs);
        let outcome = spoken.wait();
        assert!(matches!(outcome, Outcome::Finished), "{outcome:?}");
        setup.player.close();
        check_counters(&setup.player.counters());
    });
}

#[test]
fn a_change_of_route_fades_from_one_device_to_the_other() {
    crosses_over(
        "a_change_of_route_fades_from_one_device_to_the_other",
        |setup, [default, second]| {
            setup.player.set_route(id(second));
            wait_until("it is all heard", || setup.player.counters().queued == 0);
            setup.player.wait_until_drained().unwrap();
            setup.player.close();
            assert_eq!(setup.transitions(), ["alsa:second open: Route"]);
            let (before, after) = (default.captures().remove(0), second.captures().remove(0));
            let (old_channel, new_channel) = (before.channel(0), after.channel(0));
            // All but the fade is the sweep, and in the fade it becomes softer.
            let (old, old_snr) = part(&old_channel, before.rate, settled(before.rate), 0.0..0.1);
            let (new, new_snr) = part(
                &new_channel,
                after.rate,
                settled(after.rate),
                old.to - 0.2..old.to + 0.2,
            );
            let fade = 0.008;
            let both = old.to - new.from;
            let gap = after.heard_at(new.frames.start).as_secs_f64()
                - before.heard_at(old.frames.end - 1).as_secs_f64();
            println!(
                "{:.2} ms are on both; {:.1} ms between them; {old_snr:.1} dB, {new_snr:.1} dB",
                both * 1e3,
                gap * 1e3
            );
            assert!(old_snr > 60.0 && new_snr > 60.0);
            assert!((new.to - SAID).abs() < 1e-3);
            // The new one begins where the old one begins to fade: no frame is missing, and none is heard twice but
            // those of the fade.
            assert!((both - fade).abs() < 1e-3, "{:.2} ms", both * 1e3);
            let steps = |heard: &[f32]| {
                let steps = heard.windows(2).map(|pair| (pair[1] - pair[0]).abs());
                steps.fold(0.0, f32::max)
            };
            // At 4 kHz, a sine of 0.5 moves by so much from frame to frame.
            let most =
                |rate: u32| (0.5 * 2.0 * (std::f64::consts::PI * 4_000.0 / f64::from(rate)).sin()) as f32;
            let last = &old_channel[old.frames.end - 2 * settled(before.rate)..];
            assert!(steps(last) <= most(before.rate), "it is not cut off");
            let first = &new_channel[..new.frames.start + settled(after.rate)];
            assert!(steps(first) <= most(after.rate), "it does not begin with a step");
        },
    );
}

#[test]
fn a_route_that_cannot_be_taken_leaves_no_seam() {
    for_failing_routes("a_route_that_cannot_be_taken_leaves_no_seam", TimedOutput::vanish);
}

#[test]
fn a_route_to_a_device_that_stands_still_leaves_no_seam() {
    for_failing_routes(
        "a_route_to_a_device_that_stands_still_leaves_no_seam",
        TimedOutput::stall,
    );
}

#[test]
fn a_route_to_a_device_that_hangs_leaves_no_seam() {
    for_failing_routes("a_route_to_a_device_that_hangs_leaves_no_seam", |output| {
        output.hang(Operation::Open);
    });
}

fn for_failing_routes(test: &str, fault: impl FnOnce(&TimedOutput)) {
    crosses_over(test, |setup, [default, second]| {
        fault(second);
        setup.player.set_route(id(second));
        setup.player.wait_until_drained().unwrap();
        setup.player.close();
        second.release();
        assert_eq!(setup.transitions(), ["route failed"]);
        assert_eq!(setup.player.route(), OutputSelection::Default);
        let captures = default.captures();
        assert_eq!(captures.len(), 1);
        let (all, snr) = part(&captures[0].channel(0), OTHER.rate, settled(OTHER.rate), 0.0..0.1);
        println!("{snr:.1} dB over all of it");
        assert!(all.from.abs() < 1e-4 && (all.to - SAID).abs() < 1e-3, "{all:?}");
        assert!(snr > 60.0);
    });
}

#[test]
fn a_route_that_vanishes_is_gone_back_to_when_it_returns() {
    with_devices(
        "a_route_that_vanishes_is_gone_back_to_when_it_returns",
        [("default", OTHER), ("second", DEVICE)],
        |[default, second]| {
            let options = PlayerOptions {
                look_interval: Duration::from_millis(500),
                ..PlayerOptions::default()
            };
            let setup = open(&OutputSelection::Default, &options);
            setup.player.set_route(id(second));
            wait_until("it is open", || setup.player.route() == id(second));
            let spoken = setup.begin();
            second.vanish();
            thread::sleep(Duration::from_millis(900));
            second.come_back();
            assert!(matches!(spoken.wait(), Outcome::Finished));
            setup.player.close();
            assert_eq!(
                setup.transitions(),
                [
                    "alsa:second open: Route",
                    "alsa:second lost: Disconnected",
                    "alsa:default open: Recovered",
                    "alsa:second open: Followed"
                ]
            );
            let captures = second.captures();
            assert_eq!(captures.len(), 2);
            let default = default.captures();
            let between = default.last().unwrap();
            let part = |capture: &Capture, near: std::ops::Range<f64>| {
                let (part, snr) = part(&capture.channel(0), capture.rate, settled(capture.rate), near);
                assert!(snr > 60.0, "{snr:.1} dB");
                part
            };
            let first = part(&captures[0], 0.0..0.1);
            let middle = part(between, first.to - 0.2..first.to + 0.2);
            let last = part(&captures[1], middle.to - 0.2..middle.to + 0.2);
            let twice = [first.to - middle.from, middle.to - last.from].map(|twice| twice * 1e3);
            println!("heard twice: {twice:?} ms");
            assert!((-0.05..40.0).contains(&twice[0]), "{twice:?}");
            assert!((7.0..9.0).contains(&twice[1]), "{twice:?}");
            assert!(first.from.abs() < 1e-4 && (last.to - SAID).abs() < 1e-3);
        },
    );
}
