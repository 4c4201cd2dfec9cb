//! Words that misaki does not know, spoken all the same.
//!
//! `lexicon` comes here with a word, or the part of one, of ASCII characters. Digits are said one by one; letters are
//! said as two words of the dictionary if they are that, else by letter-to-sound rules, else spelled. Every letter and
//! digit is said, but for those repeated beyond two. This never looks at the words around.

use misaki_rs::lexicon::PhonemeEntry;

use super::letter_to_sound;
use super::lexicon::{Lexicon, VOWELS, misaki_final};

impl Lexicon {
    /// A word in no dictionary: its letters by rule or one by one, its digits one by one, its other characters not.
    pub(super) fn unknown(&self, word: &str) -> String {
        let mut sounds = Vec::new();
        for part in word.split(|c: char| !c.is_ascii_alphanumeric() && c != '\'') {
            let mut rest = part.trim_matches('\'');
            while let Some(first) = rest.chars().next() {
                let same = |c: char| c.is_ascii_digit() == first.is_ascii_digit();
                let (run, after) = rest.split_at(rest.find(|c| !same(c)).unwrap_or(rest.len()));
                let is_number = first.is_ascii_digit();
                sounds.push(if is_number {
                    self.digits(run)
                } else {
                    self.letters(run)
                });
                rest = after;
            }
        }
        sounds.join(" ")
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

    fn letters(&self, letters: &str) -> String {
        let letters: String = letters.chars().filter(char::is_ascii_alphabetic).collect();
        if let Some(sound) = self.known(&letters).or_else(|| self.compound(&letters)) {
            return sound;
        }
        if letter_to_sound::is_pronounceable(&letters) {
            let sound = letter_to_sound::pronounce(&letters, self.accent);
            if sound.contains(|c| VOWELS.contains(c)) {
                return sound;
            }
        }
        self.spelled(&letters)
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
            .filter(|(first, _)| self.g2p.lexicon.golds.contains_key(*first))
            .find_map(|(first, second)| Some((self.known(first)?, self.known(second)?)))?;
        let second = self.g2p.lexicon.apply_stress(&second, Some(-0.5));
        Some(format!("{first}{second}"))
    }

    fn known(&self, word: &str) -> Option<String> {
        self.g2p
            .lexicon
            .get_word(word, "NN", None, None)
            .map(|(sound, _)| misaki_final(&sound))
    }

    /// The names of the letters, stressed on the last as abbreviations are. Of more than two of a kind in a row, two
    /// are said.
    fn spelled(&self, letters: &str) -> String {
        let mut names: Vec<(char, &str)> = Vec::new();
        for letter in letters.chars().map(|letter| letter.to_ascii_uppercase()) {
            let repeated = names
                .iter()
                .rev()
                .take_while(|(before, _)| *before == letter)
                .count()
                >= 2;
            if let (Some(PhonemeEntry::Simple(name)), false) =
                (self.g2p.lexicon.golds.get(letter.to_string().as_str()), repeated)
            {
                names.push((letter, name));
            }
        }
        let last = names.len().saturating_sub(1);
        let stressed = |(i, (_, name)): (usize, (char, &str))| {
            if i == last {
                name.to_string()
            } else {
                name.replace('ˈ', "ˌ")
            }
        };
        names.into_iter().enumerate().map(stressed).collect()
    }
}
