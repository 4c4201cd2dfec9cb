//! A sentence on its way from what is written to the sounds of its words.
//!
//! `reading` hands over each sentence. The user's lexicon, the written forms and the dictionary follow each other
//! here; then what the lexicon or markup has given for a stretch of the source takes the place of what was found.
//! Nothing here knows where sentences end.

use std::ops::Range;

use super::lexicon::Lexicon;
use super::markup::Emphasis;
use super::options::ReadOptions;
use super::origin::{How, Origin};
use super::plain::Plain;
use super::split::Piece;
use super::user_lexicon::Pronunciation;
use super::written;

/// What is known of the sound of a stretch of the source.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Given {
    /// Bytes of the source.
    pub(super) source: Range<usize>,
    pub(super) sound: GivenSound,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum GivenSound {
    /// These symbols.
    Phonemes(String),
    /// What it would be, stressed otherwise.
    Stress(Emphasis),
}

/// A sentence that has been pronounced.
#[derive(Debug, Default)]
pub(super) struct Pronounced {
    /// Its words and marks.
    pub(super) pieces: Vec<Piece>,
    /// What was read: the sentence with its written forms as words.
    pub(super) words: Plain,
}

/// The words and marks of a sentence. `given` is in the order of the source, and may hold what is not in the sentence.
pub(super) fn pronounce(
    sentence: Plain,
    lexicon: &Lexicon,
    options: &ReadOptions,
    given: &[Given],
) -> Pronounced {
    let (sentence, of_user) = by_user(sentence, lexicon, options);
    let words = match lexicon.accent() {
        Some(accent) => written::expand(&sentence, accent, &options.written),
        // espeak-ng has numbers and signs of its own.
        None => sentence.clone(),
    };
    let pieces = of_user.iter().fold(lexicon.pronounce(&words), |pieces, given| {
        put(given, Origin::UserLexicon, pieces, lexicon, &sentence)
    });
    let source = sentence.source(0..sentence.text().len());
    let mut pieces = given
        .iter()
        .filter(|given| given.source.start < source.end && source.start < given.source.end)
        .fold(pieces, |pieces, given| {
            put(given, Origin::Given, pieces, lexicon, &sentence)
        });
    end_with_its_stop(&mut pieces, &sentence);
    Pronounced { pieces, words }
}

/// Gives a sentence that ends with an abbreviation ("at 5 p.m.") the full stop that is both: without one a voice goes on.
fn end_with_its_stop(pieces: &mut Vec<Piece>, sentence: &Plain) {
    let text = sentence.text().trim_end();
    let Some(last) = pieces
        .last_mut()
        .filter(|last| last.is_word && text.ends_with('.'))
    else {
        return;
    };
    let stop = sentence.source(text.len() - 1..text.len());
    if last.source.end == stop.end && last.source.start < stop.start {
        last.source.end = stop.start;
        last.spaced = false;
        pieces.push(Piece {
            sound: ".".into(),
            source: stop,
            is_word: false,
            spaced: false,
            how: How::of(Origin::Mark),
        });
    }
}

/// The sentence as the user's lexicon respells it, and the sounds that it gives.
fn by_user(sentence: Plain, lexicon: &Lexicon, options: &ReadOptions) -> (Plain, Vec<Given>) {
    let Some(user) = &options.lexicon else {
        return (sentence, Vec::new());
    };
    let (mut respelled, mut given, mut at) = (Plain::default(), Vec::new(), 0);
    for found in user.matches(sentence.text(), lexicon.language()) {
        let source = sentence.source(found.range.clone());
        match found.pronunciation {
            Pronunciation::Phonemes(symbols) => given.push(Given {
                source,
                sound: GivenSound::Phonemes(symbols.clone()),
            }),
            Pronunciation::Spelling(text) => {
                respelled.push_from(&sentence, at..found.range.start);
                respelled.push(text, source);
                at = found.range.end;
            }
        }
    }
    if at == 0 {
        return (sentence, given);
    }
    respelled.push_from(&sentence, at..sentence.text().len());
    (respelled, given)
}

/// The pieces, with what is given for a stretch in place of those that lie in it.
fn put(
    given: &Given,
    origin: Origin,
    mut pieces: Vec<Piece>,
    lexicon: &Lexicon,
    sentence: &Plain,
) -> Vec<Piece> {
    let overlaps = |piece: &Piece| {
        piece.source.start < given.source.end && given.source.start < piece.source.end && piece.is_word
    };
    match &given.sound {
        GivenSound::Stress(emphasis) => {
            for piece in pieces.iter_mut().filter(|piece| overlaps(piece)) {
                piece.sound = lexicon.stressed(&piece.sound, *emphasis);
            }
        }
        GivenSound::Phonemes(symbols) => {
            let Some(first) = pieces.iter().position(overlaps) else {
                return pieces;
            };
            let last = pieces.iter().rposition(overlaps).unwrap_or(first);
            let source = pieces[first].source.start..pieces[last].source.end;
            let ahead = around(sentence, source.start..given.source.start, lexicon);
            let behind = given.source.end..source.end;
            let sound = match sentence.read_from(&behind) {
                "'s" | "’s" if !behind.is_empty() => lexicon.append_s(symbols),
                _ => format!("{symbols}{}", around(sentence, behind, lexicon)),
            };
            let piece = Piece {
                sound: format!("{ahead}{sound}"),
                source,
                is_word: true,
                spaced: pieces[last].spaced,
                how: How {
                    origin,
                    ..pieces[first].how
                },
            };
            pieces.splice(first..=last, [piece]);
        }
    }
    pieces
}

/// How the part of a word sounds that stands beside what is given: "non-" or "-like".
fn around(sentence: &Plain, source: Range<usize>, lexicon: &Lexicon) -> String {
    let text = sentence.read_from(&source);
    if source.is_empty() || !text.contains(char::is_alphanumeric) {
        return String::new();
    }
    let pieces = lexicon.pronounce(&Plain::verbatim(text, 0));
    pieces
        .into_iter()
        .filter(|piece| piece.is_word)
        .map(|piece| piece.sound)
        .collect()
}
