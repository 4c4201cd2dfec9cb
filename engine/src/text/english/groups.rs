//! Parts of tokens, put together to words that can be looked up.
//!
//! `english` has the tokens of a sentence and their tags; here they are divided into parts, marks get what is heard of
//! them, and parts without a space between become one group: "five", "-" and "storied" are a word again, if the
//! dictionary has it. A token's tag decides whether a mark stands for itself or belongs to a word, as in misaki's
//! `retokenize`.

use std::ops::Range;

use super::numbers::Currency;
use super::parts::parts;
use super::tokens::Token;

/// Tags of tokens that are marks.
const MARK_TAGS: [&str; 10] = [".", ",", "-LRB-", "-RRB-", "``", "''", ":", "$", "#", "NFP"];
/// Marks that Kokoro has a symbol for.
const MARKS: &str = ";:,.!?—…\"“”";

/// A part of a token.
#[derive(Debug, Clone)]
pub(super) struct Part<'t> {
    /// What is looked up: the text, but for a "2" that means "to".
    pub(super) text: &'t str,
    pub(super) range: Range<usize>,
    pub(super) tag: &'static str,
    /// Whether white space follows.
    pub(super) spaced: bool,
    /// The currency of which this is the number.
    pub(super) currency: Option<Currency>,
    /// What is heard of it, where that is known without a dictionary.
    pub(super) sound: Option<String>,
    /// How it sounds whatever the dictionary says.
    pub(super) decided: Option<&'static str>,
    /// Whether it is the first of its group.
    pub(super) head: bool,
}

/// The parts of a text and which of them belong together. `decided` has the sounds of tokens that need no dictionary.
pub(super) fn groups<'t>(
    text: &'t str,
    tokens: &[Token],
    tags: &[&'static str],
    decided: &[Option<&'static str>],
) -> (Vec<Part<'t>>, Vec<Range<usize>>) {
    let mut found: Vec<Part> = Vec::new();
    let mut groups: Vec<Range<usize>> = Vec::new();
    let mut currency = None;
    // Whether the next part belongs to the last group if there is no space between.
    let mut open = false;
    for (i, (token, tag)) in tokens.iter().zip(tags).enumerate() {
        let word = &text[token.range.clone()];
        let places = parts(word);
        let count = places.len();
        let spelled = |j: usize| places.get(j).map_or("", |place| &word[place.clone()]);
        for (j, place) in places.iter().enumerate() {
            let mut part = Part {
                text: spelled(j),
                range: token.range.start + place.start..token.range.start + place.end,
                tag,
                spaced: j + 1 == count && token.spaced,
                currency: None,
                sound: None,
                decided: decided.get(i).copied().flatten().filter(|_| count == 1),
                head: true,
            };
            let sign = Currency::of(part.text).filter(|_| *tag == "$");
            let mut alone = false;
            if sign.is_some() {
                currency = sign;
                part.sound = Some(String::new());
            } else if let Some(sound) = mark(part.text, tag) {
                part.sound = Some(sound);
            } else if currency.is_some() {
                let last = j + 1 == count && tags.get(i + 1) != Some(&"CD");
                currency = currency.filter(|_| *tag == "CD");
                part.currency = currency.filter(|_| last);
            } else if part.text == "2" && j > 0 && is_between_letters(spelled(j - 1), spelled(j + 1)) {
                part.text = "to";
                alone = true;
            }
            alone |= part.sound.is_some();
            let at = found.len();
            match groups.last_mut() {
                Some(group) if !alone && open && !found[at - 1].spaced => {
                    group.end = at + 1;
                    part.head = false;
                }
                _ => {
                    groups.push(at..at + 1);
                    open = !alone && !part.spaced;
                }
            }
            found.push(part);
        }
    }
    (found, groups)
}

/// What is heard of a token that is a mark; `None` if it is no mark.
fn mark(text: &str, tag: &str) -> Option<String> {
    if tag == ":" && matches!(text, "-" | "–") {
        return Some("—".into());
    }
    if !MARK_TAGS.contains(&tag) || text.bytes().all(|c| c.is_ascii_alphabetic()) {
        return None;
    }
    Some(match tag {
        "-LRB-" => "(".into(),
        "-RRB-" => ")".into(),
        "``" => "“".into(),
        "''" => "”".into(),
        _ => text.chars().filter(|c| MARKS.contains(*c)).collect(),
    })
}

fn is_between_letters(before: &str, after: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    is_letter(before.chars().next_back()) && is_letter(after.chars().next())
}
