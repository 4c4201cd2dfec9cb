//! Decades and short years: "1990s", "the '80s", "class of '05".

use super::reading::Reading;
use super::view::{View, digits, is_edge};
use super::words::{cardinal, plural_last, year};

/// Words before "20s" that make it an age or a time rather than seconds.
const AGES: [&str; 16] = [
    "the", "his", "her", "their", "my", "our", "your", "early", "mid", "late", "The", "Early", "Mid", "Late",
    "low", "high",
];

pub(super) fn read(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    if !view.is_number_start() {
        return None;
    }
    let apostrophe = text
        .chars()
        .next()
        .filter(|c| matches!(c, '\'' | '’' | '‘'))
        .map_or(0, char::len_utf8);
    if apostrophe > 0 && !view.is_after_space() {
        return None;
    }
    let number = &text[apostrophe..];
    let count = digits(number);
    let value: u64 = number[..count.min(4)].parse().ok()?;
    let after = &number[count..];
    let plural = ["s", "'s", "’s"]
        .into_iter()
        .find(|s| after.starts_with(*s) && is_edge(&after[s.len()..]));
    let length = apostrophe + count + plural.map_or(0, str::len);
    let words = match (count, plural) {
        (4, Some(_)) if apostrophe == 0 && value.is_multiple_of(10) && (1000..2200).contains(&value) => {
            match (value / 100, value % 100) {
                (century, 10) => format!("{} tens", cardinal(century, view.accent)),
                _ => plural_last(&year(value, view.accent)),
            }
        }
        (2, Some(_)) if value.is_multiple_of(10) && value >= 20 => {
            let before = view.previous_word();
            let is_age =
                apostrophe > 0 || value >= 70 || AGES.contains(&before) || view.previous() == Some('-');
            if !is_age || before == "for" {
                return None;
            }
            plural_last(&cardinal(value, view.accent))
        }
        (2, None) if apostrophe > 0 && is_edge(after) && !after.starts_with(['\'', '’', '"']) => {
            match value {
                0..10 => format!("oh {}", cardinal(value, view.accent)),
                _ => cardinal(value, view.accent),
            }
        }
        _ => return None,
    };
    Some(Reading::new(length, words))
}
