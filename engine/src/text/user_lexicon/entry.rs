//! A line of a lexicon: a word, how it is spoken, perhaps for which language, perhaps a comment.
//!
//! Called for every line. Says what is wrong at which byte of the line.

use super::{LexiconProblem, Pronunciation};
use crate::text::language::Language;
use crate::text::phonemes::is_symbol;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    /// The word as it was written, with single spaces.
    pub(super) word: String,
    pub(super) language: Option<Language>,
    pub(super) pronunciation: Pronunciation,
}

/// The entry in a line, if it holds one, or what is wrong at which byte of it.
pub(super) fn entry(line: &str) -> Result<Option<Entry>, (LexiconProblem, usize)> {
    let line = line.trim_end_matches(['\n', '\r']);
    let start = line.find(|c: char| !is_space(c)).unwrap_or(line.len());
    let code = without_comment(line).trim_end_matches(is_space);
    if code.len() <= start {
        return Ok(None);
    }
    let (code, language) = with_language(code)?;
    if code.len() <= start {
        return Err((LexiconProblem::NoWord, start));
    }
    // Phonemes begin with a slash behind a space, so that "and/or" is a word.
    let slash = code
        .char_indices()
        .find(|(at, c)| *c == '/' && (*at == start || code[..*at].ends_with(is_space)))
        .map(|(at, _)| at);
    let equals = code.find(" = ").map(|at| at + 1).or_else(|| code.find('='));
    let (word_end, pronunciation) = match (slash, equals) {
        (Some(slash), None) => (slash, phonemes(code, slash)?),
        (Some(slash), Some(equals)) if slash < equals => (slash, phonemes(code, slash)?),
        (_, Some(equals)) => (equals, spelling(code, equals)?),
        (None, None) => return Err((LexiconProblem::NoPronunciation, code.len())),
    };
    let words: Vec<&str> = code[..word_end]
        .split(is_space)
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() {
        return Err((LexiconProblem::NoWord, start));
    }
    Ok(Some(Entry {
        word: words.join(" "),
        language,
        pronunciation,
    }))
}

/// A line without the comment that begins with `#` at its beginning or behind a space. "C#" is a word.
fn without_comment(line: &str) -> &str {
    let begins = |at: usize| line[..at].chars().next_back().is_none_or(is_space);
    let comment = line.match_indices('#').map(|(at, _)| at).find(|at| begins(*at));
    &line[..comment.unwrap_or(line.len())]
}

/// A line without the language at its end, as in "@en-GB", and that language.
fn with_language(code: &str) -> Result<(&str, Option<Language>), (LexiconProblem, usize)> {
    let last = code.rfind(is_space).map_or(0, |space| space + 1);
    let Some(tag) = code.get(last..).and_then(|word| word.strip_prefix('@')) else {
        return Ok((code, None));
    };
    let language = Language::ALL
        .into_iter()
        .find(|language| language.tag().eq_ignore_ascii_case(tag));
    match language {
        Some(language) => Ok((code[..last].trim_end_matches(is_space), Some(language))),
        None => Err((LexiconProblem::UnknownLanguage(tag.into()), last)),
    }
}

/// The phonemes between the slash at a byte and the one that ends the line.
fn phonemes(code: &str, slash: usize) -> Result<Pronunciation, (LexiconProblem, usize)> {
    let start = slash + 1;
    let Some(symbols) = code[start..].strip_suffix('/') else {
        return Err((LexiconProblem::Unclosed, code.len()));
    };
    if symbols.trim_matches(is_space).is_empty() {
        return Err((LexiconProblem::Empty, slash));
    }
    if let Some((at, symbol)) = symbols.char_indices().find(|(_, c)| !is_symbol(*c)) {
        return Err((LexiconProblem::UnknownSymbol(symbol), start + at));
    }
    Ok(Pronunciation::Phonemes(symbols.trim_matches(is_space).into()))
}

fn spelling(code: &str, equals: usize) -> Result<Pronunciation, (LexiconProblem, usize)> {
    let spelling = code[equals + 1..].trim_matches(is_space);
    if spelling.is_empty() {
        return Err((LexiconProblem::Empty, equals));
    }
    Ok(Pronunciation::Spelling(spelling.into()))
}

pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{feff}')
}
