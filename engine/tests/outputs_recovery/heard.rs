//! What of the sweep each stream has played, and how it goes on from one to the next.

use crate::speech::SAID;
use crate::sweep_heard::{Part, part};
use crate::timed_output::Capture;
use std::ops::Range;

/// Frames behind which a fade of 8 ms, and what the resampler has not known before it, are over.
pub fn settled(rate: u32) -> usize {
    rate as usize / 50
}

/// What a stream has played that began with the sweep.
pub fn first_part(capture: &Capture) -> Part {
    clean_part(capture, 0.0..0.1)
}

/// What a stream has played that went on about where the one before ended.
pub fn next_part(capture: &Capture, before: &Part) -> Part {
    clean_part(capture, before.to - 0.2..before.to + 0.2)
}

fn clean_part(capture: &Capture, near: Range<f64>) -> Part {
    let (part, snr) = part(&capture.channel(0), capture.rate, settled(capture.rate), near);
    println!("{part:?}, {snr:.1} dB");
    assert!(snr > 60.0, "no frame is lost or doubled inside: {snr:.1} dB");
    part
}

/// That it was the sweep from its beginning on.
pub fn assert_from_the_beginning(part: &Part) {
    assert!(part.from.abs() < 1e-4, "{part:?}");
}

/// That it was the sweep to its end.
pub fn assert_to_the_end(part: &Part) {
    assert!((part.to - SAID).abs() < 1e-3, "{part:?}");
}

/// Seconds from the last frame that the one stream played to the first that the other did.
pub fn gap(before: (&Capture, &Part), after: (&Capture, &Part)) -> f64 {
    let end = before.0.heard_at(before.1.frames.end - 1);
    after.0.heard_at(after.1.frames.start).as_secs_f64() - end.as_secs_f64()
}

/// That these are all that a stream has played but silence, to 2 ms: a second of the sweep at `rate`.
pub fn assert_one_second(rate: u32, captures: &[Capture]) {
    let sounding = |capture: &Capture| capture.channel(0).iter().filter(|&&x| x != 0.0).count();
    let heard: usize = captures.iter().map(sounding).sum();
    assert!(heard.abs_diff(rate as usize) < 100, "{heard} frames");
}
