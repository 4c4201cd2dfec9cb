//! Captions of what was rendered: the text with the times at which it is heard, as SubRip, WebVTT or JSON.
//!
//! `utter say --captions` calls it with the text that it has rendered. All is made of the text and of
//! [`Rendered`]; nothing is measured or guessed here, and nothing is written.
//!
//! ```text
//! tokens    words with the signs around them, cut out of the text
//! cues      tokens that are shown together, in at most two lines
//! srt, vtt  the files of cues; json has sentences and words instead
//! ```

mod cues;
mod json;
mod srt;
mod time;
mod tokens;
mod vtt;

use super::render::Rendered;
use std::path::Path;

/// The most characters in a line of a cue; there are two lines at most.
pub const LINE: usize = 42;

/// How captions are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CaptionFormat {
    /// SubRip, `.srt`: numbered cues.
    Srt,
    /// WebVTT, `.vtt`: cues, in which each word has its time.
    Vtt,
    /// `.json`: sentences of words with their places, times and phonemes.
    Json,
}

impl CaptionFormat {
    /// The format that a file's name says.
    pub fn of_path(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "srt" => Some(Self::Srt),
            "vtt" => Some(Self::Vtt),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// The text that captions are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Captioned<'t> {
    /// The text as it was given to be read.
    pub text: &'t str,
    /// Whether it was read as markup or Markdown: cues then have its words and the signs at them, and not what is between.
    pub is_marked: bool,
}

/// The captions of a text, which was `rendered`, as a whole file.
///
/// Cues have two lines of [`LINE`] characters at most and do not overlap. They end with sentences, or else with clauses if
/// there is a cut; one is shown for a second if the next leaves it that time. Without words in `rendered`, because the voice
/// cannot tell when they sound, there are none.
pub fn captions(format: CaptionFormat, source: Captioned<'_>, rendered: &Rendered) -> String {
    match format {
        CaptionFormat::Srt => srt::write(&cues::cues(source, rendered)),
        CaptionFormat::Vtt => vtt::write(&cues::cues(source, rendered)),
        CaptionFormat::Json => json::write(source.text, rendered),
    }
}

#[cfg(test)]
mod tests;
