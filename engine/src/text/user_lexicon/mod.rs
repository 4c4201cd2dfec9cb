//! A user's own pronunciations: names, products, words that no dictionary has or that it has wrong.
//!
//! A lexicon is a text with an entry a line, which a person writes:
//!
//! ```text
//! # a comment
//! nginx = engine x            another spelling, read as any text
//! Siobhán /ʃəvˈɔn/            phonemes, in the symbols of the voice
//! tomato /təmˈɑːtQ/ @en-GB    only in this language
//! New York Times /nˌuˈɔɹk tˈImz/
//! ```
//!
//! An entry in small letters stands for the word however it is written, any other for the word as it is. The language's
//! own entry goes before one for all languages. The pronouncing dictionary asks before it looks into its own; it is never
//! changed by what is read, and knows nothing of files.

use std::collections::HashMap;
use std::ops::Range;

use super::language::Language;
use super::place::Place;

mod entry;
mod error;

use entry::{Entry, entry, is_space};
pub use error::{LexiconProblem, UserLexiconError};

/// A lexicon has at most so many entries.
const MOST_ENTRIES: usize = 100_000;
/// A line has at most so many bytes.
const LONGEST_LINE: usize = 1000;

/// How an entry is spoken.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Pronunciation {
    /// By these symbols of [`SYMBOLS`](crate::text::SYMBOLS).
    Phonemes(String),
    /// As this text would be.
    Spelling(String),
}

/// Pronunciations of a user.
///
/// ```
/// use utter::text::{Language, Pronunciation, UserLexicon};
///
/// let lexicon = UserLexicon::parse("nginx = engine x\nSiobhán /ʃəvˈɔn/")?;
/// let spelling = Pronunciation::Spelling("engine x".into());
/// assert_eq!(lexicon.find("NGINX", Language::AmericanEnglish), Some(&spelling));
/// let error = UserLexicon::parse("gif /gɪf/").unwrap_err();
/// assert_eq!((error.place.line, error.place.column), (1, 6));
/// # Ok::<(), utter::text::UserLexiconError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UserLexicon {
    entries: Vec<Entry>,
    /// The entries that begin with a run of letters and digits, or with a mark, in small letters; longest first.
    by_beginning: HashMap<String, Vec<usize>>,
}

/// A place in a text for which a lexicon has a pronunciation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LexiconMatch<'l> {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// How they are spoken.
    pub pronunciation: &'l Pronunciation,
}

impl UserLexicon {
    /// Reads the text of a lexicon.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line and column.
    pub fn parse(text: &str) -> Result<Self, UserLexiconError> {
        let mut lexicon = Self::default();
        let mut lines: HashMap<(String, Option<Language>), usize> = HashMap::new();
        let mut at = 0;
        for (number, line) in text.split_inclusive('\n').enumerate() {
            let fault = |problem, byte: usize| UserLexiconError {
                problem,
                place: Place::of(text, at + byte),
            };
            if line.len() > LONGEST_LINE {
                return Err(fault(LexiconProblem::TooLong, 0));
            }
            if let Some(entry) = entry(line).map_err(|(problem, byte)| fault(problem, byte))? {
                let start = line.find(|c: char| !is_space(c)).unwrap_or(0);
                if lexicon.entries.len() == MOST_ENTRIES {
                    return Err(fault(LexiconProblem::TooMany, start));
                }
                if let Some(first) = lines.insert((entry.word.clone(), entry.language), number + 1) {
                    let word = entry.word;
                    return Err(fault(LexiconProblem::Twice { word, line: first }, start));
                }
                let beginning = beginning(&entry.word).to_lowercase();
                lexicon
                    .by_beginning
                    .entry(beginning)
                    .or_default()
                    .push(lexicon.entries.len());
                lexicon.entries.push(entry);
            }
            at += line.len();
        }
        for found in lexicon.by_beginning.values_mut() {
            // Of two that fit, the longer one; then that for the language; then that for the very spelling.
            found.sort_by_key(|index| {
                let entry = &lexicon.entries[*index];
                let length = entry.word.chars().count();
                (
                    std::cmp::Reverse(length),
                    entry.language.is_none(),
                    is_small(&entry.word),
                )
            });
        }
        Ok(lexicon)
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The pronunciation of a word, or of several with spaces between them.
    pub fn find(&self, word: &str, language: Language) -> Option<&Pronunciation> {
        let word = word.trim_matches(is_space);
        let found = self.at(word, 0, language)?;
        (found.range.end == word.len()).then_some(found.pronunciation)
    }

    /// The places in a text that the lexicon pronounces, from the first to the last. Where several entries begin, the
    /// longest is taken; no place overlaps another, and none begins or ends within a word: "cat" is not in "cats", but
    /// is in "cat's" and "cat-like".
    pub fn matches<'a>(&'a self, text: &'a str, language: Language) -> LexiconMatches<'a> {
        LexiconMatches {
            lexicon: self,
            text,
            language,
            at: 0,
        }
    }

    /// The longest entry that stands at a byte of a text.
    fn at(&self, text: &str, at: usize, language: Language) -> Option<LexiconMatch<'_>> {
        let rest = &text[at..];
        let candidates = self.by_beginning.get(&beginning(rest).to_lowercase())?;
        let fits = |entry: &Entry| entry.language.is_none_or(|entry| entry == language);
        let entries = candidates.iter().map(|index| &self.entries[*index]);
        entries.filter(|entry| fits(entry)).find_map(|entry| {
            let length = prefix(rest, &entry.word)?;
            let ends_word = entry.word.ends_with(char::is_alphanumeric);
            let goes_on = rest[length..].starts_with(char::is_alphanumeric);
            (!ends_word || !goes_on).then_some(LexiconMatch {
                range: at..at + length,
                pronunciation: &entry.pronunciation,
            })
        })
    }
}

/// Places in a text that a lexicon pronounces. Comes from [`UserLexicon::matches`].
#[derive(Debug, Clone)]
pub struct LexiconMatches<'a> {
    lexicon: &'a UserLexicon,
    text: &'a str,
    language: Language,
    at: usize,
}

impl<'a> Iterator for LexiconMatches<'a> {
    type Item = LexiconMatch<'a>;

    fn next(&mut self) -> Option<LexiconMatch<'a>> {
        while let Some(first) = self.text[self.at..].chars().next() {
            let at = self.at;
            // A run of letters and digits is only looked at from its beginning.
            self.at += beginning(&self.text[at..]).len().max(first.len_utf8());
            if let Some(found) = self.lexicon.at(self.text, at, self.language) {
                self.at = found.range.end;
                return Some(found);
            }
        }
        None
    }
}

/// The run of letters and digits with which a text begins, or its first character if that is none.
fn beginning(text: &str) -> &str {
    let run = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    let first = text.chars().next().map_or(0, char::len_utf8);
    &text[..run.max(first)]
}

/// The length of the beginning of `text` that is `word`; any white space is one space of the word.
fn prefix(text: &str, word: &str) -> Option<usize> {
    let small = is_small(word);
    let mut rest = text;
    for wanted in word.chars() {
        if wanted == ' ' {
            let trimmed = rest.trim_start();
            if trimmed.len() == rest.len() {
                return None;
            }
            rest = trimmed;
            continue;
        }
        let found = rest.chars().next()?;
        let is_same = found == wanted
            || (small && found.to_lowercase().eq(wanted.to_lowercase()))
            || (is_apostrophe(found) && is_apostrophe(wanted));
        if !is_same {
            return None;
        }
        rest = &rest[found.len_utf8()..];
    }
    Some(text.len() - rest.len())
}

/// Whether a word stands for itself in any case.
fn is_small(word: &str) -> bool {
    !word.contains(char::is_uppercase)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Language::{AmericanEnglish, BritishEnglish};
    use super::*;

    const LEXICON: &str = "\u{feff}# names\n\
        nginx = engine x   # a server\n\
        Siobhán\t/ʃəvˈɔn/\n\
        \n\
        tomato /təmˈAtO/\n\
        tomato /təmˈɑːtQ/ @en-gb\n\
        New York /nˌuˈɔɹk/\r\n\
        new york   times /nˌuˈɔɹk tˈImz/\n\
        C# = see sharp\n\
        .net = dot net\n\
        and/or = and or\n\
        US = U S\n\
        us /ˌʌs/\n\
        o'neil /Onˈil/\n\
        e=mc2 = e equals m c squared\n";

    fn lexicon() -> UserLexicon {
        UserLexicon::parse(LEXICON).unwrap()
    }

    fn said(word: &str, language: Language) -> Option<String> {
        let lexicon = lexicon();
        Some(match lexicon.find(word, language)? {
            Pronunciation::Phonemes(text) | Pronunciation::Spelling(text) => text.clone(),
        })
    }

    #[test]
    fn words_are_found_by_the_rules_of_case_and_language() {
        for (word, expected) in [
            ("nginx", Some("engine x")),
            ("NGINX", Some("engine x")),
            ("Siobhán", Some("ʃəvˈɔn")),
            ("siobhán", None),
            ("Tomato", Some("təmˈAtO")),
            ("New York", Some("nˌuˈɔɹk")),
            ("new york", None),
            ("NEW  YORK\nTimes", Some("nˌuˈɔɹk tˈImz")),
            ("C#", Some("see sharp")),
            ("c#", None),
            (".NET", Some("dot net")),
            ("US", Some("U S")),
            ("us", Some("ˌʌs")),
            ("Us", Some("ˌʌs")),
            ("O’Neil", Some("Onˈil")),
            ("and/or", Some("and or")),
            ("E=mc2", Some("e equals m c squared")),
            ("tomatoes", None),
            ("", None),
        ] {
            assert_eq!(said(word, AmericanEnglish).as_deref(), expected, "{word}");
        }
        assert_eq!(said("tomato", BritishEnglish).as_deref(), Some("təmˈɑːtQ"));
        assert_eq!(lexicon().len(), 13);
    }

    #[test]
    fn the_longest_entry_is_found_in_a_text() {
        let lexicon = lexicon();
        let text = "The New York Times, New Yorkers and New York's Nginx/C#; tell us, cus.";
        let found: Vec<&str> = lexicon
            .matches(text, AmericanEnglish)
            .map(|found| &text[found.range])
            .collect();
        assert_eq!(found, ["New York Times", "New York", "Nginx", "C#", "us"]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, line, column, expected) in [
            ("word", 1, 5, "the line says no pronunciation (line 1, column 5)"),
            ("# a\n\n  word  # b", 3, 7, "the line says no pronunciation"),
            (
                "é /a/\ngif /gɪf/",
                2,
                6,
                "'g' (U+0067) is not a phoneme of the voice",
            ),
            ("gif /ɡɪf", 1, 9, "the phonemes do not end with /"),
            ("gif //", 1, 5, "the pronunciation is empty"),
            ("gif =", 1, 5, "the pronunciation is empty"),
            ("/a/", 1, 1, "the line has no word"),
            (" = a", 1, 2, "the line has no word"),
            ("@en-US", 1, 1, "the line has no word"),
            ("a = b @en-XX", 1, 7, "there is no language en-XX"),
            ("a = b\na = c", 2, 1, "\"a\" stands in line 1 already"),
            ("a /b/ c", 1, 8, "the phonemes do not end with /"),
        ] {
            let error = UserLexicon::parse(text).unwrap_err();
            assert_eq!(
                (error.place.line, error.place.column),
                (line, column),
                "{text:?}: {error}"
            );
            assert!(error.to_string().starts_with(expected), "{text:?}: {error}");
            assert!(!error.hint().is_empty());
        }
        let hint = UserLexicon::parse("gif /gɪf/").unwrap_err().hint();
        assert_eq!(hint, "write ɡ (U+0261) for it");
        let long = format!("a = {}", "b".repeat(LONGEST_LINE));
        assert_eq!(
            UserLexicon::parse(&long).unwrap_err().problem,
            LexiconProblem::TooLong
        );
        let many: String = (0..=MOST_ENTRIES).map(|i| format!("w{i} = b\n")).collect();
        let error = UserLexicon::parse(&many).unwrap_err();
        assert_eq!(
            (error.problem, error.place.line),
            (LexiconProblem::TooMany, MOST_ENTRIES + 1)
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_is_parsed_or_refused_and_searched(
            lexicon in "([a-cA-C#@/= \tɡéİ'.]{0,8}( /a/| = b|)( @en-US)?\n){0,6}",
            text in "[a-cA-Cé ßİ'’.#/=\n]{0,30}",
        ) {
            match UserLexicon::parse(&lexicon) {
                Err(error) => prop_assert!(error.place.byte <= lexicon.len()),
                Ok(lexicon) => {
                    let mut end = 0;
                    for found in lexicon.matches(&text, AmericanEnglish) {
                        prop_assert!(found.range.start >= end && !found.range.is_empty());
                        prop_assert!(text.get(found.range.clone()).is_some());
                        end = found.range.end;
                    }
                }
            }
        }

        #[test]
        fn every_entry_is_found_as_it_is_written(word in "[a-zA-Z][a-zA-Z0-9.' -]{0,10}[a-zA-Z0-9]") {
            let lexicon = UserLexicon::parse(&format!("{word} /a/")).unwrap();
            prop_assert!(lexicon.find(&word, AmericanEnglish).is_some());
        }
    }
}
