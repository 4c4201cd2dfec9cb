//! Urgent tracks: what they interrupt, and what becomes of it.

use super::super::event::PlaybackEvent;
use super::super::queue::{Interrupt, QueueId};
use super::super::track::TrackEnd;
use super::desk::{long_runs, runs, stories};
use super::rig::{RATE, Rig};
use super::{FADE, assert_same, check_balance, largest_step, numbered};

/// The steepest step of a fade of the loudest numbered frame here, and of the ramp itself.
const STEEPEST: f32 = 1.5 * 0.35 / FADE as f32 + 1e-4;

#[test]
fn an_urgent_track_interrupts_and_what_it_interrupts_goes_on_from_the_start_of_the_word() {
    let mut rig = Rig::new();
    let other = rig.queue();
    let long = rig.add();
    rig.words(long, 1_000, 20_000);
    rig.push(long, &numbered(20_000));
    rig.complete(long);
    let mut heard = rig.turns(5);
    rig.take_events();
    let urgent = rig.play_urgent(other, Interrupt::Resume, &[0.4; 1_000]);
    heard.extend(rig.turns(8));
    // It fades out, the urgent one begins with its first frame as soon as that is known, and goes on in the word.
    assert!(heard[2_400..2_400 + FADE].iter().all(|frame| *frame < 0.05));
    assert_eq!(heard[2_400 + FADE..2_880], [0.0; 480 - FADE]);
    assert_eq!(heard[2_880..3_880], [0.4; 1_000]);
    let again = heard.iter().rposition(|frame| *frame == 0.0).unwrap() + 1;
    // From the word at 2000 on.
    let expected = &numbered(20_000)[2_000..][..heard.len() - again];
    assert_same(&heard[again + FADE..], &expected[FADE..]);
    assert!(largest_step(&heard[again..]) <= STEEPEST);
    let events = rig.take_events();
    assert_eq!(
        stories(&events),
        [("hold", long), ("start", urgent), ("end", urgent), ("on", long)]
    );
    let places: Vec<u64> = events
        .iter()
        .filter_map(|event| match event {
            PlaybackEvent::TrackInterrupted { position, .. }
            | PlaybackEvent::TrackResumed { position, .. } => Some(position.frame),
            _ => None,
        })
        .collect();
    assert_eq!(places, [2_400, 2_000]);
    rig.turns(60);
    assert!(matches!(rig.end_of(long), Some(TrackEnd::Heard)));
    assert_eq!(rig.counters().underruns, 0);
    check_balance(rig.counters());
}

#[test]
fn without_words_it_goes_on_from_the_very_frame() {
    let mut rig = Rig::new();
    let other = rig.queue();
    rig.play(&numbered(20_000));
    rig.turns(5);
    rig.play_urgent(other, Interrupt::Resume, &[0.4; 480]);
    let heard = rig.turns(6);
    assert_eq!(runs(&heard[480..960]), [(0.4, 480)]);
    let from = heard[960..].iter().position(|frame| *frame != 0.0).unwrap() + 960;
    let expected = &numbered(20_000)[2_400..][..heard.len() - from];
    assert_same(&heard[from + FADE..], &expected[FADE..]);
}

#[test]
fn what_is_discarded_is_stopped_and_says_how_far_it_was_heard() {
    let mut rig = Rig::new();
    let other = rig.queue();
    let cut = rig.add();
    rig.words(cut, 1_000, 20_000);
    rig.push(cut, &numbered(20_000));
    rig.complete(cut);
    let next = rig.play(&[0.3; 500]);
    rig.turns(5);
    rig.take_events();
    let urgent = rig.play_urgent(other, Interrupt::Discard, &[0.4; 500]);
    let heard = rig.turns(6);
    assert_eq!(long_runs(&heard), [(0.4, 500), (0.3, 500)]);
    assert!(matches!(rig.end_of(cut), Some(TrackEnd::Stopped)));
    let events = rig.take_events();
    assert_eq!(
        stories(&events),
        [
            ("cut", cut),
            ("stop", cut),
            ("start", urgent),
            ("end", urgent),
            ("start", next),
            ("end", next)
        ]
    );
    let extent = events.iter().find_map(|event| match event {
        PlaybackEvent::TrackStopped { heard, .. } => Some(heard.clone()),
        _ => None,
    });
    let extent = extent.unwrap();
    assert!(extent.has_begun);
    assert_eq!((extent.position.frame, extent.word), (2_400, Some(2_000..2_001)));
}

#[test]
fn urgent_tracks_wait_for_each_other_and_interrupt_once_they_have_frames() {
    let mut rig = Rig::new();
    let (a, b) = (rig.queue(), rig.queue());
    rig.play(&[0.1; 20_000]);
    rig.turns(2);
    let first = rig.add_as(a, Some(Interrupt::Resume), RATE);
    rig.play_urgent(b, Interrupt::Resume, &[0.3; 480]);
    assert_eq!(
        runs(&rig.turns(2)),
        [(0.1, 960)],
        "the first of them has no frames"
    );
    rig.push(first, &[0.2; 480]);
    let mut heard = rig.turns(2);
    rig.complete(first);
    let last = rig.add_as(a, Some(Interrupt::Resume), RATE);
    heard.extend(rig.turns(6));
    rig.push(last, &[0.4; 480]);
    rig.complete(last);
    heard.extend(rig.turns(6));
    let heard = long_runs(&heard);
    // While one of them is heard, the next is waited for, and what they have interrupted goes on after all of them.
    let levels: Vec<f32> = heard.iter().map(|(level, _)| *level).collect();
    assert_eq!(levels, [0.2, 0.3, 0.4, 0.1], "{heard:?}");
}

#[test]
fn an_urgent_track_interrupts_its_own_queue_too() {
    let mut rig = Rig::new();
    rig.play(&[0.1; 5_000]);
    rig.play(&[0.2; 500]);
    rig.turns(2);
    rig.play_urgent(QueueId::FIRST, Interrupt::Resume, &[0.3; 500]);
    let heard = long_runs(&rig.turns(20));
    let levels: Vec<f32> = heard.iter().map(|(level, _)| *level).collect();
    assert_eq!(levels, [0.3, 0.1, 0.2]);
}

#[test]
fn while_nothing_is_heard_there_is_nothing_to_interrupt() {
    let mut rig = Rig::new();
    let other = rig.queue();
    let slow = rig.add();
    rig.turns(1);
    rig.play_urgent(other, Interrupt::Discard, &[0.3; 480]);
    assert_eq!(runs(&rig.turns(1)), [(0.3, 480)], "at once");
    rig.push(slow, &[0.1; 480]);
    rig.complete(slow);
    assert_eq!(
        runs(&rig.turns(3)),
        [(0.1, 480)],
        "what has not begun is not discarded"
    );
    assert!(matches!(rig.end_of(slow), Some(TrackEnd::Heard)));
    let told = stories(&rig.take_events());
    assert!(
        told.iter().all(|(what, _)| matches!(*what, "start" | "end")),
        "{told:?}"
    );
}

#[test]
fn an_urgent_track_that_comes_to_nothing_interrupts_nobody() {
    let mut rig = Rig::new();
    let other = rig.queue();
    rig.play(&[0.1; 5_000]);
    rig.turns(1);
    let empty = rig.play_urgent(other, Interrupt::Discard, &[]);
    assert!(matches!(rig.end_of(empty), Some(TrackEnd::Heard)));
    let stopped = rig.add_as(other, Some(Interrupt::Discard), RATE);
    rig.turns(1);
    rig.stop_queue(other);
    assert!(matches!(rig.end_of(stopped), Some(TrackEnd::Stopped)));
    assert_eq!(runs(&rig.turns(11)), [(0.1, 4_040)]);
}

#[test]
fn what_is_interrupted_goes_on_when_the_urgent_track_is_stopped_before_it_is_heard() {
    for interrupt in [Interrupt::Resume, Interrupt::Discard] {
        let mut rig = Rig::new();
        let other = rig.queue();
        let long = rig.play(&numbered(10_000));
        rig.turns(2);
        let urgent = rig.play_urgent(other, interrupt, &[0.4; 1_000]);
        // Its predecessor is told to fade, and has not yet.
        rig.stop_queue(other);
        let heard = rig.turns(4);
        assert!(!heard.contains(&0.4));
        let end = numbered(10_000)[960 + FADE..].to_vec();
        assert!(
            heard.windows(500).any(|part| part == &end[..500]),
            "it goes on where it was left"
        );
        assert!(matches!(rig.end_of(urgent), Some(TrackEnd::Stopped)));
        rig.turns(30);
        assert!(matches!(rig.end_of(long), Some(TrackEnd::Heard)));
    }
}

#[test]
fn stopping_the_queue_of_an_interrupted_track_leaves_the_urgent_one() {
    let mut rig = Rig::new();
    let (a, b) = (rig.queue(), rig.queue());
    let long = rig.play_in(a, &[0.1; 10_000]);
    rig.turns(2);
    rig.play_urgent(b, Interrupt::Resume, &[0.3; 1_000]);
    // As it fades out.
    let stopped = rig.stop_queue(a);
    assert!(matches!(rig.end_of(long), Some(TrackEnd::Stopped)));
    assert!(rig.effect(stopped).is_some());
    assert_eq!(long_runs(&rig.turns(6)), [(0.3, 1_000)]);
    // And while the other is heard.
    let long = rig.play_in(a, &[0.1; 10_000]);
    rig.turns(2);
    rig.play_urgent(b, Interrupt::Resume, &[0.3; 1_000]);
    rig.turns(2);
    rig.stop_queue(a);
    assert_eq!(long_runs(&rig.turns(6)), [(0.3, 1_000 - 480)]);
    assert!(matches!(rig.end_of(long), Some(TrackEnd::Stopped)));
    check_balance(rig.counters());
}

#[test]
fn the_interrupted_track_comes_before_one_that_was_asked_for_earlier_and_is_resumed() {
    let mut rig = Rig::new();
    let (a, b, c) = (rig.queue(), rig.queue(), rig.queue());
    rig.play_in(a, &[0.1; 1_000]);
    rig.pause_queue(a);
    rig.play_in(b, &[0.2; 3_000]);
    rig.turns(2);
    rig.resume_queue(a);
    rig.play_urgent(c, Interrupt::Resume, &[0.3; 1_000]);
    let heard = long_runs(&rig.turns(20));
    let levels: Vec<f32> = heard.iter().map(|(level, _)| *level).collect();
    assert_eq!(levels, [0.3, 0.2, 0.1]);
}

#[test]
fn an_urgent_track_waits_for_the_end_of_a_pause_of_the_player() {
    let mut rig = Rig::new();
    let other = rig.queue();
    rig.play(&numbered(10_000));
    rig.turns(2);
    rig.pause();
    rig.turns(2);
    rig.play_urgent(other, Interrupt::Resume, &[0.4; 1_000]);
    assert!(rig.turns(4).iter().all(|frame| *frame == 0.0));
    rig.resume();
    let heard = rig.turns(10);
    assert_eq!(long_runs(&heard)[0], (0.4, 1_000), "what begins is not faded");
    let end = numbered(10_000)[2_000..].to_vec();
    assert!(heard.windows(500).any(|part| part == &end[..500]));
    check_balance(rig.counters());
}

#[test]
fn an_interruption_is_told_when_it_is_heard_and_the_beginning_before_it() {
    let mut rig = Rig::new();
    rig.delay = 1_500;
    let (first, second) = (rig.queue(), rig.queue());
    let long = rig.add_as(first, None, RATE);
    rig.words(long, 1_000, 20_000);
    rig.push(long, &numbered(20_000));
    rig.turn(2);
    // It goes on with its first word, as if it began.
    let urgent = rig.play_urgent(second, Interrupt::Resume, &[0.4; 96]);
    rig.turns(2);
    assert!(stories(&rig.take_events()).is_empty(), "nothing is heard yet");
    rig.turns(10);
    assert_eq!(
        stories(&rig.take_events()),
        [
            ("start", long),
            ("hold", long),
            ("start", urgent),
            ("end", urgent),
            ("on", long)
        ]
    );
}

#[test]
fn a_second_interruption_at_the_same_place_is_not_told() {
    let mut rig = Rig::new();
    let (first, second) = (rig.queue(), rig.queue());
    let long = rig.play_in(first, &numbered(20_000));
    rig.turns(2);
    rig.play_urgent(second, Interrupt::Resume, &[0.4; 96]);
    rig.turns(2);
    // It has its turn again; before anything is heard of it there is another.
    let again = rig.play_urgent(second, Interrupt::Resume, &[0.4; 96]);
    rig.turns(10);
    let told: Vec<_> = stories(&rig.take_events())
        .into_iter()
        .filter(|(_, track)| *track == long)
        .map(|(what, _)| what)
        .collect();
    assert_eq!(told, ["start", "hold", "on"], "{again:?}");
}
