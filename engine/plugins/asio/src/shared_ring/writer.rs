//! The end of the ring that is written: in the process that makes the sound.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::layout::{Geometry, Header};
use super::memory::{Backing, Handover, Mapping, Place};
use super::positions::WriterPosition;
use super::{Callback, Pulse, RingError};
use crate::clock;

/// The writing end of a ring. All but making it is wait-free. Dropping it removes the file of a ring that has one.
#[derive(Debug)]
pub struct RingWriter {
    mapping: Arc<Mapping>,
    backing: Backing,
    geometry: Geometry,
    position: WriterPosition,
}

impl RingWriter {
    /// Makes a ring, and what the other process takes it from.
    ///
    /// # Errors
    ///
    /// If there can be no such ring, or the system refuses the memory.
    pub fn create(geometry: Geometry, epoch: u64, place: &Place) -> Result<(Self, Handover), RingError> {
        geometry.check()?;
        let (mapping, backing, handover) = Mapping::create(&geometry, place)?;
        let header = mapping.header();
        header.writer.0.pid.store(std::process::id(), Ordering::Relaxed);
        header.writer.0.heartbeat.store(clock::now(), Ordering::Relaxed);
        header.callback.0.least_level.store(u64::MAX, Ordering::Relaxed);
        header.identity.0.write(&geometry, epoch);
        let ring = Self {
            mapping: Arc::new(mapping),
            backing,
            geometry,
            position: WriterPosition::new(geometry.capacity.into()),
        };
        Ok((ring, handover))
    }

    /// Its shape.
    pub fn geometry(&self) -> Geometry {
        self.geometry
    }

    /// Writes as many whole frames of `samples` (interleaved) as there is room for, and returns how many those were.
    ///
    /// # Errors
    ///
    /// [`RingError::Lie`] if the reader's position cannot be.
    pub fn write(&mut self, samples: &[f32]) -> Result<u32, RingError> {
        let channels = self.geometry.channels as usize;
        let header = self.mapping.header();
        let room = self.position.room(&header.reader.0.words)? as usize;
        let frames = room.min(samples.len() / channels);
        let places = self.mapping.samples(&self.geometry);
        let first = self.position.get() as usize % self.geometry.capacity as usize * channels;
        let (wrapped, straight) = places.split_at(first);
        for (place, sample) in straight.iter().chain(wrapped).zip(&samples[..frames * channels]) {
            place.store(sample.to_bits(), Ordering::Relaxed);
        }
        self.position.publish(frames as u64, &header.writer.0.words);
        header.writer.0.heartbeat.store(clock::now(), Ordering::Relaxed);
        Ok(frames as u32)
    }

    /// What was written and not yet read is not to be played any more. The reader passes it at its next look.
    pub fn flush(&mut self) {
        self.position.flush(&self.header().writer.0.words);
    }

    /// Nothing is owed after what was written: that the ring runs empty is no xrun.
    pub fn end(&mut self) {
        self.position.end(&self.header().writer.0.words);
    }

    /// How many frames were written.
    pub fn written(&self) -> u64 {
        self.position.get()
    }

    /// How many frames were read, or passed by a flush.
    ///
    /// # Errors
    ///
    /// [`RingError::Lie`] if that cannot be.
    pub fn read(&mut self) -> Result<u64, RingError> {
        let Self {
            mapping, position, ..
        } = self;
        Ok(position.read(&mapping.header().reader.0.words)?)
    }

    /// The last callback that read it, as long as what it says can be believed.
    pub fn callback(&self, now: u64) -> Option<Callback> {
        let callback = self.header().callback.0.read(now, self.geometry.rate)?;
        (callback.read <= self.position.get()).then_some(callback)
    }

    /// Callbacks that missed frames.
    pub fn xruns(&self) -> u64 {
        self.header().callback.0.xruns.load(Ordering::Relaxed)
    }

    /// The largest callback lately, in frames, no more than fit twice into the ring; `None` if there was none.
    pub fn largest_callback(&self) -> Option<u32> {
        let frames = self.header().callback.0.largest.load(Ordering::Relaxed);
        (frames > 0).then(|| frames.min(u64::from(self.geometry.capacity / 2)) as u32)
    }

    /// The least frames that a callback found while some were owed. `None` if that was never so.
    pub fn least_level(&self) -> Option<u64> {
        let level = self.header().callback.0.least_level.load(Ordering::Relaxed);
        (level != u64::MAX).then_some(level)
    }

    /// Where the reader says that it lives.
    pub fn pulse(&self) -> Pulse {
        Pulse {
            mapping: Arc::clone(&self.mapping),
        }
    }

    fn header(&self) -> &Header {
        self.mapping.header()
    }
}

impl Drop for RingWriter {
    fn drop(&mut self) {
        self.backing.remove();
    }
}
