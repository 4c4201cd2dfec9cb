//! The door of the room: a [`Reader`] turns text into [`Chunk`]s.
//!
//! The inference thread owns one and asks for a chunk when it is ready for the next; the command and tests do the same.
//! Nothing is read ahead but one sentence, and only where a short one joins it. A reader holds the dictionaries that
//! it has loaded and nothing about the texts that it has read.

use std::sync::OnceLock;

use super::chunk::{Chunk, Limits, Wish};
use super::error::ReadError;
use super::intake::Intake;
use super::language::{Accent, Language};
use super::lexicon::Lexicon;
use super::phonemes;
use super::reading::{Progress, Reading};

/// Reads text: the dictionaries of the languages that have been used, and the limits for chunks.
///
/// Making one is free. The dictionary of a language is loaded when it is first needed, which takes some tenths of a
/// second and about 100 MB, and is kept; [`load`](Self::load) does it ahead of time. A reader can be shared between
/// threads.
///
/// ```
/// use utter::text::{Language, Reader};
///
/// let reader = Reader::new();
/// let text = "Hello, world. How are you?";
/// let mut chunks = reader.read(text, Language::AmericanEnglish)?;
/// let first = chunks.next().expect("there is something to say");
/// assert_eq!(first.symbols(), "həlˈO, wˈɜɹld.");
/// assert_eq!(&text[first.source], "Hello, world.");
/// # Ok::<(), utter::text::ReadError>(())
/// ```
#[derive(Default)]
pub struct Reader {
    limits: Limits,
    american: OnceLock<Box<Lexicon>>,
    british: OnceLock<Box<Lexicon>>,
}

impl Reader {
    /// A reader that makes a chunk of every sentence. Loads nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// A reader with other limits for the length of chunks. Loads nothing.
    pub fn with_limits(limits: Limits) -> Self {
        Self {
            limits: limits.in_range(),
            ..Self::default()
        }
    }

    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    /// Loads what is needed to read a language, unless it has been loaded already.
    ///
    /// # Errors
    /// [`ReadError::NoTextFrontEnd`] for a language whose text cannot be read.
    pub fn load(&self, language: Language) -> Result<(), ReadError> {
        self.lexicon(language).map(|_| ())
    }

    /// The chunks of `text`, each made when it is asked for. A text without a letter or a digit (empty, white space,
    /// emoji, punctuation, control characters) has nothing to say and gives no chunks; see [`has_speech`].
    ///
    /// Words that are in no dictionary are spoken by rule or spelled, other scripts by what they are in Latin letters.
    /// Symbols and emoji that misaki has no word for are silent.
    ///
    /// # Errors
    /// [`ReadError::NoTextFrontEnd`] for a language whose text cannot be read. Reading itself does not fail.
    pub fn read<'a>(&'a self, text: &'a str, language: Language) -> Result<Chunks<'a>, ReadError> {
        self.read_within(text, language, self.limits)
    }

    /// Like [`read`](Self::read), with limits for this text only.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_within<'a>(
        &'a self,
        text: &'a str,
        language: Language,
        limits: Limits,
    ) -> Result<Chunks<'a>, ReadError> {
        Ok(Chunks {
            lexicon: self.lexicon(language)?,
            reading: Reading::new(limits),
            intake: Intake::default(),
            rest: text,
        })
    }

    /// The chunks of a string of phonemes, which any voice can speak: one chunk, or several if it is too long, cut at
    /// pauses or else at spaces. White space alone gives no chunk.
    ///
    /// # Errors
    /// [`ReadError::UnknownSymbol`] for the first character that is neither in the vocabulary nor white space.
    pub fn read_phonemes(&self, text: &str) -> Result<Vec<Chunk>, ReadError> {
        phonemes::read(text, &self.limits)
    }

    pub(super) fn lexicon(&self, language: Language) -> Result<&Lexicon, ReadError> {
        let accent = language.accent().ok_or(ReadError::NoTextFrontEnd { language })?;
        let slot = match accent {
            Accent::American => &self.american,
            Accent::British => &self.british,
        };
        Ok(slot.get_or_init(|| Box::new(Lexicon::load(accent))))
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader")
            .field("limits", &self.limits)
            .field("american", &self.american.get().is_some())
            .field("british", &self.british.get().is_some())
            .finish()
    }
}

/// Whether a text has a letter or a digit, and so something to say. Without, [`Reader::read`] gives no chunks.
pub fn has_speech(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

/// Bytes of a text that are taken in at a time: so much of a long one is looked at before its first chunk.
const AT_A_TIME: usize = 8_192;

/// The chunks of a text, made one by one. Comes from [`Reader::read`].
pub struct Chunks<'a> {
    lexicon: &'a Lexicon,
    reading: Reading,
    intake: Intake,
    /// What was not taken in.
    rest: &'a str,
}

impl Chunks<'_> {
    /// The next chunk, as it is wished for. [`next`](Iterator::next) gives whole sentences.
    pub fn next_as(&mut self, wish: Wish) -> Option<Chunk> {
        loop {
            match self.reading.next(self.lexicon, &mut self.intake, wish) {
                Progress::Chunk(chunk) => return Some(chunk),
                Progress::Over => return None,
                Progress::Wait => self.take_in(),
            }
        }
    }

    fn take_in(&mut self) {
        let (taken, rest) = self.rest.split_at(self.rest.floor_char_boundary(AT_A_TIME));
        self.intake.push(taken);
        self.rest = rest;
        if rest.is_empty() {
            self.intake.finish();
        }
    }
}

impl Iterator for Chunks<'_> {
    type Item = Chunk;

    fn next(&mut self) -> Option<Chunk> {
        self.next_as(Wish::WHOLE)
    }
}
