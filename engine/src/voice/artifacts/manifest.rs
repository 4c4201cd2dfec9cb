//! `manifest.json`: what an artifact directory holds and what it was made from.
//!
//! Read by `search`; written by `artifacts/builder/installed.py`; described for people in
//! `artifacts/MANIFEST.md`. A manifest may come from anywhere: whatever it says is checked here before anyone
//! relies on it, and never leads out of its directory.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::error::Rejection;

/// The format of manifests that this engine reads.
pub const SCHEMA: u32 = 1;
/// No honest manifest is longer: 54 voices make 12 kB.
pub(super) const MANIFEST_LIMIT: u64 = 1 << 20;

/// A manifest that was checked: its names are plain relative paths, and every file that it refers to is
/// listed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Manifest {
    /// The format, [`SCHEMA`].
    pub schema: u32,
    /// Which engines the library fits, [`INTERFACE`](super::INTERFACE).
    pub interface: u32,
    /// Hash over everything that the directory was made from.
    pub key: String,
    /// The model and where its weights came from.
    pub model: Model,
    /// The TVM that compiled the library.
    pub tvm: Tvm,
    /// What every processor that this voice is for can run.
    pub target: Target,
    /// Of the audio that the library makes, in Hz.
    pub sample_rate: u32,
    /// The library compiled for it.
    pub library: String,
    /// Libraries for processors that can do more, the best first.
    #[serde(default)]
    pub alternatives: Vec<Alternative>,
    /// TVM's libraries, in the order in which they are to be loaded.
    pub runtime: Vec<String>,
    /// The packed weights.
    pub weights: WeightsFiles,
    /// Symbol to token number, as JSON.
    pub vocabulary: String,
    /// The size of each voice.
    pub style: StyleShape,
    /// The voices: name to file.
    pub voices: BTreeMap<String, String>,
    /// Every file of the directory but the manifest.
    pub files: BTreeMap<String, FileEntry>,
}

/// Which model this is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Model {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The licence of its weights, as an SPDX expression.
    pub license: String,
    /// SHA-256 of the weights as they were published.
    pub weights_sha256: String,
}

/// Versions of the compiler and the runtime.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Tvm {
    /// Of Apache TVM.
    pub version: String,
    /// Of TVM's FFI library.
    pub ffi: String,
}

/// What the library was compiled for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Target {
    /// Its name: `x86-64-v3`, `x86-64-v4`, `native`.
    pub name: String,
    /// Processor family and operating system.
    pub triple: String,
    /// The base processor, in LLVM's words.
    pub cpu: String,
    /// The instruction sets that the library may use, by the names of Rust's feature detection.
    pub features: Vec<String>,
}

/// The same kernels, compiled for another target.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Alternative {
    /// What they were compiled for.
    pub target: Target,
    /// The library.
    pub library: String,
}

/// The two files of the weights.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WeightsFiles {
    /// The numbers; mapped.
    pub data: String,
    /// Where each tensor lies in them, as JSON.
    pub index: String,
}

/// A voice is `rows` × `width` numbers (`f32`, little-endian).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct StyleShape {
    /// One row for each number of phoneme tokens.
    pub rows: usize,
    /// Decoder style in the first half, prosody style in the second.
    pub width: usize,
}

/// Size and content of a file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FileEntry {
    /// In bytes.
    pub size: u64,
    /// SHA-256 in hexadecimal digits.
    pub sha256: String,
    /// Whether the file is signed when an app is packed, which changes it: then size and hash are those before, and its content is
    /// the system's to check.
    #[serde(default)]
    pub signed: bool,
}

impl Manifest {
    /// Reads and checks a manifest.
    ///
    /// # Errors
    /// [`Rejection::Schema`] and [`Rejection::Interface`] for one that is not meant for this engine,
    /// [`Rejection::NotLinked`] for one without a library, [`Rejection::BadManifest`] for one that nobody should use.
    pub fn parse(json: &[u8]) -> Result<Self, Rejection> {
        /// What is read first: another schema may lack everything else.
        #[derive(Deserialize)]
        struct Head {
            schema: u32,
            interface: u32,
        }
        /// What there is instead of a library, when nothing could link it.
        #[derive(Deserialize)]
        struct Compiled {
            target: Target,
            library: Option<String>,
        }
        let bad = |error: serde_json::Error| Rejection::BadManifest {
            why: error.to_string(),
        };
        let head: Head = serde_json::from_slice(json).map_err(bad)?;
        if head.schema != SCHEMA {
            return Err(Rejection::Schema {
                found: head.schema,
                expected: SCHEMA,
            });
        }
        if head.interface != super::INTERFACE {
            return Err(Rejection::Interface {
                found: head.interface,
                expected: super::INTERFACE,
            });
        }
        let compiled: Compiled = serde_json::from_slice(json).map_err(bad)?;
        if compiled.library.is_none() {
            return Err(Rejection::NotLinked {
                target: compiled.target.triple,
            });
        }
        let manifest: Self = serde_json::from_slice(json).map_err(bad)?;
        manifest.check().map_err(|why| Rejection::BadManifest { why })?;
        Ok(manifest)
    }

    /// The entry of a file that the manifest itself refers to.
    pub(super) fn size_of(&self, file: &str) -> u64 {
        self.files.get(file).map_or(0, |entry| entry.size)
    }

    fn check(&self) -> Result<(), String> {
        for (name, entry) in &self.files {
            if !is_plain(name) {
                return Err(format!("{name:?} is not a plain file name"));
            }
            if entry.sha256.len() != 64 || !entry.sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Err(format!("the SHA-256 of {name} is none"));
            }
        }
        let single = [
            &self.library,
            &self.weights.data,
            &self.weights.index,
            &self.vocabulary,
        ];
        let named: BTreeSet<&String> = single
            .into_iter()
            .chain(self.alternatives.iter().map(|other| &other.library))
            .chain(&self.runtime)
            .chain(self.voices.values())
            .collect();
        if let Some(unlisted) = named.into_iter().find(|name| !self.files.contains_key(*name)) {
            return Err(format!("{unlisted} is not among its files"));
        }
        if self.sample_rate == 0 {
            return Err("its sample rate is 0".into());
        }
        self.check_voices()
    }

    fn check_voices(&self) -> Result<(), String> {
        let StyleShape { rows, width } = self.style;
        let size = rows
            .checked_mul(width)
            .and_then(|n| n.checked_mul(size_of::<f32>()));
        let size = size
            .filter(|size| *size > 0 && width % 2 == 0)
            .ok_or("the size of its voices is impossible")?;
        match self
            .voices
            .values()
            .find(|file| self.size_of(file) != size as u64)
        {
            Some(file) => Err(format!("{file} has not the size of a voice")),
            None => Ok(()),
        }
    }
}

/// Whether a name stays inside its directory on every platform.
fn is_plain(name: &str) -> bool {
    !name.contains(['\\', ':', '\0']) && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_stay_inside() {
        assert!(is_plain("voices/af_heart.bin"));
        for name in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a//b",
            "C:x",
            "a\\b",
            "./a",
            "a/",
        ] {
            assert!(!is_plain(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(Manifest::parse(&bytes).is_err());
        }
    }
}
