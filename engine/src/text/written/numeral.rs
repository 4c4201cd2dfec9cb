//! A number as it is written: digits, groups of three, decimals, "½".
//!
//! The classes that know what a number counts (money, units, ranges) scan it here and ask for its words.

use super::super::language::Accent;
use super::view::digits;
use super::words::{cardinal, one_by_one, ordinal, plural};

/// Digits that are worth being said as a number; what is longer is said digit by digit.
const LONGEST: usize = 18;

/// A number that stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Numeral {
    /// Bytes of the text.
    pub(super) length: usize,
    /// Its whole part, without the marks between groups.
    pub(super) whole: String,
    /// The digits after the point.
    pub(super) decimals: Option<String>,
    /// Numerator and denominator of a fraction that it ends with, as in "2½" or "2 1/2".
    pub(super) fraction: Option<(u64, u64)>,
    /// Groups of three were marked.
    pub(super) grouped: bool,
}

impl Numeral {
    /// The number that `text` begins with. None of "1.2.3".
    pub(super) fn scan(text: &str) -> Option<Self> {
        if let Some((fraction, length)) = vulgar(text) {
            return Some(Self {
                length,
                whole: String::new(),
                decimals: None,
                fraction: Some(fraction),
                grouped: false,
            });
        }
        let (mut length, mut whole, grouped) = whole(text);
        let mut decimals = None;
        if let Some(after) = text[length..].strip_prefix('.') {
            let count = digits(after);
            if count > 0 {
                decimals = Some(after[..count].to_string());
                length += 1 + count;
            }
        }
        if whole.is_empty() && decimals.is_none() {
            return None;
        }
        let again = text[length..]
            .strip_prefix('.')
            .is_some_and(|after| digits(after) > 0);
        if decimals.is_some() && again {
            return None;
        }
        let mut fraction = None;
        if decimals.is_none() {
            if let Some((found, taken)) = vulgar(&text[length..]).or_else(|| simple(&text[length..], &whole))
            {
                fraction = Some(found);
                length += taken;
            } else if let Some((found, taken)) = alone(text, length) {
                whole = String::new();
                fraction = Some(found);
                length = taken;
            }
        }
        Some(Self {
            length,
            whole,
            decimals,
            fraction,
            grouped,
        })
    }

    /// Digits alone: no decimals, fraction or groups.
    pub(super) fn is_plain(&self) -> bool {
        self.decimals.is_none() && self.fraction.is_none() && !self.grouped
    }

    /// No decimals or fraction.
    pub(super) fn is_whole(&self) -> bool {
        self.decimals.is_none() && self.fraction.is_none()
    }

    /// A fraction and nothing else.
    pub(super) fn is_fraction(&self) -> bool {
        self.fraction.is_some() && self.whole.is_empty()
    }

    /// Whether what it counts is said in the singular.
    pub(super) fn is_one(&self) -> bool {
        self.is_whole() && self.whole.trim_start_matches('0') == "1"
    }

    /// The value of the whole part, if it is not endless.
    pub(super) fn value(&self) -> Option<u64> {
        (self.whole.len() <= LONGEST).then(|| self.whole.parse().unwrap_or(0))
    }

    /// The words of the number.
    pub(super) fn words(&self, accent: Accent) -> String {
        let leading_zero = self.whole.len() > 1 && self.whole.starts_with('0');
        let whole = match self.value() {
            _ if self.whole.is_empty() => None,
            Some(value) if !leading_zero => Some(cardinal(value, accent)),
            _ => Some(one_by_one(&self.whole)),
        };
        if let Some((numerator, denominator)) = self.fraction {
            return match whole {
                Some(whole) if numerator == 1 && denominator == 2 => format!("{whole} and a half"),
                Some(whole) if numerator == 1 && denominator == 4 => format!("{whole} and a quarter"),
                Some(whole) => format!("{whole} and {}", fraction_words(numerator, denominator, accent)),
                None => fraction_words(numerator, denominator, accent),
            };
        }
        let decimals = self
            .decimals
            .as_deref()
            .map(|decimals| format!("point {}", one_by_one(decimals)));
        match (whole, decimals) {
            (Some(whole), Some(decimals)) => format!("{whole} {decimals}"),
            (Some(words), None) | (None, Some(words)) => words,
            (None, None) => String::new(),
        }
    }
}

/// "one half", "three quarters", "two thirds".
pub(super) fn fraction_words(numerator: u64, denominator: u64, accent: Accent) -> String {
    let part = match denominator {
        2 => "half".to_string(),
        4 => "quarter".to_string(),
        _ => ordinal(denominator, accent),
    };
    let part = if numerator == 1 { part } else { plural(&part) };
    format!("{} {part}", cardinal(numerator, accent))
}

/// Digits with marks between groups of three: how long, the digits, whether there were marks.
fn whole(text: &str) -> (usize, String, bool) {
    let mut length = digits(text);
    let mut whole = text[..length].to_string();
    let mut grouped = false;
    if (1..=3).contains(&length) && !text.starts_with('0') {
        let mut mark = None;
        while let Some(c) = text[length..].chars().next()
            && matches!(c, ',' | '\u{a0}' | '\u{2009}' | '\u{202f}')
            && mark.is_none_or(|mark| mark == c)
            && digits(&text[length + c.len_utf8()..]) == 3
        {
            let group = length + c.len_utf8();
            whole.push_str(&text[group..group + 3]);
            length = group + 3;
            grouped = true;
            mark = Some(c);
        }
    }
    (length, whole, grouped)
}

/// A character that is a fraction.
fn vulgar(text: &str) -> Option<((u64, u64), usize)> {
    let c = text.chars().next()?;
    let fraction = match c {
        '½' => (1, 2),
        '¼' => (1, 4),
        '¾' => (3, 4),
        '⅓' => (1, 3),
        '⅔' => (2, 3),
        '⅕' => (1, 5),
        '⅖' => (2, 5),
        '⅗' => (3, 5),
        '⅘' => (4, 5),
        '⅙' => (1, 6),
        '⅚' => (5, 6),
        '⅐' => (1, 7),
        '⅛' => (1, 8),
        '⅜' => (3, 8),
        '⅝' => (5, 8),
        '⅞' => (7, 8),
        '⅑' => (1, 9),
        '⅒' => (1, 10),
        _ => return None,
    };
    Some((fraction, c.len_utf8()))
}

/// " 1/2" or "-1/2" after a whole number below 1000.
fn simple(text: &str, whole: &str) -> Option<((u64, u64), usize)> {
    let after = text.strip_prefix([' ', '-', '\u{a0}'])?;
    let gap = text.len() - after.len();
    if whole.is_empty() || whole.len() > 3 {
        return None;
    }
    if let Some((fraction, length)) = vulgar(after).filter(|_| text.starts_with(' ')) {
        return Some((fraction, gap + length));
    }
    let (fraction, length) = alone(after, digits(after))?;
    Some((fraction, gap + length))
}

/// "1/2": a proper fraction of usual parts whose numerator has `count` digits.
fn alone(text: &str, count: usize) -> Option<((u64, u64), usize)> {
    let slash = text[count..].chars().next().filter(|c| matches!(c, '/' | '⁄'))?;
    let below = count + slash.len_utf8();
    let length = below + digits(&text[below..]);
    if count == 0 || count > 2 || length == below || length - below > 2 {
        return None;
    }
    let (numerator, denominator) = (text[..count].parse().ok()?, text[below..length].parse().ok()?);
    let usual = matches!(denominator, 2..=9 | 12 | 16 | 32 | 64) && (1..denominator).contains(&numerator);
    let goes_on = text[length..].starts_with(['/', '.', '-'])
        && text[length + 1..].starts_with(|c: char| c.is_ascii_digit());
    (usual && !goes_on && !text[below..].starts_with('0')).then_some(((numerator, denominator), length))
}
