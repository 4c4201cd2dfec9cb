//! The parts of a word that is written as no word is: "OpenAI", "getElementById", "GPT4o", "kubectl".
//!
//! For words that no dictionary knows, before their letters are turned into sounds: a part may be in the dictionary, or has
//! to be said letter by letter. Only the spelling decides here (capitals, digits, letters that English never
//! begins or ends a word with); no dictionary is asked, so who does ask one should look up each part first,
//! [`Letters`](Kind::Letters) too ("NASAImage"). Nothing but marks between parts is left out.

use std::ops::Range;

use super::letter_to_sound::is_pronounceable;

/// A part of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// Bytes of the word; never empty.
    pub(super) place: Range<usize>,
    pub(super) kind: Kind,
}

/// How a part is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// As a word.
    Word,
    /// By the names of its letters.
    Letters,
    /// As a number, or digit by digit; an ordinal's ending ("4th") belongs to it.
    Digits,
    /// The s of a plural or a genitive behind letters or digits, with its apostrophe if it has one.
    Plural,
}

/// What is said by its letters also in small letters, by itself or behind a word ("mysql", "kubectl").
const ABBREVIATIONS: [&str; 26] = [
    "api", "cpu", "css", "csv", "ctl", "db", "dns", "gpt", "gpu", "html", "http", "https", "llm", "pdf",
    "php", "rpc", "sql", "ssh", "ssl", "tcp", "udp", "url", "usb", "utf", "xml", "yml",
];
/// Consonants with which English words begin, two or more; "y" counts as one before a vowel only.
const ONSETS: [&str; 52] = [
    "bl", "br", "ch", "chl", "chr", "cl", "cr", "cz", "dr", "dw", "fj", "fl", "fr", "gh", "gl", "gn", "gr",
    "gw", "kh", "kl", "kn", "kr", "kw", "ll", "ph", "phl", "phr", "pl", "pn", "pr", "ps", "rh", "sc", "sch",
    "scl", "scr", "sh", "shr", "sk", "sl", "sm", "sn", "sp", "sph", "spl", "spr", "squ", "st", "str", "sv",
    "sw", "th",
];
const MORE_ONSETS: [&str; 10] = ["thr", "ths", "thw", "tr", "ts", "tw", "vl", "wh", "wr", "zh"];
/// Capitals of more than this are a shouted word, if they can be said at all.
const LONGEST_ACRONYM: usize = 5;

/// The parts of a word of ASCII characters, in order. They hold all its letters and digits; other characters are
/// between them, but for an apostrophe between letters.
pub(super) fn parts_of(word: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut at = 0;
    while at < word.len() {
        let rest = &word.as_bytes()[at..];
        let length = match rest[0] {
            digit if digit.is_ascii_digit() => number(rest),
            letter if letter.is_ascii_alphabetic() => letters(rest),
            // "URL's": an apostrophe inside of small letters does not come here.
            b'\'' if is_plural(&rest[..small_run(rest)]) && follows_another(word, at) => small_run(rest),
            _ => 0,
        };
        if length > 0 {
            classify(word, at..at + length, &mut parts);
        }
        at += length.max(1);
    }
    parts
}

/// The length of the digits at the beginning, with the ending of an ordinal.
fn number(word: &[u8]) -> usize {
    let digits = run(word, u8::is_ascii_digit);
    let behind = &word[digits..];
    let ending = run(behind, u8::is_ascii_alphabetic);
    let is_ordinal = ["st", "nd", "rd", "th"]
        .iter()
        .any(|known| behind[..ending].eq_ignore_ascii_case(known.as_bytes()));
    if is_ordinal { digits + 2 } else { digits }
}

/// The length of the part of letters at the beginning: up to the next change to a capital.
fn letters(word: &[u8]) -> usize {
    let capitals = run(word, u8::is_ascii_uppercase);
    let small = small_run(&word[capitals..]);
    match (capitals, small) {
        (1, 1) if is_scottish(&word[..1 + small], &word[1 + small..]) => {
            1 + small + letters(&word[1 + small..])
        }
        (0 | 1, small) => capitals + small,
        (capitals, 0) => capitals,
        // "APIs", "GPT's": the last capital is not the beginning of a word.
        (capitals, small) if is_plural(&word[capitals..capitals + small]) => capitals,
        // "IPv6"
        (capitals, 1) if word.get(capitals + 1).is_some_and(u8::is_ascii_digit) => capitals,
        (capitals, _) => capitals - 1,
    }
}

/// "Mc" belongs to the name that follows.
fn is_scottish(begin: &[u8], rest: &[u8]) -> bool {
    begin == b"Mc" && rest.len() > 2 && rest[0].is_ascii_uppercase() && rest[1].is_ascii_lowercase()
}

/// Small letters, with apostrophes that have a small letter on the right.
fn small_run(word: &[u8]) -> usize {
    let mut length = 0;
    loop {
        length += run(&word[length..], u8::is_ascii_lowercase);
        match word[length..] {
            [b'\'', next, ..] if next.is_ascii_lowercase() => length += 1,
            _ => return length,
        }
    }
}

fn run(word: &[u8], is_in: fn(&u8) -> bool) -> usize {
    word.iter().take_while(|letter| is_in(letter)).count()
}

fn follows_another(word: &str, at: usize) -> bool {
    at > 0 && word.as_bytes()[at - 1].is_ascii_alphanumeric()
}

fn is_plural(small: &[u8]) -> bool {
    small == b"s" || small == b"'s"
}

/// Says how the characters at `place` are said, and divides them once more where that differs.
fn classify(word: &str, place: Range<usize>, parts: &mut Vec<Part>) {
    let text = &word[place.clone()];
    let mut push = |length: Range<usize>, kind| {
        if !length.is_empty() {
            let place = place.start + length.start..place.start + length.end;
            parts.push(Part { place, kind });
        }
    };
    let all = 0..text.len();
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return push(all, Kind::Digits);
    }
    if follows_another(word, place.start) && is_plural(text.as_bytes()) {
        return push(all, Kind::Plural);
    }
    let small = text.to_ascii_lowercase();
    let is_capitals = text.bytes().all(|letter| letter.is_ascii_uppercase());
    let is_acronym = is_capitals && text.len() <= LONGEST_ACRONYM && word.len() > 1;
    if is_acronym || !is_pronounceable(&small) || text.len() == 1 || ABBREVIATIONS.contains(&&*small) {
        let (stem, genitive) = match small.split_once('\'') {
            Some((stem, _)) => (stem.len(), text.len()),
            None => (text.len(), text.len()),
        };
        push(0..stem, Kind::Letters);
        return push(stem..genitive, Kind::Plural);
    }
    if is_capitals {
        return push(all, Kind::Word);
    }
    // A capital makes it a name, and names are of all languages: "Zbigniew".
    let is_name = text.starts_with(|c: char| c.is_ascii_uppercase());
    let begin = if is_name {
        0
    } else {
        named_at_the_beginning(&small)
    };
    let end = text.len() - abbreviated_at_the_end(&small[begin..]);
    push(0..begin, Kind::Letters);
    push(begin..end, Kind::Word);
    push(end..text.len(), Kind::Letters);
}

/// How many letters at the beginning of a word have to be named, because no English word begins so: one of "nginx", two of
/// "mkdir".
fn named_at_the_beginning(word: &str) -> usize {
    let consonants = |word: &str| {
        word.bytes()
            .take_while(|letter| !b"aeiouy".contains(letter))
            .count()
    };
    let all = consonants(word);
    let begins = |from: &usize| {
        let onset = &word[*from..all];
        // The u of "squ" is a vowel to the count.
        onset.len() < 2
            || ONSETS.contains(&onset)
            || MORE_ONSETS.contains(&onset)
            || (onset == "sq" && word[all..].starts_with('u'))
    };
    // Two letters are no word that could begin anywhere: "fce".
    let from = (0..=all).find(begins).unwrap_or(0);
    if word.len() - from >= 3 { from } else { 0 }
}

/// The length of an abbreviation behind what can be said as a word: three of "kubectl".
fn abbreviated_at_the_end(word: &str) -> usize {
    let is_behind_a_word = |abbreviation: &&&str| {
        let stem = word.strip_suffix(**abbreviation);
        // One with a vowel may be the ending of a word ("curl", "okapi").
        !abbreviation.contains(['a', 'i', 'u'])
            && stem.is_some_and(|stem| stem.len() >= 2 && is_pronounceable(stem))
    };
    let found = ABBREVIATIONS.iter().filter(is_behind_a_word);
    found.map(|abbreviation| abbreviation.len()).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TABLE: &str = include_str!("../../../fixtures/text/word_parts.txt");

    fn written(word: &str) -> String {
        let part = |part: Part| {
            let text = &word[part.place];
            match part.kind {
                Kind::Word => text.to_string(),
                Kind::Letters => text.chars().map(String::from).collect::<Vec<_>>().join("."),
                Kind::Digits => format!("#{text}"),
                Kind::Plural => format!("+{text}"),
            }
        };
        parts_of(word).into_iter().map(part).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_come_apart_as_in_the_table() {
        let rows = TABLE
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty());
        let (mut count, mut wrong) = (0, Vec::new());
        for row in rows {
            let Some((word, expected)) = row.split_once(char::is_whitespace) else {
                panic!("two columns: {row}");
            };
            let written = written(word);
            if written != expected.trim() {
                wrong.push(format!("{word}: {written}, not {}", expected.trim()));
            }
            count += 1;
        }
        assert_eq!(wrong, Vec::<String>::new());
        assert!(count >= 60, "{count} rows");
    }

    proptest! {
        #[test]
        fn every_letter_and_digit_is_in_one_part(word in "[a-dA-Dsmxyz0-9'_.-]{0,24}") {
            let mut held = String::new();
            let mut end = 0;
            for part in parts_of(&word) {
                prop_assert!(!part.place.is_empty() && part.place.start >= end);
                end = part.place.end;
                held.push_str(&word[part.place]);
            }
            let said = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
            prop_assert_eq!(said(&held), said(&word));
        }
    }
}
