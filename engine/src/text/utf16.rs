//! UTF-16 positions for the ranges of a chunk.
//!
//! Dart and JavaScript count text in UTF-16 code units, Utter in UTF-8 bytes. Word events come in the order of the
//! text, so a cursor that only moves forward converts all of them in one pass over it. Used by whoever hands events to
//! such a language; never changes or keeps the text.

use std::ops::Range;

/// Converts byte ranges of a text to ranges of UTF-16 code units.
///
/// Ranges asked for in ascending order cost one pass over the text altogether; a step back starts again at the
/// beginning and costs a pass.
///
/// ```
/// use utter::text::Utf16Cursor;
/// let mut cursor = Utf16Cursor::new("naïve 😀 cat");
/// assert_eq!(cursor.range(0..6), 0..5);
/// assert_eq!(cursor.range(12..15), 9..12);
/// ```
#[derive(Debug, Clone)]
pub struct Utf16Cursor<'t> {
    text: &'t str,
    byte: usize,
    unit: usize,
}

impl<'t> Utf16Cursor<'t> {
    /// A cursor at the beginning of `text`.
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            byte: 0,
            unit: 0,
        }
    }

    /// The range in UTF-16 code units of a range in bytes. Bytes inside a character count as its beginning, bytes
    /// beyond the text as its end.
    pub fn range(&mut self, bytes: Range<usize>) -> Range<usize> {
        let start = self.position(bytes.start);
        let mut ahead = self.clone();
        start..ahead.position(bytes.end.max(bytes.start))
    }

    fn position(&mut self, byte: usize) -> usize {
        if byte < self.byte {
            (self.byte, self.unit) = (0, 0);
        }
        for character in self.text[self.byte..].chars() {
            let next = self.byte + character.len_utf8();
            if next > byte {
                break;
            }
            self.byte = next;
            self.unit += character.len_utf16();
        }
        self.unit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_agree_with_encoding_the_text() {
        let text = "aä€😀 z\u{301}𝄞!";
        let starts: Vec<usize> = text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .collect();
        let units = |to: usize| text[..to].encode_utf16().count();
        for &from in starts.iter().rev() {
            let mut cursor = Utf16Cursor::new(text);
            cursor.range(3..7);
            for &to in starts.iter().filter(|to| **to >= from) {
                assert_eq!(cursor.range(from..to), units(from)..units(to), "{from}..{to}");
            }
        }
    }

    #[test]
    fn positions_beyond_the_text_are_its_end() {
        assert_eq!(Utf16Cursor::new("ab").range(1..99), 1..2);
        assert_eq!(Utf16Cursor::new("").range(0..0), 0..0);
    }
}
