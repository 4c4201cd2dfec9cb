//! WebVTT, with the time of each word within its cue.
//!
//! As the [W3C specification](https://www.w3.org/TR/webvtt1/) has it: a time within a cue is later than the cue's start and
//! the time before, and earlier than its end; where a word has none such, it is shown with the one before. `&`, `<` and `>` are
//! escaped, and `-->` with them.

use super::cues::Cue;
use super::time::clock;
use std::fmt::Write;

pub(super) fn write(cues: &[Cue<'_>]) -> String {
    let mut file = String::from("WEBVTT\n\n");
    for cue in cues {
        let (start, end) = (clock(cue.start, '.'), clock(cue.end, '.'));
        // Writing to a string does not fail.
        let _ = writeln!(file, "{start} --> {end}");
        let mut last = cue.start;
        for line in &cue.lines {
            for (n, token) in line.iter().enumerate() {
                let space = if n > 0 && token.is_apart { " " } else { "" };
                file.push_str(space);
                if (last + 1..cue.end).contains(&token.start) {
                    let _ = write!(file, "<{}>", clock(token.start, '.'));
                    last = token.start;
                }
                escape(token.text, &mut file);
            }
            file.push('\n');
        }
        file.push('\n');
    }
    file
}

/// Adds text of a cue, in which every space is one.
fn escape(text: &str, file: &mut String) {
    for (n, part) in text.split_whitespace().enumerate() {
        if n > 0 {
            file.push(' ');
        }
        for character in part.chars() {
            match character {
                '&' => file.push_str("&amp;"),
                '<' => file.push_str("&lt;"),
                '>' => file.push_str("&gt;"),
                other => file.push(other),
            }
        }
    }
}
