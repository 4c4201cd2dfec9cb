//! Clips that are played often, kept decoded.
//!
//! Whoever plays clips has one of these and asks it instead of [`decode`]. It never decodes under its lock: threads that
//! ask for the same clip at the same time each decode it, and the last one's is kept.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::SystemTime;

use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use super::source::{check_file, check_size};
use super::{Clip, ClipError, ClipLimits, ClipSource, decode};

/// The bytes of frames that [`ClipCache::default`] keeps: 16 MiB, 87 seconds at 48 kHz.
pub const CLIP_CACHE_BYTES: usize = 16 << 20;

/// Decoded clips, as many as fit; the one that was not asked for the longest goes first.
///
/// A file is known by its path, size and time of modification, so that a changed one is decoded anew, unless it changed
/// to the same size within one tick of its file system's clock; bytes are known by their SHA-256 sum. A clip that takes more than a quarter of the room is not kept, as it would push out many, nor is
/// one whose file changed while it was read.
#[derive(Debug)]
pub struct ClipCache {
    capacity: usize,
    kept: Mutex<Kept>,
}

/// What a [`ClipCache`] did and holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ClipCacheStatus {
    /// Clips that were there when they were asked for.
    pub hits: u64,
    /// Clips that were not, whether decoding them succeeded or not.
    pub misses: u64,
    /// Clips that are kept now.
    pub clips: usize,
    /// The bytes of their frames.
    pub bytes: usize,
}

/// What tells one clip from another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    File {
        path: PathBuf,
        size: u64,
        modified: Option<SystemTime>,
    },
    Bytes([u8; 32]),
}

#[derive(Debug, Default)]
struct Kept {
    clips: HashMap<Key, Entry>,
    /// Counts requests, to tell which was last.
    now: u64,
    status: ClipCacheStatus,
}

#[derive(Debug)]
struct Entry {
    clip: Clip,
    last_used: u64,
}

impl Default for ClipCache {
    /// A cache of [`CLIP_CACHE_BYTES`].
    fn default() -> Self {
        Self::new(CLIP_CACHE_BYTES)
    }
}

impl ClipCache {
    /// A cache for `bytes` bytes of decoded frames. With 0 it keeps nothing.
    pub fn new(bytes: usize) -> Self {
        Self {
            capacity: bytes,
            kept: Mutex::default(),
        }
    }

    /// The clip, decoded now or before.
    ///
    /// # Errors
    ///
    /// Those of [`decode`]. The limits hold for a kept clip as well.
    pub fn get(
        &self,
        source: &ClipSource,
        limits: &ClipLimits,
        cancel: &dyn Fn() -> bool,
    ) -> Result<Clip, ClipError> {
        let key = Key::of(source, limits)?;
        if let Some(clip) = self.kept.lock().find(&key) {
            return match clip.duration() > limits.duration {
                true => Err(ClipError::TooLong {
                    limit: limits.duration,
                }),
                false => Ok(clip),
            };
        }
        let clip = decode(source, limits, cancel)?;
        if size_of_val(&*clip.frames) <= self.capacity / 4 && key.still_fits(source, limits) {
            self.kept.lock().insert(key, clip.clone(), self.capacity);
        }
        Ok(clip)
    }

    /// Forgets all clips, not the counts. Those that are playing go on.
    pub fn clear(&self) {
        let clips = std::mem::take(&mut self.kept.lock().clips);
        drop(clips); // Freeing takes time that nobody needs to wait for.
    }

    /// What it did and holds.
    pub fn status(&self) -> ClipCacheStatus {
        let kept = self.kept.lock();
        ClipCacheStatus {
            clips: kept.clips.len(),
            bytes: kept.bytes(),
            ..kept.status
        }
    }
}

impl Key {
    fn of(source: &ClipSource, limits: &ClipLimits) -> Result<Self, ClipError> {
        match source {
            ClipSource::Path(path) => {
                let metadata = check_file(path, limits)?;
                Ok(Self::File {
                    // The same relative path is another file after a change of directory.
                    path: std::path::absolute(path)?,
                    size: metadata.len(),
                    modified: metadata.modified().ok(),
                })
            }
            ClipSource::Bytes(bytes) => {
                check_size(bytes.len() as u64, limits)?;
                Ok(Self::Bytes(Sha256::digest(bytes).into()))
            }
        }
    }

    /// Whether what was decoded meanwhile is what the key was made for: a file may have been written to.
    fn still_fits(&self, source: &ClipSource, limits: &ClipLimits) -> bool {
        match self {
            Self::File { .. } => Self::of(source, limits).is_ok_and(|now| now == *self),
            Self::Bytes(_) => true,
        }
    }
}

impl Kept {
    fn find(&mut self, key: &Key) -> Option<Clip> {
        self.now += 1;
        match self.clips.get_mut(key) {
            Some(entry) => {
                entry.last_used = self.now;
                self.status.hits += 1;
                Some(entry.clip.clone())
            }
            None => {
                self.status.misses += 1;
                None
            }
        }
    }

    fn insert(&mut self, key: Key, clip: Clip, capacity: usize) {
        if let Key::File { path, .. } = &key {
            // What the file held before is not asked for again.
            self.clips
                .retain(|kept, _| !matches!(kept, Key::File { path: kept, .. } if kept == path));
        }
        let entry = Entry {
            clip,
            last_used: self.now,
        };
        self.clips.insert(key, entry);
        // Few clips fit, and one goes rarely: looking at all of them costs less than keeping them in order.
        while self.bytes() > capacity {
            let oldest = self.clips.iter().min_by_key(|(_, entry)| entry.last_used);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else {
                break;
            };
            self.clips.remove(&oldest);
        }
    }

    fn bytes(&self) -> usize {
        self.clips
            .values()
            .map(|entry| size_of_val(&*entry.clip.frames))
            .sum()
    }
}
