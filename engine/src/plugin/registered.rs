//! What the catalogue says of plugins, and of what it has done with them.

use std::path::PathBuf;
use std::time::SystemTime;

use semver::Version;

use super::digest::Digest;
use super::error::PluginError;
use super::manifest::Manifest;

/// A plugin that is installed and whole.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Registered {
    /// What it is.
    pub manifest: Manifest,
    /// Whether it is to be used.
    pub is_enabled: bool,
    /// When this package of it was installed.
    pub since: SystemTime,
    /// The number of the change that made it so.
    pub serial: u64,
    /// Where its package lies. Nothing is loaded from there: see [`Catalogue::shadow`](super::Catalogue::shadow).
    pub directory: PathBuf,
}

/// An entry of [`Catalogue::list`](super::Catalogue::list).
#[derive(Debug)]
#[non_exhaustive]
pub struct Listed {
    /// The plugin.
    pub id: String,
    /// What is known of it, or what is wrong with it.
    pub plugin: Result<Registered, PluginError>,
}

/// What [`Catalogue::install`](super::Catalogue::install) has done.
#[derive(Debug)]
#[non_exhaustive]
pub struct Installed {
    /// The plugin as it is now.
    pub plugin: Registered,
    /// What that changed.
    pub change: Change,
    /// The number of this change; if nothing changed, of the last one of this plugin.
    pub serial: u64,
}

/// How an installation has changed a plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// It was not there, or nobody could tell what was. It is enabled.
    Added,
    /// It was there in another version, and is enabled if that was.
    Updated {
        /// The version before.
        from: Version,
        /// The digest of the package before.
        digest: Digest,
    },
    /// It was there in the same version with other files, and is enabled if that was.
    Rebuilt {
        /// The digest of the package before.
        digest: Digest,
    },
    /// It was there, but its files were not whole any more.
    Mended,
    /// It was there.
    Nothing,
}

/// What [`Catalogue::uninstall`](super::Catalogue::uninstall) has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Uninstalled {
    /// The number of this change.
    pub serial: u64,
    /// What became of the files. The plugin is not listed any more in any case.
    pub files: Removal,
}

/// What became of files that are not needed any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// They are gone.
    Removed,
    /// Somebody holds them. [`Catalogue::sweep`](super::Catalogue::sweep) removes them when nobody does.
    Deferred,
}
