//! Changing from one output to another.

use super::super::PlayerOptions;
use super::super::event::{OpenReason, PlaybackEvent};
use super::super::output::OutputSelection;
use super::super::track::TrackEnd;
use super::rig::{RATE, Rig, by_id};
use super::{FADE, check_balance, numbered, steady};

fn two() -> Rig {
    Rig::with(&PlayerOptions::default(), &[("one", RATE, 1), ("two", RATE, 1)])
}

#[test]
fn a_change_of_route_goes_on_with_the_frame_at_which_the_old_one_fades() {
    let mut rig = two();
    let frames = numbered(20_000);
    let track = rig.play(&frames);
    rig.turn(4_800);
    let command = rig.route(by_id("two"));
    assert!(rig.effect(command).is_some());
    assert_eq!(*rig.deck.route(), by_id("two"));
    let heard = rig.turn_device("two", 2_000);
    assert_eq!(heard[FADE..], frames[4_800 + FADE..4_800 + 2_000]);
    for _ in 0..10 {
        rig.turn_device("two", 2_000);
    }
    assert!(matches!(rig.end_of(track), Some(TrackEnd::Heard)));
    rig.route(OutputSelection::Default);
    assert!(rig.is_open("one") && !rig.is_open("two"));
    rig.play(&numbered(100));
    assert_eq!(rig.turn(100), numbered(100));
    check_balance(rig.counters());
}

#[test]
fn a_route_that_fails_leaves_the_old_one_sounding() {
    let mut rig = two();
    rig.play(&steady(20_000));
    rig.turn(480);
    rig.take_events();
    let command = rig.route(by_id("nowhere"));
    let events = rig.take_events();
    assert!(
        events.iter().any(
            |event| matches!(event, PlaybackEvent::RouteFailed { command: failed, .. } if *failed == command)
        ),
        "{events:?}"
    );
    assert_eq!(*rig.deck.route(), OutputSelection::Default);
    assert_eq!(rig.turn(1_000), steady(1_000), "without a seam");
    assert_eq!(rig.counters().discarded, 0);
}

#[test]
fn the_default_output_is_followed_unless_another_was_asked_for() {
    let mut rig = two();
    rig.play(&steady(480_000));
    rig.turn(480);
    rig.take_events();
    rig.world.lock().default = "two";
    for _ in 0..250 {
        if rig.is_open("one") {
            rig.turn(480);
        }
    }
    let opened = rig.take_events().into_iter().find_map(|event| match event {
        PlaybackEvent::OutputOpened(open) => Some((open.config.id.to_string(), open.reason)),
        _ => None,
    });
    assert_eq!(opened, Some(("two".into(), OpenReason::Followed)));
    assert_eq!(*rig.deck.route(), OutputSelection::Default);

    rig.route(by_id("two"));
    rig.world.lock().default = "one";
    for _ in 0..500 {
        rig.turn_device("two", 480);
    }
    assert!(rig.is_open("two") && !rig.is_open("one"));
}

#[test]
fn of_two_changes_of_route_the_last_one_counts() {
    let mut rig = two();
    rig.turn(480);
    *rig.hangs.lock() = true;
    let first = rig.deck.set_route(by_id("two"), &rig.valve);
    rig.settle();
    *rig.hangs.lock() = false;
    rig.route(OutputSelection::Default);
    assert!(rig.is_open("one"));
    let failed = rig
        .take_events()
        .into_iter()
        .any(|event| matches!(event, PlaybackEvent::RouteFailed { command, .. } if command == first));
    assert!(failed, "whoever asked first is told");
}
