//! One change of the catalogue at a time, among threads and among processes.
//!
//! Threads of one [`Catalogue`](super::Catalogue) and its clones wait in the order in which they came; processes meet at the file `.lock`,
//! in no order. The system lets go of it when a process ends, however it ends. Whoever waits too long is told who holds it.
//! Files are copied and removed without it: only what decides between old and new is done under it.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek};
use std::path::Path;
use std::time::{Duration, Instant};

use parking_lot::{FairMutex, FairMutexGuard};

use super::disk;
use super::error::PluginError;

/// The file that processes meet at.
const LOCK: &str = ".lock";
/// How long somebody waits for the others. A change takes milliseconds, where the disk is not busy.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// How long a process sleeps between two tries.
const BETWEEN_TRIES: Duration = Duration::from_millis(5);

/// Where the threads of one catalogue wait.
#[derive(Debug, Default)]
pub(super) struct Turns(FairMutex<()>);

/// The right to change the catalogue, until it is dropped.
pub(super) struct Changing<'a> {
    /// Letting go of it lets the next process in; before the next thread of this one looks at it.
    _file: Locked,
    _turn: FairMutexGuard<'a, ()>,
}

/// A file that this process has locked, until it is dropped.
///
/// Closing a file is not enough to unlock it: a child that another thread starts just then has it too, until it executes its
/// program.
#[derive(Debug)]
pub(super) struct Locked(File);

impl Locked {
    /// A file of which nobody else has a lock, or nothing; `path` is what errors name.
    pub(super) fn try_exclusive(file: File, path: &Path) -> Result<Option<Self>, PluginError> {
        Self::had(file.try_lock(), file, path)
    }

    /// A file of which nobody else has an exclusive lock, or nothing.
    pub(super) fn try_shared(file: File, path: &Path) -> Result<Option<Self>, PluginError> {
        Self::had(file.try_lock_shared(), file, path)
    }

    fn had(result: Result<(), TryLockError>, file: File, path: &Path) -> Result<Option<Self>, PluginError> {
        match result {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(PluginError::io("lock", path)(error)),
        }
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        // What cannot be unlocked is closed, which mostly is the same.
        let _ = self.0.unlock();
    }
}

impl Turns {
    /// Waits until nobody else changes the catalogue in `root`, which is made if it is not there.
    ///
    /// # Errors
    /// [`PluginError::Busy`] after `patience`; [`PluginError::Io`].
    pub(super) fn take(&self, root: &Path, patience: Duration) -> Result<Changing<'_>, PluginError> {
        let until = Instant::now() + patience;
        let busy = |holder| PluginError::Busy {
            root: root.to_path_buf(),
            holder,
        };
        let turn = self
            .0
            .try_lock_until(until)
            .ok_or_else(|| busy(Some(std::process::id())))?;
        disk::create_directories(root)?;
        let path = root.join(LOCK);
        let mut file = loop {
            match Locked::try_exclusive(disk::open_lock(&path)?, &path)? {
                Some(file) => break file,
                None if Instant::now() < until => std::thread::sleep(BETWEEN_TRIES),
                None => return Err(busy(holder(&mut disk::open_lock(&path)?))),
            }
        };
        let process = std::process::id();
        if holder(&mut file.0) != Some(process) {
            disk::overwrite(&mut file.0, process.to_string().as_bytes(), &path)?;
        }
        Ok(Changing {
            _file: file,
            _turn: turn,
        })
    }
}

/// The process that locked the file last, where it can be read: Windows lets nobody read what is locked.
fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(16).read_to_string(&mut text).ok()?;
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(50);

    #[test]
    fn whoever_waits_too_long_is_told_who_holds_the_lock() {
        let root = tempfile::tempdir().unwrap();
        let (turns, others) = (Turns::default(), Turns::default());
        let changing = turns.take(root.path(), PATIENCE).unwrap();
        // Of this catalogue, and of another one, which only meets it at the file.
        for waiting in [&turns, &others] {
            let refused = waiting.take(root.path(), SHORT).map(|_| ());
            let Err(PluginError::Busy { holder, .. }) = refused else {
                panic!("it is held: {refused:?}");
            };
            if cfg!(unix) {
                assert_eq!(holder, Some(std::process::id()));
            }
        }
        drop(changing);
        others.take(root.path(), PATIENCE).unwrap();
    }
}
