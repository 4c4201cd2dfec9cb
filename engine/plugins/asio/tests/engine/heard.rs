//! What of the sweep was heard.

use std::ops::Range;

use crate::speech::SAID;
use crate::sweep_heard::{Part, part};
use crate::timed_output::Capture;

/// Frames behind which a fade of 8 ms, and what the resampler has not known before it, are over.
fn settled(rate: u32) -> usize {
    rate as usize / 50
}

/// The only part of a capture that sounds, which is about there in the sweep, and clean.
pub fn clean_part(capture: &Capture, near: Range<f64>) -> Part {
    clean(&capture.channel(0), capture.rate, near)
}

/// The same of a piece of a capture.
pub fn clean(heard: &[f32], rate: u32, near: Range<f64>) -> Part {
    let (part, snr) = part(heard, rate, settled(rate), near);
    println!("{part:?}, {snr:.1} dB");
    assert!(snr >= 60.0, "no frame is lost or doubled inside: {snr:.1} dB");
    part
}

/// The pieces of a capture that sound, with at least `silence` frames of silence between them.
pub fn pieces(heard: &[f32], silence: usize) -> Vec<Range<usize>> {
    let mut pieces: Vec<Range<usize>> = Vec::new();
    for (frame, _) in heard.iter().enumerate().filter(|(_, sample)| **sample != 0.0) {
        match pieces.last_mut() {
            Some(piece) if frame - piece.end < silence => piece.end = frame + 1,
            _ => pieces.push(frame..frame + 1),
        }
    }
    pieces
}

pub fn assert_from_the_beginning(part: &Part) {
    assert!(part.from.abs() < 1e-4, "{part:?}");
}

pub fn assert_to_the_end(part: &Part) {
    assert!((part.to - SAID).abs() < 1e-3, "{part:?}");
}
