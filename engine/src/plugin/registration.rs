//! `<id>.json`: which package of a plugin is in use, and whether it is enabled.
//!
//! Each is replaced as a whole, and that is the one step in which a plugin becomes another. Written only by whoever changes
//! the catalogue; read at any time, without a lock. Also here: the number of the last change, which grows across processes.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use semver::Version;
use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::disk;
use super::error::PluginError;
use super::lock::Changing;
use super::manifest::Manifest;
use super::names;
use super::own_directory::entries;

/// The format of registrations.
const FORMAT: u32 = 1;
/// Largest registration, in bytes.
const LARGEST: u64 = 4096;
/// What the name of a registration ends with.
const EXTENSION: &str = "json";
/// The file with the number of the last change.
const SERIAL: &str = ".serial";
/// Where a file is written before it gets its name.
const PARTIAL: &str = ".partial";

/// What is known of an installed plugin beside its package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Registration {
    format: u32,
    pub(super) id: String,
    /// The version of the package.
    pub(super) version: Version,
    /// The digest of the package's manifest.
    pub(super) digest: Digest,
    pub(super) enabled: bool,
    /// When this package was installed, in seconds since 1970.
    since: u64,
    /// The number of the change that made it so.
    pub(super) serial: u64,
}

impl Registration {
    /// Of a package that is installed now.
    pub(super) fn new(manifest: &Manifest, enabled: bool, serial: u64) -> Self {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Self {
            format: FORMAT,
            id: manifest.id.clone(),
            version: manifest.version.clone(),
            digest: manifest.digest,
            enabled,
            since: now.unwrap_or_default().as_secs(),
            serial,
        }
    }

    /// When this package was installed.
    pub(super) fn since(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
            .checked_add(Duration::from_secs(self.since))
            .unwrap_or(SystemTime::UNIX_EPOCH)
    }

    /// The name of the package's directory; see [`Manifest::directory_name`].
    pub(super) fn directory_name(&self) -> String {
        format!("{}-{}-{}", self.id, self.version, self.digest.short())
    }

    /// Reads the registration of a plugin; `None` if there is none.
    ///
    /// # Errors
    /// [`PluginError::Registration`] when it cannot be understood, [`PluginError::Io`].
    pub(super) fn read(root: &Path, id: &str) -> Result<Option<Self>, PluginError> {
        let path = place(root, id);
        let mut bytes = Vec::new();
        let read = File::open(&path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
        match read {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(PluginError::io("read", &path))?,
        };
        let refuse = |why: String| PluginError::Registration {
            path: path.clone(),
            why,
        };
        if bytes.len() as u64 > LARGEST {
            return Err(refuse(format!("it has more than {LARGEST} bytes")));
        }
        let registration: Self = serde_json::from_slice(&bytes).map_err(|error| refuse(error.to_string()))?;
        if registration.format != FORMAT || registration.id != id {
            return Err(refuse(format!(
                "it is of format {} for {:?}",
                registration.format, registration.id
            )));
        }
        Ok(Some(registration))
    }

    /// Puts it in the place of the one before.
    pub(super) fn write(&self, root: &Path, _: &Changing<'_>) -> Result<(), PluginError> {
        let path = place(root, &self.id);
        let refuse = |error: serde_json::Error| PluginError::Registration {
            path: path.clone(),
            why: error.to_string(),
        };
        let bytes = serde_json::to_vec_pretty(self).map_err(refuse)?;
        disk::replace(&path, &root.join(PARTIAL), &bytes)
    }
}

/// Removes the registration of a plugin.
pub(super) fn remove(root: &Path, id: &str, _: &Changing<'_>) -> Result<(), PluginError> {
    disk::remove_file(&place(root, id))?;
    disk::sync_directory(root)
}

/// The ids of all plugins that have a registration, in order.
///
/// # Errors
/// [`PluginError::Io`].
pub(super) fn ids(root: &Path) -> Result<Vec<String>, PluginError> {
    let mut ids: Vec<String> = entries(root)?.iter().filter_map(|path| id_of(path)).collect();
    ids.sort_unstable();
    Ok(ids)
}

fn id_of(path: &Path) -> Option<String> {
    let id = path
        .file_name()?
        .to_str()?
        .strip_suffix(EXTENSION)?
        .strip_suffix('.')?;
    names::check_id(id).is_ok().then(|| id.to_owned())
}

fn place(root: &Path, id: &str) -> PathBuf {
    root.join(format!("{id}.{EXTENSION}"))
}

/// Gives the change that is being made its number, which is higher than that of every one before, and writes it down.
pub(super) fn next_serial(root: &Path, _: &Changing<'_>) -> Result<u64, PluginError> {
    let path = root.join(SERIAL);
    let noted = fs::read_to_string(&path)
        .ok()
        .and_then(|text| text.trim().parse().ok());
    let last = match noted {
        Some(last) => last,
        // Lost or damaged: the plugins that there are remember theirs.
        None => ids(root)?
            .iter()
            .filter_map(|id| Registration::read(root, id).ok().flatten())
            .map(|registration| registration.serial)
            .max()
            .unwrap_or(0),
    };
    let serial = last.saturating_add(1);
    disk::replace(&path, &root.join(PARTIAL), serial.to_string().as_bytes())?;
    Ok(serial)
}

/// Removes what a killed process was writing.
pub(super) fn sweep(root: &Path, _: &Changing<'_>) -> Result<(), PluginError> {
    disk::remove_file(&root.join(PARTIAL))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plugin::lock::{PATIENCE, Turns};

    #[test]
    fn serials_grow_even_when_the_last_one_is_lost() {
        let root = tempfile::tempdir().unwrap();
        let turns = Turns::default();
        let changing = turns.take(root.path(), PATIENCE).unwrap();
        assert_eq!(next_serial(root.path(), &changing).unwrap(), 1);
        assert_eq!(next_serial(root.path(), &changing).unwrap(), 2);
        let registration = Registration {
            format: FORMAT,
            id: "org.example.x".into(),
            version: Version::new(1, 0, 0),
            digest: Digest::of(b""),
            enabled: true,
            since: 0,
            serial: 41,
        };
        registration.write(root.path(), &changing).unwrap();
        fs::write(root.path().join(SERIAL), "nonsense").unwrap();
        assert_eq!(next_serial(root.path(), &changing).unwrap(), 42);
    }

    #[test]
    fn what_is_no_registration_of_this_plugin_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let id = "org.example.x";
        assert_eq!(Registration::read(root.path(), id).unwrap(), None);
        for bad in ["", "{", "{}", &"x".repeat(5000)] {
            fs::write(place(root.path(), id), bad).unwrap();
            let refused = Registration::read(root.path(), id);
            assert!(
                matches!(refused, Err(PluginError::Registration { .. })),
                "{bad:?}"
            );
        }
        assert_eq!(ids(root.path()).unwrap(), [id]);
    }
}
