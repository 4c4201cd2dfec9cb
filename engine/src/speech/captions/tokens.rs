//! Text cut into what captions show: each word with the signs around it, and its time.
//!
//! Tokens are slices of the text that follow each other without a gap, but for the space between them, so that what is shown
//! is what was written; what was passed over when it was read, such as an emoji, stands before the next word. Of a text with
//! markup only the words and the signs at them are shown.

use super::super::heard::{ahead, behind};
use super::super::render::Rendered;
use super::time::milliseconds;
use super::{Captioned, LINE};

/// What Markdown writes around words.
const MARKING: [char; 7] = ['*', '_', '`', '~', '#', '[', ']'];

/// A word with its signs, or a part of one that is longer than a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub(super) text: &'t str,
    /// Whether a space is before it.
    pub(super) is_apart: bool,
    /// The signs or the paragraph behind it end a sentence.
    pub(super) ends_sentence: bool,
    /// Those end a clause.
    pub(super) ends_clause: bool,
    /// When it is heard, in ms from the beginning.
    pub(super) start: u64,
    pub(super) end: u64,
}

impl Token<'_> {
    /// Characters that it is wide.
    pub(super) fn width(&self) -> usize {
        self.text.chars().count()
    }
}

pub(super) fn tokens<'t>(source: Captioned<'t>, rendered: &Rendered) -> Vec<Token<'t>> {
    let Captioned { text, is_marked } = source;
    let mut tokens: Vec<Token<'t>> = Vec::new();
    let (mut at, mut last_end) = (0, 0);
    let nexts = rendered.words.iter().skip(1).map(|next| next.source.start);
    for (word, next) in rendered.words.iter().zip(nexts.chain([usize::MAX])) {
        let border = match next {
            usize::MAX if !is_marked => text.len(),
            next => text.floor_char_boundary(behind(text, word.source.end).min(next)),
        };
        let from = match is_marked {
            true => ahead(text, word.source.start).max(at),
            false => at,
        };
        let slice = text.get(from..border).unwrap_or_default();
        let slice = if is_marked {
            slice.trim_start_matches(MARKING)
        } else {
            slice
        };
        let between = text.get(last_end..from).unwrap_or_default();
        last_end = word.source.end;
        let (start, end) = (milliseconds(word.frames.start), milliseconds(word.frames.end));
        match tokens.last_mut() {
            // "$5" is two words in one place.
            Some(last) if slice.trim().is_empty() => last.end = end,
            last => {
                let is_apart = last.is_none() || between.contains(char::is_whitespace);
                let token = Token {
                    text: match is_marked {
                        true => slice.trim().trim_end_matches(MARKING),
                        false => slice.trim(),
                    },
                    is_apart: is_apart || slice.starts_with(char::is_whitespace),
                    ends_sentence: ends_sentence(slice),
                    ends_clause: ends_clause(slice),
                    start,
                    end,
                };
                divide(token, &mut tokens);
            }
        }
        at = border.max(at);
    }
    tokens
}

fn ends_sentence(slice: &str) -> bool {
    let space = &slice[slice.trim_end().len()..];
    let is_paragraph = space.matches('\n').count() > 1;
    is_paragraph || last_sign(slice).is_some_and(|sign| ".!?…".contains(sign))
}

fn ends_clause(slice: &str) -> bool {
    ends_sentence(slice) || last_sign(slice).is_some_and(|sign| ",;:–—)".contains(sign))
}

/// The last character but for quotes and brackets behind it.
fn last_sign(slice: &str) -> Option<char> {
    let signs = slice.trim_end();
    match signs.ends_with(')') {
        true => signs
            .trim_end_matches(')')
            .chars()
            .last()
            .filter(|c| ".!?…".contains(*c))
            .or(Some(')')),
        false => signs
            .trim_end_matches(['"', '\'', '”', '’', '»', '*', '_'])
            .chars()
            .last(),
    }
}

/// Adds a token; one that is longer than a line in parts, with as much of its time as they have of its characters.
fn divide<'t>(token: Token<'t>, tokens: &mut Vec<Token<'t>>) {
    let width = token.width();
    let mut rest = token.text;
    let mut done = 0;
    let time =
        |characters: usize| token.start + (token.end - token.start) * characters as u64 / width.max(1) as u64;
    while done < width {
        let cut = rest.char_indices().nth(LINE).map_or(rest.len(), |(at, _)| at);
        let (part, after) = rest.split_at(cut);
        let characters = part.chars().count();
        let is_last = after.is_empty();
        tokens.push(Token {
            text: part,
            is_apart: token.is_apart && done == 0,
            ends_sentence: token.ends_sentence && is_last,
            ends_clause: token.ends_clause && is_last,
            start: time(done),
            end: time(done + characters),
        });
        done += characters;
        rest = after;
    }
}
