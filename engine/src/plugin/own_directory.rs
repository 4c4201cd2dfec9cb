//! Directories of a process: where it unpacks a package, and where its libraries are loaded from.
//!
//! Each has a file in it that is locked for as long as the process lives, or until it removes the directory. By that others
//! know, without asking for process ids, which are used again, whether somebody still needs it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::disk;
use super::error::PluginError;
use super::lock::{Changing, Locked};

/// The file that is locked.
const LOCK: &str = ".lock";
/// What the directory is for, beside the lock.
const CONTENT: &str = "package";

/// A directory that this process needs.
#[derive(Debug)]
pub(super) struct OwnDirectory {
    path: PathBuf,
    /// Letting go of it says that the directory is not needed.
    lock: Locked,
}

impl OwnDirectory {
    /// Makes one in `parent`, with a name that begins with `prefix`. Nobody can sweep while the catalogue is being changed, so
    /// nobody finds it without its lock.
    pub(super) fn create(parent: &Path, prefix: &str, _: &Changing<'_>) -> Result<Self, PluginError> {
        disk::create_directories(parent)?;
        let path = disk::create_own_directory(parent, prefix)?;
        let place = path.join(LOCK);
        match Locked::try_exclusive(disk::create_file(&place)?, &place)? {
            Some(lock) => Ok(Self { path, lock }),
            None => Err(PluginError::Busy {
                root: path,
                holder: None,
            }),
        }
    }

    /// Takes over one whose process has ended, to remove it; `None` if somebody needs it.
    pub(super) fn adopt(path: &Path, _: &Changing<'_>) -> Result<Option<Self>, PluginError> {
        let place = path.join(LOCK);
        // Without a lock its maker was killed before it had one.
        let lock = Locked::try_exclusive(disk::open_lock(&place)?, &place)?;
        Ok(lock.map(|lock| Self {
            path: path.to_path_buf(),
            lock,
        }))
    }

    /// Where the package is, or is to be.
    pub(super) fn package(&self) -> PathBuf {
        self.path.join(CONTENT)
    }

    /// A place beside it for something that is to be removed with it.
    pub(super) fn place(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Removes it with all that is in it, the lock last.
    ///
    /// # Errors
    /// [`PluginError::Io`] when something in it is in use. What is left is found by the next sweep.
    pub(super) fn remove(self) -> Result<(), PluginError> {
        let Self { path, lock } = self;
        let removed = disk::remove_directory(&path, Some(LOCK));
        drop(lock);
        removed
    }

    /// The same, where nothing hangs on it.
    pub(super) fn discard(self) {
        let path = self.path.clone();
        if let Err(error) = self.remove() {
            tracing::debug!(path = %path.display(), %error, "left for the next sweep");
        }
    }
}

/// The entries of a directory; none where there is no such directory.
///
/// # Errors
/// [`PluginError::Io`].
pub(super) fn entries(directory: &Path) -> Result<Vec<PathBuf>, PluginError> {
    let read = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read.map_err(PluginError::io("read", directory))?,
    };
    read.map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()
        .map_err(PluginError::io("read", directory))
}
