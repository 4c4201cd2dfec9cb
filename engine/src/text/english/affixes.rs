//! What spaCy's English tokenizer peels off the ends of a run of characters, and where it divides one inside.
//!
//! `tokens` calls this. The rules are those of spaCy's punctuation tables for the characters that `normalise` leaves (and
//! a few more), written out; spaCy has them as regular expressions over all scripts.

use std::ops::Range;

/// Marks that are peeled off both ends.
const BOTH: &str = "…,:;!?()[]{}<>_#*&'\"”“`‘´’‚„»«—–";
/// Marks that are only peeled off the beginning.
const BEGIN: &str = "§%=$£€¥";
/// Money, which ends a token behind a digit and begins one.
const CURRENCIES: [&str; 7] = ["US$", "C$", "A$", "$", "£", "€", "¥"];
/// Units that end a token behind a digit.
const UNITS: [&str; 44] = [
    "km", "km²", "km³", "m", "m²", "m³", "dm", "dm²", "dm³", "cm", "cm²", "cm³", "mm", "mm²", "mm³", "ha",
    "nm", "yd", "in", "ft", "kg", "g", "mg", "t", "lb", "oz", "m/s", "km/h", "kmh", "mph", "hPa", "Pa",
    "mbar", "mb", "MB", "kb", "KB", "gb", "GB", "tb", "TB", "T", "G", "M",
];
/// More of them, of one character.
const MORE_UNITS: [&str; 2] = ["K", "%"];
/// What may stand before or behind a full stop that divides a word ("end.\"Next").
const QUOTES: &str = "'\"”“`‘´’‚,„»«";

/// Bytes to peel off the beginning of a run; 0 for none.
pub(super) fn prefix(run: &str) -> usize {
    let Some(first) = run.chars().next() else {
        return 0;
    };
    let dots = run.len() - run.trim_start_matches('.').len();
    match first {
        '+' => usize::from(!run[1..].starts_with(|c: char| c.is_ascii_digit())),
        '.' if dots >= 2 => dots,
        _ if BOTH.contains(first) || BEGIN.contains(first) => first.len_utf8(),
        _ => CURRENCIES
            .iter()
            .find(|sign| run.starts_with(**sign))
            .map_or(0, |sign| sign.len()),
    }
}

/// Bytes to peel off the end of a run; 0 for none. Of several possible ends the longest.
pub(super) fn suffix(run: &str) -> usize {
    let Some(last) = run.chars().next_back() else {
        return 0;
    };
    let dots = run.len() - run.trim_end_matches('.').len();
    if dots >= 2 {
        return dots;
    }
    if run.ends_with("……") {
        return "……".len();
    }
    for possessive in ["'s", "'S", "’s", "’S"] {
        if run.ends_with(possessive) {
            return possessive.len();
        }
    }
    if BOTH.contains(last) {
        return last.len_utf8();
    }
    let behind_digit = |end: &&&str| {
        let before = run.strip_suffix(**end);
        before.is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit()))
    };
    let ends = UNITS.iter().chain(&MORE_UNITS).chain(&CURRENCIES).chain(&["+"]);
    if let Some(end) = ends.filter(behind_digit).max_by_key(|end| end.len()) {
        return end.len();
    }
    usize::from(last == '.' && is_full_stop_behind(&run[..run.len() - 1]))
}

/// Whether a full stop behind this is a token of its own. Behind one capital it is not, as in "J.", behind two it is.
fn is_full_stop_behind(before: &str) -> bool {
    let mut before = before.chars().rev();
    let Some(last) = before.next() else {
        return false;
    };
    if last.is_uppercase() {
        return before.next().is_some_and(char::is_uppercase);
    }
    last.is_lowercase() || last.is_ascii_digit() || "%²-+…|,:;!?()[]{}<>_#*&'\"”“`‘´’‚„»«".contains(last)
}

/// Where a run is divided inside; each of these places is a token of its own. Nothing at the very beginning.
pub(super) fn infixes(run: &str) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut at = 0;
    let mut before = None;
    while let Some(c) = run[at..].chars().next() {
        let length = infix(before, &run[at..]);
        let end = at + length.max(c.len_utf8());
        if length > 0 && at > 0 {
            places.push(at..end);
        }
        before = run[..end].chars().next_back();
        at = end;
    }
    places
}

/// The length of the divider with which `rest` begins, given the character before it; 0 if it begins with none.
fn infix(before: Option<char>, rest: &str) -> usize {
    /// Dashes, in the order in which spaCy tries them.
    const DASHES: [&str; 7] = ["-", "–", "—", "--", "---", "——", "~"];
    let dots = rest.len() - rest.trim_start_matches('.').len();
    if dots >= 2 {
        return dots;
    }
    if rest.starts_with('…') {
        return '…'.len_utf8();
    }
    let (Some(before), Some(mark)) = (before, rest.chars().next()) else {
        return 0;
    };
    let next_is = |length: usize, is: &dyn Fn(char) -> bool| rest[length..].chars().next().is_some_and(is);
    let letter = |c: char| c.is_alphabetic();
    let divides = match mark {
        '+' | '-' | '*' | '^' if before.is_ascii_digit() => next_is(1, &|c| c.is_ascii_digit() || c == '-'),
        '.' if before.is_lowercase() || QUOTES.contains(before) => {
            next_is(1, &|c| c.is_uppercase() || QUOTES.contains(c))
        }
        ',' if before.is_alphabetic() => next_is(1, &letter),
        ':' | '<' | '>' | '=' | '/' if before.is_alphabetic() || before.is_ascii_digit() => {
            next_is(1, &letter)
        }
        _ => false,
    };
    if divides {
        return mark.len_utf8();
    }
    if !(before.is_alphabetic() || before.is_ascii_digit()) {
        return 0;
    }
    let dash = DASHES
        .iter()
        .find(|dash| rest.starts_with(**dash) && next_is(dash.len(), &letter));
    dash.map_or(0, |dash| dash.len())
}
