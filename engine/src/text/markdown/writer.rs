//! The text that a filter writes: lines and what may stand at their beginning.
//!
//! Only `filter` calls this. It keeps line ends from piling up, drops blanks at the beginning of a line, and writes the
//! sign of a row or between two cells only before something that is spoken. It knows nothing of Markdown.

use std::ops::Range;

use super::ahead::is_blank;
use crate::text::plain::Plain;

/// What begins an item or a row: ends the sentence before it, and has no sound.
const BULLET: &str = "•";

#[derive(Debug)]
pub(super) struct Writer {
    /// Line ends at the end of what was written; enough of them at the beginning of the text.
    breaks: u8,
    /// Whether the line holds nothing yet but its bullet.
    fresh: bool,
    /// What separates the next word from the cell before it, and the sign that stands for it.
    separator: Option<(&'static str, Range<usize>)>,
    /// What the last character was read from, so that ranges ascend even where several have the same.
    last: Range<usize>,
}

impl Default for Writer {
    fn default() -> Self {
        Self {
            breaks: 2,
            fresh: true,
            separator: None,
            last: 0..0,
        }
    }
}

impl Writer {
    /// Writes text without a line end, read from `source`.
    pub(super) fn text(&mut self, out: &mut Plain, text: &str, source: Range<usize>) {
        if self.fresh && text.chars().all(is_blank) {
            return;
        }
        if let Some((sign, place)) = self.separator.take() {
            self.push(out, sign, place.clone());
            self.push(out, " ", place.end..place.end);
        }
        self.push(out, text, source);
        (self.breaks, self.fresh) = (0, false);
    }

    /// Sees to it that this many line ends stand here. `source` is read as the first of them.
    pub(super) fn break_line(&mut self, out: &mut Plain, breaks: u8, source: Range<usize>) {
        let end = source.end;
        let mut source = Some(source);
        while self.breaks < breaks {
            self.push(out, "\n", source.take().unwrap_or(end..end));
            self.breaks += 1;
        }
        (self.fresh, self.separator) = (true, None);
    }

    /// Whether the line before this one held text.
    pub(super) fn follows_text(&self) -> bool {
        self.breaks == 1
    }

    /// Begins an item whose sign is `source`.
    pub(super) fn item(&mut self, out: &mut Plain, source: Range<usize>) {
        self.break_line(out, 1, source.start..source.start);
        self.push(out, BULLET, source.clone());
        self.push(out, " ", source.end..source.end);
        self.breaks = 0;
    }

    /// Begins a row, or a cell in it, with the sign `source`.
    pub(super) fn cell(&mut self, out: &mut Plain, source: Range<usize>, begins_row: bool) {
        if begins_row {
            self.break_line(out, 1, source.start..source.start);
            self.separator = Some((BULLET, source));
        } else if self.separator.is_none() {
            self.separator = Some((",", source));
        }
    }

    /// Whether a cell has begun of which nothing is written yet.
    pub(super) fn in_empty_cell(&self) -> bool {
        self.separator.is_some()
    }

    fn push(&mut self, out: &mut Plain, text: &str, source: Range<usize>) {
        let end = source.end.max(self.last.end);
        let start = if source.is_empty() {
            end
        } else {
            source.start.max(self.last.start)
        };
        self.last = start..end;
        out.push(text, self.last.clone());
    }
}
