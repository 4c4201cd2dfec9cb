//! What must hold for every manifest and archive, wherever it came from, as plain functions that panic if it does not.
//!
//! Called by the tests over the seed corpus and by the fuzz targets, so that both check the same. Not part of the interface of
//! the crate.

use std::fs;
use std::io::Cursor;
use std::path::{Component, Path};

use super::archive::Archive;
use super::digest::Digest;
use super::error::PluginError;
use super::manifest::{LARGEST_FILE, LARGEST_MANIFEST, LARGEST_PACKAGE, MOST_FILES, MOST_TARGETS, Manifest};
use super::names::{self, MANIFEST};
use super::origin::Origin;
use super::package;

/// The body of the fuzz target `plugin_manifest`: the bytes of a `plugin.json`. Says whether it was accepted.
pub fn fuzz_plugin_manifest(json: &[u8]) -> bool {
    let manifest = match Manifest::parse(json) {
        Ok(manifest) => manifest,
        Err(error) => {
            check_error(&error);
            return false;
        }
    };
    assert!(json.len() <= LARGEST_MANIFEST);
    assert_eq!(manifest.digest, Digest::of(json));
    assert!(names::check_id(&manifest.id).is_ok() && !manifest.capabilities.is_empty());
    check_inside(Path::new(&manifest.directory_name()), 1);
    assert!((1..=MOST_TARGETS).contains(&manifest.targets.len()));
    for files in manifest.targets.values() {
        let mut places = Vec::new();
        for file in files.all() {
            check_inside(&names::to_system(&file.path), file.path.split('/').count());
            assert!(
                !file.path.contains(['\\', ':', '\0']) && file.path.is_ascii(),
                "{file:?}"
            );
            assert!(file.size <= LARGEST_FILE);
            places.push(names::folded(&file.path));
        }
        assert!(
            places.len() <= MOST_FILES && files.all().map(|file| file.size).sum::<u64>() <= LARGEST_PACKAGE
        );
        places.push(MANIFEST.into());
        places.sort_unstable();
        for pair in places.windows(2) {
            assert_ne!(pair[0], pair[1]);
        }
        for place in &places {
            let below = format!("{place}/");
            assert!(
                !places.iter().any(|other| other.starts_with(&below)),
                "{place} is a file and a directory"
            );
        }
    }
    true
}

/// The body of the fuzz target `plugin_archive`: the bytes of a zip archive, which is unpacked for the first target that it
/// has. Says whether that went well.
pub fn fuzz_plugin_archive(bytes: &[u8]) -> bool {
    let Ok(outside) = tempfile::tempdir() else {
        panic!("the test has a directory to write in");
    };
    let inside = outside.path().join("inside");
    let unpacked = unpack(bytes, &inside);
    let entries = |path: &Path| fs::read_dir(path).map_or(0, Iterator::count);
    let most = usize::from(inside.exists());
    assert_eq!(
        entries(outside.path()),
        most,
        "nothing is written beside the package"
    );
    match unpacked {
        Ok(manifest) => {
            let files = manifest
                .targets
                .values()
                .next()
                .map_or(0, |files| files.all().count());
            assert_eq!(
                count_files(&inside),
                files + 1,
                "the listed files, and the manifest"
            );
            true
        }
        Err(error) => {
            check_error(&error);
            false
        }
    }
}

fn unpack(bytes: &[u8], to: &Path) -> Result<Manifest, PluginError> {
    let mut archive = Archive::open(Cursor::new(bytes))?;
    let json = archive.manifest()?;
    let manifest = Manifest::parse(&json)?;
    if let Some(files) = manifest.targets.values().next() {
        package::copy(&mut archive, &json, files, to)?;
    }
    Ok(manifest)
}

/// Regular files below a directory, in which nothing else must be.
fn count_files(directory: &Path) -> usize {
    let Ok(entries) = fs::read_dir(directory) else {
        return 0;
    };
    let count = |entry: std::io::Result<fs::DirEntry>| {
        let path = entry.ok().map(|entry| entry.path()).unwrap_or_default();
        match path.symlink_metadata().map(|metadata| metadata.file_type()) {
            Ok(kind) if kind.is_file() => 1,
            Ok(kind) if kind.is_dir() => count_files(&path),
            other => panic!("{}: {other:?}", path.display()),
        }
    };
    entries.map(count).sum()
}

fn check_inside(path: &Path, parts: usize) {
    let is_normal = |part| matches!(part, Component::Normal(_));
    assert!(path.components().all(is_normal), "{path:?}");
    assert_eq!(path.components().count(), parts, "{path:?}");
}

fn check_error(error: &PluginError) {
    assert!(
        !error.to_string().is_empty() && !error.hint().is_empty(),
        "{error:?}"
    );
}
