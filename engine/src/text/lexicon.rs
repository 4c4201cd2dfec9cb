//! Pronunciation of English: misaki's dictionary, and something for every word that is not in it.
//!
//! `reader` hands over a sentence that `normalise` has prepared and gets its words and marks with their sounds and their
//! place in the source. misaki (`misaki-rs`, a port of the G2P that Kokoro was trained with) decides by dictionary, by
//! part of speech and by what comes next. For words it does not know it has a `Fallback` trait, but hands over whole
//! groups ("50%", "GPT-4o") of which it knows a part, and would forget that part. So it runs without one, marks what it
//! does not know, and `unknown` fills the marks: from two dictionary words ("screen" + "reader"), by letter-to-sound
//! rules, or spelled. A word with a letter or digit always gets a sound.
//!
//! Loading takes some tenths of a second and about 100 MB; the owner keeps it.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use misaki_rs::lexicon::TokenContext;
use misaki_rs::{G2P, MToken};

use super::language::Accent;
use super::letter_to_sound;
use super::phonemes::{is_mark, is_symbol};
use super::plain::Plain;
use super::split::Piece;

/// What misaki writes for a part that it does not know. Not in Kokoro's vocabulary, and never in normalised text.
const UNKNOWN: char = '\u{e000}';
const UNKNOWN_SOUND: &str = "\u{e000}";
/// Parts of a word that misaki passes over in silence.
const SILENT_IN_WORD: &str = "',-._/";
pub(super) const VOWELS: &str = "AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ";
/// Capital words from this length on that no dictionary knows are taken for shouted words, not for abbreviations.
const SHOUTED: usize = 6;

/// A loaded dictionary of one accent.
pub(super) struct Lexicon {
    pub(super) g2p: G2P,
    pub(super) accent: Accent,
}

impl Lexicon {
    pub(super) fn load(accent: Accent) -> Self {
        let language = match accent {
            Accent::American => misaki_rs::Language::EnglishUS,
            Accent::British => misaki_rs::Language::EnglishGB,
        };
        let mut g2p = G2P::with_fallback(language, None);
        g2p.unk = UNKNOWN.into();
        Self { g2p, accent }
    }

    /// The words and marks of a sentence. Every letter and digit of its source is in exactly one word.
    pub(super) fn pronounce(&self, sentence: &Plain) -> Vec<Piece> {
        let text = sentence.text();
        let located = self.tokens(text).and_then(|tokens| {
            let places = locate(&tokens, text)?;
            Some((tokens, places))
        });
        let pieces = match located {
            Some((tokens, places)) => self.sounds(&tokens).into_iter().zip(tokens).zip(places).collect(),
            None => self.word_by_word(text),
        };
        join(pieces, sentence)
    }

    /// What misaki makes of a text; `None` if it fails.
    fn tokens(&self, text: &str) -> Option<Vec<MToken>> {
        // Normalised text is known to give it no reason to panic; a user's process must not depend on that.
        match catch_unwind(AssertUnwindSafe(|| self.g2p.g2p(text))) {
            Ok(Ok((_, tokens))) => Some(tokens),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the dictionary failed; reading word by word");
                None
            }
            Err(_) => {
                tracing::warn!("the dictionary panicked; reading word by word");
                None
            }
        }
    }

    /// The way out if misaki fails on a sentence or loses a part of it: each word on its own, by rule if need be.
    fn word_by_word(&self, text: &str) -> Vec<((String, MToken), Range<usize>)> {
        let mut pieces = Vec::new();
        let mut push = |sound: String, place: Range<usize>, spaced: bool| {
            let space = if spaced { " " } else { "" };
            let token = MToken::new(text[place.clone()].into(), "NN".into(), space.into());
            pieces.push(((clean(&sound), token), place));
        };
        let mut at = 0;
        for word in text.split_inclusive(' ') {
            let spaced = word.ends_with(' ');
            let (begin, end) = (at, at + word.len() - usize::from(spaced));
            at += word.len();
            let (Some(first), Some(last)) = (
                word.find(char::is_alphanumeric),
                word.rfind(char::is_alphanumeric),
            ) else {
                push(text[begin..end].into(), begin..end, spaced);
                continue;
            };
            let (first, last) = (begin + first, begin + last + 1);
            let core = &text[first..last];
            push(text[begin..first].into(), begin..first, false);
            push(
                self.alone(core).unwrap_or_else(|| self.unknown(core)),
                first..last,
                false,
            );
            push(text[last..end].into(), last..end, spaced);
        }
        pieces
    }

    /// The sounds of every token, with the unknown ones filled in.
    fn sounds(&self, tokens: &[MToken]) -> Vec<String> {
        let mut sounds: Vec<String> = Vec::with_capacity(tokens.len());
        let mut filled_before = false;
        for token in tokens.iter().rev() {
            let known = token
                .phonemes
                .as_deref()
                .filter(|phonemes| !phonemes.contains(UNKNOWN));
            let shouted = self.is_shouted(&token.text);
            let sound = match known {
                Some(phonemes) if !shouted => {
                    let next = sounds.last().filter(|_| filled_before);
                    next.and_then(|next| self.before(token, next))
                        .unwrap_or_else(|| phonemes.to_string())
                }
                _ if shouted => self.unknown(&token.text.to_lowercase()),
                _ => self.fill(token),
            };
            filled_before = shouted || known.is_none();
            let mut sound = clean(&sound);
            if has_alphanumeric(&token.text) && !sound.contains(|c| !is_mark(c) && c != ' ') {
                sound = clean(&self.unknown(&token.text));
            }
            sounds.push(sound);
        }
        sounds.reverse();
        sounds
    }

    /// The sound of a token before one whose sound was only found here: "the", "to" and others depend on it.
    fn before(&self, token: &MToken, next: &str) -> Option<String> {
        let word = &token.text;
        if !word.chars().all(char::is_alphabetic) {
            return None;
        }
        let first = next.chars().find(|c| !matches!(c, 'ˈ' | 'ˌ'))?;
        let future_vowel = (!is_mark(first)).then(|| VOWELS.contains(first));
        let context = TokenContext {
            future_vowel,
            future_to: false,
        };
        let (lower, upper) = (word.to_lowercase(), word.to_uppercase());
        let (capital, capitals) = self.g2p.lexicon.cap_stresses;
        let stress = if *word == lower {
            None
        } else if *word == upper {
            Some(capitals)
        } else {
            Some(capital)
        };
        let (sound, _) = self
            .g2p
            .lexicon
            .get_word(word, &token.tag, stress, Some(&context))?;
        Some(misaki_final(&sound))
    }

    /// The sound of a token of which misaki did not know all.
    fn fill(&self, token: &MToken) -> String {
        if let Some(owner) = token.text.strip_suffix("'s") {
            let sound = self.alone(owner).unwrap_or_else(|| self.unknown(owner));
            return self.g2p.lexicon.append_s(&sound);
        }
        let Some(phonemes) = &token.phonemes else {
            return self.unknown(&token.text);
        };
        let is_said = |part: &String| part.contains(|c| !SILENT_IN_WORD.contains(c));
        let parts = self.g2p.tokenize(&token.text).into_iter().map(|part| part.text);
        let parts: Vec<String> = parts.filter(is_said).collect();
        let sounds = self.apart(&parts);
        let missing = parts
            .iter()
            .zip(&sounds)
            .filter(|(_, sound)| sound.is_none())
            .map(|(part, _)| part);
        if missing.clone().count() == phonemes.matches(UNKNOWN).count() {
            let mut missing = missing;
            let fill = |c| match c {
                UNKNOWN => missing.next().map_or(String::new(), |part| self.unknown(part)),
                c => String::from(c),
            };
            return phonemes.chars().map(fill).collect();
        }
        let fill =
            |(part, sound): (&String, &Option<String>)| sound.clone().unwrap_or_else(|| self.unknown(part));
        parts.iter().zip(&sounds).map(fill).collect::<Vec<_>>().join(" ")
    }

    /// What misaki says to the parts of a word if they are words of their own. `None` for those that it does not know
    /// and for marks, which inside of a word are no pause. One call for all, because each call costs milliseconds.
    fn apart(&self, parts: &[String]) -> Vec<Option<String>> {
        let text = parts.join(" ");
        let tokens = self.tokens(&text).unwrap_or_default();
        let Some(places) = locate(&tokens, &text) else {
            return vec![None; parts.len()];
        };
        let mut found = tokens.iter().zip(places).peekable();
        let mut end = 0;
        let sound = |part: &String| {
            end += part.len() + 1;
            let mut sound = String::new();
            while let Some((token, _)) = found.next_if(|(_, place)| place.end < end) {
                sound.push_str(token.phonemes.as_deref().unwrap_or(UNKNOWN_SOUND));
                sound.push(' ');
            }
            let is_word = sound.contains(|c| !is_mark(c) && c != ' ') && !sound.contains(UNKNOWN);
            is_word.then(|| sound.trim_end().to_string())
        };
        parts.iter().map(sound).collect()
    }

    /// What misaki says to a text without knowing its neighbours; `None` if it does not know all of it.
    fn alone(&self, text: &str) -> Option<String> {
        self.apart(&[text.to_string()]).pop().flatten()
    }

    /// A long word in capitals that is in no dictionary, which misaki would spell.
    fn is_shouted(&self, word: &str) -> bool {
        word.len() >= SHOUTED
            && word.bytes().all(|letter| letter.is_ascii_uppercase())
            && letter_to_sound::is_pronounceable(word)
            && self
                .g2p
                .lexicon
                .get_word(&word.to_lowercase(), "NN", None, None)
                .is_none()
            && !self.g2p.lexicon.in_gold(word)
    }
}

/// misaki's last step: the sounds of its dictionary that Kokoro writes otherwise.
pub(super) fn misaki_final(sound: &str) -> String {
    sound.replace('ɾ', "T").replace('ʔ', "t")
}

/// Only symbols of the vocabulary, with single spaces between them.
fn clean(sound: &str) -> String {
    let known: String = sound
        .chars()
        .filter(|c| is_symbol(*c) || c.is_whitespace())
        .collect();
    known.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn has_alphanumeric(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

/// Where each token stands in `text`. misaki drops apostrophes that belong to nothing; if it ever drops a letter or a
/// digit, or invents one, there is no telling, and the answer is `None`.
fn locate(tokens: &[MToken], text: &str) -> Option<Vec<Range<usize>>> {
    let mut at = 0;
    let mut places = Vec::with_capacity(tokens.len());
    for token in tokens {
        let mut start = None;
        for wanted in token.text.chars().filter(|c| !c.is_whitespace()) {
            let found = text[at..].find(wanted)?;
            if has_alphanumeric(&text[at..at + found]) {
                return None;
            }
            start.get_or_insert(at + found);
            at += found + wanted.len_utf8();
        }
        places.push(start.unwrap_or(at)..at);
    }
    (!has_alphanumeric(&text[at..])).then_some(places)
}

/// Pieces of tokens: silent ones go, and the ranges become those of the source.
fn join(tokens: Vec<((String, MToken), Range<usize>)>, sentence: &Plain) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::with_capacity(tokens.len());
    for ((sound, token), place) in tokens {
        let spaced = !token.whitespace.is_empty();
        let source = sentence.source(place);
        let is_word = has_alphanumeric(&token.text) || sound.contains(|c| !is_mark(c));
        match pieces.last_mut() {
            // Silence, or a second sound of the same character of the source.
            Some(last) if sound.is_empty() => last.spaced |= spaced,
            // No space before a mark that closes: there may be one for a symbol that is silent.
            Some(last) if last.spaced && sound.starts_with([',', '.', ';', ':', '!', '?', ')', '…', '”']) =>
            {
                last.spaced = false;
                pieces.push(Piece {
                    sound,
                    source,
                    is_word,
                    spaced,
                });
            }
            Some(last) if source.start < last.source.end => {
                last.sound = format!("{} {sound}", last.sound);
                last.source.end = last.source.end.max(source.end);
                last.is_word |= is_word;
                last.spaced = spaced;
            }
            _ if sound.is_empty() => {}
            _ => pieces.push(Piece {
                sound,
                source,
                is_word,
                spaced,
            }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use misaki_rs::lexicon::PhonemeEntry;

    use super::*;
    use crate::text::normalise::normalise;

    fn is_stress(c: &char) -> bool {
        matches!(c, 'ˈ' | 'ˌ')
    }

    /// Sounds that differ in the notation only are the same here, and stress does not count.
    fn comparable(sound: &str) -> Vec<char> {
        let same = |c| match c {
            'T' | 'ɾ' | 'ʔ' => 't',
            'ᵻ' => 'ɪ',
            'ᵊ' => 'ə',
            c => c,
        };
        sound.chars().filter(|c| !is_stress(c)).map(same).collect()
    }

    /// The number of sounds to change, add or drop between two pronunciations (Levenshtein).
    fn distance(a: &[char], b: &[char]) -> usize {
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (i, left) in a.iter().enumerate() {
            let mut diagonal = std::mem::replace(&mut row[0], i + 1);
            for (j, right) in b.iter().enumerate() {
                let best = (diagonal + usize::from(left != right))
                    .min(row[j] + 1)
                    .min(row[j + 1] + 1);
                diagonal = std::mem::replace(&mut row[j + 1], best);
            }
        }
        row[b.len()]
    }

    /// The share of sounds that the letter-to-sound rules get wrong, over every 37th word of the dictionary.
    fn error_of_the_rules(accent: Accent) -> f64 {
        let lexicon = Lexicon::load(accent);
        let is_plain =
            |word: &&String| word.len() >= 3 && word.bytes().all(|letter| letter.is_ascii_lowercase());
        let mut words: Vec<&String> = lexicon.g2p.lexicon.golds.keys().filter(is_plain).collect();
        words.sort();
        let (mut wrong, mut all) = (0, 0);
        for word in words.into_iter().step_by(37) {
            if let PhonemeEntry::Simple(sound) = &lexicon.g2p.lexicon.golds[word] {
                let expected = comparable(sound);
                wrong += distance(&comparable(&letter_to_sound::pronounce(word, accent)), &expected);
                all += expected.len();
            }
        }
        assert!(all > 10_000, "{all} sounds are enough to measure with");
        wrong as f64 / all as f64
    }

    // Measured 0.155 and 0.187; much of it is the vowels of unstressed syllables. One sound in five is still understood.
    #[test]
    fn the_rules_agree_with_the_dictionary_on_most_sounds() {
        let american = error_of_the_rules(Accent::American);
        assert!(american < 0.16, "{american}");
        let british = error_of_the_rules(Accent::British);
        assert!(british < 0.195, "{british}");
    }

    #[test]
    fn the_way_out_still_says_every_word() {
        let lexicon = Lexicon::load(Accent::American);
        let sentence = normalise("The Zbigniew-based 4th GPT, ok?", 0);
        let pieces = join(lexicon.word_by_word(sentence.text()), &sentence);
        let said: Vec<&str> = pieces.iter().map(|piece| piece.sound.as_str()).collect();
        assert_eq!(
            said,
            ["ðə", "zbˈɪɡnju bˈAst", "fˈɔɹθ", "ʤˌipˌitˈi", ",", "ˌOkˈA", "?"]
        );
    }

    #[test]
    fn letters_that_get_lost_are_noticed() {
        let token = |text: &str| MToken::new(text.into(), "NN".into(), String::new());
        let hello = [token("don't"), token("go")];
        assert_eq!(locate(&hello, "don't ' go"), Some(vec![0..5, 8..10]));
        assert_eq!(locate(&hello, "don't you go"), None);
        assert_eq!(locate(&hello, "don't go x"), None);
        assert_eq!(locate(&hello, "don't"), None);
    }
}
