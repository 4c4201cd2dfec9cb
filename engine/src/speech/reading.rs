//! Text and phonemes as the chunks of an utterance.
//!
//! What the command and the host give to a [`Speaker`](super::Speaker): a source that owns its text and shares the reader, so
//! that the inference thread can take it along and ask for chunk after chunk.

use std::sync::Arc;

use self_cell::self_cell;

use super::source::{Asked, ChunkSource, SourceError};
use super::utterance::Chunk;
use crate::text::{self, Chunks, Language, ReadError, Reader, Wish};

struct Origin {
    reader: Arc<Reader>,
    text: String,
}

self_cell!(
    /// Chunks, with the text and the dictionaries that they borrow from.
    struct Reading {
        owner: Origin,
        #[not_covariant]
        dependent: Chunks,
    }
);

impl ChunkSource for Reading {
    fn ask(&mut self, wish: Wish) -> Result<Asked, SourceError> {
        let chunk = self.with_dependent_mut(|_, chunks| chunks.next_as(wish));
        Ok(chunk.map_or(Asked::Over, |chunk| Asked::Chunk(chunk.into())))
    }
}

impl From<text::Chunk> for Chunk {
    fn from(chunk: text::Chunk) -> Self {
        Self {
            phonemes: chunk.symbols(),
            source: chunk.source,
            words: chunk.words,
            boundary: chunk.boundary,
        }
    }
}

/// The chunks of a text, each made when it is asked for. A text with nothing to say has none.
///
/// # Errors
/// [`ReadError::NoTextFrontEnd`] for a language whose text cannot be read.
pub fn read_text(
    reader: Arc<Reader>,
    text: String,
    language: Language,
) -> Result<Box<dyn ChunkSource>, ReadError> {
    let chunks = Reading::try_new(Origin { reader, text }, |origin| {
        origin.reader.read(&origin.text, language)
    })?;
    Ok(Box::new(chunks))
}

/// The chunks of a string of phonemes.
///
/// # Errors
/// [`ReadError::UnknownSymbol`] for the first symbol that no voice knows.
pub fn read_phonemes(reader: &Reader, phonemes: &str) -> Result<Box<dyn ChunkSource>, ReadError> {
    let chunks = reader.read_phonemes(phonemes)?;
    Ok(Box::new(chunks.into_iter().map(|chunk| Ok(chunk.into()))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Boundary, Word};

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
        let source = read_text(Arc::new(Reader::new()), text, Language::AmericanEnglish).unwrap();
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
                boundary: Boundary::End
            }]
        );
    }
}
