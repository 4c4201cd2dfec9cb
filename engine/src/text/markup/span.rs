//! What markup says: stretches of text and other things to be heard, each with how it shall sound.
//!
//! Plain data, which `reader` goes through and others only carry. [`Spans`] is how `inline` and `ssml` write it.

use std::ops::Range;
use std::time::Duration;

use crate::text::chunk::Boundary;
use crate::text::plain::Plain;

/// A part of a marked-up text.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// Bytes of the source that this part stands for.
    pub source: Range<usize>,
    /// How it shall sound.
    pub style: Style,
    /// What it is.
    pub content: Content,
}

/// What is heard in a span.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Content {
    /// Text to be read.
    Text(MarkedText),
    /// A word, or several, with given phonemes.
    Phonemes {
        /// Symbols of [`SYMBOLS`](crate::text::SYMBOLS).
        symbols: String,
        /// Bytes of the source that hold the word; empty if there is none.
        word: Range<usize>,
    },
    /// Silence of this length, beside the pauses of the text.
    Silence(Duration),
    /// A sentence or a paragraph ends here ([`Boundary::Sentence`], [`Boundary::Paragraph`]).
    Boundary(Boundary),
    /// A place with a name, of which the listener wants to know when it is reached.
    Mark(String),
    /// A recording.
    Clip {
        /// Where it is, as the text says.
        src: String,
        /// What is heard if there is no such recording.
        instead: Vec<Span>,
    },
}

/// How a span shall sound. What is not said is as the speaker has it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Style {
    /// The name of a voice.
    pub voice: Option<String>,
    /// The language, as BCP 47 writes it ("en-GB"), as the text does.
    pub language: Option<String>,
    /// A factor of the speed between 0.5 and 2, if one is asked for.
    pub rate: Option<f32>,
    /// Decibels louder or, below zero, quieter; between −60 and 12.
    pub gain: f32,
    /// How much it stands out.
    pub emphasis: Option<Emphasis>,
    /// What kind of thing the text is.
    pub say_as: Option<SayAs>,
}

/// How much a word stands out among its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Emphasis {
    /// Less than others.
    Reduced,
    /// As without markup.
    None,
    /// More than others.
    Moderate,
    /// Much more.
    Strong,
}

/// What kind of thing a text is, where its look leaves open how it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SayAs {
    /// Letter by letter, with marks by their names ("characters", "spell-out", "verbatim").
    Characters,
    /// "12" is twelve.
    Cardinal,
    /// "12" is twelfth.
    Ordinal,
    /// "12" is one two.
    Digits,
    /// "1/2" is a half.
    Fraction,
    /// "5 km" is five kilometres.
    Unit,
    /// A date, with the order of its parts if it is given.
    Date(Option<DateFormat>),
    /// A time of the day.
    Time,
    /// A number to be dialled.
    Telephone,
    /// An amount of money.
    Currency,
    /// A postal address.
    Address,
}

/// Which parts a date has, in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateFormat {
    /// "mdy"
    MonthDayYear,
    /// "dmy"
    DayMonthYear,
    /// "ymd"
    YearMonthDay,
    /// "md"
    MonthDay,
    /// "dm"
    DayMonth,
    /// "ym"
    YearMonth,
    /// "my"
    MonthYear,
    /// "d"
    Day,
    /// "m"
    Month,
    /// "y"
    Year,
}

/// Text of a span, of which every byte knows where in the source it comes from: "&amp;amp;" is one character of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MarkedText(pub(in crate::text) Plain);

impl MarkedText {
    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.text()
    }

    /// Where in the source a range of the text comes from, in bytes of both.
    pub fn source(&self, range: Range<usize>) -> Range<usize> {
        self.0.source(range)
    }
}

/// Spans that are being written.
#[derive(Debug, Default)]
pub(super) struct Spans {
    spans: Vec<Span>,
    /// Spans inside of clips.
    inside: usize,
}

impl Spans {
    /// A text without markup.
    pub(super) fn plain(source: &str) -> Vec<Span> {
        let mut spans = Self::default();
        spans.copy(source, 0..source.len(), &Style::default());
        spans.finish()
    }

    /// Adds text that is read from `source`, to the last span if that is text of the same style.
    pub(super) fn text(&mut self, text: &str, source: Range<usize>, style: &Style) {
        if text.is_empty() {
            return;
        }
        if let Some(span) = self.spans.last_mut()
            && let Content::Text(last) = &mut span.content
            && span.style == *style
        {
            span.source.end = span.source.end.max(source.end);
            last.0.push(text, source);
            return;
        }
        let mut plain = Plain::default();
        plain.push(text, source.clone());
        self.push(Content::Text(MarkedText(plain)), source, style);
    }

    /// Adds a part of the source as text.
    pub(super) fn copy(&mut self, source: &str, range: Range<usize>, style: &Style) {
        for (at, c) in source[range.clone()].char_indices() {
            let at = range.start + at;
            let end = at + c.len_utf8();
            self.text(&source[at..end], at..end, style);
        }
    }

    /// Adds a span.
    pub(super) fn push(&mut self, content: Content, source: Range<usize>, style: &Style) {
        if let Content::Clip { instead, .. } = &content {
            self.inside += count(instead);
        }
        self.spans.push(Span {
            source,
            style: style.clone(),
            content,
        });
    }

    /// How many spans there are, with those inside of clips.
    pub(super) fn count(&self) -> usize {
        self.spans.len() + self.inside
    }

    /// Whether a blank would be the second one, or stand before everything.
    pub(super) fn needs_no_blank(&self) -> bool {
        match self.spans.last().map(|span| &span.content) {
            None | Some(Content::Boundary(_)) => true,
            Some(Content::Text(text)) => text.as_str().ends_with(' '),
            Some(_) => false,
        }
    }

    /// Adds a boundary at a byte, or raises the one that is there.
    pub(super) fn boundary(&mut self, boundary: Boundary, at: usize) {
        match self.spans.last_mut().map(|span| &mut span.content) {
            None => {}
            Some(Content::Boundary(before)) => *before = (*before).max(boundary),
            Some(_) => self.push(Content::Boundary(boundary), at..at, &Style::default()),
        }
    }

    pub(super) fn finish(self) -> Vec<Span> {
        self.spans
    }
}

/// How many spans these are, with those inside of clips.
fn count(spans: &[Span]) -> usize {
    let inside = spans.iter().map(|span| match &span.content {
        Content::Clip { instead, .. } => count(instead),
        _ => 0,
    });
    spans.len() + inside.sum::<usize>()
}
