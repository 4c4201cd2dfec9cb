//! E-mail addresses, web addresses, @names and #tags, said as one dictates them.
//!
//! The scheme ("https://") is not said, the marks are. One word to those who follow what is heard.

use super::super::language::Accent;
use super::reading::Reading;
use super::spelling::{letters_and_digits, spell};
use super::view::{View, digits, is_word_char};
use super::words::cardinal;

/// Endings of hosts that make a name with full stops an address without more. Those that are words are not in it, since
/// a space after a full stop is easily forgotten.
const DOMAINS: [&str; 40] = [
    "com", "org", "net", "edu", "gov", "mil", "int", "info", "biz", "io", "ai", "dev", "app", "co", "uk",
    "de", "fr", "eu", "us", "ca", "au", "nz", "jp", "cn", "ru", "ch", "nl", "se", "es", "ie", "tv", "ly",
    "rs", "gg", "xyz", "tech", "blog", "shop", "page", "cloud",
];
/// Those of them that are said as words.
const SPOKEN: [&str; 16] = [
    "com", "org", "net", "gov", "mil", "info", "biz", "dev", "app", "co", "tech", "blog", "shop", "page",
    "cloud", "int",
];

pub(super) fn read(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    let first = view.first()?;
    if !view.is_word_start() {
        return None;
    }
    if first == '@' || first == '#' {
        return tag(text, first, view);
    }
    if !first.is_alphanumeric() || matches!(view.previous(), Some('@' | '/' | '.' | '-')) {
        return None;
    }
    let run = &text[..text.find(is_end).unwrap_or(text.len())];
    let run = trimmed(run);
    if !run.contains(['.', '@', ':']) {
        return None;
    }
    let words = if let Some((scheme, rest)) = run.split_once("://") {
        let known = matches!(
            scheme.to_ascii_lowercase().as_str(),
            "http" | "https" | "ftp" | "file" | "ssh" | "git" | "ws" | "wss"
        );
        known.then(|| spoken(rest, view.accent))?
    } else if let Some(rest) = run.strip_prefix("mailto:") {
        spoken(rest, view.accent)
    } else if is_mail(run) || is_host(run) {
        spoken(run, view.accent)
    } else {
        return None;
    };
    (!words.is_empty()).then(|| Reading::new(run.len(), words))
}

/// Whether an address cannot go on with a character.
fn is_end(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '<' | '>' | '"' | '“' | '”' | '`' | '|' | '{' | '}' | '—' | '…' | '’' | '[' | ']' | '\\' | '^'
        )
}

/// Without the marks of the sentence around it.
fn trimmed(run: &str) -> &str {
    let run = run.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_']);
    if run.ends_with(')') && run.matches('(').count() < run.matches(')').count() {
        return trimmed(&run[..run.len() - 1]);
    }
    run
}

fn is_mail(run: &str) -> bool {
    let Some((user, host)) = run.split_once('@') else {
        return false;
    };
    let is_user = !user.is_empty()
        && user
            .chars()
            .all(|c| is_word_char(c) || matches!(c, '.' | '-' | '+' | '%'));
    is_user && host.contains('.') && host.split('.').all(is_label)
}

/// Whether a run without a scheme is a web address: a host of a known ending, and perhaps a path.
fn is_host(run: &str) -> bool {
    let host = &run[..run.find(['/', '?', '#']).unwrap_or(run.len())];
    let (host, port) = host.split_once(':').unwrap_or((host, "0"));
    if port.is_empty() || digits(port) < port.len() || !host.split('.').all(is_label) {
        return false;
    }
    if host == "localhost" && port != "0" {
        return true;
    }
    let Some((name, ending)) = host.rsplit_once('.') else {
        return false;
    };
    let known = DOMAINS.contains(&ending) || ending == "NET";
    let is_named = name.contains(|c: char| c.is_alphabetic());
    // "main.rs" is a file, "crates.rs/x" a page.
    let is_file = ending == "rs" && !run.contains('/') && !host.starts_with("docs.");
    host.starts_with("www.")
        || (known && is_named && !is_file)
        || (ending.len() == 2 && run.contains('/') && known)
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
}

/// An address as it is dictated.
fn spoken(address: &str, accent: Accent) -> String {
    let host_end = address.find(['/', '?', '#']).unwrap_or(address.len());
    let address = address.strip_suffix('/').unwrap_or(address);
    let mut words: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(c) = address[at..].chars().next() {
        let end = address[at..]
            .find(|c: char| !c.is_alphanumeric())
            .map_or(address.len(), |end| at + end);
        if end > at {
            let word = &address[at..end];
            let before = address[..at].chars().next_back();
            let ends_host = before == Some('.')
                && (end >= host_end || address[end..].starts_with([':', '.']))
                && end <= host_end;
            words.push(if word.eq_ignore_ascii_case("www") {
                "WWW".into()
            } else if ends_host && DOMAINS.contains(&word) && !SPOKEN.contains(&word) {
                spell(word)
            } else {
                label(word, accent)
            });
            at = end;
            continue;
        }
        words.push(mark(c).into());
        at += c.len_utf8();
    }
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

/// A run of letters and digits inside of an address: letters as they are, so that the dictionary may find words in it.
fn label(word: &str, accent: Accent) -> String {
    let is_number = word.bytes().all(|c| c.is_ascii_digit());
    match word.parse::<u64>() {
        Ok(number) if is_number && word.len() < 3 && !word.starts_with('0') => cardinal(number, accent),
        _ => letters_and_digits(word, accent),
    }
}

/// The name of a mark in an address or a path.
pub(super) fn mark(c: char) -> &'static str {
    match c {
        '.' => "dot",
        '/' => "slash",
        '\\' => "backslash",
        '@' => "at",
        '-' => "dash",
        '_' => "underscore",
        ':' => "colon",
        '?' => "question mark",
        '=' => "equals",
        '&' => "and",
        '#' => "hash",
        '%' => "percent",
        '~' => "tilde",
        '+' => "plus",
        '*' => "star",
        ',' => "comma",
        ';' => "semicolon",
        '$' => "dollar",
        _ => "",
    }
}

/// "@name", "#tag", "#1".
fn tag(text: &str, sign: char, view: &View<'_>) -> Option<Reading> {
    let name = &text[1..];
    let mut end = name
        .find(|c: char| !is_word_char(c) && !matches!(c, '-' | '.'))
        .unwrap_or(name.len());
    end = name[..end].trim_end_matches(['.', '-', '_']).len();
    if sign == '#' {
        end = name.find(|c: char| !is_word_char(c)).unwrap_or(name.len());
    }
    if name[end..].starts_with('#') {
        return None;
    }
    let word = &name[..end];
    if !view.is_after_space() && !view.previous().is_some_and(|c| matches!(c, '/' | ',' | '#'))
        || word.is_empty()
    {
        return None;
    }
    if sign == '#' && digits(word) == word.len() {
        let number = word.parse().ok().filter(|_| word.len() < 7)?;
        return Some(Reading::new(
            1 + end,
            format!("number {}", cardinal(number, view.accent)),
        ));
    }
    let lead = if sign == '#' { "hashtag" } else { "at" };
    let mut words: Vec<String> = vec![lead.into()];
    for part in word.split_inclusive(['_', '-', '.']) {
        let (letters, mark_after) = match part.chars().next_back() {
            Some(c @ ('_' | '-' | '.')) => (&part[..part.len() - 1], mark(c)),
            _ => (part, ""),
        };
        for hump in humps(letters) {
            words.push(letters_and_digits(hump, view.accent));
        }
        words.push(mark_after.into());
    }
    words.retain(|word| !word.is_empty());
    Some(Reading::new(1 + end, words.join(" ")))
}

/// "RustLang" in its parts.
pub(super) fn humps(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut before = ' ';
    for (at, c) in word.char_indices() {
        let next_small = word[at + c.len_utf8()..].starts_with(char::is_lowercase);
        if at > start && c.is_uppercase() && (before.is_lowercase() || (before.is_uppercase() && next_small))
        {
            parts.push(&word[start..at]);
            start = at;
        }
        before = c;
    }
    parts.push(&word[start..]);
    parts.retain(|part| !part.is_empty());
    parts
}
