//! What is played: tracks at a rate of their own, with marks.

use crate::marks::marked_frames;
use std::f64::consts::TAU;
use utter::playback::{Mark, MarkKind, Player, TrackKind, TrackOptions, TrackWriter};

/// The rate of tracks.
pub const RATE: u32 = 24_000;

/// Frames of so many seconds.
pub fn frames_in(seconds: u32) -> u64 {
    u64::from(seconds) * u64::from(RATE)
}

pub fn track(player: &Player) -> TrackWriter {
    player.add_track(speech()).unwrap()
}

pub fn speech() -> TrackOptions {
    TrackOptions {
        kind: TrackKind::Speech,
        rate: RATE,
        gain: 1.0,
    }
}

/// Plays a tone for `seconds` with marks in it, to its end.
pub fn play_tone(player: &Player, seconds: u32) {
    let mut writer = track(player);
    for second in 0..seconds {
        let range = frames_in(second)..frames_in(second + 1);
        let tone = |n| (0.5 * (TAU * 440.0 * n as f64 / f64::from(RATE)).cos()) as f32;
        let mark = |frame| Mark {
            frame,
            length: 0,
            kind: MarkKind::Word,
            source: 0..1,
        };
        let frames: Vec<f32> = range.clone().map(tone).collect();
        let marks = marked_frames(range).map(mark);
        writer.push_with_marks(frames, marks).unwrap();
    }
    writer.finish();
    player.wait_until_drained().unwrap();
}
