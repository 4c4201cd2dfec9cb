//! Versions: "v2.0.1", "1.2.3-rc.1", "Python 3.11".

use super::super::language::Accent;
use super::reading::Reading;
use super::spelling::spell;
use super::view::{View, digits, is_edge};
use super::words::{cardinal, one_by_one};

/// What has versions of two numbers, of which the second is no decimal fraction.
const VERSIONED: [&str; 38] = [
    "Python",
    "python",
    "Java",
    "Node",
    "Ubuntu",
    "Debian",
    "Fedora",
    "version",
    "Version",
    "Rust",
    "rustc",
    "Go",
    "PHP",
    "Ruby",
    "Swift",
    "Linux",
    "kernel",
    "release",
    "Release",
    "macOS",
    "iOS",
    "iPadOS",
    "Android",
    "Chrome",
    "Firefox",
    "Safari",
    "Kotlin",
    "Django",
    "Rails",
    "Postgres",
    "PostgreSQL",
    "MySQL",
    "CUDA",
    "Kubernetes",
    "Bluetooth",
    "HTTP",
    "TLS",
    "USB",
];

pub(super) fn read(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    let v = usize::from(text.starts_with(['v', 'V']));
    if !view.is_number_start() || digits(&text[v..]) == 0 || view.previous() == Some('-') {
        return None;
    }
    let (mut words, mut count, mut length) = (Vec::new(), 0, v);
    loop {
        let taken = digits(&text[length..]);
        words.push(part(&text[length..length + taken], view.accent));
        length += taken;
        count += 1;
        if count > 8 || !text[length..].starts_with('.') || digits(&text[length + 1..]) == 0 {
            break;
        }
        length += 1;
    }
    let named = VERSIONED.contains(&view.previous_word()) && count > 1;
    let sure = (v == 1 && (text.starts_with('v') || count > 1)) || named || count > 2;
    if !sure {
        return None;
    }
    let mut said = words.join(" point ");
    if text[length..].starts_with(".x") && is_edge(&text[length + 2..]) {
        said.push_str(" point X");
        length += 2;
    }
    if let Some((suffix, taken)) = suffix(&text[length..], view.accent) {
        said = format!("{said} {suffix}");
        length += taken;
    }
    if v == 1 {
        let before = view.previous_word();
        said = if before.eq_ignore_ascii_case("version") {
            said
        } else {
            format!("version {said}")
        };
    }
    is_edge(&text[length..]).then(|| Reading::new(length, said))
}

fn part(digits: &str, accent: Accent) -> String {
    match digits.parse() {
        Ok(value) if digits.len() < 4 && (digits.len() == 1 || !digits.starts_with('0')) => {
            cardinal(value, accent)
        }
        _ => one_by_one(digits),
    }
}

/// "-rc1", "-beta.2", "b3": what it is, and its length.
fn suffix(text: &str, accent: Accent) -> Option<(String, usize)> {
    let after = text.strip_prefix('-').unwrap_or(text);
    let word = after.bytes().take_while(u8::is_ascii_alphabetic).count();
    let name = match &after[..word] {
        "rc" | "RC" => spell("RC"),
        "a" | "alpha" => "alpha".into(),
        "b" | "beta" => "beta".into(),
        "dev" => "dev".into(),
        "pre" => "pre".into(),
        "preview" => "preview".into(),
        "nightly" => "nightly".into(),
        "lts" | "LTS" => spell("LTS"),
        _ => return None,
    };
    let mut length = text.len() - after.len() + word;
    let dot = usize::from(text[length..].starts_with(['.', '-']));
    let count = digits(&text[length + dot..]);
    if count == 0 {
        return Some((name, length));
    }
    let number = part(&text[length + dot..length + dot + count], accent);
    length += dot + count;
    Some((format!("{name} {number}"), length))
}
