//! The end of the ring that is read: in the process that has the device, by its callback.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::layout::{Geometry, Header};
use super::memory::{Handover, Mapping};
use super::positions::{Found, Lie, ReaderPosition};
use super::{Callback, Pulse, RingError};

/// The reading end of a ring. All but attaching is wait-free, and allocates nothing.
#[derive(Debug)]
pub struct RingReader {
    mapping: Arc<Mapping>,
    geometry: Geometry,
    epoch: u64,
    position: ReaderPosition,
    asked: u64,
    largest: LargestLately,
}

/// The largest of the numbers of the last [`WINDOW`], at least, and of two of them at most.
#[derive(Debug, Default)]
struct LargestLately {
    since: u64,
    before: u64,
    now: u64,
}

/// How long a large callback is remembered, in nanoseconds.
const WINDOW: u64 = 2_000_000_000;

impl RingReader {
    /// Maps a ring and checks it.
    ///
    /// # Errors
    ///
    /// If it is none, is shorter than it says, or could be shortened.
    pub fn attach(handover: Handover) -> Result<Self, RingError> {
        let mapping = Mapping::receive(handover)?;
        let (geometry, epoch) = mapping.header().identity.0.read(mapping.bytes())?;
        let reader = Self {
            mapping: Arc::new(mapping),
            geometry,
            epoch,
            position: ReaderPosition::new(geometry.capacity.into()),
            asked: 0,
            largest: LargestLately::default(),
        };
        let header = reader.header();
        header.reader.0.pid.store(std::process::id(), Ordering::Relaxed);
        reader.pulse().beat();
        Ok(reader)
    }

    /// Its shape.
    pub fn geometry(&self) -> Geometry {
        self.geometry
    }

    /// Which ring it is, as its maker numbers them.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Passes what was flushed, and tells what can be read. To be called at the start of a callback.
    ///
    /// # Errors
    ///
    /// [`Lie`] if the writer's position cannot be. The ring must not be read any more.
    pub fn look(&mut self) -> Result<Found, Lie> {
        let Self {
            mapping, position, ..
        } = self;
        let header = mapping.header();
        position.look(&header.writer.0.words, &header.reader.0.words)
    }

    /// Reads whole frames into `samples`, no more than were found, and returns nothing less than that.
    ///
    /// # Panics
    ///
    /// Never: there are as many places as the ring's shape says, and `samples` takes what it takes.
    pub fn take(&mut self, samples: &mut [f32]) {
        let channels = self.geometry.channels as usize;
        let places = self.mapping.samples(&self.geometry);
        let first = self.position.get() as usize % self.geometry.capacity as usize * channels;
        let (wrapped, straight) = places.split_at(first);
        for (sample, place) in samples.iter_mut().zip(straight.iter().chain(wrapped)) {
            *sample = f32::from_bits(place.load(Ordering::Relaxed));
        }
        let frames = (samples.len() / channels) as u64;
        self.position.take(frames, &self.mapping.header().reader.0.words);
    }

    /// Whether a frame that is not there is missed.
    pub fn is_owed(&self) -> bool {
        self.position.is_owed(&self.header().writer.0.words)
    }

    /// Publishes what a callback saw that began at `at`, asked for `frames`, and leaves `device_delay` frames with the device.
    pub fn publish(&mut self, at: u64, frames: u64, device_delay: u64) {
        let largest = self.largest.note(at, frames);
        self.asked += frames;
        let words = &self.header().callback.0;
        words.largest.store(largest, Ordering::Relaxed);
        words.write(&Callback {
            read: self.position.get(),
            asked: self.asked,
            at,
            device_delay,
            frames,
        });
    }

    /// Notes that a callback missed frames.
    pub fn count_xrun(&self) {
        // This is the only writer.
        let xruns = &self.header().callback.0.xruns;
        xruns.store(xruns.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    /// Notes how many frames a callback found that should have found some.
    pub fn note_level(&self, frames: u64) {
        let least = &self.header().callback.0.least_level;
        least.store(least.load(Ordering::Relaxed).min(frames), Ordering::Relaxed);
    }

    /// Where this side says that it lives.
    pub fn pulse(&self) -> Pulse {
        Pulse {
            mapping: Arc::clone(&self.mapping),
        }
    }

    fn header(&self) -> &Header {
        self.mapping.header()
    }
}

impl LargestLately {
    fn note(&mut self, at: u64, number: u64) -> u64 {
        if at.saturating_sub(self.since) >= WINDOW {
            (self.since, self.before, self.now) = (at, self.now, 0);
        }
        self.now = self.now.max(number);
        self.now.max(self.before)
    }
}
