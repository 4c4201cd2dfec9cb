//! How a text is read where that is a matter of taste, or of what the text is.
//!
//! Whoever has a text read says so with it: [`Reader::read_as`](super::Reader::read_as), [`TextStream`](super::TextStream),
//! and the host for its clients. Nothing here reads.

use std::sync::Arc;

use super::chunk::Limits;
use super::markdown::MarkdownOptions;
use super::user_lexicon::UserLexicon;
use super::written::WrittenOptions;

/// How a text is read.
///
/// ```
/// use std::sync::Arc;
/// use utter::text::{Language, ReadOptions, Reader, UserLexicon};
///
/// let options = ReadOptions {
///     lexicon: Some(Arc::new(UserLexicon::parse("nginx = engine x")?)),
///     ..ReadOptions::default()
/// };
/// let reader = Reader::new();
/// let mut chunks = reader.read_as("Nginx!", Language::AmericanEnglish, &options)?;
/// assert_eq!(chunks.next().expect("there is something to say").symbols(), "ˈɛnʤən ˈɛks!");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ReadOptions {
    /// How long chunks may be.
    pub limits: Limits,
    /// What Markdown's signs become. `None`: they are text like any other, of which nothing is left out.
    pub markdown: Option<MarkdownOptions>,
    /// How numbers, signs, emoji and the like are read.
    pub written: WrittenOptions,
    /// The user's own pronunciations, which go before any dictionary.
    pub lexicon: Option<Arc<UserLexicon>>,
}

impl ReadOptions {
    /// A text without Markdown, read to the last letter.
    pub fn verbatim() -> Self {
        Self {
            markdown: None,
            ..Self::default()
        }
    }
}

impl Default for ReadOptions {
    /// Markdown is read as language models write it, with every option at its own default.
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            markdown: Some(MarkdownOptions::default()),
            written: WrittenOptions::default(),
            lexicon: None,
        }
    }
}
