//! What can be wrong with a lexicon, where, and what to do about it.
//!
//! Made while a lexicon is parsed; callers show the message and the [`hint`](UserLexiconError::hint).

use super::{LONGEST_LINE, MOST_ENTRIES};
use crate::text::error::lookalike;
use crate::text::language::Language;
use crate::text::place::Place;

/// What is wrong with a lexicon, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem} ({place})")]
pub struct UserLexiconError {
    /// What is wrong.
    pub problem: LexiconProblem,
    /// Where.
    pub place: Place,
}

/// What can be wrong with a lexicon.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LexiconProblem {
    /// A line with neither phonemes nor a spelling.
    #[error("the line says no pronunciation")]
    NoPronunciation,
    /// A pronunciation without a word.
    #[error("the line has no word")]
    NoWord,
    /// Phonemes or a spelling of nothing.
    #[error("the pronunciation is empty")]
    Empty,
    /// Phonemes without a slash behind them.
    #[error("the phonemes do not end with /")]
    Unclosed,
    /// A phoneme that the voice does not have.
    #[error("'{}' (U+{:04X}) is not a phoneme of the voice", .0.escape_debug(), u32::from(*.0))]
    UnknownSymbol(char),
    /// A language that there is not.
    #[error("there is no language {0}")]
    UnknownLanguage(String),
    /// The same word a second time.
    #[error("\"{word}\" stands in line {line} already")]
    Twice {
        /// The word.
        word: String,
        /// The line of the first entry.
        line: usize,
    },
    /// A line longer than 1000 bytes.
    #[error("the line is longer than {LONGEST_LINE} bytes")]
    TooLong,
    /// More than 100,000 entries.
    #[error("there are more than {MOST_ENTRIES} entries")]
    TooMany,
}

impl UserLexiconError {
    /// What the person who sees the error can do, in one sentence.
    pub fn hint(&self) -> String {
        match &self.problem {
            LexiconProblem::NoPronunciation | LexiconProblem::NoWord | LexiconProblem::Empty => {
                "write `word /phonemes/` or `word = another spelling`".into()
            }
            LexiconProblem::Unclosed => "write the phonemes between slashes, as in /wˈɜɹd/".into(),
            LexiconProblem::UnknownSymbol(symbol) => match lookalike(*symbol) {
                Some(meant) => format!("write {meant} (U+{:04X}) for it", u32::from(meant)),
                None => "use the symbols of misaki, as in /həlˈO/".into(),
            },
            LexiconProblem::UnknownLanguage(_) => {
                let tags: Vec<_> = Language::ALL.into_iter().map(Language::tag).collect();
                format!("write one of @{}", tags.join(", @"))
            }
            LexiconProblem::Twice { .. } => {
                "remove one of them, or say for which language it is, as in @en-GB".into()
            }
            LexiconProblem::TooLong => "is this a lexicon? Each entry is a line".into(),
            LexiconProblem::TooMany => "keep the entries that are needed".into(),
        }
    }
}
