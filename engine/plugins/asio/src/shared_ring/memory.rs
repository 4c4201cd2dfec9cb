//! Memory that two processes share.
//!
//! On Linux an anonymous file (`memfd`) whose size is sealed: it needs no name and no cleaning up, and the other side cannot
//! shorten it under our feet. Elsewhere, and when asked for, a file `ring-*.shm` that its maker keeps locked, so that what a
//! dead process has left can be told from what is in use ([`sweep`](super::sweep)). Such a file can be shortened by whoever may
//! write it, which ends both processes; its directory is the user's own.

use std::fs::{self, File, OpenOptions};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU32;

use memmap2::{MmapOptions, MmapRaw};

use super::RingError;
use super::layout::{Geometry, HEADER_BYTES, Header};

/// Where rings lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In memory without a name.
    #[cfg(target_os = "linux")]
    Anonymous,
    /// In files of this directory, which is the user's own.
    Directory(PathBuf),
}

/// The memory of a ring, as it is handed over to the other process.
#[derive(Debug)]
pub enum Handover {
    /// By its descriptor, which goes with the message.
    #[cfg(target_os = "linux")]
    Descriptor(std::os::fd::OwnedFd),
    /// By its path.
    Path(PathBuf),
}

/// Bytes that the other process may change at any time.
#[derive(Debug)]
pub(super) struct Mapping {
    memory: MmapRaw,
}

/// What has to be kept as long as a ring lives, and be gone after it.
#[derive(Debug)]
pub(super) enum Backing {
    #[cfg(target_os = "linux")]
    Anonymous,
    /// Locked as long as it is open.
    Locked { _file: File, path: PathBuf },
}

impl Mapping {
    /// Makes memory for a ring of this shape, filled with zeros.
    pub(super) fn create(geometry: &Geometry, place: &Place) -> Result<(Self, Backing, Handover), RingError> {
        match place {
            #[cfg(target_os = "linux")]
            Place::Anonymous => {
                let descriptor = linux::create(geometry.bytes())?;
                let mapping = Self::map(&File::from(
                    descriptor.try_clone().map_err(RingError::memory("clone"))?,
                ))?;
                Ok((mapping, Backing::Anonymous, Handover::Descriptor(descriptor)))
            }
            Place::Directory(directory) => {
                let (file, path) = create_locked(directory)?;
                let sized = fill(&file, geometry.bytes()).map_err(RingError::memory("write"));
                match sized.and_then(|()| Self::map(&file)) {
                    Ok(mapping) => {
                        let handover = Handover::Path(path.clone());
                        Ok((mapping, Backing::Locked { _file: file, path }, handover))
                    }
                    Err(error) => {
                        Backing::Locked { _file: file, path }.remove();
                        Err(error)
                    }
                }
            }
        }
    }

    /// Maps what was handed over, once it is certain that it cannot be shortened.
    pub(super) fn receive(handover: Handover) -> Result<Self, RingError> {
        match handover {
            #[cfg(target_os = "linux")]
            Handover::Descriptor(descriptor) => {
                linux::check(&descriptor)?;
                Self::map(&File::from(descriptor))
            }
            Handover::Path(path) => {
                let file = OpenOptions::new().read(true).write(true).open(path);
                Self::map(&file.map_err(RingError::memory("open"))?)
            }
        }
    }

    fn map(file: &File) -> Result<Self, RingError> {
        let bytes = file.metadata().map_err(RingError::memory("fstat"))?.len();
        if bytes < HEADER_BYTES as u64 {
            return Err(RingError::Header("it is shorter than a header"));
        }
        let bytes = usize::try_from(bytes).map_err(|_| RingError::Header("it is too long"))?;
        // The pages are had now, and not by the first callback that comes to them.
        let memory = MmapOptions::new().len(bytes).populate().map_raw(file);
        Ok(Self {
            memory: memory.map_err(RingError::memory("mmap"))?,
        })
    }

    /// How long it is.
    pub(super) fn bytes(&self) -> u64 {
        self.memory.len() as u64
    }

    /// The header.
    pub(super) fn header(&self) -> &Header {
        // SAFETY: a mapping is aligned to a page and was found to be at least this long. Everything in a header is atomic, so
        // the other side may change it while there is a reference, and any bytes are a header.
        unsafe { &*self.memory.as_ptr().cast::<Header>() }
    }

    /// The samples of a ring of this shape, as bits of `f32`.
    ///
    /// # Panics
    ///
    /// If the mapping is shorter than that, which whoever attaches has checked.
    pub(super) fn samples(&self, geometry: &Geometry) -> &[AtomicU32] {
        assert!(geometry.bytes() <= self.bytes());
        // SAFETY: the bytes from the header's end on are there, as was checked, are aligned to 4, and are atomic, as above.
        unsafe {
            let first = self.memory.as_ptr().add(HEADER_BYTES).cast::<AtomicU32>();
            std::slice::from_raw_parts(first, geometry.samples())
        }
    }
}

impl Backing {
    /// Removes what has a name. The memory goes with the last mapping.
    pub(super) fn remove(&self) {
        match self {
            #[cfg(target_os = "linux")]
            Self::Anonymous => {}
            // One that cannot be removed is swept at the next start.
            Self::Locked { path, .. } => drop(fs::remove_file(path)),
        }
    }
}

/// Writes zeros: a file that only has a length has no room yet, and a page that gets none is a signal.
fn fill(mut file: &File, bytes: u64) -> std::io::Result<()> {
    std::io::copy(&mut std::io::repeat(0).take(bytes), &mut file).map(drop)
}

/// Makes a file that nobody else has, and locks it.
fn create_locked(directory: &Path) -> Result<(File, PathBuf), RingError> {
    use std::sync::atomic::Ordering;
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    make_directory(directory)?;
    loop {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = directory.join(format!("ring-{}-{number}.shm", std::process::id()));
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            // Somebody who sweeps may have it for a moment, and removes it: it is not locked, so it is not in use.
            Ok(file) if file.try_lock().is_ok() && path.exists() => return Ok((file, path)),
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(RingError::memory("create")(error)),
        }
    }
}

fn make_directory(directory: &Path) -> Result<(), RingError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let created = builder.create(directory).and_then(|()| check_owner(directory));
    created.map_err(RingError::memory("mkdir"))
}

/// That nobody else can write there: the directory may lie in one that is everybody's.
#[cfg(unix)]
fn check_owner(directory: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::symlink_metadata(directory)?;
    let is_ours = metadata.is_dir()
        && metadata.uid() == rustix::process::getuid().as_raw()
        && metadata.mode() & 0o022 == 0;
    if is_ours {
        Ok(())
    } else {
        Err(std::io::Error::other("the directory is not this user's own"))
    }
}

#[cfg(not(unix))]
fn check_owner(_directory: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io;
    use std::os::fd::OwnedFd;

    use rustix::fs::{
        FallocateFlags, MemfdFlags, SealFlags, fallocate, fcntl_add_seals, fcntl_get_seals, memfd_create,
    };

    use super::RingError;

    /// Without them the other side could take pages away, and ours would be ended by a signal.
    const SEALS: SealFlags = SealFlags::SHRINK.union(SealFlags::GROW).union(SealFlags::SEAL);

    pub(super) fn create(bytes: u64) -> Result<OwnedFd, RingError> {
        let memory = |doing| move |error: rustix::io::Errno| RingError::memory(doing)(io::Error::from(error));
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let descriptor = memfd_create("utter-ring", flags).map_err(memory("memfd_create"))?;
        // The pages are taken now: a page that cannot be had at the first touch would be a signal, too.
        fallocate(&descriptor, FallocateFlags::empty(), 0, bytes).map_err(memory("fallocate"))?;
        fcntl_add_seals(&descriptor, SEALS).map_err(memory("seal"))?;
        Ok(descriptor)
    }

    pub(super) fn check(descriptor: &OwnedFd) -> Result<(), RingError> {
        match fcntl_get_seals(descriptor) {
            Ok(seals) if seals.contains(SEALS) => Ok(()),
            _ => Err(RingError::Header("its size is not sealed")),
        }
    }
}
