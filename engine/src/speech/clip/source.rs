//! Where a clip comes from, and the reader that the decoder is given of it.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use symphonia::core::io::MediaSource;

use super::{ClipError, ClipLimits};

/// Where a clip comes from.
#[derive(Clone, PartialEq, Eq)]
pub enum ClipSource {
    /// A file.
    Path(PathBuf),
    /// The content of one.
    Bytes(Arc<[u8]>),
}

impl fmt::Display for ClipSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(f),
            Self::Bytes(bytes) => write!(f, "{} bytes in memory", bytes.len()),
        }
    }
}

impl fmt::Debug for ClipSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClipSource({self})")
    }
}

impl From<PathBuf> for ClipSource {
    fn from(path: PathBuf) -> Self {
        Self::Path(path)
    }
}

impl From<Arc<[u8]>> for ClipSource {
    fn from(bytes: Arc<[u8]>) -> Self {
        Self::Bytes(bytes)
    }
}

impl ClipSource {
    /// Opens what is within the limit.
    ///
    /// # Errors
    ///
    /// [`ClipError::Unreadable`], [`NotAFile`](ClipError::NotAFile), [`TooLarge`](ClipError::TooLarge), or
    /// [`Empty`](ClipError::Empty).
    pub(super) fn open(&self, limits: &ClipLimits) -> Result<Input, ClipError> {
        let (bytes, size) = match self {
            Self::Path(path) => {
                // Before it is opened: opening a pipe would wait for whoever writes to it.
                let size = check_file(path, limits)?.len();
                (Bytes::File(File::open(path)?), size)
            }
            Self::Bytes(bytes) => {
                check_size(bytes.len() as u64, limits)?;
                (Bytes::Memory(Cursor::new(bytes.clone())), bytes.len() as u64)
            }
        };
        Ok(Input {
            bytes,
            position: 0,
            start: 0,
            end: size,
            seekable: true,
        })
    }
}

/// The path is that of a file that may be read.
pub(super) fn check_file(path: &Path, limits: &ClipLimits) -> Result<Metadata, ClipError> {
    let metadata = path.metadata()?;
    if !metadata.is_file() {
        return Err(ClipError::NotAFile);
    }
    check_size(metadata.len(), limits)?;
    Ok(metadata)
}

/// The size is one that may be read.
pub(super) fn check_size(bytes: u64, limits: &ClipLimits) -> Result<(), ClipError> {
    match bytes {
        0 => Err(ClipError::Empty),
        _ if bytes > limits.bytes => Err(ClipError::TooLarge {
            bytes,
            limit: limits.bytes,
        }),
        _ => Ok(()),
    }
}

enum Bytes {
    File(File),
    Memory(Cursor<Arc<[u8]>>),
}

/// The bytes of a source, or a part of them, as symphonia reads them.
pub(super) struct Input {
    bytes: Bytes,
    /// Within the part.
    position: u64,
    /// Where the part begins and ends in the source.
    start: u64,
    end: u64,
    seekable: bool,
}

impl Input {
    /// How many bytes there are.
    pub fn size(&self) -> u64 {
        self.end - self.start
    }

    /// Leaves only the part from `start` to `end`, as counted now, and goes to its beginning.
    pub fn narrow(&mut self, start: u64, end: u64) -> io::Result<()> {
        self.end = self.end.min(self.start + end);
        self.start = self.end.min(self.start + start);
        self.seek(SeekFrom::Start(0)).map(drop)
    }

    /// From now on symphonia must do without seeking.
    pub fn forbid_seeking(&mut self) {
        self.seekable = false;
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.size().saturating_sub(self.position)).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left);
        let buffer = &mut buffer[..wanted];
        let read = match &mut self.bytes {
            Bytes::File(file) => file.read(buffer),
            Bytes::Memory(cursor) => cursor.read(buffer),
        }?;
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for Input {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
            SeekFrom::End(offset) => self.size().checked_add_signed(offset),
        };
        let absolute = position.and_then(|position| self.start.checked_add(position));
        let (Some(position), Some(absolute)) = (position, absolute) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        match &mut self.bytes {
            Bytes::File(file) => file.seek(SeekFrom::Start(absolute))?,
            Bytes::Memory(cursor) => cursor.seek(SeekFrom::Start(absolute))?,
        };
        self.position = position;
        Ok(position)
    }
}

impl MediaSource for Input {
    fn is_seekable(&self) -> bool {
        self.seekable
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.size())
    }
}
