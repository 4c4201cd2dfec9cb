//! Text and phonemes as the chunks of an utterance.
//!
//! What the command and the host give to a [`Speaker`](super::Speaker): a source that owns its text and shares the reader, so
//! that the inference thread can take it along and ask for chunk after chunk.

use std::sync::Arc;

use self_cell::self_cell;

use super::recordings::Recordings;
use super::source::{Asked, ChunkSource, SourceError};
use super::transcript::Transcript;
use super::utterance::Chunk;
use crate::text::{
    self, Boundary, Chunks, Language, Markup, Progress, ReadError, ReadOptions, Reader, Strictness, Wish,
};

struct Origin {
    reader: Arc<Reader>,
    text: String,
}

self_cell!(
    /// Chunks, with the text and the dictionaries that they borrow from.
    struct Parts {
        owner: Origin,
        #[not_covariant]
        dependent: Chunks,
    }
);

/// A text on its way, and the recordings that it may name.
struct Reading {
    parts: Parts,
    recordings: Recordings,
}

impl ChunkSource for Reading {
    fn ask(&mut self, wish: Wish) -> Result<Asked, SourceError> {
        loop {
            return Ok(
                match self.parts.with_dependent_mut(|_, chunks| chunks.next_part(wish)) {
                    Progress::Chunk(chunk) => Asked::Chunk(chunk.into()),
                    Progress::Silence(time) => Asked::Silence(time),
                    Progress::Clip { src, source } => match self.recordings.frames(&src) {
                        Ok(frames) => Asked::Chunk(Chunk {
                            source,
                            boundary: Boundary::Word,
                            recording: Some(frames),
                            ..Chunk::default()
                        }),
                        Err(error) => {
                            tracing::warn!(src, %error, "a recording is left out");
                            continue;
                        }
                    },
                    Progress::Over | Progress::Wait => Asked::Over,
                },
            );
        }
    }

    fn transcript(&self) -> Option<Transcript> {
        Some(Transcript::of(self.parts.borrow_owner().text.as_str()))
    }
}

/// Chunks that are there, of this string.
struct Given {
    chunks: std::vec::IntoIter<text::Chunk>,
    transcript: Transcript,
}

impl ChunkSource for Given {
    fn ask(&mut self, _: Wish) -> Result<Asked, SourceError> {
        let chunk = self.chunks.next();
        Ok(chunk.map_or(Asked::Over, |chunk| Asked::Chunk(chunk.into())))
    }

    fn transcript(&self) -> Option<Transcript> {
        Some(self.transcript.clone())
    }
}

impl From<text::Chunk> for Chunk {
    fn from(chunk: text::Chunk) -> Self {
        Self {
            phonemes: chunk.symbols(),
            source: chunk.source,
            words: chunk.words,
            boundary: chunk.boundary,
            manner: chunk.manner,
            bookmarks: chunk.bookmarks,
            recording: None,
        }
    }
}

/// The chunks of a text, each made when it is asked for. A text with nothing to say has none.
///
/// # Errors
/// As [`Reader::load`].
pub fn read_text(
    reader: Arc<Reader>,
    text: String,
    language: Language,
    options: &ReadOptions,
) -> Result<Box<dyn ChunkSource>, ReadError> {
    let parts = Parts::try_new(Origin { reader, text }, |origin| {
        origin.reader.read_as(&origin.text, language, options)
    })?;
    let recordings = Recordings::NONE;
    Ok(Box::new(Reading { parts, recordings }))
}

/// What a text is marked up with, what becomes of mistakes in it, and the recordings that it may name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marked {
    /// The kind of markup.
    pub markup: Markup,
    /// What becomes of mistakes.
    pub strictness: Strictness,
    /// The folder of its recordings.
    pub recordings: Recordings,
}

/// The chunks of a text with markup in it, with its silences and recordings.
///
/// # Errors
/// As [`Reader::read_markup`].
pub fn read_markup(
    reader: Arc<Reader>,
    text: String,
    marked: Marked,
    language: Language,
    options: &ReadOptions,
) -> Result<Box<dyn ChunkSource>, ReadError> {
    let Marked {
        markup,
        strictness,
        recordings,
    } = marked;
    let has_clip = |src: &str| recordings.find(src).is_some();
    let parts = Parts::try_new(Origin { reader, text }, |origin| {
        let how = (markup, strictness);
        origin
            .reader
            .read_markup(&origin.text, how, language, options, &has_clip)
    })?;
    Ok(Box::new(Reading { parts, recordings }))
}

/// The chunks of a string of phonemes.
///
/// # Errors
/// [`ReadError::UnknownSymbol`] for the first symbol that no voice knows.
pub fn read_phonemes(reader: &Reader, phonemes: &str) -> Result<Box<dyn ChunkSource>, ReadError> {
    Ok(Box::new(Given {
        chunks: reader.read_phonemes(phonemes)?.into_iter(),
        transcript: Transcript::of(phonemes),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Word;

    fn all(mut source: Box<dyn ChunkSource>) -> Vec<Chunk> {
        let next = || match source.ask(Wish::WHOLE) {
            Ok(Asked::Chunk(chunk)) => Some(chunk),
            _ => None,
        };
        std::iter::from_fn(next).collect()
    }

    #[test]
    fn chunks_own_what_they_are_made_of() {
        let text = String::from("One. Two is longer, and so it stands alone.");
        let source = read_text(
            Arc::new(Reader::new()),
            text,
            Language::AmericanEnglish,
            &ReadOptions::default(),
        )
        .unwrap();
        let chunks = std::thread::spawn(move || all(source)).join().unwrap();
        assert!(chunks.iter().all(|chunk| !chunk.phonemes.is_empty()));
        assert_eq!(chunks.last().unwrap().source.end, 43);
        assert_eq!(chunks.last().unwrap().boundary, Boundary::End);
        assert_eq!(chunks.iter().map(|chunk| chunk.words.len()).sum::<usize>(), 9);
    }

    #[test]
    fn phonemes_are_taken_as_they_are() {
        let chunks = all(read_phonemes(&Reader::new(), "həlˈO").unwrap());
        assert_eq!(
            chunks,
            [Chunk {
                phonemes: "həlˈO".into(),
                source: 0.."həlˈO".len(),
                words: vec![Word {
                    source: 0.."həlˈO".len(),
                    phonemes: 0..5
                }],
                boundary: Boundary::End,
                ..Chunk::default()
            }]
        );
    }
}
