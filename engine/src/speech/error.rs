//! What can go wrong with an utterance.

use super::clip::ClipError;
use super::loading::LoadError;
use crate::playback::output::SinkError;
use crate::playback::{PlaybackError, PushError};
use crate::voice::VoiceError;
use std::borrow::Cow;
use std::sync::Arc;

type BoxedError = Arc<dyn std::error::Error + Send + Sync>;

/// Why an utterance was not said to its end. What comes after it is not affected.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum SpeechError {
    /// Its text could not be turned into phonemes.
    #[error("chunk {chunk} cannot be prepared: {source}")]
    Text {
        /// The chunk's place in the utterance, from 0.
        chunk: usize,
        /// What the text side says.
        source: BoxedError,
    },
    /// A chunk could not be synthesised.
    #[error("chunk {chunk} cannot be synthesised: {source}")]
    Synthesis {
        /// The chunk's place in the utterance, from 0.
        chunk: usize,
        /// What the voice says.
        source: BoxedError,
    },
    /// The voice panicked, which is a mistake in the program.
    #[error("chunk {chunk} cannot be synthesised: the voice panicked")]
    Panicked {
        /// The chunk's place in the utterance, from 0.
        chunk: usize,
    },
    /// A clip could not be played. Nothing of it was heard.
    #[error("{name}: {source}")]
    Clip {
        /// The file, or how many bytes it was.
        name: String,
        /// Why.
        source: ClipError,
    },
    /// There is no voice.
    #[error(transparent)]
    Voice(#[from] LoadError),
    /// The output failed.
    #[error(transparent)]
    Playback(#[from] PlaybackError),
    /// The file failed.
    #[error(transparent)]
    Sink(Arc<SinkError>),
}

impl SpeechError {
    /// What the person who reads the error can do.
    pub fn hint(&self) -> Cow<'static, str> {
        match self {
            Self::Text { .. } => "see whether the text is in a language that the voice speaks".into(),
            Self::Synthesis { source, .. } => match source.downcast_ref::<VoiceError>() {
                Some(error) => error.hint().into(),
                None => "see that the voice exists and its files are whole".into(),
            },
            Self::Panicked { .. } => "report this, with the text that caused it".into(),
            Self::Clip { source, .. } => source.hint().into(),
            Self::Voice(error) => error.hint(),
            Self::Playback(error) => error.hint().into(),
            Self::Sink(error) => error.hint().into(),
        }
    }
}

impl From<SinkError> for SpeechError {
    fn from(error: SinkError) -> Self {
        Self::Sink(Arc::new(error))
    }
}

/// Why nothing can be said now.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum SpeakError {
    /// As many utterances wait as there is room for.
    #[error("too many utterances are waiting")]
    QueueFull,
    /// The speaker was closed.
    #[error("the speaker is closed")]
    Closed,
    /// Nobody would hear it.
    #[error(transparent)]
    Playback(#[from] PlaybackError),
    /// The system gives no thread.
    #[error("no thread for inference: {0}")]
    Thread(Arc<std::io::Error>),
}

impl SpeakError {
    /// What the person who reads the error can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::QueueFull => "wait until some have been said",
            Self::Closed => "make a new one",
            Self::Playback(error) => error.hint(),
            Self::Thread(_) => "close other programs",
        }
    }
}

/// Why the chunks of an utterance are not gone on with.
#[derive(Debug)]
pub(super) enum Interruption {
    /// It was stopped.
    Stopped,
    /// It failed.
    Failed(SpeechError),
}

impl From<PushError> for Interruption {
    fn from(error: PushError) -> Self {
        match error {
            PushError::Stopped => Self::Stopped,
            PushError::OutputLost(reason) => Self::Failed(PlaybackError::OutputLost(reason).into()),
            PushError::Closed => Self::Failed(PlaybackError::Closed.into()),
        }
    }
}

impl From<SinkError> for Interruption {
    fn from(error: SinkError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<SpeechError> for Interruption {
    fn from(error: SpeechError) -> Self {
        Self::Failed(error)
    }
}
