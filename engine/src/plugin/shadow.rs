//! Copies of packages that a process loads its libraries from.
//!
//! A library that is loaded must not change, and on Windows cannot be removed or replaced. So each process loads from a copy
//! of its own, and the package in the catalogue can go or become another at any time. Every byte of the copy was checked by the
//! hashes as it was written. Whatever is left of a process that has ended is removed by [`Catalogue::sweep`].

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::catalogue::{Catalogue, SHADOWS};
use super::digest::Digest;
use super::error::{Fault, PluginError};
use super::lock::Locked;
use super::manifest::Manifest;
use super::names::{self, MANIFEST};
use super::origin::{Directory, Origin};
use super::own_directory::OwnDirectory;
use super::package::{self, Look, holding_file};
use super::registration::Registration;

/// How long it waits for somebody who is about to remove the package, which takes one renaming.
const PATIENCE: Duration = Duration::from_secs(5);
const BETWEEN_TRIES: Duration = Duration::from_millis(1);

/// A copy of a plugin's package, for this process alone.
///
/// Dropped, it stays until the next sweep of any process: nothing is removed behind the back of somebody who has loaded from it.
#[derive(Debug)]
#[must_use = "it stays on the disk until it is removed"]
pub struct Shadow {
    own: OwnDirectory,
    manifest: Manifest,
    library: PathBuf,
}

impl Catalogue {
    /// Copies the package of a plugin, enabled or not, so that this process can load from it. Meanwhile nobody removes the
    /// package.
    ///
    /// # Errors
    /// [`PluginError::NotInstalled`]; [`PluginError::Damaged`] when a file is not what the manifest says;
    /// [`PluginError::Busy`], [`PluginError::Io`].
    pub fn shadow(&self, id: &str) -> Result<Shadow, PluginError> {
        self.read_package(id, |registration| self.shadow_of(registration))
    }

    fn shadow_of(&self, registration: &Registration) -> Result<Shadow, PluginError> {
        let manifest = self.inspect(registration, Look::Sizes)?.manifest;
        let package = self.package(registration);
        let held = hold(&package)?;
        let parent = self.root().join(SHADOWS);
        let own = OwnDirectory::create(&parent, &format!("{}-", std::process::id()), &self.change()?)?;
        let copied = copy(&package, &manifest, &own.package());
        drop(held);
        match copied {
            Ok(library) => Ok(Shadow {
                own,
                manifest,
                library,
            }),
            Err(error) => {
                own.discard();
                Err(error)
            }
        }
    }
}

impl Shadow {
    /// The copy: the files of the package below it, where the manifest says.
    pub fn directory(&self) -> PathBuf {
        self.own.package()
    }

    /// The library to load.
    pub fn library(&self) -> &Path {
        &self.library
    }

    /// What was copied.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The digest of the package, which differs where any file does.
    pub fn digest(&self) -> Digest {
        self.manifest.digest
    }

    /// Removes the copy. To be called when nothing of it is loaded or runs.
    ///
    /// # Errors
    /// [`PluginError::Io`] when something of it is in use after all; then a later sweep removes it.
    pub fn remove(self) -> Result<(), PluginError> {
        self.own.remove()
    }
}

/// Keeps a package from being removed, until it is dropped.
fn hold(package: &Path) -> Result<Locked, PluginError> {
    let path = holding_file(package);
    let until = Instant::now() + PATIENCE;
    loop {
        let file = File::open(&path).map_err(PluginError::io("open", &path))?;
        match Locked::try_shared(file, &path)? {
            Some(held) => return Ok(held),
            None if Instant::now() < until => std::thread::sleep(BETWEEN_TRIES),
            None => {
                return Err(PluginError::Busy {
                    root: package.to_path_buf(),
                    holder: None,
                });
            }
        }
    }
}

/// Copies a package, and gives the place of the library in the copy.
fn copy(package: &Path, manifest: &Manifest, to: &Path) -> Result<PathBuf, PluginError> {
    let mut origin = Directory::new(package);
    let bytes = origin.manifest().map_err(|error| match error {
        PluginError::NotAPackage { .. } => PluginError::file(MANIFEST, Fault::Missing),
        error => error,
    })?;
    if Digest::of(&bytes) != manifest.digest {
        return Err(PluginError::file(MANIFEST, Fault::Hash));
    }
    let files = manifest.here()?;
    package::copy(&mut origin, &bytes, files, to)?;
    Ok(to.join(names::to_system(&files.library.path)))
}
