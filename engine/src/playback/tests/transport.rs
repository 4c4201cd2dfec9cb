//! What is heard, to the frame, and where every frame went.

use super::super::Mode;
use super::rig::Rig;
use super::{FADE, LEVEL, STEEPEST, largest_step, numbered, steady};

#[test]
fn frames_are_played_untouched_and_the_end_is_no_underrun() {
    let mut rig = Rig::new();
    assert_eq!(rig.turn(100), [0.0; 100]);
    let frames = numbered(1_000);
    rig.play(&frames);
    let heard = rig.turn(1_500);
    assert_eq!(heard[..1_000], frames);
    assert_eq!(heard[1_000..], [0.0; 500]);
    rig.turn(10_000);
    let counters = rig.counters();
    assert_eq!(
        (counters.rendered, counters.queued, counters.underruns),
        (1_000, 0, 0)
    );
    assert_eq!((counters.device_frames, rig.mode()), (11_600, Mode::Idle));
}

#[test]
fn tracks_that_follow_each_other_join_without_a_gap() {
    let mut rig = Rig::new();
    let frames = numbered(900);
    rig.play(&frames[..300]);
    rig.play(&frames[300..301]);
    rig.play(&[]);
    rig.play(&frames[301..]);
    assert_eq!(rig.turn(900), frames);
    assert_eq!(rig.counters().underruns, 0);
}

#[test]
fn tracks_of_different_rates_join_where_the_first_ends() {
    let mut rig = Rig::new();
    let voice = rig.add_at(24_000);
    rig.push(voice, &[0.25; 2_401]);
    rig.complete(voice);
    rig.play(&steady(1_000));
    let heard = rig.turn(4_802 + 1_000);
    // 2401 frames at 24 kHz are 4802 at 48 kHz, whatever the blocks of the resampler.
    assert!((heard[4_700] - 0.25).abs() < 0.03, "{}", heard[4_700]);
    assert_eq!(heard[4_802..], steady(1_000));
    assert_eq!(rig.counters().underruns, 0);
}

#[test]
fn starvation_fades_counts_and_loses_no_frame() {
    let mut rig = Rig::new();
    let track = rig.add();
    rig.push(track, &steady(1_000));
    let fed = rig.counters().produced as usize;
    assert!((900..1_000).contains(&fed), "{fed}: the limiter holds a few back");
    let mut heard = rig.turn(1_200);
    assert_eq!(rig.mode(), Mode::Starved);
    heard.extend(rig.turn(2_000));
    rig.push(track, &steady(2_000));
    rig.complete(track);
    heard.extend(rig.turn(3_200));

    assert_eq!(heard[..fed], steady(fed));
    assert!(largest_step(&heard[..4_400]) <= STEEPEST);
    assert!(
        heard[fed + FADE - 1..3_200].iter().all(|&x| x == 0.0),
        "silent after 8 ms"
    );
    let end = 3_200 + 3_000 - fed;
    assert_eq!(
        heard[3_200 + FADE..end],
        steady(end - 3_200 - FADE),
        "and back after 8 ms"
    );
    assert!(
        heard[end..].iter().all(|&x| x == 0.0),
        "the last frame comes where it belongs"
    );
    let counters = rig.counters();
    assert_eq!(counters.underruns, 1);
    assert_eq!(counters.underrun_frames as usize, 3_200 - fed);
    assert_eq!(
        (counters.produced, counters.rendered, counters.queued),
        (3_000, 3_000, 0)
    );
}

#[test]
fn frames_that_come_while_it_fades_to_silence_wait_for_the_fade() {
    let mut rig = Rig::new();
    let track = rig.add();
    rig.push(track, &steady(400));
    let mut heard = rig.turn(500);
    rig.push(track, &steady(2_000));
    rig.complete(track);
    heard.extend(rig.turn(3_000));
    assert!(heard[..1_500].contains(&0.0), "it has been silent");
    assert!(largest_step(&heard[..1_500]) <= STEEPEST);
    assert_eq!(rig.counters().rendered, 2_400);
}

#[test]
fn an_end_that_comes_late_ends_the_underrun() {
    let mut rig = Rig::new();
    let track = rig.add();
    rig.push(track, &steady(100));
    rig.turn(1_000);
    rig.complete(track);
    rig.turn(1_000);
    assert_eq!(rig.mode(), Mode::Idle);
    assert_eq!(
        rig.counters().underruns,
        u64::from(rig.counters().underrun_frames > 0)
    );
    assert_eq!(rig.counters().rendered, 100);
}

#[test]
fn a_track_that_has_not_begun_owes_nothing() {
    let mut rig = Rig::new();
    rig.play(&steady(500));
    let late = rig.add();
    let heard = rig.turn(2_000);
    assert_eq!(
        heard[..500],
        steady(500),
        "all of the first one, although the second is not there yet"
    );
    assert_eq!((rig.mode(), rig.counters().underruns), (Mode::Idle, 0));
    rig.push(late, &steady(500));
    rig.complete(late);
    assert_eq!(rig.turn(600)[..500], steady(500));
}

#[test]
fn pause_keeps_every_frame() {
    let mut rig = Rig::new();
    rig.play(&steady(4_000));
    let mut heard = rig.turn(480);
    rig.pause();
    heard.extend(rig.turn(5_000));
    assert_eq!(rig.mode(), Mode::Paused);
    let paused = rig.counters();
    assert_eq!(
        (paused.rendered, paused.queued),
        (480 + FADE as u64, 4_000 - 480 - FADE as u64)
    );
    rig.resume();
    heard.extend(rig.turn(5_000));
    let end = heard.iter().rposition(|&x| x != 0.0).unwrap();
    assert!(largest_step(&heard[..end]) <= STEEPEST);
    assert_eq!((rig.counters().rendered, rig.counters().underruns), (4_000, 0));
}

#[test]
fn volume_and_balance_move_by_ramps_of_20_ms() {
    let mut rig = Rig::with(&super::super::PlayerOptions::default(), &[("one", 48_000, 2)]);
    rig.play(&steady(10_000));
    rig.turn(480);
    let mut volume = rig.deck.volume();
    volume.balance = 1.0;
    rig.deck.set_volume(volume, &rig.valve).unwrap();
    let heard = rig.turn(2_000);
    let left: Vec<f32> = heard.iter().step_by(2).copied().collect();
    let right: Vec<f32> = heard.iter().skip(1).step_by(2).copied().collect();
    assert!(
        right.iter().all(|&x| x == LEVEL),
        "the side that it goes to stays as it is"
    );
    assert!(
        left[958] > 0.0 && left[959..].iter().all(|&x| x == 0.0),
        "20 ms are 960 frames"
    );
    assert!(largest_step(&left) <= 1.5 * LEVEL / 960.0 + 1e-6);

    volume.is_muted = true;
    rig.deck.set_volume(volume, &rig.valve).unwrap();
    let heard = rig.turn(2_000);
    assert!(heard[2 * 960..].iter().all(|&x| x == 0.0));
    let right: Vec<f32> = heard.iter().skip(1).step_by(2).copied().collect();
    assert!(largest_step(&right) <= 1.5 * LEVEL / 960.0 + 1e-6);
    volume.is_muted = false;
    volume.balance = 0.0;
    rig.deck.set_volume(volume, &rig.valve).unwrap();
    rig.turn(2_000);
    assert!(
        rig.turn(100).iter().all(|&x| x == LEVEL),
        "at full level bit for bit again"
    );
}

#[test]
fn what_is_too_loud_or_no_number_does_not_reach_the_device() {
    let mut rig = Rig::new();
    let mut frames = vec![4.0_f32; 5_000];
    frames[1_000] = f32::NAN;
    frames[2_000] = f32::INFINITY;
    frames[3_000] = f32::NEG_INFINITY;
    rig.play(&frames);
    let heard = rig.turn(6_000);
    let ceiling = 10.0_f32.powf(-1.0 / 20.0);
    assert!(heard.iter().all(|x| x.is_finite() && x.abs() <= ceiling));
    assert!(heard[500] > 0.7, "limited, and not silenced: {}", heard[500]);
}

#[test]
fn a_pause_right_behind_a_resume_uses_up_no_frame() {
    let mut rig = Rig::new();
    let frames = numbered(20_000);
    rig.play(&frames);
    rig.turn(1_000);
    rig.pause();
    rig.turn(1_000);
    rig.resume();
    rig.pause();
    assert_eq!(rig.turn(1_000), [0.0; 1_000]);
    rig.resume();
    let heard = rig.turn(1_000);
    // What was faded out was heard; the fade in begins with the frame behind it.
    let next = 1_000 + FADE;
    assert_eq!(heard[FADE..], frames[next + FADE..next + 1_000]);
    assert_eq!(rig.counters().rendered, (next + 1_000) as u64);
}

/// An end waits in the ring from when it is pushed until it is passed, and there is room for so many.
#[test]
fn hundreds_of_tracks_follow_each_other_without_a_pause() {
    let mut rig = Rig::new();
    let (tracks, frames) = (600, numbered(480));
    for _ in 0..tracks {
        rig.play(&frames);
    }
    let heard: Vec<f32> = (0..tracks).flat_map(|_| rig.turn(480)).collect();
    assert_eq!(rig.counters().underruns, 0);
    assert!(heard == frames.repeat(tracks), "every frame of all of them");
}
