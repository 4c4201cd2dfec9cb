//! What can go wrong when the host is used: one reason for each kind of trouble, to be matched on, and for the person in
//! front of it a message and what helps.

use super::config::Difference;
use super::session::ClientId;
use crate::playback::output::OutputError;
use crate::playback::{PlaybackError, QueueError, SeekError};
use crate::plugin::PluginError;
use crate::speech::{LoadError, SpeakError, SpeechError, WriteError};
use crate::text::ReadError;
use crate::voice::artifacts::{ArtifactsError, Rejection, Tried};
use crate::voice::{PackError, VoiceError};
use std::fmt;
use std::sync::Arc;

/// The kinds of trouble. What is told of each is in the [`Error`]; nothing needs to match on text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// There is no runtime in this process: none was started, or it was shut down.
    NotInitialised,
    /// There is one, with another configuration.
    OtherConfiguration,
    /// It is being shut down.
    ShuttingDown,
    /// The client was detached or evicted, or is of a generation before the last hot restart.
    StaleClient,
    /// There is no built voice.
    MissingArtifacts,
    /// There is one, which is damaged or not for this engine or processor.
    DamagedArtifacts,
    /// There is no such device to compute on.
    InvalidDevice,
    /// There is no such voice, what names it is no blend either, or the user's own is none.
    InvalidVoice,
    /// What was asked for makes no sense: text in a language that is not read, a speed out of range, a place that is not
    /// there.
    InvalidInput,
    /// Too much waits already.
    QueueFull,
    /// No output, or it fails.
    Output,
    /// A file cannot be read or written.
    File,
    /// A plugin fails.
    Plugin,
    /// The compiled model or TVM fails.
    Tvm,
    /// The system gives no threads or memory.
    System,
    /// It was stopped before it was done.
    Cancelled,
    /// A mistake in Utter.
    Internal,
}

impl Reason {
    /// Every kind, in the order of their declaration.
    pub const ALL: [Self; 17] = [
        Self::NotInitialised,
        Self::OtherConfiguration,
        Self::ShuttingDown,
        Self::StaleClient,
        Self::MissingArtifacts,
        Self::DamagedArtifacts,
        Self::InvalidDevice,
        Self::InvalidVoice,
        Self::InvalidInput,
        Self::QueueFull,
        Self::Output,
        Self::File,
        Self::Plugin,
        Self::Tvm,
        Self::System,
        Self::Cancelled,
        Self::Internal,
    ];
}

/// Why something could not be done.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    reason: Reason,
    message: String,
    hint: String,
    #[source]
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(reason: Reason, message: impl fmt::Display, hint: impl fmt::Display) -> Self {
        Self {
            reason,
            message: message.to_string(),
            hint: hint.to_string(),
            source: None,
        }
    }

    fn of(
        reason: Reason,
        hint: impl fmt::Display,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        Self {
            reason,
            message: source.to_string(),
            hint: hint.to_string(),
            source: Some(Arc::new(source)),
        }
    }

    /// Its kind, to be matched on.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// What the person who reads it can do.
    pub fn hint(&self) -> &str {
        &self.hint
    }

    pub(crate) fn not_initialised() -> Self {
        Self::new(
            Reason::NotInitialised,
            "no runtime is running in this process",
            "initialise the runtime first; after a shutdown, again",
        )
    }

    pub(crate) fn shutting_down() -> Self {
        Self::new(
            Reason::ShuttingDown,
            "the runtime is being shut down",
            "wait until it is over, then initialise it again",
        )
    }

    pub(crate) fn stale(client: ClientId, why: impl fmt::Display) -> Self {
        Self::new(
            Reason::StaleClient,
            format_args!("client {client} is no more: {why}"),
            "attach another client, and say again what is still to be said",
        )
    }

    pub(crate) fn other_configuration(differences: &[Difference]) -> Self {
        let list: Vec<String> = differences.iter().map(ToString::to_string).collect();
        Self::new(
            Reason::OtherConfiguration,
            format_args!(
                "the runtime of this process runs with another configuration: {}",
                list.join("; ")
            ),
            "ask for the same, or shut it down first",
        )
    }

    pub(crate) fn too_many_clients(room: usize) -> Self {
        Self::new(
            Reason::QueueFull,
            format_args!("{room} clients are attached already"),
            "detach those that are not needed; those that are dead go when their leases run out",
        )
    }

    pub(crate) fn system(what: &str, source: std::io::Error) -> Self {
        Self {
            reason: Reason::System,
            message: format!("{what}: {source}"),
            hint: "close other programs".into(),
            source: Some(Arc::new(source)),
        }
    }
}

impl From<ArtifactsError> for Error {
    fn from(error: ArtifactsError) -> Self {
        Self::of(reason_of_artifacts(&error), error.hint(), error)
    }
}

impl From<VoiceError> for Error {
    fn from(error: VoiceError) -> Self {
        Self::of(reason_of(&error), error.hint(), error)
    }
}

impl From<PluginError> for Error {
    fn from(error: PluginError) -> Self {
        Self::of(Reason::Plugin, error.hint(), error)
    }
}

impl From<ReadError> for Error {
    fn from(error: ReadError) -> Self {
        Self::of(Reason::InvalidInput, error.hint(), error)
    }
}

impl From<SeekError> for Error {
    fn from(error: SeekError) -> Self {
        Self::of(Reason::InvalidInput, error.hint(), error)
    }
}

impl From<OutputError> for Error {
    fn from(error: OutputError) -> Self {
        Self::of(Reason::Output, error.hint(), error)
    }
}

impl From<PlaybackError> for Error {
    fn from(error: PlaybackError) -> Self {
        let reason = match &error {
            PlaybackError::Closed => return Self::shutting_down(),
            PlaybackError::Thread(_) => Reason::System,
            PlaybackError::Queue(QueueError::TooMany) => Reason::QueueFull,
            _ => Reason::Output,
        };
        Self::of(reason, error.hint(), error)
    }
}

impl From<SpeakError> for Error {
    fn from(error: SpeakError) -> Self {
        let reason = match error {
            SpeakError::Playback(error) => return error.into(),
            SpeakError::Closed => return Self::shutting_down(),
            SpeakError::QueueFull => Reason::QueueFull,
            SpeakError::Thread(_) => Reason::System,
        };
        Self::of(reason, error.hint(), error)
    }
}

impl From<WriteError> for Error {
    fn from(error: WriteError) -> Self {
        let reason = match error {
            WriteError::Full => Reason::QueueFull,
            WriteError::Over => Reason::Cancelled,
            WriteError::Finished => Reason::InvalidInput,
        };
        Self::of(reason, error.hint(), error)
    }
}

impl From<SpeechError> for Error {
    fn from(error: SpeechError) -> Self {
        let hint = error.hint().into_owned();
        let reason = match &error {
            SpeechError::Playback(error) => return error.clone().into(),
            SpeechError::Voice(error) => return error.clone().into(),
            SpeechError::Synthesis { source, .. } => reason_of_voice(source.as_ref()),
            SpeechError::Text { .. } => Reason::InvalidInput,
            SpeechError::Clip { .. } | SpeechError::Sink(_) => Reason::File,
            SpeechError::Panicked { .. } => Reason::Internal,
        };
        Self::of(reason, hint, error)
    }
}

impl From<LoadError> for Error {
    fn from(error: LoadError) -> Self {
        let hint = error.hint().into_owned();
        let reason = match &error {
            LoadError::Voice(error) => reason_of(error),
            LoadError::WarmUp(error) => reason_of_voice(error.as_ref()),
            LoadError::Thread(_) => Reason::System,
            LoadError::QueueFull => Reason::QueueFull,
            LoadError::Superseded => Reason::Cancelled,
            LoadError::Closed => return Self::shutting_down(),
            LoadError::NoLoader | LoadError::Panicked => Reason::Internal,
        };
        Self::of(reason, hint, error)
    }
}

impl From<QueueError> for Error {
    fn from(error: QueueError) -> Self {
        PlaybackError::from(error).into()
    }
}

/// The reason behind what a synthesizer says, if it is our voice that says it.
fn reason_of_voice(error: &(dyn std::error::Error + Send + Sync + 'static)) -> Reason {
    error.downcast_ref().map_or(Reason::Tvm, reason_of)
}

fn reason_of(error: &VoiceError) -> Reason {
    match error {
        VoiceError::Artifacts(error) => reason_of_artifacts(error),
        VoiceError::Runtime(_) | VoiceError::Weights { .. } => Reason::Tvm,
        VoiceError::Device { .. } => Reason::InvalidDevice,
        VoiceError::Threads(_) => Reason::System,
        VoiceError::Pack {
            reason: PackError::Unreadable { .. },
            ..
        } => Reason::File,
        VoiceError::Blend(_) | VoiceError::Pack { .. } => Reason::InvalidVoice,
        _ => Reason::InvalidInput,
    }
}

fn reason_of_artifacts(error: &ArtifactsError) -> Reason {
    match error {
        ArtifactsError::UnknownVoice { .. } => Reason::InvalidVoice,
        ArtifactsError::Unusable { .. } | ArtifactsError::UnknownTensor { .. } => Reason::DamagedArtifacts,
        ArtifactsError::NotFound { tried, .. } if tried.iter().any(is_a_voice) => Reason::DamagedArtifacts,
        _ => Reason::MissingArtifacts,
    }
}

/// Whether there is a voice in a place, which is refused for what it is.
fn is_a_voice(tried: &Tried) -> bool {
    !matches!(tried.reason, Rejection::NoFolder | Rejection::NoManifest)
}
