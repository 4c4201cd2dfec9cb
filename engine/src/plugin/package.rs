//! Packages on the disk: copies of one made from an origin, and whether one is whole.
//!
//! What a copy consists of is checked as it is written, by the bytes that go into it; a look at the origin beforehand would
//! say nothing, since it may change meanwhile. Only the files for this kind of machine are copied.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

use super::archive::Archive;
use super::digest::{Digest, Hasher};
use super::disk;
use super::error::{Fault, PluginError};
use super::manifest::{Manifest, PackageFile, TargetFiles};
use super::names::{self, MANIFEST};
use super::origin::{Directory, Origin};

/// How much is copied at a time.
const BLOCK: usize = 64 * 1024;

/// Opens what somebody wants to install.
///
/// # Errors
/// [`PluginError::NotAPackage`] for what is neither a directory nor an archive; what the archive says.
pub(super) fn origin(source: &Path) -> Result<Box<dyn Origin>, PluginError> {
    let not_a_package = |why: &str| PluginError::NotAPackage {
        source_path: source.to_path_buf(),
        why: why.into(),
    };
    let metadata = match source.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(not_a_package("it is not there"));
        }
        metadata => metadata.map_err(PluginError::io("read", source))?,
    };
    if metadata.is_dir() {
        return Ok(Box::new(Directory::new(source)));
    }
    if !metadata.is_file() {
        return Err(not_a_package("it is neither a directory nor a file"));
    }
    let mut file = File::open(source).map_err(PluginError::io("open", source))?;
    let mut magic = [0; 2];
    if file.read_exact(&mut magic).is_err() || magic != *b"PK" {
        return Err(not_a_package("it is no zip archive"));
    }
    file.rewind().map_err(PluginError::io("read", source))?;
    Ok(Box::new(Archive::open(io::BufReader::new(file))?))
}

/// Copies the manifest and the files for one target into `directory`, which it makes, and checks them as they are written.
///
/// # Errors
/// [`PluginError::File`] when a file is not what the manifest says; what the origin or the system refuses. What was
/// copied by then stays for the caller to remove.
pub(super) fn copy(
    origin: &mut dyn Origin,
    manifest: &[u8],
    files: &TargetFiles,
    directory: &Path,
) -> Result<(), PluginError> {
    disk::create_directories(directory)?;
    let mut directories = BTreeSet::from([directory.to_path_buf()]);
    let path = directory.join(MANIFEST);
    let mut file = disk::create_file(&path)?;
    disk::write(&mut file, manifest, &path)?;
    disk::finish(&file, false, &path)?;
    for file in files.all() {
        let path = directory.join(names::to_system(&file.path));
        let above = path
            .ancestors()
            .skip(1)
            .take_while(|above| above.starts_with(directory));
        directories.extend(above.map(Path::to_path_buf));
        copy_file(origin, file, &path)?;
    }
    directories
        .iter()
        .try_for_each(|directory| disk::sync_directory(directory))
}

fn copy_file(origin: &mut dyn Origin, file: &PackageFile, to: &Path) -> Result<(), PluginError> {
    disk::create_directories(to.parent().unwrap_or(to))?;
    let mut copy = disk::create_file(to)?;
    let mut hasher = Hasher::default();
    let mut written = 0;
    let mut block = vec![0; BLOCK];
    let mut reader = origin.open(&file.path)?.take(file.size + 1);
    let read = loop {
        let count = match reader.read(&mut block) {
            Ok(0) => break Ok(()),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => break Err(error),
        };
        written += count as u64;
        if written > file.size {
            break Ok(());
        }
        hasher.update(&block[..count]);
        disk::write(&mut copy, &block[..count], to)?;
    };
    drop(reader);
    read.map_err(|error| origin.failure(&file.path, error))?;
    check(file, written, hasher.finish())?;
    disk::finish(&copy, file.executable, to)
}

fn check(file: &PackageFile, size: u64, digest: Digest) -> Result<(), PluginError> {
    if size != file.size {
        return Err(PluginError::file(&file.path, Fault::Size { expected: file.size }));
    }
    if digest != file.sha256 {
        return Err(PluginError::file(&file.path, Fault::Hash));
    }
    Ok(())
}

/// How closely a package is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// The manifest's hash, and the sizes of the files.
    Sizes,
    /// The hashes of all files.
    Hashes,
}

/// Reads the manifest of a package in the catalogue and checks that the package is whole.
///
/// # Errors
/// [`PluginError::File`] with what is wrong; what [`Manifest::parse`] and [`Manifest::check_usable`] say.
pub(super) fn inspect(directory: &Path, digest: Digest, look: Look) -> Result<Manifest, PluginError> {
    let mut origin = Directory::new(directory);
    let bytes = match origin.manifest() {
        Err(PluginError::NotAPackage { .. }) => return Err(PluginError::file(MANIFEST, Fault::Missing)),
        bytes => bytes?,
    };
    if Digest::of(&bytes) != digest {
        return Err(PluginError::file(MANIFEST, Fault::Hash));
    }
    let manifest = Manifest::parse(&bytes)?;
    manifest.check_usable()?;
    for file in manifest.here()?.all() {
        let (mut opened, metadata) = origin.open_file(&file.path)?;
        let digest = match look {
            Look::Sizes => file.sha256,
            Look::Hashes => hash(&mut opened).map_err(|error| origin.failure(&file.path, error))?,
        };
        check(file, metadata.len(), digest)?;
    }
    Ok(manifest)
}

/// The digest of all that a reader gives.
pub(super) fn hash(reader: &mut impl Read) -> io::Result<Digest> {
    let mut hasher = Hasher::default();
    let mut block = vec![0; BLOCK];
    loop {
        match reader.read(&mut block) {
            Ok(0) => return Ok(hasher.finish()),
            Ok(count) => hasher.update(&block[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The file that is locked to hold a package, and so keep it from being removed.
pub(super) fn holding_file(directory: &Path) -> PathBuf {
    directory.join(MANIFEST)
}
