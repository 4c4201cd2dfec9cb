//! Text in Spanish, French, Hindi, Italian and Brazilian Portuguese, through espeak-ng if it is installed.
//!
//! For whoever asks for it: [`Espeak::load`] finds the library at run time, and a missing one is an error that says what to
//! install. `library` calls it, `symbols` writes its phonemes as the voices know them, `align` finds which belong to which word. A
//! sentence is divided into words and marks here, so every word keeps its range of the source; what espeak-ng
//! joins is one piece with one range. Marks never reach espeak-ng, and are kept.

mod align;
mod error;
mod library;
mod symbols;
#[cfg(test)]
mod tests;

use std::ops::Range;

use deunicode::deunicode;
use parking_lot::Mutex;

pub use self::error::EspeakError;
pub(super) use self::error::needs;
use self::library::Library;
use super::language::Language;
use super::origin::{How, Origin};
use super::plain::Plain;
use super::split::Piece;

/// More words between two marks are divided, so that the time for a clause stays bounded.
const LONGEST_CLAUSE: usize = 40;
/// Characters of a run without a space that are one word; espeak-ng's own limit is 160 bytes.
const LONGEST_WORD: usize = 40;
/// A mark that is repeated counts this many times.
const MOST_REPEATS: usize = 3;

/// espeak-ng, ready to read. Copies of it share the library, which only one of them at a time is in.
#[derive(Clone, Copy)]
pub(super) struct Espeak {
    library: &'static Mutex<Library>,
}

impl Espeak {
    /// Loads the installed library, once a process. It stays loaded.
    ///
    /// espeak-ng sets the process's `LC_CTYPE` to a UTF-8 locale as it starts. A process that also calls espeak-ng by
    /// other ways must not do so at the same time.
    ///
    /// # Errors
    /// [`EspeakError::Missing`], [`EspeakError::Unusable`] and [`EspeakError::NoData`]. A later call tries again.
    pub(super) fn load() -> Result<Self, EspeakError> {
        Self::load_from(library::NAMES)
    }

    fn load_from(names: &[&str]) -> Result<Self, EspeakError> {
        let library = library::load(names)?;
        Ok(Self { library })
    }

    /// The words and marks of a sentence. Every letter and digit of its source is in exactly one word, unless nothing of the
    /// whole sentence can be said.
    ///
    /// # Errors
    /// [`EspeakError::OtherLanguage`] for a language that is not read this way, and [`EspeakError::NoVoice`].
    pub(super) fn phonemes(&self, text: &Plain, language: Language) -> Result<Vec<Piece>, EspeakError> {
        // Also where there is no word, a language is one that can be read or not.
        self.say("", language)?;
        let mut pieces = Pieces::default();
        let mut clause: Vec<Token> = Vec::new();
        for token in tokens(text.text()) {
            let is_mark = token.mark.is_some();
            if is_mark || clause.len() == LONGEST_CLAUSE {
                self.clause(std::mem::take(&mut clause), text, language, &mut pieces)?;
            }
            match token.mark {
                Some(mark) => pieces.mark(mark, text.source(token.place), token.spaced),
                None => clause.push(token),
            }
        }
        self.clause(clause, text, language, &mut pieces)?;
        Ok(pieces.finish())
    }

    /// What espeak-ng says, in its own words. The lock is held for this alone.
    fn say(&self, text: &str, language: Language) -> Result<String, EspeakError> {
        self.library.lock().phonemes(text, language)
    }

    /// Adds the words of a clause.
    fn clause(
        &self,
        words: Vec<Token>,
        text: &Plain,
        language: Language,
        pieces: &mut Pieces,
    ) -> Result<(), EspeakError> {
        if words.is_empty() {
            return Ok(());
        }
        let written: Vec<&str> = words
            .iter()
            .map(|word| &text.text()[word.place.clone()])
            .collect();
        let said = self.say(&written.join(" "), language)?;
        let mut said: Vec<String> = said.split(' ').map(symbols::kokoro).collect();
        said.retain(|sound| has_sound(sound));
        let groups = if said.len() == words.len() {
            (0..words.len()).map(|i| (i..i + 1, i..i + 1)).collect()
        } else {
            let alone = written.iter().map(|word| self.alone(word, language));
            align::align(&alone.collect::<Result<Vec<_>, _>>()?, &said)
        };
        for (of, sounds) in groups {
            let sound = said[sounds].join(" ");
            let (Some(first), Some(last)) = (words[of.clone()].first(), words[of.clone()].last()) else {
                pieces.add_to_last(&sound);
                continue;
            };
            let source = text.source(first.place.start..last.place.end);
            let sound = if sound.is_empty() && written[of.clone()].iter().any(|word| has_letter(word)) {
                self.alone(&deunicode(&written[of].join(" ")), language)?
            } else {
                sound
            };
            pieces.word(sound, source, last.spaced);
        }
        Ok(())
    }

    /// A word as it sounds by itself.
    fn alone(&self, word: &str, language: Language) -> Result<String, EspeakError> {
        let said = self.say(word, language)?;
        let sounds: Vec<String> = said.split(' ').map(symbols::kokoro).collect();
        Ok(sounds
            .into_iter()
            .filter(|sound| has_sound(sound))
            .collect::<Vec<_>>()
            .join(" "))
    }
}

impl std::fmt::Debug for Espeak {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Espeak").finish_non_exhaustive()
    }
}

fn has_sound(sound: &str) -> bool {
    sound.contains(|c| !matches!(c, 'ˈ' | 'ˌ' | 'ː'))
}

fn has_letter(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

/// A word, or a mark as Kokoro writes it, at a place of the text.
struct Token {
    place: Range<usize>,
    mark: Option<char>,
    spaced: bool,
}

/// The words and marks of a text, in order; what is neither is between them. A mark between two digits belongs to the
/// number ("3,5", "10:30"), and an apostrophe or a hyphen to its word.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut word: Option<(usize, usize)> = None;
    let mut chars = text.char_indices().peekable();
    let mut before = ' ';
    while let Some((at, c)) = chars.next() {
        let after = chars.peek().map_or(' ', |(_, c)| *c);
        let in_number = matches!(c, '.' | ',' | ':') && before.is_numeric() && after.is_numeric();
        let is_dash = c == '-' && !(before.is_alphanumeric() && after.is_alphanumeric());
        let mark = if is_dash { dash(before, after) } else { mark(c) };
        let is_break = c.is_whitespace() || c.is_control() || is_dash || (is_mark(c) && !in_number);
        let too_long = word.is_some_and(|(_, length)| length == LONGEST_WORD);
        if (is_break || too_long)
            && let Some((start, _)) = word.take()
        {
            tokens.push(Token {
                place: start..at,
                mark: None,
                spaced: !is_break,
            });
        }
        let end = at + c.len_utf8();
        if !is_break {
            let (start, length) = word.unwrap_or((at, 0));
            word = Some((start, length + 1));
        } else if let Some(mark) = mark {
            tokens.push(Token {
                place: at..end,
                mark: Some(mark),
                spaced: false,
            });
        } else if let Some(last) = tokens.last_mut() {
            last.spaced = true;
        }
        before = c;
    }
    if let Some((start, _)) = word {
        tokens.push(Token {
            place: start..text.len(),
            mark: None,
            spaced: false,
        });
    }
    tokens
}

/// A hyphen that belongs to no word: a pause between spaces, else nothing.
fn dash(before: char, after: char) -> Option<char> {
    (before.is_whitespace() && after.is_whitespace()).then_some('—')
}

/// Whether this character divides words and is not read.
fn is_mark(c: char) -> bool {
    mark(c).is_some()
        || matches!(
            c,
            '¡' | '¿' | '[' | ']' | '{' | '}' | '*' | '_' | '`' | '|' | '\\' | '^'
        )
}

/// What Kokoro writes for a mark, if it is heard.
fn mark(c: char) -> Option<char> {
    Some(match c {
        '!' | '"' | '(' | ')' | ',' | '.' | ':' | ';' | '?' | '—' | '“' | '”' | '…' => c,
        '«' | '„' => '“',
        '»' => '”',
        '–' | '―' => '—',
        '।' | '॥' | '。' => '.',
        '！' => '!',
        '？' => '?',
        _ => return None,
    })
}

/// What has been read of a sentence.
#[derive(Default)]
struct Pieces {
    pieces: Vec<Piece>,
    /// The beginning of source that was silent, for the word that comes next.
    silent: Option<usize>,
    silent_end: usize,
}

impl Pieces {
    fn word(&mut self, sound: String, mut source: Range<usize>, spaced: bool) {
        if let Some(start) = self.silent.take() {
            source.start = source.start.min(start);
        }
        let last = self.pieces.last_mut();
        if sound.is_empty() {
            match last.filter(|last| last.is_word) {
                Some(last) => {
                    last.source.end = last.source.end.max(source.end);
                    last.spaced |= spaced;
                }
                None => {
                    self.silent = Some(source.start);
                    self.silent_end = source.end;
                }
            }
            return;
        }
        match last {
            // French leaves a space behind a quote that opens.
            Some(last) if !last.is_word && last.sound.starts_with(['“', '(']) && last.spaced => {
                last.spaced = false;
                self.word(sound, source, spaced);
            }
            // A second sound of the same character of the source.
            Some(last) if source.start < last.source.end => {
                last.sound = format!("{} {sound}", last.sound);
                last.source.end = last.source.end.max(source.end);
                last.is_word = true;
                last.spaced = spaced;
            }
            _ => self.pieces.push(Piece {
                sound,
                source,
                is_word: true,
                spaced,
                how: How::of(Origin::Espeak),
            }),
        }
    }

    fn mark(&mut self, mark: char, source: Range<usize>, spaced: bool) {
        if self.silent.is_some() {
            return;
        }
        let repeats = self.pieces.iter().rev().take(MOST_REPEATS);
        let is_same = |piece: &Piece| !piece.is_word && piece.sound.starts_with(mark);
        if repeats.filter(|piece| is_same(piece)).count() == MOST_REPEATS {
            return;
        }
        if let Some(last) = self.pieces.last_mut() {
            if source.start < last.source.end {
                return;
            }
            // No space before a mark that closes (French has one).
            if last.spaced && matches!(mark, ',' | '.' | ';' | ':' | '!' | '?' | ')' | '…' | '”') {
                last.spaced = false;
            }
        }
        self.pieces.push(Piece {
            sound: mark.into(),
            source,
            is_word: false,
            spaced,
            how: How::of(Origin::Mark),
        });
    }

    /// All of it. What was silent at the end belongs to the last word, and no mark is left between.
    fn finish(mut self) -> Vec<Piece> {
        if let (Some(_), Some(word)) = (self.silent, self.pieces.iter().rposition(|piece| piece.is_word)) {
            self.pieces.truncate(word + 1);
            self.pieces[word].source.end = self.pieces[word].source.end.max(self.silent_end);
            self.pieces[word].spaced = false;
        }
        self.pieces
    }

    /// Sounds that belong to no word that is written.
    fn add_to_last(&mut self, sound: &str) {
        if let Some(last) = self
            .pieces
            .last_mut()
            .filter(|last| last.is_word && !sound.is_empty())
        {
            last.sound = format!("{} {sound}", last.sound);
        }
    }
}
