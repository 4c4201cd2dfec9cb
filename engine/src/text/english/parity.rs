//! English held against misaki, word for word, on the sentences of `fixtures/corpora/`.
//!
//! The oracle is the crate `misaki-rs`, whose output is that of misaki 0.9.4. Where it has no opinion (a word that it does
//! not know) there is nothing to compare. Every difference must be explained in `fixtures/text/parity.txt`.

#![allow(clippy::unwrap_used)] // helpers of tests are tests

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use misaki_rs::{G2P, norms, spacy_tagger, spacy_tokenizer};

use super::*;
use crate::text::normalise::normalise;
use crate::text::plain::Plain;
use crate::text::written::{self, WrittenOptions};

const CORPORA: [&str; 4] = [
    include_str!("../../../../fixtures/corpora/alice.txt"),
    include_str!("../../../../fixtures/corpora/assistant.txt"),
    include_str!("../../../../fixtures/corpora/bench.txt"),
    include_str!("../../../../fixtures/corpora/workshop.txt"),
];
const EXPLAINED: &str = include_str!("../../../../fixtures/text/parity.txt");
/// What misaki writes for what it does not know.
const UNKNOWN: &str = "\u{e000}";

fn sentences() -> impl Iterator<Item = String> {
    let lines = CORPORA.into_iter().flat_map(str::lines);
    lines.map(|line| normalise(&Plain::verbatim(line, 0)).text().to_string())
}

/// Differences of words: the word, misaki's sound, ours; how often, and where first.
type Differences = BTreeMap<(String, String, String), (usize, String)>;

/// Words with their places in `text`, which goes through all passes that text of a user does.
fn all_passes(english: &English, text: &str, accent: Accent) -> Vec<Spoken> {
    let source = Plain::verbatim(text, 0);
    let words = normalise(&written::expand(&source, accent, &WrittenOptions::default()));
    let mut spoken = english.speak(words.text());
    for word in &mut spoken {
        word.range = words.source(word.range.clone());
    }
    spoken
}

fn compare(accent: Accent, step: usize) -> (usize, usize, Differences) {
    let english = English::load(accent);
    let mut misaki = G2P::with_fallback(
        match accent {
            Accent::American => misaki_rs::Language::EnglishUS,
            Accent::British => misaki_rs::Language::EnglishGB,
        },
        None,
    );
    misaki.unk = UNKNOWN.into();
    let (mut sentence_count, mut words, mut differences) = (0, 0, Differences::new());
    for text in sentences().step_by(step) {
        sentence_count += 1;
        let ours = all_passes(&english, &text, accent);
        let (_, theirs) = misaki.g2p(&text).unwrap();
        let mut at = 0;
        let mut next = ours.iter().peekable();
        let is_unknown = |token: &misaki_rs::MToken| {
            token
                .phonemes
                .as_ref()
                .is_none_or(|sound| sound.contains(UNKNOWN))
        };
        for (i, token) in theirs.iter().enumerate() {
            let Some(found) = text[at..].find(&token.text) else {
                panic!("misaki has {:?} behind {at} in {text:?}", token.text)
            };
            let place = at + found..at + found + token.text.len();
            at = place.end;
            // All that we have in the place of that token; it may be several.
            let mut sound = String::new();
            while let Some(word) = next.next_if(|word| word.range.end <= place.end) {
                sound.push_str(&word.sound);
                sound.push_str(if word.spaced { " " } else { "" });
            }
            let sound = sound.trim_end().replace('ɾ', "T").replace('ʔ', "t");
            let expected = token.phonemes.clone().unwrap_or_default();
            if is_unknown(token) || theirs.get(i + 1).is_some_and(is_unknown) {
                continue;
            }
            words += usize::from(token.text.contains(char::is_alphanumeric));
            // Where one form is several words, spaces are between them.
            let letters = |sound: &str| sound.split_whitespace().collect::<String>();
            if letters(&sound) != letters(&expected) {
                let key = (token.text.clone(), expected.trim_end().to_string(), sound);
                differences.entry(key).or_insert_with(|| (0, text.clone())).0 += 1;
            }
        }
    }
    (sentence_count, words, differences)
}

fn check(accent: Accent, name: &str, step: usize) {
    let (sentences, words, differences) = compare(accent, step);
    let count: usize = differences.values().map(|(count, _)| count).sum();
    let explained: BTreeSet<Vec<&str>> = EXPLAINED
        .lines()
        .filter_map(|line| line.strip_prefix(name))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    let mut report = String::new();
    for ((word, theirs, ours), (times, text)) in &differences {
        let is_explained = explained
            .iter()
            .any(|line| line.get(1..4) == Some(&[word.as_str(), theirs, ours]));
        if !is_explained {
            writeln!(report, "{name} | {word} | {theirs} | {ours} | {times} | {text}").unwrap();
        }
    }
    assert!(
        report.is_empty() && count * 1000 <= words * 2,
        "{count} of {words} words in {sentences} sentences differ; not explained:\n{report}"
    );
}

#[test]
fn american_words_sound_as_misaki_says_them() {
    check(Accent::American, "US", 1);
}

// The rules are the same as for American English; what can differ are entries.
#[test]
fn british_words_sound_as_misaki_says_them() {
    check(Accent::British, "GB", 6);
}

#[test]
fn tokens_and_tags_are_those_of_spacy() {
    let (tokenizer, tagger) = (Tokenizer::load(), Tagger::load());
    let spacy = spacy_tokenizer::SpacyTokenizer::new();
    let spacy_tagger = spacy_tagger::Tagger::load();
    let (mut all, mut different) = (0, Vec::new());
    for text in sentences().step_by(5) {
        let expected = spacy.tokenize(&text);
        let tokens = tokenizer.tokens(&text);
        let words: Vec<&str> = tokens.iter().map(|token| &text[token.range.clone()]).collect();
        let expected_words: Vec<&str> = expected.iter().map(|token| token.text.as_str()).collect();
        assert_eq!(words, expected_words, "{text}");
        let inputs: Vec<_> = expected
            .iter()
            .map(|token| {
                let norm = norms::norm_of(&token.text, spacy_tagger::hash_string);
                let norm = token.norm.clone().unwrap_or(norm);
                (token.text.clone(), norm, !token.whitespace.is_empty())
            })
            .collect();
        let tags = tagger.tags(&text, &tokens);
        let expected_tags = spacy_tagger.tag(&inputs);
        all += tags.len();
        for ((word, tag), expected) in words.iter().zip(tags).zip(expected_tags) {
            if tag != expected {
                different.push(format!("{word} is {tag}, not {expected}, in {text}"));
            }
        }
    }
    // Sums are made in another order: two tags with nearly the same score may change places.
    assert!(
        different.len() * 10_000 <= all,
        "{} of {all} tags:\n{}",
        different.len(),
        different.join("\n")
    );
}

#[test]
fn abbreviations_are_those_of_spacy() {
    for word in misaki_rs::abbrev::PERIOD_ABBREVIATIONS
        .iter()
        .chain(&["K.", "Z."])
    {
        assert!(is_abbreviation(word), "{word}");
    }
    for word in ["end.", "Fig.", "Ok.", "5.", ".", "", "so."] {
        assert!(!is_abbreviation(word), "{word}");
        assert!(!misaki_rs::abbrev::is_period_abbreviation(word), "{word}");
    }
}
