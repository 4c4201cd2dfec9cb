//! What must hold for every manifest and index that is accepted, wherever it came from, as plain functions that panic if it
//! does not.
//!
//! Called by the tests over the seed corpus and by the fuzz targets, so that both check the same. Not part of the interface of
//! the crate.

use std::path::{Component, Path};

use super::{ALIGNMENT, Index, Manifest};

/// The body of the fuzz target `manifest`: the bytes of a `manifest.json`. Says whether it was accepted.
pub fn fuzz_manifest(json: &[u8]) -> bool {
    let Ok(manifest) = Manifest::parse(json) else {
        return false;
    };
    for (name, entry) in &manifest.files {
        let inside = |part| matches!(part, Component::Normal(_));
        assert!(
            !name.is_empty() && Path::new(name).components().all(inside),
            "{name:?}"
        );
        assert!(!name.contains(['\\', ':', '\0']), "{name:?}");
        assert_eq!(entry.sha256.len(), 64);
    }
    let single = [
        &manifest.library,
        &manifest.weights.data,
        &manifest.weights.index,
        &manifest.vocabulary,
    ];
    for name in single
        .into_iter()
        .chain(&manifest.runtime)
        .chain(manifest.voices.values())
    {
        assert!(manifest.files.contains_key(name), "{name:?} is not listed");
    }
    let (rows, width) = (manifest.style.rows, manifest.style.width);
    assert!(rows > 0 && width > 0 && width.is_multiple_of(2) && manifest.sample_rate > 0);
    for file in manifest.voices.values() {
        assert_eq!(manifest.files[file].size, (rows * width * 4) as u64);
    }
    true
}

/// The body of the fuzz target `index`: two bytes are the size of the weights in units of the alignment, the rest is a
/// `weights.json`. Says whether it was accepted.
pub fn fuzz_index(data: &[u8]) -> bool {
    let [low, high, json @ ..] = data else {
        return false;
    };
    let size = ALIGNMENT * usize::from(u16::from_le_bytes([*low, *high]));
    let Ok(index) = Index::parse(json, size) else {
        return false;
    };
    for (name, place) in index.places() {
        assert!(
            place.start <= place.end && place.end <= size,
            "{name}: {place:?} of {size}"
        );
        assert_eq!(place.start % ALIGNMENT, 0, "{name}: {place:?}");
    }
    true
}
