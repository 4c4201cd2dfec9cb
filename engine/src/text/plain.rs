//! A text on its way to phonemes that still knows where it came from.
//!
//! Each pass over a sentence (`written`, `normalise`) writes a new [`Plain`]: what shall be read, and for each of its bytes
//! the range of the source that stands behind it. A pass may replace, drop or insert text, but it keeps the order, so
//! the ranges of later text never lie before those of earlier text. Nothing outside this room sees it.

use std::ops::Range;

/// Text to be read, with the range of the source text behind every byte.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Plain {
    text: String,
    origin: Vec<Range<usize>>,
}

impl Plain {
    /// The text as it shall be read.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// A piece of the source, which begins at byte `offset` of it, as it is.
    pub(super) fn verbatim(text: &str, offset: usize) -> Self {
        let characters = text.char_indices().flat_map(|(at, c)| {
            let source = offset + at..offset + at + c.len_utf8();
            std::iter::repeat_n(source, c.len_utf8())
        });
        Self {
            text: text.into(),
            origin: characters.collect(),
        }
    }

    /// Adds a range of another text that was read from the same source.
    pub(super) fn push_from(&mut self, other: &Self, range: Range<usize>) {
        self.text.push_str(&other.text[range.clone()]);
        self.origin.extend_from_slice(&other.origin[range]);
    }

    /// Adds `text`, read from `source` as a whole.
    pub(super) fn push(&mut self, text: &str, source: Range<usize>) {
        self.text.push_str(text);
        self.origin.resize(self.text.len(), source);
    }

    /// Lets the last character stand for the source up to `end` too, if there is one. If that is a space that was
    /// inserted, what comes before it is meant.
    pub(super) fn extend_last(&mut self, end: usize) {
        let inserted = |(byte, origin): &(u8, &Range<usize>)| *byte == b' ' && origin.is_empty();
        let spaces = self
            .text
            .bytes()
            .zip(&self.origin)
            .rev()
            .take_while(inserted)
            .count();
        let spaces = self.origin.len() - spaces;
        let last = self.text[..spaces].chars().next_back().map_or(0, char::len_utf8);
        for origin in &mut self.origin[spaces - last..spaces] {
            origin.end = origin.end.max(end);
        }
        for origin in &mut self.origin[spaces..] {
            *origin = end..end;
        }
    }

    /// Lets the last byte, which is a space, stand for the source up to `end` too.
    pub(super) fn extend_space(&mut self, end: usize) {
        if let Some(space) = self.origin.last_mut() {
            space.end = space.end.max(end);
        }
    }

    /// Forgets the first bytes.
    pub(super) fn drop_front(&mut self, bytes: usize) {
        self.text.drain(..bytes);
        self.origin.drain(..bytes);
    }

    /// Panics unless the ranges ascend and lie on the characters of `source`.
    pub(super) fn check(&self, source: &str) {
        assert_eq!(self.text.len(), self.origin.len());
        let mut before = 0..0;
        for range in &self.origin {
            assert!(source.get(range.clone()).is_some(), "{range:?} of {source:?}");
            let ascends = before.start <= range.start && before.end <= range.end;
            assert!(ascends, "{range:?} after {before:?}");
            before = range.clone();
        }
    }

    /// What was read from a range of the source; what was read from more than that, too.
    pub(super) fn read_from(&self, source: &Range<usize>) -> &str {
        let start = self.origin.partition_point(|origin| origin.end <= source.start);
        let end = self.origin.partition_point(|origin| origin.start < source.end);
        self.text.get(start..end.max(start)).unwrap_or_default()
    }

    /// What a range of [`text`](Self::text) was read from. An empty range came from nothing, between its neighbours.
    pub(super) fn source(&self, range: Range<usize>) -> Range<usize> {
        match (
            self.origin.get(range.start),
            range.end.checked_sub(1).and_then(|last| self.origin.get(last)),
        ) {
            (Some(first), Some(last)) if range.start < range.end => first.start..last.end,
            (Some(first), _) => first.start..first.start,
            (None, _) => {
                let end = self.origin.last().map_or(0, |last| last.end);
                end..end
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaced_and_inserted_text_is_traced_to_its_source() {
        // "ß b" read as "ss, b": one letter becomes two, a comma comes from nowhere.
        let mut plain = Plain::default();
        plain.push("ss", 0..2);
        plain.push(",", 2..2);
        plain.push(" ", 2..3);
        plain.push("b", 3..4);
        assert_eq!(plain.text(), "ss, b");
        assert_eq!(plain.source(0..2), 0..2);
        assert_eq!(plain.source(1..2), 0..2);
        assert_eq!(plain.source(2..3), 2..2);
        assert_eq!(plain.source(0..5), 0..4);
        assert_eq!(plain.source(5..5), 4..4);
    }

    #[test]
    fn what_is_dropped_belongs_to_the_letter_before() {
        let mut plain = Plain::default();
        plain.extend_last(9);
        plain.push("n", 0..1);
        plain.extend_last(3);
        assert_eq!(plain.source(0..1), 0..3);
        plain.push(" ", 3..3);
        plain.extend_last(5);
        assert_eq!((plain.source(0..1), plain.source(1..2)), (0..5, 5..5));
    }
}
