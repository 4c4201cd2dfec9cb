//! Numbers that the dictionary would not say in full: with a sign, a zero at either end, or a letter for thousands.
//!
//! Plain integers, decimals that end with another digit than zero, years and "4th" are left to the dictionary.

use super::numeral::Numeral;
use super::quantity::sign;
use super::reading::Reading;
use super::view::{View, digits, is_edge, last_word, next_word};
use super::words::{cardinal, model, one_by_one, ordinal};

/// Words after which a number of three or four digits is the name of something: "Boeing 747".
const NAMED: [&str; 30] = [
    "Boeing",
    "Airbus",
    "Room",
    "room",
    "Rooms",
    "Suite",
    "Apartment",
    "Apt",
    "Flight",
    "flight",
    "Route",
    "Highway",
    "Interstate",
    "Bus",
    "bus",
    "Peugeot",
    "Porsche",
    "Ferrari",
    "Intel",
    "Error",
    "error",
    "Status",
    "status",
    "HTTP",
    "Area",
    "Building",
    "Locker",
    "Extension",
    "extension",
    "ext",
];
/// Words after which digits are said one by one.
const DIALLED: [&str; 12] = [
    "call", "Call", "dial", "Dial", "dialled", "dialed", "called", "calling", "ring", "Ring", "rang", "PIN",
];

pub(super) fn read(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    if !view.is_number_start() {
        return None;
    }
    let (words, signed) = sign(text);
    if signed > 0 {
        return read_signed(view, words, signed);
    }
    let number = Numeral::scan(text)?;
    let after = &text[number.length..];
    if let Some(reading) = magnitude(&number, after, view) {
        return Some(reading);
    }
    if let Some(reading) = power(&number, after, view) {
        return Some(reading);
    }
    if after.starts_with('+')
        && is_edge(&after[1..])
        && !after[1..].trim_start().starts_with(|c: char| c.is_ascii_digit())
    {
        return Some(Reading::new(
            number.length + 1,
            format!("{} plus", number.words(view.accent)),
        ));
    }
    if let Some(plain) = ["s", "'s", "’s"]
        .iter()
        .find(|suffix| after.starts_with(**suffix))
        && number.is_plain()
        && number.whole.len() == 3
        && is_edge(&after[plain.len()..])
    {
        return Some(Reading::new(
            number.length + plain.len(),
            format!("{}s", model(&number.whole, view.accent)),
        ));
    }
    if !is_edge(after) {
        return None;
    }
    let before = view.previous_word();
    let count = digits(text);
    // "Call 911 now", but "called 300 people".
    let next = next_word(after);
    let is_object = before != "PIN"
        && next.starts_with(char::is_lowercase)
        && !matches!(
            next,
            "now" | "for" | "immediately" | "if" | "and" | "or" | "in" | "to" | "from" | "when" | "at"
        );
    if number.is_plain() && DIALLED.contains(&before) && (3..=8).contains(&count) && !is_object {
        return Some(Reading::new(number.length, one_by_one(&number.whole)));
    }
    if number.is_plain() && NAMED.contains(&before) && (3..=4).contains(&number.whole.len()) {
        return Some(Reading::new(number.length, model(&number.whole, view.accent)));
    }
    let zero_first = number.whole.len() > 1 && number.whole.starts_with('0') && number.value().is_some();
    let zero_last = number
        .decimals
        .as_deref()
        .is_some_and(|decimals| decimals.ends_with('0'));
    let spaced = number.grouped && !text[..number.length].is_ascii();
    let said = zero_first || zero_last || spaced || number.decimals.is_some() && number.grouped;
    said.then(|| Reading::new(number.length, number.words(view.accent)))
}

fn read_signed(view: &View<'_>, words: &str, signed: usize) -> Option<Reading> {
    let is_open = view.is_after_space()
        || view
            .previous()
            .is_some_and(|c| matches!(c, '=' | ',' | '/' | ':' | '<' | '>'));
    // "5 -3" and "5 + 3" are calculations, "- 3" an item of a list.
    if !is_open {
        return None;
    }
    let number = Numeral::scan(&view.rest()[signed..])?;
    let length = signed + number.length;
    let after = &view.rest()[length..];
    if !is_edge(after) {
        let magnitude = magnitude(&number, after, view)?;
        let said = format!("{words}{}", magnitude.parts[0].words);
        return Some(Reading::new(signed + magnitude.length, said));
    }
    Some(Reading::new(
        length,
        format!("{words}{}", number.words(view.accent)),
    ))
}

/// "10k", "1.5M", "3bn".
fn magnitude(number: &Numeral, after: &str, view: &View<'_>) -> Option<Reading> {
    let count = after.bytes().take_while(u8::is_ascii_alphabetic).count();
    if number.fraction.is_some() || !is_edge(&after[count..]) || number.whole.is_empty() {
        return None;
    }
    let letters = &after[..count];
    let words = match letters {
        "k" => "thousand",
        // "4K" and "a 10K" are called so.
        "K" if number.is_whole() && number.whole.len() < 3 => "K",
        "K" => "thousand",
        "M" | "mn" | "mln" => "million",
        "bn" => "billion",
        "tn" | "trn" => "trillion",
        "B" if is_counted(view, &after[1..]) => "billion",
        _ => return None,
    };
    let said = format!("{} {words}", number.words(view.accent));
    Some(Reading::new(number.length + count, said))
}

/// Whether "7B" counts something: a word in small letters follows.
fn is_counted(view: &View<'_>, after: &str) -> bool {
    let follows = after
        .strip_prefix([' ', '-'])
        .is_some_and(|word| word.starts_with(char::is_lowercase));
    follows
        && !matches!(
            last_word(view.behind()),
            "Apartment" | "Apt" | "Room" | "Flat" | "Suite" | "Block"
        )
}

/// "10^6", "6.02e23", "3 × 10⁸": the part with the exponent.
fn power(number: &Numeral, after: &str, view: &View<'_>) -> Option<Reading> {
    let (exponent, length, words) = if let Some(after) = after.strip_prefix('^') {
        let (sign, signed) = sign(after);
        let count = digits(&after[signed..]);
        let exponent = &after[signed..signed + count];
        (exponent.to_string(), 1 + signed + count, sign)
    } else if let Some(after) = after
        .strip_prefix(['e', 'E'])
        .filter(|_| number.is_whole() || number.decimals.is_some())
    {
        let (sign, signed) = sign(after);
        let count = digits(&after[signed..]);
        let exponent = &after[signed..signed + count];
        if count == 0 || count > 3 || !is_edge(&after[signed + count..]) || number.whole.len() > 1 {
            return None;
        }
        let said = format!(
            "{} times ten to the power of {}{}",
            number.words(view.accent),
            sign,
            cardinal(exponent.parse().ok()?, view.accent)
        );
        return Some(Reading::new(number.length + 1 + signed + count, said));
    } else {
        let raised: String = after.chars().map_while(superscript).collect();
        let length = after
            .chars()
            .take_while(|c| superscript(*c).is_some())
            .map(char::len_utf8)
            .sum();
        let minus = raised.starts_with('-');
        let raised = raised.trim_start_matches('-').to_string();
        (raised, length, if minus { "minus " } else { "" })
    };
    if exponent.is_empty() || exponent.len() > 4 || !is_edge(&after[length..]) {
        return None;
    }
    let value = exponent.parse().ok()?;
    let base = number.words(view.accent);
    let said = match (words, value) {
        ("", 2) => format!("{base} squared"),
        ("", 3) => format!("{base} cubed"),
        ("", _) if number.whole == "10" => format!("{base} to the {}", ordinal(value, view.accent)),
        (minus, _) => format!("{base} to the power of {minus}{}", cardinal(value, view.accent)),
    };
    Some(Reading::new(number.length + length, said))
}

/// A raised digit or minus.
pub(super) fn superscript(c: char) -> Option<char> {
    match c {
        '¹' => Some('1'),
        '²' => Some('2'),
        '³' => Some('3'),
        '⁰' => Some('0'),
        '⁴'..='⁹' => char::from_digit(c as u32 - '⁰' as u32, 10),
        '⁻' => Some('-'),
        _ => None,
    }
}
