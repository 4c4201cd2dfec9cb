//! Fractions, and the other things that two numbers with a slash or a colon between them are: "10/10", "16:9".
//!
//! Proper fractions of usual parts are fractions; the rest is a share ("out of") or is said as two numbers.

use super::numeral::Numeral;
use super::reading::Reading;
use super::view::{View, digits, is_edge, next_word};
use super::words::cardinal;

/// What stands after marks that are given out of a number.
const MARKS: [&str; 8] = [
    "stars", "star", "points", "marks", "rating", "score", "ratings", "on",
];

pub(super) fn read(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    if !view.is_number_start() {
        return None;
    }
    if digits(text) > 0
        && let Some(reading) = pair(text, view)
    {
        return Some(reading);
    }
    let number = Numeral::scan(text).filter(|number| number.fraction.is_some())?;
    let ending = ["rds", "rd", "ths", "th", "nds"]
        .into_iter()
        .find(|ending| text[number.length..].starts_with(ending) && number.is_fraction());
    let length = number.length + ending.map_or(0, str::len);
    is_edge(&text[length..]).then(|| Reading::new(length, number.words(view.accent)))
}

/// Two numbers that make no fraction.
fn pair(text: &str, view: &View<'_>) -> Option<Reading> {
    let first = digits(text);
    let mark = text[first..].chars().next().filter(|c| matches!(c, '/' | ':'))?;
    let second = digits(&text[first + 1..]);
    let length = first + 1 + second;
    let after = &text[length..];
    let goes_on = after.starts_with(['/', ':', '.']) && after[1..].starts_with(|c: char| c.is_ascii_digit());
    if first > 4 || second == 0 || second > 4 || !is_edge(after) || goes_on {
        return None;
    }
    let (above, below): (u64, u64) = (text[..first].parse().ok()?, text[first + 1..length].parse().ok()?);
    let (one, two) = (cardinal(above, view.accent), cardinal(below, view.accent));
    if mark == ':' {
        return Some(Reading::new(length, format!("{one} to {two}")));
    }
    let share = format!("{one} out of {two}");
    let usual = matches!(below, 2..=9 | 12 | 16 | 32 | 64);
    let words = match (above, below) {
        (20, 20) => format!("{one} {two}"),
        _ if above + below == 100 => format!("{one} {two}"),
        (120, 80) => format!("{one} over {two}"),
        _ if first == 4 && second == 2 => {
            format!("{} {two}", super::words::year(above, view.accent))
        }
        _ if above == below => share,
        _ if above < below && usual && !MARKS.contains(&next_word(after)) => return None,
        _ if above < below => share,
        _ => format!("{one} over {two}"),
    };
    Some(Reading::new(length, words))
}
