//! A text that still grows, and what of it is not read yet.
//!
//! Text comes in here, in any pieces, and goes out sentence by sentence; what was read is forgotten, so that a stream that
//! never ends takes no more room than its longest sentence. What is read is the source itself, or what Markdown or markup
//! leaves of it. Places are bytes of all that was ever to be read, or, where it is said so, of the source.

use super::utf8::LossyUtf8;
use std::ops::Range;

use super::markdown::{MarkdownFilter, MarkdownOptions};
use super::plain::Plain;

/// What was read is forgotten when it is longer than this and than what was not, in bytes.
const KEPT: usize = 4_096;

/// Text that has come and was not read.
#[derive(Debug, Default)]
pub(super) struct Intake {
    /// The source, from `base` on.
    source: String,
    /// Bytes of the source that were forgotten.
    base: usize,
    decoder: LossyUtf8,
    /// Nothing more will come.
    is_final: bool,
    /// What is to be read, if that is not the source.
    shown: Option<Shown>,
}

/// What is left to be read of a source with signs in it.
#[derive(Debug)]
struct Shown {
    filter: Option<MarkdownFilter>,
    text: Plain,
    /// Bytes of the text that were forgotten.
    base: usize,
}

impl Intake {
    /// Text of which nothing has come yet. With options, Markdown in it is read as they say.
    pub(super) fn new(markdown: Option<MarkdownOptions>) -> Self {
        Self {
            shown: markdown.map(|options| Shown {
                filter: Some(MarkdownFilter::new(options)),
                text: Plain::default(),
                base: 0,
            }),
            ..Self::default()
        }
    }

    /// All of a source, and what is to be read of it.
    pub(super) fn whole(source: &str, text: Plain) -> Self {
        Self {
            source: source.into(),
            is_final: true,
            shown: Some(Shown {
                filter: None,
                text,
                base: 0,
            }),
            ..Self::default()
        }
    }

    /// Adds text.
    pub(super) fn push(&mut self, text: &str) {
        self.source.push_str(text);
        if let Some((filter, shown)) = self.filter() {
            filter.push(text, shown);
        }
    }

    /// Adds bytes of UTF-8, which may begin and end inside of a character. What is no UTF-8 becomes `U+FFFD`, as
    /// [`String::from_utf8_lossy`] does it.
    pub(super) fn push_bytes(&mut self, bytes: &[u8]) {
        let mut text = String::new();
        self.decoder.push(bytes, &mut text);
        self.push(&text);
    }

    /// Nothing more will come. A character that was begun never will be one.
    pub(super) fn finish(&mut self) {
        let mut text = String::new();
        self.decoder.finish(&mut text);
        self.push(&text);
        if let Some((filter, shown)) = self.filter() {
            filter.finish(shown);
        }
        self.is_final = true;
    }

    /// Shows what is held back because of what may follow.
    pub(super) fn settle(&mut self) {
        if let Some((filter, shown)) = self.filter() {
            filter.settle(shown);
        }
    }

    fn filter(&mut self) -> Option<(&mut MarkdownFilter, &mut Plain)> {
        let shown = self.shown.as_mut()?;
        Some((shown.filter.as_mut()?, &mut shown.text))
    }

    pub(super) fn is_final(&self) -> bool {
        self.is_final
    }

    /// What is to be read and was not forgotten, and where it begins.
    pub(super) fn text(&self) -> (&str, usize) {
        match &self.shown {
            Some(shown) => (shown.text.text(), shown.base),
            None => (&self.source, self.base),
        }
    }

    /// A part of what is to be read; empty if it was forgotten.
    pub(super) fn said(&self, range: Range<usize>) -> &str {
        let (text, base) = self.text();
        part(text, base, range)
    }

    /// The same, with the places in the source.
    pub(super) fn sentence(&self, range: Range<usize>) -> Plain {
        match &self.shown {
            Some(shown) => {
                let mut sentence = Plain::default();
                sentence.push_from(&shown.text, range.start - shown.base..range.end - shown.base);
                sentence
            }
            None => Plain::verbatim(self.said(range.clone()), range.start),
        }
    }

    /// The bytes behind `at` that are there and were not read.
    pub(super) fn unread(&self, at: usize) -> usize {
        let (text, base) = self.text();
        let filter = self.shown.as_ref().and_then(|shown| shown.filter.as_ref());
        base + text.len() - at + filter.map_or(0, MarkdownFilter::held)
    }

    /// A part of the source that was not forgotten, as it came; empty if it was.
    pub(super) fn get(&self, source: Range<usize>) -> &str {
        part(&self.source, self.base, source)
    }

    /// Whether a character of the source begins at its byte `at`, or it ends there.
    pub(super) fn is_boundary(&self, at: usize) -> bool {
        at.checked_sub(self.base)
            .is_none_or(|at| self.source.is_char_boundary(at))
    }

    /// What is before `to` will not be asked for again.
    pub(super) fn forget(&mut self, to: usize) {
        let source = match &mut self.shown {
            None => to,
            Some(shown) => {
                let read = to.saturating_sub(shown.base).min(shown.text.text().len());
                if !is_worth_it(read, shown.text.text().len()) {
                    return;
                }
                shown.text.drop_front(read);
                shown.base += read;
                match shown.text.text() {
                    // What the filter holds back still stands in the source.
                    "" => {
                        self.base + self.source.len() - shown.filter.as_ref().map_or(0, MarkdownFilter::held)
                    }
                    _ => shown.text.source(0..1).start,
                }
            }
        };
        let read = source.saturating_sub(self.base).min(self.source.len());
        if is_worth_it(read, self.source.len()) && self.source.is_char_boundary(read) {
            self.source.drain(..read);
            self.base += read;
        }
    }
}

/// Whether so much of a text that was read is to be forgotten.
fn is_worth_it(read: usize, length: usize) -> bool {
    read > KEPT && read > length / 2
}

/// A part of a text that begins at `base`; empty if it is not in it.
fn part(text: &str, base: usize, range: Range<usize>) -> &str {
    let shifted = range.start.checked_sub(base).zip(range.end.checked_sub(base));
    shifted
        .and_then(|(start, end)| text.get(start..end))
        .unwrap_or("")
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
        assert_eq!((intake.text(), intake.unread(5_001)), (("bcd", 5_000), 2));
        assert_eq!((intake.get(5_001..5_003), intake.get(0..2)), ("cd", ""));
        assert!(intake.is_boundary(5_003) && intake.is_boundary(0));
    }

    #[test]
    fn of_markdown_only_what_is_shown_is_read_and_places_are_those_of_the_source() {
        let mut intake = Intake::new(Some(MarkdownOptions::default()));
        intake.push("so **very** nice, [x");
        assert_eq!((intake.text().0, intake.unread(0)), ("so very nice, ", 16));
        assert_eq!(intake.sentence(3..7).source(0..4), 5..9);
        intake.settle();
        assert_eq!(intake.text().0, "so very nice, [x");
        intake.push(&"a ".repeat(3_000));
        intake.forget(4_200);
        assert_eq!(intake.text().1, 4_200);
        assert_eq!(
            (intake.get(0..2), intake.sentence(4_200..4_202).source(0..2)),
            ("", 4_204..4_206)
        );
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
