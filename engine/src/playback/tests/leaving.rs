//! Commands that come while a queue is being left, and after the device has obeyed that but before anybody knows.

use super::super::PlayerOptions;
use super::super::deck::Seek;
use super::super::queue::Interrupt;
use super::super::track::TrackEnd;
use super::desk::{long_runs, runs};
use super::rig::{RATE, Rig, by_id};
use super::{FADE, assert_same, check_balance, numbered};
use std::sync::Arc;
use std::time::Duration;

/// All of a track is in the ring, its end included, and the device has obeyed the flush that discards it.
fn left_unseen(rig: &mut Rig) {
    rig.render("one", 960);
}

#[test]
fn a_skip_leaves_the_track_that_was_heard_and_not_one_that_is_in_the_ring() {
    for is_seen in [true, false] {
        let mut rig = Rig::new();
        let a = rig.queue();
        let skipped = rig.play_in(a, &numbered(2_000));
        let next = rig.play_in(a, &[0.4; 1_000]);
        // The feed is in the midst of this one.
        rig.play_in(a, &[0.2; 2 * RATE as usize]);
        rig.turns(1);
        rig.pause_queue(a);
        if !is_seen {
            left_unseen(&mut rig);
        }
        rig.deck.skip(a, &rig.valve).unwrap();
        rig.turns(2);
        assert!(matches!(rig.end_of(skipped), Some(TrackEnd::Stopped)));
        rig.resume_queue(a);
        assert_eq!(runs(&rig.turns(4)), [(0.4, 1_000), (0.2, 920)]);
        assert!(matches!(rig.end_of(next), Some(TrackEnd::Heard)));
    }
}

#[test]
fn a_stop_of_everything_knows_that_what_was_discarded_was_not_heard() {
    let mut rig = Rig::new();
    let a = rig.queue();
    let track = rig.play_in(a, &numbered(2_000));
    rig.turns(1);
    rig.pause_queue(a);
    left_unseen(&mut rig);
    rig.valve.stop(Duration::ZERO);
    rig.deck.catch_up(&rig.valve);
    rig.turns(2);
    assert!(matches!(rig.end_of(track), Some(TrackEnd::Stopped)));
    check_balance(rig.counters());
}

#[test]
fn a_stop_of_the_queue_that_is_left_knows_so_too() {
    let mut rig = Rig::new();
    let a = rig.queue();
    let track = rig.play_in(a, &numbered(2_000));
    rig.turns(1);
    rig.pause_queue(a);
    left_unseen(&mut rig);
    let stop = rig.deck.stop_queue(a, Some(Duration::ZERO), &rig.valve).unwrap();
    assert!(rig.effect(stop).is_some());
    rig.turns(2);
    assert!(matches!(rig.end_of(track), Some(TrackEnd::Stopped)));
}

#[test]
fn another_output_takes_over_just_when_the_old_one_has_obeyed() {
    let devices = [("one", RATE, 1), ("two", RATE, 1)];
    let mut rig = Rig::with(&PlayerOptions::default(), &devices);
    let other = rig.queue();
    let long = rig.play(&numbered(2_000));
    rig.turns(1);
    rig.play_urgent(other, Interrupt::Resume, &[0.4; 480]);
    *rig.meanwhile.lock() = Some({
        let world = Arc::clone(&rig.world);
        Box::new(move || {
            let mut world = world.lock();
            let (renderer, _) = world.devices.get_mut("one").unwrap().open.as_mut().unwrap();
            renderer.render(&mut [0.0_f32; 960], 0);
        })
    });
    rig.route(by_id("two"));
    assert!(rig.end_of(long).is_none(), "it was discarded, and not heard");
    let heard: Vec<f32> = (0..8).flat_map(|_| rig.turn_device("two", 480)).collect();
    assert_eq!(runs(&heard[..960]), [(0.4, 480)]);
    assert_same(
        &heard[960 + FADE..][..2_000 - 480 - FADE],
        &numbered(2_000)[480 + FADE..],
    );
    assert!(matches!(rig.end_of(long), Some(TrackEnd::Heard)));
}

#[test]
fn a_place_in_a_track_that_waits_for_its_turn_waits_with_it() {
    let mut rig = Rig::new();
    let a = rig.queue();
    rig.play(&[0.1; 10_000]);
    rig.turns(1);
    // Its queue is on until it has faded.
    rig.stop();
    let slow = rig.add_as(a, None, RATE);
    rig.play(&numbered(2_000));
    rig.seek(Seek::Time(Duration::from_millis(10))).unwrap();
    assert_eq!(long_runs(&rig.turns(3)), []);
    assert_eq!(runs(&rig.turns(3)), []);
    rig.push(slow, &[0.4; 480]);
    rig.complete(slow);
    let heard = rig.turns(6);
    assert_eq!(long_runs(&heard)[0], (0.4, 480));
    let from = heard.iter().rposition(|frame| *frame == 0.4).unwrap() + 1;
    assert!(heard[from..].contains(&numbered(2_000)[1_999]));
}

#[test]
fn what_follows_a_discarded_track_has_no_claim_to_its_turn() {
    let mut rig = Rig::new();
    let (a, b, c) = (rig.queue(), rig.queue(), rig.queue());
    rig.play_in(a, &[0.1; 10_000]);
    rig.turns(2);
    let slow = rig.add_as(b, None, RATE);
    rig.play_urgent(c, Interrupt::Discard, &[0.2; 480]);
    rig.unplug("one");
    rig.plug_in("one");
    rig.settle();
    rig.play_in(a, &[0.3; 480]);
    assert_eq!(long_runs(&rig.turns(6)), [(0.2, 480)]);
    rig.push(slow, &[0.4; 480]);
    rig.complete(slow);
    assert_eq!(long_runs(&rig.turns(6)), [(0.4, 480), (0.3, 480)]);
}
