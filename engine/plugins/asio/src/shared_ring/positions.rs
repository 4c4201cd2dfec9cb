//! Who has written and read how far, and how both sides learn of it.
//!
//! Frames are numbered from 0 for as long as a ring lives. Each side owns a number of its own and publishes it; of the other's
//! it takes a copy and checks it before use. Both sides are wait-free. A flush is the reader's doing: the writer says up to which
//! frame, and the reader passes it at its next look.
//!
//! `tests/ring_loom.rs` goes through every interleaving of this file.

use super::sync::{AtomicU64, Ordering};

/// The other side has published a number that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the other side's position cannot be")]
pub struct Lie;

/// What the writer publishes.
#[derive(Debug)]
#[repr(C)]
pub struct WriterWords {
    /// Frames that were written.
    pub written: AtomicU64,
    /// Frames before this one are not to be played any more.
    pub flushed_to: AtomicU64,
    /// Nothing is owed at this frame: the writer has not begun, or has ended on purpose.
    pub ended_at: AtomicU64,
}

/// What the reader publishes.
#[derive(Debug)]
#[repr(C)]
pub struct ReaderWords {
    /// Frames that were read, or passed by a flush.
    pub read: AtomicU64,
}

/// The writer's own number.
#[derive(Debug)]
pub struct WriterPosition {
    position: u64,
    capacity: u64,
    /// The reader's, as it was last seen. It never goes back.
    read: u64,
}

/// The reader's own number.
#[derive(Debug)]
pub struct ReaderPosition {
    position: u64,
    capacity: u64,
}

/// What the reader found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Frames that can be read.
    pub frames: u64,
    /// Frames that were passed, because of a flush.
    pub flushed: u64,
}

impl WriterPosition {
    /// That of a new ring for `capacity` frames.
    pub fn new(capacity: u64) -> Self {
        Self {
            position: 0,
            capacity,
            read: 0,
        }
    }

    /// The number of the next frame.
    pub fn get(&self) -> u64 {
        self.position
    }

    /// How far the reader has come.
    pub fn read(&mut self, reader: &ReaderWords) -> Result<u64, Lie> {
        // What the reader has read must have been read before the writer writes over it.
        let read = reader.read.load(Ordering::Acquire);
        if read < self.read || read > self.position {
            return Err(Lie);
        }
        self.read = read;
        Ok(read)
    }

    /// How many frames can be written.
    pub fn room(&mut self, reader: &ReaderWords) -> Result<u64, Lie> {
        let level = self.position - self.read(reader)?;
        // The reader has read no further back than what was written, and no more was ever written than there was room for.
        Ok(self.capacity - level)
    }

    /// Publishes `frames` that were written, no more than there was room for.
    pub fn publish(&mut self, frames: u64, words: &WriterWords) {
        self.position += frames;
        words.written.store(self.position, Ordering::Release);
    }

    /// Nothing is owed after what was written.
    pub fn end(&self, words: &WriterWords) {
        words.ended_at.store(self.position, Ordering::Release);
    }

    /// What was written is not to be played any more, and nothing is owed.
    pub fn flush(&self, words: &WriterWords) {
        // Whoever sees the flush sees the end, too.
        self.end(words);
        words.flushed_to.store(self.position, Ordering::Release);
    }
}

impl ReaderPosition {
    /// That of a ring for `capacity` frames, none of which was read.
    pub fn new(capacity: u64) -> Self {
        Self {
            position: 0,
            capacity,
        }
    }

    /// The number of the next frame.
    pub fn get(&self) -> u64 {
        self.position
    }

    /// Passes what was flushed, and tells what can be read.
    pub fn look(&mut self, writer: &WriterWords, words: &ReaderWords) -> Result<Found, Lie> {
        // In this order: what was flushed had been written before.
        let flushed_to = writer.flushed_to.load(Ordering::Acquire);
        let written = writer.written.load(Ordering::Acquire);
        let level = written.checked_sub(self.position).ok_or(Lie)?;
        if level > self.capacity || flushed_to > written {
            return Err(Lie);
        }
        let flushed = flushed_to.saturating_sub(self.position);
        if flushed > 0 {
            self.take(flushed, words);
        }
        Ok(Found {
            frames: level - flushed,
            flushed,
        })
    }

    /// Publishes that `frames` were read, no more than were found.
    pub fn take(&mut self, frames: u64, words: &ReaderWords) {
        self.position += frames;
        words.read.store(self.position, Ordering::Release);
    }

    /// Whether a frame that is not there is missed.
    pub fn is_owed(&self, writer: &WriterWords) -> bool {
        writer.ended_at.load(Ordering::Acquire) != self.position
    }
}
