//! Chunks from what has been pronounced: cut where a person would pause, and never too long.
//!
//! `reader` hands over the pieces of a sentence (words and marks with their sounds); `phonemes` those of a phoneme
//! string. If they fit, they become one chunk. If not, they are divided into parts of about equal length, between
//! clauses if possible, else between words, and inside a word only if that word alone is too long. Works on one
//! sentence at a time and remembers nothing.

use std::ops::Range;

use super::chunk::{Boundary, Chunk, Limits, Phoneme, Word};

/// A word or a mark of punctuation with its sounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Symbols of the vocabulary, at least one, without a space at either end.
    pub(super) sound: String,
    /// Bytes of the source text.
    pub(super) source: Range<usize>,
    pub(super) is_word: bool,
    /// A space follows.
    pub(super) spaced: bool,
}

impl Piece {
    fn tokens(&self) -> usize {
        self.sound.chars().count()
    }

    /// Whether a clause ends with this piece.
    fn ends_clause(&self) -> bool {
        !self.is_word
            && self
                .sound
                .ends_with([',', ';', ':', '.', '!', '?', '—', '…', ')', '”'])
    }

    /// Whether a clause begins with this piece.
    fn begins_clause(&self) -> bool {
        !self.is_word && self.sound.starts_with(['(', '“'])
    }
}

/// The number of phonemes that `pieces` make, spaces between them included.
pub(super) fn tokens(pieces: &[Piece]) -> usize {
    let with_spaces: usize = pieces
        .iter()
        .map(|piece| piece.tokens() + usize::from(piece.spaced))
        .sum();
    with_spaces - usize::from(pieces.last().is_some_and(|last| last.spaced))
}

/// Divides a sentence into chunks, of which the last is followed by `boundary`. `first` says that no chunk of the text
/// came before. `text` is the whole source, in which a word that is too long is divided.
pub(super) fn split(
    pieces: Vec<Piece>,
    boundary: Boundary,
    first: bool,
    limits: &Limits,
    text: &str,
) -> Vec<Chunk> {
    let pieces = divide_giants(pieces, limits.max_tokens, text);
    let mut rest = &pieces[..];
    let mut left = tokens(rest);
    let mut chunks = Vec::new();
    while !rest.is_empty() {
        let early = first && chunks.is_empty();
        let count = if left <= limits.max_tokens && !early {
            rest.len()
        } else {
            length_of_next(rest, left, early, limits)
        };
        let (taken, after) = rest.split_at(count);
        let boundary = if after.is_empty() {
            boundary
        } else {
            boundary_between(taken, after)
        };
        chunks.extend(chunk(taken, boundary, text));
        left -=
            tokens(taken) + usize::from(!after.is_empty() && taken.last().is_some_and(|last| last.spaced));
        rest = after;
    }
    chunks
}

/// How many pieces the next chunk takes from a sentence of `left` tokens.
fn length_of_next(pieces: &[Piece], left: usize, early: bool, limits: &Limits) -> usize {
    let wish = if early {
        limits.first_tokens
    } else {
        limits.max_tokens
    };
    if left <= wish {
        return pieces.len();
    }
    let at_clause = cut(pieces, left, wish, Strength::Clause);
    if let Some(count) = at_clause {
        return count;
    }
    if left <= limits.max_tokens {
        return pieces.len();
    }
    [Strength::Clause, Strength::Word, Strength::Piece]
        .into_iter()
        .find_map(|strength| cut(pieces, left, limits.max_tokens, strength))
        .unwrap_or(1)
}

fn boundary_between(taken: &[Piece], after: &[Piece]) -> Boundary {
    match (taken.last(), after.first()) {
        (Some(last), Some(next)) if is_between_clauses(last, next) => Boundary::Clause,
        (Some(last), Some(next)) if last.spaced && last.source.end < next.source.start => Boundary::Word,
        _ => Boundary::InsideWord,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Strength {
    Clause,
    Word,
    Piece,
}

/// How many pieces to take so that the parts of a sentence of `left` tokens become about equally long and none longer
/// than `most`; `None` if there is no such place to cut.
fn cut(pieces: &[Piece], left: usize, most: usize, strength: Strength) -> Option<usize> {
    let target = left / left.div_ceil(most.max(1)).max(1);
    let mut best: Option<(usize, usize)> = None;
    let mut length = 0;
    for (i, pair) in pieces.windows(2).enumerate() {
        length += pair[0].tokens();
        if length > most {
            break;
        }
        let fits = match strength {
            Strength::Clause => is_between_clauses(&pair[0], &pair[1]),
            Strength::Word => pair[0].spaced,
            Strength::Piece => !joins(&pair[1]) || i == 0,
        };
        let distance = length.abs_diff(target);
        if fits && best.is_none_or(|(_, least)| distance <= least) {
            best = Some((i + 1, distance));
        }
        length += usize::from(pair[0].spaced);
    }
    // A cut that leaves a sliver of a chunk is worse than the next weaker one.
    best.filter(|(_, distance)| strength != Strength::Clause || 2 * distance <= most)
        .map(|(count, _)| count)
}

fn is_between_clauses(last: &Piece, next: &Piece) -> bool {
    (last.ends_clause() && !joins(next)) || (next.begins_clause() && last.is_word)
}

/// Whether this mark belongs to what stands before it.
fn joins(piece: &Piece) -> bool {
    !piece.is_word && !piece.begins_clause()
}

/// Divides every piece that is longer than `most` into pieces that are not, where its sound has a space ("three point
/// one") if there is one, and its source in the same proportion.
fn divide_giants(pieces: Vec<Piece>, most: usize, text: &str) -> Vec<Piece> {
    if pieces.iter().all(|piece| piece.tokens() <= most) {
        return pieces;
    }
    let mut divided = Vec::new();
    for piece in pieces {
        let symbols: Vec<char> = piece.sound.chars().collect();
        let (mut at, mut start) = (0, piece.source.start);
        while at < symbols.len() {
            let rest = &symbols[at..];
            let space = rest.iter().take(most + 1).rposition(|symbol| *symbol == ' ');
            let length = if rest.len() <= most {
                rest.len()
            } else {
                space.unwrap_or(most)
            };
            at += length;
            let mut end = piece.source.start + piece.source.len() * at / symbols.len();
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let is_last = at == symbols.len();
            let end = if is_last { piece.source.end } else { end };
            let at_space = symbols.get(at) == Some(&' ');
            divided.push(Piece {
                sound: rest[..length].iter().collect(),
                source: start..end,
                is_word: piece.is_word,
                spaced: at_space || (is_last && piece.spaced),
            });
            start = end;
            at += usize::from(at_space);
        }
    }
    divided
}

/// One chunk of all `pieces`; none if there are none.
fn chunk(pieces: &[Piece], boundary: Boundary, text: &str) -> Option<Chunk> {
    let mut phonemes: Vec<Phoneme> = Vec::new();
    let mut words = Vec::new();
    for (i, piece) in pieces.iter().enumerate() {
        let start = phonemes.len();
        push_sound(&mut phonemes, piece, text);
        if piece.is_word {
            words.push(Word {
                source: piece.source.clone(),
                phonemes: start..phonemes.len(),
            });
        }
        if let Some(next) = pieces.get(i + 1).filter(|_| piece.spaced) {
            phonemes.push(Phoneme {
                symbol: ' ',
                source: piece.source.end..next.source.start,
            });
        }
    }
    let source = pieces.first()?.source.start..pieces.last()?.source.end;
    Some(Chunk {
        phonemes,
        words,
        source,
        boundary,
    })
}

/// Adds the phonemes of a piece. If the sound is the source itself, as in phoneme input, each symbol knows its place.
fn push_sound(phonemes: &mut Vec<Phoneme>, piece: &Piece, text: &str) {
    let exact = text.get(piece.source.clone()) == Some(piece.sound.as_str());
    phonemes.extend(piece.sound.char_indices().map(|(at, symbol)| {
        let start = piece.source.start + at;
        let source = if exact {
            start..start + symbol.len_utf8()
        } else {
            piece.source.clone()
        };
        Phoneme { symbol, source }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pieces that sound as they are written: words and marks, as in phoneme input.
    fn pieces(text: &str) -> Vec<Piece> {
        crate::text::phonemes::pieces(text)
    }

    fn cuts(text: &str, limits: Limits) -> Vec<(String, Boundary)> {
        split(pieces(text), Boundary::End, true, &limits.in_range(), text)
            .into_iter()
            .map(|chunk| (chunk.symbols(), chunk.boundary))
            .collect()
    }

    fn at_most(max_tokens: usize) -> Limits {
        Limits {
            max_tokens,
            first_tokens: max_tokens,
            min_tokens: 0,
        }
    }

    #[test]
    fn what_fits_is_one_chunk() {
        assert_eq!(
            cuts("wˈʌn, tˈu.", at_most(510)),
            [("wˈʌn, tˈu.".into(), Boundary::End)]
        );
    }

    #[test]
    fn clauses_come_before_words_and_parts_are_even() {
        let text = "aaaa bbbb, cccc dddd, eeee ffff.";
        assert_eq!(
            cuts(text, at_most(20)),
            [
                ("aaaa bbbb,".to_string(), Boundary::Clause),
                ("cccc dddd,".to_string(), Boundary::Clause),
                ("eeee ffff.".to_string(), Boundary::End)
            ]
        );
        assert_eq!(
            cuts("aaaa bbbb cccc dddd eeee ffff", at_most(16)),
            [
                ("aaaa bbbb cccc".to_string(), Boundary::Word),
                ("dddd eeee ffff".to_string(), Boundary::End)
            ]
        );
    }

    #[test]
    fn an_early_first_chunk_is_a_whole_clause_or_none() {
        let limits = Limits {
            max_tokens: 100,
            first_tokens: 16,
            min_tokens: 0,
        };
        assert_eq!(
            cuts("aaaa bbbb, cccc dddd eeee ffff gggg hhhh.", limits),
            [
                ("aaaa bbbb,".to_string(), Boundary::Clause),
                ("cccc dddd eeee ffff gggg hhhh.".to_string(), Boundary::End)
            ]
        );
        let whole = "aaaa bbbb cccc dddd eeee ffff, gggg.";
        assert_eq!(cuts(whole, limits), [(whole.to_string(), Boundary::End)]);
    }

    #[test]
    fn a_word_that_is_too_long_is_divided_with_its_source() {
        let text = "a".repeat(40);
        let chunks = split(pieces(&text), Boundary::End, true, &at_most(16), &text);
        let lengths: Vec<_> = chunks
            .iter()
            .map(|chunk| (chunk.phonemes.len(), chunk.source.clone()))
            .collect();
        assert_eq!(lengths, [(16, 0..16), (16, 16..32), (8, 32..40)]);
        assert_eq!(chunks[0].boundary, Boundary::InsideWord);
        assert!(chunks.iter().all(|chunk| chunk.words.len() == 1));
    }

    #[test]
    fn a_mark_never_begins_a_chunk_after_its_word() {
        let text = "aaaaaaaa bbbbbbb, ccccccc";
        let chunks = cuts(text, at_most(16));
        assert_eq!(chunks[0].0, "aaaaaaaa");
        assert_eq!(chunks[1].0, "bbbbbbb, ccccccc");
    }
}
