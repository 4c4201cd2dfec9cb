//! Words that are written alike and that a part of speech alone, or the tagger's opinion of it, does not tell apart.

use super::tokens::Token;

pub(super) fn correct(_text: &str, _tokens: &[Token], _tags: &mut [&'static str]) {}
