//! Finds the voice that belongs to a base directory.
//!
//! [`resolve`] is the only way to an [`ArtifactsDir`]. The places are those in which apps of the various
//! platforms carry their resources; each is tried in order, and a failure tells about every one of them.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::error::{ArtifactsError, Rejection, Tried};
use super::manifest::{Alternative, MANIFEST_LIMIT, Manifest};
use super::verify::{self, Depth};
use super::{ArtifactsDir, cpu};

/// Where a voice may lie below a base, in the order in which they are tried.
const PLACES: [&str; 6] = [
    "",
    "tvm_output",
    "Resources",
    "Resources/tvm_output",
    "Contents/Resources",
    "Contents/Resources/tvm_output",
];

/// Every directory that [`resolve`] tries for `base`: six below it, then the same six below its parent.
pub fn candidates(base: &Path) -> Vec<PathBuf> {
    let base = base
        .canonicalize()
        .or_else(|_| std::path::absolute(base))
        .unwrap_or_else(|_| base.to_path_buf());
    let below = |folder: &Path| {
        PLACES.map(|place| {
            if place.is_empty() {
                folder.into()
            } else {
                folder.join(place)
            }
        })
    };
    let mut found = below(&base).to_vec();
    found.extend(base.parent().into_iter().flat_map(below));
    found
}

/// The first usable voice among the [`candidates`] of `base`: whole, for this engine, and for this machine.
///
/// # Errors
/// [`ArtifactsError::NotFound`] with every place and why it was no good.
pub fn resolve(base: &Path) -> Result<ArtifactsDir, ArtifactsError> {
    let mut tried: Vec<Tried> = Vec::new();
    for place in candidates(base) {
        match open(&place) {
            Ok(found) => {
                for Tried { place, reason } in tried.iter().filter(|tried| tried.reason.is_of_a_voice()) {
                    tracing::warn!(place = %place.display(), %reason, used = %found.path().display(), "passed over a voice");
                }
                return Ok(found);
            }
            Err(reason) => tried.push(Tried { place, reason }),
        }
    }
    Err(ArtifactsError::NotFound {
        base: base.to_path_buf(),
        tried,
    })
}

/// Checks one directory; cheap things first.
fn open(place: &Path) -> Result<ArtifactsDir, Rejection> {
    if !place.is_dir() {
        return Err(Rejection::NoFolder);
    }
    let json = read_manifest(place)?;
    let manifest = Manifest::parse(&json)?;
    let chosen = choose(&manifest)?;
    let place = place.canonicalize().map_err(|source| Rejection::Unreadable {
        file: ".".into(),
        source,
    })?;
    verify::check(&place, &manifest, &json, Depth::Changed)?;
    Ok(ArtifactsDir {
        place,
        manifest,
        chosen,
        json,
    })
}

/// The library for this machine: which of the alternatives, or none of them.
fn choose(manifest: &Manifest) -> Result<Option<usize>, Rejection> {
    let fits = |other: &Alternative| cpu::check(&other.target).is_ok();
    match manifest.alternatives.iter().position(fits) {
        Some(best) => Ok(Some(best)),
        None => cpu::check(&manifest.target).map(|()| None),
    }
}

fn read_manifest(place: &Path) -> Result<Vec<u8>, Rejection> {
    let unreadable = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => Rejection::NoManifest,
        _ => Rejection::Unreadable {
            file: "manifest.json".into(),
            source,
        },
    };
    let file = File::open(place.join("manifest.json")).map_err(unreadable)?;
    let mut json = Vec::new();
    file.take(MANIFEST_LIMIT)
        .read_to_end(&mut json)
        .map_err(unreadable)?;
    Ok(json)
}
