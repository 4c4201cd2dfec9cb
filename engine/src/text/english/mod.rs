//! English: from a sentence to its words and marks, each with its sound and its place.
//!
//! `lexicon` loads this and hands over sentences that `normalise` has prepared. It decides as misaki does, the G2P that
//! Kokoro was trained with; the tests hold it against the crate `misaki-rs`, word for word. On the way a sentence passes
//! through
//!
//! ```text
//! tokens      as spaCy makes them, with affixes and address
//! tagger      a part of speech for each, with network
//! heteronyms  words that a tag alone does not tell apart
//! groups      tokens divided into parts, parts without a space between put together
//! words       dictionaries, endings, abbreviations; with stress and numbers
//! ```
//!
//! and from right to left through `groups`, because "the" and "to" sound as what follows wants it. What no dictionary
//! knows is asked of `unknown`, so every word with a letter or a digit has a sound.
//!
//! Loading reads nothing: the data are part of the program (crate `utter-lexicon`).

mod address;
mod affixes;
mod groups;
#[cfg(test)]
mod heteronym_tests;
mod heteronyms;
mod network;
mod numbers;
#[cfg(test)]
mod parity;
mod parts;
mod stress;
mod tagger;
mod tokens;
mod words;

use std::ops::Range;

use utter_lexicon::Exceptions;

use self::groups::{Part, groups};
use self::stress::{PRIMARY, weight};
pub(super) use self::stress::{Stress, VOWELS};
use self::tagger::Tagger;
use self::tokens::Tokenizer;
use self::words::Context;
pub(super) use self::words::Words;
use super::language::Accent;
use super::origin::{Found, How, Origin};
use super::phonemes::is_mark;

/// Parts of a word that are passed over in silence.
const SILENT: &str = "',-._‘’/";
/// Marks after which nothing is known of what comes next.
const PAUSES: &str = "!,.:;?—…";
const CONSONANTS: &str = "bdfhjklmnpstvwzðŋɡɹɾʃʒʤʧθ";

/// English in one accent.
pub(super) struct English {
    tokenizer: Tokenizer,
    tagger: Tagger,
    words: Words,
}

/// A word or a mark of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spoken {
    /// Its place in the sentence.
    pub(super) range: Range<usize>,
    /// What is heard of it, in misaki's symbols; of a mark perhaps nothing.
    pub(super) sound: String,
    /// Whether white space follows.
    pub(super) spaced: bool,
    pub(super) how: How,
}

impl English {
    pub(super) fn load(accent: Accent) -> Self {
        Self {
            tokenizer: Tokenizer::load(),
            tagger: Tagger::load(),
            words: Words::load(accent),
        }
    }

    /// The dictionaries.
    pub(super) fn words(&self) -> &Words {
        &self.words
    }

    /// The words and marks of a sentence, in order. Each letter and digit is in one of them; apostrophes that belong to
    /// nothing may be in none.
    pub(super) fn speak(&self, text: &str) -> Vec<Spoken> {
        let tokens = self.tokenizer.tokens(text);
        let mut tags = self.tagger.tags(text, &tokens);
        let decided = heteronyms::decide(text, &tokens, &mut tags, self.words.accent());
        let (parts, groups) = groups(text, &tokens, &tags, &decided);
        let mut context = Context::default();
        let mut spoken = Vec::with_capacity(groups.len());
        for group in groups.into_iter().rev() {
            let group = &parts[group];
            let (Some(first), Some(last)) = (group.first(), group.last()) else {
                continue;
            };
            let range = first.range.start..last.range.end;
            let Found { sound, origin } = self.group(&text[range.clone()], group, &mut context);
            let tag = Some(tag_of(first, group));
            spoken.push(Spoken {
                range,
                sound,
                spaced: last.spaced,
                how: How { origin, tag },
            });
        }
        spoken.reverse();
        spoken
    }

    /// The sound of a group that is `text`. `context` is what comes next, and becomes what is next for the one before.
    fn group(&self, text: &str, group: &[Part], context: &mut Context) -> Found {
        let has_sound = |sound: &str| sound.contains(|c| !is_mark(c) && c != ' ');
        let (mut found, known) = if self.words.is_shouted(text) {
            (self.words.unknown(&text.to_lowercase()), false)
        } else if let [part] = group {
            let given = part.sound.clone();
            let given = given.map(|sound| Found::new(sound, Origin::Mark));
            let found = given.or_else(|| self.look_up(group, *context));
            found.map_or_else(|| (self.words.unknown(text), false), |found| (found, true))
        } else {
            self.several(text, group, context)
        };
        let lost = text.contains(char::is_alphanumeric) && !has_sound(&found.sound);
        if lost {
            found = self.words.unknown(text);
        }
        if group.len() == 1 || !known || lost {
            *context = before(*context, &found.sound, group);
        }
        found
    }

    /// The sound of parts that together are a text in a dictionary, or a number.
    fn look_up(&self, parts: &[Part], context: Context) -> Option<Found> {
        let [first, rest @ ..] = parts else {
            return None;
        };
        if let (Some(decided), []) = (first.decided, rest) {
            return Some(Found::new(decided, Origin::Rule));
        }
        let word: String = parts.iter().map(|part| part.text).collect();
        let tag = tag_of(first, parts);
        let currency = parts.iter().find_map(|part| part.currency);
        let stress = match () {
            () if word == word.to_lowercase() => None,
            () if word == word.to_uppercase() => Some(Stress::Full),
            () => Some(Stress::Slight),
        };
        match self.words.sound(&word, tag, stress, Some(context)) {
            Some(found) => Some(
                match currency.and_then(|currency| self.words.sound(&currency.plural(), "", None, None)) {
                    Some(unit) => found.map(|sound| format!("{sound} {}", unit.sound)),
                    None => found,
                },
            ),
            None => {
                let number = self.words.number(&word, currency, first.head)?;
                Some(Found::new(number, Origin::Number))
            }
        }
    }

    /// The sound of a group of several parts, and whether all of it was known: from the right, always the longest run of
    /// parts that is known.
    fn several(&self, text: &str, group: &[Part], context: &mut Context) -> (Found, bool) {
        let mut sounds: Vec<Option<String>> = vec![None; group.len()];
        let mut origin: Option<Origin> = None;
        let mut join = |next: Origin| origin = Some(origin.map_or(next, |origin| origin.with(next)));
        let mut right = group.len();
        while right > 0 {
            let known =
                (0..right).find_map(|left| Some((left, self.look_up(&group[left..right], *context)?)));
            match known {
                Some((left, found)) => {
                    *context = before(*context, &found.sound, &group[left..right]);
                    join(found.origin);
                    sounds[left] = Some(found.sound);
                    sounds[left + 1..right].fill(Some(String::new()));
                    right = left;
                }
                None => right -= 1,
            }
        }
        let last = group.len() - 1;
        for (i, (part, sound)) in group.iter().zip(&mut sounds).enumerate() {
            if sound.is_none() && is_silent(part.text) {
                *sound = Some(String::new());
            } else if sound.is_none() && i == last && part.text.chars().all(|c| PAUSES.contains(c)) {
                *sound = Some(part.text.into());
            }
        }
        let known = sounds.iter().all(Option::is_some);
        let spaced = is_mixed(text);
        if !spaced {
            balance(group, &mut sounds);
        }
        // "'s" has no sound of its own behind a word that was not known: it depends on how that ends.
        let possessive = !known && text.ends_with("'s") && group[last].text == "s";
        let count = if possessive { group.len() - 2 } else { group.len() };
        let mut whole = String::new();
        for (part, sound) in group.iter().zip(sounds).take(count) {
            let sound = sound.unwrap_or_else(|| {
                let found = self.words.unknown(part.text);
                join(found.origin);
                found.sound
            });
            if spaced && !whole.is_empty() && !sound.is_empty() {
                whole.push(' ');
            }
            whole.push_str(&sound);
        }
        if possessive {
            whole = self.words.append_s(&whole);
        }
        (Found::new(whole, origin.unwrap_or(Origin::Mark)), known)
    }
}

/// Whether a word that ends in a full stop is an abbreviation, with which no sentence ends: one of spaCy's, or a capital.
pub(super) fn is_abbreviation(word: &str) -> bool {
    let mut letters = word.chars();
    let initial = letters.next().is_some_and(char::is_uppercase) && letters.as_str() == ".";
    initial || word.contains(char::is_alphabetic) && Exceptions::english().get(word).is_some()
}

/// What is next for the word before one with this sound.
fn before(next: Context, sound: &str, parts: &[Part]) -> Context {
    let first = sound.chars().find_map(|c| match c {
        _ if PAUSES.contains(c) => Some(None),
        _ if VOWELS.contains(c) => Some(Some(true)),
        _ if CONSONANTS.contains(c) => Some(Some(false)),
        _ => None,
    });
    let to = match parts {
        [part] => match part.text {
            "to" | "To" => true,
            "TO" => matches!(part.tag, "TO" | "IN"),
            _ => false,
        },
        _ => false,
    };
    Context {
        vowel: first.unwrap_or(next.vowel),
        to,
    }
}

/// The tag of parts that are looked up together, of which `first` is the first: that of the longest.
fn tag_of(first: &Part, parts: &[Part]) -> &'static str {
    let longest = parts.iter().fold(first, |longest, part| {
        if length(part.text) > length(longest.text) {
            part
        } else {
            longest
        }
    });
    longest.tag
}

/// How long a part is for choosing whose tag a group has: capitals count twice.
fn length(text: &str) -> usize {
    text.chars().map(|c| if c.is_uppercase() { 2 } else { 1 }).sum()
}

fn is_silent(text: &str) -> bool {
    text.chars().all(|c| SILENT.contains(c))
}

/// Whether a group is of several kinds (letters, digits, others), which are spoken apart.
fn is_mixed(text: &str) -> bool {
    let mut kinds = text.chars().filter(|c| !SILENT.contains(*c)).map(|c| match c {
        _ if c.is_alphabetic() => 0,
        _ if c.is_ascii_digit() => 1,
        _ => 2,
    });
    let first = kinds.next();
    text.contains('/') || kinds.any(|kind| Some(kind) != first)
}

/// Makes the stress of some parts of a compound secondary: the second of two if the first is a letter, else of the
/// shorter half if more than half have a primary one.
fn balance(group: &[Part], sounds: &mut [Option<String>]) {
    let spoken = |(i, sound): (usize, &Option<String>)| {
        let sound = sound.as_deref().filter(|sound| !sound.is_empty())?;
        Some((sound.contains(PRIMARY), weight(sound), i))
    };
    let mut spoken: Vec<_> = sounds.iter().enumerate().filter_map(spoken).collect();
    let stressed = spoken.iter().filter(|(primary, ..)| *primary).count();
    let weaker = match spoken[..] {
        [(.., first), second] if group[first].text.chars().count() == 1 => vec![second],
        _ if spoken.len() < 2 || stressed <= spoken.len().div_ceil(2) => Vec::new(),
        _ => {
            spoken.sort_unstable();
            spoken.truncate(spoken.len() / 2);
            spoken
        }
    };
    for (.., i) in weaker {
        sounds[i] = sounds[i].as_deref().map(|sound| Stress::Weaker.apply(sound));
    }
}
