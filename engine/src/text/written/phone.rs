//! Telephone numbers and addresses of machines (IP): digit by digit, in the groups in which they are written.
//!
//! Each group is a word of its own to those who follow what is heard, with a short pause between.

use super::super::language::Accent;
use super::reading::{Part, Reading};
use super::view::{View, digits, is_edge};
use super::words::one_by_one;

/// A group of digits: where it is in the text, with a "+" or brackets.
struct Group {
    start: usize,
    end: usize,
    digits: String,
    /// The character between it and the group before.
    mark: Option<char>,
}

pub(super) fn read(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    let first = view.first()?;
    if !matches!(first, '+' | '(' | '0'..='9')
        || !view.is_number_start()
        || (first != '(' && !view.is_number_start())
    {
        return None;
    }
    let found = groups(text);
    // The longest beginning that is a number: what follows may be something else ("555-1234 2024").
    let count = (1..=found.len()).rev().find(|count| {
        let end = found[*count - 1].end;
        let goes_on = text[end..].starts_with(['-', '.', '/', ':', ','])
            && text[end + 1..].starts_with(|c: char| c.is_ascii_digit());
        is_edge(&text[end..]) && !goes_on && is_number(&found[..*count], text)
    })?;
    let mut parts = Vec::new();
    let mut end = 0;
    for group in &found[..count] {
        if end > 0 {
            parts.push(Part {
                words: ",".into(),
                range: end..group.start,
            });
        }
        parts.push(Part {
            words: said(group, view.accent),
            range: group.start..group.end,
        });
        end = group.end;
    }
    let is_internet = found[1..count].iter().all(|group| group.mark == Some('.')) && count == 4;
    if is_internet {
        let words: Vec<String> = found[..count]
            .iter()
            .map(|group| one_by_one(&group.digits))
            .collect();
        return Some(Reading::new(end, words.join(" dot ")));
    }
    Some(Reading { length: end, parts })
}

/// What is said for a group.
fn said(group: &Group, accent: Accent) -> String {
    let digits = match (group.digits.as_str(), accent) {
        ("800", _) => "eight hundred".to_string(),
        (digits, Accent::American) => one_by_one(digits),
        (digits, Accent::British) => one_by_one(digits).replace("zero", "oh"),
    };
    if group.mark == Some('+') {
        format!("plus {digits}")
    } else {
        digits
    }
}

/// The groups of digits that `text` begins with, one mark between them.
fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut at = 0;
    let mut start = 0;
    let mut mark = None;
    if text.starts_with('+') {
        (at, mark) = (1, Some('+'));
    }
    while groups.len() < 7 {
        let bracket = text[at..].starts_with('(');
        at += usize::from(bracket);
        let count = digits(&text[at..]);
        let mut end = at + count;
        if bracket {
            if !text[end..].starts_with(')') {
                break;
            }
            end += 1;
        }
        if count == 0 {
            break;
        }
        groups.push(Group {
            start,
            end,
            digits: text[at..at + count].to_string(),
            mark,
        });
        let rest = &text[end..];
        let next = rest.chars().next();
        mark = next.filter(|c| matches!(c, ' ' | '-' | '.' | '\u{a0}' | '\u{2011}' | '–'));
        let mut begin = end + mark.map_or(0, char::len_utf8);
        if mark == Some(' ') && text[begin..].starts_with("- ") {
            begin += 2;
        }
        if mark.is_none() && !bracket && !rest.starts_with('(')
            || !text[begin..].starts_with(|c: char| c == '(' || c.is_ascii_digit())
        {
            break;
        }
        (start, at) = (begin, begin);
    }
    groups
}

/// Whether groups of digits are a telephone number or the address of a machine.
fn is_number(groups: &[Group], text: &str) -> bool {
    let lengths: Vec<usize> = groups.iter().map(|group| group.digits.len()).collect();
    let total: usize = lengths.iter().sum();
    let marks = |wanted: &[char]| {
        groups[1..]
            .iter()
            .all(|group| group.mark.is_none_or(|mark| wanted.contains(&mark)))
    };
    let first = &groups[0];
    if first.mark == Some('+') {
        return (8..=15).contains(&total)
            && (total > 9 || lengths.len() > 2)
            && marks(&[' ', '-', '.', '\u{a0}', '\u{2011}']);
    }
    if text.starts_with('(') {
        return matches!(lengths[..], [3, 3, 4] | [3, 7])
            || (first.digits.starts_with('0') && (9..=11).contains(&total) && lengths.len() > 1);
    }
    match lengths[..] {
        // "500-1000" is a range.
        [3, 4] => {
            let round = groups.iter().all(|group| group.digits.ends_with('0'));
            matches!(groups[1].mark, Some('-' | '\u{2011}')) && !round
        }
        [3, 3, 4] => true,
        [1, 3, 3, 4] => first.digits == "1",
        [_, _, _, _] if marks(&['.']) && groups[1].mark.is_some() => groups
            .iter()
            .all(|group| group.digits.len() <= 3 && group.digits.parse::<u32>().is_ok_and(|part| part < 256)),
        [10 | 11] => {
            first.digits.starts_with("07")
                || first.digits.starts_with("01")
                || first.digits.starts_with("02")
                || first.digits.starts_with("08")
        }
        [3..=5, _] | [3..=5, _, _] => {
            first.digits.starts_with('0') && (10..=11).contains(&total) && marks(&[' ', '-', '\u{a0}'])
        }
        _ => false,
    }
}
