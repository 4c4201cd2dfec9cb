//! SubRip: a number, the times, the lines, and an empty one.
//!
//! The format has no escapes, and what it says of markup differs from player to player; only what would be taken for times is
//! written in another way.

use super::cues::Cue;
use super::time::clock;
use std::fmt::Write;

pub(super) fn write(cues: &[Cue<'_>]) -> String {
    let mut file = String::new();
    for (n, cue) in cues.iter().enumerate() {
        let (start, end) = (clock(cue.start, ','), clock(cue.end, ','));
        // Writing to a string does not fail.
        let _ = write!(file, "{}\n{start} --> {end}\n", n + 1);
        for line in &cue.lines {
            let mut shown = String::new();
            for (n, token) in line.iter().enumerate() {
                let space = if n > 0 && token.is_apart { " " } else { "" };
                shown.push_str(space);
                let words: Vec<&str> = token.text.split_whitespace().collect();
                shown.push_str(&words.join(" "));
            }
            file.push_str(&shown.replace("-->", "→"));
            file.push('\n');
        }
        file.push('\n');
    }
    file
}
