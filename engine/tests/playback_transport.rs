//! The renderer under every command, turned by hand: what is heard, to the frame, and where every frame went.
//!
//! Every callback runs under an allocation guard (see `HandOutput::turn`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test relies on may fail it"
)]

#[path = "../../fixtures/audio/hand_output.rs"]
mod hand_output;

use assert_no_alloc::AllocDisabler;
use hand_output::HandOutput;
use proptest::prelude::*;
use std::sync::Arc;
use std::thread;
use utter::playback::output::{LossReason, OutputFault, OutputSelection, find_output};
use utter::playback::{Counters, Mode, PlaybackError, Player, PlayerOptions, PushError};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

const RATE: u32 = 48_000;
/// 8 ms at 48 kHz.
const FADE: usize = 384;
/// The steepest step of a fade of a signal of 1.0: 1.5 / FADE, and a rounding.
const STEEPEST: f32 = 1.5 / FADE as f32 + 1e-6;

fn open() -> (HandOutput, Player) {
    let output = HandOutput::new(RATE);
    let player = Player::open(&output, &OutputSelection::Default, &PlayerOptions::default()).unwrap();
    (output, player)
}

fn push(player: &Player, frames: &[f32], end: bool) {
    player
        .queue()
        .push_all(player.queue().epoch(), frames, end)
        .unwrap();
}

/// Frames that can be told apart: 1/65536, 2/65536, …
fn numbered(frames: usize) -> Vec<f32> {
    (1..=frames).map(|n| n as f32 / 65_536.0).collect()
}

fn largest_step(signal: &[f32]) -> f32 {
    signal
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .fold(0.0, f32::max)
}

fn check_balance(counters: Counters) {
    assert_eq!(
        counters.produced,
        counters.rendered + counters.discarded + counters.queued,
        "{counters:?}"
    );
}

#[test]
fn frames_are_played_untouched_and_the_end_is_no_underrun() {
    let (output, player) = open();
    assert_eq!(output.turn(100), [0.0; 100]);
    let frames = numbered(1_000);
    push(&player, &frames, true);
    let heard = output.turn(1_500);
    assert_eq!(heard[..1_000], frames);
    assert_eq!(heard[1_000..], [0.0; 500]);
    output.turn(10_000);
    let counters = player.counters();
    assert_eq!(
        (counters.rendered, counters.queued, counters.underruns),
        (1_000, 0, 0)
    );
    assert_eq!((counters.device_frames, player.mode()), (11_600, Mode::Idle));
}

#[test]
fn utterances_that_follow_each_other_join_without_a_gap() {
    let (output, player) = open();
    let frames = numbered(900);
    push(&player, &frames[..300], true);
    push(&player, &frames[300..301], true);
    push(&player, &frames[301..], true);
    assert_eq!(output.turn(900), frames);
    assert_eq!(player.counters().underruns, 0);
}

#[test]
fn starvation_fades_counts_and_loses_no_frame() {
    let (output, player) = open();
    push(&player, &[1.0; 1_000], false);
    let mut heard = output.turn(1_200);
    assert_eq!(player.mode(), Mode::Starved);
    heard.extend(output.turn(2_000));
    push(&player, &[1.0; 2_000], true);
    heard.extend(output.turn(3_000));

    assert_eq!(heard[..1_000], [1.0; 1_000]);
    assert!(largest_step(&heard[..4_400]) <= STEEPEST);
    assert!(
        heard[1_000 + FADE - 1..3_200].iter().all(|&x| x == 0.0),
        "silent after 8 ms"
    );
    assert_eq!(
        heard[3_200 + FADE..5_200],
        vec![1.0; 2_000 - FADE],
        "and back after 8 ms"
    );
    assert_eq!(
        heard[5_200..],
        [0.0; 1_000],
        "the last frame comes where it belongs"
    );
    let counters = player.counters();
    assert_eq!((counters.underruns, counters.underrun_frames), (1, 2_200));
    assert_eq!(
        (counters.produced, counters.rendered, counters.queued),
        (3_000, 3_000, 0)
    );
}

#[test]
fn frames_that_come_while_it_fades_to_silence_wait_for_the_fade() {
    let (output, player) = open();
    push(&player, &[1.0; 100], false);
    let mut heard = output.turn(200);
    push(&player, &[-1.0; 2_000], true);
    heard.extend(output.turn(3_000));
    assert!(largest_step(&heard[..2_000]) <= STEEPEST);
    assert_eq!(player.counters().rendered, 2_100);
}

#[test]
fn an_end_that_comes_late_ends_the_underrun() {
    let (output, player) = open();
    push(&player, &[1.0; 100], false);
    output.turn(1_000);
    push(&player, &[], true);
    output.turn(1_000);
    assert_eq!(player.mode(), Mode::Idle);
    assert_eq!(
        (player.counters().underruns, player.counters().underrun_frames),
        (1, 900)
    );
}

#[test]
fn stop_fades_within_8_ms_and_discards_exactly_what_came_before() {
    let (output, player) = open();
    push(&player, &[1.0; 20_000], false);
    let mut heard = output.turn(480);
    let old_epoch = player.queue().epoch();
    player.stop().unwrap();
    assert_eq!(
        player.queue().push_all(old_epoch, &[9.0], false),
        Err(PushError::Stopped)
    );
    let frames = numbered(500);
    push(&player, &frames, true);
    heard.extend(output.turn(480 + 500));

    assert!(largest_step(&heard[..480 + FADE]) <= STEEPEST);
    assert_eq!(heard[480 + FADE - 1], 0.0);
    assert_eq!(
        heard[480 + FADE..480 + FADE + 500],
        frames,
        "the new utterance follows at once, untouched"
    );
    let counters = player.counters();
    assert_eq!(counters.discarded, 20_000 - 480 - FADE as u64);
    assert_eq!((counters.underruns, counters.queued), (0, 0));
    check_balance(counters);
}

#[test]
fn stop_when_fewer_frames_are_left_than_the_fade_takes() {
    let (output, player) = open();
    push(&player, &[1.0; 500], false);
    let mut heard = output.turn(490);
    player.stop().unwrap();
    push(&player, &[0.25; 100], true);
    heard.extend(output.turn(FADE + 100));
    assert!(
        largest_step(&heard[..490 + FADE]) <= STEEPEST,
        "the fade goes on from the last value"
    );
    assert_eq!(heard[490 + FADE..], [0.25; 100]);
    assert_eq!(
        (player.counters().rendered, player.counters().discarded),
        (600, 0)
    );
}

#[test]
fn stop_while_idle_starved_or_paused() {
    let (output, player) = open();
    player.stop().unwrap();
    push(&player, &[0.5; 10], true);
    assert_eq!(output.turn(10), [0.5; 10], "what comes after a stop is played");

    push(&player, &[1.0; 10], false);
    output.turn(1_000);
    assert_eq!(player.mode(), Mode::Starved);
    player.stop().unwrap();
    output.turn(10);
    assert_eq!(player.mode(), Mode::Idle);
    let underrun_frames = player.counters().underrun_frames;
    output.turn(1_000);
    assert_eq!(
        player.counters().underrun_frames,
        underrun_frames,
        "nothing is owed after a stop"
    );

    player.pause().unwrap();
    push(&player, &[1.0; 10], true);
    assert_eq!(output.turn(10), [0.0; 10]);
    player.stop().unwrap();
    push(&player, &[0.5; 10], true);
    assert_eq!(output.turn(10), [0.5; 10], "a stop ends a pause");
    assert_eq!(player.counters().discarded, 10);
}

#[test]
fn a_stop_does_not_touch_what_came_after_it_even_if_it_arrives_late() {
    let (output, player) = open();
    push(&player, &[1.0; 100], true);
    player.stop().unwrap();
    player.stop().unwrap();
    push(&player, &[0.5; 100], true);
    player.pause().unwrap();
    player.resume().unwrap();
    assert_eq!(output.turn(100), [0.5; 100]);
    assert_eq!(player.counters().discarded, 100);
}

#[test]
fn pause_keeps_every_frame() {
    let (output, player) = open();
    let frames = vec![1.0; 4_000];
    push(&player, &frames, true);
    let mut heard = output.turn(480);
    player.pause().unwrap();
    heard.extend(output.turn(5_000));
    assert_eq!(player.mode(), Mode::Paused);
    let paused = player.counters();
    assert_eq!(
        (paused.rendered, paused.queued),
        (480 + FADE as u64, 4_000 - 480 - FADE as u64)
    );
    player.resume().unwrap();
    heard.extend(output.turn(5_000));
    let end = heard.iter().rposition(|&x| x != 0.0).unwrap();
    assert!(largest_step(&heard[..end]) <= STEEPEST);
    assert_eq!(player.counters().rendered, 4_000);
    assert_eq!(player.counters().underruns, 0);
}

#[test]
fn waiting_for_the_end_waits_for_the_device_too() {
    let (output, player) = open();
    let player = Arc::new(player);
    push(&player, &[0.5; 1_000], true);
    let waiting = thread::spawn({
        let player = Arc::clone(&player);
        move || player.wait_until_drained()
    });
    // 1000 frames leave the ring in three periods; the last period is heard when the device has asked for one
    // more.
    for _ in 0..3 {
        output.turn(480);
    }
    thread::sleep(std::time::Duration::from_millis(150));
    assert!(
        !waiting.is_finished(),
        "the last frames are still in the device's buffer"
    );
    output.turn(480);
    assert!(waiting.join().unwrap().is_ok());
}

#[test]
fn waiting_ends_when_the_output_is_lost_or_closed() {
    let (output, player) = open();
    push(&player, &[0.5; 1_000], true);
    output
        .health()
        .report(OutputFault::Lost(LossReason::Disconnected));
    assert!(matches!(
        player.wait_until_drained(),
        Err(PlaybackError::OutputLost(LossReason::Disconnected))
    ));

    let (output, player) = open();
    push(&player, &[0.5; 1_000], true);
    player.close();
    assert!(!output.is_open());
    assert!(matches!(player.wait_until_drained(), Err(PlaybackError::Closed)));
    assert_eq!(player.queue().push_all(0, &[0.5], true), Err(PushError::Closed));
}

#[test]
fn commands_are_refused_when_the_device_takes_none() {
    let (output, player) = open();
    let accepted = (0..1_000).take_while(|_| player.pause().is_ok()).count();
    assert_eq!(accepted, 64);
    assert!(matches!(player.stop(), Err(PlaybackError::OutputUnresponsive)));
    output.turn(1);
    assert!(player.stop().is_ok());
}

#[test]
fn outputs_are_found_by_id_name_or_a_part_of_it() {
    let output = HandOutput::new(RATE);
    let found = |typed| {
        find_output(&output, typed)
            .map(|output| output.id.to_string())
            .ok()
    };
    assert_eq!(found("hand:2").as_deref(), Some("hand:2"));
    assert_eq!(found("left hand").as_deref(), Some("hand:1"));
    assert_eq!(found("righ").as_deref(), Some("hand:2"));
    assert_eq!(found("hand"), None, "there are two");
    assert_eq!(found(""), None);
    assert_eq!(found("foot"), None);
}

#[derive(Debug, Clone)]
enum Step {
    Push(usize, bool),
    Turn(usize),
    Pause,
    Resume,
    Stop,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0_usize..1_500, any::<bool>()).prop_map(|(frames, end)| Step::Push(frames, end)),
        6 => (1_usize..1_000).prop_map(Step::Turn),
        1 => Just(Step::Pause),
        1 => Just(Step::Resume),
        1 => Just(Step::Stop),
    ];
    prop::collection::vec(step, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happens in whatever order: a constant signal is only ever left and entered by a fade (its
    /// first frame and its last excepted), no frame is unaccounted for, and everything can be drained.
    #[test]
    fn never_a_click_never_a_lost_frame(steps in steps()) {
        let (output, player) = open();
        let mut heard = vec![0.0];
        for step in steps {
            match step {
                Step::Push(frames, end) => push(&player, &vec![1.0; frames], end),
                Step::Turn(frames) => heard.extend(output.turn(frames)),
                Step::Pause => player.pause().unwrap(),
                Step::Resume => player.resume().unwrap(),
                Step::Stop => player.stop().unwrap(),
            }
            check_balance(player.counters());
        }
        push(&player, &[], true);
        player.resume().unwrap();
        for _ in 0..20 {
            heard.extend(output.turn(10_000));
        }
        let counters = player.counters();
        prop_assert_eq!(counters.queued, 0);
        prop_assert_eq!(player.mode(), Mode::Idle);
        prop_assert_eq!(counters.produced, counters.rendered + counters.discarded);
        for pair in heard.windows(2) {
            let is_start_or_end = pair[0] == 0.0 || pair[1] == 0.0;
            prop_assert!((pair[1] - pair[0]).abs() <= STEEPEST || is_start_or_end, "{pair:?}");
        }
    }
}
