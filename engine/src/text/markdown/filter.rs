//! The pass over the text: what the recognisers find is dropped, replaced or written, and the rest is written as it is.
//!
//! `reader` owns a filter for each text. It holds what is not decided yet, where in the line it is, and what is open; of
//! the text that it has written it knows nothing.

use std::mem;

use super::ahead::{Ahead, Wait, is_blank};
use super::blocks::Fence;
use super::inline::{self, Emphasis, Link};
use super::writer::Writer;
use super::{CodeSpans, Links, MarkdownOptions, html};
use crate::text::plain::Plain;

/// The most bytes that are held back.
pub(in crate::text) const MOST_HELD: usize = 2000;
/// Text is taken in by so many bytes at a time, so that a long one is not copied as a whole.
const PORTION: usize = 4096;

/// Makes Markdown that comes in pieces into text to be read.
#[derive(Debug, Default)]
pub(in crate::text) struct MarkdownFilter {
    pub(super) options: MarkdownOptions,
    /// What is not decided yet.
    pub(super) held: Plain,
    /// Bytes of the text that were pushed.
    pub(super) pushed: usize,
    pub(super) line: Line,
    pub(super) open: Open,
    pub(super) writer: Writer,
}

/// Where in the line the filter is.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) part: Part,
    /// The character before, of the source; none at the beginning.
    pub(super) before: Option<char>,
    pub(super) quotes: usize,
    /// Whether the sign of an item stands directly before.
    pub(super) item: bool,
    pub(super) heading: bool,
    pub(super) row: bool,
    /// How much of "://" stands before; 3 in the address behind it.
    pub(super) address: u8,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Where signs of blocks may stand.
    #[default]
    Start,
    Text,
    /// A line of a block of code.
    Code,
}

/// What has begun and not ended.
#[derive(Debug, Default)]
pub(super) struct Open {
    pub(super) fence: Option<Fence>,
    pub(super) table: bool,
    /// How many signs of emphasis are open: of `*`, `_` and `~`.
    pub(super) signs: [usize; 3],
    /// Links whose text is being read. All of such a link has been seen, so none is ever open between two pushes.
    pub(super) links: Vec<Link>,
}

/// The held text, the place in it, and the output.
pub(super) struct Pass<'p> {
    pub(super) held: &'p Plain,
    pub(super) at: usize,
    pub(super) out: &'p mut Plain,
}

impl MarkdownFilter {
    pub(in crate::text) fn new(options: MarkdownOptions) -> Self {
        Self {
            options,
            ..Self::default()
        }
    }

    /// Takes the next piece of the source text, and writes what is decided now.
    pub(in crate::text) fn push(&mut self, piece: &str, out: &mut Plain) {
        for (at, c) in piece.char_indices() {
            let at = self.pushed + at;
            let mut bytes = [0; 4];
            self.held.push(c.encode_utf8(&mut bytes), at..at + c.len_utf8());
            if self.held.text().len() >= PORTION {
                self.run(false, out);
            }
        }
        self.pushed += piece.len();
        self.run(false, out);
    }

    /// Like [`push`](Self::push) for text that another pass has written, whose ranges of the source it keeps.
    pub(in crate::text) fn push_plain(&mut self, piece: &Plain, out: &mut Plain) {
        self.held.push_from(piece, 0..piece.text().len());
        self.run(false, out);
    }

    /// Decides what is held back as if the text ended here, though it may go on: when nothing has come for some time.
    pub(in crate::text) fn settle(&mut self, out: &mut Plain) {
        self.run(true, out);
    }

    /// Writes the rest. After this the filter is as new.
    pub(in crate::text) fn finish(&mut self, out: &mut Plain) {
        self.run(true, out);
        *self = Self::new(self.options);
    }

    /// How many bytes are held back.
    pub(in crate::text) fn held(&self) -> usize {
        self.held.text().len()
    }

    fn run(&mut self, ended: bool, out: &mut Plain) {
        let mut held = mem::take(&mut self.held);
        let text = held.text();
        let mut pass = Pass {
            held: &held,
            at: 0,
            out,
        };
        loop {
            let link_end = self.open.links.last().map(|link| link.text.end);
            if link_end.is_some_and(|end| pass.at >= end) {
                self.end_link(&mut pass);
                continue;
            }
            let limit = link_end.unwrap_or(text.len());
            if pass.at >= limit {
                break;
            }
            let end = text.floor_char_boundary(limit.min(pass.at + MOST_HELD));
            let is_last = end == limit && (ended || link_end.is_some());
            let ahead = Ahead {
                text: &text[pass.at..end],
                ended: is_last,
                settled: is_last || pass.at + MOST_HELD <= limit,
            };
            match self.step(&ahead, &mut pass) {
                Ok(taken) => pass.at += taken,
                Err(Wait) => break,
            }
        }
        let taken = pass.at;
        held.drop_front(taken);
        self.held = held;
    }

    /// Deals with what stands next and says how many bytes of it are done with.
    fn step(&mut self, ahead: &Ahead, pass: &mut Pass) -> Result<usize, Wait> {
        let Some(first) = ahead.text.chars().next() else {
            return Ok(0);
        };
        match self.line.part {
            Part::Start if self.open.fence.is_some() => self.code_line(ahead, first, pass),
            Part::Start => self.line_start(ahead, first, pass),
            Part::Code => self.code(ahead, first, pass),
            Part::Text => {
                if !in_address(first) {
                    self.line.address = 0;
                }
                self.text(ahead, first, pass)
            }
        }
    }

    /// Inside of a line of text.
    fn text(&mut self, ahead: &Ahead, first: char, pass: &mut Pass) -> Result<usize, Wait> {
        if self.line.address >= 3 {
            return Ok(self.plain(ahead, first.len_utf8(), pass));
        }
        let taken = match first {
            '\n' | '\r' => {
                let length = ahead.decide(ahead.line_end(0))?;
                if let Some(length) = length {
                    self.end_line(length, if self.line.heading { 2 } else { 1 }, pass);
                }
                length
            }
            '\\' => self.escape(ahead, pass)?,
            '`' => self.code_span(ahead, pass)?,
            '*' => self.emphasis(ahead, first, 0)?,
            '_' => self.emphasis(ahead, first, 1)?,
            '~' => self.emphasis(ahead, first, 2)?,
            '[' => {
                let mark = ahead.decide(inline::footnote_mark(ahead))?;
                match mark {
                    Some(length) => Some(length),
                    None => self.begin_link(ahead, 0, pass)?,
                }
            }
            '!' => self.begin_link(ahead, 1, pass)?,
            '<' => self.angle_bracket(ahead, pass)?,
            '&' => ahead.decide(html::entity(ahead))?.map(|(character, length)| {
                let mut bytes = [0; 4];
                let source = pass.source(0, length);
                self.writer
                    .text(pass.out, character.encode_utf8(&mut bytes), source);
                self.line.before = Some(character);
                length
            }),
            '|' if self.line.row => {
                self.open.signs = [0; 3];
                self.writer.cell(pass.out, pass.source(0, 1), false);
                self.line.before = Some('|');
                Some(1)
            }
            ' ' | '\t' if self.line.heading => ahead.decide(inline::heading_end(ahead))?,
            '#' if self.line.heading && self.line.before.is_none_or(is_blank) => {
                ahead.decide(inline::heading_end(ahead))?
            }
            ' ' | '\t' if self.line.row => self.blanks_of_cell(ahead)?,
            _ => None,
        };
        match taken {
            Some(length) => Ok(length),
            // What is none of these here is none of these a character later either.
            None if matches!(first, '`' | '*' | '_' | '~') => {
                let run = ahead.text.len() - ahead.text.trim_start_matches(first).len();
                Ok(self.plain(ahead, run, pass))
            }
            None => Ok(self.plain(ahead, first.len_utf8(), pass)),
        }
    }

    /// A backslash before a mark, which then is nothing but itself, or before the end of the line.
    fn escape(&mut self, ahead: &Ahead, pass: &mut Pass) -> Result<Option<usize>, Wait> {
        let escaped = ahead.decide(ahead.char(1))?.flatten();
        Ok(match escaped {
            Some(mark) if mark.is_ascii_punctuation() => {
                self.writer.text(pass.out, &ahead.text[1..2], pass.source(0, 2));
                self.line.before = Some(mark);
                Some(2)
            }
            Some('\n' | '\r') => Some(1),
            _ => None,
        })
    }

    fn code_span(&mut self, ahead: &Ahead, pass: &mut Pass) -> Result<Option<usize>, Wait> {
        let Some(code) = ahead.decide(inline::code(ahead))? else {
            return Ok(None);
        };
        if self.options.code_spans == CodeSpans::Spoken {
            let start = code.text.start;
            for (at, c) in ahead.text[code.text].char_indices() {
                let source = pass.source(start + at, start + at + c.len_utf8());
                let mut bytes = [0; 4];
                let c = if matches!(c, '\n' | '\r') { ' ' } else { c };
                self.writer.text(pass.out, c.encode_utf8(&mut bytes), source);
            }
        }
        self.line.before = Some('`');
        Ok(Some(code.end))
    }

    fn emphasis(&mut self, ahead: &Ahead, sign: char, index: usize) -> Result<Option<usize>, Wait> {
        let open = self.open.signs[index];
        let look = inline::emphasis(ahead, sign, self.line.before, open);
        let Some((emphasis, length)) = ahead.decide(look)? else {
            return Ok(None);
        };
        self.open.signs[index] = match emphasis {
            Emphasis::Opens => open + length,
            Emphasis::Closes => open.saturating_sub(length),
        };
        self.line.before = Some(sign);
        Ok(Some(length))
    }

    /// A link whose bracket is at `open`, or an image. Its text is read next, as any other.
    fn begin_link(&mut self, ahead: &Ahead, open: usize, pass: &mut Pass) -> Result<Option<usize>, Wait> {
        let look = inline::link(ahead, open, self.line.before.filter(|_| open == 0));
        let Some(mut link) = ahead.decide(look)? else {
            return Ok(None);
        };
        let is_image = open > 0;
        let taken = link.text.start;
        let text = &ahead.text[link.text.clone()];
        let leads = |address: &str| address != text && address.strip_prefix("mailto:") != Some(text);
        let address = link.address.take().filter(|address| {
            let address = &ahead.text[address.clone()];
            !is_image && !address.is_empty() && !address.starts_with('#') && leads(address)
        });
        self.open.links.push(Link {
            text: pass.at + link.text.start..pass.at + link.text.end,
            address: address.map(|address| pass.at + address.start..pass.at + address.end),
            end: pass.at + link.end,
        });
        self.line.before = self.line.before.filter(|c| c.is_whitespace());
        Ok(Some(taken))
    }

    fn end_link(&mut self, pass: &mut Pass) {
        let Some(link) = self.open.links.pop() else { return };
        pass.at = link.end;
        self.line.before = Some(')');
        self.line.part = Part::Text;
        if let Some(address) = link
            .address
            .filter(|_| self.options.links == Links::TextAndAddress)
        {
            let (start, end) = (address.start, address.end);
            let mut write = |text: &str, from: usize, to: usize| {
                let source = pass.held.source(from..to);
                self.writer.text(pass.out, text, source);
            };
            write(" ", start - 1, start - 1);
            write("(", start - 1, start);
            for (at, c) in pass.held.text()[address].char_indices() {
                let mut bytes = [0; 4];
                write(c.encode_utf8(&mut bytes), start + at, start + at + c.len_utf8());
            }
            write(")", end, end + 1);
        }
    }

    /// A comment, a tag, or an address in angle brackets.
    fn angle_bracket(&mut self, ahead: &Ahead, pass: &mut Pass) -> Result<Option<usize>, Wait> {
        if let Some(length) = ahead.decide(html::comment(ahead))? {
            return Ok(Some(length));
        }
        if let Some(address) = ahead.decide(html::address(ahead))? {
            let end = address.end + 1;
            self.write(ahead, address, pass);
            return Ok(Some(end));
        }
        let Some(tag) = ahead.decide(html::tag(ahead))? else {
            return Ok(None);
        };
        if let Some(alternative) = tag.alternative {
            self.write(ahead, alternative, pass);
        }
        if tag.breaks {
            self.break_line(1, tag.end, pass);
        }
        self.line.before = Some('>');
        Ok(Some(tag.end))
    }

    /// Blanks in a row of a table, of which those before and behind a cell go.
    fn blanks_of_cell(&self, ahead: &Ahead) -> Result<Option<usize>, Wait> {
        let Some(length) = ahead.decide(ahead.skip(0, is_blank))? else {
            return Ok(None);
        };
        let next = ahead.text[length..].chars().next();
        let drops = self.writer.in_empty_cell() || matches!(next, None | Some('|' | '\n' | '\r'));
        Ok(drops.then_some(length))
    }

    /// Writes the next bytes as they are.
    fn plain(&mut self, ahead: &Ahead, length: usize, pass: &mut Pass) -> usize {
        self.write(ahead, 0..length, pass);
        length
    }

    pub(super) fn write(&mut self, ahead: &Ahead, range: std::ops::Range<usize>, pass: &mut Pass) {
        for (at, c) in ahead.text[range.clone()].char_indices() {
            let at = range.start + at;
            let source = pass.source(at, at + c.len_utf8());
            self.writer
                .text(pass.out, &ahead.text[at..at + c.len_utf8()], source);
            self.line.address = match (self.line.address, c) {
                (3, c) if in_address(c) => 3,
                (_, ':') if self.line.before.is_some_and(char::is_alphanumeric) => 1,
                (before @ 1..=2, '/') => before + 1,
                _ => 0,
            };
            self.line.before = Some(c);
        }
    }

    pub(super) fn break_line(&mut self, breaks: u8, length: usize, pass: &mut Pass) {
        let end = pass.source(0, length).end;
        self.writer.break_line(pass.out, breaks, end..end);
    }

    /// At the end of a line, whose sign is so long.
    pub(super) fn end_line(&mut self, length: usize, breaks: u8, pass: &mut Pass) {
        self.writer.break_line(pass.out, breaks, pass.source(0, length));
        self.line = Line::default();
    }

    pub(super) fn end_paragraph(&mut self) {
        self.open.signs = [0; 3];
        self.open.table = false;
    }
}

impl Pass<'_> {
    /// Where in the source the bytes from `from` to `to` are, counted from here.
    pub(super) fn source(&self, from: usize, to: usize) -> std::ops::Range<usize> {
        self.held.source(self.at + from..self.at + to)
    }
}

/// Whether an address may hold this character. It may hold a `*` too, but one behind it is more probably emphasis.
fn in_address(c: char) -> bool {
    !c.is_whitespace() && !matches!(c, '<' | '>' | '`' | '*' | '"' | '|' | '\\')
}
