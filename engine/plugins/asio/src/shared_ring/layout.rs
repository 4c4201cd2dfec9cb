//! The ring's bytes: a header of four lines, then the samples.
//!
//! | offset | owner | what |
//! |---|---|---|
//! | 0 | who made it | magic, version, size of the header, capacity, rate, channels, epoch |
//! | 128 | the writer | frames written, flushed to, ended at; heartbeat; pid |
//! | 256 | the reader | frames read; heartbeat; pid |
//! | 384 | the reader's callback | what the last callback saw, behind a sequence number; xruns, largest callback, least level |
//! | 512 | the writer | `capacity` × `channels` samples, 32-bit floats, interleaved |
//!
//! Everything is in the machine's own order of bytes, and read and written atomically: the other side may change any of it at
//! any time, also against the rules. A line is 128 bytes, which is what some processors fetch at once.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::RingError;
use super::positions::{ReaderWords, WriterWords};

/// The first word of a ring. It is stored last.
pub const MAGIC: u64 = u64::from_ne_bytes(*b"UtterRng");
/// The version of this layout.
pub const VERSION: u32 = 1;
/// How long the header is.
pub const HEADER_BYTES: usize = size_of::<Header>();
/// The most channels of a ring.
pub const MOST_CHANNELS: u32 = 64;
/// The most frames of a ring.
pub const MOST_FRAMES: u32 = 1 << 20;
/// The rates that are believed, in Hz.
pub const RATES: std::ops::RangeInclusive<u32> = 1_000..=768_000;
/// The most bytes of samples.
const MOST_BYTES: u64 = 64 << 20;

/// The shape of a ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// How many frames it holds; a power of two.
    pub capacity: u32,
    /// Frames a second.
    pub rate: u32,
    /// Samples of a frame.
    pub channels: u32,
}

impl Geometry {
    /// Whether there can be such a ring.
    pub fn check(&self) -> Result<(), RingError> {
        let fits = self.capacity.is_power_of_two()
            && (2..=MOST_FRAMES).contains(&self.capacity)
            && RATES.contains(&self.rate)
            && (1..=MOST_CHANNELS).contains(&self.channels)
            && self.sample_bytes() <= MOST_BYTES;
        if fits {
            Ok(())
        } else {
            Err(RingError::Header("its shape is out of range"))
        }
    }

    /// How many samples it holds.
    pub fn samples(&self) -> usize {
        self.capacity as usize * self.channels as usize
    }

    /// How long it is, in bytes.
    pub fn bytes(&self) -> u64 {
        HEADER_BYTES as u64 + self.sample_bytes()
    }

    fn sample_bytes(&self) -> u64 {
        u64::from(self.capacity) * u64::from(self.channels) * 4
    }
}

/// A part of the header that one side writes.
#[derive(Debug)]
#[repr(C, align(128))]
pub(super) struct Line<T>(pub(super) T);

#[derive(Debug)]
#[repr(C)]
pub(super) struct Header {
    pub(super) identity: Line<Identity>,
    pub(super) writer: Line<Side<WriterWords>>,
    pub(super) reader: Line<Side<ReaderWords>>,
    pub(super) callback: Line<CallbackWords>,
}

const _: () = assert!(size_of::<Header>() == 512, "a line each");

#[derive(Debug)]
#[repr(C)]
pub(super) struct Identity {
    pub(super) magic: AtomicU64,
    pub(super) version: AtomicU32,
    pub(super) header_bytes: AtomicU32,
    pub(super) capacity: AtomicU32,
    pub(super) rate: AtomicU32,
    pub(super) channels: AtomicU32,
    pub(super) unused: AtomicU32,
    pub(super) epoch: AtomicU64,
}

#[derive(Debug)]
#[repr(C)]
pub(super) struct Side<T> {
    pub(super) words: T,
    /// When this side last said that it lives, by [`clock::now`](crate::clock::now).
    pub(super) heartbeat: AtomicU64,
    pub(super) pid: AtomicU32,
}

/// What [`CallbackWords`] holds behind its sequence number.
pub(super) const CALLBACK_WORDS: usize = 5;

#[derive(Debug)]
#[repr(C)]
pub(super) struct CallbackWords {
    /// Odd while the words behind it are being written.
    pub(super) sequence: AtomicU64,
    /// Frames read, frames asked for, when the callback began, frames that the device holds after it, frames of the callback.
    pub(super) words: [AtomicU64; CALLBACK_WORDS],
    pub(super) xruns: AtomicU64,
    /// The largest callback lately, in frames.
    pub(super) largest: AtomicU64,
    /// The least frames that a callback found, while they were owed; `u64::MAX` if none was.
    pub(super) least_level: AtomicU64,
}

impl Identity {
    /// Writes what the ring is. Whoever sees the magic sees the rest.
    pub(super) fn write(&self, geometry: &Geometry, epoch: u64) {
        self.version.store(VERSION, Ordering::Relaxed);
        self.header_bytes.store(HEADER_BYTES as u32, Ordering::Relaxed);
        self.capacity.store(geometry.capacity, Ordering::Relaxed);
        self.rate.store(geometry.rate, Ordering::Relaxed);
        self.channels.store(geometry.channels, Ordering::Relaxed);
        self.epoch.store(epoch, Ordering::Relaxed);
        self.magic.store(MAGIC, Ordering::Release);
    }

    /// Reads and checks what the ring is, of a mapping of `bytes` bytes. What it says later is nobody's business.
    pub(super) fn read(&self, bytes: u64) -> Result<(Geometry, u64), RingError> {
        if self.magic.load(Ordering::Acquire) != MAGIC {
            return Err(RingError::Header("it does not begin as a ring does"));
        }
        if self.version.load(Ordering::Relaxed) != VERSION {
            return Err(RingError::Header("it is of another version"));
        }
        if self.header_bytes.load(Ordering::Relaxed) != HEADER_BYTES as u32 {
            return Err(RingError::Header("its header has another size"));
        }
        let geometry = Geometry {
            capacity: self.capacity.load(Ordering::Relaxed),
            rate: self.rate.load(Ordering::Relaxed),
            channels: self.channels.load(Ordering::Relaxed),
        };
        geometry.check()?;
        if geometry.bytes() > bytes {
            return Err(RingError::Header("it is shorter than it says"));
        }
        Ok((geometry, self.epoch.load(Ordering::Relaxed)))
    }
}
