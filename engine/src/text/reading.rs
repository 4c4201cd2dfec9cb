//! Reading on its way: sentences out of a text that may still grow, pronounced, and cut into chunks as they are wished for.
//!
//! `reader` has one for each text, whole or in pieces. It remembers where it is, and what is left of the sentence that it is
//! in; a sentence is pronounced when its first chunk is asked for, and one more only where a short one joins it.

use super::chunk::{Boundary, Chunk, Limits, Wish};
use super::early::clause_end;
use super::intake::Intake;
use super::lexicon::Lexicon;
use super::normalise::normalise;
use super::plain::Plain;
use super::reader::has_speech;
use super::segment::{Found, Sentence, find};
use super::split::{Piece, Rest, tokens};
use super::written::{self, WrittenOptions};

/// What asking for a chunk has come to.
#[derive(Debug)]
pub enum Progress {
    /// The next chunk.
    Chunk(Chunk),
    /// What has come can be read when more has.
    Wait,
    /// All is read, and nothing more will come.
    Over,
}

/// Where reading is in a text.
#[derive(Debug)]
pub(super) struct Reading {
    limits: Limits,
    /// Bytes of the text that were read.
    at: usize,
    /// What is left of the present sentence.
    rest: Option<Rest>,
    /// A sentence that was pronounced to see whether the one before it can take it in, and could not.
    held: Option<Spoken>,
}

/// A sentence that has been pronounced.
#[derive(Debug)]
struct Spoken {
    pieces: Vec<Piece>,
    tokens: usize,
    boundary: Boundary,
}

/// What asking for a sentence has come to.
enum Next {
    Sentence(Sentence),
    /// One that begins here is not complete.
    Open(usize),
    Nothing,
}

impl Reading {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits: limits.in_range(),
            at: 0,
            rest: None,
            held: None,
        }
    }

    /// Bytes of the text that were read.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// The next chunk of what has come to `text`.
    pub(super) fn next(&mut self, lexicon: &Lexicon, text: &mut Intake, wish: Wish) -> Progress {
        let most = self.limits.max_tokens;
        loop {
            if let Some(rest) = &mut self.rest {
                if let Some(chunk) = rest.next(most, wish, text) {
                    return Progress::Chunk(chunk);
                }
                self.rest = None;
                text.forget(self.at);
            }
            match self.sentence(lexicon, text, wish) {
                Some(spoken) => self.rest = Some(Rest::new(spoken.pieces, spoken.boundary, most, text)),
                None if text.is_final() => return Progress::Over,
                None => return Progress::Wait,
            }
        }
    }

    /// Reads what has come as if nothing followed: the rest of it, not complete as it may be. What comes later is a sentence of
    /// its own. `None` if nothing is there to be said.
    pub(super) fn flush(&mut self, lexicon: &Lexicon, text: &mut Intake, wish: Wish) -> Option<Chunk> {
        let most = self.limits.max_tokens;
        loop {
            if let Progress::Chunk(chunk) = self.next(lexicon, text, wish) {
                return Some(chunk);
            }
            let (there, base) = text.text();
            let start = self.at - base;
            let Found::Sentence(sentence) = find(there, start, true) else {
                return None;
            };
            let said = &there[sentence.range.clone()];
            let boundary = match sentence.boundary {
                // It is not known what follows.
                Boundary::End if said.ends_with(['.', '!', '?', '…', '。', '！', '？']) => {
                    Boundary::Sentence
                }
                Boundary::End => Boundary::Clause,
                boundary => boundary,
            };
            let pieces = match has_speech(said) {
                true => pronounced(lexicon, said, base + sentence.range.start),
                false => Vec::new(),
            };
            self.at = base + sentence.range.end;
            self.rest = Some(Rest::new(pieces, boundary, most, text));
        }
    }

    /// The next sentence, with those after it that it is too short to be spoken without.
    fn sentence(&mut self, lexicon: &Lexicon, text: &Intake, wish: Wish) -> Option<Spoken> {
        let mut sentence = self.pronounce(lexicon, text, wish)?;
        while sentence.tokens < self.limits.min_tokens && sentence.boundary == Boundary::Sentence {
            let Some(mut next) = self.pronounce(lexicon, text, Wish { soon: false, ..wish }) else {
                if wish.soon || text.is_final() {
                    break;
                }
                self.held = Some(sentence);
                return None;
            };
            let together = sentence.tokens + 1 + next.tokens;
            if together > self.limits.max_tokens {
                self.held = Some(next);
                break;
            }
            if let Some(last) = sentence.pieces.last_mut() {
                last.spaced = true;
            }
            sentence.pieces.append(&mut next.pieces);
            sentence = Spoken {
                tokens: together,
                boundary: next.boundary,
                ..sentence
            };
        }
        Some(sentence)
    }

    /// The next sentence that says something, or for who cannot wait a clause of it.
    fn pronounce(&mut self, lexicon: &Lexicon, text: &Intake, wish: Wish) -> Option<Spoken> {
        if let Some(held) = self.held.take() {
            return Some(held);
        }
        let sentence = match self.find(text) {
            Next::Sentence(sentence) => self.with_silence(sentence, text),
            Next::Open(start) if wish.soon => {
                let (there, base) = text.text();
                let length = clause_end(&there[start - base..], wish.tokens)?;
                Sentence {
                    range: start..start + length,
                    boundary: Boundary::Clause,
                }
            }
            Next::Open(_) | Next::Nothing => return None,
        };
        self.at = sentence.range.end;
        let said = text.get(sentence.range.clone());
        let pieces = pronounced(lexicon, said, sentence.range.start);
        Some(Spoken {
            tokens: tokens(&pieces),
            pieces,
            boundary: sentence.boundary,
        })
    }

    /// The next sentence that says something. Those before it that do not are read.
    fn find(&mut self, text: &Intake) -> Next {
        loop {
            match found(text, self.at) {
                Next::Sentence(sentence) if !has_speech(text.get(sentence.range.clone())) => {
                    self.at = sentence.range.end;
                }
                next => return next,
            }
        }
    }

    /// A sentence, followed by what follows the silent ones behind it.
    fn with_silence(&self, mut sentence: Sentence, text: &Intake) -> Sentence {
        let mut at = sentence.range.end;
        loop {
            match found(text, at) {
                Next::Sentence(next) if !has_speech(text.get(next.range.clone())) => {
                    sentence.boundary = sentence.boundary.max(next.boundary);
                    at = next.range.end;
                }
                Next::Nothing if text.is_final() => {
                    sentence.boundary = Boundary::End;
                    return sentence;
                }
                Next::Sentence(_) | Next::Open(_) | Next::Nothing => return sentence,
            }
        }
    }
}

/// The words and marks of a sentence that begins at byte `start` of the text.
fn pronounced(lexicon: &Lexicon, said: &str, start: usize) -> Vec<Piece> {
    let words = written::expand(
        &Plain::verbatim(said, start),
        lexicon.accent(),
        &WrittenOptions::default(),
    );
    lexicon.pronounce(&normalise(&words))
}

/// The sentence behind the byte `at` of a text.
fn found(text: &Intake, at: usize) -> Next {
    let (there, base) = text.text();
    match find(there, at - base, text.is_final()) {
        Found::Sentence(sentence) => Next::Sentence(Sentence {
            range: base + sentence.range.start..base + sentence.range.end,
            ..sentence
        }),
        Found::Open(start) => Next::Open(base + start),
        Found::Nothing => Next::Nothing,
    }
}
