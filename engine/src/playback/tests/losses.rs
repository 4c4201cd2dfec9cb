//! Devices that are lost, in every way that there is, and what is heard afterwards.

use super::super::event::PlaybackEvent;
use super::super::output::{LossReason, OutputFault};
use super::super::track::{Mark, MarkKind, TrackEnd};
use super::super::{Mode, PlayerOptions, PushError};
use super::rig::{RATE, Rig, by_id};
use super::{FADE, LEVEL, check_balance, numbered, steady};
use std::time::Duration;

/// The transitions that were told, in short.
fn transitions(events: &[PlaybackEvent]) -> Vec<String> {
    events
        .iter()
        .filter_map(|event| match event {
            PlaybackEvent::OutputLost { output, reason, .. } => {
                Some(format!("lost {} {reason:?}", output.id))
            }
            PlaybackEvent::OutputOpened(open) => Some(format!("open {} {:?}", open.config.id, open.reason)),
            PlaybackEvent::OutputGivenUp { .. } => Some("given up".into()),
            PlaybackEvent::RouteFailed { .. } => Some("route failed".into()),
            _ => None,
        })
        .collect()
}

#[test]
fn a_lost_device_is_opened_again_and_goes_on_with_the_first_frame_that_was_not_heard() {
    let mut rig = Rig::new();
    rig.delay = 480;
    let frames = numbered(20_000);
    let track = rig.play(&frames);
    for _ in 0..10 {
        rig.turn(480);
    }
    rig.take_events();
    rig.unplug("one");
    rig.plug_in("one");
    rig.settle();
    assert_eq!(
        transitions(&rig.take_events()),
        ["lost one Disconnected", "open one Recovered"]
    );
    let heard = rig.turn(2_000);
    // 4800 frames were given to the device; when it asked for the last 480, it had not played the 480 before them. What
    // it has played since is not known.
    let from = 4_800 - 960;
    assert_eq!(heard[FADE..], frames[from + FADE..from + 2_000]);
    assert!(
        heard[..FADE]
            .iter()
            .zip(&frames[from..])
            .all(|(heard, frame)| heard.abs() <= *frame),
        "faded in"
    );
    for _ in 0..10 {
        rig.turn(2_000);
    }
    assert!(matches!(rig.end_of(track), Some(TrackEnd::Heard)));
    let counters = rig.counters();
    assert_eq!((counters.losses, counters.underruns, counters.queued), (1, 0, 0));
    check_balance(counters);
}

#[test]
fn it_goes_on_at_the_rate_and_with_the_channels_that_the_device_has_now() {
    let mut rig = Rig::new();
    let track = rig.play(&steady(48_000));
    for _ in 0..50 {
        rig.turn(480);
    }
    rig.unplug("one");
    {
        let mut world = rig.world.lock();
        let device = world.devices.get_mut("one").unwrap();
        (device.rate, device.channels) = (96_000, 2);
    }
    rig.plug_in("one");
    rig.settle();
    let mut sounding = 0;
    for _ in 0..60 {
        let heard = rig.turn(960);
        sounding += heard.iter().step_by(2).filter(|x| x.abs() > 0.01).count();
    }
    // Half a second was left, which is 48000 frames now, and the part of the last period that is played again.
    assert!((47_500..49_500).contains(&sounding), "{sounding}");
    assert!(matches!(rig.end_of(track), Some(TrackEnd::Heard)));
}

#[test]
fn a_device_that_stands_still_is_lost_within_half_a_second_and_silence_is_not_standing_still() {
    let mut rig = Rig::new();
    rig.play(&numbered(40_000));
    rig.turn(480);
    rig.take_events();
    rig.wait(Duration::from_millis(490));
    assert_eq!(transitions(&rig.take_events()), [""; 0]);
    rig.wait(Duration::from_millis(20));
    assert_eq!(
        transitions(&rig.take_events()),
        ["lost one Stalled", "open one Recovered"]
    );
    rig.stop();
    for _ in 0..200 {
        rig.turn(480);
    }
    assert_eq!(transitions(&rig.take_events()), [""; 0], "two seconds of silence");
}

#[test]
fn a_system_that_stood_still_has_lost_no_device() {
    let mut rig = Rig::new();
    rig.play(&numbered(40_000));
    rig.turn(480);
    rig.take_events();
    // The playback thread comes by before the device does.
    rig.pass(Duration::from_secs(60));
    assert_eq!(transitions(&rig.take_events()), [""; 0]);
    rig.turn(480);
    rig.wait(Duration::from_millis(490));
    assert_eq!(transitions(&rig.take_events()), [""; 0]);
}

#[test]
fn a_storm_of_errors_is_a_loss() {
    let mut rig = Rig::new();
    rig.play(&steady(40_000));
    rig.turn(480);
    rig.take_events();
    let health = rig.deck.health().unwrap();
    // Each takes a millisecond, and it must last for a quarter of a second.
    while health.lost().is_none() {
        health.report(OutputFault::Passing);
    }
    rig.settle();
    assert_eq!(
        transitions(&rig.take_events()),
        ["lost one ErrorStorm", "open one Recovered"]
    );
}

#[test]
fn a_route_that_is_lost_falls_back_to_the_default_and_comes_back() {
    let mut rig = Rig::with(&PlayerOptions::default(), &[("one", RATE, 1), ("two", 44_100, 2)]);
    rig.route(by_id("two"));
    rig.play(&steady(480_000));
    rig.turn_device("two", 441);
    rig.take_events();
    rig.unplug("two");
    rig.settle();
    assert_eq!(transitions(&rig.take_events()), ["lost two Disconnected"]);
    for _ in 0..6 {
        rig.pass(Duration::from_millis(10));
    }
    assert_eq!(
        transitions(&rig.take_events()),
        ["open one Recovered"],
        "within 60 ms"
    );
    assert!(rig.turn(1_000)[FADE..].iter().all(|&x| x == LEVEL));
    for _ in 0..500 {
        rig.turn(480);
    }
    assert_eq!(
        transitions(&rig.take_events()),
        [""; 0],
        "it is tried again in silence"
    );
    rig.plug_in("two");
    for _ in 0..300 {
        if rig.is_open("one") {
            rig.turn(480);
        }
    }
    assert_eq!(transitions(&rig.take_events()), ["open two Followed"]);
    assert_eq!(*rig.deck.route(), by_id("two"));
}

#[test]
fn commands_work_while_there_is_no_output() {
    let mut rig = Rig::new();
    let old = rig.play(&steady(48_000));
    rig.turn(480);
    rig.unplug("one");
    rig.settle();
    assert_eq!(rig.mode(), Mode::Idle);
    let stopped = rig.stop();
    assert!(rig.effect(stopped).is_some(), "it takes effect at once");
    assert!(matches!(rig.end_of(old), Some(TrackEnd::Stopped)));
    let next = rig.play(&numbered(1_000));
    let paused = rig.pause();
    assert!(rig.effect(paused).is_some());
    let mut volume = rig.deck.volume();
    volume.is_muted = true;
    rig.deck.set_volume(volume, &rig.valve).unwrap();
    rig.plug_in("one");
    rig.pass(Duration::from_millis(100));
    assert_eq!(rig.turn(480), [0.0; 480], "still paused");
    rig.resume();
    assert_eq!(rig.turn(480), [0.0; 480], "still muted");
    volume.is_muted = false;
    rig.deck.set_volume(volume, &rig.valve).unwrap();
    rig.turn(2_000);
    assert!(matches!(rig.end_of(next), Some(TrackEnd::Heard)));
}

#[test]
fn a_stop_that_the_lost_device_has_not_obeyed_holds() {
    let mut rig = Rig::new();
    let old = rig.play(&steady(48_000));
    rig.turn(480);
    let stopped = rig.stop();
    let new = rig.play(&numbered(5_000));
    rig.unplug("one");
    rig.plug_in("one");
    rig.settle();
    assert!(rig.effect(stopped).is_some());
    assert_eq!(
        rig.turn(5_000),
        numbered(5_000),
        "only what came after it, from its first frame"
    );
    rig.turn(10);
    assert!(matches!(rig.end_of(old), Some(TrackEnd::Stopped)));
    assert!(matches!(rig.end_of(new), Some(TrackEnd::Heard)));
}

#[test]
fn marks_are_not_told_twice_when_a_part_is_played_again() {
    let mut rig = Rig::new();
    rig.delay = 480;
    let track = rig.add();
    for n in 0..200 {
        let kind = MarkKind::Word;
        rig.mark(
            track,
            Mark {
                frame: n * 100,
                length: 0,
                kind,
                source: 0..1,
            },
        );
    }
    rig.push(track, &numbered(20_000));
    rig.complete(track);
    for _ in 0..10 {
        rig.turn(480);
    }
    // All that was given to it counts as heard by the time that it is known to stand still.
    rig.wait(Duration::from_millis(600));
    for _ in 0..50 {
        rig.turn(480);
    }
    let told: Vec<u64> = rig
        .take_events()
        .iter()
        .filter_map(|event| match event {
            PlaybackEvent::Mark { mark, .. } => Some(mark.frame),
            _ => None,
        })
        .collect();
    assert_eq!(told, (0..200).map(|n| n * 100).collect::<Vec<_>>());
    assert!(matches!(rig.end_of(track), Some(TrackEnd::Heard)));
}

#[test]
fn it_is_given_up_after_a_time_and_taken_up_again_when_a_device_appears() {
    let mut rig = Rig::new();
    let track = rig.play(&steady(480_000));
    rig.turn(480);
    rig.take_events();
    rig.unplug("one");
    rig.settle();
    for _ in 0..310 {
        rig.pass(Duration::from_millis(100));
    }
    assert_eq!(
        transitions(&rig.take_events()),
        ["lost one Disconnected", "given up"]
    );
    assert!(matches!(rig.end_of(track), Some(TrackEnd::Failed(_))));
    assert_eq!(
        rig.refusal(),
        Some(PushError::OutputLost(LossReason::Disconnected))
    );
    assert_eq!(
        rig.next_round(),
        Duration::from_millis(100),
        "there is no hurry any more"
    );
    rig.plug_in("one");
    for _ in 0..30 {
        rig.pass(Duration::from_millis(100));
        if rig.is_open("one") {
            break;
        }
    }
    assert_eq!(transitions(&rig.take_events()), ["open one Recovered"]);
    rig.play(&numbered(100));
    assert_eq!(rig.turn(100), numbered(100));
}

#[test]
fn a_device_that_takes_too_long_to_open_is_passed_over_and_used_when_it_has() {
    let mut rig = Rig::new();
    let frames = numbered(48_000);
    let track = rig.play(&frames);
    rig.turn(480);
    rig.take_events();
    *rig.hangs.lock() = true;
    rig.unplug("one");
    rig.plug_in("one");
    for _ in 0..30 {
        rig.pass(Duration::from_millis(100));
    }
    assert_eq!(transitions(&rig.take_events()), ["lost one Disconnected"]);
    *rig.hangs.lock() = false;
    // One that had been given up opens now, before it is tried again.
    rig.settle();
    assert_eq!(transitions(&rig.take_events()), ["open one Recovered"]);
    assert_eq!(rig.turn(2_000)[..], frames[..2_000], "from its first frame");
    for _ in 0..50 {
        rig.turn(2_000);
    }
    assert!(matches!(rig.end_of(track), Some(TrackEnd::Heard)));
    assert_eq!(transitions(&rig.take_events()), [""; 0]);
}
