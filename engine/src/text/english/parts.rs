//! Parts of a token, as misaki divides it: letters with their apostrophes, digits, dashes, single marks, humps of camels.
//!
//! `groups` calls this for every token and puts the parts of neighbouring tokens together to words again, since a
//! dictionary may know the whole or only a part. misaki has one regular expression for it; this is the same, by hand.

use std::ops::Range;

/// The parts of a token, in order. Apostrophes that belong to nothing are in no part.
pub(super) fn parts(token: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(first) = token[at..].chars().next() {
        let length = part(token, at, first);
        if length > 0 {
            parts.push(at..at + length);
        }
        at += length.max(first.len_utf8());
    }
    parts
}

/// The length of the part that begins at `at` with `first`; 0 if none does.
fn part(token: &str, at: usize, first: char) -> usize {
    let rest = &token[at..];
    if is_apostrophe(first) {
        let run = rest.len() - rest.trim_start_matches(is_apostrophe).len();
        let several = run > first.len_utf8();
        return if at == 0 || several || run == rest.len() {
            run
        } else {
            0
        };
    }
    if first.is_uppercase() {
        let mut next = rest.chars().skip(1);
        if next.next().is_some_and(char::is_uppercase) && next.next().is_some_and(char::is_lowercase) {
            return first.len_utf8();
        }
    }
    let sign = usize::from(at == 0 && first == '-');
    match number(&rest[sign..]) {
        0 => {}
        length => return sign + length,
    }
    if matches!(first, '-' | '_') {
        return rest.len() - rest.trim_start_matches(['-', '_']).len();
    }
    if !first.is_alphabetic() {
        return first.len_utf8();
    }
    hump(rest).unwrap_or_else(|| letters(rest))
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '‘' | '’')
}

/// The length of the number at the beginning: digits, each perhaps behind one comma or full stop.
fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut end = 0;
    loop {
        if is_digit(end) {
            end += 1;
        } else if matches!(bytes.get(end), Some(b',' | b'.')) && is_digit(end + 1) {
            end += 2;
        } else {
            return end;
        }
    }
}

/// The length of all letters at the beginning, and of apostrophes with a letter each behind them.
fn letters(rest: &str) -> usize {
    let run = rest.len() - rest.trim_start_matches(char::is_alphabetic).len();
    run + apostrophes(&rest[run..]).last().unwrap_or(0)
}

/// Where apostrophes with a letter each end at the beginning of `rest`, after each of them.
fn apostrophes(rest: &str) -> impl Iterator<Item = usize> {
    let mut chars = rest.chars();
    let mut end = 0;
    std::iter::from_fn(move || {
        let (mark, letter) = (chars.next()?, chars.next()?);
        if !(is_apostrophe(mark) && letter.is_alphabetic()) {
            return None;
        }
        end += mark.len_utf8() + letter.len_utf8();
        Some(end)
    })
}

/// The length of what comes before a capital that follows a small letter ("i" in "iPhone"); `None` without one.
fn hump(rest: &str) -> Option<usize> {
    let ends_small = |at: usize| {
        let mut next = rest[at..].chars();
        let small = next.next().filter(|c| c.is_lowercase())?;
        next.next()
            .is_some_and(char::is_uppercase)
            .then_some(at + small.len_utf8())
    };
    let mut at = 0;
    for c in rest.chars() {
        let behind = apostrophes(&rest[at..]).find_map(|length| ends_small(at + length));
        if let Some(end) = ends_small(at).or(behind) {
            return Some(end);
        }
        if !c.is_alphabetic() {
            return None;
        }
        at += c.len_utf8();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_divided_where_misaki_divides_them() {
        for (token, expected) in [
            ("don't", &["don't"][..]),
            ("iPhone", &["i", "Phone"]),
            ("McDonald", &["Mc", "Donald"]),
            ("GPUs", &["GPUs"]),
            ("HTTPServer", &["HTTPServer"]),
            ("aXMLRest", &["a", "XMLRest"]),
            ("five-storied", &["five", "-", "storied"]),
            ("-40", &["-40"]),
            ("1,234.50", &["1,234.50"]),
            ("1st", &["1", "st"]),
            ("a--b_c", &["a", "--", "b", "_", "c"]),
            ("''tis", &["''", "tis"]),
            ("dogs'", &["dogs", "'"]),
            ("x'-y", &["x", "-", "y"]),
            ("50%", &["50", "%"]),
            ("U.S.", &["U", ".", "S", "."]),
            ("don'tStop", &["don't", "Stop"]),
        ] {
            let found: Vec<&str> = parts(token).into_iter().map(|range| &token[range]).collect();
            assert_eq!(found, expected, "{token}");
        }
    }
}
