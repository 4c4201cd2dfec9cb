//! Whether the files of an artifact directory are what its manifest says.
//!
//! Called by `search` for each load and by [`ArtifactsDir::verify`](super::ArtifactsDir::verify). Sizes are
//! always checked. Hashing 129 MB would cost more than all the rest of loading, so a file whose hash was
//! right once is believed while its size and time of change stay the same; the record of that, the stamp,
//! lies in the cache directory and is shared with `make voice`. Where no stamp can be written, every load
//! hashes. Of a file that an app's signature changes only its presence is checked: the system, which refuses to load code whose
//! signature does not hold, does the rest. Never changes the artifact directory itself.

use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::cache;
use super::error::Rejection;
use super::manifest::{FileEntry, Manifest};

/// A file changed in the same tick of the clock as its stamp was taken could change again unnoticed.
const SETTLED: Duration = Duration::from_secs(2);

/// How much of the content is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// Hash what changed since its hash was last right.
    Changed,
    /// Hash everything.
    Full,
}

/// Size in bytes and time of change in ns since 1970.
type Stamp = (u64, u64);

/// The record for one artifact directory.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Stamps {
    /// SHA-256 of the manifest that the files were checked against.
    manifest: String,
    files: BTreeMap<String, Stamp>,
}

/// Checks every file of `manifest`, whose JSON is `json`, in the canonical directory `place`.
pub(super) fn check(place: &Path, manifest: &Manifest, json: &[u8], depth: Depth) -> Result<(), Rejection> {
    let record = cache::directory().map(|cache| cache::stamp(&cache, place));
    check_with(record.as_deref(), place, manifest, json, depth)
}

fn check_with(
    record: Option<&Path>,
    place: &Path,
    manifest: &Manifest,
    json: &[u8],
    depth: Depth,
) -> Result<(), Rejection> {
    let digest = cache::hex(&Sha256::digest(json));
    let known = record
        .and_then(read)
        .filter(|stamps| stamps.manifest == digest)
        .unwrap_or_default();
    let mut good = Stamps {
        manifest: digest,
        files: BTreeMap::new(),
    };
    let settled = nanoseconds(SystemTime::now() - SETTLED);
    for (name, entry) in &manifest.files {
        let stamp = check_size(place, name, entry)?;
        if entry.signed {
            continue;
        }
        if depth == Depth::Full || known.files.get(name) != Some(&stamp) {
            check_hash(place, name, entry)?;
        }
        if stamp.1 < settled {
            good.files.insert(name.clone(), stamp);
        }
    }
    if let Some(record) = record.filter(|_| good != known && !good.files.is_empty())
        && let Err(error) = write(record, &good)
    {
        tracing::info!(%error, record = %record.display(), "the voice will be hashed again at the next load");
    }
    Ok(())
}

fn check_size(place: &Path, name: &str, entry: &FileEntry) -> Result<Stamp, Rejection> {
    let metadata = place
        .join(name)
        .metadata()
        .map_err(|error| refused(name, error))?;
    if !metadata.is_file() {
        return Err(Rejection::Missing { file: name.into() });
    }
    if metadata.len() != entry.size && !entry.signed {
        return Err(Rejection::Size {
            file: name.into(),
            found: metadata.len(),
            expected: entry.size,
        });
    }
    Ok((metadata.len(), changed(&metadata)))
}

fn check_hash(place: &Path, name: &str, entry: &FileEntry) -> Result<(), Rejection> {
    let found = hash(&place.join(name)).map_err(|error| refused(name, error))?;
    if found.eq_ignore_ascii_case(&entry.sha256) {
        Ok(())
    } else {
        Err(Rejection::Hash { file: name.into() })
    }
}

/// SHA-256 of a file, read in blocks.
fn hash(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut block = vec![0; 1 << 20];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(cache::hex(&digest.finalize())),
            read => digest.update(&block[..read]),
        }
    }
}

/// The operating system's answer about a file that the manifest lists.
pub(super) fn refused(name: &str, source: io::Error) -> Rejection {
    match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Rejection::Missing { file: name.into() },
        _ => Rejection::Unreadable {
            file: name.into(),
            source,
        },
    }
}

fn read(record: &Path) -> Option<Stamps> {
    serde_json::from_slice(&std::fs::read(record).ok()?).ok()
}

/// Replaces the record in one step: another process may read or write it at the same time.
fn write(record: &Path, stamps: &Stamps) -> io::Result<()> {
    let folder: PathBuf = record.parent().map(Path::to_path_buf).unwrap_or_default();
    std::fs::create_dir_all(&folder)?;
    let mut partial = tempfile::NamedTempFile::new_in(&folder)?;
    partial.write_all(&serde_json::to_vec(stamps)?)?;
    partial.persist(record)?;
    Ok(())
}

fn changed(metadata: &Metadata) -> u64 {
    metadata.modified().map_or(u64::MAX, nanoseconds)
}

fn nanoseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory with one file and its manifest's JSON; the file was last changed an hour ago.
    struct Bench {
        folder: tempfile::TempDir,
        json: Vec<u8>,
        manifest: Manifest,
    }

    impl Bench {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("all.bin");
            std::fs::write(&path, [0; 16]).unwrap();
            let json = format!(
                r#"{{"schema": 1, "interface": {}, "key": "k", "sample_rate": 24000, "library": "all.bin", "runtime": [],
                "model": {{"name": "m", "version": "1", "license": "MIT", "weights_sha256": ""}},
                "tvm": {{"version": "0", "ffi": "0"}}, "target": {{"name": "t", "triple": "t", "cpu": "", "features": []}},
                "weights": {{"data": "all.bin", "index": "all.bin"}}, "vocabulary": "all.bin",
                "style": {{"rows": 2, "width": 2}}, "voices": {{"v": "all.bin"}},
                "files": {{"all.bin": {{"size": 16, "sha256": "{}"}}}}}}"#,
                crate::voice::artifacts::INTERFACE,
                hash(&path).unwrap()
            )
            .into_bytes();
            let manifest = Manifest::parse(&json).unwrap();
            let bench = Self {
                folder,
                json,
                manifest,
            };
            bench.change([0; 16], 3600);
            bench
        }

        fn record(&self) -> PathBuf {
            self.folder.path().join("verified").join("record.json")
        }

        /// Writes the file, as if `seconds` ago.
        fn change(&self, content: [u8; 16], seconds: u64) {
            let path = self.folder.path().join("all.bin");
            std::fs::write(&path, content).unwrap();
            let then = match seconds {
                0 => SystemTime::now(),
                // From a fixed moment: the same age asked for twice is then the same time.
                _ => UNIX_EPOCH + Duration::from_secs(1_700_000_000 - seconds),
            };
            File::options()
                .write(true)
                .open(path)
                .unwrap()
                .set_modified(then)
                .unwrap();
        }

        fn check(&self, depth: Depth) -> Result<(), Rejection> {
            check_with(
                Some(&self.record()),
                self.folder.path(),
                &self.manifest,
                &self.json,
                depth,
            )
        }
    }

    #[test]
    fn an_unchanged_file_is_believed_until_asked_in_full() {
        let bench = Bench::new();
        bench.check(Depth::Changed).unwrap();
        bench.change([1; 16], 3600);
        bench.check(Depth::Changed).unwrap();
        assert!(matches!(bench.check(Depth::Full), Err(Rejection::Hash { file }) if file == "all.bin"));
    }

    #[test]
    fn a_changed_file_is_hashed() {
        let bench = Bench::new();
        bench.check(Depth::Changed).unwrap();
        bench.change([1; 16], 3599);
        assert!(matches!(bench.check(Depth::Changed), Err(Rejection::Hash { .. })));
        bench.change([0; 16], 3598);
        bench.check(Depth::Changed).unwrap();
    }

    #[test]
    fn a_fresh_file_is_not_believed() {
        let bench = Bench::new();
        bench.change([0; 16], 0);
        bench.check(Depth::Changed).unwrap();
        assert!(
            !bench.record().exists(),
            "it could still change within the same tick of the clock"
        );
    }

    #[test]
    fn a_record_for_another_manifest_counts_for_nothing() {
        let mut bench = Bench::new();
        bench.check(Depth::Changed).unwrap();
        bench.json.push(b' ');
        bench.change([1; 16], 3600);
        assert!(bench.check(Depth::Changed).is_err());
    }

    #[test]
    fn a_damaged_record_counts_for_nothing() {
        let bench = Bench::new();
        bench.check(Depth::Changed).unwrap();
        std::fs::write(bench.record(), "{").unwrap();
        bench.change([1; 16], 3600);
        assert!(bench.check(Depth::Changed).is_err());
    }
}
