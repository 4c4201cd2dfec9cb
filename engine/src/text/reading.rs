//! Reading on its way: sentences out of a text that may still grow, pronounced, and cut into chunks as they are wished for.
//!
//! `reader` has one for each text, whole or in pieces. It remembers where it is, and what is left of the sentence that it is
//! in; a sentence is pronounced when its first chunk is asked for, and one more only where a short one joins it. What markup
//! says beside the words (`directions`) is given out in its turn.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::chunk::{Bookmark, Boundary, Chunk, Manner, Wish};
use super::directions::{Directions, Stop, Turn};
use super::early::clause_end;
use super::explain::Record;
use super::intake::Intake;
use super::language::Language;
use super::options::ReadOptions;
use super::pronounce::{Pronounced, pronounce};
use super::reader::{Reader, has_speech};
use super::segment::{Found, Sentence, find};
use super::split::{Piece, Rest, tokens};

/// What asking for a chunk has come to.
#[derive(Debug)]
pub enum Progress {
    /// The next chunk.
    Chunk(Chunk),
    /// At least so much silence, as markup wants it; pauses that follow what was before are part of it.
    Silence(Duration),
    /// A recording, as markup wants it.
    Clip {
        /// Where it is, as the text says.
        src: String,
        /// Where the text says so, in bytes of the source.
        source: Range<usize>,
    },
    /// What has come can be read when more has.
    Wait,
    /// All is read, and nothing more will come.
    Over,
}

/// Where reading is in a text.
#[derive(Debug)]
pub(super) struct Reading {
    options: ReadOptions,
    /// The language of the whole text.
    language: Language,
    /// Bytes of the text that were read.
    at: usize,
    /// What is left of the present sentence.
    rest: Option<Rest>,
    /// A sentence that was pronounced to see whether the one before it can take it in, and could not.
    held: Option<Spoken>,
    directions: Directions,
    /// What markup says of the present place.
    manner: Arc<Manner>,
    /// The language there, whose dictionary is loaded.
    here: Language,
    /// What was read, where somebody asks for that.
    pub(super) record: Option<Record>,
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
    pub(super) fn new(language: Language, options: ReadOptions, directions: Directions) -> Self {
        Self {
            options: ReadOptions {
                limits: options.limits.in_range(),
                ..options
            },
            language,
            at: 0,
            rest: None,
            held: None,
            directions,
            manner: Arc::default(),
            here: language,
            record: None,
        }
    }

    /// Bytes of the text that were read.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// The next chunk of what has come to `text`.
    pub(super) fn next(&mut self, reader: &Reader, text: &mut Intake, wish: Wish) -> Progress {
        let most = self.options.limits.max_tokens;
        loop {
            if let Some(rest) = &mut self.rest {
                if let Some(chunk) = rest.next(most, wish, text) {
                    return Progress::Chunk(self.directed(chunk));
                }
                self.rest = None;
                text.forget(self.at);
            }
            if let Some(progress) = self.pass_stops(reader, text) {
                return progress;
            }
            match self.sentence(reader, text, wish) {
                Some(spoken) => self.rest = Some(Rest::new(spoken.pieces, spoken.boundary, most, text)),
                None if text.is_final() => return Progress::Over,
                None => return Progress::Wait,
            }
        }
    }

    /// Reads what has come as if nothing followed: the rest of it, not complete as it may be. What comes later is a sentence of
    /// its own. `None` if nothing is there to be said.
    pub(super) fn flush(&mut self, reader: &Reader, text: &mut Intake, wish: Wish) -> Option<Chunk> {
        let most = self.options.limits.max_tokens;
        text.settle();
        loop {
            if let Progress::Chunk(chunk) = self.next(reader, text, wish) {
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
                Boundary::End => boundary_behind(said).max(Boundary::Clause),
                boundary => boundary,
            };
            let range = base + sentence.range.start..base + sentence.range.end;
            let pieces = match has_speech(said) {
                true => self.pronounced(reader, text, range.clone()).pieces,
                false => Vec::new(),
            };
            self.at = range.end;
            self.rest = Some(Rest::new(pieces, boundary, most, text));
        }
    }

    /// The next sentence, with those after it that it is too short to be spoken without.
    fn sentence(&mut self, reader: &Reader, text: &Intake, wish: Wish) -> Option<Spoken> {
        let mut sentence = self.next_spoken(reader, text, wish)?;
        while sentence.tokens < self.options.limits.min_tokens && sentence.boundary == Boundary::Sentence {
            if self.is_at_stop(text) {
                break;
            }
            let Some(mut next) = self.next_spoken(reader, text, Wish { soon: false, ..wish }) else {
                if wish.soon || text.is_final() {
                    break;
                }
                self.held = Some(sentence);
                return None;
            };
            let together = sentence.tokens + 1 + next.tokens;
            if together > self.options.limits.max_tokens {
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
    fn next_spoken(&mut self, reader: &Reader, text: &Intake, wish: Wish) -> Option<Spoken> {
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
        let Pronounced { pieces, words } = self.pronounced(reader, text, sentence.range.clone());
        if let Some(record) = &mut self.record {
            let source = text.sentence(sentence.range);
            record.sentence(source.source(0..source.text().len()), words, &pieces);
        }
        Some(Spoken {
            tokens: tokens(&pieces),
            pieces,
            boundary: sentence.boundary,
        })
    }

    /// The words and marks of a sentence.
    fn pronounced(&self, reader: &Reader, text: &Intake, range: Range<usize>) -> Pronounced {
        // It was loaded before anything was read.
        let Ok(lexicon) = reader.lexicon(self.here) else {
            return Pronounced::default();
        };
        pronounce(
            text.sentence(range),
            lexicon,
            &self.options,
            &self.directions.given,
        )
    }

    /// The next sentence that says something. Those before it that do not are read.
    fn find(&mut self, text: &Intake) -> Next {
        loop {
            match self.found(text, self.at) {
                Next::Sentence(sentence) if !has_speech(text.said(sentence.range.clone())) => {
                    self.at = sentence.range.end;
                }
                next => return next,
            }
        }
    }

    /// The sentence behind the byte `at`, up to the next stop.
    fn found(&self, text: &Intake, at: usize) -> Next {
        let (there, base) = text.text();
        let stop = self.directions.stops.front().map(|stop| stop.at - base);
        let is_final = text.is_final() || stop.is_some();
        match find(&there[..stop.unwrap_or(there.len())], at - base, is_final) {
            Found::Sentence(sentence) => Next::Sentence(Sentence {
                range: base + sentence.range.start..base + sentence.range.end,
                ..sentence
            }),
            Found::Open(start) => Next::Open(base + start),
            Found::Nothing => Next::Nothing,
        }
    }

    /// A sentence, followed by what follows the silent ones behind it.
    fn with_silence(&self, mut sentence: Sentence, text: &Intake) -> Sentence {
        let mut at = sentence.range.end;
        loop {
            match self.found(text, at) {
                Next::Sentence(next) if !has_speech(text.said(next.range.clone())) => {
                    sentence.boundary = sentence.boundary.max(next.boundary);
                    at = next.range.end;
                }
                Next::Nothing if !self.directions.stops.is_empty() => {
                    sentence.boundary = self.boundary_at_stop(&sentence, text);
                    return sentence;
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

/// What markup says beside the words.
impl Reading {
    /// What follows a sentence that reaches to a stop: what markup says, or else its last mark.
    fn boundary_at_stop(&self, sentence: &Sentence, text: &Intake) -> Boundary {
        let mut boundary = boundary_behind(text.said(sentence.range.clone()));
        let mut at = sentence.range.end;
        for Stop { at: stop, turn } in &self.directions.stops {
            if has_speech(text.said(at..*stop)) {
                return boundary;
            }
            at = *stop;
            match turn {
                Turn::Boundary(said) => boundary = boundary.max(*said),
                Turn::Clip(..) => return boundary,
                Turn::Style(..) | Turn::Silence(_) => {}
            }
        }
        let (there, base) = text.text();
        match has_speech(text.said(at..base + there.len())) {
            true => boundary,
            false => Boundary::End,
        }
    }

    /// Whether nothing is said ahead of the next stop.
    fn is_at_stop(&self, text: &Intake) -> bool {
        let stop = self.directions.stops.front();
        stop.is_some_and(|stop| !has_speech(text.said(self.at..stop.at)))
    }

    /// Does what the stops want that come ahead of the next sentence, up to one that is heard.
    fn pass_stops(&mut self, reader: &Reader, text: &Intake) -> Option<Progress> {
        while self.held.is_none() && self.is_at_stop(text) {
            let stop = self.directions.stops.pop_front()?;
            self.at = self.at.max(stop.at);
            match stop.turn {
                Turn::Style(manner, language) => {
                    let of_voice = || manner.voice.as_deref().and_then(Language::of_voice);
                    self.here = self.readable(reader, language.or_else(of_voice));
                    self.manner = manner;
                }
                Turn::Silence(time) => return Some(Progress::Silence(time)),
                Turn::Clip(src, source) => return Some(Progress::Clip { src, source }),
                Turn::Boundary(_) => {}
            }
        }
        None
    }

    /// The language that markup wants, if it can be read; else that of the whole text.
    fn readable(&self, reader: &Reader, wanted: Option<Language>) -> Language {
        let wanted = wanted.unwrap_or(self.language);
        match reader.load(wanted) {
            Ok(()) => wanted,
            Err(error) => {
                let instead = self.language.tag();
                tracing::warn!(%error, instead, "a part of the text is read in another language");
                self.language
            }
        }
    }

    /// A chunk as markup wants it, with the marks in it.
    fn directed(&mut self, mut chunk: Chunk) -> Chunk {
        chunk.manner = Arc::clone(&self.manner);
        let is_here = |(source, _): &mut (usize, Arc<str>)| {
            *source < chunk.source.end || chunk.boundary == Boundary::End
        };
        while let Some((source, name)) = self.directions.marks.pop_front_if(is_here) {
            let behind = |phoneme: &super::chunk::Phoneme| phoneme.source.start >= source;
            let phoneme = chunk.phonemes.iter().position(behind);
            chunk.bookmarks.push(Bookmark {
                phoneme: phoneme.unwrap_or(chunk.phonemes.len()),
                source,
                name,
            });
        }
        chunk
    }
}

/// What follows text that is cut off here, by its last mark.
fn boundary_behind(said: &str) -> Boundary {
    match said.trim_end().chars().next_back() {
        Some('.' | '!' | '?' | '…' | '。' | '！' | '？') => Boundary::Sentence,
        Some(',' | ';' | ':' | '—' | '–' | ')' | '，' | '、' | '；' | '：') => Boundary::Clause,
        _ => Boundary::Word,
    }
}
