//! Where frames of the voice go when no device plays them.

use std::path::PathBuf;

/// Takes the voice's frames as they are made: mono, at the voice's rate, unaltered. A
/// [`WavFile`](super::WavFile) is one; a `Vec<f32>` is one for those who want the frames themselves.
pub trait FrameSink {
    /// Takes frames; full scale is ±1.0.
    ///
    /// # Errors
    ///
    /// [`SinkError`] if they cannot be kept.
    fn write(&mut self, frames: &[f32]) -> Result<(), SinkError>;
}

impl FrameSink for Vec<f32> {
    fn write(&mut self, frames: &[f32]) -> Result<(), SinkError> {
        self.extend_from_slice(frames);
        Ok(())
    }
}

/// Why frames could not be kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SinkError {
    /// A file could not be written.
    #[error("cannot write {}: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// What is there under the name is a pipe or a terminal: the header of a WAV file is written last.
    #[error("cannot write a WAV file into {}, where nothing can be gone back to", .path.display())]
    NotSeekable {
        /// The pipe.
        path: PathBuf,
    },
    /// The file would be longer than its format can say.
    #[error("{} would be too long for a WAV file", .path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
    },
}

impl SinkError {
    /// What the person who reads the error can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::File { .. } => "see that the directory exists, may be written and has room",
            Self::NotSeekable { .. } => "give the name of an ordinary file",
            Self::TooLong { .. } => "write several shorter files",
        }
    }
}
