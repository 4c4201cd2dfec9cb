//! What stands inside of a line: emphasis, code, links, images, marks of footnotes.
//!
//! Called by `filter` at a character that may begin one of them. Each function looks for one construct, says what it
//! found, and changes nothing. They ask for more than CommonMark does, because a sign that is taken for Markdown is lost
//! in speech: "2*3*4" and "a[i](x)" stay as they are.

use std::ops::Range;

use super::ahead::{Ahead, Look, Miss, is_blank};

/// Code between backticks: what is between them, and where they end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) text: Range<usize>,
    pub(super) end: usize,
}

/// A link or an image: its text, its address, and where it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) text: Range<usize>,
    pub(super) address: Option<Range<usize>>,
    pub(super) end: usize,
}

/// What a run of `*`, `_` or `~` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Emphasis {
    Opens,
    Closes,
}

/// `` `code` ``, with as many backticks behind it as before it.
pub(super) fn code(ahead: &Ahead) -> Look<Code> {
    let signs = ahead.skip(0, |c| c == '`')?;
    let mut at = signs;
    loop {
        at = ahead.skip(at, |c| c != '`' && c != '\n')?;
        if ahead.char(at)? == Some('`') {
            let end = ahead.skip(at, |c| c == '`')?;
            if end - at == signs {
                let text = padding_off(ahead.text, signs..at);
                return Ok(Code { text, end });
            }
            at = end;
        } else {
            at = next_line(ahead, at)?;
        }
    }
}

/// Code without the blank on both sides that keeps backticks in it apart from those around it.
fn padding_off(text: &str, code: Range<usize>) -> Range<usize> {
    let inner = &text[code.clone()];
    if inner.starts_with(' ') && inner.ends_with(' ') && !inner.trim().is_empty() {
        code.start + 1..code.end - 1
    } else {
        code
    }
}

/// The beginning of the next line, if the line at whose end this is belongs to the same paragraph.
fn next_line(ahead: &Ahead, at: usize) -> Look<usize> {
    if ahead.char(at)?.is_none() {
        return Err(Miss::No);
    }
    let text = ahead.skip(at + 1, |c| is_blank(c) || c == '\r')?;
    match ahead.char(text)? {
        Some('\n') | None => Err(Miss::No),
        Some(_) => Ok(at + 1),
    }
}

/// `[^1]` or `[^name]`: its length. "[^a-z]" is none.
pub(super) fn footnote_mark(ahead: &Ahead) -> Look<usize> {
    if ahead.char(1)? != Some('^') {
        return Err(Miss::No);
    }
    let end = ahead.skip(2, |c| c.is_ascii_alphanumeric() || c == '_')?;
    if end > 2 && ahead.char(end)? == Some(']') {
        Ok(end + 1)
    } else {
        Err(Miss::No)
    }
}

/// `[text](address "title")`, `[text][name]` or `[text][]`, with its opening bracket at `open`; `before` is the character
/// before the link.
pub(super) fn link(ahead: &Ahead, open: usize, before: Option<char>) -> Look<Link> {
    if ahead.char(open)? != Some('[') {
        return Err(Miss::No);
    }
    let close = matching_bracket(ahead, open)?;
    let text = open + 1..close;
    let in_word = before.is_some_and(|c| is_word(c) || matches!(c, ')' | ']'));
    match ahead.char(close + 1)? {
        Some('(') => {
            let (address, end) = destination(ahead, close + 2)?;
            // "a[i](x)" is a call.
            if in_word && !ahead.text[address.clone()].contains(['/', '.', '#', ':', '@']) {
                return Err(Miss::No);
            }
            Ok(Link {
                text,
                address: Some(address),
                end,
            })
        }
        Some('[') if !in_word => {
            let end = ahead.skip(close + 2, |c| !matches!(c, '[' | ']' | '\n'))?;
            if ahead.char(end)? != Some(']') {
                return Err(Miss::No);
            }
            // "[1][2]" are two references, not one.
            let words = &ahead.text[text.clone()];
            if !words.contains(char::is_alphabetic) {
                return Err(Miss::No);
            }
            Ok(Link {
                text,
                address: None,
                end: end + 1,
            })
        }
        _ => Err(Miss::No),
    }
}

/// The bracket that closes the one at `open`, in the same line or the next.
fn matching_bracket(ahead: &Ahead, open: usize) -> Look<usize> {
    let mut depth = 0;
    let mut at = open;
    loop {
        at = ahead.skip(at, |c| !matches!(c, '[' | ']' | '\\' | '\n'))?;
        match ahead.char(at)? {
            Some('[') => depth += 1,
            Some(']') if depth == 1 => return Ok(at),
            Some(']') => depth -= 1,
            Some('\n') => {
                next_line(ahead, at)?;
            }
            Some(_) => {
                let escaped = ahead.char(at + 1)?.map_or(0, char::len_utf8);
                at += escaped;
            }
            None => return Err(Miss::No),
        }
        at += 1;
    }
}

/// An address from `start` on, and where the link ends, behind its parenthesis.
fn destination(ahead: &Ahead, start: usize) -> Look<(Range<usize>, usize)> {
    let start = ahead.skip(start, is_blank)?;
    let (address, rest) = if ahead.char(start)? == Some('<') {
        let end = ahead.skip(start + 1, |c| !matches!(c, '>' | '<' | '\n'))?;
        if ahead.char(end)? != Some('>') {
            return Err(Miss::No);
        }
        (start + 1..end, end + 1)
    } else {
        let end = bare_address(ahead, start)?;
        (start..end, end)
    };
    let mut at = ahead.skip(rest, is_blank)?;
    if let Some(quote @ ('"' | '\'')) = ahead.char(at)?.filter(|_| at > rest) {
        at = ahead.skip(at + 1, |c| c != quote && c != '\n')?;
        if ahead.char(at)? != Some(quote) {
            return Err(Miss::No);
        }
        at = ahead.skip(at + 1, is_blank)?;
    }
    match ahead.char(at)? {
        Some(')') => Ok((address, at + 1)),
        _ => Err(Miss::No),
    }
}

/// Where an address without brackets ends: at a blank, or at the parenthesis that closes the link.
fn bare_address(ahead: &Ahead, start: usize) -> Look<usize> {
    let mut depth = 0;
    let mut at = start;
    loop {
        at = ahead.skip(at, |c| !matches!(c, '(' | ')') && !c.is_whitespace())?;
        match ahead.char(at)? {
            Some('(') => depth += 1,
            Some(')') if depth > 0 => depth -= 1,
            _ => return Ok(at),
        }
        at += 1;
    }
}

/// What a run of `sign` does that begins here, and its length; `before` is the character before it, `open` how many of
/// these signs are open.
pub(super) fn emphasis(
    ahead: &Ahead,
    sign: char,
    before: Option<char>,
    open: usize,
) -> Look<(Emphasis, usize)> {
    let length = ahead.skip(0, |c| c == sign)?;
    let lengths = if sign == '~' { 2..=2 } else { 1..=3 };
    if !lengths.contains(&length) {
        return Err(Miss::No);
    }
    let after = ahead.char(length)?;
    if open > 0 && closes(sign, before, after) {
        return Ok((Emphasis::Closes, length));
    }
    let Some(after) = after.filter(|c| opens(sign, length, before, *c)) else {
        return Err(Miss::No);
    };
    // A `*` before a word is taken for emphasis at once, so that the sentence in it need not be waited for. One before
    // a number could be a product, and the other signs are parts of names: they need their counterpart.
    if sign != '*' || (length == 1 && after.is_numeric()) {
        closing_run(ahead, length, sign)?;
    }
    Ok((Emphasis::Opens, length))
}

/// Whether a run between these characters can close emphasis.
fn closes(sign: char, before: Option<char>, after: Option<char>) -> bool {
    let Some(before) = before.filter(|c| !c.is_whitespace()) else {
        return false;
    };
    let Some(after) = after.filter(|c| is_word(*c)) else {
        return true;
    };
    match sign {
        '_' => false,
        _ => is_word(before) && !(before.is_numeric() && after.is_numeric()),
    }
}

/// Whether a run between these characters can open emphasis.
fn opens(sign: char, length: usize, before: Option<char>, after: char) -> bool {
    let begins = match before {
        None => true,
        Some(c) if c.is_whitespace() || is_unspaced(c) => true,
        Some('(' | '[' | '{' | '"' | '\'' | '“' | '‘' | '«' | '—' | '–' | '*' | '_' | '~' | '|') => {
            true
        }
        Some('-' | '/' | ':' | ',' | ';' | '>') => sign != '_',
        Some('.' | '!' | '?' | '…' | '”' | '。' | '，' | '：') => sign == '*' && length > 1,
        Some(_) => false,
    };
    let content = after.is_alphanumeric()
        || matches!(
            after,
            '"' | '\'' | '“' | '‘' | '«' | '(' | '[' | '`' | '_' | '*' | '~' | '$' | '£' | '€' | '#' | '@'
        )
        || matches!(after, '<' | '&' | '!' | '¿' | '¡' | '…' | '\u{2010}'..=char::MAX)
        || (length > 1 && matches!(after, '.' | '-' | '+' | '\\'));
    begins && content && !(sign == '_' && after == '_')
}

/// Where a run of `sign` begins, from `from` on and in the same line, that can close emphasis.
fn closing_run(ahead: &Ahead, from: usize, sign: char) -> Look<usize> {
    let mut at = from;
    loop {
        at = ahead.skip(at, |c| c != sign && c != '\n')?;
        if ahead.char(at)? != Some(sign) {
            return Err(Miss::No);
        }
        let end = ahead.skip(at, |c| c == sign)?;
        let before = ahead.text[..at].chars().next_back();
        let long_enough = end - at >= from;
        if long_enough && closes(sign, before, ahead.char(end)?) {
            return Ok(at);
        }
        at = end;
    }
}

/// ` ##` behind the text of a heading, or only blanks: where the line ends.
pub(super) fn heading_end(ahead: &Ahead) -> Look<usize> {
    let start = ahead.skip(0, is_blank)?;
    let signs = ahead.skip(start, |c| c == '#')?;
    let end = ahead.skip(signs, is_blank)?;
    ahead.line_end(end)?;
    Ok(end)
}

/// A letter or digit of a script that puts spaces between words.
fn is_word(c: char) -> bool {
    (c.is_alphanumeric() && !is_unspaced(c)) || c == '_'
}

/// A character of Chinese, Japanese or Korean, where emphasis begins without a space.
fn is_unspaced(c: char) -> bool {
    c >= '\u{2e80}' && c.is_alphanumeric()
}
