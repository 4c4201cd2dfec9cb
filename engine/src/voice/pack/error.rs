//! Why a file is no voice that can be used, and what helps.
//!
//! Made in `pack` and by `Voices`, shown through [`VoiceError`](crate::voice::VoiceError). Messages say what is wrong with the
//! file, and leave its name to whoever knows it; hints hold the command that converts it.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::npy::NpyError;
use crate::voice::artifacts::StyleShape;

/// Why something is no voice pack.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PackError {
    /// The name is none that a voice can have.
    #[error("{name:?} cannot be the name of a voice")]
    Name {
        /// The name.
        name: String,
    },
    /// Another voice has the name.
    #[error("there is a voice {name} already")]
    Taken {
        /// The name.
        name: String,
    },
    /// The operating system refused the file.
    #[error("{} cannot be read: {source}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// It is far longer than one voice.
    #[error("its file is longer than {} MB", limit >> 20)]
    TooLong {
        /// The most that is read, in bytes.
        limit: u64,
    },
    /// It is PyTorch's, which may run any program when it is read.
    #[error("it is a file of PyTorch, which is a program as much as data")]
    PyTorch,
    /// It is an archive of several NumPy arrays.
    #[error("it is an archive of NumPy arrays, and not one")]
    Archive,
    /// It begins as a NumPy array, and is not one that can be read.
    #[error("its NumPy array {0}")]
    Npy(#[from] NpyError),
    /// It begins as a file of safetensors, and is not one with one voice.
    #[error("it is no file of safetensors with a voice: {0}")]
    Tensors(String),
    /// Its array has another shape.
    #[error("its array has the shape {found:?} and not ({}, {})", expected.rows, expected.width)]
    Shape {
        /// The array's.
        found: Vec<usize>,
        /// A voice's.
        expected: StyleShape,
    },
    /// It begins as no array does, and as numbers alone it has the wrong length.
    #[error(
        "it has {found} bytes; as numbers alone a voice has {expected}, and it begins as no .npy or .safetensors does"
    )]
    Size {
        /// Its length in bytes.
        found: usize,
        /// A voice's.
        expected: usize,
    },
    /// A number is infinite or none.
    #[error("number {column} of row {row} is not finite")]
    NotFinite {
        /// From 0.
        row: usize,
        /// From 0.
        column: usize,
    },
    /// A number is so great that it is none of a style.
    #[error("number {column} of row {row} is {value:e}; those of voices are below 32")]
    TooGreat {
        /// From 0.
        row: usize,
        /// From 0.
        column: usize,
        /// The number.
        value: f32,
    },
    /// A row has next to nothing in it.
    #[error("row {row} has nothing in it but zeros")]
    Empty {
        /// From 0.
        row: usize,
    },
}

impl PackError {
    /// What the person who brought the file can do.
    pub fn hint(&self) -> String {
        match self {
            Self::Name { .. } => {
                "Give it one of letters, digits, `_`, `-` and `.`, as in af_grandma=FILE.".into()
            }
            Self::Taken { .. } => "Give it another name, as in af_grandma=FILE.".into(),
            Self::Unreadable { .. } => "See that the file is there, and may be read.".into(),
            Self::TooLong { .. } => "Give a file that holds one voice.".into(),
            Self::PyTorch => "Convert it: python3 -c \"import numpy, torch; numpy.save('voice.npy', \
                              torch.load('voice.pt', weights_only=True).float().numpy())\""
                .into(),
            Self::Archive => "Take one voice out of it: python3 -c \"import numpy; numpy.save('voice.npy', \
                              numpy.load('voices.bin')['af_heart'])\""
                .into(),
            Self::Npy(error) => error.hint().into(),
            Self::Tensors(_) => "Save one tensor of type float32 in it.".into(),
            Self::Shape { .. } | Self::Size { .. } => {
                "Give a voice that was made for Kokoro 1.0; those for older versions have another shape.".into()
            }
            Self::NotFinite { .. } | Self::TooGreat { .. } | Self::Empty { .. } => {
                "Give a file that holds a voice for Kokoro 1.0, as little-endian float32; this one holds something \
                 else, or is damaged."
                    .into()
            }
        }
    }
}
