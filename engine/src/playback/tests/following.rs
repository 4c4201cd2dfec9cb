//! The playhead and the events that follow it: when a frame is heard, and not when it is queued.

use super::super::event::PlaybackEvent;
use super::super::track::{Mark, MarkKind, TrackId};
use super::rig::{RATE, Rig};
use super::steady;
use std::time::Duration;

fn marks(events: &[PlaybackEvent]) -> Vec<u64> {
    let frame = |event: &PlaybackEvent| match event {
        PlaybackEvent::Mark { mark, .. } => Some(mark.frame),
        _ => None,
    };
    events.iter().filter_map(frame).collect()
}

fn add_words(rig: &mut Rig, track: TrackId, frames: impl IntoIterator<Item = u64>) {
    for frame in frames {
        let kind = MarkKind::Word;
        rig.mark(
            track,
            Mark {
                frame,
                length: 0,
                kind,
                source: 0..1,
            },
        );
    }
}

#[test]
fn marks_are_told_once_each_when_the_device_has_played_up_to_them() {
    let mut rig = Rig::new();
    rig.delay = 960;
    let track = rig.add();
    add_words(&mut rig, track, [0, 100, 479, 480, 1_000, 2_000]);
    rig.push(track, &steady(2_000));
    rig.complete(track);
    rig.take_events();
    rig.turn(480);
    rig.turn(480);
    assert_eq!(
        marks(&rig.take_events()),
        [0; 0],
        "960 frames are still to be played before the first"
    );
    rig.turn(480);
    let events = rig.take_events();
    assert!(
        events
            .iter()
            .any(|event| matches!(event, PlaybackEvent::TrackStarted { .. }))
    );
    assert_eq!(marks(&events), [0, 100, 479]);
    rig.turn(480);
    assert_eq!(marks(&rig.take_events()), [480]);
    for _ in 0..5 {
        rig.turn(480);
    }
    let events = rig.take_events();
    assert_eq!(
        marks(&events),
        [1_000, 2_000],
        "a mark behind the last frame is told with the end"
    );
    assert!(
        events
            .iter()
            .any(|event| matches!(event, PlaybackEvent::TrackEnded { .. }))
    );
}

#[test]
fn the_playhead_moves_with_the_clock_between_callbacks_and_never_back() {
    let mut rig = Rig::new();
    rig.delay = 4_800;
    rig.play(&steady(48_000));
    for _ in 0..6 {
        rig.turn(960);
    }
    // 5760 frames were given, of which 4800 + 960 lay ahead of the last one when it was asked for.
    let heard = |rig: &Rig| rig.heard().map(|(_, frame)| frame);
    assert_eq!(heard(&rig), Some(960));
    rig.pass(Duration::from_millis(5));
    assert_eq!(heard(&rig), Some(1_200));
    // A callback whose account of the delay wavers.
    rig.delay = 5_000;
    rig.turn(10);
    let before = heard(&rig);
    rig.delay = 6_000;
    rig.turn(10);
    assert_eq!(heard(&rig), before, "it stands still, and does not go back");
    // A device that asks for nothing has played what it has, and no more.
    rig.pass(Duration::from_millis(400));
    assert_eq!(heard(&rig), Some(5_780));
}

#[test]
fn positions_come_at_the_rate_that_was_asked_for_and_only_while_there_is_sound() {
    let mut rig = Rig::new();
    rig.play(&steady(RATE as usize));
    rig.take_events();
    for _ in 0..200 {
        rig.turn(480);
    }
    let events = rig.take_events();
    let positions: Vec<u64> = events
        .iter()
        .filter_map(|event| match event {
            PlaybackEvent::Position(position) => Some(position.frame),
            _ => None,
        })
        .collect();
    assert!(
        (18..=20).contains(&positions.len()),
        "20 a second, for one second: {}",
        positions.len()
    );
    assert!(positions.is_sorted_by(|a, b| a < b));
}

#[test]
fn the_level_is_that_of_what_is_heard_and_falls_to_nothing_at_the_end() {
    let mut rig = Rig::new();
    rig.play(&steady(24_000));
    for _ in 0..100 {
        rig.turn(480);
    }
    let levels: Vec<_> = rig
        .take_events()
        .into_iter()
        .filter_map(|event| match event {
            PlaybackEvent::Level(level) => Some(level),
            _ => None,
        })
        .collect();
    assert!((9..=13).contains(&levels.len()), "{}", levels.len());
    assert_eq!((levels[3].peak, levels[3].rms), (0.5, 0.5));
    let last = levels.last().unwrap();
    assert_eq!((last.peak, last.rms), (0.0, 0.0));
}

#[test]
fn underruns_and_xruns_are_told_with_their_length() {
    let mut rig = Rig::new();
    let track = rig.add();
    rig.push(track, &steady(1_000));
    let fed = rig.counters().produced;
    rig.turn(3_000);
    rig.push(track, &steady(1_000));
    rig.turn(500);
    let events = rig.take_events();
    let underrun = events.iter().find_map(|event| match event {
        PlaybackEvent::Underrun { times, frames } => Some((*times, *frames)),
        _ => None,
    });
    assert_eq!(underrun, Some((1, 3_000 - fed)));
}

#[test]
fn the_callbacks_are_measured() {
    let mut rig = Rig::new();
    rig.play(&steady(4_800));
    for _ in 0..10 {
        rig.turn(480);
    }
    let load = rig.deck.load(&rig.valve);
    assert_eq!(
        (load.callbacks.callbacks, load.period),
        (10, Duration::from_millis(10))
    );
}
