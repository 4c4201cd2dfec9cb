//! Times of day: "3:45 p.m.", "17:30", "9am-5pm", "0730 hours".

use super::super::language::Accent;
use super::reading::Reading;
use super::view::{View, dash, digits, full_stop, gap, is_edge, is_sentence_end};
use super::words::cardinal;

/// A time that stands in the text.
struct Time {
    length: usize,
    words: String,
    /// Whether it can be nothing but a time.
    is_sure: bool,
}

pub(super) fn read(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    if digits(text) == 0 || !view.is_number_start() {
        return None;
    }
    if let Some(reading) = military(text, view.accent) {
        return Some(reading);
    }
    let first = time(text, view.accent);
    let (words, length) = match &first {
        Some(time) => (time.words.clone(), time.length),
        // "9-5 p.m."
        None => (hour(text, view.accent)?, digits(text)),
    };
    let rest = &text[length..];
    let spaced = rest.len() - rest.trim_start_matches(' ').len();
    let link = dash(&rest[spaced..]).map(|dash| {
        let after = &rest[spaced + dash..];
        spaced + dash + after.len() - after.trim_start_matches(' ').len()
    });
    if let Some(link) = link
        && let Some(second) = time(&rest[link..], view.accent)
        && (first.is_some() || second.is_sure)
        && is_edge(&rest[link + second.length..])
    {
        return Some(Reading::new(
            length + link + second.length,
            format!("{words} to {}", second.words),
        ));
    }
    first
        .filter(|time| is_edge(&text[time.length..]))
        .map(|time| Reading::new(time.length, time.words))
}

/// One time: with minutes, or with "am" or "pm".
fn time(text: &str, accent: Accent) -> Option<Time> {
    let count = digits(text);
    let hour: u64 = text[..count.min(2)].parse().ok()?;
    if count > 2 || hour > 24 {
        return None;
    }
    let mut length = count;
    let mut minutes = None;
    let mark = text[length..].chars().next();
    if let Some(':' | '.') = mark
        && digits(&text[length + 1..]) == 2
    {
        minutes = text[length + 1..length + 3]
            .parse::<u64>()
            .ok()
            .filter(|minutes| *minutes < 60);
        minutes?;
        length += 3;
    }
    let mut seconds = None;
    if mark == Some(':') && minutes.is_some() && text[length..].starts_with(':') {
        if digits(&text[length + 1..]) != 2 {
            return None;
        }
        seconds = text[length + 1..length + 3]
            .parse::<u64>()
            .ok()
            .filter(|seconds| *seconds < 60);
        seconds?;
        length += 3;
    }
    let half = half_of_day(&text[length..]).filter(|_| (1..=12).contains(&hour));
    if half.is_none() && mark != Some(':') || half.is_none() && minutes.is_none() {
        return None;
    }
    let said = |number: u64| match number {
        0..10 => format!("oh {}", cardinal(number, accent)),
        _ => cardinal(number, accent),
    };
    let mut words = match (hour, minutes) {
        (hour, None) => cardinal(hour, accent),
        (0 | 24, Some(0)) if seconds.is_none() => "midnight".into(),
        (hour, Some(0)) if half.is_some() => cardinal(hour, accent),
        (hour @ 1..=12, Some(0)) if seconds.is_none() => format!("{} o'clock", cardinal(hour, accent)),
        (hour, Some(0)) => format!("{} hundred", cardinal(hour, accent)),
        (hour, Some(minutes)) => format!("{} {}", cardinal(hour, accent), said(minutes)),
    };
    if let Some(seconds) = seconds {
        words = format!(
            "{words} and {} second{}",
            cardinal(seconds, accent),
            if seconds == 1 { "" } else { "s" }
        );
    }
    if let Some((half, taken)) = half {
        words = format!("{words} {half}");
        length += taken;
    }
    Some(Time {
        length,
        words,
        is_sure: half.is_some(),
    })
}

/// An hour of the first half of a range, which has neither minutes nor "am".
fn hour(text: &str, accent: Accent) -> Option<String> {
    let hour = text[..digits(text)]
        .parse()
        .ok()
        .filter(|hour| (1..=12).contains(hour))?;
    Some(cardinal(hour, accent))
}

/// "am" or "pm" in one of its forms, with the space before it.
fn half_of_day(text: &str) -> Option<(&'static str, usize)> {
    let gap = gap(text).min(1 + usize::from(text.starts_with(['\u{a0}', '\u{202f}'])) * 2);
    let after = text.get(gap..)?;
    let letter = after.chars().next()?;
    let half = match letter.to_ascii_lowercase() {
        'a' => "a.m",
        'p' => "p.m",
        _ => return None,
    };
    let after = &after[1..];
    if let Some(after) = after.strip_prefix('.') {
        let rest = after.strip_prefix(['m', 'M'])?;
        return is_edge(rest).then(|| (half, gap + 3 + full_stop(rest)));
    }
    let rest = after.strip_prefix(['m', 'M'])?;
    // "I, 5 AM" is no time, "5 am" hardly anything else.
    let full_stop = if rest.starts_with('.') && !is_sentence_end(&rest[1..]) && rest[1..].starts_with(',') {
        1
    } else {
        0
    };
    is_edge(rest).then_some((half, gap + 2 + full_stop))
}

/// "0730 hours", "1700 hrs".
fn military(text: &str, accent: Accent) -> Option<Reading> {
    let after = text.get(4..).filter(|_| digits(text) == 4)?;
    let after = after.trim_start_matches([' ', ':']);
    let unit = ["hours", "hrs", "h"]
        .into_iter()
        .find(|unit| after.starts_with(unit) && is_edge(&after[unit.len()..]))?;
    let (hours, minutes): (u64, u64) = (text[..2].parse().ok()?, text[2..4].parse().ok()?);
    if hours > 24 || minutes > 59 || (unit == "hours" && !text.starts_with('0') && minutes % 5 != 0) {
        return None;
    }
    let pair = |number: u64| match number {
        0 => "zero zero".to_string(),
        1..10 => format!("oh {}", cardinal(number, accent)),
        _ => cardinal(number, accent),
    };
    let minutes = if minutes == 0 {
        "hundred".into()
    } else {
        pair(minutes)
    };
    let length = text.len() - after.len() + unit.len();
    Some(Reading::new(length, format!("{} {minutes} hours", pair(hours))))
}
