//! A ring that is heard: its frames, and what is heard in place of those that are missing.
//!
//! Where frames end that should go on, the last one falls to silence over [`FADE`], and when there are frames again they rise over
//! the same time. So a gap is no click. Frames that were asked to end (by a flush) end in the same way; what follows them begins
//! as it is.

use utter_asio::shared_ring::RingReader;
use utter_asio::shared_ring::layout::MOST_CHANNELS;
use utter_asio::shared_ring::positions::Lie;

/// How long a fade is, in seconds.
const FADE: f64 = 0.003;

/// A ring and the state of its fades.
pub(crate) struct Feed {
    ring: RingReader,
    channels: usize,
    fade: u32,
    /// What was heard last of it.
    last: [f32; MOST_CHANNELS as usize],
    /// From what level the sound falls to silence, and how many frames of that are left.
    falling: [f32; MOST_CHANNELS as usize],
    falling_left: u32,
    /// How many frames of a rise are left.
    rising_left: u32,
    /// Whether there were no frames when last some were wanted.
    is_empty: bool,
    /// Whether those that were not there were missed, which was counted.
    is_starved: bool,
    /// Frames of this callback that are there.
    there: u64,
}

impl Feed {
    /// Nothing of the ring was heard yet.
    pub(crate) fn new(ring: RingReader) -> Self {
        let geometry = ring.geometry();
        Self {
            channels: geometry.channels as usize,
            fade: ((f64::from(geometry.rate) * FADE) as u32).max(1),
            ring,
            last: [0.0; MOST_CHANNELS as usize],
            falling: [0.0; MOST_CHANNELS as usize],
            falling_left: 0,
            rising_left: 0,
            is_empty: true,
            is_starved: false,
            there: 0,
        }
    }

    /// Which ring it is.
    pub(crate) fn epoch(&self) -> u64 {
        self.ring.epoch()
    }

    /// A callback begins.
    pub(super) fn begin(&mut self) -> Result<(), Lie> {
        let found = self.ring.look()?;
        self.there = found.frames;
        if found.flushed > 0 {
            self.fall();
        }
        if found.frames > 0 || (self.ring.is_owed() && !self.is_starved) {
            self.ring.note_level(found.frames);
        }
        Ok(())
    }

    /// Adds frames to `mixed`; `block` is as long, and its content is lost.
    pub(super) fn mix(&mut self, mixed: &mut [f32], block: &mut [f32]) {
        let wanted = (mixed.len() / self.channels) as u64;
        let there = wanted.min(self.there);
        self.there -= there;
        let (read, missing) = mixed.split_at_mut(there as usize * self.channels);
        let block = &mut block[..read.len()];
        if there > 0 {
            (self.is_empty, self.is_starved) = (false, false);
            self.ring.take(block);
            self.add(read, block);
        }
        if !missing.is_empty() {
            self.starve();
            self.add_silence(missing);
        }
    }

    /// The callback, which began at `at`, has ended.
    pub(super) fn finish(&mut self, at: u64, frames: u64, device_delay: u64) {
        self.ring.publish(at, frames, device_delay);
    }

    /// The device has played nothing for a while.
    pub(super) fn device_was_late(&self) {
        // In a gap that is counted already, or where there is nothing to be heard, nothing was missed.
        if !self.is_empty {
            self.ring.count_xrun();
        }
    }

    fn add(&mut self, mixed: &mut [f32], block: &[f32]) {
        for (mixed, frame) in mixed
            .chunks_exact_mut(self.channels)
            .zip(block.chunks_exact(self.channels))
        {
            let rise = 1.0 - self.rising_left as f32 / self.fade as f32;
            let fall = self.falling_left as f32 / self.fade as f32;
            self.rising_left = self.rising_left.saturating_sub(1);
            self.falling_left = self.falling_left.saturating_sub(1);
            for (channel, (mixed, sample)) in mixed.iter_mut().zip(frame).enumerate() {
                let sample = if sample.is_finite() { sample * rise } else { 0.0 };
                self.last[channel] = sample + self.falling[channel] * fall;
                *mixed += self.last[channel];
            }
        }
    }

    fn add_silence(&mut self, mixed: &mut [f32]) {
        for mixed in mixed.chunks_exact_mut(self.channels) {
            self.falling_left = self.falling_left.saturating_sub(1);
            let fall = self.falling_left as f32 / self.fade as f32;
            for (channel, mixed) in mixed.iter_mut().enumerate() {
                self.last[channel] = self.falling[channel] * fall;
                *mixed += self.last[channel];
            }
        }
    }

    /// Frames are missing from here on.
    fn starve(&mut self) {
        if !self.is_empty {
            self.is_empty = true;
            self.fall();
        }
        if self.ring.is_owed() && !self.is_starved {
            self.is_starved = true;
            self.rising_left = self.fade;
            self.ring.count_xrun();
        }
    }

    /// What was heard last falls to silence.
    fn fall(&mut self) {
        self.falling = self.last;
        self.falling_left = self.fade;
    }
}
