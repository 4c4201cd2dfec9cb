//! Letters that are said one by one, and the names of things made of letters and digits.
//!
//! The dictionary spells a word in capitals that it does not know, and every word with a full stop between single
//! letters. So letters are handed on in capitals, and with full stops where together they would be a word ("I.T").

use super::super::language::Accent;
use super::words::model;

/// Short words: as capitals the dictionary would say them.
const WORDS: [&str; 74] = [
    "A", "AI", "AM", "AN", "AS", "AT", "BE", "BY", "DO", "GO", "HE", "HI", "IF", "IN", "IS", "IT", "ME",
    "MY", "NO", "OF", "OH", "OK", "ON", "OR", "OX", "SO", "TO", "UP", "US", "WE", "YE", "PA", "MA", "ID",
    "LA", "DE", "ES", "EX", "EM", "EN", "ER", "AH", "EH", "PI", "PHI", "CAT", "SEC", "MIN", "LAW", "DOC",
    "DB", "RE", "FA", "MI", "TI", "LO", "HA", "BI", "AD", "DR", "MR", "MS", "ST", "FT", "MT", "VS", "KM",
    "TV", "PM", "LB", "OZ", "UM", "EL", "AL",
];

/// Letters one by one.
pub(super) fn spell(letters: &str) -> String {
    let letters = letters.to_uppercase();
    if letters.chars().count() > 1
        && (WORDS.contains(&letters.as_str())
            || letters.chars().count() == 3 && letters.contains(['A', 'E', 'I', 'O', 'U']))
    {
        let letters: Vec<String> = letters.chars().map(String::from).collect();
        return letters.join(".");
    }
    letters
}

/// Words of two letters that are said as such in small letters.
const SHORT: [&str; 23] = [
    "am", "an", "as", "at", "be", "by", "do", "go", "he", "hi", "if", "in", "is", "it", "me", "my", "no",
    "of", "on", "or", "so", "to", "up",
];

/// A word if it can be one, else its letters: a word in small letters with a vowel and three letters or more.
pub(super) fn word_or_letters(letters: &str) -> String {
    let is_vowel = |c: char| matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let is_small = letters.chars().any(char::is_lowercase);
    let is_word = match letters.chars().count() {
        _ if !letters.is_ascii() => true,
        0..=2 => is_small && SHORT.contains(&letters.to_ascii_lowercase().as_str()),
        3..=5 => is_small && letters.contains(is_vowel),
        _ => true,
    };
    if is_word {
        letters.to_string()
    } else {
        spell(letters)
    }
}

/// Letters and digits in turns: "MP three", "utf eight".
pub(super) fn letters_and_digits(text: &str, accent: Accent) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let same = |c: char| c.is_ascii_digit() == first.is_ascii_digit();
        let (run, after) = rest.split_at(rest.find(|c| !same(c)).unwrap_or(rest.len()));
        words.push(if first.is_ascii_digit() {
            model(run, accent)
        } else {
            word_or_letters(run)
        });
        rest = after;
    }
    words.join(" ")
}
