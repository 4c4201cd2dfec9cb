//! The places in the user's cache directory that the engine shares with the build of the voice.
//!
//! `artifacts/builder/places.py` is the other half; both must name the same places. Nothing here creates
//! anything.

use std::env;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::error::ArtifactsError;

/// Overrides where the voice is looked for.
pub const ARTIFACTS_VARIABLE: &str = "UTTER_ARTIFACTS";
/// Overrides the cache directory.
pub const CACHE_VARIABLE: &str = "UTTER_CACHE";

/// The cache directory: `UTTER_CACHE`, or `utter` in the platform's. `None` where the platform has none.
pub fn directory() -> Option<PathBuf> {
    match variable(CACHE_VARIABLE) {
        Some(chosen) => std::path::absolute(chosen).ok(),
        None => dirs::cache_dir().map(|cache| cache.join("utter")),
    }
}

/// Where to look for the voice when nobody says: `UTTER_ARTIFACTS`, or the one that `make voice` built last
/// for engines of this [`INTERFACE`](super::INTERFACE).
///
/// # Errors
/// [`ArtifactsError::NotBuilt`] when nothing was built yet, [`ArtifactsError::NoCacheDirectory`] when there
/// can be nothing.
pub fn default_base() -> Result<PathBuf, ArtifactsError> {
    if let Some(chosen) = variable(ARTIFACTS_VARIABLE) {
        return Ok(chosen);
    }
    let cache = directory().ok_or(ArtifactsError::NoCacheDirectory)?;
    pointed_at(&cache.join("voice"))
}

/// The directory that the pointer in `voices` names. Its content is a single name, never a path out of
/// `voices`.
pub(super) fn pointed_at(voices: &Path) -> Result<PathBuf, ArtifactsError> {
    let pointer = voices.join(format!("current-{}", super::INTERFACE));
    let key = std::fs::read_to_string(&pointer).unwrap_or_default();
    let key = key.trim();
    if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(ArtifactsError::NotBuilt { pointer });
    }
    Ok(voices.join(key))
}

/// The record of which files of `place` had the right hash; `place` is canonical.
pub(super) fn stamp(cache: &Path, place: &Path) -> PathBuf {
    let digest = Sha256::digest(place.as_os_str().as_encoded_bytes());
    cache
        .join("verified")
        .join(format!("{}.json", &hex(&digest)[..32]))
}

/// Bytes as lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn variable(name: &str) -> Option<PathBuf> {
    env::var_os(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_has_the_name_that_the_build_gives_it() {
        // The same value stands in artifacts/tests/test_voice.py.
        let record = stamp(Path::new("/cache"), Path::new("/a/voice"));
        assert_eq!(
            record,
            Path::new("/cache/verified/5f298a5dda21915c677d3abd11077d98.json")
        );
    }

    #[test]
    fn the_pointer_names_a_folder_beside_it() {
        let voices = tempfile::tempdir().unwrap();
        let pointer = voices
            .path()
            .join(format!("current-{}", crate::voice::artifacts::INTERFACE));
        assert!(matches!(
            pointed_at(voices.path()),
            Err(ArtifactsError::NotBuilt { .. })
        ));
        std::fs::write(&pointer, "7b66505e0575b586\n").unwrap();
        assert_eq!(
            pointed_at(voices.path()).unwrap(),
            voices.path().join("7b66505e0575b586")
        );
        for bad in ["", "\n", "../elsewhere", "/etc", "a/b", ".."] {
            std::fs::write(&pointer, bad).unwrap();
            assert!(pointed_at(voices.path()).is_err(), "{bad:?}");
        }
    }
}
