//! Parts of speech, as spaCy tells them: each token of a sentence gets a tag of the Penn Treebank.
//!
//! `english` asks for the tags of a sentence, on which pronunciation depends ("a record", "to record") and by which it
//! tells marks from parts of words. Here a token becomes what the network sees of it; `network` computes. The tags of a
//! sentence depend on each other, so a sentence is given as a whole.

use utter_lexicon::{Names, Tagger as Weights};

use super::network::{Features, tag};
use super::tokens::Token;

/// From this length on all tokens have one shape.
const LONG: usize = 100;
/// Characters of one kind in a row that a shape tells apart.
const LONGEST_RUN: usize = 4;

pub(super) struct Tagger {
    names: Names,
    weights: Weights,
}

impl Tagger {
    pub(super) fn load() -> Self {
        Self {
            names: Names::english(),
            weights: Weights::english(),
        }
    }

    /// The tag of each token of a sentence.
    pub(super) fn tags(&self, text: &str, tokens: &[Token]) -> Vec<&'static str> {
        let features: Vec<Features> = tokens.iter().map(|token| self.features(text, token)).collect();
        tag(&self.weights, &features)
    }

    fn features(&self, text: &str, token: &Token) -> Features {
        let word = &text[token.range.clone()];
        let norm = token.norm.unwrap_or_else(|| self.names.norm(word));
        let first = word.char_indices().nth(1).map_or(word, |(at, _)| &word[..at]);
        let last = word
            .char_indices()
            .rev()
            .nth(2)
            .map_or(word, |(at, _)| &word[at..]);
        let numbers = [first, last, &shape(word)].map(|text| self.names.number(text));
        Features {
            numbers: [norm, numbers[0], numbers[1], numbers[2]],
            spaced: token.spaced,
        }
    }
}

/// What a word looks like: letters become x and X, digits d, and of more than four in a row four count.
fn shape(word: &str) -> String {
    if word.chars().count() >= LONG {
        return "LONG".into();
    }
    let mut shape = String::with_capacity(word.len());
    let (mut last, mut run) = (None, 0);
    for c in word.chars() {
        let kind = match c {
            _ if c.is_alphabetic() && c.is_uppercase() => 'X',
            _ if c.is_alphabetic() => 'x',
            _ if c.is_numeric() => 'd',
            _ => c,
        };
        run = if last == Some(kind) { run + 1 } else { 1 };
        last = Some(kind);
        if run <= LONGEST_RUN {
            shape.push(kind);
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_keep_case_and_digits_and_shorten_runs() {
        for (word, expected) in [
            ("barked", "xxxx"),
            ("Smith", "Xxxxx"),
            ("Mr.", "Xx."),
            ("1999s", "ddddx"),
            ("......", "...."),
        ] {
            assert_eq!(shape(word), expected);
        }
        assert_eq!(shape(&"a".repeat(LONG)), "LONG");
    }
}
