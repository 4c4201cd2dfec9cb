//! SSML, the W3C's Speech Synthesis Markup Language: the elements that [`Markup::Ssml`](super::Markup::Ssml) names.
//!
//! `quick-xml` (MIT) tells tags, text and references apart and gives each where it stands, and never expands an entity;
//! which element may stand where, and what it means, is decided here. `roxmltree` would have the document checked at once,
//! but its text is already joined and unescaped, so that a byte of it cannot be traced.
//!
//! In lenient reading what is not understood is passed over and the text in it is kept: an unknown element or attribute, a
//! tag that is never closed, a lone `<`. White space of any length is one blank, as XML has it.

mod elements;

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::errors::IllFormedError;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};

use super::Strictness;
use super::error::{MarkupError, MarkupProblem};
use super::span::{Span, Spans, Style};
use super::tag::{Fault, place};
use crate::text::chunk::Boundary;

/// In lenient reading, how often it is begun again behind something that is no XML; then the rest is text.
const MOST_REPAIRS: usize = 100;

/// The spans of a document.
pub(super) fn read(source: &str, strictness: Strictness) -> Result<Vec<Span>, MarkupError> {
    let mut document = Document {
        source,
        strictness,
        elements: Vec::new(),
        outer: Vec::new(),
        spans: Spans::default(),
        begun: false,
    };
    document
        .read()
        .map_err(|(problem, byte)| MarkupError::new(problem, source, byte))?;
    Ok(document.spans.finish())
}

/// A document as far as it has been read.
struct Document<'s> {
    source: &'s str,
    strictness: Strictness,
    /// The elements that are open, from the outermost.
    elements: Vec<Element<'s>>,
    /// The spans around the clip that is open, for each of them.
    outer: Vec<Spans>,
    spans: Spans,
    /// Whether `speak` has been opened.
    begun: bool,
}

struct Element<'s> {
    name: &'s str,
    /// Where its tag begins, and where its content does.
    start: usize,
    inside: usize,
    style: Style,
    meaning: Meaning,
}

/// What an element does with what is in it.
#[derive(Debug, Clone, PartialEq)]
enum Meaning {
    /// It only changes the style, if at all.
    Style,
    /// It is a sentence or a paragraph.
    Boundary(Boundary),
    /// This is read instead.
    Alias(String),
    /// This is spoken instead.
    Phonemes(String),
    /// A recording is heard instead.
    Clip(String),
    /// Nothing is read.
    Silent,
}

impl<'s> Document<'s> {
    fn read(&mut self) -> Result<(), Fault> {
        // The reader would not count it.
        let mut start = if self.source.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        };
        for _ in 0..MOST_REPAIRS {
            match self.read_from(start) {
                Ok(()) => return self.end(),
                Err(fault) if self.is_strict() => return Err(fault),
                Err((_, at)) => {
                    // Not XML: text, up to where the next tag may be.
                    let at = self.source.floor_char_boundary(at.max(start));
                    let next = self.source[at..]
                        .char_indices()
                        .skip(1)
                        .find(|(_, c)| matches!(c, '<' | '&'));
                    let end = next.map_or(self.source.len(), |(next, _)| at + next);
                    self.text(at..end);
                    start = end;
                }
            }
        }
        self.text(start..self.source.len());
        self.end()
    }

    /// Reads what begins at a byte, up to the end or to what is no XML.
    fn read_from(&mut self, start: usize) -> Result<(), Fault> {
        let mut reader = Reader::from_str(&self.source[start..]);
        let config = reader.config_mut();
        // Which ends belong to which beginnings is decided here, so that it can be mended.
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = !self.is_strict();
        loop {
            let position = |offset: u64| start + usize::try_from(offset).unwrap_or(usize::MAX - start);
            let event = reader.read_event().map_err(|error| {
                let at = position(reader.error_position());
                let message = match error {
                    quick_xml::Error::IllFormed(IllFormedError::UnclosedReference) => {
                        "& stands without an entity".into()
                    }
                    quick_xml::Error::Syntax(error) => error.to_string(),
                    error => error.to_string(),
                };
                (MarkupProblem::Syntax(message), at)
            })?;
            let end = position(reader.buffer_position());
            match event {
                Event::Start(tag) => self.open(&tag, end)?,
                Event::Empty(tag) => {
                    let depth = self.elements.len();
                    self.open(&tag, end)?;
                    if self.elements.len() > depth {
                        self.close_last(end, end);
                    }
                }
                Event::End(tag) => {
                    let name = tag.trim_end();
                    let at = place(self.source, name).map_or(end, |name| name - "</".len());
                    self.close(name, at, end)?;
                }
                Event::Text(text) => {
                    if let Some(at) = place(self.source, &text) {
                        self.checked_text(at..at + text.len())?;
                    }
                }
                Event::CData(text) => {
                    if let Some(at) = place(self.source, &text) {
                        self.checked_text(at..at + text.len())?;
                    }
                }
                Event::GeneralRef(reference) => self.reference(&reference)?,
                Event::DocType(text) if self.is_strict() => {
                    let at = place(self.source, &text).unwrap_or(end);
                    let at = self.source[..at].rfind("<!").unwrap_or(at);
                    return Err((MarkupProblem::DocumentType, at));
                }
                Event::DocType(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => return Ok(()),
            }
        }
    }

    /// At the end of the document.
    fn end(&mut self) -> Result<(), Fault> {
        if self.is_strict() {
            if let Some(open) = self.elements.last() {
                return Err((MarkupProblem::Unclosed(open.name.into()), open.start));
            }
            if !self.begun {
                return Err((MarkupProblem::NoSpeak, 0));
            }
        }
        let end = self.source.len();
        while !self.elements.is_empty() {
            self.close_last(end, end);
        }
        Ok(())
    }

    fn is_strict(&self) -> bool {
        self.strictness == Strictness::Strict
    }

    fn style(&self) -> Style {
        self.elements
            .last()
            .map_or_else(Style::default, |element| element.style.clone())
    }

    /// Whether what is read now is replaced by something else.
    fn is_replaced(&self) -> bool {
        let replaced = |element: &Element| {
            matches!(
                element.meaning,
                Meaning::Alias(_) | Meaning::Phonemes(_) | Meaning::Silent
            )
        };
        self.elements.iter().any(replaced)
    }

    /// Spans so far, and those that the ends of open elements can add.
    fn spans_at_most(&self) -> usize {
        let outer: usize = self.outer.iter().map(Spans::count).sum();
        outer + self.spans.count() + 2 * self.elements.len() + 5
    }

    /// Passes a fault on, or over.
    fn fault(&self, fault: Fault) -> Result<(), Fault> {
        if self.is_strict() { Err(fault) } else { Ok(()) }
    }

    // Text.

    fn checked_text(&mut self, range: Range<usize>) -> Result<(), Fault> {
        let text = &self.source[range.clone()];
        if self.elements.is_empty()
            && let Some(first) = text.find(|c: char| !c.is_whitespace() && c != '\u{feff}')
        {
            let problem = if self.begun {
                MarkupProblem::Outside
            } else {
                MarkupProblem::NoSpeak
            };
            self.fault((problem, range.start + first))?;
        }
        self.text(range);
        Ok(())
    }

    fn text(&mut self, range: Range<usize>) {
        if self.is_replaced() {
            return;
        }
        let style = self.style();
        for (at, c) in self.source[range.clone()].char_indices() {
            let at = range.start + at;
            self.character(c, at..at + c.len_utf8(), &style);
        }
    }

    fn character(&mut self, c: char, source: Range<usize>, style: &Style) {
        let mut bytes = [0; 4];
        match c {
            ' ' | '\t' | '\n' | '\r' if self.spans.needs_no_blank() => {}
            ' ' | '\t' | '\n' | '\r' => self.spans.text(" ", source, style),
            '\u{feff}' => {}
            c => self.spans.text(c.encode_utf8(&mut bytes), source, style),
        }
    }

    /// `&amp;`, `&#233;`.
    fn reference(&mut self, reference: &BytesRef) -> Result<(), Fault> {
        let name: &str = reference;
        let Some(at) = place(self.source, name) else {
            return Ok(());
        };
        // With the "&" before and the ";" behind it.
        let source = at - 1..(at + name.len() + 1).min(self.source.len());
        if self.elements.is_empty() {
            self.fault((MarkupProblem::Outside, source.start))?;
        }
        let character = match reference.resolve_char_ref() {
            Ok(Some(c)) => Some(c).filter(|c| !c.is_control() || c.is_whitespace()),
            Ok(None) => resolve_predefined_entity(name).and_then(|text| text.chars().next()),
            Err(_) => None,
        };
        match character {
            Some(c) if !self.is_replaced() => {
                let style = self.style();
                self.character(c, source, &style);
            }
            Some(_) => {}
            None => {
                self.fault((MarkupProblem::UnknownEntity(name.into()), source.start))?;
                self.text(source);
            }
        }
        Ok(())
    }
}
