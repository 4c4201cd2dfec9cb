//! SSML, the W3C's Speech Synthesis Markup Language: the elements that [`Markup::Ssml`](super::Markup::Ssml) names.
//!
//! `quick-xml` (MIT) tells tags, text and references apart and gives each where it stands, and never expands an entity;
//! which element may stand where, and what it means, is decided here. `roxmltree` would have the document checked at once,
//! but its text is already joined and unescaped, so that a byte of it cannot be traced.
//!
//! In lenient reading what is not understood is passed over and the text in it is kept: an unknown element or attribute, a
//! tag that is never closed, a lone `<`. White space of any length is one blank, as XML has it.

use std::ops::Range;
use std::time::Duration;

use quick_xml::Reader;
use quick_xml::errors::IllFormedError;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::attributes::{self, ALPHABETS, DATES, DURATIONS, KINDS, LEVELS, RATES, STRENGTHS, VOLUMES};
use super::error::{MarkupError, MarkupProblem};
use super::inline::silence;
use super::span::{Content, SayAs, Span, Spans, Style};
use super::tag::{Attributes, ELEMENTS, Fault, place};
use super::{MOST_DEPTH, MOST_SPANS, Strictness, ipa};
use crate::text::chunk::Boundary;

/// In lenient reading, how often it is begun again behind something that is no XML; then the rest is text.
const MOST_REPAIRS: usize = 100;
/// The quietest and the loudest that text can be made, in decibels.
const GAINS: (f32, f32) = (-60.0, 12.0);
/// The slowest and the fastest.
const RATES_OF_SPEECH: (f32, f32) = (0.5, 2.0);

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

    // Elements.

    fn open(&mut self, tag: &BytesStart, end: usize) -> Result<(), Fault> {
        let Some(inside) = place(self.source, tag) else {
            return Ok(());
        };
        // The tag is a part of the source, which lives longer than the event.
        let name = &self.source[inside..inside + tag.name().as_ref().len()];
        let start = inside - 1;
        if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') || tag.contains('<') {
            return Err((MarkupProblem::Syntax("< begins no tag here".into()), start));
        }
        if let Err(fault) = self.check_place(name, start) {
            self.fault(fault)?;
            // What is too much is passed over; its text is read as if the tag were not there.
            if self.elements.len() >= MOST_DEPTH || self.spans_at_most() > MOST_SPANS {
                return Ok(());
            }
        }
        self.begun |= name == "speak";
        let attributes = Attributes::read(self.source, tag, name, start, |fault| self.fault(fault))?;
        let mut style = self.style();
        let meaning = match self.meaning(name, &attributes, &mut style, start..end) {
            Ok(meaning) => meaning,
            Err(fault) => {
                self.fault(fault)?;
                Meaning::Style
            }
        };
        match &meaning {
            Meaning::Boundary(boundary) if !self.is_replaced() => self.spans.boundary(*boundary, start),
            Meaning::Clip(_) => self.outer.push(std::mem::take(&mut self.spans)),
            _ => {}
        }
        self.elements.push(Element {
            name,
            start,
            inside: end,
            style,
            meaning,
        });
        Ok(())
    }

    /// Whether an element may stand here.
    fn check_place(&self, name: &str, start: usize) -> Result<(), Fault> {
        let misplaced = |inside: &str| MarkupProblem::Misplaced {
            element: name.into(),
            inside: inside.into(),
        };
        if self.elements.len() >= MOST_DEPTH {
            return Err((MarkupProblem::TooDeep, start));
        }
        if self.spans_at_most() > MOST_SPANS {
            return Err((MarkupProblem::TooManySpans, start));
        }
        if !ELEMENTS.contains(&name) {
            return Err((MarkupProblem::UnknownElement(name.into()), start));
        }
        let Some(parent) = self.elements.last() else {
            return match (self.begun, name) {
                (true, _) => Err((MarkupProblem::Outside, start)),
                (false, "speak") => Ok(()),
                (false, _) => Err((MarkupProblem::NoSpeak, start)),
            };
        };
        let allowed = match parent.name {
            "break" | "mark" | "sub" | "phoneme" | "say-as" | "desc" => false,
            "s" => !matches!(name, "p" | "s" | "speak"),
            "p" => !matches!(name, "p" | "speak"),
            _ => name != "speak" && (name != "desc" || parent.name == "audio"),
        };
        if allowed {
            Ok(())
        } else {
            Err((misplaced(parent.name), start))
        }
    }

    /// What an element means; its style, which is that around it before, is changed as it says.
    fn meaning(
        &mut self,
        name: &str,
        attributes: &Attributes,
        style: &mut Style,
        tag: Range<usize>,
    ) -> Result<Meaning, Fault> {
        if let Some((language, _)) = attributes.get("xml:lang") {
            style.language = Some(language.trim().to_string());
        }
        match name {
            "speak" => {}
            "p" => return Ok(Meaning::Boundary(Boundary::Paragraph)),
            "s" => return Ok(Meaning::Boundary(Boundary::Sentence)),
            "break" => self.pause(attributes, tag)?,
            "prosody" => {
                if let Some(rate) = attributes.parse("rate", RATES, attributes::rate)? {
                    let (slowest, fastest) = RATES_OF_SPEECH;
                    style.rate = Some((style.rate.unwrap_or(1.0) * rate).clamp(slowest, fastest));
                }
                if let Some(gain) = attributes.parse("volume", VOLUMES, attributes::volume)? {
                    style.gain = (style.gain + gain).clamp(GAINS.0, GAINS.1);
                }
            }
            "emphasis" => {
                let level = attributes.parse("level", LEVELS, attributes::emphasis)?;
                style.emphasis = Some(level.unwrap_or(super::Emphasis::Moderate));
            }
            "say-as" => {
                attributes.need("interpret-as")?;
                style.say_as = attributes.parse("interpret-as", KINDS, attributes::say_as)?;
                if let Some(SayAs::Date(format)) = &mut style.say_as {
                    *format = attributes.parse("format", DATES, attributes::date_format)?;
                }
            }
            "sub" => return Ok(Meaning::Alias(attributes.need("alias")?.0.to_string())),
            "phoneme" => return phonemes(attributes),
            "voice" => style.voice = Some(attributes.need("name")?.0.trim().to_string()),
            "lang" => {
                attributes.need("xml:lang")?;
            }
            "mark" => {
                let (name, _) = attributes.need("name")?;
                self.add(Content::Mark(name.to_string()), tag);
            }
            "audio" => return Ok(Meaning::Clip(attributes.need("src")?.0.to_string())),
            "desc" => return Ok(Meaning::Silent),
            // Unknown: its text is read.
            _ => {}
        }
        Ok(Meaning::Style)
    }

    fn pause(&mut self, attributes: &Attributes, tag: Range<usize>) -> Result<(), Fault> {
        let by_strength = attributes.parse("strength", STRENGTHS, attributes::strength)?;
        let by_time = attributes.parse("time", DURATIONS, attributes::duration)?;
        let medium = attributes::strength("medium").unwrap_or(Duration::ZERO);
        let duration = by_time.or(by_strength).unwrap_or(medium);
        let at = attributes.get("time").map_or(tag.start, |(_, at)| at);
        let content = silence(duration, self.strictness).map_err(|problem| (problem, at))?;
        if !duration.is_zero() {
            self.add(content, tag);
        }
        Ok(())
    }

    fn add(&mut self, content: Content, source: Range<usize>) {
        if !self.is_replaced() {
            let style = self.style();
            self.spans.push(content, source, &style);
        }
    }

    /// Closes the element of that name, whose closing tag is at `tag..end`.
    fn close(&mut self, name: &str, tag: usize, end: usize) -> Result<(), Fault> {
        let depth = self.elements.iter().rposition(|element| element.name == name);
        let is_last = depth.is_some_and(|depth| depth + 1 == self.elements.len());
        if !is_last {
            let problem = MarkupProblem::WrongEnd {
                expected: self.elements.last().map(|element| element.name.to_string()),
                found: name.into(),
            };
            self.fault((problem, tag))?;
        }
        if let Some(depth) = depth {
            // Those in it that were never closed end where its tag begins.
            while self.elements.len() > depth + 1 {
                self.close_last(tag, tag);
            }
            self.close_last(tag, end);
        }
        Ok(())
    }

    /// Closes the element that was opened last, whose content ends at `tag` and which ends at `end`.
    fn close_last(&mut self, tag: usize, end: usize) {
        let Some(element) = self.elements.pop() else {
            return;
        };
        let content = element.inside..tag.max(element.inside);
        match element.meaning {
            Meaning::Style | Meaning::Silent => {}
            Meaning::Boundary(boundary) if !self.is_replaced() => {
                self.spans.boundary(boundary, tag.max(element.start))
            }
            Meaning::Alias(alias) if !self.is_replaced() => {
                let source = if content.is_empty() {
                    element.start..end
                } else {
                    content
                };
                self.spans.text(&alias, source, &element.style);
            }
            Meaning::Phonemes(symbols) if !self.is_replaced() => {
                let content = Content::Phonemes {
                    symbols,
                    word: content,
                };
                self.spans.push(content, element.start..end, &element.style);
            }
            Meaning::Clip(src) => {
                let outer = self.outer.pop().unwrap_or_default();
                let instead = std::mem::replace(&mut self.spans, outer).finish();
                if !self.is_replaced() {
                    let clip = Content::Clip { src, instead };
                    self.spans.push(clip, element.start..end, &element.style);
                }
            }
            Meaning::Boundary(_) | Meaning::Alias(_) | Meaning::Phonemes(_) => {}
        }
    }
}

/// The phonemes of an element, in the symbols of the voice.
fn phonemes(attributes: &Attributes) -> Result<Meaning, Fault> {
    attributes.parse("alphabet", ALPHABETS, |alphabet| {
        alphabet.eq_ignore_ascii_case("ipa").then_some(())
    })?;
    let (transcription, at) = attributes.need("ph")?;
    let symbols = ipa::symbols(transcription).map_err(|(symbol, byte)| {
        // With an entity before it, the place is that of the value.
        (MarkupProblem::UnknownSymbol(symbol), at + byte)
    })?;
    if symbols.is_empty() {
        return Err((MarkupProblem::Empty, at));
    }
    Ok(Meaning::Phonemes(symbols))
}
