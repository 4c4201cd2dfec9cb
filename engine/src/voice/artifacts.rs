//! The voice as files: found, checked, and mapped.
//!
//! The pipeline calls [`resolve`] once and keeps what the [`ArtifactsDir`] hands out. Nothing here builds or
//! mends a voice, loads a library or knows the model; a directory that is not whole, not for this engine, or
//! not for this processor is refused with a reason and the command that helps.
//!
//! ```no_run
//! # fn main() -> Result<(), utter::voice::artifacts::ArtifactsError> {
//! use utter::voice::artifacts;
//!
//! let voice = artifacts::resolve(&artifacts::default_base()?)?;
//! let weights = voice.weights()?;
//! let heart = voice.voice("af_heart")?;
//! # Ok(())
//! # }
//! ```

mod cache;
mod cpu;
mod error;
#[doc(hidden)]
pub mod invariants;
mod manifest;
mod search;
mod verify;
mod weights;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use cache::{ARTIFACTS_VARIABLE, CACHE_VARIABLE, default_base, directory as cache_directory};
pub use error::{ArtifactsError, Rejection, Tried};
pub use manifest::{Alternative, FileEntry, Manifest, Model, SCHEMA, StyleShape, Target, Tvm, WeightsFiles};
pub use search::{candidates, resolve};
pub use weights::{ALIGNMENT, DType, Index, TensorRef, Weights};

use super::style::Voice;
use verify::Depth;
pub(in crate::voice) use weights::map;

/// The number of the agreement between this engine and the compiled library: names and signatures of the
/// kernels, names and layout of the tensors. It is raised, here and in `artifacts/INTERFACE`, with every
/// change to those that an older library does not follow.
pub const INTERFACE: u32 = 4;

/// An artifact directory that was checked against its manifest and fits this engine and this machine.
#[derive(Debug, Clone)]
pub struct ArtifactsDir {
    place: PathBuf,
    manifest: Manifest,
    /// Which of the manifest's alternatives this machine runs; none for the library of every processor.
    chosen: Option<usize>,
    json: Vec<u8>,
}

impl ArtifactsDir {
    /// The directory, canonical.
    pub fn path(&self) -> &Path {
        &self.place
    }

    /// What it says about itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What [`library`](Self::library) was compiled for: the best of the voice's targets that this machine can run.
    pub fn target(&self) -> &Target {
        self.alternative()
            .map_or(&self.manifest.target, |other| &other.target)
    }

    /// The compiled library for this machine.
    pub fn library(&self) -> PathBuf {
        let library = self
            .alternative()
            .map_or(&self.manifest.library, |other| &other.library);
        self.place.join(library)
    }

    fn alternative(&self) -> Option<&Alternative> {
        self.manifest.alternatives.get(self.chosen?)
    }

    /// TVM's libraries, in the order in which they are to be loaded: before [`library`](Self::library).
    pub fn runtime_libraries(&self) -> Vec<PathBuf> {
        self.manifest
            .runtime
            .iter()
            .map(|name| self.place.join(name))
            .collect()
    }

    /// Maps the weights.
    ///
    /// # Errors
    /// [`ArtifactsError::Unusable`] when a file went away meanwhile, or the index contradicts the weights.
    pub fn weights(&self) -> Result<Weights, ArtifactsError> {
        let files = &self.manifest.weights;
        Weights::open(&self.place, &files.data, &files.index).map_err(|reason| self.unusable(reason))
    }

    /// The token number of each phoneme symbol.
    ///
    /// # Errors
    /// [`ArtifactsError::Unusable`] when the file went away meanwhile, or is not a vocabulary.
    pub fn vocabulary(&self) -> Result<BTreeMap<char, i64>, ArtifactsError> {
        let file = &self.manifest.vocabulary;
        let json =
            std::fs::read(self.place.join(file)).map_err(|e| self.unusable(verify::refused(file, e)))?;
        serde_json::from_slice(&json).map_err(|error| {
            self.unusable(Rejection::Content {
                file: file.clone(),
                why: error.to_string(),
            })
        })
    }

    /// The names of the voices, sorted.
    pub fn voice_names(&self) -> impl Iterator<Item = &str> {
        self.manifest.voices.keys().map(String::as_str)
    }

    /// Maps one voice: half a megabyte, of which a sentence touches a kilobyte.
    ///
    /// # Errors
    /// [`ArtifactsError::UnknownVoice`], or [`ArtifactsError::Unusable`] when its file went away meanwhile.
    pub fn voice(&self, name: &str) -> Result<Voice, ArtifactsError> {
        let file = self
            .manifest
            .voices
            .get(name)
            .ok_or_else(|| ArtifactsError::UnknownVoice {
                name: name.into(),
                known: self.voice_names().map(str::to_owned).collect(),
            })?;
        Voice::open(&self.place, name, file, self.manifest.style).map_err(|reason| self.unusable(reason))
    }

    /// Hashes every file; [`resolve`] believes those that did not change since their hash was last right.
    /// Takes about a second.
    ///
    /// # Errors
    /// [`ArtifactsError::Unusable`] names the first file that is not what the manifest says.
    pub fn verify(&self) -> Result<(), ArtifactsError> {
        verify::check(&self.place, &self.manifest, &self.json, Depth::Full)
            .map_err(|reason| self.unusable(reason))
    }

    /// The error for something that was found wrong with this directory.
    pub(in crate::voice) fn unusable(&self, reason: Rejection) -> ArtifactsError {
        ArtifactsError::Unusable {
            place: self.place.clone(),
            reason,
        }
    }
}
