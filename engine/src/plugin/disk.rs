//! Every change of the file system that the catalogue makes, one function for each kind.
//!
//! They are here so that a test can kill the process before each of them in turn (`tests/interruption.rs`): whatever is
//! done without them is not shown to be safe. What was written is brought to the disk before something else names it, so that
//! a loss of power is no different from a killed process.

use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

use super::error::PluginError;

/// Makes a directory, and those above it, where they are missing.
pub(super) fn create_directories(path: &Path) -> Result<(), PluginError> {
    if path.is_dir() {
        return Ok(());
    }
    step();
    fs::create_dir_all(path).map_err(PluginError::io("make the directory", path))?;
    sync_directory(path.parent().unwrap_or(path))
}

/// Makes a directory in `parent` with a name of its own, beginning with `prefix`, that nobody but its owner may enter.
pub(super) fn create_own_directory(parent: &Path, prefix: &str) -> Result<PathBuf, PluginError> {
    step();
    tempfile::Builder::new()
        .prefix(prefix)
        .tempdir_in(parent)
        .map(tempfile::TempDir::keep)
        .map_err(PluginError::io("make a directory in", parent))
}

/// Makes a file that was not there.
pub(super) fn create_file(path: &Path) -> Result<File, PluginError> {
    step();
    File::create_new(path).map_err(PluginError::io("make the file", path))
}

/// Opens a file to be locked, and makes it if it is not there.
pub(super) fn open_lock(path: &Path) -> Result<File, PluginError> {
    if !path.exists() {
        step();
    }
    File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(PluginError::io("open", path))
}

/// Writes all of `bytes` where `file` stands; `path` is what errors name.
pub(super) fn write(file: &mut File, bytes: &[u8], path: &Path) -> Result<(), PluginError> {
    step();
    file.write_all(bytes).map_err(PluginError::io("write", path))
}

/// Writes `bytes` in the place of all that is in a file. Killed meanwhile, it is neither: for what only informs.
pub(super) fn overwrite(file: &mut File, bytes: &[u8], path: &Path) -> Result<(), PluginError> {
    step();
    file.set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| file.write_all(bytes))
        .map_err(PluginError::io("write", path))
}

/// Replaces the file `path` by one with these bytes, at once: somebody who reads it finds the old or the new. `partial` is
/// where it is written first.
pub(super) fn replace(path: &Path, partial: &Path, bytes: &[u8]) -> Result<(), PluginError> {
    remove_file(partial)?;
    let mut file = create_file(partial)?;
    write(&mut file, bytes, partial)?;
    finish(&file, false, partial)?;
    rename(partial, path)
}

/// Makes a file a program, or takes that from it, where the system has a mark for it; and brings it to the disk.
pub(super) fn finish(file: &File, is_executable: bool, path: &Path) -> Result<(), PluginError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        step();
        let mode = if is_executable { 0o755 } else { 0o644 };
        file.set_permissions(fs::Permissions::from_mode(mode))
            .map_err(PluginError::io("set the permissions of", path))?;
    }
    #[cfg(not(unix))]
    let _ = is_executable;
    file.sync_all().map_err(PluginError::io("write", path))
}

/// Gives a file or directory another name, at once, and brings that to the disk. A file of that name is replaced.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), PluginError> {
    step();
    fs::rename(from, to).map_err(PluginError::io("rename", from))?;
    sync_directory(to.parent().unwrap_or(to))
}

/// Brings to the disk which names a directory has. Windows has no way to do so, and needs none.
pub(super) fn sync_directory(path: &Path) -> Result<(), PluginError> {
    #[cfg(unix)]
    File::open(path)
        .and_then(|directory| directory.sync_all())
        .map_err(PluginError::io("write", path))?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Removes a file. That it is gone already is no error.
pub(super) fn remove_file(path: &Path) -> Result<(), PluginError> {
    step();
    absent_is_fine(fs::remove_file(path)).map_err(PluginError::io("remove", path))
}

/// Removes a directory with all that is in it, following no link. That it is gone already is no error.
///
/// `last` names an entry at its top that goes when everything else has gone.
pub(super) fn remove_directory(path: &Path, last: Option<&str>) -> Result<(), PluginError> {
    let entries = match fs::read_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(PluginError::io("read", path))?,
    };
    for entry in entries {
        let entry = entry.map_err(PluginError::io("read", path))?;
        let kind = entry
            .file_type()
            .map_err(PluginError::io("read", &entry.path()))?;
        if kind.is_dir() {
            remove_directory(&entry.path(), None)?;
        } else if last.is_none_or(|last| entry.file_name() != last) {
            remove_file(&entry.path())?;
        }
    }
    if let Some(last) = last {
        remove_file(&path.join(last))?;
    }
    step();
    absent_is_fine(fs::remove_dir(path)).map_err(PluginError::io("remove", path))
}

fn absent_is_fine(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Comes before each change. Only tests give it something to do.
fn step() {
    #[cfg(test)]
    super::tests::interruption::step();
}
