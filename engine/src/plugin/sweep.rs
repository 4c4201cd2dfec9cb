//! Removing what nobody needs any more: packages that no plugin has, and what killed processes have left.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::catalogue::{Catalogue, SHADOWS, STAGING};
use super::error::PluginError;
use super::own_directory::{OwnDirectory, entries};
use super::registered::Removal;
use super::registration::{self, Registration};

/// What a sweep has found.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Swept {
    /// Packages of no plugin that were removed.
    pub packages: usize,
    /// Directories of processes that have ended, which were removed.
    pub leftovers: usize,
    /// What is to go and is held by somebody, so that a later sweep has to remove it.
    pub held: usize,
}

/// The packages that plugins have.
struct Needed {
    names: HashSet<String>,
    /// Beginnings of names: of plugins whose registration cannot be understood, no package is thrown away.
    beginnings: Vec<String>,
}

impl Catalogue {
    /// Removes packages that no plugin has, and what processes have left that were killed. What somebody needs or holds stays.
    /// The host calls it when it starts, and now and then.
    ///
    /// # Errors
    /// [`PluginError::Busy`], [`PluginError::Io`].
    pub fn sweep(&self) -> Result<Swept, PluginError> {
        let mut swept = Swept::default();
        if !self.root().is_dir() {
            return Ok(swept);
        }
        let changing = self.change()?;
        registration::sweep(self.root(), &changing)?;
        let mut rubbish = Vec::new();
        for leftover in self.directories_of_processes()? {
            match OwnDirectory::adopt(&leftover, &changing) {
                Ok(Some(adopted)) => rubbish.push(adopted),
                Ok(None) => {}
                Err(error) => {
                    tracing::debug!(%error, "left for the next sweep");
                    swept.held += 1;
                }
            }
        }
        swept.leftovers = rubbish.len();
        let unneeded = self.unneeded()?;
        if !unneeded.is_empty() {
            let bin = OwnDirectory::create(self.root(), STAGING, &changing)?;
            for package in unneeded {
                match self.throw_away(&package, &bin) {
                    Removal::Removed => swept.packages += 1,
                    Removal::Deferred => swept.held += 1,
                }
            }
            rubbish.push(bin);
        }
        // Nobody else can find any of it now, so that takes no lock.
        drop(changing);
        for directory in rubbish {
            if let Err(error) = directory.remove() {
                tracing::debug!(%error, "left for the next sweep");
                swept.held += 1;
            }
        }
        Ok(swept)
    }

    fn directories_of_processes(&self) -> Result<Vec<PathBuf>, PluginError> {
        let is_staging = |path: &PathBuf| begins_with(path, STAGING);
        let is_directory = |path: &PathBuf| path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
        let staging = entries(self.root())?.into_iter().filter(is_staging);
        let shadows = entries(&self.root().join(SHADOWS))?;
        Ok(staging.chain(shadows).filter(is_directory).collect())
    }

    fn unneeded(&self) -> Result<Vec<PathBuf>, PluginError> {
        let needed = self.needed()?;
        let is_unneeded = |path: &PathBuf| {
            !path
                .file_name()
                .is_some_and(|name| needed.has(&name.to_string_lossy()))
        };
        Ok(entries(&self.packages())?
            .into_iter()
            .filter(is_unneeded)
            .collect())
    }

    fn needed(&self) -> Result<Needed, PluginError> {
        let mut needed = Needed {
            names: HashSet::new(),
            beginnings: Vec::new(),
        };
        for id in registration::ids(self.root())? {
            match Registration::read(self.root(), &id) {
                Ok(Some(registration)) => drop(needed.names.insert(registration.directory_name())),
                Ok(None) => {}
                Err(_) => needed.beginnings.push(format!("{id}-")),
            }
        }
        Ok(needed)
    }
}

impl Needed {
    fn has(&self, name: &str) -> bool {
        self.names.contains(name)
            || self
                .beginnings
                .iter()
                .any(|beginning| name.starts_with(beginning))
    }
}

fn begins_with(path: &Path, beginning: &str) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with(beginning))
}
