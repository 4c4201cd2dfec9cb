//! Where the chunks of an utterance come from: something that is there already, a text that is read as it is needed, or
//! one that is still being written.

use super::transcript::Transcript;
use super::utterance::Chunk;
use crate::text::Wish;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Why a chunk cannot be had.
pub type SourceError = Box<dyn Error + Send + Sync>;

/// What asking a [`ChunkSource`] has come to.
#[derive(Debug)]
pub enum Asked {
    /// The next chunk.
    Chunk(Chunk),
    /// At least so much silence ahead of the next chunk, the pause behind the last one included.
    Silence(Duration),
    /// None now, and there may be more: to be asked again when it is [ready](ChunkSource::readiness).
    Later,
    /// There are no more chunks.
    Over,
}

/// When something can go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// Now.
    Ready,
    /// At that time, or when the waker is called before.
    At(Instant),
    /// When the waker is called.
    WhenTold,
}

impl Readiness {
    /// The sooner of both.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Ready, _) | (_, Self::Ready) => Self::Ready,
            (Self::At(one), Self::At(other)) => Self::At(one.min(other)),
            (at @ Self::At(_), Self::WhenTold) | (Self::WhenTold, at) => at,
        }
    }
}

/// Called from any thread when a source may have become ready. It waits for nobody.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// The chunks of an utterance, in order. It is asked for the next one when that is about to be synthesised, on the
/// inference thread, which must not wait for it; so sound need not wait for all of a text to be turned into phonemes. An
/// error ends the utterance.
///
/// An iterator of chunks is a source that is always ready.
pub trait ChunkSource: Send {
    /// The next chunk, as it is wished for if there is a choice.
    ///
    /// # Errors
    ///
    /// Why it cannot be had.
    fn ask(&mut self, wish: Wish) -> Result<Asked, SourceError>;

    /// When asking for the same again would come to something else than [`Asked::Later`].
    fn readiness(&self) -> Readiness {
        Readiness::Ready
    }

    /// The text that the chunks' ranges are of, as far as there is one. Asked for once, when the utterance is.
    fn transcript(&self) -> Option<Transcript> {
        None
    }

    /// Told before it is asked for the first time.
    fn wake_by(&mut self, waker: Waker) {
        drop(waker);
    }
}

impl<I> ChunkSource for I
where
    I: Iterator<Item = Result<Chunk, SourceError>> + Send,
{
    fn ask(&mut self, _: Wish) -> Result<Asked, SourceError> {
        Ok(match self.next().transpose()? {
            Some(chunk) => Asked::Chunk(chunk),
            None => Asked::Over,
        })
    }
}
