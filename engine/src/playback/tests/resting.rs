//! Tracks of which nobody knows when they go on, and tracks that are not wanted any more.

use super::super::{PlaybackEvent, TrackEnd};
use super::rig::Rig;
use super::{numbered, steady};

#[test]
fn a_track_that_rests_is_silent_without_an_underrun_and_goes_on_with_the_next_frame() {
    let mut rig = Rig::new();
    let all = numbered(3_000);
    let track = rig.add();
    rig.push(track, &all[..1_000]);
    rig.rest(track);
    let first = rig.turn(4_000);
    assert_eq!(first[..1_000], all[..1_000], "to its last frame");
    assert!(first[1_000..].iter().all(|&frame| frame == 0.0));
    rig.push(track, &all[1_000..2_000]);
    rig.rest(track);
    rig.push(track, &all[2_000..]);
    rig.complete(track);
    let second: Vec<f32> = [rig.turn(1_500), rig.turn(4_000)].concat();
    assert_eq!(
        second[..2_000],
        all[1_000..],
        "a rest that nobody heard changes nothing"
    );
    rig.settle();
    assert_eq!(rig.counters().underruns, 0);
    assert!(matches!(rig.end_of(track), Some(TrackEnd::Heard)));
    let started = |event: &PlaybackEvent| matches!(event, PlaybackEvent::TrackStarted { .. });
    assert_eq!(rig.take_events().iter().filter(|event| started(event)).count(), 1);
}

#[test]
fn a_track_that_ends_while_it_rests_is_heard() {
    let mut rig = Rig::new();
    let track = rig.add();
    rig.push(track, &steady(1_000));
    rig.rest(track);
    rig.turn(4_000);
    assert!(rig.end_of(track).is_none());
    rig.complete(track);
    rig.turn(1_000);
    rig.turn(1_000);
    assert!(matches!(rig.end_of(track), Some(TrackEnd::Heard)));
    let next = rig.play(&steady(500));
    let heard: Vec<f32> = [rig.turn(1_000), rig.turn(1_000)].concat();
    assert_eq!(heard.iter().filter(|&&frame| frame != 0.0).count(), 500);
    assert!(matches!(rig.end_of(next), Some(TrackEnd::Heard)));
    assert_eq!(rig.counters().underruns, 0);
}

#[test]
fn a_track_that_does_not_rest_owes_its_frames() {
    let mut rig = Rig::new();
    let track = rig.add();
    rig.push(track, &steady(1_000));
    rig.rest(track);
    rig.push(track, &steady(1_000));
    rig.turn(4_000);
    assert_eq!(rig.counters().underruns, 1, "the rest was over with the push");
}

#[test]
fn a_track_is_cancelled_and_the_others_are_heard() {
    for (cancelled, kept) in [(0, [0.2, 0.3]), (1, [0.1, 0.3]), (2, [0.1, 0.2])] {
        let mut rig = Rig::new();
        let tracks = [0.1, 0.2, 0.3].map(|level| rig.play(&[level; 2_000]));
        let mut heard = rig.turn(960);
        rig.cancel(tracks[cancelled]);
        for _ in 0..10 {
            heard.extend(rig.turn(960));
        }
        let after = &heard[960 + super::FADE..];
        let level = |level: f32| after.iter().filter(|&&frame| frame == level).count();
        for left in kept {
            assert!(
                level(left) >= 2_000 - 960 - 2 * super::FADE,
                "{left} is heard: {}",
                level(left)
            );
        }
        let gone = [0.1, 0.2, 0.3][cancelled];
        assert_eq!(level(gone), 0, "nothing of {gone}");
        assert!(matches!(rig.end_of(tracks[cancelled]), Some(TrackEnd::Stopped)));
        // Again does nothing.
        rig.cancel(tracks[cancelled]);
        assert_eq!(rig.counters().underruns, 0);
    }
}
