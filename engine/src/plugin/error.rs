//! What can go wrong with plugins, and what mends it.
//!
//! One enum for the room. Messages name the file, the entry or the field; hints say what the person in front of it can do.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::load_error::LoadError;
use super::manifest::{ABI, FORMAT};
use crate::naming;

/// An error of the plugins; [`PluginError::hint`] says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PluginError {
    /// What was given is neither a directory nor a zip archive with a `plugin.json` at its top.
    #[error("{} is no plugin: {why}", source_path.display())]
    NotAPackage {
        /// What was given.
        source_path: PathBuf,
        /// What it lacks.
        why: String,
    },
    /// `plugin.json` cannot be understood, or contradicts itself.
    #[error("plugin.json, {at}: {why}")]
    Manifest {
        /// The field, by its path in the file, as `targets.x86_64-unknown-linux-gnu.library.path`.
        at: String,
        /// What is wrong with it.
        why: String,
    },
    /// `plugin.json` is of a format that this engine does not read.
    #[error("plugin.json is of format {found}; this engine reads {FORMAT}")]
    Format {
        /// The manifest's.
        found: u32,
    },
    /// The library speaks another version of the interface between engine and plugins.
    #[error("it is made for version {found} of the plugin interface; this engine has {ABI}")]
    Abi {
        /// The manifest's.
        found: u32,
    },
    /// It wants to be something that this engine has no place for.
    #[error("plugin.json, capabilities: this engine knows no {name:?}")]
    Capability {
        /// What it wants to be.
        name: String,
    },
    /// It has no library for this kind of machine.
    #[error("it has no library for {wanted}, only for {}", available.join(", "))]
    Target {
        /// The triple of this engine.
        wanted: String,
        /// Those that there are.
        available: Vec<String>,
    },
    /// A zip archive cannot be read as one, or is of a kind that is not taken.
    #[error("the archive is damaged or not taken: {why}")]
    Archive {
        /// What is wrong with it.
        why: String,
    },
    /// An entry of a zip archive is refused, and with it the archive.
    #[error("the archive's entry {name:?}: {why}")]
    Entry {
        /// Its name.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// A file of a package is not what the manifest says.
    #[error("{file}: {fault}")]
    File {
        /// Its path within the package.
        file: String,
        /// What is wrong with it.
        fault: Fault,
    },
    /// This can be no id of a plugin.
    #[error("{id:?} is no id of a plugin: {why}")]
    Id {
        /// What was given.
        id: String,
        /// What is wrong with it.
        why: String,
    },
    /// No plugin of this id is installed.
    #[error("there is no plugin {id}")]
    NotInstalled {
        /// The id asked for.
        id: String,
        /// Those that are installed.
        installed: Vec<String>,
    },
    /// A plugin was installed and is not whole any more.
    #[error("the plugin {id} is damaged: {reason}")]
    Damaged {
        /// The plugin.
        id: String,
        /// What is wrong.
        #[source]
        reason: Box<PluginError>,
    },
    /// The file that says which package of a plugin is in use cannot be understood.
    #[error("{}: {why}", path.display())]
    Registration {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Somebody else has been changing the plugins for too long.
    #[error("the plugins in {} are being changed by {}", root.display(), describe(*.holder))]
    Busy {
        /// The catalogue.
        root: PathBuf,
        /// The process that does, where it is known. Can be this one.
        holder: Option<u32>,
    },
    /// It is installed, and not to be used.
    #[error("the plugin {id} is disabled")]
    Disabled {
        /// The plugin.
        id: String,
    },
    /// Its library cannot be loaded, or refuses.
    #[error("the plugin {id}: {error}")]
    Load {
        /// The plugin.
        id: String,
        /// Why.
        #[source]
        error: LoadError,
    },
    /// It could not be loaded before, and nothing of it has changed since.
    #[error("{0}")]
    Again(Arc<PluginError>),
    /// So much is asked for at a time that no more can wait.
    #[error("too much is being done with plugins")]
    TooMany,
    /// The plugins of this process were closed.
    #[error("the plugins are closed")]
    Closed,
    /// The system gives no thread.
    #[error("no thread for the plugins: {0}")]
    NoThread(String),
    /// This system names no place for a user's data.
    #[error("this system names no directory for the plugins")]
    NoDirectory,
    /// The operating system refused something.
    #[error("cannot {what} {}: {source}", path.display())]
    Io {
        /// What was tried, as `read`.
        what: &'static str,
        /// With which file.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
}

/// How a file differs from what the manifest says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// It is not there.
    #[error("it is missing")]
    Missing,
    /// It is shorter or longer.
    #[error("it does not have the {expected} bytes that plugin.json says")]
    Size {
        /// Its size by the manifest, in bytes.
        expected: u64,
    },
    /// Its content differs.
    #[error("its SHA-256 is not the one in plugin.json")]
    Hash,
    /// It is a symbolic link, a device, a pipe, or anything else but a regular file; or a directory above it is none.
    #[error("it, or a directory above it, is a link or something else that is not followed")]
    Irregular,
}

impl PluginError {
    pub(super) fn manifest(at: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Manifest {
            at: at.into(),
            why: why.into(),
        }
    }

    pub(super) fn file(path: &str, fault: Fault) -> Self {
        Self::File {
            file: path.into(),
            fault,
        }
    }

    pub(super) fn archive(why: impl ToString) -> Self {
        Self::Archive { why: why.to_string() }
    }

    pub(super) fn entry(name: &str, why: impl ToString) -> Self {
        Self::Entry {
            name: name.into(),
            why: why.to_string(),
        }
    }

    /// For `map_err`: an error of the operating system on `path`.
    pub(super) fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { what, path, source }
    }

    /// Why a plugin cannot be loaded, or refuses.
    pub(super) fn load(id: &str, error: LoadError) -> Self {
        Self::Load { id: id.into(), error }
    }

    /// The same as before.
    pub(super) fn again(error: &Arc<Self>) -> Self {
        Self::Again(Arc::clone(error))
    }

    /// The error itself, where it is one that came before.
    pub fn first(&self) -> &Self {
        match self {
            Self::Again(error) => error.first(),
            error => error,
        }
    }

    /// Whether a file or directory was not there.
    pub(super) fn is_absence(&self) -> bool {
        match self {
            Self::Io { source, .. } => source.kind() == io::ErrorKind::NotFound,
            Self::File { fault, .. } => *fault == Fault::Missing,
            _ => false,
        }
    }

    /// Whether files are missing or differ, so that the same package, installed again, would be whole.
    fn is_of_files(&self) -> bool {
        matches!(self, Self::File { .. } | Self::Manifest { .. } | Self::Io { .. })
    }

    /// Whether it says that a package is not as it should be, rather than that something else failed.
    pub(super) fn is_of_a_package(&self) -> bool {
        match self {
            Self::Io { .. } => self.is_absence(),
            Self::Manifest { .. }
            | Self::Format { .. }
            | Self::Abi { .. }
            | Self::Capability { .. }
            | Self::Target { .. }
            | Self::File { .. } => true,
            _ => false,
        }
    }

    /// What the person who sees this can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::NotAPackage { .. } => {
                "Give a directory or a zip archive with a plugin.json at its top.".into()
            }
            Self::Manifest { .. } | Self::Entry { .. } => {
                "Get the plugin again from where it came; if it is so there, its author has to mend it."
                    .into()
            }
            Self::Archive { .. } | Self::File { .. } => "Get the plugin again from where it came.".into(),
            Self::Format { found } if *found < FORMAT => "Get a newer version of the plugin.".into(),
            Self::Abi { found } if *found < ABI => "Get a newer version of the plugin.".into(),
            Self::Format { .. } | Self::Abi { .. } | Self::Capability { .. } => {
                "Update Utter, or get an older version of the plugin.".into()
            }
            Self::Target { wanted, .. } => format!("Ask the plugin's author for one for {wanted}."),
            Self::Id { .. } => "`utter plugins list` shows the ids of all that are installed.".into(),
            Self::NotInstalled { id, installed } => {
                let list = "`utter plugins list` shows all that are installed.";
                match naming::did_you_mean(id, installed.iter().map(String::as_str)) {
                    Some(question) => format!("{} {list}", question.replacen('d', "D", 1)),
                    None => list.into(),
                }
            }
            Self::Damaged { reason, .. } if !reason.is_of_files() => reason.hint(),
            Self::Damaged { id, .. } => {
                format!("Install {id} again, or remove it with `utter plugins uninstall {id}`.")
            }
            Self::Registration { .. } => "Install the plugin again.".into(),
            Self::Busy { .. } => "Try again when it is done; end that process if it hangs.".into(),
            Self::Disabled { id } => format!("Enable it with `utter plugins enable {id}`."),
            Self::Load { error, .. } => {
                let hint = error.hint();
                format!("{}{}.", hint[..1].to_uppercase(), &hint[1..])
            }
            Self::Again(error) => error.hint(),
            Self::TooMany => "Try again when what was asked for is done.".into(),
            Self::Closed => "Start the runtime again.".into(),
            Self::NoThread(_) => "Close other programs.".into(),
            Self::NoDirectory => "Set UTTER_PLUGINS to a directory of your own.".into(),
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    "Give yourself the right to it, or set UTTER_PLUGINS to a directory of your own.".into()
                }
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "Make room on the disk.".into(),
                _ => "See that the file is there and that the disk works.".into(),
            },
        }
    }
}

fn describe(process: Option<u32>) -> String {
    match process {
        Some(id) if id == std::process::id() => "another thread of this process".into(),
        Some(id) => format!("process {id}"),
        None => "another process".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_id_is_answered_with_one_that_is_near() {
        let error = PluginError::NotInstalled {
            id: "org.utter.asoi".into(),
            installed: vec!["org.utter.asio".into()],
        };
        assert_eq!(error.to_string(), "there is no plugin org.utter.asoi");
        assert!(error.hint().contains("org.utter.asio?"), "{}", error.hint());
    }

    #[test]
    fn who_holds_the_lock_is_named() {
        let busy = |holder| {
            PluginError::Busy {
                root: "/p".into(),
                holder,
            }
            .to_string()
        };
        assert_eq!(busy(Some(1)), "the plugins in /p are being changed by process 1");
        assert!(busy(Some(std::process::id())).ends_with("another thread of this process"));
    }

    #[test]
    fn an_older_plugin_is_to_be_updated_and_a_newer_one_wants_a_newer_engine() {
        assert!(
            PluginError::Abi { found: ABI + 1 }
                .hint()
                .starts_with("Update Utter")
        );
        assert!(PluginError::Abi { found: 0 }.hint().starts_with("Get a newer"));
    }
}
