//! The filter at the beginning of a line, and in the lines of a block of code.
//!
//! A part of `filter`: it asks `blocks` what stands there, and writes what is read of it.

use super::CodeBlocks;
use super::ahead::{Ahead, Wait, is_blank};
use super::blocks::{self, Fence};
use super::filter::{MarkdownFilter, Part, Pass};

/// What is said for a block of code.
const NOTICE: &str = "code block";

impl MarkdownFilter {
    /// At the beginning of a line, or behind signs at its beginning.
    pub(super) fn line_start(&mut self, ahead: &Ahead, first: char, pass: &mut Pass) -> Result<usize, Wait> {
        if is_blank(first) {
            return Ok(1);
        }
        if let Some(length) = ahead.decide(ahead.line_end(0))? {
            let is_empty_item = self.line.item;
            self.end_line(length, if is_empty_item { 1 } else { 2 }, pass);
            if !is_empty_item {
                self.end_paragraph();
            }
            return Ok(length);
        }
        match first {
            '#' => {
                if let Some(length) = ahead.decide(blocks::heading(ahead))? {
                    self.break_line(2, 0, pass);
                    self.end_paragraph();
                    self.line.heading = true;
                    self.line.part = Part::Text;
                    return Ok(length);
                }
            }
            '>' => {
                if let Some(length) = ahead.decide(blocks::quote(ahead))? {
                    self.line.quotes += 1;
                    return Ok(length);
                }
            }
            '=' if self.writer.follows_text() => {
                if let Some(length) = ahead.decide(blocks::underline(ahead))? {
                    self.break_line(2, length, pass);
                    return Ok(length);
                }
            }
            '-' | '*' | '+' | '_' => {
                if let Some(length) = ahead.decide(blocks::rule(ahead))? {
                    self.break_line(2, length, pass);
                    self.end_paragraph();
                    return Ok(length);
                }
                if first != '_'
                    && let Some(length) = ahead.decide(blocks::bullet(ahead))?
                {
                    self.end_paragraph();
                    self.writer.item(pass.out, pass.source(0, 1));
                    self.line.item = true;
                    return Ok(length);
                }
            }
            '0'..='9' => {
                if let Some(length) = ahead.decide(blocks::number(ahead))? {
                    self.end_paragraph();
                    self.write(ahead, 0..length, pass);
                    self.line.item = true;
                    return Ok(length);
                }
            }
            '`' | '~' => {
                if let Some((fence, length)) = ahead.decide(blocks::fence(ahead, self.line.quotes))? {
                    self.begin_code(fence, length, pass);
                    return Ok(length);
                }
            }
            '|' => {
                if let Some(length) = self.table_line(ahead, pass)? {
                    return Ok(length);
                }
            }
            '[' => {
                if let Some(length) = self.bracket_at_start(ahead, pass)? {
                    return Ok(length);
                }
            }
            _ => {}
        }
        self.open.table = false;
        self.line.part = Part::Text;
        Ok(0)
    }

    /// The beginning of a row, or the line under a table's head.
    fn table_line(&mut self, ahead: &Ahead, pass: &mut Pass) -> Result<Option<usize>, Wait> {
        if self.open.table {
            if let Some(length) = ahead.decide(blocks::table_divider(ahead))? {
                self.line.part = Part::Text;
                return Ok(Some(length));
            }
        } else if ahead.decide(blocks::table(ahead))?.is_some() {
            self.end_paragraph();
            self.break_line(2, 0, pass);
            self.open.table = true;
        } else {
            return Ok(None);
        }
        self.open.signs = [0; 3];
        self.line.row = true;
        self.line.part = Part::Text;
        self.writer.cell(pass.out, pass.source(0, 1), true);
        Ok(Some(1))
    }

    /// A box to tick, the mark of a footnote, or where a link leads that is elsewhere.
    fn bracket_at_start(&mut self, ahead: &Ahead, pass: &mut Pass) -> Result<Option<usize>, Wait> {
        if self.line.item
            && let Some((length, ticked)) = ahead.decide(blocks::tick_box(ahead))?
        {
            if ticked {
                self.writer.text(pass.out, "done:", pass.source(0, 3));
                self.writer.text(pass.out, " ", pass.source(3, 4));
            }
            return Ok(Some(length));
        }
        if let Some(length) = ahead.decide(blocks::footnote(ahead))? {
            self.break_line(1, 0, pass);
            return Ok(Some(length));
        }
        ahead.decide(blocks::link_definition(ahead))
    }

    fn begin_code(&mut self, fence: Fence, length: usize, pass: &mut Pass) {
        self.end_paragraph();
        self.break_line(2, 0, pass);
        self.open.fence = Some(fence);
        // Nothing else can follow in this line but its end.
        self.line.part = Part::Code;
        if self.options.code_blocks == CodeBlocks::Notice {
            self.writer.text(pass.out, NOTICE, pass.source(0, length));
            self.break_line(2, length, pass);
        }
    }

    /// The beginning of a line in a block of code.
    pub(super) fn code_line(&mut self, ahead: &Ahead, first: char, pass: &mut Pass) -> Result<usize, Wait> {
        let Some(fence) = self.open.fence else {
            return Ok(0);
        };
        if self.line.quotes < fence.quotes {
            match first {
                '>' => {
                    self.line.quotes += 1;
                    return Ok(1);
                }
                c if is_blank(c) => return Ok(1),
                // The quote has ended, and the code with it.
                _ => {
                    self.end_code(0, pass);
                    return Ok(0);
                }
            }
        }
        if let Some(length) = ahead.decide(blocks::fence_end(ahead, fence))? {
            self.end_code(length, pass);
            return Ok(length);
        }
        self.line.part = Part::Code;
        Ok(0)
    }

    fn end_code(&mut self, length: usize, pass: &mut Pass) {
        self.open.fence = None;
        self.break_line(2, length, pass);
    }

    /// Inside of a line of code.
    pub(super) fn code(&mut self, ahead: &Ahead, first: char, pass: &mut Pass) -> Result<usize, Wait> {
        if let Some(length) = ahead.decide(ahead.line_end(0))? {
            let breaks = u8::from(self.options.code_blocks == CodeBlocks::Spoken);
            self.end_line(length, breaks, pass);
            return Ok(length);
        }
        if self.options.code_blocks == CodeBlocks::Spoken {
            self.write(ahead, 0..first.len_utf8(), pass);
        }
        Ok(first.len_utf8())
    }
}
