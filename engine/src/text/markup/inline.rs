//! Phonemes and pauses written into ordinary text: `[word](/wˈɜɹd/)`, `[pause 500ms]`.
//!
//! Called by [`Markup::read`](super::Markup::read). The notation of phonemes is that of misaki, on which Kokoro was
//! trained. Other brackets are text, and stay for the passes behind: "[sic]", "[docs](https://example.com)", and
//! "[pause for effect]", since no number follows.

use std::ops::Range;
use std::time::Duration;

use super::attributes::{self, DURATIONS};
use super::error::{MarkupError, MarkupProblem};
use super::span::{Content, Span, Spans, Style};
use super::{LONGEST_SILENCE, MOST_SPANS, Strictness};
use crate::text::phonemes::is_symbol;

/// A construct that begins at a bracket.
enum Found {
    Pause {
        value: Range<usize>,
        end: usize,
    },
    Phonemes {
        word: Range<usize>,
        symbols: Range<usize>,
        end: usize,
    },
    Unclosed {
        end: usize,
        problem: MarkupProblem,
    },
}

/// The spans of a text.
pub(super) fn read(source: &str, strictness: Strictness) -> Result<Vec<Span>, MarkupError> {
    let mut spans = Spans::default();
    let style = Style::default();
    let mut at = 0;
    while let Some(open) = source[at..].find('[').map(|open| at + open) {
        spans.copy(source, at..open, &style);
        at = open + 1;
        let Some(found) = find(source, open) else {
            spans.copy(source, open..at, &style);
            continue;
        };
        // Where the construct ends, and what of it is spoken if it is wrong.
        let (end, text) = match &found {
            Found::Pause { end, .. } | Found::Unclosed { end, .. } => (*end, open..*end),
            Found::Phonemes { word, end, .. } => (*end, word.clone()),
        };
        match content(source, found, spans.count(), strictness) {
            Ok(content) => spans.push(content, open..end, &style),
            Err((problem, byte)) if strictness == Strictness::Strict => {
                return Err(MarkupError::new(problem, source, byte));
            }
            Err(_) => spans.copy(source, text, &style),
        }
        at = end;
    }
    spans.copy(source, at..source.len(), &style);
    Ok(spans.finish())
}

/// What begins at the bracket at `open`, if it is markup.
fn find(source: &str, open: usize) -> Option<Found> {
    let line = source[open..].lines().next().unwrap_or("");
    pause(line, open).or_else(|| phonemes(line, open))
}

fn pause(line: &str, open: usize) -> Option<Found> {
    let value = line.strip_prefix("[pause")?;
    let number = value.trim_start_matches([' ', ':']);
    if number.len() == value.len()
        || !number.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '+' | '-'))
    {
        return None;
    }
    let start = open + line.len() - number.len();
    Some(match number.find(']') {
        Some(end) => Found::Pause {
            value: start..start + end,
            end: start + end + 1,
        },
        None => {
            let problem = MarkupProblem::BadValue {
                attribute: "pause".into(),
                value: number.chars().take(20).collect(),
                allowed: "[pause 500ms] or [pause 1.5s]",
            };
            Found::Unclosed {
                end: open + 1,
                problem,
            }
        }
    })
}

fn phonemes(line: &str, open: usize) -> Option<Found> {
    let close = 1 + line[1..].find(['[', ']'])?;
    let sound = line[close..].strip_prefix("](/")?;
    let start = close + "](/".len();
    if let Some(length) = sound.find("/)") {
        return Some(Found::Phonemes {
            word: open + 1..open + close,
            symbols: open + start..open + start + length,
            end: open + start + length + "/)".len(),
        });
    }
    // "[the guide](/guide)" is a link.
    (!sound.contains(')')).then_some(Found::Unclosed {
        end: open + 1,
        problem: MarkupProblem::UnclosedPhonemes,
    })
}

/// What the construct says, or what is wrong with it at which byte. `count` spans have been made.
fn content(
    source: &str,
    found: Found,
    count: usize,
    strictness: Strictness,
) -> Result<Content, (MarkupProblem, usize)> {
    match found {
        // This one, and text before and behind it.
        Found::Pause {
            value: Range { start, .. },
            ..
        }
        | Found::Phonemes {
            word: Range { start, .. },
            ..
        } if count + 3 > MOST_SPANS => Err((MarkupProblem::TooManySpans, start)),
        Found::Pause { value, .. } => {
            let (text, at) = (&source[value.clone()], value.start);
            let duration = attributes::duration(text).ok_or_else(|| {
                let problem = MarkupProblem::BadValue {
                    attribute: "pause".into(),
                    value: text.chars().take(20).collect(),
                    allowed: DURATIONS,
                };
                (problem, at)
            })?;
            silence(duration, strictness).map_err(|problem| (problem, at))
        }
        Found::Phonemes { word, symbols, .. } => {
            if word.is_empty() || source[symbols.clone()].trim().is_empty() {
                return Err((MarkupProblem::Empty, word.start));
            }
            let text = &source[symbols.clone()];
            if let Some((at, symbol)) = text.char_indices().find(|(_, c)| !is_symbol(*c)) {
                return Err((MarkupProblem::UnknownSymbol(symbol), symbols.start + at));
            }
            Ok(Content::Phonemes {
                symbols: text.to_string(),
                word,
            })
        }
        Found::Unclosed { end, problem } => Err((problem, end - 1)),
    }
}

/// A silence, if it is not too long, or in lenient reading as long as it may be.
pub(super) fn silence(duration: Duration, strictness: Strictness) -> Result<Content, MarkupProblem> {
    if duration > LONGEST_SILENCE && strictness == Strictness::Strict {
        return Err(MarkupProblem::TooLong(duration));
    }
    Ok(Content::Silence(duration.min(LONGEST_SILENCE)))
}
