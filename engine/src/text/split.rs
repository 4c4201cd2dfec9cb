//! Chunks from what has been pronounced: cut where a person would pause, and never too long.
//!
//! `reading` hands over the pieces of a sentence (words and marks with their sounds); `phonemes` those of a phoneme
//! string. If they fit, and nobody wishes for less, they become one chunk. If not, they are divided into parts of about
//! equal length, or of the length that is wished for, between clauses if possible, else between phrases or words, and
//! inside a word only if that word alone is too long. Works on one sentence at a time.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use super::chunk::{Boundary, Chunk, Phoneme, Wish, Word};
use super::early::is_behind_names;
use super::intake::Intake;
use super::origin::How;

/// A chunk that a sentence is cut into has no fewer phonemes than this, if there is a choice: some two syllables.
const SHORTEST: usize = 10;

/// Words before which a phrase begins: conjunctions, prepositions and relative pronouns. A sentence that is too long to be
/// waited for and has no commas is cut there.
const PHRASES: [&str; 35] = [
    "after", "although", "and", "at", "because", "before", "behind", "between", "but", "by", "during", "for",
    "from", "if", "in", "into", "near", "nor", "on", "or", "over", "since", "so", "that", "through", "to",
    "under", "until", "when", "where", "which", "while", "who", "with", "without",
];

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
    /// How its sound was found.
    pub(super) how: How,
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

/// A sentence that has been pronounced, or what is left of it: it becomes chunks one by one, each as long as is wished for
/// when it is asked for.
#[derive(Debug)]
pub(super) struct Rest {
    pieces: VecDeque<Piece>,
    /// Phonemes in them.
    left: usize,
    /// What follows the last of them.
    boundary: Boundary,
}

impl Rest {
    /// All of a sentence. `text` is its source, in which a word that has more than `most` phonemes is divided.
    pub(super) fn new(pieces: Vec<Piece>, boundary: Boundary, most: usize, text: &Intake) -> Self {
        let pieces = divide_giants(pieces, most, text);
        Self {
            left: tokens(&pieces),
            pieces: pieces.into(),
            boundary,
        }
    }

    /// The next chunk, of at most `most` phonemes; `None` if nothing is left.
    pub(super) fn next(&mut self, most: usize, wish: Wish, text: &Intake) -> Option<Chunk> {
        let pieces = self.pieces.make_contiguous();
        let count = length_of_next(pieces, self.left, most, wish, text);
        let (taken, after) = pieces.split_at(count);
        let boundary = match after {
            [] => self.boundary,
            _ => boundary_between(taken, after),
        };
        let chunk = chunk(taken, boundary, text)?;
        self.pieces.drain(..count);
        self.left = tokens(self.pieces.make_contiguous());
        Some(chunk)
    }
}

/// All chunks of a sentence, as long as can be.
pub(super) fn split(pieces: Vec<Piece>, boundary: Boundary, most: usize, text: &Intake) -> Vec<Chunk> {
    let mut rest = Rest::new(pieces, boundary, most, text);
    std::iter::from_fn(|| rest.next(most, Wish::WHOLE, text)).collect()
}

/// How many pieces the next chunk takes from a sentence of `left` phonemes.
fn length_of_next(pieces: &[Piece], left: usize, most: usize, wish: Wish, text: &Intake) -> usize {
    let wished = wish.tokens.max(SHORTEST);
    // A little longer than was wished for is better than a cut where nobody would pause.
    let most_wished = most.min(wished.saturating_add(wished / 2));
    if left <= most_wished {
        return pieces.len();
    }
    let cuts = [
        (Strength::Clause, wished),
        (Strength::Clause, most_wished),
        (Strength::Phrase, most_wished),
        (Strength::Word, most_wished),
    ];
    // Without a wish, a sentence that is too long for one pass becomes parts of about the same length.
    let target = match wished < most {
        true => wished,
        false => left / left.div_ceil(most.max(1)).max(1),
    };
    let is_apt = |strength: Strength, count: usize| {
        let length = tokens(&pieces[..count]);
        match wished < most {
            // What would be left over is said with the rest.
            true => left - length >= SHORTEST,
            // Of parts that should be equal none may be much longer than the others.
            false => strength != Strength::Clause || 2 * target.abs_diff(length) <= most,
        }
    };
    let mut cuts = cuts
        .into_iter()
        .filter(|(strength, _)| wished < most || *strength != Strength::Phrase);
    let found = cuts.find_map(|(strength, longest)| {
        let count = cut(pieces, left, (target, longest.min(most)), strength, text)?;
        is_apt(strength, count).then_some(count)
    });
    found
        .or_else(|| (left <= most).then_some(pieces.len()))
        .or_else(|| cut(pieces, left, (target, most), Strength::Word, text))
        .or_else(|| cut(pieces, left, (target, most), Strength::AnyWord, text))
        .or_else(|| cut(pieces, left, (target, most), Strength::Piece, text))
        .unwrap_or(1)
}

fn boundary_between(taken: &[Piece], after: &[Piece]) -> Boundary {
    match (taken.last(), after.first()) {
        (Some(last), Some(next)) if is_between_clauses(last, next) => Boundary::Clause,
        (Some(last), Some(next)) if last.spaced && last.source.end < next.source.start => Boundary::Word,
        _ => Boundary::InsideWord,
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Strength {
    Clause,
    Phrase,
    /// Between words that are no name together.
    Word,
    /// Between any words.
    AnyWord,
    Piece,
}

/// How many pieces to take so that they have about `target` phonemes and at most `most`, of the `left` ones of a sentence;
/// `None` if there is no such place to cut.
fn cut(
    pieces: &[Piece],
    left: usize,
    (target, most): (usize, usize),
    strength: Strength,
    text: &Intake,
) -> Option<usize> {
    let mut best: Option<(usize, usize)> = None;
    let mut length = 0;
    for (i, pair) in pieces.windows(2).enumerate() {
        length += pair[0].tokens();
        if length > most {
            break;
        }
        let fits = match strength {
            Strength::Clause => {
                is_between_clauses(&pair[0], &pair[1]) && !is_behind_names(text.get(pair[1].source.clone()))
            }
            Strength::Phrase => pair[0].spaced && begins_phrase(&pair[1], text),
            Strength::Word => pair[0].spaced && !is_one_name(&pair[0], &pair[1], text),
            Strength::AnyWord => pair[0].spaced,
            Strength::Piece => !joins(&pair[1]) || i == 0,
        };
        // A sliver of a chunk, or one that is left over, is worse than a weaker cut; more so where nothing is written.
        let least = match strength {
            Strength::Clause => SHORTEST,
            Strength::Phrase => SHORTEST.max(target / 2),
            Strength::Word | Strength::AnyWord | Strength::Piece => 0,
        };
        let is_sliver = length < least || left - length < least.min(SHORTEST);
        let distance = length.abs_diff(target);
        if fits && !is_sliver && best.is_none_or(|(_, least)| distance <= least) {
            best = Some((i + 1, distance));
        }
        length += usize::from(pair[0].spaced);
    }
    best.map(|(count, _)| count)
}

/// Whether two words belong together as the parts of a name do: "New York", "Dr. Smith", "Figure 3".
fn is_one_name(last: &Piece, next: &Piece, text: &Intake) -> bool {
    let begins = |piece: &Piece, is: fn(char) -> bool| text.get(piece.source.clone()).starts_with(is);
    last.is_word
        && next.is_word
        && begins(last, char::is_uppercase)
        && begins(next, |c| c.is_uppercase() || c.is_numeric())
}

/// Whether a person could breathe before this word.
fn begins_phrase(piece: &Piece, text: &Intake) -> bool {
    let word = text.get(piece.source.clone());
    piece.is_word && word.len() <= 8 && PHRASES.contains(&word.to_ascii_lowercase().as_str())
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
fn divide_giants(pieces: Vec<Piece>, most: usize, text: &Intake) -> Vec<Piece> {
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
            while !text.is_boundary(end) {
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
                how: piece.how,
            });
            start = end;
            at += usize::from(at_space);
        }
    }
    divided
}

/// One chunk of all `pieces`; none if there are none.
fn chunk(pieces: &[Piece], boundary: Boundary, text: &Intake) -> Option<Chunk> {
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
        manner: Arc::default(),
        bookmarks: Vec::new(),
    })
}

/// Adds the phonemes of a piece. If the sound is the source itself, as in phoneme input, each symbol knows its place.
fn push_sound(phonemes: &mut Vec<Phoneme>, piece: &Piece, text: &Intake) {
    let exact = text.get(piece.source.clone()) == piece.sound;
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

    fn source(text: &str) -> Intake {
        let mut source = Intake::default();
        source.push(text);
        source
    }

    fn cuts(text: &str, most: usize) -> Vec<(String, Boundary)> {
        split(pieces(text), Boundary::End, most, &source(text))
            .into_iter()
            .map(|chunk| (chunk.symbols(), chunk.boundary))
            .collect()
    }

    /// The first chunk, if it is wished for with so many phonemes, and the rest.
    fn wished(text: &str, tokens: usize) -> [String; 2] {
        let source = source(text);
        let mut rest = Rest::new(pieces(text), Boundary::End, 100, &source);
        let wish = Wish { tokens, soon: true };
        let mut next = |wish| {
            rest.next(100, wish, &source)
                .map_or(String::new(), |chunk| chunk.symbols())
        };
        [next(wish), next(Wish::WHOLE)]
    }

    #[test]
    fn what_fits_is_one_chunk() {
        assert_eq!(cuts("wˈʌn, tˈu.", 510), [("wˈʌn, tˈu.".into(), Boundary::End)]);
    }

    #[test]
    fn clauses_come_before_words_and_parts_are_even() {
        let text = "aaaa bbbb, cccc dddd, eeee ffff.";
        assert_eq!(
            cuts(text, 20),
            [
                ("aaaa bbbb,".to_string(), Boundary::Clause),
                ("cccc dddd,".to_string(), Boundary::Clause),
                ("eeee ffff.".to_string(), Boundary::End)
            ]
        );
        assert_eq!(
            cuts("aaaa bbbb cccc dddd eeee ffff", 16),
            [
                ("aaaa bbbb cccc".to_string(), Boundary::Word),
                ("dddd eeee ffff".to_string(), Boundary::End)
            ]
        );
    }

    #[test]
    fn a_short_chunk_is_a_whole_clause_if_there_is_one() {
        let text = "aaaa bbbb ccc, cccc dddd eeee ffff gggg hhhh.";
        let parts = ["aaaa bbbb ccc,", "cccc dddd eeee ffff gggg hhhh."];
        assert_eq!(wished(text, 16), parts);
        assert_eq!(wished(text, 12), parts, "half as long again is near enough");
        assert_eq!(wished(text, 30), [text, ""], "near enough, too");
        // The last that is short enough; a sliver is none, at neither end.
        let text = "aa, aaaa bbbb ccc, cccc dddd, eeee ffff gggg hhhh iiii jjjj, kkkk.";
        assert_eq!(wished(text, 32)[0], "aa, aaaa bbbb ccc, cccc dddd,");
        assert_eq!(wished(text, 20)[0], "aa, aaaa bbbb ccc,");
        assert_eq!(
            wished(text, 44)[0],
            "aa, aaaa bbbb ccc, cccc dddd, eeee ffff gggg hhhh iiii jjjj, kkkk."
        );
    }

    #[test]
    fn names_stay_together() {
        let text = "aaaa bbbb Cccc Dddd eeee ffff gggg hhhh iiii.";
        assert_eq!(wished(text, 14)[0], "aaaa bbbb Cccc Dddd");
        assert_eq!(wished(text, 10)[0], "aaaa bbbb");
        assert_eq!(wished(&text.replace("Dddd", "dddd"), 14)[0], "aaaa bbbb Cccc");
    }

    #[test]
    fn without_a_clause_it_is_a_phrase_and_without_that_some_words() {
        let text = "aaaa bbbb ccc from dddd eeee ffff gggg hhhh iiii.";
        assert_eq!(wished(text, 16)[0], "aaaa bbbb ccc");
        assert_eq!(wished(&text.replace("from", "frog"), 14)[0], "aaaa bbbb ccc");
        assert_eq!(wished(&text.replace("from", "frog"), 19)[0], "aaaa bbbb ccc frog");
    }

    #[test]
    fn the_words_before_phrases_are_sorted() {
        assert!(PHRASES.is_sorted());
    }

    #[test]
    fn a_word_that_is_too_long_is_divided_with_its_source() {
        let text = "a".repeat(40);
        let chunks = split(pieces(&text), Boundary::End, 16, &source(&text));
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
        let chunks = cuts(text, 16);
        assert_eq!(chunks[0].0, "aaaaaaaa");
        assert_eq!(chunks[1].0, "bbbbbbb, ccccccc");
    }
}
