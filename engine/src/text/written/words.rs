//! Numbers as words: cardinals, ordinals, years, digits one by one.
//!
//! Called by the classes. British English says "and" before tens and ones ("one hundred and five"), American English
//! does not. Words have no hyphens ("forty five"), since the voice was trained on the words of numbers one by one.

use super::super::language::Accent;
use super::super::number_words::{ONES, TENS};

const THOUSANDS: [&str; 7] = [
    "",
    "thousand",
    "million",
    "billion",
    "trillion",
    "quadrillion",
    "quintillion",
];
/// Ordinals that are not the cardinal and "th".
const ORDINALS: [(&str, &str); 7] = [
    ("one", "first"),
    ("two", "second"),
    ("three", "third"),
    ("five", "fifth"),
    ("eight", "eighth"),
    ("nine", "ninth"),
    ("twelve", "twelfth"),
];

/// "one thousand two hundred (and) five".
pub(super) fn cardinal(number: u64, accent: Accent) -> String {
    if number == 0 {
        return ONES[0].into();
    }
    let mut words: Vec<&str> = Vec::new();
    for power in (0..THOUSANDS.len()).rev() {
        let group = number / 1000_u64.pow(power as u32) % 1000;
        let (hundreds, rest) = (group / 100, group % 100);
        if hundreds > 0 {
            words.extend([ONES[hundreds as usize], "hundred"]);
        }
        if rest > 0 {
            if accent == Accent::British && (hundreds > 0 || (power == 0 && !words.is_empty())) {
                words.push("and");
            }
            words.extend(below_hundred(rest));
        }
        if group > 0 && power > 0 {
            words.push(THOUSANDS[power]);
        }
    }
    words.join(" ")
}

fn below_hundred(number: u64) -> impl Iterator<Item = &'static str> {
    let (tens, ones) = match number {
        0..20 => (0, number),
        _ => (number / 10 % 10, number % 10),
    };
    let tens = (tens > 0).then(|| TENS[tens as usize]);
    let ones = (ones > 0).then(|| ONES[ones as usize]);
    tens.into_iter().chain(ones)
}

/// "one thousand two hundred (and) fifth".
pub(super) fn ordinal(number: u64, accent: Accent) -> String {
    let words = cardinal(number, accent);
    let (before, last) = words.rsplit_once(' ').unwrap_or(("", &words));
    let irregular = ORDINALS.iter().find(|(cardinal, _)| *cardinal == last);
    let last = match (irregular, last.strip_suffix('y')) {
        (Some((_, ordinal)), _) => (*ordinal).to_string(),
        (None, Some(ty)) => format!("{ty}ieth"),
        (None, None) => format!("{last}th"),
    };
    if before.is_empty() {
        last
    } else {
        format!("{before} {last}")
    }
}

/// A year: "nineteen oh five", "two thousand (and) one", "twenty ten". Also what four digits are called otherwise, as
/// in "1080".
pub(super) fn year(number: u64, accent: Accent) -> String {
    let (century, rest) = (number / 100, number % 100);
    match (century, rest) {
        (0..10 | 100.., _) | (_, 0) if century < 10 || century % 10 == 0 || century >= 100 => {
            cardinal(number, accent)
        }
        (10 | 20, 1..10) => cardinal(number, accent),
        (_, 0) => format!("{} hundred", cardinal(century, accent)),
        (_, 1..10) => format!("{} oh {}", cardinal(century, accent), ONES[rest as usize]),
        _ => format!("{} {}", cardinal(century, accent), cardinal(rest, accent)),
    }
}

/// The number of a room, a flight or a model: "seven forty seven", "one oh one"; in digits as it is written.
pub(super) fn model(digits: &str, accent: Accent) -> String {
    let number = digits.parse().unwrap_or(0);
    match digits.len() {
        _ if digits.starts_with('0') => one_by_one(digits),
        1 | 2 => cardinal(number, accent),
        3 => match (number / 100, number % 100) {
            (hundreds, 0) => format!("{} hundred", ONES[hundreds as usize]),
            (hundreds, ones @ 1..10) => format!("{} oh {}", ONES[hundreds as usize], ONES[ones as usize]),
            (hundreds, rest) => format!("{} {}", ONES[hundreds as usize], cardinal(rest, accent)),
        },
        4 => year(number, accent),
        _ => one_by_one(digits),
    }
}

/// "nine one one".
pub(super) fn one_by_one(digits: &str) -> String {
    let names = digits
        .bytes()
        .filter(u8::is_ascii_digit)
        .map(|digit| ONES[usize::from(digit - b'0')]);
    names.collect::<Vec<_>>().join(" ")
}

/// More than one: "halves", "sixties", "inches", "dollars".
pub(super) fn plural(word: &str) -> String {
    match word {
        "foot" => "feet".into(),
        "half" => "halves".into(),
        _ if word.ends_with("ch") || word.ends_with('x') || word.ends_with('s') => format!("{word}es"),
        _ => match word.strip_suffix('y') {
            Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
            _ => format!("{word}s"),
        },
    }
}

/// The last word of several more than once: "nineteen nineties".
pub(super) fn plural_last(words: &str) -> String {
    match words.rsplit_once(' ') {
        Some((before, last)) => format!("{before} {}", plural(last)),
        None => plural(words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Accent::{American, British};

    #[test]
    fn cardinals_have_an_and_in_british_only() {
        for (number, american, british) in [
            (0, "zero", "zero"),
            (19, "nineteen", "nineteen"),
            (105, "one hundred five", "one hundred and five"),
            (1_001, "one thousand one", "one thousand and one"),
            (
                2_340,
                "two thousand three hundred forty",
                "two thousand three hundred and forty",
            ),
            (1_000_000, "one million", "one million"),
        ] {
            assert_eq!(cardinal(number, American), american);
            assert_eq!(cardinal(number, British), british);
        }
        assert!(cardinal(u64::MAX, American).starts_with("eighteen quintillion four hundred forty six"));
    }

    #[test]
    fn ordinals_years_and_models() {
        for (number, words) in [
            (1, "first"),
            (12, "twelfth"),
            (20, "twentieth"),
            (31, "thirty first"),
        ] {
            assert_eq!(ordinal(number, American), words);
        }
        for (number, words) in [
            (1900, "nineteen hundred"),
            (1905, "nineteen oh five"),
            (1066, "ten sixty six"),
            (2000, "two thousand"),
            (2005, "two thousand five"),
            (2024, "twenty twenty four"),
            (2100, "twenty one hundred"),
            (476, "four hundred seventy six"),
        ] {
            assert_eq!(year(number, American), words);
        }
        assert_eq!(model("747", American), "seven forty seven");
        assert_eq!(model("101", American), "one oh one");
    }
}
