//! Skipping, seeking, and saying a sentence again.

use super::super::SeekError;
use super::super::deck::Seek;
use super::super::track::{Mark, MarkKind, TrackEnd};
use super::rig::{RATE, Rig};
use super::{FADE, check_balance, numbered, steady};
use std::time::Duration;

fn mark(frame: u64, kind: MarkKind, source: std::ops::Range<usize>) -> Mark {
    Mark {
        frame,
        length: 0,
        kind,
        source,
    }
}

fn time(frames: u64) -> Duration {
    Duration::from_nanos(frames * 1_000_000_000 / u64::from(RATE) + 1)
}

#[test]
fn a_skip_goes_to_the_next_track_and_stays_paused_if_it_was() {
    let mut rig = Rig::new();
    let first = rig.play(&steady(20_000));
    let second = rig.play(&numbered(5_000));
    rig.turn(480);
    rig.skip().unwrap();
    let heard = rig.turn(FADE + 5_000);
    assert_eq!(heard[FADE - 1], 0.0);
    assert_eq!(
        heard[FADE..],
        numbered(5_000),
        "from its first frame on, which is not faded"
    );
    assert!(matches!(rig.end_of(first), Some(TrackEnd::Stopped)));
    rig.turn(10);
    assert!(matches!(rig.end_of(second), Some(TrackEnd::Heard)));
    assert_eq!(rig.skip(), Err(SeekError::Nothing));

    rig.play(&steady(1_000));
    rig.play(&numbered(1_000));
    rig.turn(100);
    rig.pause();
    rig.turn(1_000);
    rig.skip().unwrap();
    assert_eq!(rig.turn(1_000), [0.0; 1_000]);
    rig.resume();
    let heard = rig.turn(1_000);
    assert_eq!(heard[FADE..], numbered(1_000)[FADE..]);
    check_balance(rig.counters());
}

/// Its end is with the device, and cannot be called back; the next one has been begun behind it, and goes on.
#[test]
fn a_skip_of_a_track_that_is_all_but_over_leaves_the_next_one_as_it_is() {
    let mut rig = Rig::new();
    rig.delay = 960;
    let first = rig.play(&steady(1_000));
    let second = rig.play(&numbered(5_000));
    let mut heard = rig.turn(1_500);
    assert_eq!(
        rig.heard(),
        Some((first, 540)),
        "the rest is on its way through the device"
    );
    let command = rig.skip().unwrap();
    let effect = rig.effect(command).unwrap();
    let position = effect.position.unwrap();
    assert_eq!((position.track, position.frame), (first, 1_000));
    assert_eq!(effect.device_frame, 1_000, "where the next one begins");
    heard.extend(rig.turn(4_500));
    assert_eq!(
        heard[1_000..],
        numbered(5_000),
        "not begun again, and without a seam"
    );
    rig.turn(2_000);
    rig.turn(10);
    for track in [first, second] {
        assert!(matches!(rig.end_of(track), Some(TrackEnd::Heard)));
    }
}

#[test]
fn a_seek_goes_back_and_forth_as_far_as_there_are_frames() {
    let mut rig = Rig::new();
    let track = rig.add();
    rig.push(track, &numbered(20_000));
    rig.turn(5_000);
    let command = rig.seek(Seek::Time(time(1_000))).unwrap();
    let heard = rig.turn(3_000);
    assert_eq!(
        heard[2 * FADE..],
        numbered(20_000)[1_000 + FADE..1_000 + 3_000 - FADE]
    );
    let effect = rig.effect(command).unwrap();
    assert_eq!(effect.position.unwrap().frame, 5_000);
    assert_eq!(rig.heard(), Some((track, 4_000 - FADE as u64)));

    rig.seek(Seek::Time(time(15_000))).unwrap();
    let heard = rig.turn(2_000);
    assert_eq!(
        heard[2 * FADE..],
        numbered(20_000)[15_000 + FADE..15_000 + 2_000 - FADE]
    );

    let error = rig.seek(Seek::Time(time(20_001))).unwrap_err();
    assert!(
        matches!(&error, SeekError::OutOfReach { available } if available.end.as_millis() == 416),
        "{error}"
    );
    assert_eq!(rig.counters().underruns, 0);
    check_balance(rig.counters());
}

#[test]
fn a_seek_goes_to_a_word_and_what_follows_is_heard_in_order() {
    let mut rig = Rig::new();
    let track = rig.add();
    for n in 0..10 {
        rig.mark(
            track,
            mark(n * 1_000, MarkKind::Word, 5 * n as usize..5 * n as usize + 4),
        );
    }
    rig.push(track, &numbered(10_000));
    rig.complete(track);
    let after = rig.play(&numbered(500));
    rig.turn(9_500);
    // The blank behind the third word: the fourth is the next.
    rig.seek(Seek::Word(14)).unwrap();
    let heard = rig.turn(FADE + 7_000 + 500);
    assert_eq!(
        heard[2 * FADE..],
        [&numbered(10_000)[3_000 + FADE..], &numbered(500)[..]].concat()
    );
    rig.turn(10);
    assert!(matches!(rig.end_of(track), Some(TrackEnd::Heard)));
    assert!(matches!(rig.end_of(after), Some(TrackEnd::Heard)));
    assert!(matches!(
        rig.seek(Seek::Word(1_000)),
        Err(SeekError::OutOfReach { .. })
    ));
}

#[test]
fn a_sentence_is_said_again_from_its_start_or_the_one_before_if_it_has_just_begun() {
    let mut rig = Rig::new();
    let track = rig.add();
    let second = u64::from(RATE);
    for n in 0..3 {
        rig.mark(track, mark(3 * n * second, MarkKind::Sentence, 0..0));
    }
    let frames = numbered(9 * RATE as usize);
    for part in frames.chunks(RATE as usize) {
        rig.push(track, part);
    }
    rig.complete(track);
    for _ in 0..5 {
        rig.turn(RATE as usize);
    }
    // In the middle of the second sentence.
    rig.replay().unwrap();
    rig.turn(2 * FADE);
    assert_eq!(rig.heard(), Some((track, 3 * second + FADE as u64)));
    // It has just begun, so the one before it is meant.
    rig.replay().unwrap();
    rig.turn(2 * FADE);
    assert_eq!(rig.heard(), Some((track, FADE as u64)));
    // There is none before the first.
    rig.replay().unwrap();
    rig.turn(2 * FADE);
    assert_eq!(rig.heard(), Some((track, FADE as u64)));
    assert_eq!(rig.counters().underruns, 0);
}

#[test]
fn the_last_sentence_can_be_heard_again_when_all_is_over_and_after_a_stop() {
    let mut rig = Rig::new();
    assert_eq!(rig.replay(), Err(SeekError::Nothing));
    let frames = numbered(60_000);
    let track = rig.play(&frames);
    rig.turn(48_000);
    rig.turn(13_000);
    assert!(matches!(rig.end_of(track), Some(TrackEnd::Heard)));
    rig.replay().unwrap();
    assert_eq!(
        rig.turn(48_000),
        frames[..48_000],
        "it begins with its first frame, which is not faded"
    );
    rig.stop();
    rig.turn(1_000);
    rig.replay().unwrap();
    assert_eq!(rig.turn(10_000), frames[..10_000]);
    check_balance(rig.counters());
}

#[test]
fn a_place_that_is_not_kept_any_more_cannot_be_gone_to() {
    let options = super::super::PlayerOptions {
        history: Duration::from_secs(1),
        ..super::super::PlayerOptions::default()
    };
    let mut rig = Rig::with(&options, &[("one", RATE, 1)]);
    let track = rig.add();
    for _ in 0..5 {
        rig.push(track, &steady(RATE as usize));
    }
    for _ in 0..4 {
        rig.turn(RATE as usize);
    }
    let error = rig.seek(Seek::Time(Duration::from_secs(1))).unwrap_err();
    assert!(
        matches!(error, SeekError::OutOfReach { available } if available.start == Duration::from_secs(3))
    );
    assert!(rig.seek(Seek::Time(Duration::from_millis(3_500))).is_ok());
}

#[test]
fn a_place_that_is_left_again_before_it_sounds_is_not_heard() {
    let mut rig = Rig::new();
    rig.play(&steady(20_000));
    let second = rig.play(&numbered(5_000));
    rig.turn(1_000);
    rig.pause();
    rig.turn(1_000);
    rig.seek(Seek::Time(time(10_000))).unwrap();
    rig.turn(1_000);
    // Both take effect with the same frame of the device.
    rig.resume();
    rig.skip().unwrap();
    assert_eq!(rig.turn(2_000), numbered(5_000)[..2_000]);
    assert_eq!(rig.heard().map(|(track, _)| track), Some(second));
    check_balance(rig.counters());
}
