//! Opening on first use, and closing while nothing is heard.

use super::super::PlaybackError;
use super::super::event::{OpenReason, PlaybackEvent};
use super::super::output::{OutputError, OutputId};
use super::super::queue::Interrupt;
use super::super::track::TrackEnd;
use super::desk::runs;
use super::rig::{RATE, Rig, by_id};
use super::{assert_same, check_balance, numbered};
use std::time::Duration;

fn outputs(events: &[PlaybackEvent]) -> Vec<String> {
    events
        .iter()
        .filter_map(|event| match event {
            PlaybackEvent::OutputOpened(open) => Some(format!("open {} {:?}", open.config.id, open.reason)),
            PlaybackEvent::OutputFailed { error, .. } => Some(format!("failed: {error}")),
            PlaybackEvent::OutputReleased { output } => Some(format!("released {}", output.id)),
            _ => None,
        })
        .collect()
}

/// How often the device was opened.
fn opened(rig: &Rig) -> u32 {
    rig.world.lock().devices["one"].opened
}

#[test]
fn the_output_is_opened_for_the_first_track_and_not_before() {
    let mut rig = Rig::closed(&[("one", RATE, 1)]);
    let a = rig.queue();
    let quiet = super::super::Volume {
        level: 0.5,
        ..Default::default()
    };
    let commands = [
        rig.deck.set_volume(quiet, &rig.valve).unwrap(),
        rig.pause(),
        rig.resume(),
        rig.pause_queue(a),
        rig.resume_queue(a),
        rig.stop(),
    ];
    rig.wait(Duration::from_secs(5));
    assert_eq!(opened(&rig), 0);
    assert_eq!(rig.next_round(), Duration::from_secs(1), "and there is no hurry");
    for command in commands {
        assert!(rig.effect(command).is_some(), "commands are answered meanwhile");
    }
    let track = rig.play(&[0.4; 1_000]);
    assert_eq!(outputs(&rig.take_events()), ["open one First"]);
    assert_eq!(runs(&rig.turns(4)), [(0.4 * 0.125, 1_000)]);
    assert!(matches!(rig.end_of(track), Some(TrackEnd::Heard)));
}

#[test]
fn an_error_is_told_to_all_who_wait_at_once_and_the_next_track_tries_again() {
    let mut rig = Rig::closed(&[("one", RATE, 1)]);
    let (a, b) = (rig.queue(), rig.queue());
    let refusal = OutputError::NotFound(OutputId::new("one"));
    rig.world.lock().devices.get_mut("one").unwrap().refuses = Some(refusal.clone());
    rig.pause_queue(b);
    let waits = rig.play_in(b, &numbered(100));
    rig.settle();
    assert!(rig.end_of(waits).is_none(), "it is paused, and needs none yet");
    let first = rig.play_in(a, &numbered(100));
    for track in [waits, first] {
        let end = rig.end_of(track).unwrap();
        assert!(
            matches!(&end, TrackEnd::Failed(PlaybackError::Output(error)) if error.to_string() == refusal.to_string()),
            "{end:?}"
        );
    }
    assert_eq!(outputs(&rig.take_events()), [format!("failed: {refusal}")]);
    assert_eq!(rig.refusal(), None, "nothing is given up");
    assert!(rig.deck.failure().is_some());
    rig.plug_in("one");
    rig.wait(Duration::from_secs(5));
    assert_eq!(opened(&rig), 0, "it is not looked for in between");
    let next = rig.play_in(a, &numbered(100));
    assert_same(&rig.turns(1)[..100], &numbered(100));
    rig.turns(1);
    assert!(matches!(rig.end_of(next), Some(TrackEnd::Heard)));
    assert!(rig.deck.failure().is_none());
}

#[test]
fn an_output_that_takes_long_to_open_is_waited_for_and_commands_are_not_kept_waiting() {
    let mut rig = Rig::closed(&[("one", RATE, 1)]);
    let a = rig.queue();
    *rig.hangs.lock() = true;
    let stopped = rig.play_in(a, &numbered(1_000));
    rig.wait(Duration::from_secs(1));
    rig.stop_queue(a);
    assert!(matches!(rig.end_of(stopped), Some(TrackEnd::Stopped)));
    let track = rig.play(&numbered(1_000));
    rig.wait(Duration::from_secs(4));
    assert_eq!(outputs(&rig.take_events()), [""; 0]);
    *rig.hangs.lock() = false;
    rig.settle();
    assert_eq!(outputs(&rig.take_events()), ["open one First"]);
    assert_same(&rig.turns(3)[..1_000], &numbered(1_000));
    rig.turns(1);
    assert!(matches!(rig.end_of(track), Some(TrackEnd::Heard)));
}

#[test]
fn an_output_that_never_opens_is_given_up_and_tried_again_for_the_next_track() {
    let mut rig = Rig::closed(&[("one", RATE, 1)]);
    *rig.hangs.lock() = true;
    let track = rig.play(&numbered(1_000));
    rig.wait(Duration::from_secs(29));
    assert!(rig.end_of(track).is_none());
    rig.wait(Duration::from_secs(2));
    let end = rig.end_of(track);
    assert!(
        matches!(
            end,
            Some(TrackEnd::Failed(PlaybackError::Output(OutputError::TimedOut)))
        ),
        "{end:?}"
    );
    *rig.hangs.lock() = false;
    rig.settle();
    assert!(
        !rig.is_open("one"),
        "what opens too late is closed, since nobody waits"
    );
    rig.play(&numbered(1_000));
    assert_same(&rig.turns(3)[..1_000], &numbered(1_000));
}

#[test]
fn a_route_can_be_chosen_before_anything_is_open_and_while_it_opens() {
    let devices = [("one", RATE, 1), ("two", RATE, 1)];
    let mut rig = Rig::closed(&devices);
    let command = rig.route(by_id("two"));
    assert!(rig.effect(command).is_some());
    assert_eq!(rig.world.lock().devices["two"].opened, 0);
    *rig.hangs.lock() = true;
    rig.play(&numbered(1_000));
    rig.wait(Duration::from_millis(100));
    rig.route(by_id("one"));
    *rig.hangs.lock() = false;
    rig.settle();
    assert!(
        !rig.is_open("two"),
        "what was to be opened before is not wanted any more"
    );
    // What hangs is tried again.
    rig.wait(Duration::from_millis(1_600));
    assert!(rig.is_open("one"));
    assert_eq!(*rig.deck.route(), by_id("one"));
    assert_same(&rig.turns(3)[..1_000], &numbered(1_000));
}

#[test]
fn a_released_output_is_closed_and_opened_again_when_there_is_something_to_be_heard() {
    let mut rig = Rig::new();
    let a = rig.queue();
    rig.play_in(a, &numbered(1_000));
    rig.turns(1);
    assert!(!rig.deck.release(&rig.valve), "something is heard");
    rig.turns(3);
    rig.take_events();
    assert!(rig.deck.release(&rig.valve));
    rig.settle();
    assert!(!rig.is_open("one"));
    assert!(rig.deck.release(&rig.valve), "still");
    assert_eq!(outputs(&rig.take_events()), ["released one"]);
    assert_eq!(rig.counters().losses, 0);
    rig.wait(Duration::from_secs(60));
    assert_eq!(opened(&rig), 1);

    rig.play_in(a, &numbered(500));
    let reason = format!("open one {:?}", OpenReason::First);
    assert_eq!(outputs(&rig.take_events()), [reason]);
    assert_same(&rig.turns(2)[..500], &numbered(500));
    rig.turns(1);
    assert!(rig.deck.release(&rig.valve));
    // What was heard is kept.
    rig.deck.replay(a, &rig.valve).unwrap();
    rig.settle();
    assert!(rig.is_open("one"));
    check_balance(rig.counters());
}

#[test]
fn an_output_that_is_needed_is_not_released() {
    let mut rig = Rig::new();
    let a = rig.queue();
    rig.pause_queue(a);
    let waits = rig.play_in(a, &numbered(1_000));
    rig.turns(1);
    assert!(!rig.deck.release(&rig.valve), "what is paused goes on");
    rig.stop_queue(a);
    assert!(rig.end_of(waits).is_some());
    rig.delay = 4_800;
    rig.play_in(a, &numbered(480));
    rig.turns(3);
    assert!(!rig.deck.release(&rig.valve), "its end is with the device");
    rig.turns(12);
    assert!(rig.deck.release(&rig.valve));
    // While one is looked for, it is looked for no longer.
    let mut rig = Rig::new();
    rig.turns(1);
    rig.unplug("one");
    rig.settle();
    assert!(rig.deck.release(&rig.valve));
    rig.plug_in("one");
    rig.wait(Duration::from_secs(5));
    assert!(!rig.is_open("one"));
}

#[test]
fn what_was_under_way_on_a_released_output_is_over() {
    let mut rig = Rig::new();
    let (a, b) = (rig.queue(), rig.queue());
    let stopped = rig.add_as(a, None, RATE);
    rig.push(stopped, &[0.1; 97]);
    rig.stop();
    // It obeys, and nothing of that is heard yet.
    rig.turn(1);
    assert!(rig.deck.release(&rig.valve));
    let track = rig.add_as(a, None, RATE);
    rig.push(track, &[0.1; 1]);
    rig.play_urgent(b, Interrupt::Resume, &[0.2; 480]);
    rig.complete(track);
    rig.turns(6);
    assert!(matches!(rig.end_of(track), Some(TrackEnd::Heard)));
}
