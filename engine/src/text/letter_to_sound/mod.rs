//! How a word that is in no dictionary is spoken: by a model that has learnt from the dictionary, or spelled.
//!
//! `unknown` asks here for a word of plain Latin letters and always gets sounds for it. `model` knows how probable it is that a
//! letter stands for certain sounds, stress included, beside its neighbours; `search` finds the most probable sounds
//! of a whole word. `artifacts/letter_to_sound` trains the model, and `artifacts/README.md` tells how often it is right. What cannot be
//! pronounced (no vowel, or too many consonants in a row) is for spelling. This never looks into the dictionary.

mod model;
mod search;

use self::model::Model;
use super::language::Accent;

const PRIMARY: char = 'ˈ';

/// Whether a word of Latin letters is better spoken than spelled: it has a vowel and no run of five consonants, which
/// no English reader would try. `y` counts as a vowel.
pub(super) fn is_pronounceable(letters: &str) -> bool {
    let mut run = 0;
    let mut vowels = 0;
    for letter in letters.bytes() {
        if is_vowel(letter.to_ascii_lowercase()) {
            vowels += 1;
            run = 0;
        } else {
            run += 1;
            if run > 5 {
                return false;
            }
        }
    }
    vowels > 0
}

/// The sounds of a word of ASCII letters, with its stress, in the symbols of Kokoro's vocabulary. Other characters
/// are skipped. Three and more of a letter in a row count as two, so that "nooooo" is no longer than "noo". Empty only
/// for a word without letters or one that is all silent letters; never more than one primary stress.
///
/// Takes some 0.15 ms for a word of ten letters; the first of each accent some hundredths of a second.
pub(super) fn pronounce(word: &str, accent: Accent) -> String {
    let model = Model::of(accent);
    if model.is_empty() {
        return String::new();
    }
    search::best(model, &letters(word))
}

/// The word's letters in lower case.
fn letters(word: &str) -> Vec<u8> {
    let mut letters: Vec<u8> = Vec::with_capacity(word.len());
    for letter in word.bytes().filter(u8::is_ascii_alphabetic) {
        let letter = letter.to_ascii_lowercase();
        if !letters.ends_with(&[letter, letter]) {
            letters.push(letter);
        }
    }
    letters
}

fn is_vowel(letter: u8) -> bool {
    b"aeiouy".contains(&letter)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::phonemes::is_symbol;

    const ACCENTS: [Accent; 2] = [Accent::American, Accent::British];
    const TABLE: &str = include_str!("../../../../fixtures/text/letter_to_sound.txt");

    fn check(word: &str, accent: Accent) -> String {
        let sound = pronounce(word, accent);
        assert!(sound.chars().all(is_symbol), "{word}: {sound}");
        assert!(sound.matches(PRIMARY).count() <= 1, "{word}: {sound}");
        assert!(!sound.contains(' '), "{word}: {sound}");
        sound
    }

    #[test]
    fn words_without_a_vowel_are_for_spelling() {
        for word in ["xkcd", "qzxwv", "HTML", "b"] {
            assert!(!is_pronounceable(word), "{word}");
        }
        for word in ["Zbigniew", "kubernetes", "by", "Schwartz", "a"] {
            assert!(is_pronounceable(word), "{word}");
        }
    }

    #[test]
    fn plain_words_sound_as_they_should() {
        for (word, expected) in [
            ("cat", "kˈæt"),
            ("make", "mˈAk"),
            ("night", "nˈIt"),
            ("chip", "ʧˈɪp"),
            ("phone", "fˈOn"),
            ("station", "stˈAʃən"),
            ("judge", "ʤˈʌʤ"),
            ("moon", "mˈun"),
        ] {
            assert_eq!(pronounce(word, Accent::American), expected, "{word}");
        }
    }

    #[test]
    fn the_british_accent_drops_r_and_lengthens() {
        assert_eq!(pronounce("farm", Accent::British), "fˈɑːm");
        assert_eq!(pronounce("moon", Accent::British), "mˈuːn");
        assert_eq!(pronounce("phone", Accent::British), "fˈQn");
        assert_eq!(pronounce("cat", Accent::British), "kˈat");
    }

    #[test]
    fn a_drawn_out_letter_is_bounded() {
        assert_eq!(
            pronounce(&"o".repeat(1000), Accent::American),
            pronounce("oo", Accent::American)
        );
    }

    // The scores that are published were taken there.
    #[test]
    fn it_says_what_the_trainer_says() {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
        let mut count = 0;
        for row in rows {
            let [word, american, british] = row.split(' ').collect::<Vec<_>>()[..] else {
                panic!("three columns: {row}");
            };
            assert_eq!(check(word, Accent::American), american, "{word}");
            assert_eq!(check(word, Accent::British), british, "{word}");
            count += 1;
        }
        assert!(count > 200, "{count} rows");
    }

    #[test]
    fn a_long_word_gets_all_its_sounds() {
        // No letter of this one is silent, and it takes a thousand steps, not the product of its choices.
        let word = "banda".repeat(200);
        for accent in ACCENTS {
            let sound = check(&word, accent);
            assert_eq!(sound.matches('b').count(), 200, "{sound}");
            assert_eq!(sound.matches('d').count(), 200, "{sound}");
        }
    }

    #[test]
    fn a_word_without_letters_has_no_sound() {
        assert_eq!(pronounce("", Accent::American), "");
        assert_eq!(pronounce("42-é", Accent::British), "");
    }

    proptest! {
        #[test]
        fn any_letters_give_symbols_of_the_voice_and_one_stress_at_most(word in "[A-Za-z]{1,40}") {
            for accent in ACCENTS {
                check(&word, accent);
            }
        }

        #[test]
        fn capitals_and_other_characters_make_no_difference(word in "[a-z]{1,12}") {
            let other: String = word.to_uppercase().chars().flat_map(|letter| [letter, '-']).collect();
            prop_assert_eq!(pronounce(&word, Accent::American), pronounce(&other, Accent::American));
        }
    }
}
