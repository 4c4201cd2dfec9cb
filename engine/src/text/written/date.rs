//! Dates: "July 4, 1776", "4 July", "2024-07-04", "7/4/2024" (the month first or the day, by accent), "Mon.", "Jan.".
//!
//! A year of four digits after the name of a month is left to the dictionary, which knows years.

use super::super::language::Accent;
use super::reading::Reading;
use super::view::{View, dash, digits, full_stop, is_edge, is_sentence_end, last_word, next_word};
use super::words::{cardinal, ordinal, year};

const MONTHS: [(&str, &[&str]); 12] = [
    ("January", &["Jan"]),
    ("February", &["Feb"]),
    ("March", &["Mar"]),
    ("April", &["Apr"]),
    ("May", &[]),
    ("June", &["Jun"]),
    ("July", &["Jul"]),
    ("August", &["Aug"]),
    ("September", &["Sept", "Sep"]),
    ("October", &["Oct"]),
    ("November", &["Nov"]),
    ("December", &["Dec"]),
];
const DAYS: [(&str, &[&str]); 7] = [
    ("Monday", &["Mon"]),
    ("Tuesday", &["Tues", "Tue"]),
    ("Wednesday", &["Weds", "Wed"]),
    ("Thursday", &["Thurs", "Thur", "Thu"]),
    ("Friday", &["Fri"]),
    ("Saturday", &["Sat"]),
    ("Sunday", &["Sun"]),
];

pub(super) fn read(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    let first = view.first()?;
    if first.is_ascii_digit() && view.is_number_start() {
        return numeric(text, view.accent)
            .or_else(|| day_first(view))
            .or_else(|| short(view));
    }
    if !first.is_ascii_uppercase() || !view.is_word_start() {
        return None;
    }
    month_first(text, view.accent)
        .or_else(|| month_alone(text))
        .or_else(|| weekday(view))
}

/// The name that a text begins with, its full form, and the length with a full stop.
fn name(text: &str, names: &[(&'static str, &[&str])]) -> Option<(&'static str, usize, bool)> {
    for (full, short) in names {
        if let Some(after) = text.strip_prefix(full) {
            return is_edge(after).then_some((full, full.len(), false));
        }
        for short in *short {
            if let Some(after) = text.strip_prefix(short)
                && is_edge(after)
            {
                return Some((full, short.len() + full_stop(after), true));
            }
        }
    }
    None
}

/// A day of the month with or without its ending: its value and length.
fn day(text: &str) -> Option<(u64, usize)> {
    let count = digits(text);
    let day = text[..count.min(2)]
        .parse()
        .ok()
        .filter(|day| count <= 2 && (1..=31).contains(day))?;
    let after = &text[count..];
    let ending = ["st", "nd", "rd", "th"]
        .into_iter()
        .find(|ending| after.starts_with(ending))
        .map_or(0, str::len);
    let rest = &after[ending..];
    let number_goes_on = rest.starts_with(['.', ',', ':', '/', '%'])
        && (rest.starts_with('%') || rest[1..].starts_with(|c: char| c.is_ascii_digit()));
    (is_edge(rest) && !number_goes_on).then_some((day, count + ending))
}

/// "July 4", "Jan. 5th", "July 4-6", "March 30 – April 2".
fn month_first(text: &str, accent: Accent) -> Option<Reading> {
    let (month, length, _) = name(text, &MONTHS)?;
    let start = length + text[length..].strip_prefix(' ').map(|_| 1)?;
    let (first, taken) = day(&text[start..])?;
    let mut length = start + taken;
    let mut words = format!("{month} {}", ordinal(first, accent));
    if let Some((link, after)) = link(&text[length..]) {
        if let Some((second, taken)) = day(after)
            && (second > first)
        {
            words = format!("{words} to {}", ordinal(second, accent));
            length += link + taken;
        } else if let Some((month, month_length, _)) = name(after, &MONTHS)
            && let Some(next) = after[month_length..].strip_prefix(' ')
            && let Some((second, taken)) = day(next)
        {
            words = format!("{words} to {month} {}", ordinal(second, accent));
            length += link + month_length + 1 + taken;
        }
    }
    if let Some((year, taken)) = short_year(&text[length..], accent) {
        words = format!("{words} {year}");
        length += taken;
    }
    Some(Reading::new(length, words))
}

/// A dash with or without spaces, and what follows it.
fn link(text: &str) -> Option<(usize, &str)> {
    let start = text.len() - text.trim_start_matches(' ').len();
    let dash = dash(&text[start..])?;
    let after = text[start + dash..].trim_start_matches(' ');
    Some((text.len() - after.len(), after))
}

/// " '24" after a day.
fn short_year(text: &str, accent: Accent) -> Option<(String, usize)> {
    let after = text.strip_prefix(' ')?.strip_prefix(['\'', '’'])?;
    let value: u64 = after[..digits(after)]
        .parse()
        .ok()
        .filter(|_| digits(after) == 2)?;
    let length = text.len() - after.len() + 2;
    is_edge(&after[2..]).then(|| (year(full_year(value), accent), length))
}

/// "4 July", "the 4th of July" (of which only the ordinal), "4-6 July".
fn day_first(view: &View<'_>) -> Option<Reading> {
    let (text, accent) = (view.rest(), view.accent);
    let (first, mut length) = day(text)?;
    let the = if last_word(view.behind()).eq_ignore_ascii_case("the") {
        ""
    } else {
        "the "
    };
    let mut words = format!("{the}{}", ordinal(first, accent));
    if let Some((link, after)) = link(&text[length..])
        && let Some((second, taken)) = day(after)
        && second > first
    {
        words = format!("{words} to the {}", ordinal(second, accent));
        length += link + taken;
    }
    let after = text[length..].strip_prefix([' ', '-'])?;
    let (month, taken, _) = name(after, &MONTHS)?;
    length += 1 + taken;
    // "4-March-2024" is one date; "4-May" may be anything.
    let rest = &text[length..];
    let after_hyphen = text[length - taken - 1..].starts_with('-');
    if after_hyphen && !(rest.starts_with('-') && digits(&rest[1..]) >= 2) {
        return None;
    }
    words = format!("{words} of {month}");
    if after_hyphen {
        let count = digits(&rest[1..]);
        let value: u64 = rest[1..1 + count].parse().ok()?;
        words = format!(
            "{words} {}",
            year(if count == 2 { full_year(value) } else { value }, accent)
        );
        length += 1 + count;
    } else if let Some((year, taken)) = short_year(rest, accent) {
        words = format!("{words} {year}");
        length += taken;
    }
    Some(Reading::new(length, words))
}

/// "Jan." without a day, or "Jan 2024".
fn month_alone(text: &str) -> Option<Reading> {
    let (month, length, is_short) = name(text, &MONTHS)?;
    let after = &text[length..];
    let link = link(after).filter(|(_, next)| name(next, &MONTHS).is_some());
    if let Some((link, next)) = link {
        let (second, taken, _) = name(next, &MONTHS)?;
        return Some(Reading::new(
            length + link + taken,
            format!("{month} to {second}"),
        ));
    }
    let stopped = text[..length].ends_with('.');
    // "Mar." and "Jan" alone are names too.
    let dated = after
        .strip_prefix([' ', '-'])
        .is_some_and(|after| digits(after) > 0)
        || after.trim_start().starts_with(['\'', '’'])
            && digits(after.trim_start().trim_start_matches(['\'', '’'])) == 2;
    let ends = after.starts_with('.') && month != "March" && month != "May" && is_sentence_end(&after[1..]);
    (is_short && (stopped || dated || ends)).then(|| Reading::new(length, month))
}

/// "Tues.", "Mon-Fri", "Sat 5".
fn weekday(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    let (weekday, length, is_short) = name(text, &DAYS)?;
    let after = &text[length..];
    if let Some((link, next)) = link(after)
        && let Some((second, taken, _)) = name(next, &DAYS)
    {
        return Some(Reading::new(
            length + link + taken,
            format!("{weekday} to {second}"),
        ));
    }
    let stopped = text[..length].ends_with('.');
    let is_word = matches!(weekday, "Saturday" | "Sunday" | "Monday");
    let next = after.trim_start_matches([',', ' ']);
    let dated = digits(next) > 0 || name(next, &MONTHS).is_some() || name(next, &DAYS).is_some();
    let ends = after.starts_with('.') && is_sentence_end(&after[1..]) && !is_word;
    let listed = is_short && matches!(next_word(after), "and" | "to" | "or" | "at") && !is_word;
    (is_short
        && (stopped && (!is_word || dated || next.starts_with(char::is_lowercase))
            || dated
            || ends
            || listed))
        .then(|| Reading::new(length, weekday))
}

/// Dates of digits alone.
fn numeric(text: &str, accent: Accent) -> Option<Reading> {
    let first = digits(text);
    let mark = text[first..]
        .chars()
        .next()
        .filter(|c| matches!(c, '-' | '/' | '.'))?;
    let rest = &text[first + 1..];
    let second = digits(rest);
    let value = |text: &str| text.parse::<u64>().unwrap_or(0);
    let (a, b) = (value(&text[..first.min(4)]), value(&rest[..second.min(4)]));
    let length = first + 1 + second;
    let third = rest[second..].strip_prefix(mark).map_or(0, digits);
    if third == 0 {
        // "2024-07" but not "2001-02", which is a season.
        let is_month =
            mark == '-' && first == 4 && second == 2 && (1000..2200).contains(&a) && (1..=12).contains(&b);
        let goes_on = text[length..].starts_with(['-', '/']);
        return (is_month && b <= a % 100 && is_edge(&text[length..]) && !goes_on).then(|| {
            Reading::new(
                length,
                format!("{} {}", MONTHS[b as usize - 1].0, year(a, accent)),
            )
        });
    }
    let c = value(&rest[second + 1..second + 1 + third.min(4)]);
    let end = length + 1 + third;
    let (day, month, written_year, padded) = match (first, second, third) {
        (4, 1 | 2, 1 | 2) => (c, b, a, true),
        (1 | 2, 1 | 2, 2 | 4) => {
            let month_first = accent == Accent::American && mark != '.';
            let swap = if month_first { a > 12 } else { b > 12 };
            let (day, month) = if month_first != swap { (b, a) } else { (a, b) };
            (
                day,
                month,
                if third == 2 { full_year(c) } else { c },
                third == 4 || mark == '/',
            )
        }
        _ => return None,
    };
    let valid = (1..=31).contains(&day)
        && (1..=12).contains(&month)
        && (1000..2200).contains(&written_year)
        && padded;
    if !valid {
        return None;
    }
    let (time, taken) = iso_time(&text[end..], accent).unwrap_or_default();
    let length = end + taken;
    let goes_on = text[length..].starts_with(['-', '/', '.'])
        && text[length + 1..].starts_with(|c: char| c.is_ascii_digit());
    if !is_edge(&text[length..]) || goes_on {
        return None;
    }
    let month = MONTHS[month as usize - 1].0;
    let (day, year) = (ordinal(day, accent), year(written_year, accent));
    let words = match accent {
        Accent::American => format!("{month} {day} {year}{time}"),
        Accent::British => format!("the {day} of {month} {year}{time}"),
    };
    Some(Reading::new(length, words))
}

/// "7/4" after a word before which there are dates.
fn short(view: &View<'_>) -> Option<Reading> {
    const BEFORE: [&str; 12] = [
        "on", "On", "by", "By", "until", "till", "since", "Since", "due", "Due", "before", "dated",
    ];
    let text = view.rest();
    let first = digits(text);
    let rest = text[first..].strip_prefix('/')?;
    let second = digits(rest);
    let length = first + 1 + second;
    let sizes = (1..=2).contains(&first) && (1..=2).contains(&second);
    if !sizes || !BEFORE.contains(&view.previous_word()) || !is_edge(&text[length..]) {
        return None;
    }
    let (a, b): (u64, u64) = (text[..first].parse().ok()?, rest[..second].parse().ok()?);
    let american = view.accent == Accent::American;
    let (day, month) = if (american && a <= 12) || b > 12 {
        (b, a)
    } else {
        (a, b)
    };
    if !(1..=31).contains(&day) || !(1..=12).contains(&month) || text[length..].starts_with('/') {
        return None;
    }
    let (day, month) = (ordinal(day, view.accent), MONTHS[month as usize - 1].0);
    let words = match view.accent {
        Accent::American => format!("{month} {day}"),
        Accent::British => format!("the {day} of {month}"),
    };
    Some(Reading::new(length, words))
}

/// The time of "2024-07-04T17:30:00Z", and its length.
fn iso_time(text: &str, accent: Accent) -> Option<(String, usize)> {
    let after = text.strip_prefix('T')?;
    let pair = |text: &str| {
        text.get(..2)
            .filter(|pair| digits(pair) == 2)?
            .parse::<u64>()
            .ok()
    };
    let hours = pair(after)?;
    let minutes = pair(after[2..].strip_prefix(':')?)?;
    let mut length = 6;
    if after[5..].starts_with(':') && pair(&after[6..]).is_some() {
        length += 3;
    }
    let rest = &text[length..];
    if let Some(fraction) = rest.strip_prefix('.').filter(|fraction| digits(fraction) > 0) {
        length += 1 + digits(fraction);
    }
    let universal = text[length..].starts_with('Z');
    length += usize::from(universal);
    let minutes = match minutes {
        0 => "hundred".to_string(),
        1..10 => format!("oh {}", cardinal(minutes, accent)),
        _ => cardinal(minutes, accent),
    };
    let zone = if universal { " U.T.C" } else { "" };
    Some((format!(" at {} {minutes}{zone}", cardinal(hours, accent)), length))
}

/// The year that two digits stand for.
fn full_year(short: u64) -> u64 {
    short + if short < 50 { 2000 } else { 1900 }
}
