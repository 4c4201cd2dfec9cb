//! Loading a voice: what is asked of a loader, how far it is, and what can go wrong.

use super::completion::{Abandoned, Completion};
use super::synthesizer::{CancelFlag, Synthesizer};
use crate::voice::VoiceError;
use std::borrow::Cow;
use std::sync::Arc;

/// Loads a voice. It is called on a thread of its own, as often as the voice is needed and not there, and may take its
/// time; what it says of its steps is told as [`Event::VoiceLoading`](super::Event::VoiceLoading).
pub type VoiceLoader = Arc<
    dyn Fn(&LoadRequest, &mut dyn FnMut(LoadStep)) -> Result<Box<dyn Synthesizer>, VoiceError> + Send + Sync,
>;

/// What a loader is asked.
#[derive(Debug, Clone)]
pub struct LoadRequest {
    /// Why.
    pub reason: LoadReason,
    /// Set when the speaker is closed meanwhile: what is loaded will not be used. Closing waits for the loader.
    pub cancel: CancelFlag,
}

/// Why a voice is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoadReason {
    /// Something is to be said, or it was asked to be warm.
    Use,
    /// To take the place of the one that is there.
    Rebuild,
}

/// What is done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoadStep {
    /// Its files are looked for and checked.
    Finding,
    /// They are brought into memory, and threads started.
    Loading,
    /// It is made to speak once, unheard.
    WarmingUp,
}

/// Whether there is a voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum VoiceState {
    /// There is none; it is loaded when it is needed.
    #[default]
    Absent,
    /// There is none yet.
    Loading,
    /// It is in memory.
    Ready,
}

/// How things are with the voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VoiceStatus {
    /// Whether there is one.
    pub state: VoiceState,
    /// Whether another is being loaded to take its place.
    pub is_rebuilding: bool,
    /// Whether the next call has no first-call cost.
    pub is_warm: bool,
}

/// What became of something that was asked of the voice.
pub type VoiceResult = Result<(), LoadError>;

/// Follows something that was asked of the voice.
pub type VoiceRequest = Completion<VoiceResult>;

impl Abandoned for VoiceResult {
    fn abandoned() -> Self {
        Err(LoadError::Closed)
    }
}

/// Why there is no voice, or not the one that was asked for.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// It cannot be loaded.
    #[error(transparent)]
    Voice(Arc<VoiceError>),
    /// It was loaded, and cannot speak.
    #[error("the voice does not speak: {0}")]
    WarmUp(Arc<dyn std::error::Error + Send + Sync>),
    /// The loader or the voice panicked, which is a mistake in the program.
    #[error("the voice cannot be loaded: its loader panicked")]
    Panicked,
    /// The system gives no thread.
    #[error("no thread for loading the voice: {0}")]
    Thread(Arc<std::io::Error>),
    /// The speaker was given a voice, and no way to load one.
    #[error("there is no way to load the voice again")]
    NoLoader,
    /// Something that was asked for later has made it pointless.
    #[error("something that was asked of the voice later has taken its place")]
    Superseded,
    /// Too much was asked of the voice at once.
    #[error("too many requests to the voice are waiting")]
    QueueFull,
    /// The speaker was closed.
    #[error("the speaker is closed")]
    Closed,
}

impl LoadError {
    /// What the person who reads the error can do.
    pub fn hint(&self) -> Cow<'static, str> {
        match self {
            Self::Voice(error) => error.hint().into(),
            Self::WarmUp(error) => match error.downcast_ref::<VoiceError>() {
                Some(error) => error.hint().into(),
                None => "see that the voice's files are whole".into(),
            },
            Self::Panicked => "report this".into(),
            Self::Thread(_) => "close other programs".into(),
            Self::NoLoader => "start the speaker with a loader".into(),
            Self::Superseded => "nothing needs to be done".into(),
            Self::QueueFull => "wait until some are done".into(),
            Self::Closed => "make a new one".into(),
        }
    }
}

impl From<VoiceError> for LoadError {
    fn from(error: VoiceError) -> Self {
        Self::Voice(Arc::new(error))
    }
}
