//! HTML in Markdown: tags, comments, addresses in angle brackets, characters written as `&name;`.
//!
//! Called by `filter` at a `<` or `&`. Only tags of elements that HTML has are tags, so that `Vec<String>`, `<your name>` and
//! `a <b and c> d` stay as they are. What stands between two tags is text like any other.

use std::ops::Range;

use super::ahead::{Ahead, Look, Miss};

/// Elements that stand in the middle of a line.
const INLINE: [&str; 41] = [
    "a", "abbr", "audio", "b", "button", "cite", "code", "del", "dfn", "em", "font", "i", "iframe", "img",
    "input", "ins", "kbd", "label", "mark", "picture", "q", "s", "samp", "small", "source", "span", "strike",
    "strong", "sub", "sup", "svg", "time", "tt", "u", "var", "video", "wbr", "path", "center", "ruby", "rt",
];
/// Elements that begin a line of their own.
const BLOCK: [&str; 42] = [
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "col",
    "colgroup",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "tr",
    "ul",
];
/// Attributes that need no value.
const FLAGS: [&str; 8] = [
    "open", "hidden", "disabled", "checked", "controls", "autoplay", "loop", "reversed",
];
/// Longer than the name of any element.
const LONGEST_NAME: usize = 10;

/// A tag of an element of HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) end: usize,
    /// Whether a line ends here.
    pub(super) breaks: bool,
    /// What is said for an image.
    pub(super) alternative: Option<Range<usize>>,
}

/// `<!-- … -->`: its length.
pub(super) fn comment(ahead: &Ahead) -> Look<usize> {
    for (i, sign) in "<!--".chars().enumerate() {
        if ahead.char(i)? != Some(sign) {
            return Err(Miss::No);
        }
    }
    let end = ahead.text[4..].find("-->").ok_or(Miss::Open)?;
    Ok(4 + end + 3)
}

/// `<https://example.com>` or `<me@example.com>`: the address.
pub(super) fn address(ahead: &Ahead) -> Look<Range<usize>> {
    let end = ahead.skip(1, |c| !c.is_whitespace() && !matches!(c, '<' | '>'))?;
    if ahead.char(end)? != Some('>') {
        return Err(Miss::No);
    }
    let address = &ahead.text[1..end];
    if address.contains("://") || address.starts_with("mailto:") || address.contains('@') {
        Ok(1..end)
    } else {
        Err(Miss::No)
    }
}

/// A tag that opens or closes an element.
pub(super) fn tag(ahead: &Ahead) -> Look<Tag> {
    let start = if ahead.char(1)? == Some('/') { 2 } else { 1 };
    let mut name_end = start;
    while ahead.char(name_end)?.is_some_and(|c| c.is_ascii_alphanumeric()) {
        name_end += 1;
        if name_end - start > LONGEST_NAME {
            return Err(Miss::No);
        }
    }
    let name = ahead.text[start..name_end].to_ascii_lowercase();
    let breaks = BLOCK.contains(&name.as_str());
    if !breaks && !INLINE.contains(&name.as_str()) {
        return Err(Miss::No);
    }
    let mut alternative = None;
    let mut at = name_end;
    loop {
        let next = ahead.skip(at, char::is_whitespace)?;
        match ahead.char(next)? {
            Some('>') => {
                let end = next + 1;
                return Ok(Tag {
                    end,
                    breaks,
                    alternative,
                });
            }
            Some('/') if ahead.char(next + 1)? == Some('>') => at = next + 1,
            Some(c) if next > at && c.is_ascii_alphabetic() => {
                let (key, value) = attribute(ahead, next)?;
                at = value.end.max(key.end);
                if quoted(ahead.text, &value) {
                    at += 1;
                }
                if name == "img" && &ahead.text[key] == "alt" {
                    alternative = Some(value);
                }
            }
            _ => return Err(Miss::No),
        }
    }
}

/// An attribute at `start`: the places of its name and of its value, which is empty for a flag.
fn attribute(ahead: &Ahead, start: usize) -> Look<(Range<usize>, Range<usize>)> {
    let end = ahead.skip(start, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':')
    })?;
    let key = start..end;
    if ahead.char(end)? != Some('=') {
        let is_flag = FLAGS.contains(&&ahead.text[key.clone()]);
        return if is_flag {
            Ok((key, end..end))
        } else {
            Err(Miss::No)
        };
    }
    let value = end + 1;
    match ahead.char(value)? {
        Some(quote @ ('"' | '\'')) => {
            let end = ahead.skip(value + 1, |c| c != quote)?;
            if ahead.char(end)?.is_none() {
                return Err(Miss::No);
            }
            Ok((key, value + 1..end))
        }
        _ => {
            let end = ahead.skip(value, |c| {
                !c.is_whitespace() && !matches!(c, '>' | '"' | '\'' | '<')
            })?;
            if end == value {
                Err(Miss::No)
            } else {
                Ok((key, value..end))
            }
        }
    }
}

/// Whether a value stands in quotes.
fn quoted(text: &str, value: &Range<usize>) -> bool {
    value.start > 0
        && text[..value.start].ends_with(['"', '\''])
        && text[value.end..].starts_with(['"', '\''])
}

/// `&amp;`, `&#39;` or `&#x27;`: the character, and the length of what stands for it.
pub(super) fn entity(ahead: &Ahead) -> Look<(char, usize)> {
    let end = ahead.skip(1, |c| c.is_ascii_alphanumeric() || c == '#')?;
    if end > 1 + LONGEST_NAME || ahead.char(end)? != Some(';') {
        return Err(Miss::No);
    }
    let name = &ahead.text[1..end];
    let number = match (name.strip_prefix("#x"), name.strip_prefix('#')) {
        (Some(hexadecimal), _) => u32::from_str_radix(hexadecimal, 16).ok(),
        (None, Some(decimal)) => decimal.parse().ok(),
        (None, None) => None,
    };
    let named = || {
        Some(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "nbsp" => '\u{a0}',
            "copy" => '©',
            "reg" => '®',
            "trade" => '™',
            "hellip" => '…',
            "mdash" => '—',
            "ndash" => '–',
            "lsquo" => '‘',
            "rsquo" => '’',
            "ldquo" => '“',
            "rdquo" => '”',
            "times" => '×',
            "deg" => '°',
            "euro" => '€',
            "pound" => '£',
            _ => return None,
        })
    };
    let character = number.and_then(char::from_u32).or_else(named);
    let character = character.filter(|c| !c.is_control()).ok_or(Miss::No)?;
    Ok((character, end + 1))
}
