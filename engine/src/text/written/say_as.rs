//! Text of which markup says what it is: letters, digits, a number, a date.
//!
//! `directions` calls this for the text of a `say-as` element, ahead of all other passes. What comes out is read like any other
//! text, so only what would be read otherwise is written anew: a time or an amount of money is recognised as it stands.

use std::ops::Range;

use super::words::{cardinal, one_by_one, ordinal};
use crate::text::language::Accent;
use crate::text::markup::{DateFormat, SayAs};
use crate::text::plain::Plain;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The text as it is to be read.
pub(in crate::text) fn say_as(text: &Plain, kind: SayAs, accent: Accent) -> Plain {
    match kind {
        SayAs::Characters => by_runs(text, &characters),
        SayAs::Digits => by_runs(text, &|run, _| digits(run)),
        SayAs::Telephone => by_runs(text, &telephone),
        SayAs::Cardinal => number(text, |value| cardinal(value, accent)),
        SayAs::Ordinal => number(text, |value| ordinal(value, accent)),
        SayAs::Date(Some(format)) => date(text, format).unwrap_or_else(|| text.clone()),
        _ => text.clone(),
    }
}

/// Writes every run of letters, of digits and of neither anew, where `said` says how; it is told what stands before.
fn by_runs(text: &Plain, said: &dyn Fn(&str, Option<char>) -> Option<String>) -> Plain {
    let mut out = Plain::default();
    let all = text.text();
    let mut at = 0;
    while at < all.len() {
        let length = run_length(&all[at..]);
        let range = at..at + length;
        match said(&all[range.clone()], all[..at].chars().next_back()) {
            Some(words) => {
                pad(&mut out, text, &range);
                out.push(&words, text.source(range.clone()));
                let end = text.source(range.clone()).end;
                out.push(" ", end..end);
            }
            None => out.push_from(text, range),
        }
        at += length;
    }
    out
}

/// A space ahead of what is written anew.
fn pad(out: &mut Plain, text: &Plain, range: &Range<usize>) {
    if !out.text().is_empty() && !out.text().ends_with(char::is_whitespace) {
        let start = text.source(range.clone()).start;
        out.push(" ", start..start);
    }
}

/// The length of the run at the beginning: of letters, of digits, of space, or one other character.
fn run_length(text: &str) -> usize {
    let kind = |c: char| match c {
        _ if c.is_alphabetic() => 0,
        _ if c.is_ascii_digit() => 1,
        _ if c.is_whitespace() => 2,
        _ => 3,
    };
    let Some(first) = text.chars().next() else {
        return 0;
    };
    match kind(first) {
        3 => first.len_utf8(),
        of_first => text.find(|c| kind(c) != of_first).unwrap_or(text.len()),
    }
}

/// Letters by their names, digits one by one, marks by theirs.
fn characters(run: &str, _: Option<char>) -> Option<String> {
    let first = run.chars().next()?;
    if first.is_ascii_digit() {
        return digits(run);
    }
    if first.is_alphabetic() {
        let letters: Vec<String> = run.chars().map(|c| c.to_uppercase().to_string()).collect();
        return Some(letters.join("."));
    }
    let name = match first {
        '.' => "dot",
        ',' => "comma",
        '-' => "dash",
        '_' => "underscore",
        '/' => "slash",
        '\\' => "backslash",
        ':' => "colon",
        ';' => "semicolon",
        '@' => "at",
        '#' => "hash",
        '!' => "exclamation mark",
        '?' => "question mark",
        '*' => "asterisk",
        '+' => "plus",
        '=' => "equals",
        '&' => "and",
        '%' => "percent",
        '$' => "dollar",
        '\'' | '’' => "apostrophe",
        '"' => "quote",
        '(' => "open parenthesis",
        ')' => "close parenthesis",
        _ => return None,
    };
    Some(name.into())
}

fn digits(run: &str) -> Option<String> {
    run.starts_with(|c: char| c.is_ascii_digit())
        .then(|| one_by_one(run))
}

/// Digits one by one, with a pause where a group ends.
fn telephone(run: &str, before: Option<char>) -> Option<String> {
    let is_group_end = before.is_some_and(|c| c.is_ascii_digit());
    match run {
        "+" => Some("plus".into()),
        "-" | "." | "/" | ")" | " " if is_group_end => Some(",".into()),
        "-" | "." | "/" | "(" | ")" => Some(String::new()),
        _ => digits(run),
    }
}

/// A number as words, if the text is one.
fn number(text: &Plain, said: impl Fn(u64) -> String) -> Plain {
    let written: String = text
        .text()
        .trim()
        .chars()
        .filter(|c| !matches!(c, ',' | ' ' | '\u{a0}' | '\u{202f}'))
        .collect();
    let ending = written.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_number = matches!(ending, "" | "st" | "nd" | "rd" | "th");
    match written[..written.len() - ending.len()].parse::<u64>() {
        Ok(value) if is_number => {
            let mut out = Plain::default();
            out.push(&said(value), text.source(0..text.text().len()));
            out
        }
        _ => text.clone(),
    }
}

/// A date whose parts are numbers, as it is written with the month's name; `None` if it is none.
fn date(text: &Plain, format: DateFormat) -> Option<Plain> {
    let parts: Vec<&str> = text
        .text()
        .trim()
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .collect();
    let month = |at: usize| {
        MONTHS
            .get(parts.get(at)?.parse::<usize>().ok()?.checked_sub(1)?)
            .copied()
    };
    let day = |at: usize| {
        let day = parts.get(at)?.parse::<u8>().ok()?;
        (1..=31).contains(&day).then_some(day)
    };
    let year = |at: usize| parts.get(at).copied();
    let count = match format {
        DateFormat::MonthDayYear | DateFormat::DayMonthYear | DateFormat::YearMonthDay => 3,
        DateFormat::Day | DateFormat::Month | DateFormat::Year => 1,
        _ => 2,
    };
    if parts.len() != count
        || !text
            .text()
            .trim()
            .chars()
            .all(|c| c.is_ascii_digit() || "/.- ".contains(c))
    {
        return None;
    }
    let said = match format {
        DateFormat::MonthDayYear => format!("{} {}, {}", month(0)?, day(1)?, year(2)?),
        DateFormat::DayMonthYear => format!("{} {} {}", day(0)?, month(1)?, year(2)?),
        DateFormat::YearMonthDay => format!("{} {}, {}", month(1)?, day(2)?, year(0)?),
        DateFormat::MonthDay => format!("{} {}", month(0)?, day(1)?),
        DateFormat::DayMonth => format!("{} {}", day(0)?, month(1)?),
        DateFormat::YearMonth => format!("{} {}", month(1)?, year(0)?),
        DateFormat::MonthYear => format!("{} {}", month(0)?, year(1)?),
        DateFormat::Day => ordinal(day(0)?.into(), Accent::American),
        DateFormat::Month => month(0)?.into(),
        DateFormat::Year => return None,
    };
    let mut out = Plain::default();
    out.push(&said, text.source(0..text.text().len()));
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str, kind: SayAs) -> String {
        say_as(&Plain::verbatim(text, 0), kind, Accent::American)
            .text()
            .trim()
            .to_string()
    }

    #[test]
    fn text_is_written_as_what_it_is() {
        for (text, kind, expected) in [
            ("NASA", SayAs::Characters, "N.A.S.A"),
            ("a1-b", SayAs::Characters, "A one dash B"),
            ("12", SayAs::Cardinal, "twelve"),
            ("2,024", SayAs::Cardinal, "two thousand twenty four"),
            ("3", SayAs::Ordinal, "third"),
            ("21st", SayAs::Ordinal, "twenty first"),
            ("twelve", SayAs::Ordinal, "twelve"),
            ("407", SayAs::Digits, "four zero seven"),
            (
                "03/04/2024",
                SayAs::Date(Some(DateFormat::DayMonthYear)),
                "3 April 2024",
            ),
            (
                "03/04/2024",
                SayAs::Date(Some(DateFormat::MonthDayYear)),
                "March 4, 2024",
            ),
            (
                "2024-13-04",
                SayAs::Date(Some(DateFormat::YearMonthDay)),
                "2024-13-04",
            ),
            ("5 km", SayAs::Unit, "5 km"),
        ] {
            assert_eq!(said(text, kind), expected, "{text} {kind:?}");
        }
    }

    #[test]
    fn what_is_written_anew_keeps_its_place() {
        let text = Plain::verbatim("x 12", 10);
        let said = say_as(&text, SayAs::Digits, Accent::American);
        let at = said.text().find("one").unwrap();
        assert_eq!(said.source(at..at + 3), 12..14);
    }
}
