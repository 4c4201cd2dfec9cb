//! Removes the rings of processes that are gone.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

/// Memory that looks like a directory: no callback waits there for a disk.
const MEMORY: &str = "/dev/shm";

/// Where rings with a name lie: a directory of the user's own, in memory where the system has such a thing.
pub fn directory() -> PathBuf {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").filter(|path| !path.is_empty());
    let memory = || Path::new(MEMORY).is_dir().then(|| PathBuf::from(MEMORY));
    let elsewhere = || memory().unwrap_or_else(std::env::temp_dir);
    #[cfg(unix)]
    let name = format!("utter-rings-{}", rustix::process::getuid().as_raw());
    #[cfg(not(unix))]
    let name = "utter-rings";
    runtime.map_or_else(elsewhere, PathBuf::from).join(name)
}

/// Removes every `ring-*.shm` in `directory` that nobody has locked, and returns how many those were. A directory that is not
/// there holds none.
pub fn sweep(directory: &Path) -> usize {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries
        .filter(|entry| is_ring(entry) && remove_if_free(&entry.path()))
        .count()
}

fn is_ring(entry: &fs::DirEntry) -> bool {
    let name = entry.file_name();
    let name = name.to_string_lossy();
    // No link is followed.
    entry.file_type().is_ok_and(|kind| kind.is_file()) && name.starts_with("ring-") && name.ends_with(".shm")
}

fn remove_if_free(path: &Path) -> bool {
    let Ok(file) = OpenOptions::new().read(true).write(true).open(path) else {
        return false;
    };
    file.try_lock().is_ok() && fs::remove_file(path).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared_ring::{Geometry, Place, RingWriter};

    #[test]
    fn what_is_in_use_stays_and_what_was_left_goes() {
        let directory = tempfile::tempdir().unwrap();
        let place = Place::Directory(directory.path().to_owned());
        let geometry = Geometry {
            capacity: 64,
            rate: 48_000,
            channels: 2,
        };
        let (ring, _) = RingWriter::create(geometry, 1, &place).unwrap();
        fs::write(directory.path().join("ring-1-0.shm"), "left").unwrap();
        fs::write(directory.path().join("other.shm"), "not ours").unwrap();
        assert_eq!(sweep(directory.path()), 1);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
        drop(ring);
        assert_eq!(
            fs::read_dir(directory.path()).unwrap().count(),
            1,
            "its maker removes it"
        );
        assert_eq!(sweep(&directory.path().join("nowhere")), 0);
    }
}
