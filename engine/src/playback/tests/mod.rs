//! Playback, played through by hand: time, the device's callbacks and the playback thread's rounds are steps of the
//! test, so what happens between two of them happens exactly there, and nothing has to be waited for.
//!
//! Every callback runs under an allocation guard.

mod accounting;
mod accounting_queues;
mod desk;
mod devices;
mod feeding;
mod first_output;
mod following;
mod interrupts;
mod leaving;
mod losses;
mod queue_losses;
mod queue_steps;
mod queues;
mod resting;
mod rig;
mod routes;
mod seeking;
mod stopping;
mod telling;
mod transport;
mod turns;

use super::Counters;

/// 8 ms at 48 kHz.
const FADE: usize = 384;

/// The level of most signals here: below the limiter's ceiling, so that frames come through bit for bit.
const LEVEL: f32 = 0.5;

/// The steepest step of a fade of [`LEVEL`] within [`FADE`] frames, and a rounding.
const STEEPEST: f32 = 1.5 * LEVEL / FADE as f32 + 1e-6;

/// Frames that can be told apart: 1/65536, 2/65536, …
fn numbered(frames: usize) -> Vec<f32> {
    (1..=frames).map(|n| n as f32 / 65_536.0).collect()
}

/// A steady signal.
fn steady(frames: usize) -> Vec<f32> {
    vec![LEVEL; frames]
}

/// That two signals are the same; where they are not is said in short.
#[track_caller]
fn assert_same(heard: &[f32], expected: &[f32]) {
    let differs = heard
        .iter()
        .zip(expected)
        .position(|(heard, expected)| heard != expected);
    if let Some(at) = differs {
        panic!("at {at} {} instead of {}", heard[at], expected[at]);
    }
    assert_eq!(heard.len(), expected.len());
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
