//! Signs between and before words and numbers: "&", "=", "×", "<", "§", "→", "~5".
//!
//! What is a mark of punctuation, and what only decorates ("*", "|"), is left as it is.

use super::numeral::Numeral;
use super::quantity::Quantity;
use super::reading::Reading;
use super::view::{View, digits, is_edge};

/// Signs that are said wherever they stand.
const ALWAYS: [(&str, &str); 34] = [
    ("≤", "is less than or equal to"),
    ("≥", "is greater than or equal to"),
    ("≠", "is not equal to"),
    ("≈", "is approximately"),
    ("≡", "is identical to"),
    ("×", "times"),
    ("÷", "divided by"),
    ("±", "plus or minus"),
    ("√", "the square root of"),
    ("∞", "infinity"),
    ("∑", "the sum of"),
    ("∏", "the product of"),
    ("∫", "the integral of"),
    ("∂", "partial"),
    ("∇", "nabla"),
    ("∈", "in"),
    ("∉", "not in"),
    ("∪", "union"),
    ("∩", "intersection"),
    ("⊂", "is a subset of"),
    ("∀", "for all"),
    ("∃", "there exists"),
    ("→", "to"),
    ("⇒", "implies"),
    ("⇔", "if and only if"),
    ("↔", "to and from"),
    ("←", "from"),
    ("°", "degrees"),
    ("§§", "sections"),
    ("§", "section"),
    ("¶", "paragraph"),
    ("№", "number"),
    ("&", "and"),
    ("℅", "care of"),
];
/// Signs of calculations, which are said between numbers, letters and brackets.
const BETWEEN: [(&str, &str); 8] = [
    ("=", "equals"),
    ("+", "plus"),
    ("<", "is less than"),
    (">", "is greater than"),
    ("*", "times"),
    ("-", "minus"),
    ("−", "minus"),
    ("/", "over"),
];

pub(super) fn read(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    let first = view.first()?;
    if first.is_alphanumeric() {
        return power(view);
    }
    if first.is_whitespace() {
        return None;
    }
    if let Some(reading) = about(view).or_else(|| at(view)) {
        return Some(reading);
    }
    if let Some((sign, words)) = ALWAYS.iter().find(|(sign, _)| text.starts_with(sign)) {
        let after = &text[sign.len()..];
        // A bullet or an entity of HTML is no "and".
        let is_lone = view.behind().trim().is_empty() && after.trim().is_empty();
        let is_bullet = matches!(*sign, "→" | "×" | "←") && view.behind().trim().is_empty();
        let is_entity = *sign == "&"
            && after.find(';').is_some_and(|end| {
                (2..7).contains(&end) && after[..end].chars().all(|c| c.is_ascii_alphanumeric())
            });
        return (!is_lone && !is_bullet && !is_entity).then(|| Reading::new(sign.len(), *words));
    }
    between(view)
}

/// "x = 5", "a + b", "3 < 4": with space on both sides, or none between numbers.
fn between(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    let (sign, words) = BETWEEN.iter().find(|(sign, _)| text.starts_with(sign))?;
    let after = &text[sign.len()..];
    let (before, next) = (view.previous()?, after.chars().next()?);
    let last = view.behind().trim_end().chars().next_back()?;
    let coming = after.trim_start().chars().next()?;
    let is_operand = |c: char| {
        c.is_alphanumeric()
            || matches!(
                c,
                ')' | '(' | '²' | '³' | '%' | '°' | '-' | '$' | '√' | '|' | '"' | '\''
            )
    };
    let spaced = before == ' ' && next == ' ';
    let tight = before != ' ' && next != ' ';
    let is_number = |c: char| c.is_ascii_digit();
    let fits = match *sign {
        "=" | "<" | ">" => {
            (spaced || tight || next == ' ' || before == ' ') && is_operand(last) && is_operand(coming)
        }
        "+" => (spaced || tight) && is_operand(last) && is_operand(coming),
        "-" | "−" | "/" => {
            spaced
                && (last.is_ascii_digit() || is_single(view.behind()))
                && (is_number(coming) || is_single_next(after))
        }
        _ => (spaced || tight) && (is_number(last) || last == ')') && (is_number(coming) || coming == '('),
    };
    let is_year = |digit: &str| digits(digit) == 4;
    if *sign == "-" && spaced && is_year(after.trim_start()) && is_year(super::view::last_word(view.behind()))
    {
        return Some(Reading::new(1, "to"));
    }
    // Tags ("<b>") and arrows are not compared.
    let is_tag = *sign == "<" && tight && after.contains('>') && !next.is_ascii_digit()
        || *sign == ">" && tight && view.behind().contains('<');
    let doubled = next == text.chars().next()? || before == text.chars().next()?;
    (fits && !is_tag && !doubled).then(|| Reading::new(sign.len(), *words))
}

/// Whether the last word is a single letter: a variable.
fn is_single(behind: &str) -> bool {
    super::view::last_word(behind).chars().count() == 1
}

fn is_single_next(after: &str) -> bool {
    super::view::next_word(after).chars().count() == 1
}

/// "~5", "<5", ">100", "≥ 18" before a number without anything to compare.
fn about(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    let (sign, words) = [
        ("~", "about"),
        ("≈", "about"),
        ("<", "less than"),
        (">", "more than"),
        ("≤", "at most"),
        ("≥", "at least"),
    ]
    .into_iter()
    .find(|(sign, _)| text.starts_with(sign))?;
    let after = &text[sign.len()..];
    let number = after.strip_prefix(' ').unwrap_or(after);
    let money = number.strip_prefix(['$', '£', '€']).unwrap_or(number);
    let alone = match sign {
        "~" => true,
        _ => {
            let last = view.behind().trim_end().chars().next_back();
            let word = super::view::last_word(view.behind());
            last.is_none_or(|c| !(c.is_ascii_digit() || matches!(c, ')' | '|' | '%' | '²')))
                && word.chars().count() != 1
        }
    };
    let begins = view.is_after_space();
    if sign == ">" && view.behind().trim().is_empty() && after.starts_with(' ') {
        return None;
    }
    (begins && alone && digits(money) > 0).then(|| Reading::new(sign.len(), words))
}

/// An "@" that stands alone or before a price.
fn at(view: &View<'_>) -> Option<Reading> {
    let after = view.rest().strip_prefix('@')?;
    let spaced = view.is_after_space() && !view.behind().trim().is_empty();
    (spaced && after.starts_with([' ', '$', '£', '€'])).then(|| Reading::new(1, "at"))
}

/// "x²", "x^2", "n³".
fn power(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    if !view.is_word_start() {
        return None;
    }
    let end = text
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let rest = &text[end..];
    if end == 0 || end > 3 {
        return None;
    }
    let (power, length) = match rest.chars().next()? {
        '²' => ("squared".to_string(), 2),
        '³' => ("cubed".to_string(), 2),
        '^' => {
            let exponent = Numeral::scan(&rest[1..]).filter(Numeral::is_whole);
            match exponent {
                Some(exponent) if exponent.whole == "2" => ("squared".into(), 2),
                Some(exponent) if exponent.whole == "3" => ("cubed".into(), 2),
                Some(exponent) => (
                    format!("to the power of {}", exponent.words(view.accent)),
                    1 + exponent.length,
                ),
                None => {
                    let negative = Quantity::scan(&rest[1..], view.accent);
                    match negative {
                        Some(negative) if rest[1..].starts_with('-') => {
                            (format!("to the power of {}", negative.words), 1 + negative.length)
                        }
                        _ if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic())
                            && is_edge(&rest[2..]) =>
                        {
                            (format!("to the {}", &rest[1..2].to_uppercase()), 2)
                        }
                        _ => return None,
                    }
                }
            }
        }
        _ => return None,
    };
    let base = if end == 1 {
        text[..1].to_uppercase()
    } else {
        text[..end].to_string()
    };
    is_edge(&rest[length..]).then(|| Reading::new(end + length, format!("{base} {power}")))
}
