//! Elements of a document: what may stand where, what each does with what is in it, and what it leaves when it ends.
//!
//! The document calls this at every tag. What is wrong is a fault, which it refuses or passes over.

use std::ops::Range;
use std::time::Duration;

use quick_xml::events::BytesStart;

use super::super::attributes::{self, ALPHABETS, DATES, DURATIONS, KINDS, LEVELS, RATES, STRENGTHS, VOLUMES};
use super::super::error::MarkupProblem;
use super::super::inline::silence;
use super::super::span::{Content, Emphasis, SayAs, Style};
use super::super::tag::{Attributes, ELEMENTS, Fault, place};
use super::super::{MOST_DEPTH, MOST_SPANS, ipa};
use super::{Document, Element, Meaning};
use crate::text::chunk::Boundary;

/// The quietest and the loudest that text can be made, in decibels.
const GAINS: (f32, f32) = (-60.0, 12.0);
/// The slowest and the fastest.
const RATES_OF_SPEECH: (f32, f32) = (0.5, 2.0);

impl Document<'_> {
    pub(super) fn open(&mut self, tag: &BytesStart, end: usize) -> Result<(), Fault> {
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
                style.emphasis = Some(level.unwrap_or(Emphasis::Moderate));
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
    pub(super) fn close(&mut self, name: &str, tag: usize, end: usize) -> Result<(), Fault> {
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
    pub(super) fn close_last(&mut self, tag: usize, end: usize) {
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
