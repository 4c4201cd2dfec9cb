//! How a call ends when it does not end well: what is shown, and the exit code.

use std::fmt;
use std::process::ExitCode;

use utter::host::Reason;
use utter::playback::PlaybackError;
use utter::playback::output::OutputError;
use utter::plugin::PluginError;
use utter::speech::{SpeakError, SpeechError};
use utter::text::ReadError;
use utter::voice::VoiceError;
use utter::voice::artifacts::ArtifactsError;

/// The kinds of ends, which are the exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something failed.
    Failed = 1,
    /// The call makes no sense, names no voice, or there is nothing to say. (clap uses the same code.)
    Usage = 2,
    /// There is no output device, or not the one that was asked for.
    NoOutput = 3,
    /// There is no usable voice.
    NoVoice = 4,
    /// Ctrl-C.
    Interrupted = 130,
}

impl From<Kind> for ExitCode {
    fn from(kind: Kind) -> Self {
        Self::from(kind as u8)
    }
}

/// What went wrong, and what to do about it. Shown as one line each, but for a list of places where the voice is not.
#[derive(Debug)]
pub struct Failure {
    kind: Kind,
    message: String,
    hint: String,
}

impl Failure {
    pub fn new(kind: Kind, message: impl fmt::Display, hint: impl fmt::Display) -> Self {
        Self {
            kind,
            message: message.to_string(),
            hint: line(&hint.to_string()),
        }
    }

    pub fn exit_code(&self) -> ExitCode {
        self.kind.into()
    }

    /// What went wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What the person in front of it can do; may be empty.
    pub fn hint(&self) -> &str {
        &self.hint
    }
}

/// A hint as it is shown: some are written as sentences, and some are not.
fn line(hint: &str) -> String {
    let mut letters = hint.strip_suffix('.').unwrap_or(hint).chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "utter: {}", self.message)?;
        if self.hint.is_empty() {
            return Ok(());
        }
        write!(formatter, "\n       {}", self.hint)
    }
}

impl From<ArtifactsError> for Failure {
    fn from(error: ArtifactsError) -> Self {
        match error {
            ArtifactsError::UnknownVoice { .. } => Self::new(Kind::Usage, &error, error.hint()),
            error => Self::new(Kind::NoVoice, &error, error.hint()),
        }
    }
}

impl From<VoiceError> for Failure {
    fn from(error: VoiceError) -> Self {
        match error {
            VoiceError::Artifacts(error) => error.into(),
            VoiceError::Blend(_) | VoiceError::Pack { .. } | VoiceError::Speed(_) => {
                Self::new(Kind::Usage, &error, error.hint())
            }
            error => Self::new(Kind::Failed, &error, error.hint()),
        }
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        Self::new(Kind::Usage, &error, error.hint())
    }
}

impl From<OutputError> for Failure {
    fn from(error: OutputError) -> Self {
        if error.is_no_output() {
            let hint =
                "connect a device or start the sound server; or write a file: utter say --out speech.wav …";
            return Self::new(Kind::NoOutput, error, hint);
        }
        match error {
            OutputError::NotFound(_) => Self::new(
                Kind::NoOutput,
                error,
                "`utter outputs` lists those that there are",
            ),
            error => Self::new(Kind::Failed, &error, error.hint()),
        }
    }
}

impl From<PlaybackError> for Failure {
    fn from(error: PlaybackError) -> Self {
        match error {
            PlaybackError::Output(error) => error.into(),
            error => Self::new(Kind::Failed, &error, error.hint()),
        }
    }
}

impl From<SpeechError> for Failure {
    fn from(error: SpeechError) -> Self {
        match error {
            SpeechError::Playback(error) => error.into(),
            error => Self::new(Kind::Failed, &error, error.hint()),
        }
    }
}

impl From<SpeakError> for Failure {
    fn from(error: SpeakError) -> Self {
        Self::new(Kind::Failed, &error, error.hint())
    }
}

impl From<utter::playback::output::SinkError> for Failure {
    fn from(error: utter::playback::output::SinkError) -> Self {
        Self::new(Kind::Failed, &error, error.hint())
    }
}

impl From<PluginError> for Failure {
    fn from(error: PluginError) -> Self {
        let kind = match error.first() {
            PluginError::NotInstalled { .. } | PluginError::Id { .. } => Kind::Usage,
            _ => Kind::Failed,
        };
        Self::new(kind, &error, error.hint())
    }
}

impl From<utter::host::Error> for Failure {
    fn from(error: utter::host::Error) -> Self {
        let kind = match error.reason() {
            Reason::InvalidInput | Reason::InvalidVoice | Reason::InvalidDevice => Kind::Usage,
            Reason::MissingArtifacts | Reason::DamagedArtifacts => Kind::NoVoice,
            Reason::Output => Kind::NoOutput,
            _ => Kind::Failed,
        };
        Self::new(kind, &error, error.hint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_two_lines_and_a_code() {
        let failure = Failure::from(OutputError::NoDefault("none".into()));
        let shown = failure.to_string();
        assert_eq!(shown.lines().count(), 2, "{shown}");
        assert!(shown.starts_with("utter: ") && shown.contains("--out"), "{shown}");
        assert_eq!(failure.kind, Kind::NoOutput);
    }

    #[test]
    fn an_unknown_voice_is_told_in_two_lines() {
        let unknown = ArtifactsError::UnknownVoice {
            name: "heart".into(),
            known: (0..54).map(|n| format!("af_heart{n}")).collect(),
        };
        let failure = Failure::from(VoiceError::from(unknown));
        assert_eq!(failure.kind, Kind::Usage);
        let shown = failure.to_string();
        assert_eq!(shown.lines().count(), 2, "{shown}");
        assert!(shown.lines().all(|line| line.len() < 100), "{shown}");
        assert!(
            shown.contains("Did you mean af_heart0, af_heart1 or af_heart2? `utter voices` lists all 54"),
            "{shown}"
        );
    }
}
