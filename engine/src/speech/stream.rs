//! Text that is said while it is written.
//!
//! [`stream_text`] gives two ends: a [`TextWriter`], which takes pieces from any thread, and a [`ChunkSource`] for an
//! utterance. The inference thread takes what has come when the writer rings, or when nothing came for the quiet time; it
//! never waits. What nobody has taken is bounded by [`UNREAD_TEXT`].

use super::source::{Asked, ChunkSource, Readiness, SourceError, Waker};
use super::transcript::Transcript;
use crate::text::{Language, Progress, ReadError, ReadOptions, Reader, TextStream, Wish};
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Bytes of a text that can wait to be made into speech. A piece that does not fit is refused with [`WriteError::Full`].
pub const UNREAD_TEXT: usize = 1 << 20;

/// After so long without a piece what is there is said, if nothing else is asked for.
pub const QUIET: Duration = Duration::from_millis(400);

/// Why a piece of text was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// More than [`UNREAD_TEXT`] waits. Nothing of the piece was taken.
    #[error("more than {UNREAD_TEXT} bytes of text wait to be said")]
    Full,
    /// The utterance is over: it was stopped, or has failed.
    #[error("the utterance is over")]
    Over,
    /// [`finish`](TextWriter::finish) was called before.
    #[error("the text was finished before")]
    Finished,
}

impl WriteError {
    /// What to do about it.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Full => "wait until some of it was said, and push the piece again",
            Self::Over => "begin a new one for what is still to be said",
            Self::Finished => "begin a new one, or finish later",
        }
    }
}

/// What the two ends share.
struct Shared {
    state: Mutex<State>,
    /// All that came, for telling afterwards what was heard of it. Its lock is taken within that of the state.
    transcript: Transcript,
}

struct State {
    /// What came and was not taken.
    incoming: Vec<u8>,
    /// What was taken and is not said, in bytes.
    unread: usize,
    /// Pieces so far.
    pieces: u64,
    is_finished: bool,
    /// Nobody will take anything any more.
    is_over: bool,
    last: Instant,
    waker: Option<Waker>,
}

/// Where a text is written that is said meanwhile. Clones write the same text. When the last is dropped the text is finished.
#[derive(Clone)]
pub struct TextWriter {
    end: Arc<WritingEnd>,
}

struct WritingEnd(Arc<Shared>);

impl TextWriter {
    /// Adds a piece: UTF-8, which may begin and end inside of a word or a character.
    ///
    /// # Errors
    ///
    /// [`WriteError`]; nothing of the piece was taken then.
    pub fn push(&self, piece: impl AsRef<[u8]>) -> Result<(), WriteError> {
        let piece = piece.as_ref();
        let mut state = self.end.0.state.lock();
        if state.is_over {
            return Err(WriteError::Over);
        }
        if state.is_finished {
            return Err(WriteError::Finished);
        }
        if state.unread + state.incoming.len() + piece.len() > UNREAD_TEXT {
            return Err(WriteError::Full);
        }
        if !self.end.0.transcript.push(piece) {
            return Err(WriteError::Over);
        }
        state.incoming.extend_from_slice(piece);
        state.pieces += 1;
        state.last = Instant::now();
        let waker = state.waker.clone();
        drop(state);
        if let Some(wake) = waker {
            wake();
        }
        Ok(())
    }

    /// Nothing more will come: the utterance ends with what is there.
    pub fn finish(&self) {
        self.end.0.finish();
    }
}

impl Shared {
    fn finish(&self) {
        let mut state = self.state.lock();
        state.is_finished = true;
        self.transcript.finish();
        let waker = state.waker.clone();
        drop(state);
        if let Some(wake) = waker {
            wake();
        }
    }
}

impl Drop for WritingEnd {
    fn drop(&mut self) {
        self.0.finish();
    }
}

impl std::fmt::Debug for TextWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = self.end.0.state.lock();
        f.debug_struct("TextWriter")
            .field("unread", &(state.unread + state.incoming.len()))
            .field("is_finished", &state.is_finished)
            .field("is_over", &state.is_over)
            .finish()
    }
}

/// A text that is said while it is written: where it is written, and its chunks. What is there and could be changed by what
/// follows is said after `quiet` without a piece.
///
/// # Errors
///
/// As [`Reader::load`].
pub fn stream_text(
    reader: Arc<Reader>,
    language: Language,
    options: ReadOptions,
    quiet: Duration,
) -> Result<(TextWriter, Box<dyn ChunkSource>), ReadError> {
    let text = TextStream::new(reader, language, options)?;
    let shared = Arc::new(Shared {
        transcript: Transcript::default(),
        state: Mutex::new(State {
            incoming: Vec::new(),
            unread: 0,
            pieces: 0,
            is_finished: false,
            is_over: false,
            last: Instant::now(),
            waker: None,
        }),
    });
    let writer = TextWriter {
        end: Arc::new(WritingEnd(Arc::clone(&shared))),
    };
    let source = Written {
        shared,
        text,
        quiet,
        seen: 0,
        has_seen_end: false,
    };
    Ok((writer, Box::new(source)))
}

/// The reading end.
struct Written {
    shared: Arc<Shared>,
    text: TextStream,
    quiet: Duration,
    /// Pieces that were taken.
    seen: u64,
    has_seen_end: bool,
}

impl Written {
    /// Takes what has come; whether nothing has for long.
    fn take(text: &mut TextStream, state: &mut State, quiet: Duration) -> bool {
        let incoming = std::mem::take(&mut state.incoming);
        if !incoming.is_empty() {
            text.push(incoming);
        }
        if state.is_finished && !text.is_finished() {
            text.finish();
        }
        state.unread = text.unread();
        state.last.elapsed() >= quiet
    }
}

impl ChunkSource for Written {
    fn ask(&mut self, wish: Wish) -> Result<Asked, SourceError> {
        let text = &mut self.text;
        let is_quiet = {
            let mut state = self.shared.state.lock();
            (self.seen, self.has_seen_end) = (state.pieces, state.is_finished);
            Self::take(text, &mut state, self.quiet)
        };
        let asked = match text.next_as(wish) {
            Progress::Chunk(chunk) => Asked::Chunk(chunk.into()),
            Progress::Over => Asked::Over,
            Progress::Wait if is_quiet => text
                .flush(wish)
                .map_or(Asked::Later, |chunk| Asked::Chunk(chunk.into())),
            Progress::Wait => Asked::Later,
            Progress::Silence(time) => Asked::Silence(time),
            // There is no markup in a stream.
            Progress::Clip { .. } => Asked::Later,
        };
        self.shared.state.lock().unread = text.unread();
        Ok(asked)
    }

    fn readiness(&self) -> Readiness {
        let state = self.shared.state.lock();
        if state.pieces != self.seen || state.is_finished != self.has_seen_end {
            return Readiness::Ready;
        }
        // What is only space, or was said, need not be looked at again.
        match state.unread {
            0 => Readiness::WhenTold,
            _ => Readiness::At(state.last + self.quiet),
        }
    }

    fn transcript(&self) -> Option<Transcript> {
        Some(self.shared.transcript.clone())
    }

    fn wake_by(&mut self, waker: Waker) {
        self.shared.state.lock().waker = Some(waker);
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        let mut state = self.shared.state.lock();
        state.is_over = true;
        state.incoming = Vec::new();
        let waker = state.waker.take();
        drop(state);
        drop(waker);
    }
}
