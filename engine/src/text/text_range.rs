//! A part of a text, as two kinds of programs count.
//!
//! What tells of words that are heard tells where they stand in both: Rust counts bytes of UTF-8, Dart and JavaScript units
//! of UTF-16. Plain data; [`Utf16Cursor`](super::Utf16Cursor) turns the one into the other.

use std::ops::Range;

/// A part of a text.
///
/// ```
/// let text = "naïve 😀 cat";
/// let cat = utter::text::TextRange { utf8: 12..15, utf16: 9..12 };
/// assert_eq!(&text[cat.utf8], "cat");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct TextRange {
    /// In bytes of UTF-8, on character boundaries.
    pub utf8: Range<usize>,
    /// The same in UTF-16 code units.
    pub utf16: Range<usize>,
}
