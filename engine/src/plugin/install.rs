//! How plugins come and go: unpacked aside, checked, and then entered in one step.

use std::fs::File;
use std::path::Path;

use super::catalogue::{Catalogue, STAGING};
use super::disk;
use super::error::PluginError;
use super::lock::{Changing, Locked};
use super::manifest::Manifest;
use super::own_directory::OwnDirectory;
use super::package::{self, Look};
use super::registered::{Change, Installed, Registered, Removal, Uninstalled};
use super::registration::{self, Registration};

impl Catalogue {
    /// Installs a plugin from a directory or a zip archive, over the one of the same id if there is one, which keeps
    /// whether it is enabled. Nothing of the plugin is executed. Of a directory only what the manifest lists is read; of an
    /// archive all entries are judged, and those that the manifest does not list are not unpacked.
    ///
    /// # Errors
    /// What is wrong with the package; then nothing has changed. [`PluginError::Busy`], [`PluginError::Io`].
    pub fn install(&self, source: &Path) -> Result<Installed, PluginError> {
        let mut origin = package::origin(source)?;
        let bytes = origin.manifest()?;
        let manifest = Manifest::parse(&bytes)?;
        manifest.check_usable()?;
        let staging = OwnDirectory::create(self.root(), STAGING, &self.change()?)?;
        let installed = package::copy(&mut *origin, &bytes, manifest.here()?, &staging.package())
            .and_then(|()| self.register(manifest, &staging, &self.change()?));
        staging.discard();
        if let Ok(Installed {
            plugin,
            change,
            serial,
        }) = &installed
        {
            let (id, version) = (&plugin.manifest.id, &plugin.manifest.version);
            tracing::info!(id, %version, digest = %plugin.manifest.digest, ?change, serial, "plugin installed");
        }
        installed
    }

    /// Removes a plugin, damaged or not. It is gone at once; its files stay while somebody copies them. Copies that are
    /// loaded anywhere are not touched.
    ///
    /// # Errors
    /// [`PluginError::NotInstalled`], [`PluginError::Busy`], [`PluginError::Io`].
    pub fn uninstall(&self, id: &str) -> Result<Uninstalled, PluginError> {
        // Before anything is made for its sake.
        if let Err(error @ (PluginError::NotInstalled { .. } | PluginError::Id { .. })) =
            self.registration(id)
        {
            return Err(error);
        }
        let changing = self.change()?;
        let before = match self.registration(id) {
            Err(PluginError::Registration { .. }) => None,
            registration => Some(registration?),
        };
        let serial = registration::next_serial(self.root(), &changing)?;
        let rubbish = OwnDirectory::create(self.root(), STAGING, &changing)?;
        let removed = registration::remove(self.root(), id, &changing);
        // One whose registration cannot be understood leaves its package to the sweep.
        let files = match (&removed, before) {
            (Ok(()), Some(before)) => self.throw_away(&self.package(&before), &rubbish),
            _ => Removal::Deferred,
        };
        drop(changing);
        rubbish.discard();
        removed?;
        tracing::info!(id, serial, ?files, "plugin uninstalled");
        Ok(Uninstalled { serial, files })
    }

    /// Makes the package that is staged the one that the plugin has.
    fn register(
        &self,
        manifest: Manifest,
        staging: &OwnDirectory,
        changing: &Changing<'_>,
    ) -> Result<Installed, PluginError> {
        let before = match Registration::read(self.root(), &manifest.id) {
            Err(PluginError::Registration { .. }) => None,
            before => before?,
        };
        let was_whole = self.put_in_place(&manifest, staging)?;
        let change = match &before {
            None => Change::Added,
            Some(before) if before.digest == manifest.digest && was_whole => Change::Nothing,
            Some(before) if before.digest == manifest.digest => Change::Mended,
            Some(before) if before.version == manifest.version => Change::Rebuilt {
                digest: before.digest,
            },
            Some(before) => Change::Updated {
                from: before.version.clone(),
                digest: before.digest,
            },
        };
        let registration = match &before {
            Some(before) if change == Change::Nothing => before.clone(),
            _ => {
                let is_enabled = before.as_ref().is_none_or(|before| before.enabled);
                let serial = registration::next_serial(self.root(), changing)?;
                let registration = Registration::new(&manifest, is_enabled, serial);
                registration.write(self.root(), changing)?;
                registration
            }
        };
        let before = before.filter(|before| before.digest != manifest.digest);
        if let Some(before) = before {
            self.throw_away(&self.package(&before), staging);
        }
        Ok(Installed {
            plugin: Registered {
                directory: self.package(&registration),
                manifest,
                is_enabled: registration.enabled,
                since: registration.since(),
                serial: registration.serial,
            },
            change,
            serial: registration.serial,
        })
    }

    /// Gives the staged package its name, unless it is there. Says whether it was there, and whole.
    ///
    /// A damaged one makes room first. Killed between, the plugin has no package, which is no worse than before, and
    /// installing it again mends it.
    fn put_in_place(&self, manifest: &Manifest, staging: &OwnDirectory) -> Result<bool, PluginError> {
        disk::create_directories(&self.packages())?;
        let place = self.packages().join(manifest.directory_name());
        match package::inspect(&place, manifest.digest, Look::Hashes) {
            Ok(_) => return Ok(true),
            Err(error) if place.symlink_metadata().is_ok() => {
                tracing::warn!(id = manifest.id, %error, "a damaged package is replaced");
                disk::rename(&place, &staging.place("damaged"))?;
            }
            Err(_) => {}
        }
        disk::rename(&staging.package(), &place)?;
        Ok(false)
    }

    /// Takes a package that no registration names out of the way, to be removed with `rubbish`. Only while the catalogue is
    /// being changed.
    pub(super) fn throw_away(&self, package: &Path, rubbish: &OwnDirectory) -> Removal {
        let Some(name) = package.file_name().and_then(|name| name.to_str()) else {
            return Removal::Deferred;
        };
        let taken = is_held(package).and_then(|is_held| match is_held {
            true => Ok(Removal::Deferred),
            false => disk::rename(package, &rubbish.place(name)).map(|()| Removal::Removed),
        });
        match taken {
            Ok(removal) => removal,
            Err(error) if error.is_absence() => Removal::Removed,
            Err(error) => {
                tracing::warn!(package = %package.display(), %error, "left for the next sweep");
                Removal::Deferred
            }
        }
    }
}

/// Whether somebody copies a package just now, for whom it has to stay. Who begins right after that finds files missing, sees that
/// the plugin has another package or none, and begins anew.
fn is_held(package: &Path) -> Result<bool, PluginError> {
    let path = package::holding_file(package);
    match File::open(&path) {
        Ok(file) => Ok(Locked::try_exclusive(file, &path)?.is_none()),
        // A damaged one: nobody can hold it.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(PluginError::io("open", &path)(error)),
    }
}
