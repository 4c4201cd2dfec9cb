//! Digits that reach the dictionary, read as misaki reads them.
//!
//! Numbers, dates and money are made words before this room's dictionary sees them; what is left here is what no pass
//! knew, and it is read somehow rather than not at all: as a year, a decimal, an ordinal, a version, digit by digit.
//! `groups` asks when a word is in no dictionary.

use super::stress::Stress;
use super::words::Words;
use crate::text::number_words::{ONES, TENS};

const SCALES: [(u64, &str); 6] = [
    (1_000_000_000_000_000_000, "quintillion"),
    (1_000_000_000_000_000, "quadrillion"),
    (1_000_000_000_000, "trillion"),
    (1_000_000_000, "billion"),
    (1_000_000, "million"),
    (1_000, "thousand"),
];
const ORDINALS: [&str; 4] = ["st", "nd", "rd", "th"];
/// Endings that a number may have.
const ENDINGS: [&str; 9] = ["ing", "'d", "ed", "'s", "st", "nd", "rd", "th", "s"];

/// A sign of money ahead of a number, with the names of its unit and of a hundredth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Currency {
    unit: &'static str,
    hundredth: &'static str,
}

impl Currency {
    /// The currency of a sign that misaki knows.
    pub(super) fn of(sign: &str) -> Option<Self> {
        let (unit, hundredth) = match sign {
            "$" => ("dollar", "cent"),
            "£" => ("pound", "pence"),
            "€" => ("euro", "cent"),
            _ => return None,
        };
        Some(Self { unit, hundredth })
    }

    /// The word for several of the unit.
    pub(super) fn plural(self) -> String {
        format!("{}s", self.unit)
    }
}

impl Words {
    /// The sound of a number by itself, perhaps with an ending; `None` if it is none.
    pub(in crate::text) fn plain_number(&self, word: &str) -> Option<String> {
        self.number(word, None, true)
    }

    /// The sound of a number, perhaps with an ending ("1990s", "23rd"); `None` if it is none. A number that is not the
    /// first part of a word is read like one of a telephone.
    pub(super) fn number(&self, word: &str, currency: Option<Currency>, first: bool) -> Option<String> {
        let (number, ending) = divide(word, first)?;
        let (sign, number) = match number.strip_prefix('-') {
            Some(number) => ("minus", number),
            None => ("", number),
        };
        let spoken = spell(number, ending, currency, first, !sign.is_empty())?;
        let mut sounds = Vec::new();
        for word in [sign]
            .into_iter()
            .chain(spoken.iter().flat_map(|words| words.split([' ', '-'])))
        {
            let stress = matches!(word, "point" | "O").then_some(Stress::Removed);
            if !matches!(word, "" | "and") || currency.is_some() && word == "and" {
                sounds.push(self.sound(word, "", stress, None)?.sound);
            }
        }
        let sound = sounds.join(" ");
        match ending {
            "s" | "'s" => Some(self.append_s(&sound)),
            "ed" | "'d" => Some(self.append_ed(&sound)),
            "ing" => self.append_ing(&sound),
            _ => Some(sound),
        }
        .filter(|sound| !sound.is_empty())
    }
}

/// The digits of a number and its ending; `None` if it is something else.
fn divide(word: &str, first: bool) -> Option<(&str, &str)> {
    let ending = ENDINGS
        .into_iter()
        .find(|ending| word.ends_with(ending))
        .unwrap_or("");
    let number = &word[..word.len() - ending.len()];
    let unsigned = number.strip_prefix('-').filter(|_| first).unwrap_or(number);
    let is_number = unsigned.bytes().any(|digit| digit.is_ascii_digit())
        && unsigned
            .bytes()
            .all(|c| c.is_ascii_digit() || matches!(c, b',' | b'.'));
    is_number.then_some((number, ending))
}

/// A number in words.
fn spell(
    number: &str,
    ending: &str,
    currency: Option<Currency>,
    first: bool,
    negative: bool,
) -> Option<Vec<String>> {
    let digits = number.bytes().all(|digit| digit.is_ascii_digit());
    let plain = number.replace(',', "");
    let value = || {
        plain
            .parse::<u64>()
            .ok()
            .filter(|value| i64::try_from(*value).is_ok())
    };
    if digits && ORDINALS.contains(&ending) {
        return Some(vec![ordinal(value()?)]);
    }
    if digits && number.len() == 4 && currency.is_none() && !negative {
        return Some(vec![year(value()?)]);
    }
    if !first && (digits || !number.contains('.') && plain.starts_with('0')) {
        return extension(&plain);
    }
    if number.matches('.').count() > 1 || !first && number.contains('.') {
        let parts = plain.split('.').filter(|part| !part.is_empty());
        return parts.map(component).collect();
    }
    match (currency, plain.split_once('.')) {
        (Some(currency), parts) => {
            let (whole, hundredths) = parts.unwrap_or((&plain, ""));
            let count = |digits: &str| {
                if digits.is_empty() {
                    Some(0)
                } else {
                    digits.parse().ok()
                }
            };
            money(count(whole)?, count(hundredths)?, currency)
        }
        (None, None) if ORDINALS.contains(&ending) => Some(vec![ordinal(value()?)]),
        (None, None) => Some(vec![cardinal(value()?)]),
        (None, Some((whole, decimals))) => {
            let mut words = Vec::new();
            if !whole.is_empty() {
                words.push(cardinal(whole.parse().ok()?));
            }
            let decimals = if whole.is_empty() {
                decimals
            } else {
                decimals.trim_end_matches('0')
            };
            if !decimals.is_empty() {
                words.push("point".into());
                words.extend(each(decimals));
            }
            Some(words)
        }
    }
}

/// A number behind another part of a word ("R2D2", "555-0199").
fn extension(number: &str) -> Option<Vec<String>> {
    if number.starts_with('0') || number.len() > 3 {
        return Some(each(number).collect());
    }
    let value: u64 = number.parse().ok()?;
    if number.len() < 3 || number.ends_with("00") {
        return Some(vec![cardinal(value)]);
    }
    let rest = value % 100;
    let zero = if rest < 10 { "O" } else { "" };
    Some(vec![cardinal(value / 100), zero.into(), cardinal(rest)])
}

/// A part of a version.
fn component(part: &str) -> Option<String> {
    let single = part.starts_with('0') || part.len() != 2 && part[1..].bytes().any(|digit| digit != b'0');
    if single {
        return Some(each(part).collect::<Vec<_>>().join(" "));
    }
    part.parse().ok().map(cardinal)
}

fn each(digits: &str) -> impl Iterator<Item = String> {
    digits
        .bytes()
        .map(|digit| ONES[usize::from(digit.saturating_sub(b'0')) % 10].to_string())
}

fn money(whole: u64, hundredths: u64, currency: Currency) -> Option<Vec<String>> {
    let amount = |count: u64, unit: &str| match (count, unit) {
        (1, _) | (_, "pence") => format!("{} {unit}", cardinal(count)),
        _ => format!("{} {unit}s", cardinal(count)),
    };
    let (whole, hundredths) = match (whole, hundredths) {
        (whole, 0) => (Some(whole), None),
        (0, hundredths) => (None, Some(hundredths)),
        (whole, hundredths) => (Some(whole), Some(hundredths)),
    };
    let mut words = Vec::new();
    words.extend(whole.map(|whole| amount(whole, currency.unit)));
    if whole.is_some() && hundredths.is_some() {
        words.push("and".into());
    }
    words.extend(hundredths.map(|hundredths| amount(hundredths, currency.hundredth)));
    Some(words)
}

/// How many.
fn cardinal(number: u64) -> String {
    if let Some((scale, name)) = SCALES.iter().find(|(scale, _)| number >= *scale) {
        let words = format!("{} {name}", cardinal(number / scale));
        return with_rest(words, number % scale);
    }
    match number {
        100.. => with_rest(
            format!("{} hundred", ONES[(number / 100) as usize % 20]),
            number % 100,
        ),
        20.. => with_rest(TENS[(number / 10) as usize % 10].into(), number % 10),
        _ => ONES[number as usize % 20].into(),
    }
}

fn with_rest(words: String, rest: u64) -> String {
    match rest {
        0 => words,
        rest => format!("{words} {}", cardinal(rest)),
    }
}

/// Which one.
fn ordinal(number: u64) -> String {
    let words = cardinal(number);
    let (before, last) = words
        .rsplit_once(' ')
        .map_or(("", words.as_str()), |(before, last)| (before, last));
    let last = match last {
        "one" => "first".into(),
        "two" => "second".into(),
        "three" => "third".into(),
        "five" => "fifth".into(),
        "eight" => "eighth".into(),
        "nine" => "ninth".into(),
        "twelve" => "twelfth".into(),
        _ => match last.strip_suffix('y') {
            Some(tens) => format!("{tens}ieth"),
            None => format!("{last}th"),
        },
    };
    format!("{before} {last}")
}

/// When: two digits and two digits, but for the first years of a millennium.
fn year(number: u64) -> String {
    let (century, rest) = (number / 100, number % 100);
    match rest {
        _ if century == 0 || century.is_multiple_of(10) && rest < 10 => cardinal(number),
        0 => format!("{} hundred", cardinal(century)),
        1..10 => format!("{} oh {}", cardinal(century), cardinal(rest)),
        _ => format!("{} {}", cardinal(century), cardinal(rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(word: &str, first: bool) -> Option<String> {
        let (number, ending) = divide(word, first)?;
        let words = spell(number, ending, None, first, false)?.join(" ");
        Some(words.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn numbers_are_read_as_misaki_reads_them() {
        for (word, expected) in [
            ("0", "zero"),
            ("42", "forty two"),
            ("1,234", "one thousand two hundred thirty four"),
            ("1000000", "one million"),
            ("1999", "nineteen ninety nine"),
            ("1905", "nineteen oh five"),
            ("2005", "two thousand five"),
            ("1900", "nineteen hundred"),
            ("0042", "forty two"),
            ("23rd", "twenty third"),
            ("20th", "twentieth"),
            ("100th", "one hundredth"),
            ("12th", "twelfth"),
            ("3.50", "three point five"),
            (".05", "point zero five"),
            ("1.0", "one"),
            ("0.12.1", "zero twelve one"),
            ("1.100.0", "one one hundred zero"),
        ] {
            assert_eq!(spoken(word, true).as_deref(), Some(expected), "{word}");
        }
        for (word, expected) in [
            ("555", "five fifty five"),
            ("505", "five O five"),
            ("12345", "one two three four five"),
        ] {
            assert_eq!(spoken(word, false).as_deref(), Some(expected), "{word}");
        }
        for word in ["4o", "x", "1-2", "99999999999999999999", "-", "."] {
            assert_eq!(spoken(word, true), None, "{word}");
        }
    }

    #[test]
    fn money_names_its_unit() {
        let dollars = Currency::of("$").unwrap();
        let say = |whole, hundredths| money(whole, hundredths, dollars).unwrap().join(" ");
        assert_eq!(say(5, 50), "five dollars and fifty cents");
        assert_eq!(say(1, 0), "one dollar");
        assert_eq!(say(0, 50), "fifty cents");
    }
}
