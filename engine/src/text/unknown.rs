//! Words that no dictionary knows, spoken all the same.
//!
//! `english` comes here with a word, or the part of one, of ASCII characters. It comes apart where its spelling says so
//! (`word_parts`); letters are said as one or two words of the dictionary if they are that, else by the letter-to-sound
//! model, else spelled. Every letter and digit is said, but for those repeated beyond two. This never looks at the words
//! around.

use super::english::{Stress, VOWELS, Words};
use super::letter_to_sound;
use super::origin::{Found, Origin};
use super::word_parts::{Kind, Part, parts_of};

/// Capital words from this length on that no dictionary knows are taken for shouted words, not for abbreviations.
const SHOUTED: usize = 6;

impl Words {
    /// A word in no dictionary: its parts as words, by their letters or as numbers, its other characters not.
    pub(super) fn unknown(&self, word: &str) -> Found {
        let mut sounds: Vec<Found> = Vec::new();
        for Part { place, kind } in parts_of(word) {
            let part = &word[place];
            let found = match kind {
                Kind::Word => self.letters(part),
                Kind::Letters => match self.known(part) {
                    Some(sound) => Found::new(sound, Origin::Parts),
                    None => Found::new(self.spelled(part), Origin::Spelled),
                },
                Kind::Digits => Found::new(self.number_or_digits(part), Origin::Number),
                Kind::Plural => {
                    let stem = sounds.pop();
                    stem.unwrap_or_else(|| Found::new("", Origin::Spelled))
                        .map(|stem| self.append_s(stem))
                }
            };
            if !found.sound.is_empty() {
                sounds.push(found);
            }
        }
        let origin = sounds.iter().map(|found| found.origin).reduce(Origin::with);
        let sounds: Vec<String> = sounds.into_iter().map(|found| found.sound).collect();
        Found::new(sounds.join(" "), origin.unwrap_or(Origin::Mark))
    }

    /// A number as such, one that is no number of anything digit by digit: "007", and what is longer than a year.
    fn number_or_digits(&self, number: &str) -> String {
        const LONGEST: usize = 4;
        let digits = number.bytes().take_while(u8::is_ascii_digit).count();
        let is_counted = digits < number.len() || (digits <= LONGEST && !number.starts_with('0'));
        let counted = is_counted.then(|| self.plain_number(number)).flatten();
        counted.unwrap_or_else(|| self.digits(number))
    }

    fn digits(&self, digits: &str) -> String {
        const NAMES: [&str; 10] = [
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
        ];
        let names = digits
            .bytes()
            .filter(u8::is_ascii_digit)
            .map(|digit| NAMES[usize::from(digit - b'0')]);
        names
            .filter_map(|name| self.known(name))
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn letters(&self, letters: &str) -> Found {
        let letters: String = letters.chars().filter(char::is_ascii_alphabetic).collect();
        if let Some(found) = self.sound(&letters, "NN", None, None) {
            return found;
        }
        if let Some(sound) = self.compound(&letters) {
            return Found::new(sound, Origin::Parts);
        }
        if letter_to_sound::is_pronounceable(&letters) {
            let sound = letter_to_sound::pronounce(&letters, self.accent());
            if sound.contains(|c| VOWELS.contains(c)) {
                return Found::new(sound, Origin::LetterToSound);
            }
        }
        Found::new(self.spelled(&letters), Origin::Spelled)
    }

    /// A word that is two words of the dictionary ("screenreader"), each of four letters or more, the first as long as
    /// possible. The second may have an ending.
    fn compound(&self, word: &str) -> Option<String> {
        const SHORTEST: usize = 4;
        // Long enough for two of the longest words; what is longer is no word.
        const LONGEST: usize = 40;
        if word.len() > LONGEST {
            return None;
        }
        let word = word.to_lowercase();
        let cuts = (SHORTEST..=word.len().saturating_sub(SHORTEST)).rev();
        let (first, second) = cuts
            .map(|at| word.split_at(at))
            .filter(|(first, _)| self.in_gold(first))
            .find_map(|(first, second)| Some((self.known(first)?, self.known(second)?)))?;
        let second = Stress::Weaker.apply(&second);
        Some(format!("{first}{second}"))
    }

    fn known(&self, word: &str) -> Option<String> {
        self.sound(word, "NN", None, None).map(|found| found.sound)
    }

    /// The names of the letters, stressed on the last as abbreviations are. Of more than two of a kind in a row, two
    /// are said.
    fn spelled(&self, letters: &str) -> String {
        let mut names: Vec<(char, String)> = Vec::new();
        for letter in letters.chars().map(|letter| letter.to_ascii_uppercase()) {
            let repeated = names
                .iter()
                .rev()
                .take_while(|(before, _)| *before == letter)
                .count()
                >= 2;
            if let (Some(name), false) = (self.letter(letter), repeated) {
                names.push((letter, name));
            }
        }
        let last = names.len().saturating_sub(1);
        let stressed = |(i, (_, name)): (usize, (char, String))| {
            if i == last { name } else { name.replace('ˈ', "ˌ") }
        };
        names.into_iter().enumerate().map(stressed).collect()
    }

    /// A long word in capitals that is in no dictionary, which would be spelled as an abbreviation.
    pub(super) fn is_shouted(&self, word: &str) -> bool {
        word.len() >= SHOUTED
            && word.bytes().all(|letter| letter.is_ascii_uppercase())
            && letter_to_sound::is_pronounceable(word)
            && self.known(&word.to_lowercase()).is_none()
            && !self.is_gold(word)
    }
}
