//! Puts a sentence together again from what was copied and what was read.
//!
//! Used by the pass only. It sees to the spaces around readings and to the source of every byte.

use super::super::plain::Plain;
use super::reading::Reading;

/// The text that is being written, beside the one that is being read.
pub(super) struct Writer<'t> {
    source: &'t Plain,
    written: Plain,
    /// A reading came last, so a letter after it needs a space.
    after_reading: bool,
}

impl<'t> Writer<'t> {
    pub(super) fn new(source: &'t Plain) -> Self {
        Self {
            source,
            written: Plain::default(),
            after_reading: false,
        }
    }

    /// Takes over a piece of the text as it is.
    pub(super) fn copy(&mut self, at: usize, length: usize) {
        let text = &self.source.text()[at..at + length];
        if self.after_reading {
            // A full stop after "p.m" would become part of it.
            let last = self.written.text();
            let last = last.rfind(' ').map_or(last, |space| &last[space..]);
            let swallowed = text.starts_with('.') && last.contains('.');
            if swallowed || text.starts_with(char::is_alphanumeric) {
                let end = self.source.source(at..at);
                self.written.push(" ", end);
            }
        }
        self.written.push_from(self.source, at..at + length);
        self.after_reading = false;
    }

    /// Writes the words of a reading of the text at `at`.
    pub(super) fn reading(&mut self, at: usize, reading: &Reading) {
        for part in &reading.parts {
            let range = at + part.range.start..at + part.range.end;
            let source = self.source.source(range);
            let before = self.written.text().chars().next_back();
            if part.words.is_empty() {
                match before {
                    Some(c) if c.is_whitespace() => self.written.extend_space(source.end),
                    _ => self.written.push(" ", source),
                }
                continue;
            }
            let is_mark = part.words.starts_with([',', '.']);
            if !is_mark && before.is_some_and(|c| c.is_alphanumeric() || c == ',') {
                self.written.push(" ", source.start..source.start);
            }
            self.written.push(&part.words, source);
        }
        self.after_reading = true;
    }

    pub(super) fn finish(self) -> Plain {
        self.written
    }
}
