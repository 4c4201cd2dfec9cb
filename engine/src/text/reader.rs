//! The door of the room: a [`Reader`] turns text into [`Chunk`]s.
//!
//! The inference thread owns one and asks for a chunk when it is ready for the next; the command and tests do the same.
//! Nothing is read ahead but one sentence, and only where a short one joins it. A reader holds the dictionaries that
//! it has loaded and nothing about the texts that it has read.

use std::sync::OnceLock;

use super::chunk::{Chunk, Wish};
use super::directions::{Directions, directions};
use super::error::ReadError;
use super::explain::{Explanation, Record};
use super::intake::Intake;
use super::language::Language;
use super::lexicon::Lexicon;
use super::markup::{Markup, Strictness};
use super::options::ReadOptions;
use super::phonemes;
use super::reading::{Progress, Reading};

/// Reads text: the dictionaries of the languages that have been used, and how text is read if nobody says otherwise.
///
/// Making one is free. The dictionary of a language is loaded when it is first needed, which takes a fraction of a millisecond and
/// for English some 7 MB, and is kept; [`load`](Self::load) does it ahead of time. A reader can be shared between threads.
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
    options: ReadOptions,
    espeak: bool,
    lexicons: [OnceLock<Lexicon>; Language::ALL.len()],
}

impl Reader {
    /// A reader that makes a chunk of every sentence. Loads nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// A reader that reads otherwise. Loads nothing.
    pub fn with_options(options: ReadOptions) -> Self {
        Self {
            options,
            ..Self::default()
        }
    }

    /// The same, which may load espeak-ng if it is installed, for the languages that need it
    /// ([`Language::is_read_by_espeak`]). espeak-ng is under the GPL, so who ships a program decides this; it is neither
    /// linked nor shipped with Utter.
    #[must_use]
    pub fn allowing_espeak(mut self, is_allowed: bool) -> Self {
        self.espeak = is_allowed;
        self
    }

    /// How text is read if nobody says otherwise.
    pub fn options(&self) -> &ReadOptions {
        &self.options
    }

    /// Loads what is needed to read a language, unless it has been loaded already.
    ///
    /// # Errors
    /// [`ReadError::NoTextFrontEnd`] for a language whose text cannot be read; [`ReadError::EspeakNotAllowed`] and
    /// [`ReadError::Espeak`] for one that needs espeak-ng.
    pub fn load(&self, language: Language) -> Result<(), ReadError> {
        self.lexicon(language).map(|_| ())
    }

    /// The chunks of `text`, each made when it is asked for. A text without a letter or a digit (empty, white space,
    /// emoji, punctuation, control characters) has nothing to say and gives no chunks; see [`has_speech`].
    ///
    /// Words that are in no dictionary are spoken by rule or spelled, other scripts by what they are in Latin letters.
    ///
    /// # Errors
    /// As [`load`](Self::load). Reading itself does not fail.
    pub fn read<'a>(&'a self, text: &'a str, language: Language) -> Result<Chunks<'a>, ReadError> {
        self.read_as(text, language, &self.options)
    }

    /// Like [`read`](Self::read), with options for this text only.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_as<'a>(
        &'a self,
        text: &'a str,
        language: Language,
        options: &ReadOptions,
    ) -> Result<Chunks<'a>, ReadError> {
        self.load(language)?;
        Ok(Chunks {
            reader: self,
            intake: Intake::new(options.markdown),
            reading: Reading::new(language, options.clone(), Directions::default()),
            rest: text,
        })
    }

    /// The chunks of a text with markup in it, and the silences and recordings between them: what
    /// [`Chunks::next_part`] gives. `has_clip` is asked which recordings there are; for others the text in their element is
    /// read. Markdown in [`Markup::Inline`] is read as the options say.
    ///
    /// # Errors
    /// As [`read`](Self::read), and [`ReadError::Markup`] with [`Strictness::Strict`], and [`ReadError::Silent`].
    pub fn read_markup(
        &self,
        text: &str,
        (markup, strictness): (Markup, Strictness),
        language: Language,
        options: &ReadOptions,
        has_clip: &dyn Fn(&str) -> bool,
    ) -> Result<Chunks<'_>, ReadError> {
        self.load(language)?;
        let spans = markup.read(text, strictness)?;
        // SSML says all that Markdown could.
        let markdown = options.markdown.filter(|_| markup != Markup::Ssml);
        let (shown, directions) = directions(text, &spans, language.accent(), markdown, has_clip);
        if !has_speech(shown.text()) && !directions.is_heard() {
            return Err(ReadError::Silent);
        }
        Ok(Chunks {
            reader: self,
            intake: Intake::whole(text, shown),
            reading: Reading::new(language, options.clone(), directions),
            rest: "",
        })
    }

    /// What [`read_as`](Self::read_as) makes of a text, or [`read_markup`](Self::read_markup) of one with markup in it, all at
    /// once, with how it came to that: for people who report a wrong reading. Of recordings the text is read.
    ///
    /// # Errors
    /// As these.
    pub fn explain(
        &self,
        text: &str,
        markup: (Markup, Strictness),
        language: Language,
        options: &ReadOptions,
    ) -> Result<Explanation, ReadError> {
        let mut chunks = match markup.0 {
            Markup::Plain => self.read_as(text, language, options)?,
            _ => self.read_markup(text, markup, language, options, &|_| false)?,
        };
        chunks.reading.record = Some(Record::default());
        let all = chunks.by_ref().collect();
        let record = chunks.reading.record.take().unwrap_or_default();
        Ok(record.explain(all))
    }

    /// The chunks of a string of phonemes, which any voice can speak: one chunk, or several if it is too long, cut at
    /// pauses or else at spaces. White space alone gives no chunk.
    ///
    /// # Errors
    /// [`ReadError::UnknownSymbol`] for the first character that is neither in the vocabulary nor white space.
    pub fn read_phonemes(&self, text: &str) -> Result<Vec<Chunk>, ReadError> {
        phonemes::read(text, &self.options.limits.in_range())
    }

    fn slot(&self, language: Language) -> &OnceLock<Lexicon> {
        // Every language is among them all.
        let place = Language::ALL.iter().position(|other| *other == language);
        &self.lexicons[place.unwrap_or(0)]
    }

    pub(super) fn lexicon(&self, language: Language) -> Result<&Lexicon, ReadError> {
        let slot = self.slot(language);
        if let Some(lexicon) = slot.get() {
            return Ok(lexicon);
        }
        // Two that load at once make one for nothing; nobody waits for the other.
        let loaded = Lexicon::load(language, self.espeak)?;
        Ok(slot.get_or_init(|| loaded))
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let is_loaded = |language: &Language| self.slot(*language).get().is_some();
        let loaded: Vec<Language> = Language::ALL.into_iter().filter(is_loaded).collect();
        f.debug_struct("Reader")
            .field("options", &self.options)
            .field("loaded", &loaded)
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
    reader: &'a Reader,
    reading: Reading,
    intake: Intake,
    /// What was not taken in.
    rest: &'a str,
}

impl Chunks<'_> {
    /// The next chunk, as it is wished for. [`next`](Iterator::next) gives whole sentences.
    pub fn next_as(&mut self, wish: Wish) -> Option<Chunk> {
        loop {
            match self.next_part(wish) {
                Progress::Chunk(chunk) => return Some(chunk),
                Progress::Over => return None,
                // Silences and recordings are not for who asks for chunks.
                Progress::Silence(_) | Progress::Clip { .. } | Progress::Wait => {}
            }
        }
    }

    /// The next chunk, as it is wished for, or what markup wants to be heard ahead of it. Never [`Progress::Wait`].
    pub fn next_part(&mut self, wish: Wish) -> Progress {
        loop {
            match self.reading.next(self.reader, &mut self.intake, wish) {
                Progress::Wait => self.take_in(),
                progress => return progress,
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
