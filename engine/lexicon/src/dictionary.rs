//! The pronouncing dictionaries: words to sounds, some by part of speech.
//!
//! `utter`'s `text/english/words.rs` looks words up. Keys are as misaki's files have them, case and all: what to do about
//! a capital is the caller's business. A lookup reads a few hundred bytes of two static files and allocates nothing.

use std::fmt::{self, Write};

use fst::{Map, Streamer};

use crate::alphabet::{BY_TAG, END, SYMBOLS, TAGS};

macro_rules! dictionary {
    ($name:literal) => {
        Dictionary {
            words: crate::map(include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".words"))),
            sounds: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".sounds")),
        }
    };
}

/// One of misaki's dictionaries: gold entries were checked by people, silver ones were not.
#[derive(Debug)]
pub struct Dictionary {
    words: Map<&'static [u8]>,
    sounds: &'static [u8],
}

impl Dictionary {
    /// American English, gold: 90 201 words.
    pub fn american_gold() -> Self {
        dictionary!("us_gold")
    }

    /// American English, silver: 93 361 words.
    pub fn american_silver() -> Self {
        dictionary!("us_silver")
    }

    /// British English, gold: 87 352 words.
    pub fn british_gold() -> Self {
        dictionary!("gb_gold")
    }

    /// British English, silver: 109 766 words.
    pub fn british_silver() -> Self {
        dictionary!("gb_silver")
    }

    /// Whether there is an entry for exactly this word.
    pub fn contains(&self, word: &str) -> bool {
        self.words.contains_key(word)
    }

    /// The entry for exactly this word.
    pub fn get(&self, word: &str) -> Option<Entry> {
        let at = usize::try_from(self.words.get(word)?).ok()?;
        match self.sounds.get(at..)? {
            [BY_TAG, sounds @ ..] => Some(Entry::ByTag(ByTag(sounds))),
            sounds => Some(Entry::One(Sound(until_end(sounds)))),
        }
    }

    /// Every word, in the order of its bytes.
    pub fn words(&self) -> Vec<String> {
        let mut words = Vec::with_capacity(self.words.len());
        let mut stream = self.words.keys();
        while let Some(word) = stream.next() {
            words.push(String::from_utf8_lossy(word).into_owned());
        }
        words
    }
}

/// How a word sounds.
#[derive(Debug, Clone, Copy)]
pub enum Entry {
    /// Always the same.
    One(Sound),
    /// It depends on the part of speech.
    ByTag(ByTag),
}

/// A sound, in misaki's symbols; `to_string` or `push_to` writes it.
#[derive(Debug, Clone, Copy)]
pub struct Sound(&'static [u8]);

impl fmt::Display for Sound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| f.write_char(symbol(*byte)))
    }
}

/// Sounds by part of speech.
#[derive(Debug, Clone, Copy)]
pub struct ByTag(&'static [u8]);

impl ByTag {
    /// The sound for a tag, one of those that the files use: "DEFAULT", "NOUN", "VERB", "ADJ", "ADV", "VBD", "VBN",
    /// "VBP", "DT", or "None" for a word before a pause. The outer `None` is a tag without an entry, the inner one an
    /// entry that says that the word is not spoken as a word then ("ME" as a noun is an abbreviation).
    pub fn get(self, tag: &str) -> Option<Option<Sound>> {
        let wanted = TAGS.iter().position(|name| *name == tag)? + 1;
        let mut rest = self.0;
        while let [number, sounds @ ..] = rest {
            if *number == END {
                break;
            }
            let sound = until_end(sounds);
            if usize::from(*number) == wanted {
                return Some((!sound.is_empty()).then_some(Sound(sound)));
            }
            rest = &sounds[(sound.len() + 1).min(sounds.len())..];
        }
        None
    }
}

fn until_end(sounds: &'static [u8]) -> &'static [u8] {
    let end = sounds.iter().position(|byte| *byte == END);
    &sounds[..end.unwrap_or(sounds.len())]
}

fn symbol(byte: u8) -> char {
    match byte {
        0x80.. => SYMBOLS.get(usize::from(byte - 0x80)).copied().unwrap_or(' '),
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_as_they_are_written() {
        let gold = Dictionary::american_gold();
        let Some(Entry::One(sound)) = gold.get("hello") else {
            panic!("one sound")
        };
        assert_eq!(sound.to_string(), "həlˈO");
        assert!(gold.get("hellos").is_none() && gold.get("").is_none());
        assert_eq!(gold.words().len(), 90_201);
    }

    #[test]
    fn a_part_of_speech_chooses_the_sound() {
        let Some(Entry::ByTag(read)) = Dictionary::american_gold().get("read") else {
            panic!("several sounds")
        };
        let of = |tag| read.get(tag).flatten().map(|sound| sound.to_string());
        assert_eq!(of("DEFAULT").as_deref(), Some("ɹˈid"));
        assert_eq!(of("VBD").as_deref(), Some("ɹˈɛd"));
        assert_eq!(of("NOUN"), None);
        let Some(Entry::ByTag(me)) = Dictionary::american_gold().get("ME") else {
            panic!("several sounds")
        };
        assert!(matches!(me.get("NOUN"), Some(None)), "no word as a noun");
    }
}
