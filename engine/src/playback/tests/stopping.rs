//! Stops: what they end, what they leave, and what follows.

use super::super::Mode;
use super::super::event::PlaybackEvent;
use super::super::queue::QueueId;
use super::super::track::TrackEnd;
use super::rig::{Rig, by_id};
use super::{FADE, LEVEL, STEEPEST, check_balance, largest_step, numbered, steady};
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Duration;

#[test]
fn a_stop_fades_within_8_ms_and_discards_exactly_what_came_before() {
    let mut rig = Rig::new();
    let old = rig.play(&steady(20_000));
    let mut heard = rig.turn(480);
    let command = rig.stop();
    let new = rig.play(&numbered(500));
    heard.extend(rig.turn(480 + 500));

    assert!(largest_step(&heard[..480 + FADE]) <= STEEPEST);
    assert_eq!(heard[480 + FADE - 1], 0.0);
    assert_eq!(
        heard[480 + FADE..480 + FADE + 500],
        numbered(500),
        "the new one follows at once, untouched"
    );
    let counters = rig.counters();
    assert_eq!(counters.rendered, 480 + FADE as u64 + 500);
    assert_eq!((counters.underruns, counters.queued), (0, 0));
    check_balance(counters);
    let effect = rig.effect(command).unwrap();
    assert_eq!(effect.device_frame, 480);
    assert_eq!(
        effect.position.map(|position| (position.track, position.frame)),
        Some((old, 480))
    );
    assert!(matches!(rig.end_of(old), Some(TrackEnd::Stopped)));
    rig.turn(100);
    assert!(matches!(rig.end_of(new), Some(TrackEnd::Heard)));
}

#[test]
fn the_shortest_stop_fades_within_2_ms() {
    let mut rig = Rig::new();
    rig.play(&steady(20_000));
    rig.turn(480);
    rig.valve.stop(Duration::from_millis(2));
    let heard = rig.turn(480);
    assert!(heard[94] > 0.0 && heard[95..].iter().all(|&x| x == 0.0));
    assert!(largest_step(&heard) <= 1.5 * LEVEL / 96.0 + 1e-6);
}

#[test]
fn a_stop_takes_effect_before_the_playback_thread_has_come_by() {
    let mut rig = Rig::new();
    let old = rig.play(&steady(200_000));
    rig.turn(480);
    let command = rig.valve.stop(Duration::from_millis(8));
    // The thread is in the middle of something: the device is served all the same.
    let heard = rig.render("one", 960);
    assert!(heard[FADE - 1..].iter().all(|&x| x == 0.0));
    rig.settle();
    assert!(matches!(rig.end_of(old), Some(TrackEnd::Stopped)));
    assert_eq!(rig.effect(command).map(|effect| effect.device_frame), Some(480));
    assert_eq!(rig.turn(480), [0.0; 480]);
    check_balance(rig.counters());
}

#[test]
fn a_stop_when_fewer_frames_are_left_than_the_fade_takes() {
    let mut rig = Rig::new();
    let old = rig.play(&steady(500));
    let mut heard = rig.turn(490);
    rig.stop();
    rig.play(&[0.25; 100]);
    heard.extend(rig.turn(FADE + 100));
    assert!(
        largest_step(&heard[..490 + FADE]) <= STEEPEST,
        "the fade goes on from the last value"
    );
    assert_eq!(heard[490 + FADE..], [0.25; 100]);
    let counters = rig.counters();
    assert_eq!((counters.rendered, counters.discarded), (600, 0));
    assert!(matches!(rig.end_of(old), Some(TrackEnd::Stopped)));
}

#[test]
fn a_stop_while_idle_starved_or_paused() {
    let mut rig = Rig::new();
    rig.stop();
    rig.play(&[0.5; 10]);
    assert_eq!(rig.turn(10), [0.5; 10], "what comes after a stop is played");

    let late = rig.add();
    rig.push(late, &steady(1_000));
    rig.turn(2_000);
    assert_eq!(rig.mode(), Mode::Starved);
    rig.stop();
    rig.turn(10);
    assert_eq!(rig.mode(), Mode::Idle);
    let underrun_frames = rig.counters().underrun_frames;
    rig.turn(1_000);
    assert_eq!(
        rig.counters().underrun_frames,
        underrun_frames,
        "nothing is owed after a stop"
    );

    rig.pause();
    rig.play(&steady(1_000));
    assert_eq!(rig.turn(10), [0.0; 10]);
    rig.stop();
    rig.play(&[0.25; 10]);
    assert_eq!(rig.turn(10), [0.25; 10], "a stop ends a pause");
    check_balance(rig.counters());
}

#[test]
fn a_stop_does_not_touch_what_came_after_it_even_if_it_arrives_late() {
    let mut rig = Rig::new();
    rig.play(&steady(100));
    rig.stop();
    rig.stop();
    rig.play(&[0.25; 100]);
    rig.pause();
    rig.resume();
    assert_eq!(rig.turn(100), [0.25; 100]);
    assert_eq!(rig.counters().discarded, 100);
}

#[test]
fn what_has_left_the_ring_is_heard_and_was_not_stopped() {
    let mut rig = Rig::new();
    rig.delay = 1_000;
    let heard = rig.play(&steady(500));
    let cut = rig.play(&steady(500));
    rig.turn(750);
    assert!(rig.end_of(heard).is_none(), "it is still in the device");
    rig.stop();
    assert!(rig.end_of(heard).is_none());
    assert!(matches!(rig.end_of(cut), Some(TrackEnd::Stopped)));
    rig.turn(2_000);
    rig.turn(10);
    assert!(matches!(rig.end_of(heard), Some(TrackEnd::Heard)));
}

#[test]
fn draining_lets_be_heard_what_is_made_and_takes_no_more() {
    let mut rig = Rig::new();
    let growing = rig.add();
    rig.push(growing, &steady(2_000));
    let waiting = rig.add();
    rig.turn(500);
    rig.deck.stop_when_drained(&rig.valve);
    rig.push(growing, &steady(2_000));
    let heard = rig.turn(3_000);
    assert_eq!(heard[..1_500], steady(1_500));
    assert_eq!(heard[1_500..], [0.0; 1_500]);
    assert!(matches!(rig.end_of(growing), Some(TrackEnd::Heard)));
    assert!(matches!(rig.end_of(waiting), Some(TrackEnd::Stopped)));
    assert_eq!(rig.counters().underruns, 0, "the end is an end");
}

#[test]
fn a_stop_gets_through_when_the_device_takes_no_commands() {
    let mut rig = Rig::new();
    let old = rig.play(&steady(20_000));
    rig.turn(480);
    while rig.deck.pause(&rig.valve).is_ok() {}
    rig.stop();
    assert!(matches!(rig.end_of(old), Some(TrackEnd::Stopped)));
    for _ in 0..10 {
        rig.turn(480);
    }
    assert_eq!(rig.mode(), Mode::Idle);
    assert_eq!(rig.counters().queued, 0);
    let told = rig.take_events();
    let obeyed = told
        .iter()
        .filter(|event| matches!(event, PlaybackEvent::Obeyed { .. }));
    assert!(obeyed.count() >= 64, "each command is acknowledged");
}

#[test]
fn what_a_stop_has_discarded_was_not_heard_whoever_learns_of_it_first() {
    let mut rig = Rig::new();
    // All of it is in the ring, its end included.
    let old = rig.play(&steady(2_000));
    rig.turn(480);
    rig.valve.stop(Duration::from_millis(8));
    rig.render("one", 960);
    rig.pass(Duration::from_millis(40));
    assert!(matches!(rig.end_of(old), Some(TrackEnd::Stopped)));
}

#[test]
fn of_two_stops_at_a_time_each_has_its_effect() {
    let mut rig = Rig::new();
    rig.play(&steady(20_000));
    rig.turn(480);
    let stops = [rig.valve.stop(Duration::ZERO), rig.valve.stop(Duration::ZERO)];
    rig.turn(480);
    for stop in stops {
        assert_eq!(rig.effect(stop).map(|effect| effect.device_frame), Some(480));
    }
}

#[test]
fn a_stop_that_comes_while_another_command_is_given_leaves_playback_as_it_should_be() {
    let mut rig = Rig::new();
    let tracks = [rig.play(&steady(20_000)), rig.play(&steady(20_000))];
    rig.turn(480);
    // From another thread, when the deck has begun to skip.
    let stop = rig.valve.stop(Duration::ZERO);
    let skip = rig.deck.skip(QueueId::FIRST, &rig.valve).unwrap();
    rig.turn(480);
    assert!(rig.effect(stop).is_some() && rig.effect(skip).is_some());
    for track in tracks {
        assert!(matches!(rig.end_of(track), Some(TrackEnd::Stopped)));
    }
    let new = rig.play(&numbered(500));
    assert_eq!(rig.turn(600)[..500], numbered(500));
    assert!(matches!(rig.end_of(new), Some(TrackEnd::Heard)));
    check_balance(rig.counters());
}

#[test]
fn a_stop_that_comes_while_the_output_changes_leaves_playback_as_it_should_be() {
    let devices = [("one", 48_000, 1), ("two", 48_000, 1)];
    let mut rig = Rig::with(&super::super::PlayerOptions::default(), &devices);
    let old = rig.play(&steady(20_000));
    rig.turn(480);
    let command = Arc::new(Mutex::new(None));
    *rig.meanwhile.lock() = Some({
        let (valve, command) = (Arc::clone(&rig.valve), Arc::clone(&command));
        Box::new(move || *command.lock() = Some(valve.stop(Duration::ZERO)))
    });
    rig.route(by_id("two"));
    let stop = command.lock().expect("it came meanwhile");
    assert!(rig.effect(stop).is_some());
    assert!(matches!(rig.end_of(old), Some(TrackEnd::Stopped)));
    // What was pushed for the new output before the deck heard of it is discarded there.
    assert_eq!(rig.turn_device("two", 480), [0.0; 480]);
    let new = rig.play(&numbered(500));
    assert_eq!(rig.turn_device("two", 600)[..500], numbered(500));
    assert!(matches!(rig.end_of(new), Some(TrackEnd::Heard)));
    check_balance(rig.counters());
}

#[test]
fn a_stop_that_made_way_for_a_later_one_has_its_effect_with_it() {
    let mut rig = Rig::new();
    rig.play(&steady(20_000));
    // More than wait anywhere for a device that asks for nothing.
    let stops: Vec<_> = (0..200).map(|_| rig.stop()).collect();
    rig.turn(480);
    rig.turn(480);
    for stop in stops.iter().rev().take(super::super::deck::EFFECTS) {
        assert!(rig.effect(*stop).is_some(), "{stop:?}");
    }
    assert!(rig.deck.is_drained());
}
