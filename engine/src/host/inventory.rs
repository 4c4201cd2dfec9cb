//! What can speak here, as far as that is known without loading it.

use super::error::Error;
use crate::voice::{VoiceFile, artifacts};
use std::path::{Path, PathBuf};

/// A built voice, and the voices in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory {
    /// Where it is.
    pub artifacts: PathBuf,
    /// The model's name.
    pub model: String,
    /// The processor that it is compiled for.
    pub target: String,
    /// The version of TVM that compiled it.
    pub tvm: String,
    /// The names of its voices, and after them of the user's own.
    pub voices: Vec<String>,
}

impl Inventory {
    /// The one that would be loaded from `base`, or from the default place, with the user's own voices. Their files are not
    /// read.
    ///
    /// # Errors
    ///
    /// [`Reason::MissingArtifacts`](super::Reason::MissingArtifacts) or
    /// [`DamagedArtifacts`](super::Reason::DamagedArtifacts).
    pub fn find(base: Option<&Path>, voice_files: &[VoiceFile]) -> Result<Self, Error> {
        let found = match base {
            Some(base) => artifacts::resolve(base)?,
            None => artifacts::resolve(&artifacts::default_base()?)?,
        };
        let manifest = found.manifest();
        let own = voice_files.iter().map(VoiceFile::name);
        Ok(Self {
            artifacts: found.path().to_owned(),
            model: manifest.model.name.clone(),
            target: found.target().name.clone(),
            tvm: manifest.tvm.version.clone(),
            voices: found.voice_names().chain(own).map(str::to_owned).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With the real voice.
    #[test]
    fn the_users_own_come_after_the_others() {
        let own = VoiceFile::new("af_grandma", "never/read.npy").unwrap();
        let found = Inventory::find(None, &[own]).unwrap();
        assert_eq!(found.voices.len(), 54 + 1);
        assert_eq!(found.voices[0], "af_alloy");
        assert_eq!(found.voices[54], "af_grandma");
    }
}
