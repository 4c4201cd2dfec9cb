//! What is done to one queue, and that the others do not feel it.

use super::super::deck::Rank;
use super::super::deck::Seek;
use super::super::error::{QueueError, SeekError};
use super::super::event::PlaybackEvent;
use super::super::queue::{Interrupt, QUEUES, QueueId, QueueOptions};
use super::super::track::TrackEnd;
use super::super::{PlaybackError, PlayerOptions};
use super::desk::{long_runs, runs};
use super::rig::{RATE, Rig};
use super::{FADE, LEVEL, STEEPEST, assert_same, check_balance, largest_step, numbered, steady};
use std::time::Duration;

fn time(frames: u64) -> Duration {
    Duration::from_nanos(frames * 1_000_000_000 / u64::from(RATE) + 1)
}

#[test]
fn a_stop_of_the_queue_that_is_heard_fades_within_8_ms_and_the_next_has_its_turn() {
    let mut rig = Rig::new();
    let (a, b) = (rig.queue(), rig.queue());
    let heard_one = rig.play_in(a, &steady(20_000));
    let waits = rig.play_in(a, &steady(1_000));
    let other = rig.play_in(b, &[0.25; 1_000]);
    rig.turns(2);
    let command = rig.stop_queue(a);
    // The device's next callback is the one that obeys.
    let heard = rig.turns(1);
    assert!(largest_step(&heard) <= STEEPEST);
    assert!(heard[FADE - 1..].iter().all(|frame| *frame == 0.0));
    let effect = rig.effect(command).unwrap();
    assert_eq!(effect.device_frame, 960);
    assert_eq!(
        effect.position.map(|position| (position.track, position.frame)),
        Some((heard_one, 960))
    );
    for track in [heard_one, waits] {
        assert!(matches!(rig.end_of(track), Some(TrackEnd::Stopped)));
    }
    assert_eq!(runs(&rig.turns(4)), [(0.25, 1_000)]);
    assert!(matches!(rig.end_of(other), Some(TrackEnd::Heard)));
    assert_eq!(rig.counters().underruns, 0);
    check_balance(rig.counters());
}

#[test]
fn a_stop_of_another_queue_is_not_heard() {
    let mut rig = Rig::new();
    let (a, b) = (rig.queue(), rig.queue());
    rig.play_in(a, &numbered(5_000));
    let track = rig.play_in(b, &steady(1_000));
    let mut heard = rig.turns(2);
    let command = rig.stop_queue(b);
    assert!(rig.effect(command).is_some(), "at once");
    assert!(matches!(rig.end_of(track), Some(TrackEnd::Stopped)));
    heard.extend(rig.turns(12));
    assert_same(&heard[..5_000], &numbered(5_000));
    assert!(heard[5_000..].iter().all(|frame| *frame == 0.0));
    assert_eq!(rig.counters().discarded, 0);
}

#[test]
fn a_stop_of_a_queue_ends_its_pause_and_no_other() {
    let mut rig = Rig::new();
    let (a, b) = (rig.queue(), rig.queue());
    rig.pause_queue(a);
    rig.pause_queue(b);
    rig.play_in(a, &[0.1; 500]);
    rig.play_in(b, &[0.2; 500]);
    rig.stop_queue(a);
    rig.play_in(a, &[0.3; 500]);
    assert_eq!(runs(&rig.turns(3)), [(0.3, 500)]);
    assert!(rig.deck.is_queue_paused(b) && !rig.deck.is_queue_paused(a));
    // One of everything ends them all, and a pause of the player outlives one of a queue.
    rig.stop();
    rig.play_in(b, &[0.4; 500]);
    assert_eq!(runs(&rig.turns(3)), [(0.4, 500)]);
    rig.pause();
    rig.play_in(a, &[0.1; 500]);
    rig.stop_queue(b);
    rig.stop_queue(a);
    rig.play_in(a, &[0.1; 500]);
    assert_eq!(runs(&rig.turns(3)), []);
    assert!(rig.deck.is_paused());
}

#[test]
fn what_has_left_the_ring_is_heard_to_its_end_although_its_queue_is_stopped() {
    let mut rig = Rig::new();
    rig.delay = 4_800;
    let (a, b) = (rig.queue(), rig.queue());
    let gone = rig.play_in(a, &[0.1; 960]);
    rig.play_in(b, &[0.2; 10_000]);
    rig.turns(4);
    assert!(rig.end_of(gone).is_none(), "it is with the device");
    // It is the other one's turn by now.
    rig.stop_queue(a);
    assert!(rig.end_of(gone).is_none());
    rig.stop_queue(b);
    rig.turns(20);
    assert!(matches!(rig.end_of(gone), Some(TrackEnd::Heard)));
}

#[test]
fn draining_a_queue_leaves_the_others_as_they_are() {
    let mut rig = Rig::new();
    let (a, b) = (rig.queue(), rig.queue());
    let growing = rig.add_as(a, None, RATE);
    rig.push(growing, &[0.1; 2_000]);
    let empty = rig.add_as(a, None, RATE);
    let other = rig.add_as(b, None, RATE);
    rig.turns(2);
    let command = rig.deck.stop_queue(a, None, &rig.valve).unwrap();
    rig.push(growing, &[0.1; 2_000]);
    rig.push(other, &[0.2; 500]);
    rig.complete(other);
    assert_eq!(runs(&rig.turns(10)), [(0.1, 1_040), (0.2, 500)]);
    assert!(rig.effect(command).is_some());
    assert!(matches!(rig.end_of(growing), Some(TrackEnd::Heard)));
    assert!(matches!(rig.end_of(empty), Some(TrackEnd::Stopped)));
}

#[test]
fn a_queue_that_is_paused_leaves_its_turn_and_goes_on_from_the_frame_at_which_it_was_left() {
    let mut rig = Rig::new();
    let (a, b) = (rig.queue(), rig.queue());
    let long = rig.play_in(a, &numbered(10_000));
    rig.turns(2);
    rig.play_in(b, &[0.4; 1_000]);
    rig.play_in(b, &[0.3; 1_000]);
    let command = rig.pause_queue(a);
    let heard = rig.turns(1);
    assert_eq!(rig.effect(command).map(|effect| effect.device_frame), Some(960));
    assert!(largest_step(&heard) <= STEEPEST);
    assert_eq!(heard[FADE..], [0.0; 480 - FADE]);
    assert_eq!(runs(&rig.turns(1)), [(0.4, 480)]);
    let position = rig.deck.queue_position(a).unwrap();
    assert_eq!((position.track, position.frame), (long, 960));
    // It does not interrupt. Both of the others are in the ring by now.
    rig.resume_queue(a);
    assert_eq!(runs(&rig.turns(4)), [(0.4, 520), (0.3, 1_000)]);
    let heard = rig.turns(6);
    let from = heard.iter().position(|frame| *frame != 0.0).unwrap();
    let expected = &numbered(10_000)[960..][..heard.len() - from];
    assert_same(&heard[from + FADE..], &expected[FADE..]);
    rig.turns(20);
    assert!(matches!(rig.end_of(long), Some(TrackEnd::Heard)));
    assert_eq!(rig.counters().underruns, 0);
    check_balance(rig.counters());
}

#[test]
fn a_queue_that_is_resumed_with_nothing_else_to_be_heard_goes_on_at_once() {
    let mut rig = Rig::new();
    let a = rig.queue();
    rig.play_in(a, &numbered(10_000));
    rig.turns(2);
    rig.pause_queue(a);
    rig.turns(10);
    assert_eq!(runs(&rig.turns(1)), []);
    rig.resume_queue(a);
    assert_same(&rig.turns(2)[FADE..], &numbered(10_000)[960 + FADE..960 + 960]);
}

#[test]
fn a_queue_that_is_resumed_before_it_has_faded_goes_on_all_the_same() {
    let mut rig = Rig::new();
    let a = rig.queue();
    let track = rig.play_in(a, &numbered(10_000));
    rig.turns(2);
    let pause = rig.pause_queue(a);
    let resume = rig.resume_queue(a);
    assert!(rig.effect(resume).is_some() && rig.effect(pause).is_none());
    let heard = rig.turns(4);
    assert!(largest_step(&heard) <= STEEPEST);
    assert!(rig.effect(pause).is_some());
    let end = numbered(10_000)[960 + FADE..].to_vec();
    assert!(heard.windows(500).any(|part| part == &end[..500]));
    rig.turns(30);
    assert!(matches!(rig.end_of(track), Some(TrackEnd::Heard)));
}

#[test]
fn a_paused_queue_can_be_skipped_sought_and_stopped() {
    let mut rig = Rig::new();
    let a = rig.queue();
    let one = rig.play_in(a, &numbered(10_000));
    let two = rig.play_in(a, &[0.4; 1_000]);
    rig.turns(2);
    rig.pause_queue(a);
    // Before the device has obeyed: where it is left does not matter then.
    rig.deck.seek(a, Seek::Time(time(5_000)), &rig.valve).unwrap();
    rig.turns(2);
    rig.resume_queue(a);
    assert_same(
        &rig.turns(1)[FADE..],
        &numbered(10_000)[5_000 + FADE..5_000 + 480],
    );
    rig.pause_queue(a);
    rig.turns(2);
    rig.deck.skip(a, &rig.valve).unwrap();
    rig.resume_queue(a);
    assert_eq!(runs(&rig.turns(4)), [(0.4, 1_000)]);
    assert!(matches!(rig.end_of(two), Some(TrackEnd::Heard)));
    assert!(matches!(rig.end_of(one), Some(TrackEnd::Stopped)));
}

#[test]
fn commands_for_a_queue_that_waits_change_its_place_and_nothing_that_is_heard() {
    let mut rig = Rig::new();
    let (a, b) = (rig.queue(), rig.queue());
    rig.play_in(a, &numbered(5_000));
    let first = rig.play_in(b, &[0.3; 1_000]);
    rig.play_in(b, &[0.4; 1_000]);
    let mut heard = rig.turns(2);
    let commands = [
        rig.deck.skip(b, &rig.valve).unwrap(),
        rig.deck.seek(b, Seek::Time(time(500)), &rig.valve).unwrap(),
    ];
    rig.settle();
    for command in commands {
        assert_eq!(rig.effect(command).map(|effect| effect.device_frame), Some(960));
    }
    assert!(matches!(rig.end_of(first), Some(TrackEnd::Stopped)));
    heard.extend(rig.turns(14));
    assert_same(&heard[..5_000], &numbered(5_000));
    assert_eq!(
        long_runs(&heard[5_000..]),
        [(0.4, 500 - FADE + 1)],
        "faded in at 500"
    );
    // It is over; said again, it has the turn.
    rig.deck.replay(a, &rig.valve).unwrap();
    rig.settle();
    assert_same(&rig.turns(2), &numbered(960));
}

#[test]
fn a_skip_goes_on_with_whoever_is_next() {
    let mut rig = Rig::new();
    let (a, b) = (rig.queue(), rig.queue());
    rig.play_in(a, &[0.1; 5_000]);
    rig.play_in(b, &[0.2; 500]);
    rig.play_in(a, &[0.3; 500]);
    rig.turns(2);
    rig.deck.skip(a, &rig.valve).unwrap();
    rig.settle();
    assert_eq!(long_runs(&rig.turns(8)), [(0.2, 500), (0.3, 500)]);
}

#[test]
fn each_queue_has_room_of_its_own() {
    let options = PlayerOptions {
        ahead: Duration::from_millis(100),
        ..PlayerOptions::default()
    };
    let mut rig = Rig::with(&options, &[("one", RATE, 1)]);
    let (a, b) = (rig.queue(), rig.queue());
    rig.play_in(a, &[0.1; 4_800]);
    assert!(!rig.deck.has_room(a, Rank::Normal) && rig.deck.has_room(b, Rank::Normal));
    assert_eq!(rig.deck.unheard(a), Duration::from_millis(100));
    assert!(!rig.deck.makes_room());
    rig.turns(1);
    assert!(rig.deck.makes_room(), "who has asked is told");
    assert!(!rig.deck.makes_room(), "once");
    assert!(rig.deck.has_room(a, Rank::Normal));
    rig.play_in(b, &[0.1; 4_800]);
    assert!(
        rig.deck.has_room(b, Rank::Urgent),
        "what is urgent waits for nothing else"
    );
}

#[test]
fn a_queue_that_is_removed_fades_out_and_is_gone() {
    let mut rig = Rig::new();
    let (a, b) = (rig.queue(), rig.queue());
    let track = rig.play_in(a, &steady(10_000));
    rig.play_in(b, &[0.25; 500]);
    rig.turns(2);
    let command = rig.remove_queue(a);
    assert!(matches!(rig.end_of(track), Some(TrackEnd::Stopped)));
    assert_eq!(
        rig.deck.skip(a, &rig.valve),
        Err(SeekError::Queue(QueueError::Gone))
    );
    assert_eq!(rig.deck.pause_queue(a, &rig.valve), Err(QueueError::Gone));
    assert!(!rig.deck.has_queue(a));
    let heard = rig.turns(1);
    assert!(largest_step(&heard) <= STEEPEST);
    assert!(
        rig.effect(command).unwrap().position.is_some(),
        "it was there until then"
    );
    assert_eq!(runs(&rig.turns(3)), [(0.25, 500)]);
    assert_eq!(rig.deck.remove_queue(a, &rig.valve), Err(QueueError::Gone));
    assert_eq!(
        rig.deck.remove_queue(QueueId::FIRST, &rig.valve),
        Err(QueueError::First)
    );
    assert!(rig.deck.track_mut(track).is_none(), "nothing of it is kept");
    check_balance(rig.counters());
}

#[test]
fn there_are_so_many_queues_and_no_more() {
    let mut rig = Rig::new();
    let queues: Vec<QueueId> = (1..QUEUES).map(|_| rig.queue()).collect();
    let error = rig.deck.add_queue(QueueOptions::default()).unwrap_err();
    assert!(matches!(error, PlaybackError::Queue(QueueError::TooMany)));
    rig.remove_queue(queues[0]);
    let new = rig.queue();
    assert!(!queues.contains(&new), "a number is given once");
    // Each with something to say.
    for queue in queues[1..].iter().chain([&new]) {
        rig.play_in(*queue, &[LEVEL; 10]);
    }
    assert_eq!(runs(&rig.turns(QUEUES)), [(LEVEL, 10); QUEUES - 1]);
}

#[test]
fn a_stop_of_everything_ends_the_tracks_of_all_queues() {
    let mut rig = Rig::new();
    let (a, b) = (rig.queue(), rig.queue());
    let long = rig.play_in(a, &steady(10_000));
    let paused = rig.play_in(b, &steady(1_000));
    rig.pause_queue(b);
    rig.turns(2);
    let urgent = rig.play_urgent(b, Interrupt::Resume, &steady(1_000));
    rig.resume_queue(b);
    let stop = rig.stop();
    let heard = rig.turns(3);
    assert!(heard[FADE..].iter().all(|frame| *frame == 0.0));
    for track in [long, paused, urgent] {
        assert!(matches!(rig.end_of(track), Some(TrackEnd::Stopped)));
    }
    assert!(rig.effect(stop).is_some());
    rig.play_in(b, &numbered(500));
    assert_same(&rig.turns(2)[..500], &numbered(500));
    let told = rig.take_events();
    let obeyed =
        |event: &&PlaybackEvent| matches!(event, PlaybackEvent::Obeyed { command, .. } if *command == stop);
    assert_eq!(told.iter().filter(obeyed).count(), 1);
    check_balance(rig.counters());
}
