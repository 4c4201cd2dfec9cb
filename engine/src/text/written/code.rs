//! Names of files and paths: "main.rs", "/etc/hosts", "~/notes.txt", "C:\Users\me", "src/lib.rs:42".

use super::super::language::Accent;
use super::address::{humps, mark};
use super::reading::Reading;
use super::spelling::{letters_and_digits, spell};
use super::view::{View, digits, is_edge};
use super::words::cardinal;

/// Endings of files, and what they are called; those without a name are spelled.
const ENDINGS: &[(&str, &str)] = &[
    ("rs", ""),
    ("py", ""),
    ("js", ""),
    ("jsx", ""),
    ("ts", ""),
    ("tsx", ""),
    ("json", "Jason"),
    ("jsonl", "Jason L"),
    ("yaml", "yamel"),
    ("yml", ""),
    ("toml", "tomel"),
    ("txt", "text"),
    ("md", ""),
    ("pdf", ""),
    ("doc", "doc"),
    ("docx", "doc X"),
    ("xls", ""),
    ("xlsx", ""),
    ("ppt", ""),
    ("pptx", ""),
    ("csv", ""),
    ("png", ""),
    ("jpg", "J peg"),
    ("jpeg", "jpeg"),
    ("gif", "gif"),
    ("svg", ""),
    ("mp3", "MP three"),
    ("mp4", "MP four"),
    ("wav", "wave"),
    ("ogg", "ogg"),
    ("flac", "flack"),
    ("mov", "mov"),
    ("zip", "zip"),
    ("tar", "tar"),
    ("gz", ""),
    ("exe", ""),
    ("dll", ""),
    ("so", ""),
    ("sh", ""),
    ("bat", "bat"),
    ("c", ""),
    ("h", ""),
    ("cpp", ""),
    ("hpp", ""),
    ("cs", ""),
    ("html", ""),
    ("htm", ""),
    ("css", ""),
    ("scss", ""),
    ("xml", ""),
    ("log", "log"),
    ("ini", ""),
    ("cfg", ""),
    ("conf", "conf"),
    ("lock", "lock"),
    ("java", "Java"),
    ("kt", ""),
    ("go", "go"),
    ("rb", ""),
    ("php", ""),
    ("sql", "SQL"),
    ("ipynb", ""),
    ("bin", "bin"),
    ("srt", ""),
    ("vtt", ""),
    ("env", "env"),
    ("onnx", "onyx"),
    ("wasm", "wasm"),
    ("db", ""),
    ("bak", "back"),
    ("tmp", "temp"),
    ("app", "app"),
    ("dmg", ""),
    ("iso", ""),
    ("apk", ""),
    ("vue", "view"),
    ("swift", "swift"),
    ("proto", "proto"),
];

pub(super) fn read(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    let first = view.first()?;
    let begins = first.is_alphanumeric() || matches!(first, '/' | '~' | '.' | '_');
    if !begins
        || !view.is_word_start()
        || matches!(view.previous(), Some('/' | '\\' | '.' | '@' | ':' | '-' | '<'))
    {
        return None;
    }
    let run = &text[..text.find(is_end).unwrap_or(text.len())];
    let run = run.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*']);
    let (path, line) = match run.rsplit_once(':') {
        Some((path, line)) if !line.is_empty() && digits(line) == line.len() && line.len() < 7 => {
            (path, Some(line))
        }
        _ => (run, None),
    };
    if !is_path(path) && !is_file(path) {
        return None;
    }
    let mut words = spoken(path, view.accent);
    if let Some(line) = line {
        words = format!("{words} line {}", cardinal(line.parse().ok()?, view.accent));
    }
    let length = path.len() + line.map_or(0, |line| 1 + line.len());
    is_edge(&text[length..]).then(|| Reading::new(length, words))
}

fn is_end(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '<' | '>'
                | '"'
                | '“'
                | '”'
                | '`'
                | '|'
                | '—'
                | '…'
                | '’'
                | '('
                | ')'
                | '['
                | ']'
                | '{'
                | '}'
                | '='
                | '&'
                | '\''
        )
}

/// A name with the ending of a file.
fn is_file(name: &str) -> bool {
    let name = &name[name.rfind(['/', '\\']).map_or(0, |slash| slash + 1)..];
    let Some((stem, ending)) = name.rsplit_once('.') else {
        return false;
    };
    let known = ENDINGS
        .iter()
        .any(|(known, _)| *known == ending.to_ascii_lowercase());
    let is_stem = stem
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '+'));
    // "No.so" and "it.so" are forgotten spaces; "e.g" is an abbreviation.
    let is_word = matches!(
        ending,
        "so" | "go" | "app" | "bin" | "log" | "lock" | "env" | "bat" | "swift" | "back" | "Java"
    ) && is_capital(stem);
    let single = ending.len() == 1 && stem.chars().count() < 2;
    known
        && is_stem
        && !is_word
        && !single
        && (stem.contains(char::is_alphabetic) || stem.is_empty() && name.len() > 3)
}

fn is_capital(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
}

/// A path: from the root, from a home, with a drive, or with a file at its end.
fn is_path(path: &str) -> bool {
    let is_name = |name: &str| {
        name.chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '*' | '+' | '@' | '~' | ','))
    };
    if let Some((drive, rest)) = path.split_once(":\\") {
        return drive.len() == 1
            && drive.chars().all(|c| c.is_ascii_alphabetic())
            && rest.split('\\').all(is_name);
    }
    if !path.contains('/') || !path.split('/').all(is_name) || !path.contains(char::is_alphabetic) {
        return false;
    }
    let rooted = path.strip_prefix('/').is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '.') && rest.len() > 1
    });
    // "/fu/" is how sounds are written.
    let is_sound = rooted && path.ends_with('/') && path.matches('/').count() == 2;
    (rooted && !is_sound) || ["~/", "./", "../"].iter().any(|root| path.starts_with(root)) || is_file(path)
}

fn spoken(path: &str, accent: Accent) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(c) = path[at..].chars().next() {
        let end = path[at..]
            .find(|c: char| !c.is_alphanumeric())
            .map_or(path.len(), |end| at + end);
        if end == at {
            words.push(mark(c).into());
            at += c.len_utf8();
            continue;
        }
        let word = &path[at..end];
        let ending = path[..at].ends_with('.').then(|| {
            ENDINGS
                .iter()
                .find(|(known, _)| *known == word.to_ascii_lowercase())
        });
        match ending.flatten() {
            Some((ending, "")) => words.push(spell(ending)),
            Some((_, name)) => words.push((*name).into()),
            None => words.extend(
                humps(word)
                    .into_iter()
                    .map(|hump| letters_and_digits(hump, accent)),
            ),
        }
        at = end;
    }
    words.retain(|word| !word.is_empty());
    words.join(" ")
}
