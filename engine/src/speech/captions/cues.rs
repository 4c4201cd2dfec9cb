//! Tokens that are shown together: a sentence if it fits, else parts of it.

use super::super::render::Rendered;
use super::tokens::{Token, tokens};
use super::{Captioned, LINE};

/// The least time for which a cue is shown, if the next one leaves it, in ms.
const SHORTEST: u64 = 1_000;

/// What is shown together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cue<'t> {
    /// One or two lines.
    pub(super) lines: Vec<Vec<Token<'t>>>,
    /// When it is shown, in ms from the beginning.
    pub(super) start: u64,
    pub(super) end: u64,
}

pub(super) fn cues<'t>(source: Captioned<'t>, rendered: &Rendered) -> Vec<Cue<'t>> {
    let tokens = tokens(source, rendered);
    let parts = tokens.chunk_by(|token, _| !token.ends_sentence).flat_map(divide);
    let parts: Vec<&[Token<'t>]> = parts.collect();
    let groups = join_short(&tokens, &parts);
    let starts = groups.iter().skip(1).map(|next| next[0].start);
    let limits: Vec<u64> = starts.chain([u64::MAX]).collect();
    groups
        .iter()
        .zip(limits)
        .map(|(group, next)| {
            let start = group[0].start;
            let end = group[group.len() - 1].end;
            Cue {
                lines: lines(group).iter().map(|line| line.to_vec()).collect(),
                start,
                // One that is swallowed by the voice is shown for a moment all the same, unless the next begins with it.
                end: end.max(start + SHORTEST).min(next),
            }
        })
        .filter(|cue| cue.start < cue.end)
        .collect()
}

/// Cuts a sentence into parts that can be shown: at the last cut between clauses that fits, or, if the part were short then,
/// at the last word that fits.
fn divide<'a, 't>(sentence: &'a [Token<'t>]) -> Vec<&'a [Token<'t>]> {
    let mut parts = Vec::new();
    let mut rest = sentence;
    while !fits(rest) {
        let most = (1..rest.len()).rev().find(|to| fits(&rest[..*to])).unwrap_or(1);
        let clause = (1..=most).rev().find(|to| rest[*to - 1].ends_clause);
        let is_long = |to: &usize| width(&rest[..*to]) * 3 >= LINE * 2;
        // The halves of a sentence that is cut between words are about as long.
        let even = (1..=most).find(|to| width(&rest[..*to]) * 2 >= width(rest));
        let (part, after) = rest.split_at(clause.filter(is_long).or(even).unwrap_or(most));
        parts.push(part);
        rest = after;
    }
    parts.push(rest);
    parts
}

/// Puts parts together of which the first alone would be shown for less than a second, if both fit.
fn join_short<'a, 't>(tokens: &'a [Token<'t>], parts: &[&[Token<'t>]]) -> Vec<&'a [Token<'t>]> {
    let mut groups: Vec<std::ops::Range<usize>> = Vec::new();
    let mut at = 0;
    for part in parts {
        let next = at..at + part.len();
        match groups.last_mut() {
            Some(last)
                if tokens[at].start < tokens[last.start].start + SHORTEST
                    && fits(&tokens[last.start..next.end]) =>
            {
                last.end = next.end;
            }
            _ => groups.push(next.clone()),
        }
        at = next.end;
    }
    groups.into_iter().map(|group| &tokens[group]).collect()
}

/// Characters that these are wide in one line.
fn width(tokens: &[Token<'_>]) -> usize {
    let of = |(n, token): (usize, &Token<'_>)| token.width() + usize::from(n > 0 && token.is_apart);
    tokens.iter().enumerate().map(of).sum()
}

/// Whether these fit in two lines.
fn fits(tokens: &[Token<'_>]) -> bool {
    width(tokens) <= LINE || cuts(tokens).next().is_some()
}

/// Where these can be cut into two lines.
fn cuts(tokens: &[Token<'_>]) -> impl Iterator<Item = usize> {
    (1..tokens.len()).filter(|to| width(&tokens[..*to]) <= LINE && width(&tokens[*to..]) <= LINE)
}

/// The lines: two of about the same length, but rather cut behind a clause, and not within a word.
fn lines<'a, 't>(tokens: &'a [Token<'t>]) -> Vec<&'a [Token<'t>]> {
    if width(tokens) <= LINE {
        return vec![tokens];
    }
    let cost = |to: &usize| {
        let uneven = width(&tokens[..*to]).abs_diff(width(&tokens[*to..]));
        let clause = if tokens[*to - 1].ends_clause { 0 } else { LINE / 4 };
        let word = if tokens[*to].is_apart { 0 } else { LINE };
        uneven + clause + word
    };
    match cuts(tokens).min_by_key(cost) {
        Some(to) => vec![&tokens[..to], &tokens[to..]],
        None => vec![tokens],
    }
}
