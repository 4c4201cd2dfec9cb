//! What the beginning of a line says: headings, items, quotes, rules, fences, tables, definitions.
//!
//! Called by `filter` where a line begins, after the blanks and the signs that were recognised there before. Each function
//! looks for one construct, says what it found, and changes nothing.

use super::ahead::{Ahead, Look, Miss, is_blank};

/// The signs that opened a block of code, and that have to close it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fence {
    pub(super) sign: char,
    pub(super) length: usize,
    /// How many signs of quotes stand before each of its lines.
    pub(super) quotes: usize,
}

/// `## `: the length of the signs with the blank.
pub(super) fn heading(ahead: &Ahead) -> Look<usize> {
    let level = run(ahead, 0, '#')?;
    match ahead.char(level)? {
        Some(c) if is_blank(c) && level <= 6 => Ok(level + 1),
        Some('\r' | '\n') | None if level <= 6 => Ok(level),
        _ => Err(Miss::No),
    }
}

/// `> `: the length of the sign. ">3" is none.
pub(super) fn quote(ahead: &Ahead) -> Look<usize> {
    match ahead.char(1)? {
        Some(' ' | '\t' | '>' | '\r' | '\n') | None => Ok(1),
        Some(_) => Err(Miss::No),
    }
}

/// `---`, `* * *`, `___`: the length of the line.
pub(super) fn rule(ahead: &Ahead) -> Look<usize> {
    let Some(sign @ ('-' | '*' | '_')) = ahead.char(0)? else {
        return Err(Miss::No);
    };
    let end = ahead.skip(0, |c| c == sign || is_blank(c))?;
    ahead.line_end(end)?;
    if ahead.text[..end].matches(sign).count() >= 3 {
        Ok(end)
    } else {
        Err(Miss::No)
    }
}

/// `===` under a heading: the length of the line.
pub(super) fn underline(ahead: &Ahead) -> Look<usize> {
    let signs = run(ahead, 0, '=')?;
    let end = ahead.skip(signs, is_blank)?;
    ahead.line_end(end)?;
    if signs >= 2 { Ok(end) } else { Err(Miss::No) }
}

/// `- `: the length of the sign with the blank.
pub(super) fn bullet(ahead: &Ahead) -> Look<usize> {
    match ahead.char(1)? {
        Some(c) if is_blank(c) => Ok(2),
        _ => Err(Miss::No),
    }
}

/// `1. ` or `1) `: the length of the number with the blank. A longer number than 999 begins a sentence.
pub(super) fn number(ahead: &Ahead) -> Look<usize> {
    let digits = ahead.skip(0, |c| c.is_ascii_digit())?;
    if !(1..=3).contains(&digits) || !matches!(ahead.char(digits)?, Some('.' | ')')) {
        return Err(Miss::No);
    }
    match ahead.char(digits + 1)? {
        Some(c) if is_blank(c) => Ok(digits + 2),
        _ => Err(Miss::No),
    }
}

/// `[ ] ` or `[x] ` at the beginning of an item: its length with the blank, and whether it is ticked.
pub(super) fn tick_box(ahead: &Ahead) -> Look<(usize, bool)> {
    let ticked = match ahead.char(1)? {
        Some(' ') => false,
        Some('x' | 'X') => true,
        _ => return Err(Miss::No),
    };
    if ahead.char(2)? != Some(']') {
        return Err(Miss::No);
    }
    match ahead.char(3)? {
        Some(c) if is_blank(c) => Ok((4, ticked)),
        _ => Err(Miss::No),
    }
}

/// The opening fence of a block of code, and the length of its line.
pub(super) fn fence(ahead: &Ahead, quotes: usize) -> Look<(Fence, usize)> {
    let Some(sign @ ('`' | '~')) = ahead.char(0)? else {
        return Err(Miss::No);
    };
    let length = run(ahead, 0, sign)?;
    if length < 3 {
        return Err(Miss::No);
    }
    if sign == '`'
        && ahead.text[length..]
            .lines()
            .next()
            .is_some_and(|line| line.contains('`'))
    {
        return Err(Miss::No);
    }
    let (_, end) = ahead.line(length)?;
    let fence = Fence { sign, length, quotes };
    Ok((fence, end))
}

/// The closing fence, with blanks before it: the length of its line.
pub(super) fn fence_end(ahead: &Ahead, fence: Fence) -> Look<usize> {
    let start = ahead.skip(0, is_blank)?;
    let signs = run(ahead, start, fence.sign)?;
    if signs - start < fence.length {
        return Err(Miss::No);
    }
    let end = ahead.skip(signs, is_blank)?;
    ahead.line_end(end)?;
    Ok(end)
}

/// The first line of a table, which is one if the line after it divides head and body.
pub(super) fn table(ahead: &Ahead) -> Look<()> {
    let (head, end) = ahead.line(0)?;
    if head.matches('|').count() < 2 {
        return Err(Miss::No);
    }
    let next = end + ahead.line_end(end)?;
    // A table in a quote has the sign of the quote here.
    let next = ahead.skip(next, |c| is_blank(c) || c == '>')?;
    let rest = Ahead {
        text: &ahead.text[next..],
        ..*ahead
    };
    table_divider(&rest).map(drop)
}

/// `|---|:-:|`: the length of the line.
pub(super) fn table_divider(ahead: &Ahead) -> Look<usize> {
    if ahead.char(0)? != Some('|') {
        return Err(Miss::No);
    }
    let end = ahead.skip(0, |c| is_blank(c) || matches!(c, '|' | '-' | ':'))?;
    ahead.line_end(end)?;
    if ahead.text[..end].contains('-') {
        Ok(end)
    } else {
        Err(Miss::No)
    }
}

/// `[^1]:` at the beginning of a footnote: its length.
pub(super) fn footnote(ahead: &Ahead) -> Look<usize> {
    let end = super::inline::footnote_mark(ahead)?;
    if ahead.char(end)? == Some(':') {
        Ok(end + 1)
    } else {
        Err(Miss::No)
    }
}

/// `[name]: https://example.com "Title"`, to which links refer: the length of the line.
pub(super) fn link_definition(ahead: &Ahead) -> Look<usize> {
    let end = ahead.skip(1, |c| !matches!(c, '[' | ']' | '\n'))?;
    if end == 1 || ahead.char(end)? != Some(']') || ahead.char(end + 1)? != Some(':') {
        return Err(Miss::No);
    }
    let start = ahead.skip(end + 2, is_blank)?;
    if start == end + 2 {
        return Err(Miss::No);
    }
    let (line, end) = ahead.line(start)?;
    let (address, title) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    let leads =
        address.contains("://") || address.starts_with(['<', '/', '#']) || address.starts_with("mailto:");
    let title = title.trim();
    if leads && (title.is_empty() || title.starts_with(['"', '\'', '('])) {
        Ok(end)
    } else {
        Err(Miss::No)
    }
}

/// Where a run of `sign` ends that begins at `at`.
fn run(ahead: &Ahead, at: usize, sign: char) -> Look<usize> {
    ahead.skip(at, |c| c == sign)
}
