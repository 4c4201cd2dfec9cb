//! The plugins that are installed, in a directory that all processes of a user share.
//!
//! ```text
//! <id>.json                          which package is in use, and whether it is enabled: registration.rs
//! packages/<id>-<version>-<digest>/  a package, checked, and never changed once it has its name: package.rs
//! shadows/<pid>-<random>/            a copy that a process loads its library from: shadow.rs
//! .staging-<random>/                 where a package is unpacked, or goes to be removed: own_directory.rs
//! .lock, .serial, .partial           one change at a time, its number, and a file in the making
//! ```
//!
//! A plugin becomes another in one step, the renaming of `<id>.json`. Whatever is killed at whatever point, the old one is there
//! or the new one, and what is left lying about is removed by the next [`Catalogue::sweep`].

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::PluginError;
use super::lock::{Changing, PATIENCE, Turns};
use super::names;
use super::package::{self, Look};
use super::registered::{Listed, Registered};
use super::registration::{self, Registration};

/// Says where the plugins are, instead of the user's data directory.
pub const PLUGINS_VARIABLE: &str = "UTTER_PLUGINS";

/// How often a reader begins anew whose package was replaced before it had read it.
const MOST_ATTEMPTS: usize = 100;
const PACKAGES: &str = "packages";
pub(super) const SHADOWS: &str = "shadows";
pub(super) const STAGING: &str = ".staging-";

/// The plugins in a directory. Cheap to clone; clones share the order in which their threads wait.
///
/// All methods may take as long as the disk does, and those that change something wait for other processes that do: up to half a minute.
#[derive(Debug, Clone)]
pub struct Catalogue {
    root: Arc<Path>,
    turns: Arc<Turns>,
}

impl Catalogue {
    /// The catalogue in `root`. Creates nothing; a directory that is not there is an empty catalogue.
    pub fn open(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into().into(),
            turns: Arc::default(),
        }
    }

    /// Where the user's plugins are: `UTTER_PLUGINS`, or `utter/plugins` in the platform's directory for data.
    ///
    /// # Errors
    /// [`PluginError::NoDirectory`] where the platform has none.
    pub fn default_root() -> Result<PathBuf, PluginError> {
        match env::var_os(PLUGINS_VARIABLE).filter(|value| !value.is_empty()) {
            Some(chosen) => std::path::absolute(&chosen).map_err(PluginError::io("find", chosen.as_ref())),
            None => dirs::data_dir()
                .map(|data| data.join("utter").join("plugins"))
                .ok_or(PluginError::NoDirectory),
        }
    }

    /// The directory of this catalogue.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// All plugins, by their ids. One that is damaged is an entry that says so.
    ///
    /// # Errors
    /// [`PluginError::Io`] when the directory cannot be read.
    pub fn list(&self) -> Result<Vec<Listed>, PluginError> {
        let listed = |id: String| match self.get(&id) {
            // Uninstalled meanwhile.
            Err(PluginError::NotInstalled { .. }) => None,
            plugin => Some(Listed { id, plugin }),
        };
        Ok(registration::ids(&self.root)?
            .into_iter()
            .filter_map(listed)
            .collect())
    }

    /// One plugin. That its files have their sizes is looked at, not that they have their hashes: a shadow does that.
    ///
    /// # Errors
    /// [`PluginError::NotInstalled`]; [`PluginError::Damaged`] when it is not whole any more; [`PluginError::Io`].
    pub fn get(&self, id: &str) -> Result<Registered, PluginError> {
        self.read_package(id, |registration| self.inspect(registration, Look::Sizes))
    }

    /// Has a plugin be used. That it is already is no error.
    ///
    /// # Errors
    /// As [`Catalogue::get`]; [`PluginError::Busy`].
    ///
    /// # Returns
    /// The number of this change; if nothing changed, of the last one of this plugin.
    pub fn enable(&self, id: &str) -> Result<u64, PluginError> {
        self.set_enabled(id, true)
    }

    /// Has a plugin not be used. That it is not already is no error. A damaged one can be disabled too.
    ///
    /// # Errors
    /// [`PluginError::NotInstalled`], [`PluginError::Registration`], [`PluginError::Busy`], [`PluginError::Io`].
    ///
    /// # Returns
    /// As [`Catalogue::enable`].
    pub fn disable(&self, id: &str) -> Result<u64, PluginError> {
        self.set_enabled(id, false)
    }

    /// Waits for the right to change something.
    pub(super) fn change(&self) -> Result<Changing<'_>, PluginError> {
        self.turns.take(&self.root, PATIENCE)
    }

    /// Where packages are.
    pub(super) fn packages(&self) -> PathBuf {
        self.root.join(PACKAGES)
    }

    /// Where the package is that a registration names.
    pub(super) fn package(&self, registration: &Registration) -> PathBuf {
        self.packages().join(registration.directory_name())
    }

    /// The registration of a plugin.
    pub(super) fn registration(&self, id: &str) -> Result<Registration, PluginError> {
        names::check_id(id).map_err(|why| PluginError::Id { id: id.into(), why })?;
        match Registration::read(&self.root, id)? {
            Some(registration) => Ok(registration),
            None => Err(PluginError::NotInstalled {
                id: id.into(),
                installed: registration::ids(&self.root)?,
            }),
        }
    }

    /// Looks at the package that a registration names.
    pub(super) fn inspect(&self, registration: &Registration, look: Look) -> Result<Registered, PluginError> {
        let directory = self.package(registration);
        let manifest = package::inspect(&directory, registration.digest, look)?;
        Ok(Registered {
            manifest,
            is_enabled: registration.enabled,
            since: registration.since(),
            serial: registration.serial,
            directory,
        })
    }

    /// Reads something of the package that a plugin has, and begins anew when that was replaced meanwhile.
    ///
    /// # Errors
    /// [`PluginError::NotInstalled`]; [`PluginError::Damaged`] for what `read` finds wrong with the package; other
    /// errors of `read`.
    pub(super) fn read_package<T>(
        &self,
        id: &str,
        mut read: impl FnMut(&Registration) -> Result<T, PluginError>,
    ) -> Result<T, PluginError> {
        let mut registration = self.registration(id)?;
        let mut attempts = 1;
        loop {
            let error = match read(&registration) {
                Err(error) if error.is_of_a_package() => error,
                other => return other,
            };
            let now = self.registration(id)?;
            if now == registration || attempts == MOST_ATTEMPTS {
                return Err(PluginError::Damaged {
                    id: id.into(),
                    reason: error.into(),
                });
            }
            (registration, attempts) = (now, attempts + 1);
        }
    }

    fn set_enabled(&self, id: &str, enabled: bool) -> Result<u64, PluginError> {
        self.registration(id)?;
        let changing = self.change()?;
        let mut registration = self.registration(id)?;
        if enabled {
            self.inspect(&registration, Look::Sizes)
                .map_err(|reason| PluginError::Damaged {
                    id: id.into(),
                    reason: reason.into(),
                })?;
        }
        if registration.enabled != enabled {
            registration.enabled = enabled;
            registration.serial = registration::next_serial(&self.root, &changing)?;
            registration.write(&self.root, &changing)?;
            tracing::info!(id, enabled, serial = registration.serial, "plugin switched");
        }
        Ok(registration.serial)
    }
}
