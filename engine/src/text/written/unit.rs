//! Quantities with a unit: "5 km", "3.2 GHz", "60 mph", "a 5-km run", "10 m/s²", "50%".
//!
//! A unit is said in the plural but after one. Powers and rates are read from the sign ("km²", "mg/dL").

use super::number::superscript;
use super::quantity::{Quantity, is_attribute};
use super::reading::Reading;
use super::units::{RATES, UNITS, Unit, When};
use super::view::{View, digits, full_stop, gap, is_edge};

pub(super) fn read(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    let first = view.first()?;
    let may_begin = if first.is_numeric() || first == '.' {
        view.is_number_start()
    } else {
        view.is_after_space()
    };
    if !may_begin || !(first.is_numeric() || ".-−+~±≈".contains(first)) {
        return rate(view);
    }
    let quantity = Quantity::scan(text, view.accent)?;
    let after = &text[quantity.length..];
    if let Some(reading) = percent(&quantity, after).or_else(|| inches(&quantity, after, view)) {
        return Some(reading);
    }
    let hyphen = after.starts_with('-');
    let space = if hyphen { 1 } else { gap(after) };
    let (unit, mut length) = scan(&after[space..], space > 0, hyphen)?;
    let singular = quantity.is_one || hyphen || is_attribute(after[space + length..].trim_start_matches('.'));
    let mut words = match quantity.fraction {
        Some((1, 2)) => format!("half {} {}", article(unit.one), unit.one),
        Some(_) => format!("{} of {} {}", quantity.words, article(unit.one), unit.one),
        None if singular => format!("{} {}", quantity.words, unit.one),
        None => format!("{} {}", quantity.words, unit.several),
    };
    let sign_end = space + length;
    if let Some((power, taken)) = power(&after[sign_end..], unit.sign) {
        words = raised(&words, power, if singular { unit.one } else { unit.several });
        length += taken;
    }
    if let Some((per, taken)) = per(&after[space + length..]) {
        words = format!("{words} per {per}");
        length += taken;
    }
    let end = quantity.length + space + length;
    let end = end
        + if is_stopped(unit) && !text[..end].ends_with('.') {
            full_stop(&text[end..])
        } else {
            0
        };
    is_edge(&text[end..]).then(|| Reading::new(end, words))
}

/// The unit that `text` begins with, and its length.
fn scan(text: &str, apart: bool, hyphen: bool) -> Option<(&'static Unit, usize)> {
    let fits = |unit: &&Unit| {
        let Some(after) = text.strip_prefix(unit.sign) else {
            return false;
        };
        let ends = unit.sign.ends_with('.')
            || is_edge(after)
            || after.starts_with(['²', '³'])
            || power(after, unit.sign).is_some();
        let when = match unit.when {
            When::Always => true,
            When::Adjacent => !apart,
            When::Apart => apart && !hyphen,
            When::Stopped => hyphen || full_stop(after) > 0,
        };
        ends && when
    };
    let unit = UNITS.iter().filter(fits).max_by_key(|unit| unit.sign.len())?;
    Some((unit, unit.sign.len()))
}

/// Whether the unit is an abbreviation that a full stop may follow.
fn is_stopped(unit: &Unit) -> bool {
    matches!(
        unit.sign,
        "in" | "ft"
            | "yd"
            | "yds"
            | "mi"
            | "lb"
            | "lbs"
            | "oz"
            | "min"
            | "mins"
            | "sec"
            | "secs"
            | "hr"
            | "hrs"
            | "yr"
            | "yrs"
            | "gal"
            | "qt"
            | "tbsp"
            | "Tbsp"
            | "tsp"
            | "sq ft"
            | "fl oz"
            | "wks"
            | "mos"
            | "pts"
    )
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) || word.starts_with("hour") {
        "an"
    } else {
        "a"
    }
}

/// The power that follows a unit: its name, and the length.
fn power(text: &str, sign: &str) -> Option<(u32, usize)> {
    let c = text.chars().next()?;
    let power = superscript(c).and_then(|c| c.to_digit(10)).or_else(|| match c {
        '2' | '3' if matches!(sign, "m" | "km" | "cm" | "mm" | "ft") => c.to_digit(10),
        _ => None,
    })?;
    (matches!(power, 2 | 3) && is_edge(&text[c.len_utf8()..])).then_some((power, c.len_utf8()))
}

/// "five square meters" from "five meters" and two.
fn raised(words: &str, power: u32, unit: &str) -> String {
    let number = words.strip_suffix(unit).unwrap_or(words);
    let power = if power == 2 { "square" } else { "cubic" };
    format!("{number}{power} {unit}")
}

/// "/h", "/dL", "/s²": in words, and the length.
fn per(text: &str) -> Option<(String, usize)> {
    let after = text.strip_prefix('/')?;
    let word = &after[..after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len())];
    let unit = RATES
        .iter()
        .find(|(sign, _)| *sign == word)
        .map(|(_, name)| *name);
    let unit = unit.or_else(|| UNITS.iter().find(|unit| unit.sign == word).map(|unit| unit.one))?;
    let rest = &after[word.len()..];
    match power(rest, "m") {
        Some((power, taken)) => {
            let power = match (unit, power) {
                ("second" | "hour", 2) => format!("{unit} squared"),
                (_, 2) => format!("square {unit}"),
                _ => format!("cubic {unit}"),
            };
            Some((power, 1 + word.len() + taken))
        }
        None => is_edge(rest).then(|| (unit.to_string(), 1 + word.len())),
    }
}

/// The "/month" of a sum or a number that has been read already: "per month".
fn rate(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    if !text.starts_with('/') || view.previous().is_none_or(char::is_whitespace) {
        return None;
    }
    let counted = view.behind().rsplit(char::is_whitespace).next()?;
    let is_number = counted.starts_with(|c: char| c.is_ascii_digit() || "$£€¥₹~+-".contains(c))
        && counted.contains(|c: char| c.is_ascii_digit());
    let before_is_magnitude = matches!(counted, "million" | "billion" | "thousand" | "k");
    if counted.starts_with(['$', '£', '€', '¥', '₹'])
        && let Some(reading) = per_so_many(text)
    {
        return Some(reading);
    }
    let (words, length) = per(text)?;
    (is_number || before_is_magnitude).then(|| Reading::new(length, format!("per {words}")))
}

/// The "/1K" of a price, and "/100": "per thousand", "per 100".
fn per_so_many(text: &str) -> Option<Reading> {
    let after = text.strip_prefix('/')?;
    let count = digits(after);
    let (number, rest) = after.split_at(count);
    let (scale, length) = match rest.chars().next() {
        Some('K' | 'k') => (" thousand", 1),
        Some('M') => (" million", 1),
        _ => ("", 0),
    };
    if count == 0 || count > 4 || !is_edge(&rest[length..]) {
        return None;
    }
    let words = match (number, scale) {
        ("1", " thousand" | " million") => format!("per{scale}"),
        _ => format!("per {number}{scale}"),
    };
    Some(Reading::new(1 + count + length, words))
}

/// "50%", "5 %", "‰".
fn percent(quantity: &Quantity, after: &str) -> Option<Reading> {
    let space = gap(after);
    let (sign, words) = [("%", "percent"), ("‰", "per mille"), ("٪", "percent")]
        .into_iter()
        .find(|(sign, _)| after[space..].starts_with(sign))?;
    let rest = &after[space + sign.len()..];
    if !is_edge(rest) {
        return None;
    }
    // "1/2%" is half a percent.
    let words = match quantity.fraction {
        Some((1, 2)) => format!("half a {words}"),
        Some(_) => format!("{} of a {words}", quantity.words),
        None => format!("{} {words}", quantity.words),
    };
    Some(Reading::new(quantity.length + space + sign.len(), words))
}

/// Feet and inches: 5'11", 6′ 2″, 12″, and 27" where no quote is open.
fn inches(quantity: &Quantity, after: &str, view: &View<'_>) -> Option<Reading> {
    let foot = ['\'', '’', '′'].into_iter().find(|mark| after.starts_with(*mark));
    if let Some(foot) = foot {
        let rest = &after[foot.len_utf8()..];
        let rest_start = rest.trim_start_matches(' ');
        let inches = Quantity::scan(rest_start, view.accent).filter(|_| rest.len() - rest_start.len() < 2);
        if let Some(inches) = inches {
            let mark = inch_mark(&rest_start[inches.length..])?;
            let length = view.rest().len() - rest_start.len() + inches.length + mark;
            return Some(Reading::new(
                length,
                format!("{} foot {}", quantity.words, inches.words),
            ));
        }
        let unit = if quantity.is_one { "foot" } else { "feet" };
        return (foot == '′').then(|| {
            Reading::new(
                quantity.length + foot.len_utf8(),
                format!("{} {unit}", quantity.words),
            )
        });
    }
    let mark = inch_mark(after)?;
    let rest = &after[mark..];
    let is_prime = after.starts_with('″');
    let open = view.behind().matches('"').count() % 2 == 1 || view.behind().contains('“');
    let describes = rest
        .strip_prefix([' ', '-'])
        .is_some_and(|rest| rest.starts_with(char::is_lowercase));
    let unit = if quantity.is_one || describes {
        "inch"
    } else {
        "inches"
    };
    (is_prime || (!open && describes))
        .then(|| Reading::new(quantity.length + mark, format!("{} {unit}", quantity.words)))
}

fn inch_mark(text: &str) -> Option<usize> {
    ["\"", "″", "”", "''", "’’"]
        .into_iter()
        .find(|mark| text.starts_with(mark))
        .map(str::len)
}
