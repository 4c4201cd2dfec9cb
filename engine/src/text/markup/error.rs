//! What can be wrong with markup, where, and what to do about it.
//!
//! Made by `inline` and `ssml` in strict reading; callers show the message and the [`hint`](MarkupError::hint).

use std::time::Duration;

use super::{LONGEST_SILENCE, MOST_DEPTH, MOST_SPANS};
use crate::text::error::lookalike;
use crate::text::place::Place;

/// What is wrong with a marked-up text, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem} ({place})")]
pub struct MarkupError {
    /// What is wrong.
    pub problem: MarkupProblem,
    /// Where it begins.
    pub place: Place,
}

/// What is wrong with a marked-up text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MarkupProblem {
    /// It is not XML.
    #[error("this is not well-formed: {0}")]
    Syntax(String),
    /// An element is closed that is not the one opened last.
    #[error("</{found}> stands where {} is closed", expected.as_ref().map_or("nothing".into(), |name| format!("</{name}>")))]
    WrongEnd {
        /// The element that is open, if there is one.
        expected: Option<String>,
        /// The element that is closed.
        found: String,
    },
    /// An element is never closed.
    #[error("<{0}> is never closed")]
    Unclosed(String),
    /// The document does not begin with `speak`.
    #[error("the document does not begin with <speak>")]
    NoSpeak,
    /// Something stands outside of `speak`.
    #[error("there is something outside of <speak>")]
    Outside,
    /// An element that is not read.
    #[error("there is no element <{0}>")]
    UnknownElement(String),
    /// An element that cannot stand here.
    #[error("<{element}> cannot stand in <{inside}>")]
    Misplaced {
        /// The element.
        element: String,
        /// The element around it.
        inside: String,
    },
    /// An attribute that is not read.
    #[error("<{element}> has no attribute {attribute}")]
    UnknownAttribute {
        /// The element.
        element: String,
        /// Its attribute.
        attribute: String,
    },
    /// An attribute without which the element means nothing.
    #[error("<{element}> needs the attribute {attribute}")]
    MissingAttribute {
        /// The element.
        element: String,
        /// Its attribute.
        attribute: &'static str,
    },
    /// A value that is none of those that can be understood.
    #[error("{attribute} cannot be \"{value}\"")]
    BadValue {
        /// The attribute, or "pause".
        attribute: String,
        /// What it says.
        value: String,
        /// What it may say.
        allowed: &'static str,
    },
    /// An entity that is neither a number nor one of XML's five.
    #[error("there is no entity &{0};")]
    UnknownEntity(String),
    /// A declaration of the document's type, which could define entities without bounds.
    #[error("a document type declaration is not read")]
    DocumentType,
    /// A phoneme that the voice does not have.
    #[error("'{}' (U+{:04X}) is not a phoneme of the voice", .0.escape_debug(), u32::from(*.0))]
    UnknownSymbol(char),
    /// Phonemes that are begun with "(/" and not ended with "/)".
    #[error("the phonemes that begin here do not end with \"/)\"")]
    UnclosedPhonemes,
    /// A word or phonemes without anything in them.
    #[error("a word and its phonemes cannot be empty")]
    Empty,
    /// More than [`MOST_DEPTH`] elements in one another.
    #[error("elements are nested deeper than {MOST_DEPTH}")]
    TooDeep,
    /// More than [`MOST_SPANS`] spans.
    #[error("there are more than {MOST_SPANS} spans")]
    TooManySpans,
    /// A silence longer than [`LONGEST_SILENCE`].
    #[error("a silence of {0:?} is longer than {LONGEST_SILENCE:?}")]
    TooLong(Duration),
}

impl MarkupError {
    pub(super) fn new(problem: MarkupProblem, source: &str, byte: usize) -> Self {
        Self {
            problem,
            place: Place::of(source, byte),
        }
    }

    /// What the person who sees the error can do, in one sentence.
    pub fn hint(&self) -> String {
        match &self.problem {
            MarkupProblem::Syntax(_) => "write < as &lt; and & as &amp; where they are text, and close every tag".into(),
            MarkupProblem::WrongEnd { expected: Some(name), .. } => format!("write </{name}> before it"),
            MarkupProblem::WrongEnd { expected: None, .. } => "remove it, or open the element before".into(),
            MarkupProblem::Unclosed(name) => format!("write </{name}> where it ends"),
            MarkupProblem::NoSpeak | MarkupProblem::Outside => {
                "put all of the text between <speak> and </speak>, or read it without markup".into()
            }
            MarkupProblem::UnknownElement(_) => "there are speak, p, s, break, prosody, emphasis, say-as, sub, phoneme, \
                 voice, lang, mark and audio"
                .into(),
            MarkupProblem::Misplaced { inside, .. } => format!("put it before or behind <{inside}>"),
            MarkupProblem::UnknownAttribute { .. } => "remove it: what it asks for cannot be done".into(),
            MarkupProblem::MissingAttribute { attribute, .. } => format!("write {attribute}=\"…\""),
            MarkupProblem::BadValue { allowed, .. } => format!("write {allowed}"),
            MarkupProblem::UnknownEntity(_) => {
                "write the character itself; there are &amp;, &lt;, &gt;, &quot;, &apos; and numbers like &#233;".into()
            }
            MarkupProblem::DocumentType => "remove it".into(),
            MarkupProblem::UnknownSymbol(symbol) => match lookalike(*symbol) {
                Some(meant) => format!("write {meant} (U+{:04X}) for it", u32::from(meant)),
                None => "use IPA in SSML, and between slashes the symbols of misaki, as in həlˈO".into(),
            },
            MarkupProblem::UnclosedPhonemes => "write a word with phonemes as [word](/wˈɜɹd/)".into(),
            MarkupProblem::Empty => "write a word with phonemes as [word](/wˈɜɹd/)".into(),
            MarkupProblem::TooDeep | MarkupProblem::TooManySpans => "divide the text".into(),
            MarkupProblem::TooLong(_) => "ask for several silences".into(),
        }
    }
}
