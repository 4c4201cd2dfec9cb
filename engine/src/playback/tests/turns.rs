//! Turns: whose track is heard next, and how one gives way to another.

use super::super::Mode;
use super::super::queue::QueueId;
use super::super::track::TrackEnd;
use super::super::volume::Volume;
use super::desk::{long_runs, runs, stories};
use super::rig::{RATE, Rig};
use super::{FADE, assert_same, check_balance, largest_step, numbered};

#[test]
fn tracks_of_all_queues_are_heard_in_the_order_in_which_they_were_asked_for() {
    let mut rig = Rig::new();
    let (a, b) = (rig.queue(), rig.queue());
    let one = rig.play_in(a, &[0.1; 2_000]);
    let two = rig.play_in(b, &[0.2; 1_000]);
    let three = rig.play_in(a, &[0.3; 1_500]);
    let four = rig.play(&[0.4; 500]);
    let heard = rig.turns(20);
    assert_eq!(
        runs(&heard),
        [(0.1, 2_000), (0.2, 1_000), (0.3, 1_500), (0.4, 500)]
    );
    let told = stories(&rig.take_events());
    let expected = [one, two, three, four].map(|track| [("start", track), ("end", track)]);
    assert_eq!(told, expected.concat());
    let counters = rig.counters();
    assert_eq!((counters.underruns, counters.discarded), (0, 0));
    check_balance(counters);
}

#[test]
fn tracks_of_one_queue_follow_each_other_without_a_gap_while_others_wait() {
    let mut rig = Rig::new();
    let (a, b) = (rig.queue(), rig.queue());
    rig.play_in(a, &numbered(700));
    rig.play_in(a, &numbered(900));
    rig.play_in(b, &[0.4; 100]);
    let heard = rig.turns(6);
    assert_same(&heard[..1_600], &[numbered(700), numbered(900)].concat());
    assert_eq!(runs(&heard).last(), Some(&(0.4, 100)));
    // What is asked for while another queue waits comes behind that.
    rig.play_in(a, &[0.1; 1_000]);
    rig.play_in(b, &[0.2; 1_000]);
    rig.play_in(a, &[0.3; 1_000]);
    assert_eq!(runs(&rig.turns(10)), [(0.1, 1_000), (0.2, 1_000), (0.3, 1_000)]);
}

#[test]
fn a_track_that_has_no_frames_yet_keeps_its_turn_unless_its_queue_is_paused() {
    let mut rig = Rig::new();
    let (a, b) = (rig.queue(), rig.queue());
    let slow = rig.add_as(a, None, RATE);
    rig.play_in(b, &[0.2; 1_000]);
    rig.play(&[0.3; 1_000]);
    assert_eq!(runs(&rig.turns(3)), [], "the first one is waited for");
    assert_eq!(rig.mode(), Mode::Idle, "nothing is owed meanwhile");
    rig.pause_queue(a);
    assert_eq!(runs(&rig.turns(3)), [(0.2, 1_000)]);
    rig.resume_queue(a);
    rig.push(slow, &[0.1; 1_000]);
    rig.complete(slow);
    // The third had been begun by then.
    assert_eq!(runs(&rig.turns(10)), [(0.3, 1_000), (0.1, 1_000)]);
    assert_eq!(rig.counters().underruns, 0);
}

#[test]
fn a_track_that_grows_keeps_its_turn_to_its_end() {
    let mut rig = Rig::new();
    let (a, b) = (rig.queue(), rig.queue());
    let growing = rig.add_as(a, None, RATE);
    rig.push(growing, &[0.1; 1_000]);
    rig.play_in(b, &[0.2; 1_000]);
    let heard = rig.turns(5);
    assert_eq!(rig.mode(), Mode::Starved);
    assert!(!heard.contains(&0.2));
    rig.push(growing, &[0.1; 1_000]);
    rig.complete(growing);
    let heard = rig.turns(8);
    assert_eq!(long_runs(&heard).last(), Some(&(0.2, 1_000)));
    assert!(matches!(rig.end_of(growing), Some(TrackEnd::Heard)));
}

#[test]
fn a_track_without_any_frames_ends_when_it_has_its_turn() {
    let mut rig = Rig::new();
    let (a, b) = (rig.queue(), rig.queue());
    rig.play_in(a, &[0.1; 500]);
    let empty = rig.play_in(b, &[]);
    rig.play_in(a, &[0.3; 500]);
    assert_eq!(runs(&rig.turns(6)), [(0.1, 500), (0.3, 500)]);
    assert!(matches!(rig.end_of(empty), Some(TrackEnd::Heard)));
}

#[test]
fn each_queue_is_heard_at_its_own_volume_from_its_first_frame_on() {
    let mut rig = Rig::new();
    let (a, b) = (rig.queue(), rig.queue());
    let quieter = Volume {
        level: 0.5,
        ..Volume::default()
    };
    let waits = rig.deck.set_queue_volume(b, quieter, &rig.valve).unwrap();
    assert!(
        rig.effect(waits).is_some(),
        "remembered, which is all there is to do"
    );
    let muted = Volume {
        is_muted: true,
        ..Volume::default()
    };
    rig.deck
        .set_queue_volume(QueueId::FIRST, muted, &rig.valve)
        .unwrap();
    rig.play_in(a, &[0.4; 1_000]);
    rig.play_in(b, &[0.4; 1_000]);
    rig.play(&[0.4; 1_000]);
    rig.play_in(a, &[0.4; 1_000]);
    // The level's cube.
    assert_eq!(
        runs(&rig.turns(16)),
        [(0.4, 1_000), (0.4 * 0.125, 1_000), (0.4, 1_000)]
    );
    // The player's is on top of it, and both by ramps while it is heard.
    rig.play_in(b, &[0.4; 5_000]);
    let mut heard = rig.turns(2);
    rig.deck.set_volume(quieter, &rig.valve).unwrap();
    heard.extend(rig.turns(3));
    assert_eq!(heard[2 * 480 + 960..3 * 480 + 960], [0.4 * 0.125 * 0.125; 480]);
    rig.deck
        .set_queue_volume(b, Volume::default(), &rig.valve)
        .unwrap();
    let louder = rig.turns(3);
    assert_eq!(louder[960..1_440], [0.4 * 0.125; 480]);
    // 20 ms from one to the other.
    let ramp = 0.4 * 0.875 / 960.0;
    assert!(
        largest_step(&heard[10..]) <= 1.1 * ramp,
        "{}",
        largest_step(&heard[10..])
    );
    assert!(largest_step(&louder) <= 1.1 * ramp);
}

#[test]
fn the_volume_of_the_next_queue_waits_until_it_is_silent() {
    let mut rig = Rig::new();
    let (a, b) = (rig.queue(), rig.queue());
    let quiet = Volume {
        level: 0.25,
        ..Volume::default()
    };
    rig.deck.set_queue_volume(a, quiet, &rig.valve).unwrap();
    rig.play_in(a, &[0.4; 20_000]);
    rig.play_in(b, &[0.4; 1_000]);
    let mut heard = rig.turns(2);
    rig.stop_queue(a);
    // In pieces, so that the deck comes by in the midst of the fade.
    for _ in 0..20 {
        heard.extend(rig.turn(50));
    }
    heard.extend(rig.turns(4));
    let fade = &heard[960..960 + FADE];
    assert!(fade.iter().all(|frame| *frame <= 0.4 / 64.0));
    assert_eq!(long_runs(&heard), [(0.4 / 64.0, 960), (0.4, 1_000)]);
}

#[test]
fn balances_add_up_and_a_channel_more_changes_nothing() {
    let to = |balance| Volume {
        balance,
        ..Volume::default()
    };
    assert_eq!(to(-0.75).and(to(-0.5)).balance, -1.0);
    assert_eq!(to(-0.75).and(to(0.5)).balance, -0.25);
    let muted = Volume {
        level: 0.5,
        is_muted: true,
        balance: 0.0,
    };
    assert_eq!(
        to(0.25).and(muted),
        Volume {
            balance: 0.25,
            ..muted
        }
    );
}
