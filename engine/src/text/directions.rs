//! What markup says beside the words: where the voice changes, where there is silence, what sounds how.
//!
//! Made once of the spans of a marked-up text, with the text that is to be read; `reading` then goes through both. A sentence
//! never reaches over a [`Stop`]. Nothing here pronounces.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::chunk::{Boundary, Manner};
use super::language::{Accent, Language};
use super::markdown::{MarkdownFilter, MarkdownOptions};
use super::markup::{Content, Span, Style};
use super::plain::Plain;
use super::pronounce::{Given, GivenSound};
use super::written::say_as;

/// What stands in for a word that has sounds and no letters. It is never heard.
const PLACEHOLDER: &str = "thing";

/// What goes with a text that is read.
#[derive(Debug, Default)]
pub(super) struct Directions {
    /// In the order of the text.
    pub(super) stops: VecDeque<Stop>,
    /// In the order of the source.
    pub(super) given: Vec<Given>,
    /// Names of places, with their bytes of the source.
    pub(super) marks: VecDeque<(usize, Arc<str>)>,
}

impl Directions {
    /// Whether something is heard beside the words.
    pub(super) fn is_heard(&self) -> bool {
        let is_heard = |stop: &Stop| matches!(stop.turn, Turn::Silence(_) | Turn::Clip(..));
        self.stops.iter().any(is_heard)
    }
}

/// Something at a place of the text that is read.
#[derive(Debug)]
pub(super) struct Stop {
    /// Bytes of the text.
    pub(super) at: usize,
    pub(super) turn: Turn,
}

#[derive(Debug)]
pub(super) enum Turn {
    /// From here on it is said so, in this language if not in that of the voice.
    Style(Arc<Manner>, Option<Language>),
    Silence(Duration),
    Boundary(Boundary),
    /// A recording, which stands in this range of the source.
    Clip(String, Range<usize>),
}

/// The text of the spans, with or without Markdown in it, and what goes with it. `has_clip` says which recordings there are;
/// of others their own text is read.
pub(super) fn directions(
    source: &str,
    spans: &[Span],
    accent: Option<Accent>,
    markdown: Option<MarkdownOptions>,
    has_clip: &dyn Fn(&str) -> bool,
) -> (Plain, Directions) {
    let mut writer = Writer {
        source,
        filter: markdown.map(MarkdownFilter::new),
        accent: accent.unwrap_or(Accent::American),
        text: Plain::default(),
        directions: Directions::default(),
        manner: Arc::default(),
        language: None,
        has_clip,
    };
    writer.spans(spans);
    if let Some(filter) = &mut writer.filter {
        filter.finish(&mut writer.text);
    }
    (writer.text, writer.directions)
}

struct Writer<'a> {
    source: &'a str,
    filter: Option<MarkdownFilter>,
    /// The accent of the whole text.
    accent: Accent,
    text: Plain,
    directions: Directions,
    manner: Arc<Manner>,
    language: Option<Language>,
    has_clip: &'a dyn Fn(&str) -> bool,
}

impl Writer<'_> {
    fn spans(&mut self, spans: &[Span]) {
        for span in spans {
            match &span.content {
                Content::Text(text) => {
                    self.style(&span.style);
                    let said = match span.style.say_as {
                        Some(kind) => say_as(&text.0, kind, self.accent()),
                        None => text.0.clone(),
                    };
                    self.emphasis(span);
                    match &mut self.filter {
                        Some(filter) => filter.push_plain(&said, &mut self.text),
                        None => self.text.push_from(&said, 0..said.text().len()),
                    }
                }
                Content::Phonemes { symbols, word } => {
                    self.style(&span.style);
                    let place = if word.is_empty() {
                        span.source.clone()
                    } else {
                        word.clone()
                    };
                    self.directions.given.push(Given {
                        source: place.clone(),
                        sound: GivenSound::Phonemes(symbols.clone()),
                    });
                    self.word(place);
                }
                Content::Silence(time) => self.stop(Turn::Silence(*time)),
                Content::Boundary(boundary) => self.stop(Turn::Boundary(*boundary)),
                Content::Mark(name) => {
                    let mark = (span.source.start, name.as_str().into());
                    self.directions.marks.push_back(mark);
                }
                Content::Clip { src, instead } if !(self.has_clip)(src) => self.spans(instead),
                Content::Clip { src, .. } => self.stop(Turn::Clip(src.clone(), span.source.clone())),
            }
        }
    }

    fn accent(&self) -> Accent {
        let here = self.language.and_then(Language::accent);
        here.unwrap_or(self.accent)
    }

    /// The word that has its own sounds, as it is written if that can be read.
    fn word(&mut self, place: Range<usize>) {
        self.settle();
        let written = self.source.get(place.clone()).unwrap_or("");
        let is_word = written.contains(char::is_alphanumeric)
            && written
                .chars()
                .all(|c| c.is_alphanumeric() || c.is_whitespace() || matches!(c, '\'' | '’' | '-'));
        match is_word {
            true => self
                .text
                .push_from(&Plain::verbatim(written, place.start), 0..written.len()),
            false => self.text.push(PLACEHOLDER, place),
        }
    }

    fn emphasis(&mut self, span: &Span) {
        if let Some(emphasis) = span.style.emphasis {
            self.directions.given.push(Given {
                source: span.source.clone(),
                sound: GivenSound::Stress(emphasis),
            });
        }
    }

    /// Has what follows said in another way, if it is one.
    fn style(&mut self, style: &Style) {
        let manner = Manner {
            voice: style.voice.as_deref().map(Into::into),
            rate: style.rate.unwrap_or(1.0),
            gain: style.gain,
        };
        let language = style.language.as_deref().and_then(Language::of_tag);
        if manner != *self.manner || language != self.language {
            self.manner = Arc::new(manner);
            self.language = language;
            self.stop(Turn::Style(Arc::clone(&self.manner), language));
        }
    }

    /// What the filter holds back stands ahead of what comes now.
    fn settle(&mut self) {
        if let Some(filter) = &mut self.filter {
            filter.settle(&mut self.text);
        }
    }

    fn stop(&mut self, turn: Turn) {
        self.settle();
        let at = self.text.text().len();
        self.directions.stops.push_back(Stop { at, turn });
    }
}
