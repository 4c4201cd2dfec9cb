//! Markup that says how a text shall be spoken: SSML, and inline phonemes and pauses.
//!
//! The reader calls [`Markup::read`] before any other pass, and only for text that its user says is marked up; text is
//! never taken for markup otherwise. The result is a list of [`Span`]s in the order of the source: what to say and how,
//! with ranges of the source. Nothing here knows of voices, files or audio: a name of a voice or a clip is only passed on.
//!
//! What is wrong is an error with its place ([`Strictness::Strict`]), or else is read as the text that it holds. Nothing
//! grows without bounds: see [`MOST_DEPTH`], [`MOST_SPANS`] and [`LONGEST_SILENCE`]. Entities other than XML's own five
//! and numbers do not exist, since there is no document type declaration.

mod attributes;
mod error;
mod inline;
mod ipa;
mod span;
mod ssml;
mod tag;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use error::{MarkupError, MarkupProblem};
pub use span::{Content, DateFormat, Emphasis, MarkedText, SayAs, Span, Style};

/// Elements may be nested this deep.
pub const MOST_DEPTH: usize = 32;
/// A text has at most so many spans; in lenient reading, what comes then is not marked up.
pub const MOST_SPANS: usize = 10_000;
/// The longest silence that markup can ask for; in lenient reading, a longer one is this long.
pub const LONGEST_SILENCE: Duration = Duration::from_secs(10);

/// What in a text is markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Markup {
    /// Nothing.
    #[default]
    Plain,
    /// `[word](/wˈɜɹd/)`, a word with its phonemes, in the symbols of [`SYMBOLS`](crate::text::SYMBOLS); and
    /// `[pause 500ms]` or `[pause 1.5s]`. Everything else is text, links of Markdown too.
    Inline,
    /// A document of the Speech Synthesis Markup Language with the elements `speak`, `p`, `s`, `break` (`time`,
    /// `strength`), `prosody` (`rate`, `volume`), `emphasis`, `say-as`, `sub`, `phoneme` (IPA), `voice` (`name`), `lang`,
    /// `mark` and `audio` (`src`).
    Ssml,
}

/// What becomes of markup that is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Strictness {
    /// It is an error.
    #[default]
    Strict,
    /// The text that it holds is spoken, and what cannot be understood of it is passed over.
    Lenient,
}

impl Markup {
    /// Reads a text: its spans, in the order of the source, none of them empty.
    ///
    /// ```
    /// use utter::text::{Content, Markup, Strictness};
    ///
    /// let spans = Markup::Inline.read("Well,[pause 500ms] [tomato](/təmˈɑtO/)!", Strictness::Strict)?;
    /// assert_eq!(spans.len(), 5);
    /// assert!(matches!(&spans[3].content, Content::Phonemes { symbols, .. } if symbols == "təmˈɑtO"));
    ///
    /// let error = Markup::Ssml.read("<speak>\n  <brake/>\n</speak>", Strictness::Strict).unwrap_err();
    /// assert_eq!((error.place.line, error.place.column), (2, 3));
    /// # Ok::<(), utter::text::MarkupError>(())
    /// ```
    ///
    /// # Errors
    /// With [`Strictness::Strict`] the first thing that is wrong. With [`Strictness::Lenient`] never.
    pub fn read(self, source: &str, strictness: Strictness) -> Result<Vec<Span>, MarkupError> {
        match self {
            Self::Plain => Ok(span::Spans::plain(source)),
            Self::Inline => inline::read(source, strictness),
            Self::Ssml => ssml::read(source, strictness),
        }
    }
}
