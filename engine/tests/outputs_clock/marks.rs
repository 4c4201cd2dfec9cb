//! Marks: all of them are told, in order, when they are heard.

use crate::spread::{Spread, milliseconds};
use crate::truth::Truth;
use crate::watch::Said;
use std::ops::Range;

/// Frames from a mark to the next: ten a second, and no multiple of a period.
const MARKS: u64 = 2_399;

/// Those of these frames of a track that have a mark.
pub fn marked_frames(frames: Range<u64>) -> impl Iterator<Item = u64> {
    frames.filter(|n| n % MARKS == 0)
}

/// That the marks of a track of `all` frames were told as they were heard, a `period` (in ms) too early at most.
pub fn check(marks: &[Said], truth: &Truth, all: u64, period: f64) {
    let marked: Vec<u64> = marks.iter().map(|said| said.frame).collect();
    let expected: Vec<u64> = marked_frames(0..all).collect();
    assert_eq!(marked, expected, "all of them, in order");
    let late = marks
        .iter()
        .map(|said| milliseconds(said.asked) - milliseconds(truth.heard_at(said.frame)));
    let late = Spread::of("marks late, ms", late);
    assert!(late.least() >= -period, "early");
    // Two threads must be woken for it. What else the machine does may hold one up.
    assert!(late.at(0.5) <= 5.0 && late.at(0.99) <= period + 10.0, "late");
}
