//! Where the files of a package are read from: a directory here, an archive in `archive.rs`.
//!
//! Nothing is believed of either: whoever copies checks size and hash of what came. A directory is read by the paths that its
//! manifest lists, and nothing else in it is looked at. No link is followed below the directory that was given, and
//! nothing but a regular file is opened to be read, so that a pipe in its place holds nobody up.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::error::{Fault, PluginError};
use super::names::{self, MANIFEST};

/// Something that files of a package can be read from.
pub(super) trait Origin {
    /// Opens a file by its path within the package, which was checked.
    fn open<'a>(&'a mut self, path: &str) -> Result<Box<dyn Read + 'a>, PluginError>;

    /// What a failure of such a reader means.
    fn failure(&self, path: &str, error: io::Error) -> PluginError;

    /// What it means that there is no manifest.
    fn without_manifest(&self) -> PluginError;

    /// The bytes of the manifest; one more than are taken where there are more.
    ///
    /// # Errors
    /// [`PluginError::NotAPackage`] where there is none.
    fn manifest(&mut self) -> Result<Vec<u8>, PluginError> {
        let opened = self.open(MANIFEST).map(|reader| {
            let mut bytes = Vec::new();
            let limit = super::manifest::LARGEST_MANIFEST as u64 + 1;
            reader.take(limit).read_to_end(&mut bytes).map(|_| bytes)
        });
        match opened {
            Ok(read) => read.map_err(|error| self.failure(MANIFEST, error)),
            Err(error) if error.is_absence() => Err(self.without_manifest()),
            Err(error) => Err(error),
        }
    }
}

/// A directory that files are read from.
pub(super) struct Directory(PathBuf);

impl Directory {
    pub(super) fn new(path: &Path) -> Self {
        Self(path.to_path_buf())
    }

    /// Opens a regular file below the directory, and says what it is.
    ///
    /// # Errors
    /// [`PluginError::File`], [`PluginError::Io`].
    pub(super) fn open_file(&self, path: &str) -> Result<(File, Metadata), PluginError> {
        let place = self.0.join(names::to_system(path));
        let looked_at = self.look_at(path)?;
        let file = open_without_following(&place).map_err(PluginError::io("open", &place))?;
        let metadata = file.metadata().map_err(PluginError::io("read", &place))?;
        // Between the look and the opening somebody may have put something else there.
        if !metadata.is_file() || !is_same(&looked_at, &metadata) {
            return Err(PluginError::file(path, Fault::Irregular));
        }
        Ok((file, metadata))
    }

    /// Looks at every directory down to the file, and at the file, following no link.
    fn look_at(&self, path: &str) -> Result<Metadata, PluginError> {
        let mut place = self.0.clone();
        let mut parts = path.split('/').peekable();
        while let Some(part) = parts.next() {
            place.push(part);
            let metadata = match fs::symlink_metadata(&place) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Err(PluginError::file(path, Fault::Missing));
                }
                metadata => metadata.map_err(PluginError::io("read", &place))?,
            };
            match parts.peek() {
                Some(_) if metadata.is_dir() => {}
                None if metadata.is_file() => return Ok(metadata),
                _ => return Err(PluginError::file(path, Fault::Irregular)),
            }
        }
        Err(PluginError::file(path, Fault::Missing))
    }
}

impl Origin for Directory {
    fn open<'a>(&'a mut self, path: &str) -> Result<Box<dyn Read + 'a>, PluginError> {
        Ok(Box::new(self.open_file(path)?.0))
    }

    fn failure(&self, path: &str, source: io::Error) -> PluginError {
        PluginError::io("read", &self.0.join(names::to_system(path)))(source)
    }

    fn without_manifest(&self) -> PluginError {
        PluginError::NotAPackage {
            source_path: self.0.clone(),
            why: format!("there is no {MANIFEST} in it"),
        }
    }
}

/// Opens a file to be read, which fails for a link, and does not wait for a pipe's other end.
fn open_without_following(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits() as i32);
    }
    #[cfg(windows)]
    {
        use std::os::windows::fs::OpenOptionsExt;
        // FILE_FLAG_OPEN_REPARSE_POINT: the link itself, which is no regular file then.
        options.custom_flags(0x0020_0000);
    }
    options.open(path)
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    one.len() == other.len()
}
