//! What a callback leaves for the writer to read: a few numbers of one moment.
//!
//! They lie behind a sequence number, so that they are of the same callback. The writer tries a few times and no more, since the
//! other side could keep the number odd for ever; then it goes by what it saw last.

use std::sync::atomic::{Ordering, fence};

use super::layout::{CALLBACK_WORDS, CallbackWords};
use crate::clock;

/// How often the numbers are read before they are given up.
const TRIES: usize = 4;
/// What lies further back, in nanoseconds, is not believed.
const LONGEST_AGO: u64 = 60_000_000_000;
/// A device that holds more seconds than this is not believed.
const MOST_SECONDS: u64 = 10;

/// What a callback saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Callback {
    /// Frames that were read from the ring, or passed by a flush, up to its end.
    pub read: u64,
    /// Frames that callbacks have asked for since the ring was attached, up to its end: those that were read and those that
    /// were missing.
    pub asked: u64,
    /// When it began, by [`clock::now`].
    pub at: u64,
    /// Frames that the device holds after it, those of this callback included.
    pub device_delay: u64,
    /// Frames that it asked for.
    pub frames: u64,
}

impl CallbackWords {
    /// Publishes a callback. Wait-free; for the one callback that there is.
    pub(super) fn write(&self, callback: &Callback) {
        let words = [
            callback.read,
            callback.asked,
            callback.at,
            callback.device_delay,
            callback.frames,
        ];
        let sequence = self.sequence.load(Ordering::Relaxed) | 1;
        self.sequence.store(sequence, Ordering::Relaxed);
        // No word may become visible before the odd number.
        fence(Ordering::Release);
        for (word, value) in self.words.iter().zip(words) {
            word.store(value, Ordering::Relaxed);
        }
        // The even number may not become visible before the words.
        self.sequence.store(sequence.wrapping_add(1), Ordering::Release);
    }

    /// The last callback. `None` if there was none yet, it is being written, or what it says cannot be at `now`.
    pub(super) fn read(&self, now: u64, rate: u32) -> Option<Callback> {
        let [read, asked, at, device_delay, frames] = (0..TRIES).find_map(|_| self.try_read())?;
        let callback = Callback {
            read,
            asked,
            at,
            device_delay,
            frames,
        };
        // The clocks of two processors may differ by a little.
        let is_believed = at <= now.saturating_add(1_000_000)
            && now.saturating_sub(at) <= LONGEST_AGO
            && device_delay <= MOST_SECONDS * u64::from(rate)
            && (1..=u64::from(rate)).contains(&frames);
        is_believed.then_some(callback)
    }

    fn try_read(&self) -> Option<[u64; CALLBACK_WORDS]> {
        let before = self.sequence.load(Ordering::Acquire);
        let words = std::array::from_fn(|i| self.words[i].load(Ordering::Relaxed));
        // The words may not be read after the number is checked.
        fence(Ordering::Acquire);
        let is_whole =
            before != 0 && before.is_multiple_of(2) && self.sequence.load(Ordering::Relaxed) == before;
        is_whole.then_some(words)
    }
}

impl Callback {
    /// When the next one will begin.
    pub fn next_at(&self, rate: u32) -> u64 {
        self.at.saturating_add(clock::nanoseconds(self.frames, rate))
    }

    /// Frames that the device still holds at `now`.
    pub fn held_at(&self, now: u64, rate: u32) -> u64 {
        let played = clock::frames(now.saturating_sub(self.at), rate);
        self.device_delay.saturating_sub(played)
    }
}
