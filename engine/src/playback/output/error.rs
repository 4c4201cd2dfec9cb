//! Why an output could not be used.

use super::OutputId;
use std::path::PathBuf;

/// Why an output could not be found, opened or started.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum OutputError {
    /// There is no audio system.
    #[error("no audio system: {0}")]
    Unavailable(String),
    /// The system has no default output.
    #[error("no output device: {0}")]
    NoDefault(String),
    /// No output has this id.
    #[error("no output `{0}`")]
    NotFound(OutputId),
    /// The output takes no format that we can give.
    #[error("output `{0}` takes no usable sample format")]
    NoUsableFormat(OutputId),
    /// Another program has the output.
    #[error("output `{0}` is in use")]
    Busy(OutputId),
    /// The output may not be used by this user or program.
    #[error("no permission to use output `{0}`")]
    PermissionDenied(OutputId),
    /// The file that an output writes cannot be written.
    #[error("cannot write {path:?}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The output was asked to open, and neither did nor said why not.
    #[error("the output does not open")]
    TimedOut,
    /// The output opens, and then does not play.
    #[error("output `{0}` does not play")]
    Stalled(OutputId),
    /// Another output was asked for before this one was open.
    #[error("another output was asked for meanwhile")]
    Superseded,
    /// Anything else that the device or its driver says.
    #[error("output `{id}` cannot be opened: {reason}")]
    Device {
        /// The output.
        id: OutputId,
        /// What the system says.
        reason: String,
    },
}

impl OutputError {
    /// Whether there is nothing to play on, as opposed to a certain output that fails.
    pub fn is_no_output(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::NoDefault(_))
    }

    /// What the person who reads the error can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unavailable(_) | Self::NoDefault(_) => {
                "connect a device or start the sound server; a file can be written without one"
            }
            Self::NotFound(_) => "list the outputs, and choose one of them by its id or name",
            Self::NoUsableFormat(_) | Self::Device { .. } => "choose another output",
            Self::File { .. } => "see that its directory exists, may be written and has room",
            Self::TimedOut | Self::Stalled(_) => "connect it again, or choose another output",
            Self::Superseded => "nothing needs to be done",
            Self::Busy(_) => "close the program that uses it, or choose another output",
            Self::PermissionDenied(_) => "allow this program to use sound; on Linux, be in the group `audio`",
        }
    }
}
