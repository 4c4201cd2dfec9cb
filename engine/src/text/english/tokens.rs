//! Tokens as spaCy makes them: "(Don't!)" is "(", "Do", "n't", "!", ")".
//!
//! `english` calls this first; the tags, and which marks belong to a word, depend on it. A run without a space is peeled
//! from both ends as long as there are marks to peel and what is left is no exception; then what is left is divided
//! inside. In the end, neighbours that together are an exception become that one ("'" and "nuff"). The algorithm is that
//! of spaCy's `Tokenizer`; the rules for characters are in `affixes`, the exceptions in the crate `utter-lexicon`.

use std::ops::Range;

use utter_lexicon::{Exceptions, Rule};

use super::address::is_address;
use super::affixes::{infixes, prefix, suffix};

/// Neighbours that may become one exception.
const LONGEST_RUN: usize = 6;

/// A token of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// Its place in the text.
    pub(super) range: Range<usize>,
    /// The number of the string that it stands for, if it is a piece of an exception that says so.
    pub(super) norm: Option<u64>,
    /// Whether white space follows.
    pub(super) spaced: bool,
}

pub(super) struct Tokenizer {
    exceptions: Exceptions,
}

impl Tokenizer {
    pub(super) fn load() -> Self {
        Self {
            exceptions: Exceptions::english(),
        }
    }

    /// The tokens of a text, in order. Every character but white space is in exactly one.
    pub(super) fn tokens(&self, text: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        let mut at = 0;
        for run in text.split_inclusive(|c: char| c.is_ascii_whitespace()) {
            let length = run.trim_end_matches(|c: char| c.is_ascii_whitespace()).len();
            if length > 0 {
                self.divide(&text[at..at + length], at, &mut tokens);
            }
            if let Some(last) = tokens.last_mut() {
                last.spaced |= length < run.len();
            }
            at += run.len();
        }
        self.join(text, tokens)
    }

    /// Divides a run without white space that begins at `start`.
    fn divide(&self, run: &str, start: usize, tokens: &mut Vec<Token>) {
        let (mut from, mut to) = (0, run.len());
        let (mut before, mut after) = (Vec::new(), Vec::new());
        while from < to && !self.is_exception(&run[from..to]) {
            let rest = &run[from..to];
            let first = prefix(rest);
            if first > 0 && self.is_exception(&rest[first..]) {
                before.push(from..from + first);
                from += first;
                break;
            }
            let last = suffix(&rest[first..]);
            if last > 0 && self.is_exception(&rest[..rest.len() - last]) {
                after.push(to - last..to);
                to -= last;
                break;
            }
            if first == 0 && last == 0 {
                break;
            }
            if first > 0 {
                before.push(from..from + first);
                from += first;
            }
            if last > 0 {
                after.push(to - last..to);
                to -= last;
            }
        }
        let ranges = before.into_iter().chain(self.inside(run, from..to));
        for range in ranges.chain(after.into_iter().rev()) {
            tokens.push(Token {
                range: start + range.start..start + range.end,
                norm: None,
                spaced: false,
            });
        }
    }

    /// Divides what is left of a run when both ends are peeled.
    fn inside(&self, run: &str, middle: Range<usize>) -> Vec<Range<usize>> {
        let text = &run[middle.clone()];
        if text.is_empty() {
            return Vec::new();
        }
        if self.exceptions.get(text).is_some() || is_address(text) {
            return vec![middle];
        }
        let mut ranges = Vec::new();
        let mut from = 0;
        for infix in infixes(text) {
            if from < infix.start {
                ranges.push(middle.start + from..middle.start + infix.start);
            }
            ranges.push(middle.start + infix.start..middle.start + infix.end);
            from = infix.end;
        }
        if from < text.len() {
            ranges.push(middle.start + from..middle.end);
        }
        ranges
    }

    /// Neighbours that together are an exception become the pieces of that; the longest go first.
    fn join(&self, text: &str, tokens: Vec<Token>) -> Vec<Token> {
        let mut joined = Vec::with_capacity(tokens.len());
        let mut at = 0;
        while at < tokens.len() {
            let rest = &tokens[at..];
            let gap = rest
                .iter()
                .position(|token| token.spaced)
                .map_or(rest.len(), |gap| gap + 1);
            let exception = (1..=gap.min(LONGEST_RUN)).rev().find_map(|count| {
                let word = &text[rest[0].range.start..rest[count - 1].range.end];
                self.exceptions.get(word).map(|rule| (count, rule))
            });
            match exception {
                Some((count, rule)) => {
                    expand(rule, &rest[..count], &mut joined);
                    at += count;
                }
                None => {
                    joined.push(rest[0].clone());
                    at += 1;
                }
            }
        }
        joined
    }

    fn is_exception(&self, word: &str) -> bool {
        self.exceptions.get(word).is_some()
    }
}

/// The pieces of an exception in the place of the tokens that make it up.
fn expand(rule: Rule, tokens: &[Token], joined: &mut Vec<Token>) {
    let mut start = tokens[0].range.start;
    let mut pieces = rule.pieces().peekable();
    while let Some(piece) = pieces.next() {
        let range = start..start + piece.length;
        start = range.end;
        joined.push(Token {
            range,
            norm: piece.norm,
            spaced: pieces.peek().is_none() && tokens[tokens.len() - 1].spaced,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<&str> {
        let tokens = Tokenizer::load().tokens(text);
        tokens.into_iter().map(|token| &text[token.range]).collect()
    }

    #[test]
    fn marks_are_peeled_and_words_divided() {
        for (text, expected) in [
            ("(Don't!)", &["(", "Do", "n't", "!", ")"][..]),
            (
                "\"Why?\" he asked.",
                &["\"", "Why", "?", "\"", "he", "asked", "."],
            ),
            (
                "Mr. Smith's five-storied house",
                &["Mr.", "Smith", "'s", "five", "-", "storied", "house"],
            ),
            ("the U.S. at 5 p.m.", &["the", "U.S.", "at", "5", "p.m."]),
            (
                "10km, $5.50 and 50%",
                &["10", "km", ",", "$", "5.50", "and", "50", "%"],
            ),
            (
                "and/or cats/dogs...yes",
                &["and/or", "cats", "/", "dogs", "...", "yes"],
            ),
            ("see www.example.com/a-b.", &["see", "www.example.com/a-b", "."]),
            ("'nuff!\"", &["'nuff", "!", "\""]),
            ("", &[]),
        ] {
            assert_eq!(tokens(text), expected, "{text}");
        }
    }

    #[test]
    fn spaces_belong_to_the_token_before() {
        let tokens = Tokenizer::load().tokens(" Can't  you? ");
        let spaced: Vec<_> = tokens
            .iter()
            .map(|token| (token.range.clone(), token.spaced))
            .collect();
        assert_eq!(
            spaced,
            [(1..3, false), (3..6, true), (8..11, false), (11..12, true)]
        );
    }
}
