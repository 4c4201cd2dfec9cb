//! What can go wrong between phonemes and audio.

use thiserror::Error;

use super::artifacts::ArtifactsError;
use super::device::{Device, list};
use super::pack::PackError;
use super::pipeline::SPEEDS;
use super::runtime::RuntimeError;
use crate::naming::BlendError;

/// An error of the voice; [`VoiceError::hint`] says what to do.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VoiceError {
    /// The artifact directory cannot be used, or lacks something.
    #[error(transparent)]
    Artifacts(#[from] ArtifactsError),
    /// The compiled library cannot be loaded or refused a call.
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
    /// A tensor is not what the engine expects.
    #[error("the tensor `{name}` of the weights: {reason}")]
    Weights {
        /// The tensor.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// This engine has no such device.
    #[error("the device `{name}` is not available; this build has: {}", list(.available))]
    Device {
        /// What was asked for.
        name: String,
        /// Those that there are.
        available: &'static [Device],
    },
    /// A chunk has more phonemes than one pass takes.
    #[error("{count} phonemes in one pass; at most {limit} fit")]
    TooLong {
        /// Phonemes given.
        count: usize,
        /// Phonemes that fit.
        limit: usize,
    },
    /// A symbol that the model was not trained on.
    #[error("{symbol:?} (U+{:04X}) is no phoneme symbol of this voice", *.symbol as u32)]
    UnknownPhoneme {
        /// The symbol.
        symbol: char,
    },
    /// The speed is not a number in [`SPEEDS`], the range that the model handles.
    #[error("a speed of {0} is outside {range}", range = speeds())]
    Speed(f32),
    /// Neither a voice nor a blend of voices is named.
    #[error(transparent)]
    Blend(#[from] BlendError),
    /// A voice of the user's own cannot be used.
    #[error("the voice {name}: {reason}")]
    Pack {
        /// The name that it was to have.
        name: String,
        /// What is wrong with it.
        #[source]
        reason: PackError,
    },
    /// The operating system gave no thread.
    #[error("no thread for the kernels: {0}")]
    Threads(#[source] std::io::Error),
}

impl VoiceError {
    /// An error about a tensor.
    pub(super) fn weights(name: &str, reason: impl Into<String>) -> Self {
        Self::Weights {
            name: name.into(),
            reason: reason.into(),
        }
    }

    /// Whether the chunk was given up on request, which is no fault.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Runtime(RuntimeError::Cancelled))
    }

    /// What the person in front of it can do.
    pub fn hint(&self) -> String {
        match self {
            Self::Artifacts(error) => error.hint(),
            Self::Runtime(RuntimeError::FfiVersion { .. }) => {
                "Build the program and the voice again from one checkout: make build, make voice".into()
            }
            Self::Runtime(RuntimeError::Load { .. } | RuntimeError::Missing { .. })
            | Self::Weights { .. } => "Build the voice again: make voice".into(),
            Self::Runtime(RuntimeError::Cancelled) => "Nothing to do: it was asked for.".into(),
            Self::Runtime(_) => {
                "This is a defect of Utter; please report it with the text that was spoken.".into()
            }
            Self::Device { available, .. } => format!("Use one of: {}.", list(available)),
            Self::TooLong { .. } => "Give the phonemes in shorter pieces.".into(),
            Self::UnknownPhoneme { .. } => {
                "Leave the symbol out, or write the sound with the symbols in README.md.".into()
            }
            Self::Speed(_) => format!("Choose a speed from {}; 1 is the voice's own.", speeds()),
            Self::Blend(error) => error.hint().into(),
            Self::Pack { reason, .. } => reason.hint(),
            Self::Threads(_) => "Ask for fewer threads, or end other programs.".into(),
        }
    }
}

fn speeds() -> String {
    format!("{:.1} to {:.1}", SPEEDS.start(), SPEEDS.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_out_of_range_is_answered_with_the_range() {
        let error = VoiceError::Speed(3.0);
        assert_eq!(error.to_string(), "a speed of 3 is outside 0.5 to 2.0");
        assert_eq!(
            error.hint(),
            "Choose a speed from 0.5 to 2.0; 1 is the voice's own."
        );
    }
}
