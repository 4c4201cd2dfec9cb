//! Outputs that are lost or changed while several queues take turns.

use super::super::PlayerOptions;
use super::super::queue::Interrupt;
use super::super::track::TrackEnd;
use super::desk::{long_runs, runs, stories};
use super::rig::{RATE, Rig, by_id};
use super::{FADE, assert_same, check_balance, numbered};
use std::time::Duration;

fn lose(rig: &mut Rig) {
    rig.unplug("one");
    rig.plug_in("one");
    rig.settle();
}

#[test]
fn the_queue_that_is_heard_goes_on_where_it_was_lost_and_the_others_wait_as_before() {
    let mut rig = Rig::new();
    let (a, b) = (rig.queue(), rig.queue());
    rig.play_in(a, &numbered(5_000));
    let other = rig.play_in(b, &[0.4; 500]);
    let volume = super::super::Volume {
        level: 0.5,
        ..Default::default()
    };
    rig.deck.set_queue_volume(b, volume, &rig.valve).unwrap();
    rig.turns(4);
    lose(&mut rig);
    let heard = rig.turns(12);
    // The last callback's frames may not have been played.
    let from = 4 * 480 - 480;
    assert_same(&heard[FADE..5_000 - from], &numbered(5_000)[from + FADE..]);
    assert_eq!(runs(&heard[5_000 - from..]), [(0.4 * 0.125, 500)]);
    assert!(matches!(rig.end_of(other), Some(TrackEnd::Heard)));
    check_balance(rig.counters());
}

/// The end of one and the beginning of the other are both with the device when it goes.
#[test]
fn during_a_change_of_turn_both_go_on_with_what_was_not_heard() {
    let mut rig = Rig::new();
    rig.delay = 2_400;
    let (a, b) = (rig.queue(), rig.queue());
    let one = rig.play_in(a, &numbered(4_800));
    let two = rig.play_in(b, &[0.4; 4_800]);
    rig.turns(13);
    assert!(rig.end_of(one).is_none() && rig.heard().is_some_and(|(track, _)| track == one));
    lose(&mut rig);
    rig.delay = 0;
    let heard = rig.turns(25);
    // 13 callbacks of 480 were asked for; the device had 2400 to play before the last one.
    let from = 13 * 480 - 480 - 2_400;
    assert_same(&heard[FADE..4_800 - from], &numbered(4_800)[from + FADE..]);
    assert_eq!(
        runs(&heard[4_800 - from..]),
        [(0.4, 4_800)],
        "from its first frame"
    );
    for track in [one, two] {
        assert!(matches!(rig.end_of(track), Some(TrackEnd::Heard)));
    }
}

#[test]
fn a_pause_that_the_lost_output_has_not_obeyed_holds() {
    let mut rig = Rig::new();
    let (a, b) = (rig.queue(), rig.queue());
    let paused = rig.play_in(a, &numbered(5_000));
    rig.play_in(b, &[0.4; 500]);
    rig.turns(4);
    let command = rig.pause_queue(a);
    lose(&mut rig);
    assert!(rig.effect(command).is_some());
    assert_eq!(runs(&rig.turns(4)), [(0.4, 500)]);
    rig.resume_queue(a);
    let heard = rig.turns(12);
    let from = 4 * 480 - 480;
    assert_same(&heard[FADE..5_000 - from], &numbered(5_000)[from + FADE..]);
    assert!(matches!(rig.end_of(paused), Some(TrackEnd::Heard)));
}

#[test]
fn an_interruption_that_the_lost_output_has_not_obeyed_takes_place() {
    for interrupt in [Interrupt::Resume, Interrupt::Discard] {
        let mut rig = Rig::new();
        let (a, b) = (rig.queue(), rig.queue());
        let long = rig.add_as(a, None, RATE);
        rig.words(long, 1_000, 5_000);
        rig.push(long, &numbered(5_000));
        rig.complete(long);
        rig.turns(4);
        rig.play_urgent(b, interrupt, &[0.4; 480]);
        rig.take_events();
        lose(&mut rig);
        let heard = rig.turns(12);
        assert_eq!(runs(&heard[..960]), [(0.4, 480)]);
        let told = stories(&rig.take_events());
        if interrupt == Interrupt::Discard {
            assert!(matches!(rig.end_of(long), Some(TrackEnd::Stopped)));
            assert_eq!(told[..2], [("cut", long), ("stop", long)]);
            continue;
        }
        // What was not heard for certain begins in the second word.
        assert_eq!(told[0], ("hold", long));
        assert_same(&heard[960 + FADE..960 + 4_000], &numbered(5_000)[1_000 + FADE..]);
        assert!(matches!(rig.end_of(long), Some(TrackEnd::Heard)));
    }
}

#[test]
fn what_was_interrupted_and_not_heard_to_there_is_not_lost() {
    let mut rig = Rig::new();
    rig.delay = 2_400;
    let (a, b) = (rig.queue(), rig.queue());
    let long = rig.play_in(a, &numbered(10_000));
    rig.turns(10);
    rig.play_urgent(b, Interrupt::Resume, &[0.4; 480]);
    rig.turns(2);
    lose(&mut rig);
    rig.delay = 0;
    let heard = rig.turns(30);
    // It was left at 4800, of which what followed 12 * 480 - 480 - 2400 may not have been heard.
    let from = 12 * 480 - 480 - 2_400;
    assert_eq!(long_runs(&heard)[0], (0.4, 480));
    let end = numbered(10_000)[from + FADE..].to_vec();
    assert!(heard.windows(end.len()).any(|part| part == end));
    assert!(matches!(rig.end_of(long), Some(TrackEnd::Heard)));
}

#[test]
fn a_stop_of_a_queue_that_the_lost_output_has_not_obeyed_holds() {
    let mut rig = Rig::new();
    rig.delay = 960;
    let (a, b) = (rig.queue(), rig.queue());
    let gone = rig.play_in(a, &[0.1; 960]);
    let long = rig.play_in(b, &[0.2; 10_000]);
    rig.turns(4);
    // The end of one is with the device, the other is heard.
    rig.stop_queue(a);
    rig.stop_queue(b);
    lose(&mut rig);
    assert_eq!(runs(&rig.turns(10)), []);
    assert!(rig.end_of(gone).is_some(), "nothing is left without an end");
    assert!(matches!(rig.end_of(long), Some(TrackEnd::Stopped)));
}

#[test]
fn another_output_takes_over_in_the_midst_of_an_interruption() {
    let devices = [("one", 48_000, 1), ("two", 48_000, 1)];
    let mut rig = Rig::with(&PlayerOptions::default(), &devices);
    let (a, b) = (rig.queue(), rig.queue());
    let long = rig.play_in(a, &numbered(5_000));
    rig.turns(4);
    let urgent = rig.play_urgent(b, Interrupt::Resume, &[0.4; 480]);
    rig.route(by_id("two"));
    let mut heard = Vec::new();
    for _ in 0..12 {
        heard.extend(rig.turn_device("two", 480));
    }
    assert_eq!(runs(&heard[..960]), [(0.4, 480)]);
    assert_same(
        &heard[960 + FADE..960 + 5_000 - 1_920],
        &numbered(5_000)[1_920 + FADE..],
    );
    for track in [long, urgent] {
        assert!(matches!(rig.end_of(track), Some(TrackEnd::Heard)));
    }
    check_balance(rig.counters());
}

#[test]
fn an_interruption_is_told_once_when_outputs_go_before_anything_is_heard_again() {
    let devices = [("one", RATE, 1), ("two", RATE, 1)];
    let mut rig = Rig::with(&PlayerOptions::default(), &devices);
    let (a, b) = (rig.queue(), rig.queue());
    let long = rig.play_in(a, &numbered(5_000));
    rig.turns(2);
    // Interrupted; but who has interrupted it is paused, so it has its turn again on the other output.
    rig.play_urgent(b, Interrupt::Resume, &[0.4; 480]);
    rig.pause_queue(b);
    rig.route(by_id("two"));
    // There it is interrupted again, and that output is lost before anything of it is heard.
    let urgent = rig.play_urgent(a, Interrupt::Resume, &[0.3; 480]);
    rig.unplug("two");
    rig.plug_in("two");
    rig.settle();
    let mut heard = Vec::new();
    for _ in 0..15 {
        heard.extend(rig.turn_device("two", 480));
    }
    assert_eq!(long_runs(&heard)[0], (0.3, 480));
    let told = stories(&rig.take_events());
    let expected = [
        ("start", long),
        ("hold", long),
        ("start", urgent),
        ("end", urgent),
        ("on", long),
        ("end", long),
    ];
    assert_eq!(told, expected);
    check_balance(rig.counters());
}

#[test]
fn what_was_discarded_is_not_heard_again_on_the_next_output() {
    let mut rig = Rig::new();
    rig.delay = 2_400;
    let (a, b) = (rig.queue(), rig.queue());
    let cut = rig.play_in(a, &numbered(10_000));
    let next = rig.play_in(a, &[0.2; 480]);
    rig.turns(10);
    rig.play_urgent(b, Interrupt::Discard, &[0.4; 480]);
    rig.turns(2);
    assert!(matches!(rig.end_of(cut), Some(TrackEnd::Stopped)));
    // The device has not played to where it was cut off.
    lose(&mut rig);
    rig.delay = 0;
    rig.take_events();
    assert_eq!(long_runs(&rig.turns(10)), [(0.4, 480), (0.2, 480)]);
    let told = stories(&rig.take_events());
    assert!(told.iter().all(|(_, track)| *track != cut), "{told:?}");
    assert!(matches!(rig.end_of(next), Some(TrackEnd::Heard)));
    check_balance(rig.counters());
}

#[test]
fn when_it_is_given_up_the_tracks_of_all_queues_fail() {
    let mut rig = Rig::new();
    let (a, b) = (rig.queue(), rig.queue());
    let tracks = [
        rig.play_in(a, &numbered(5_000)),
        rig.play_in(b, &numbered(5_000)),
        rig.play_urgent(b, Interrupt::Resume, &numbered(5_000)),
    ];
    rig.pause_queue(b);
    rig.turns(2);
    rig.unplug("one");
    rig.settle();
    for _ in 0..310 {
        rig.pass(Duration::from_millis(100));
    }
    for track in tracks {
        assert!(matches!(rig.end_of(track), Some(TrackEnd::Failed(_))));
    }
    assert!(rig.deck.is_queue_paused(b), "the queues are still there");
}

#[test]
fn queues_can_be_told_what_to_do_while_there_is_no_output() {
    let mut rig = Rig::new();
    let (a, b) = (rig.queue(), rig.queue());
    rig.play_in(a, &[0.1; 500]);
    rig.play_in(b, &[0.2; 500]);
    rig.unplug("one");
    rig.settle();
    let commands = [rig.stop_queue(a), rig.pause_queue(b)];
    for command in commands {
        assert!(rig.effect(command).is_some());
    }
    rig.play_in(a, &[0.3; 500]);
    let gone = rig.queue();
    rig.play_in(gone, &[0.4; 500]);
    rig.remove_queue(gone);
    rig.plug_in("one");
    rig.pass(Duration::from_millis(100));
    assert_eq!(runs(&rig.turns(3)), [(0.3, 500)]);
    rig.resume_queue(b);
    assert_eq!(runs(&rig.turns(3)), [(0.2, 500)]);
}
