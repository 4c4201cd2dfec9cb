//! What can go wrong with a clip.

use std::borrow::Cow;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use super::ClipFormat;

/// Why a clip cannot be played. Nothing of it has been heard then.
///
/// It does not name the file: [`ClipSource`](super::ClipSource) does, which whoever reports the error has at hand.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ClipError {
    /// The file does not exist, or reading it failed.
    #[error("cannot be read: {0}")]
    Unreadable(Arc<io::Error>),
    /// The path is that of a directory, a pipe or a device.
    #[error("not a file")]
    NotAFile,
    /// Its first bytes are those of no format that is known here.
    #[error("not a sound file of a known format")]
    UnknownFormat,
    /// The container is known, what is in it is not.
    #[error("the {format} is of a kind that is not supported: {what}")]
    Unsupported {
        /// The container.
        format: ClipFormat,
        /// What is in it.
        what: Cow<'static, str>,
    },
    /// What is in the file contradicts itself.
    #[error("the {format} is damaged: {reason}")]
    Damaged {
        /// The container.
        format: ClipFormat,
        /// What the decoder stumbled over.
        reason: Cow<'static, str>,
    },
    /// The file ends too early: in the middle of a packet, or before all is there that its header promises.
    #[error("the {format} ends too early, after {decoded:?}{}", of_promised(*promised))]
    Truncated {
        /// The container.
        format: ClipFormat,
        /// What was decoded until then; 0 if the end was found to be missing beforehand.
        decoded: Duration,
        /// What the header promises, if it says.
        promised: Option<Duration>,
    },
    /// There is no sound in it.
    #[error("there is no sound in it")]
    Empty,
    /// It plays for longer than [`ClipLimits::duration`](super::ClipLimits::duration).
    #[error("longer than {limit:?}")]
    TooLong {
        /// The limit.
        limit: Duration,
    },
    /// It has more bytes than [`ClipLimits::bytes`](super::ClipLimits::bytes).
    #[error("{bytes} bytes, more than {limit}")]
    TooLarge {
        /// The size of the file.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// It was no longer wanted.
    #[error("cancelled")]
    Cancelled,
}

impl ClipError {
    /// What the person who reads the error can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unreadable(error) => match error.kind() {
                ErrorKind::NotFound => "check the path; a relative one begins at the current directory",
                ErrorKind::PermissionDenied => "let this user read the file",
                _ => "see that the disk it is on works and is there",
            },
            Self::NotAFile => "give the path of a sound file; what comes through a pipe must be saved first",
            Self::UnknownFormat | Self::Unsupported { .. } => {
                "convert it: WAV (8 to 32-bit integers, floats, A-law, µ-law), FLAC, MP3 and Ogg Vorbis are supported"
            }
            Self::Damaged { .. } => "fetch or export the file again",
            Self::Truncated { .. } => {
                "fetch the file again; one that was written through a pipe does not know its length: save it anew"
            }
            Self::Empty => "choose another file",
            Self::TooLong { .. } => "cut it, or raise the limit on the duration of clips",
            Self::TooLarge { .. } => {
                "compress it, as FLAC or Ogg Vorbis, or raise the limit on the size of clips"
            }
            Self::Cancelled => "play it again",
        }
    }
}

impl From<io::Error> for ClipError {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(Arc::new(error))
    }
}

/// The rest of the message on a truncated file.
fn of_promised(promised: Option<Duration>) -> String {
    promised.map_or_else(String::new, |promised| format!(" of {promised:?}"))
}
