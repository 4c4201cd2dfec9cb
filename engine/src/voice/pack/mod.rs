//! A voice of the user's own: style vectors of another speaker, as people share them for Kokoro, read from a file and checked.
//!
//! [`KokoroPipeline::add_voice`](super::KokoroPipeline::add_voice) takes one; a pipeline, and so the host, reads those that its
//! options name ([`VoiceFile`]) each time that it is loaded. A file may come from anywhere: whatever it holds, there are finite
//! numbers of the size of styles in the end, or an error that says what is wrong. Nothing of it is run, so PyTorch's files,
//! which are programs, are not read.

mod error;
mod file;
#[doc(hidden)]
pub mod invariants;
mod npy;
mod tensors;

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

pub use error::PackError;
pub use file::VoiceFile;
pub(in crate::voice) use file::check_name;
pub use npy::NpyError;

use super::artifacts::StyleShape;

/// No honest file is longer: numbers for one voice are half a megabyte.
const MOST_BYTES: u64 = 16 << 20;

/// Ten times the greatest number (3.2) in the 54 voices of Kokoro 1.0, rounded. Numbers of another type or byte order are beyond it.
const GREATEST: f32 = 32.0;

/// A tenth of the least root mean square (0.13) that a half of a row has in the 54 voices. Styles of less are not filled in.
const LEAST: f32 = 0.013;

/// The styles of one speaker: `rows` × `width` numbers, one row for each number of phonemes.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use utter::voice::artifacts::{self, default_base};
/// use utter::voice::{KokoroPipeline, PipelineOptions, VoicePack};
///
/// let mut pipeline = KokoroPipeline::load(artifacts::resolve(&default_base()?)?, PipelineOptions::default())?;
/// let shape = pipeline.artifacts().manifest().style;
/// pipeline.add_voice("af_grandma", VoicePack::read("grandma.npy".as_ref(), shape)?)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct VoicePack {
    values: Vec<f32>,
    shape: StyleShape,
}

impl VoicePack {
    /// Reads a file: `.npy`, `.safetensors`, or the numbers alone (`f32`, little-endian). What it is, its content says, not its
    /// name.
    ///
    /// # Errors
    /// [`PackError::Unreadable`], and those of [`parse`](Self::parse).
    pub fn read(path: &Path, shape: StyleShape) -> Result<Self, PackError> {
        let unreadable = |source: io::Error| PackError::Unreadable {
            file: path.to_owned(),
            source,
        };
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(unreadable)?;
        file.take(MOST_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        Self::parse(&bytes, shape)
    }

    /// Reads the content of a file: `f32` of the shape `(rows, width)` or `(rows, 1, width)`.
    ///
    /// # Errors
    /// [`PackError`] says what is wrong with it.
    pub fn parse(bytes: &[u8], shape: StyleShape) -> Result<Self, PackError> {
        if bytes.len() as u64 > MOST_BYTES {
            return Err(PackError::TooLong { limit: MOST_BYTES });
        }
        let data = match Format::of(bytes, shape)? {
            Format::Raw => bytes,
            Format::Npy => {
                let (found, data) = npy::parse(bytes)?;
                fits(&found, shape)?;
                data
            }
            Format::Tensors => {
                let (found, data) = tensors::parse(bytes)?;
                fits(&found, shape)?;
                data
            }
        };
        let (numbers, rest) = data.as_chunks::<4>();
        if !rest.is_empty() {
            return Err(PackError::Size {
                found: data.len(),
                expected: size(shape),
            });
        }
        Self::of_values(
            numbers.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect(),
            shape,
        )
    }

    /// Takes numbers that are in memory, row by row.
    ///
    /// # Errors
    /// [`PackError::Size`], [`PackError::NotFinite`], [`PackError::TooGreat`], or [`PackError::Empty`].
    pub fn of_values(values: Vec<f32>, shape: StyleShape) -> Result<Self, PackError> {
        let found = values.len().saturating_mul(size_of::<f32>());
        if values.is_empty() || found != size(shape) {
            return Err(PackError::Size {
                found,
                expected: size(shape),
            });
        }
        for (row, style) in values.chunks_exact(shape.width).enumerate() {
            check(row, style)?;
        }
        Ok(Self { values, shape })
    }

    /// The numbers, row by row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// How many rows of how many numbers.
    pub fn shape(&self) -> StyleShape {
        self.shape
    }

    pub(super) fn into_values(self) -> Vec<f32> {
        self.values
    }
}

/// What a file may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Raw,
    Npy,
    Tensors,
}

impl Format {
    /// The format of a file, by how it begins; numbers without any header by how many they are.
    fn of(bytes: &[u8], shape: StyleShape) -> Result<Self, PackError> {
        match bytes {
            // No style begins so: as a number it is 2e8.
            [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => Ok(Self::Npy),
            _ if bytes.len() == size(shape) => Ok(Self::Raw),
            // The name of the first file of an archive follows 30 bytes of header.
            [b'P', b'K', 3, 4, ..] => match bytes.get(30..).is_some_and(holds_npy) {
                true => Err(PackError::Archive),
                false => Err(PackError::PyTorch),
            },
            // A pickle without an archive, as PyTorch wrote them before 1.6.
            [0x80, 2..=5, ..] => Err(PackError::PyTorch),
            _ if tensors::is_header(bytes) => Ok(Self::Tensors),
            _ => Err(PackError::Size {
                found: bytes.len(),
                expected: size(shape),
            }),
        }
    }
}

/// Whether the archive whose first file's name stands here is one of arrays: `NAME.npy`, before anything else.
fn holds_npy(rest: &[u8]) -> bool {
    let name = &rest[..rest.len().min(80)];
    let is_text = |byte: &u8| byte.is_ascii_graphic();
    let end = name.iter().position(|byte| !is_text(byte)).unwrap_or(name.len());
    name[..end].windows(4).any(|part| part == b".npy")
}

/// In bytes; a shape beyond all memory has none that a file could have.
fn size(shape: StyleShape) -> usize {
    shape
        .rows
        .saturating_mul(shape.width)
        .saturating_mul(size_of::<f32>())
}

/// Whether an array has the shape, or the same with a middle extent of 1 as the training code writes it.
fn fits(found: &[usize], shape: StyleShape) -> Result<(), PackError> {
    let StyleShape { rows, width } = shape;
    match *found == [rows, width] || *found == [rows, 1, width] {
        true => Ok(()),
        false => Err(PackError::Shape {
            found: found.to_vec(),
            expected: shape,
        }),
    }
}

/// Whether a row can be a style: finite, not out of all proportion, and with something in each half.
fn check(row: usize, style: &[f32]) -> Result<(), PackError> {
    if let Some(column) = style.iter().position(|value| !value.is_finite()) {
        return Err(PackError::NotFinite { row, column });
    }
    if let Some((column, &value)) = style.iter().enumerate().find(|(_, value)| value.abs() > GREATEST) {
        return Err(PackError::TooGreat { row, column, value });
    }
    let (decoder, prosody) = style.split_at(style.len() / 2);
    for half in [decoder, prosody] {
        let power = half.iter().map(|value| value * value).sum::<f32>() / half.len() as f32;
        if power < LEAST * LEAST {
            return Err(PackError::Empty { row });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
