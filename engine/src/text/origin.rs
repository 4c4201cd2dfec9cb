//! How the sound of a word was found: in which dictionary, by which rule.
//!
//! `english` and `unknown` note it with every sound, and `split` carries it along, so `explain` can tell what reading itself
//! has done. Nothing decides by it.

use std::fmt;

/// How the sound of a word, or of a mark, was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// In the dictionary that people have checked, perhaps by its stem.
    Gold,
    /// In the larger dictionary that nobody has checked, perhaps by its stem.
    Silver,
    /// By what stands around it, whatever the dictionaries say: "the", "to", a heteronym.
    Rule,
    /// As several parts that are each known: "OpenAI", "screenreader".
    Parts,
    /// In no dictionary: by the letter-to-sound model, or some part of it was.
    LetterToSound,
    /// By the names of its letters.
    Spelled,
    /// Digits.
    Number,
    /// Read as several words: "$3.50".
    WrittenForm,
    /// In the lexicon of the user.
    UserLexicon,
    /// By espeak-ng.
    Espeak,
    /// Given as phonemes, by markup or as such.
    Given,
    /// A mark of punctuation.
    Mark,
}

impl Origin {
    /// Its name, which stays what it is from version to version.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gold => "gold",
            Self::Silver => "silver",
            Self::Rule => "rule",
            Self::Parts => "parts",
            Self::LetterToSound => "letter-to-sound",
            Self::Spelled => "spelled",
            Self::Number => "number",
            Self::WrittenForm => "written-form",
            Self::UserLexicon => "user-lexicon",
            Self::Espeak => "espeak-ng",
            Self::Given => "given",
            Self::Mark => "mark",
        }
    }

    /// How a word was found of which a part was found so, and another part like `other`: what is guessed shows.
    pub(super) fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::LetterToSound, _) | (_, Self::LetterToSound) => Self::LetterToSound,
            (Self::Number, Self::Number) => Self::Number,
            (Self::Spelled, Self::Spelled) => Self::Spelled,
            _ => Self::Parts,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A sound, and how it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) sound: String,
    pub(super) origin: Origin,
}

impl Found {
    pub(super) fn new(sound: impl Into<String>, origin: Origin) -> Self {
        let sound = sound.into();
        Self { sound, origin }
    }

    /// The same with another sound.
    pub(super) fn map(self, change: impl FnOnce(&str) -> String) -> Self {
        Self::new(change(&self.sound), self.origin)
    }
}

/// How a piece of a sentence was found, and as what part of speech.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct How {
    pub(super) origin: Origin,
    /// The tag of the Penn Treebank, if the sentence was tagged.
    pub(super) tag: Option<&'static str>,
}

impl How {
    /// Without a part of speech.
    pub(super) fn of(origin: Origin) -> Self {
        Self { origin, tag: None }
    }
}
