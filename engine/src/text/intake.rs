//! A text that still grows, and what of it is not read yet.
//!
//! Text comes in here, in any pieces, and goes out sentence by sentence; what was read is forgotten, so that a stream that
//! never ends takes no more room than its longest sentence. Places are bytes of all the text that ever came.

use std::ops::Range;

/// What was read is forgotten when it is longer than this and than what was not, in bytes.
const KEPT: usize = 4_096;

/// Text that has come and was not read.
#[derive(Debug, Default)]
pub(super) struct Intake {
    /// From `base` on.
    text: String,
    /// Bytes of the text that were forgotten.
    base: usize,
    /// The beginning of a character whose other bytes are still to come.
    begun: Vec<u8>,
    /// Nothing more will come.
    is_final: bool,
}

impl Intake {
    /// Adds text.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds bytes of UTF-8, which may begin and end inside of a character. What is no UTF-8 becomes `U+FFFD`, as
    /// [`String::from_utf8_lossy`] does it.
    pub(super) fn push_bytes(&mut self, bytes: &[u8]) {
        self.begun.extend_from_slice(bytes);
        let bytes = std::mem::take(&mut self.begun);
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            self.text.push_str(chunk.valid());
            let is_last = chunks.peek().is_none();
            match chunk.invalid() {
                [] => {}
                // Only the last one can be completed: `error_len` of the others is known.
                begun if is_last && is_beginning(begun) => self.begun = begun.to_vec(),
                _ => self.text.push(char::REPLACEMENT_CHARACTER),
            }
        }
    }

    /// Nothing more will come. A character that was begun never will be one.
    pub(super) fn finish(&mut self) {
        if !std::mem::take(&mut self.begun).is_empty() {
            self.text.push(char::REPLACEMENT_CHARACTER);
        }
        self.is_final = true;
    }

    pub(super) fn is_final(&self) -> bool {
        self.is_final
    }

    /// What has come and was not forgotten, and where it begins.
    pub(super) fn text(&self) -> (&str, usize) {
        (&self.text, self.base)
    }

    /// The bytes that have come.
    pub(super) fn end(&self) -> usize {
        self.base + self.text.len()
    }

    /// A part of what was not forgotten, as it came; empty if it was.
    pub(super) fn get(&self, range: Range<usize>) -> &str {
        let shifted = range
            .start
            .checked_sub(self.base)
            .zip(range.end.checked_sub(self.base));
        shifted
            .and_then(|(start, end)| self.text.get(start..end))
            .unwrap_or("")
    }

    /// Whether a character begins at `at`, or the text ends there.
    pub(super) fn is_boundary(&self, at: usize) -> bool {
        at.checked_sub(self.base)
            .is_none_or(|at| self.text.is_char_boundary(at))
    }

    /// What is before `to` will not be asked for again.
    pub(super) fn forget(&mut self, to: usize) {
        let read = to.saturating_sub(self.base).min(self.text.len());
        if read > KEPT && read > self.text.len() / 2 {
            self.text.drain(..read);
            self.base += read;
        }
    }
}

/// Whether these bytes could begin a character.
fn is_beginning(bytes: &[u8]) -> bool {
    // What is wrong whatever follows has a length; what is only incomplete has none.
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(intake: &Intake) -> String {
        assert_eq!(intake.text().1, 0, "nothing was forgotten");
        intake.text().0.to_string()
    }

    #[test]
    fn places_stay_when_what_was_read_is_forgotten() {
        let mut intake = Intake::default();
        intake.push(&"a".repeat(5_000));
        intake.push("bcd");
        intake.forget(3_000);
        assert_eq!(intake.text().1, 0, "not worth it");
        intake.forget(5_000);
        assert_eq!((intake.text(), intake.end()), (("bcd", 5_000), 5_003));
        assert_eq!((intake.get(5_001..5_003), intake.get(0..2)), ("cd", ""));
        assert!(intake.is_boundary(5_003) && intake.is_boundary(0));
    }

    #[test]
    fn a_character_that_is_never_completed_is_replaced() {
        let mut intake = Intake::default();
        intake.push_bytes(b"a\xe2\x82");
        assert_eq!(all(&intake), "a");
        intake.finish();
        assert_eq!(all(&intake), "a\u{fffd}");
    }

    proptest! {
        #[test]
        fn bytes_in_any_pieces_are_the_same_text(
            bytes in prop_oneof![any::<Vec<u8>>(), any::<String>().prop_map(String::into_bytes)],
            cuts in prop::collection::vec(0..64_usize, 0..8),
        ) {
            let mut intake = Intake::default();
            let mut rest = &bytes[..];
            for cut in cuts {
                let (piece, after) = rest.split_at(cut.min(rest.len()));
                intake.push_bytes(piece);
                rest = after;
            }
            intake.push_bytes(rest);
            intake.finish();
            prop_assert_eq!(all(&intake), String::from_utf8_lossy(&bytes));
        }
    }
}
