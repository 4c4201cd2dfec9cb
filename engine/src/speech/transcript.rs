//! The text of an utterance, kept to tell where in it something stands, and what of it was not heard.
//!
//! A [`ChunkSource`](super::ChunkSource) that has a text hands one out; the [`UtteranceHandle`](super::UtteranceHandle) asks
//! it. The text of a stream is added to it while it is written, and kept to the end of the utterance and its handles: it
//! takes less room than the marks of its words. Nothing here is read aloud, and its lock is held for no longer than it takes
//! to copy what is asked for.

use crate::text::{LossyUtf8, TextRange};
use parking_lot::Mutex;
use std::ops::Range;
use std::sync::Arc;

/// So many bytes are between two places of which it is noted how they are counted in UTF-16.
const STEP: usize = 1_024;

/// The text of an utterance as far as it has come. Clones are the same.
#[derive(Clone, Default)]
pub struct Transcript(Arc<Mutex<Written>>);

#[derive(Default)]
struct Written {
    text: String,
    decoder: LossyUtf8,
    /// Places at the beginning of characters, in bytes and in UTF-16 units; [`STEP`] bytes or a little more lie between two.
    places: Vec<(usize, usize)>,
    /// The bytes that were counted, and their units.
    counted: (usize, usize),
    is_closed: bool,
}

impl Transcript {
    /// A text that is there already.
    pub fn of(text: impl Into<String>) -> Self {
        let mut written = Written {
            text: text.into(),
            ..Written::default()
        };
        written.count();
        Self(Arc::new(Mutex::new(written)))
    }

    /// A part of it in both ways of counting. Bytes inside a character count as its beginning, bytes beyond the text as its
    /// end.
    pub fn range(&self, bytes: &Range<usize>) -> TextRange {
        self.0.lock().range(bytes)
    }

    /// The same of a text that there may not be. Without one both are the bytes.
    pub(super) fn range_in(transcript: Option<&Self>, bytes: &Range<usize>) -> TextRange {
        let as_bytes = || TextRange {
            utf8: bytes.clone(),
            utf16: bytes.clone(),
        };
        transcript.map_or_else(as_bytes, |transcript| transcript.range(bytes))
    }

    /// Its length in bytes, so far.
    pub fn len(&self) -> usize {
        self.0.lock().text.len()
    }

    /// Whether nothing of it has come.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What `look` makes of all that has come.
    pub(super) fn look<R>(&self, look: impl FnOnce(&str) -> R) -> R {
        look(&self.0.lock().text)
    }

    /// Adds a piece of UTF-8, cut anywhere; `false` if it is [closed](Self::close).
    pub(super) fn push(&self, piece: &[u8]) -> bool {
        let mut written = self.0.lock();
        if written.is_closed {
            return false;
        }
        let Written { text, decoder, .. } = &mut *written;
        decoder.push(piece, text);
        written.count();
        true
    }

    /// Nothing more will come.
    pub(super) fn finish(&self) {
        let mut written = self.0.lock();
        if !written.is_closed {
            let Written { text, decoder, .. } = &mut *written;
            decoder.finish(text);
            written.count();
        }
    }

    /// The utterance is over: the text stays what it is.
    pub(super) fn close(&self) {
        self.0.lock().is_closed = true;
    }
}

impl Written {
    /// Counts what has come since the last time.
    fn count(&mut self) {
        let (from, mut units) = self.counted;
        let mut last = self.places.last().map_or(0, |(byte, _)| *byte);
        for (at, character) in self.text[from..].char_indices() {
            let byte = from + at;
            if byte >= last + STEP {
                self.places.push((byte, units));
                last = byte;
            }
            units += character.len_utf16();
        }
        self.counted = (self.text.len(), units);
    }

    fn range(&self, bytes: &Range<usize>) -> TextRange {
        let (start, end) = (self.place(bytes.start), self.place(bytes.end.max(bytes.start)));
        TextRange {
            utf8: start.0..end.0,
            utf16: start.1..end.1,
        }
    }

    /// A place in bytes and in UTF-16 units.
    fn place(&self, byte: usize) -> (usize, usize) {
        let byte = self.text.floor_char_boundary(byte);
        let noted = self.places.partition_point(|(noted, _)| *noted <= byte);
        let (from, units) = match noted.checked_sub(1) {
            Some(noted) => self.places[noted],
            None => (0, 0),
        };
        let between = self.text[from..byte].chars().map(char::len_utf16).sum::<usize>();
        (byte, units + between)
    }
}

impl std::fmt::Debug for Transcript {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let written = self.0.lock();
        f.debug_struct("Transcript")
            .field("bytes", &written.text.len())
            .field("is_closed", &written.is_closed)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Utf16Cursor;
    use proptest::prelude::*;

    #[test]
    fn a_text_that_is_over_stays_what_it_is() {
        let transcript = Transcript::default();
        assert!(transcript.push(b"na\xc3") && transcript.push("ïve".as_bytes().split_at(1).1));
        transcript.close();
        assert!(!transcript.push(b" cat"));
        transcript.finish();
        assert_eq!(transcript.look(str::to_owned), "naïve");
        assert_eq!(
            transcript.range(&(4..99)),
            TextRange {
                utf8: 4..6,
                utf16: 3..5
            }
        );
    }

    #[test]
    fn places_of_a_long_text_are_counted_from_near() {
        let text = "😀ä ".repeat(4_000);
        let transcript = Transcript::of(text.as_str());
        let mut cursor = Utf16Cursor::new(&text);
        for at in (0..text.len()).step_by(777) {
            let at = text.floor_char_boundary(at);
            assert_eq!(transcript.range(&(at..at + 6)).utf16, cursor.range(at..at + 6));
        }
        let places = transcript.0.lock().places.len();
        assert_eq!(
            places,
            text.len() / (STEP + 4),
            "7 bytes a turn, of which 1024 is no multiple"
        );
    }

    proptest! {
        #[test]
        fn bytes_in_any_pieces_have_the_places_of_the_whole(
            bytes in prop_oneof![any::<Vec<u8>>(), any::<String>().prop_map(String::into_bytes)],
            cuts in prop::collection::vec(0..64_usize, 0..8),
            parts in prop::collection::vec((0..80_usize, 0..80_usize), 1..8),
        ) {
            let transcript = Transcript::default();
            let mut rest = &bytes[..];
            for cut in cuts {
                let (piece, after) = rest.split_at(cut.min(rest.len()));
                transcript.push(piece);
                rest = after;
            }
            transcript.push(rest);
            transcript.finish();
            let whole = String::from_utf8_lossy(&bytes);
            prop_assert_eq!(transcript.look(str::to_owned), &*whole);
            for (start, length) in parts {
                let part = start..start + length;
                let range = transcript.range(&part);
                prop_assert_eq!(range.utf16, Utf16Cursor::new(&whole).range(part));
                prop_assert!(whole.get(range.utf8).is_some());
            }
        }
    }
}
