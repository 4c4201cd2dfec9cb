//! Options of commands, as one says them to somebody who types: "--release", "-v".

use super::reading::Reading;
use super::spelling::{letters_and_digits, spell};
use super::view::{View, is_edge};

pub(super) fn read(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    if !text.starts_with('-') || !view.previous().is_some_and(|c| c == ' ' || c == '`') {
        return None;
    }
    if let Some(name) = text.strip_prefix("--") {
        let end = name
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '-')
            .unwrap_or(name.len());
        let name = name[..end].trim_end_matches('-');
        if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
            return None;
        }
        let parts: Vec<String> = name
            .split('-')
            .filter(|part| !part.is_empty())
            .map(|part| letters_and_digits(part, view.accent))
            .collect();
        return Some(Reading::new(
            2 + name.len(),
            format!("dash dash {}", parts.join(" ")),
        ));
    }
    let letter = text[1..].chars().next().filter(char::is_ascii_alphabetic)?;
    is_edge(&text[2..]).then(|| Reading::new(2, format!("dash {}", spell(&letter.to_string()))))
}
