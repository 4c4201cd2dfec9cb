//! How many: a number, a range of numbers ("12-15"), or the sides of something ("3 x 4 m").
//!
//! A class of its own for ranges and sides without a unit; money, units, percent and degrees ask here for what stands
//! before or after their sign. Whoever reads a result of a match ("won 3-1") reads it here too.

use super::super::language::Accent;
use super::numeral::Numeral;
use super::reading::Reading;
use super::view::{View, dash, digits, is_edge, next_word};
use super::words::{cardinal, one_by_one, year};

/// A number, or several that count the same.
#[derive(Debug, Clone)]
pub(super) struct Quantity {
    /// Bytes of the text.
    pub(super) length: usize,
    pub(super) words: String,
    /// What is counted is said in the singular.
    pub(super) is_one: bool,
    /// One number, and that one a fraction: "half a mile".
    pub(super) fraction: Option<(u64, u64)>,
    /// The last of the numbers.
    pub(super) last: Numeral,
}

impl Quantity {
    /// What `text` begins with, the sign of a number included.
    pub(super) fn scan(text: &str, accent: Accent) -> Option<Self> {
        let (sign, taken) = sign(text);
        let first = Numeral::scan(&text[taken..])?;
        let mut length = taken + first.length;
        let mut words = format!("{sign}{}", first.words(accent));
        let mut last = first.clone();
        let mut several = false;
        while let Some((link, gap)) = link(&text[length..])
            && let Some(next) = Numeral::scan(&text[length + gap..])
        {
            // "5-10", but not "10-5" and not "555-1234".
            let rising = last.value() < next.value() || next.decimals.is_some() || last.decimals.is_some();
            if link == " to " && (!rising || several) {
                break;
            }
            words = format!("{words}{link}{}", next.words(accent));
            length += gap + next.length;
            several = true;
            last = next;
        }
        let fraction = first
            .fraction
            .filter(|_| !several && first.is_fraction() && sign.is_empty());
        Some(Self {
            length,
            words,
            is_one: !several && first.is_one(),
            fraction,
            last,
        })
    }
}

/// The words of a sign before a number, and its length.
pub(super) fn sign(text: &str) -> (&'static str, usize) {
    for (sign, words) in [
        ("+/-", "plus or minus "),
        ("±", "plus or minus "),
        ("−", "minus "),
        ("-", "minus "),
        ("+", "plus "),
        ("~", "about "),
        ("≈", "about "),
    ] {
        if text.starts_with(sign) {
            return (words, sign.len());
        }
    }
    ("", 0)
}

/// Nouns that a quantity describes when it stands before them, so that its unit stays in the singular.
const DESCRIBED: [&str; 64] = [
    "bill",
    "bills",
    "note",
    "notes",
    "coin",
    "coins",
    "fine",
    "ticket",
    "tickets",
    "voucher",
    "fee",
    "deal",
    "plan",
    "loan",
    "budget",
    "project",
    "lawsuit",
    "investment",
    "run",
    "race",
    "dash",
    "sprint",
    "walk",
    "hike",
    "drive",
    "ride",
    "swim",
    "radius",
    "limit",
    "zone",
    "stretch",
    "pool",
    "fence",
    "wall",
    "angle",
    "angles",
    "view",
    "turn",
    "rotation",
    "camera",
    "battery",
    "charger",
    "adapter",
    "bulb",
    "engine",
    "motor",
    "amplifier",
    "can",
    "cans",
    "bottle",
    "bottles",
    "bag",
    "bags",
    "pack",
    "steak",
    "baby",
    "tank",
    "jar",
    "jars",
    "drive",
    "delay",
    "timeout",
    "window",
    "tablet",
];

/// Whether what has just been counted describes what follows: "a $20 bill", "a $5-million deal", "a 90° angle".
pub(super) fn is_attribute(after: &str) -> bool {
    let hyphen = after
        .strip_prefix('-')
        .is_some_and(|after| after.starts_with(char::is_alphabetic));
    hyphen || (after.starts_with(' ') && DESCRIBED.contains(&next_word(after)))
}

/// What joins two numbers that count the same, and its length.
fn link(text: &str) -> Option<(&'static str, usize)> {
    if let Some(length) = dash(text) {
        return Some((" to ", length));
    }
    for sides in ["x", "×", " x ", " × "] {
        if let Some(after) = text.strip_prefix(sides)
            && digits(after) > 0
            // "6 × 10^23" is a product.
            && !after[digits(after)..].starts_with(['^', '⁻', '⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'])
        {
            return Some((" by ", sides.len()));
        }
    }
    let after = text.strip_prefix(" – ").or_else(|| text.strip_prefix(" — "))?;
    (digits(after) == 4).then_some((" to ", text.len() - after.len()))
}

/// Ranges, results and sides that nothing names the unit of.
pub(super) fn read(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    if digits(text) == 0 || !view.is_number_start() {
        return None;
    }
    if let Some(reading) = years(text, view.accent).or_else(|| groups(view)) {
        return Some(reading);
    }
    let first = Numeral::scan(text)?;
    let (link, gap) = link(&text[first.length..])?;
    let second = Numeral::scan(&text[first.length + gap..])?;
    let length = first.length + gap + second.length;
    let after = &text[length..];
    if !is_edge(after) || after.starts_with('-') && after[1..].starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if link == " by " {
        return sides(text, view.accent).filter(|reading| is_edge(&text[reading.length..]));
    }
    let in_digits = |numeral: &Numeral| match numeral.whole.len() {
        4 if numeral.is_plain() => year(numeral.value().unwrap_or(0), view.accent),
        _ => numeral.words(view.accent),
    };
    let (one, two) = (in_digits(&first), in_digits(&second));
    let (low, high) = (first.value()?, second.value()?);
    let whole = first.is_whole() && second.is_whole();
    let words = if !whole || low < high {
        format!("{one} to {two}")
    } else if low == high {
        format!("{one} {two}")
    } else if high == 0 {
        match view.accent {
            Accent::American => format!("{one} to nothing"),
            Accent::British => format!("{one} nil"),
        }
    } else {
        match view.accent {
            Accent::British if low <= 30 => format!("{one} {two}"),
            _ => format!("{one} to {two}"),
        }
    };
    Some(Reading::new(length, words))
}

/// "1990-95", "1914–18".
fn years(text: &str, accent: Accent) -> Option<Reading> {
    let first: u64 = text[..digits(text)]
        .parse()
        .ok()
        .filter(|year| (1000..2100).contains(year))?;
    let gap = dash(&text[4..])?;
    let after = &text[4 + gap..];
    let second: u64 = after[..digits(after)].parse().ok()?;
    let words = year(first, accent);
    match digits(after) {
        2 if first % 100 < second && is_edge(&after[2..]) && !after[2..].starts_with('-') => {
            let second = match second {
                0..10 => format!("oh {}", cardinal(second, accent)),
                _ => cardinal(second, accent),
            };
            Some(Reading::new(4 + gap + 2, format!("{words} to {second}")))
        }
        _ => None,
    }
}

/// Three and more groups of digits with hyphens, as in the number of a book: digit by digit.
fn groups(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    let mut length = digits(text);
    let mut count = 1;
    while text[length..].starts_with('-') && digits(&text[length + 1..]) > 0 {
        length += 1 + digits(&text[length + 1..]);
        count += 1;
    }
    if count < 3 || !is_edge(&text[length..]) {
        return None;
    }
    let said: Vec<String> = text[..length].split('-').map(one_by_one).collect();
    Some(Reading::new(length, said.join(" ")))
}

/// "1920x1080", "3 x 4".
fn sides(text: &str, accent: Accent) -> Option<Reading> {
    let mut length = 0;
    let mut said = Vec::new();
    loop {
        let side = Numeral::scan(&text[length..])?;
        said.push(match side.value() {
            Some(value) if side.is_plain() && side.whole.len() == 4 => year(value, accent),
            _ => side.words(accent),
        });
        length += side.length;
        match link(&text[length..]) {
            Some((" by ", gap)) => length += gap,
            _ => break,
        }
    }
    // A product whose result is told is one.
    let product = text[length..].trim_start().starts_with('=');
    Some(Reading::new(
        length,
        said.join(if product { " times " } else { " by " }),
    ))
}
