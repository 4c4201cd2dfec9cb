//! The weights: a mapped file and the index of the tensors in it.
//!
//! Made by [`ArtifactsDir::weights`](super::ArtifactsDir::weights), kept by the pipeline for as long as it
//! lives. Nothing is copied: the operating system reads a page when a kernel first touches it, and every
//! process shares it. The index is checked when it is read, so [`Weights::tensor`] only looks up.

use std::collections::HashMap;
use std::fs::File;
use std::ops::Range;
use std::path::Path;

use memmap2::Mmap;
use serde::Deserialize;

use super::error::{ArtifactsError, Rejection};
use super::verify::refused;

/// Every tensor begins at a multiple of this many bytes: a cache line, and more than any vector load asks
/// for.
pub const ALIGNMENT: usize = 64;

/// The type of a tensor's elements, by TVM's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names say it")]
pub enum DType {
    Float32,
    Float16,
    BFloat16,
    Int8,
    UInt8,
    Int16,
    Int32,
    Int64,
}

impl DType {
    /// The size of an element in bytes.
    pub fn size(self) -> usize {
        match self {
            Self::Int8 | Self::UInt8 => 1,
            Self::Float16 | Self::BFloat16 | Self::Int16 => 2,
            Self::Float32 | Self::Int32 => 4,
            Self::Int64 => 8,
        }
    }
}

/// Where the tensors lie in the weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index(HashMap<String, Entry>);

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Entry {
    dtype: DType,
    shape: Vec<usize>,
    offset: usize,
    #[serde(skip)]
    length: usize,
}

impl Index {
    /// Reads an index and checks that every tensor is aligned and lies within `size` bytes.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence without a subject.
    pub fn parse(json: &[u8], size: usize) -> Result<Self, String> {
        let mut entries: HashMap<String, Entry> =
            serde_json::from_slice(json).map_err(|error| error.to_string())?;
        for (name, entry) in &mut entries {
            let length = entry
                .shape
                .iter()
                .try_fold(entry.dtype.size(), |length, n| length.checked_mul(*n));
            let end = length.and_then(|length| entry.offset.checked_add(length));
            entry.length = match (length, end) {
                (Some(length), Some(end)) if end <= size => length,
                _ => return Err(format!("tensor {name} reaches past the end of the weights")),
            };
            if entry.offset % ALIGNMENT != 0 {
                return Err(format!("tensor {name} is not aligned to {ALIGNMENT} bytes"));
            }
        }
        Ok(Self(entries))
    }

    /// Each tensor's place in the weights, in bytes.
    pub(super) fn places(&self) -> impl Iterator<Item = (&str, Range<usize>)> {
        self.0
            .iter()
            .map(|(name, entry)| (name.as_str(), entry.offset..entry.offset + entry.length))
    }
}

/// A tensor in the mapped weights; row-major, without gaps.
#[derive(Debug, Clone, Copy)]
pub struct TensorRef<'a> {
    /// The type of its elements.
    pub dtype: DType,
    /// Its extents, outermost first; empty for a single number.
    pub shape: &'a [usize],
    /// Its elements, little-endian, beginning at a multiple of [`ALIGNMENT`].
    pub bytes: &'a [u8],
}

impl<'a> TensorRef<'a> {
    /// The elements as numbers; `None` when they are of another type.
    pub fn as_f32(&self) -> Option<&'a [f32]> {
        (self.dtype == DType::Float32)
            .then(|| bytemuck::try_cast_slice(self.bytes).ok())
            .flatten()
    }
}

/// The mapped weights of a voice.
#[derive(Debug)]
pub struct Weights {
    index: Index,
    data: Mmap,
}

impl Weights {
    /// Maps `data` in `place` and reads its index.
    pub(super) fn open(place: &Path, data: &str, index: &str) -> Result<Self, Rejection> {
        let json = std::fs::read(place.join(index)).map_err(|error| refused(index, error))?;
        let data = map(place, data)?;
        bring_in(&data);
        let index = Index::parse(&json, data.len()).map_err(|why| Rejection::Content {
            file: index.into(),
            why,
        })?;
        #[cfg(unix)]
        if let Err(error) = data.advise(memmap2::Advice::WillNeed) {
            tracing::debug!(%error, "the weights are read on first use");
        }
        Ok(Self { index, data })
    }

    /// The tensor called `name`.
    ///
    /// # Errors
    /// [`ArtifactsError::UnknownTensor`].
    pub fn tensor(&self, name: &str) -> Result<TensorRef<'_>, ArtifactsError> {
        let entry = self
            .index
            .0
            .get(name)
            .ok_or_else(|| ArtifactsError::UnknownTensor { name: name.into() })?;
        Ok(self.view(entry))
    }

    /// All tensors, in no particular order.
    pub fn tensors(&self) -> impl Iterator<Item = (&str, TensorRef<'_>)> {
        self.index
            .0
            .iter()
            .map(|(name, entry)| (name.as_str(), self.view(entry)))
    }

    fn view<'a>(&'a self, entry: &'a Entry) -> TensorRef<'a> {
        let bytes = &self.data[entry.offset..entry.offset + entry.length];
        TensorRef {
            dtype: entry.dtype,
            shape: &entry.shape,
            bytes,
        }
    }
}

/// Maps a file of the artifact directory, to read only.
pub(in crate::voice) fn map(place: &Path, name: &str) -> Result<Mmap, Rejection> {
    let file = File::open(place.join(name)).map_err(|error| refused(name, error))?;
    // SAFETY: a mapping is unsound if its file shrinks or changes. Files of an artifact directory are never
    // written once they have their name: the build replaces whole directories by renaming, which leaves the
    // mapped file as it was.
    unsafe { Mmap::map(&file) }.map_err(|error| refused(name, error))
}

/// Has the system enter all pages of a file that is used as a whole, at once: one by one, as they are touched, they cost the
/// first call more than this costs the loading. Where it cannot, they come one by one.
fn bring_in(data: &Mmap) {
    #[cfg(target_os = "linux")]
    if let Err(error) = data.advise(memmap2::Advice::PopulateRead) {
        tracing::debug!(%error, "weights come page by page");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = data;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_honest_index_is_read() {
        let index = Index::parse(
            br#"{"a": {"dtype": "float16", "shape": [3, 2], "offset": 128}}"#,
            140,
        )
        .unwrap();
        let entry = &index.0["a"];
        assert_eq!((entry.dtype, entry.length), (DType::Float16, 12));
    }

    #[test]
    fn a_dishonest_index_is_refused() {
        for (shape, offset) in [
            ("[3, 2]", "129"),
            ("[3, 2]", "192"),
            ("[7]", "128"),
            ("[18446744073709551615, 18446744073709551615]", "0"),
            ("[4611686018427387904]", "18446744073709551552"),
            ("[-1]", "0"),
        ] {
            let json = format!(r#"{{"a": {{"dtype": "float16", "shape": {shape}, "offset": {offset}}}}}"#);
            assert!(Index::parse(json.as_bytes(), 140).is_err(), "{json}");
        }
        assert!(Index::parse(br#"{"a": {"dtype": "float8", "shape": [], "offset": 0}}"#, 140).is_err());
    }

    proptest! {
        #[test]
        fn what_is_accepted_lies_inside(
            shape in prop::collection::vec(prop_oneof![0..9usize, any::<usize>()], 0..4),
            offset in prop_oneof![(0..9usize).prop_map(|n| n * 64), any::<usize>()],
            size in 0..5000usize,
        ) {
            let json = serde_json::json!({"a": {"dtype": "int32", "shape": shape, "offset": offset}}).to_string();
            if let Ok(index) = Index::parse(json.as_bytes(), size) {
                let entry = &index.0["a"];
                prop_assert!(entry.offset % ALIGNMENT == 0 && entry.offset + entry.length <= size);
                prop_assert_eq!(entry.length, shape.iter().product::<usize>() * 4);
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), size in any::<usize>()) {
            let _ = Index::parse(&bytes, size);
        }
    }
}
