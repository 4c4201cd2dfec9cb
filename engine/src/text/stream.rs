//! A text that is written while it is read: what a language model gives, token by token.
//!
//! [`TextStream`] takes pieces, cut anywhere, and gives chunks, of which nothing that comes later could change what is said.
//! Who asks for them knows how urgent they are, and when to wait no longer; there is no clock here.

use std::sync::Arc;

use super::chunk::{Chunk, Wish};
use super::directions::Directions;
use super::error::ReadError;
use super::intake::Intake;
use super::language::Language;
use super::options::ReadOptions;
use super::reader::Reader;
use super::reading::{Progress, Reading};

/// A text that comes in pieces, and its chunks.
///
/// ```
/// use std::sync::Arc;
/// use utter::text::{Language, Progress, ReadOptions, Reader, TextStream, Wish};
///
/// let reader = Arc::new(Reader::new());
/// let mut text = TextStream::new(reader, Language::AmericanEnglish, ReadOptions::default())?;
/// text.push("It is 3");
/// text.push(".5 metres. And");
/// let Progress::Chunk(chunk) = text.next_as(Wish::WHOLE) else {
///     panic!("a sentence is complete");
/// };
/// assert_eq!(chunk.source, 0..17);
/// assert!(matches!(text.next_as(Wish::WHOLE), Progress::Wait));
/// text.finish();
/// # Ok::<(), utter::text::ReadError>(())
/// ```
pub struct TextStream {
    reader: Arc<Reader>,
    reading: Reading,
    intake: Intake,
}

impl TextStream {
    /// A text of which nothing has come yet. Loads the dictionary of the language, if it was not loaded before.
    ///
    /// # Errors
    /// As [`Reader::load`].
    pub fn new(reader: Arc<Reader>, language: Language, options: ReadOptions) -> Result<Self, ReadError> {
        reader.load(language)?;
        Ok(Self {
            intake: Intake::new(options.markdown),
            reading: Reading::new(language, options, Directions::default()),
            reader,
        })
    }

    /// Adds UTF-8, which may begin and end inside of a word or a character. What is no UTF-8 is read as `U+FFFD`.
    pub fn push(&mut self, piece: impl AsRef<[u8]>) {
        self.intake.push_bytes(piece.as_ref());
    }

    /// Nothing more will come.
    pub fn finish(&mut self) {
        self.intake.finish();
    }

    /// Whether nothing more will come.
    pub fn is_finished(&self) -> bool {
        self.intake.is_final()
    }

    /// The bytes that have come, and were not given as a part of a chunk, nor passed over.
    pub fn unread(&self) -> usize {
        self.intake.unread(self.reading.position())
    }

    /// The next chunk, if one is certain. Its places are bytes of all that was pushed, as UTF-8 with `U+FFFD` in it.
    pub fn next_as(&mut self, wish: Wish) -> Progress {
        self.reading.next(&self.reader, &mut self.intake, wish)
    }

    /// The next chunk of what has come, as if nothing followed: nobody knows when more will come. What comes later begins a
    /// new sentence. `None` if there is nothing to be said.
    pub fn flush(&mut self, wish: Wish) -> Option<Chunk> {
        self.reading.flush(&self.reader, &mut self.intake, wish)
    }
}

impl std::fmt::Debug for TextStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextStream")
            .field("unread", &self.unread())
            .field("is_finished", &self.is_finished())
            .finish()
    }
}
