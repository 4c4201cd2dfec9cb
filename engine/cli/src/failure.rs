//! How a call ends when it does not end well: what is shown, and the exit code.

use std::fmt;
use std::process::ExitCode;

use utter::playback::PlaybackError;
use utter::playback::output::OutputError;
use utter::speech::{SpeakError, SpeechError};
use utter::text::ReadError;
use utter::voice::VoiceError;
use utter::voice::artifacts::ArtifactsError;

/// The kinds of ends, which are the exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something failed.
    Failed = 1,
    /// The call makes no sense, or there is nothing to say. (clap uses the same code.)
    Usage = 2,
    /// There is no output device.
    NoOutput = 3,
    /// There is no usable voice.
    NoVoice = 4,
    /// Ctrl-C.
    Interrupted = 130,
}

/// What went wrong, and what to do about it.
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
            hint: hint.to_string(),
        }
    }

    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.kind as u8)
    }

    /// Whether this is for want of an output device.
    pub fn hint(&self) -> &str {
        &self.hint
    }

    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "utter: {}", self.message)?;
        let mut letters = self.hint.chars();
        match letters.next() {
            Some(first) => write!(formatter, "\n       {}{}", first.to_uppercase(), letters.as_str()),
            None => Ok(()),
        }
    }
}

impl From<ArtifactsError> for Failure {
    fn from(error: ArtifactsError) -> Self {
        let kind = if matches!(error, ArtifactsError::UnknownVoice { .. }) {
            Kind::Usage
        } else {
            Kind::NoVoice
        };
        Self::new(kind, &error, error.hint())
    }
}

impl From<VoiceError> for Failure {
    fn from(error: VoiceError) -> Self {
        match error {
            VoiceError::Artifacts(error) => error.into(),
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
        let hint = match error {
            OutputError::NotFound(_) => "`utter outputs` lists those that there are",
            _ => error.hint(),
        };
        Self::new(Kind::Failed, &error, hint)
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
}
