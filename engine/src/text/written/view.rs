//! What a class sees: the text from the place at which it is asked, some of what comes before, and the accent.
//!
//! Both ways the view is bounded, so that no class can make the pass slow.

use super::super::language::Accent;
use super::EmojiReading;

/// How far a class sees ahead, in bytes: longer than any written form but an address, which is then read in pieces.
pub(super) const AHEAD: usize = 240;
/// How far it sees back: some words.
pub(super) const BEHIND: usize = 64;

/// A place in a sentence.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'t> {
    text: &'t str,
    at: usize,
    pub(super) accent: Accent,
    pub(super) emoji: EmojiReading,
}

impl<'t> View<'t> {
    pub(super) fn new(text: &'t str, accent: Accent, emoji: EmojiReading) -> Self {
        Self {
            text,
            at: 0,
            accent,
            emoji,
        }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    /// Moves on by `length` bytes, which end between two characters.
    pub(super) fn advance(&mut self, length: usize) {
        self.at += length;
    }

    /// The text from here on, as far as classes see.
    pub(super) fn rest(&self) -> &'t str {
        let rest = &self.text[self.at..];
        &rest[..rest.floor_char_boundary(AHEAD)]
    }

    /// The text up to here, as far back as classes see.
    pub(super) fn behind(&self) -> &'t str {
        let behind = &self.text[..self.at];
        &behind[behind.ceil_char_boundary(behind.len().saturating_sub(BEHIND))..]
    }

    /// The first character.
    pub(super) fn first(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The character before.
    pub(super) fn previous(&self) -> Option<char> {
        self.behind().chars().next_back()
    }

    /// The word before, if nothing but space and a full stop lie between; empty if there is none.
    pub(super) fn previous_word(&self) -> &'t str {
        last_word(self.behind())
    }

    /// Whether a word could begin here: no letter, digit or underscore comes before.
    pub(super) fn is_word_start(&self) -> bool {
        self.previous().is_none_or(|c| !is_word_char(c))
    }

    /// Whether a number could begin here: as [`is_word_start`](Self::is_word_start), and no "3." or "3," before.
    pub(super) fn is_number_start(&self) -> bool {
        let behind = self.behind();
        let inside = behind
            .strip_suffix(['.', ',', ':', '/'])
            .is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit()));
        self.is_word_start() && !inside
    }

    /// Whether what comes before is space, an opening bracket or quote, or nothing.
    pub(super) fn is_after_space(&self) -> bool {
        self.previous().is_none_or(|c| {
            c.is_whitespace() || matches!(c, '(' | '[' | '"' | '“' | '‘' | '\'' | '—' | '–' | '`' | '*')
        })
    }

    /// The length of the word, the run of space or the mark here: what is copied if no class reads it.
    pub(super) fn token_length(&self) -> usize {
        let rest = &self.text[self.at..];
        let Some(first) = rest.chars().next() else {
            return 0;
        };
        let end = |same: fn(char) -> bool| rest.find(|c| !same(c)).unwrap_or(rest.len());
        if is_word_char(first) {
            end(is_word_char)
        } else if first.is_whitespace() {
            end(char::is_whitespace)
        } else {
            first.len_utf8()
        }
    }
}

/// The word at the end of `text`, if nothing but space and a full stop follow it.
pub(super) fn last_word(text: &str) -> &str {
    let text = text.trim_end();
    let text = text.strip_suffix('.').unwrap_or(text);
    let start = text
        .char_indices()
        .rev()
        .take_while(|(_, c)| is_word_char(*c))
        .last();
    start.map_or("", |(start, _)| &text[start..])
}

/// The word that follows after space, if there is one.
pub(super) fn next_word(rest: &str) -> &str {
    let rest = rest.trim_start();
    &rest[..rest.find(|c| !is_word_char(c)).unwrap_or(rest.len())]
}

/// Part of a word: a letter, a digit, an underscore.
pub(super) fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether `rest`, which follows something, does not go on with the same word.
pub(super) fn is_edge(rest: &str) -> bool {
    rest.chars().next().is_none_or(|c| !is_word_char(c))
}

/// Whether nothing but closing marks follows, so that a full stop before them ends the sentence.
pub(super) fn is_sentence_end(rest: &str) -> bool {
    rest.chars()
        .all(|c| c.is_whitespace() || matches!(c, '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '}' | '*' | '_'))
}

/// The length of a full stop that belongs to the abbreviation before `rest` and ends no sentence.
pub(super) fn full_stop(rest: &str) -> usize {
    usize::from(
        rest.strip_prefix('.')
            .is_some_and(|after| !is_sentence_end(after)),
    )
}

/// The length of white space without a line break, at most two characters of it.
pub(super) fn gap(rest: &str) -> usize {
    rest.chars()
        .take(2)
        .take_while(|c| c.is_whitespace() && *c != '\n')
        .map(char::len_utf8)
        .sum()
}

/// How many ASCII digits `text` begins with.
pub(super) fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// Whether a word begins with a capital letter.
pub(super) fn is_capitalised(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
}

/// A hyphen, a minus or a dash, as it is put between two numbers: its length.
pub(super) fn dash(rest: &str) -> Option<usize> {
    rest.chars()
        .next()
        .filter(|c| matches!(c, '-' | '\u{2010}'..='\u{2014}' | '\u{2212}'))
        .map(char::len_utf8)
}
