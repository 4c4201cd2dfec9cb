//! Letters and digits in one word: "mp3", "H2O", "GPT-4o", "Q3", "x86".
//!
//! The last class of words: what names a quantity or a version has been read by then.

use super::reading::Reading;
use super::spelling::{letters_and_digits, spell};
use super::view::{View, digits, is_edge, is_word_char};
use super::words::{model, one_by_one};

pub(super) fn read(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    if !view.is_word_start() {
        return None;
    }
    let end = text.find(|c: char| !is_word_char(c)).unwrap_or(text.len());
    let word = &text[..end];
    let is_mixed =
        word.contains(|c: char| c.is_ascii_digit()) && word.contains(|c: char| c.is_ascii_alphabetic());
    // Long ones are keys and hashes, which nobody wants to hear as a whole.
    if !is_mixed || !word.is_ascii() || word.len() > 16 || word.contains('_') || is_ordinal(word) {
        return None;
    }
    if let Some(hexadecimal) = hexadecimal(word) {
        return Some(Reading::new(end, hexadecimal));
    }
    if let Some(number) = word
        .strip_suffix('x')
        .filter(|number| digits(number) == number.len())
    {
        return Some(Reading::new(end, format!("{} X", model(number, view.accent))));
    }
    // Changes between letters and digits; more than a few make no name.
    let changes = word
        .as_bytes()
        .windows(2)
        .filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit())
        .count();
    if changes > 4 {
        return None;
    }
    // The plural of a name, as in "F16s".
    if let Some(name) = word.strip_suffix('s').filter(|name| {
        name.ends_with(|c: char| c.is_ascii_digit()) && name.starts_with(|c: char| c.is_ascii_uppercase())
    }) {
        return Some(Reading::new(
            end,
            format!("{}s", letters_and_digits(name, view.accent)),
        ));
    }
    Some(Reading::new(end, letters_and_digits(word, view.accent)))
}

/// "0xFF", one by one.
fn hexadecimal(word: &str) -> Option<String> {
    let number = word.strip_prefix("0x").filter(|number| !number.is_empty())?;
    let named = number.chars().map(|c| match c {
        '0'..='9' => Some(one_by_one(c.encode_utf8(&mut [0; 4]))),
        'a'..='f' | 'A'..='F' => Some(spell(c.encode_utf8(&mut [0; 4]))),
        _ => None,
    });
    let named: Vec<String> = named.collect::<Option<_>>()?;
    Some(format!("zero X {}", named.join(" ")))
}

fn is_ordinal(word: &str) -> bool {
    let number = &word[digits(word)..];
    digits(word) > 0
        && matches!(
            number.to_ascii_lowercase().as_str(),
            "st" | "nd" | "rd" | "th" | "s"
        )
}

/// The "-19" of "COVID-19", whose hyphen is no minus and no pause, and the number of an "F-150".
pub(super) fn read_after_hyphen(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    let after = text.strip_prefix('-')?;
    let count = digits(after);
    if count == 0 || count > 4 || !view.previous().is_some_and(char::is_alphabetic) {
        return None;
    }
    let rest = &after[count..];
    let number_goes_on =
        rest.starts_with(['.', ',', '/', ':']) && rest[1..].starts_with(|c: char| c.is_ascii_digit());
    if number_goes_on {
        return None;
    }
    let letter = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
    let letters = &rest[..letter];
    if !is_edge(&rest[letter..]) || letter > 3 || matches!(letters, "st" | "nd" | "rd" | "th") {
        return None;
    }
    let number = model(&after[..count], view.accent);
    let words = match letters {
        "" => number,
        "s" => format!("{number}s"),
        letters => format!("{number} {}", spell(letters)),
    };
    Some(Reading::new(1 + count + letter, words))
}
