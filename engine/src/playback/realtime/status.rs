//! What the renderer tells the rest of the program after every callback.

use crate::playback::seqlock::{SeqlockReader, SeqlockWriter, seqlock};

/// What the renderer is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Nothing is owed: silence.
    Idle,
    /// Frames go to the device.
    Playing,
    /// More frames were promised, but none are there: an underrun.
    Starved,
    /// Fading out, or silent, until it is resumed.
    Paused,
    /// Fading out to discard what is queued.
    Stopping,
}

/// The renderer's own account, complete as of the end of a callback.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::playback) struct Status {
    pub(in crate::playback) mode: Mode,
    /// Frames that were given to the device, silence included: the device's clock.
    pub(in crate::playback) device_frames: u64,
    /// The device's clock behind the last frame that was not silence.
    pub(in crate::playback) sounded_until: u64,
    /// Frames of tracks that were given to the device.
    pub(in crate::playback) rendered: u64,
    /// Frames of tracks that were taken out of the ring unheard.
    pub(in crate::playback) discarded: u64,
    /// How often the ring was empty when frames were owed, and for how many frames of the device.
    pub(in crate::playback) underruns: u64,
    pub(in crate::playback) underrun_frames: u64,
    /// How long after the callback began its last frame is heard, in frames of the device.
    pub(in crate::playback) latency_frames: u64,
    /// When the callback began, by the renderer's clock, in nanoseconds.
    pub(in crate::playback) called_at: u64,
    /// The longest callback so far, in frames: the period.
    pub(in crate::playback) period_frames: u64,
    /// Callbacks so far.
    pub(in crate::playback) callbacks: u64,
    /// The power of all frames.
    pub(in crate::playback) power: Power,
}

/// The sum of the squares of frames. Two of them tell the mean level between.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(in crate::playback) struct Power {
    pub(in crate::playback) sum: f64,
    pub(in crate::playback) frames: u64,
}

impl Power {
    /// Adds `frames` frames of the level `rms`.
    pub(super) fn add(&mut self, rms: f32, frames: usize) {
        self.sum += f64::from(rms) * f64::from(rms) * frames as f64;
        self.frames += frames as u64;
    }

    /// The level of the frames that came after `earlier`; 0 if there were none.
    pub(in crate::playback) fn rms_since(&self, earlier: &Self) -> f32 {
        let frames = self.frames.saturating_sub(earlier.frames);
        match frames {
            0 => 0.0,
            // The difference of two long sums can fall below 0 by a rounding.
            _ => ((self.sum - earlier.sum).max(0.0) / frames as f64).sqrt() as f32,
        }
    }
}

const WORDS: usize = 13;
const MODES: [Mode; 5] = [
    Mode::Idle,
    Mode::Playing,
    Mode::Starved,
    Mode::Paused,
    Mode::Stopping,
];

pub(super) struct StatusWriter(SeqlockWriter<WORDS>);

#[derive(Clone)]
pub(in crate::playback) struct StatusReader(SeqlockReader<WORDS>);

pub(super) fn status() -> (StatusWriter, StatusReader) {
    let (writer, reader) = seqlock();
    (StatusWriter(writer), StatusReader(reader))
}

impl Status {
    pub(in crate::playback) fn new() -> Self {
        Self::from_words([0; WORDS])
    }

    /// Frames of tracks that have left the ring, in whichever way: the index of the next one.
    pub(in crate::playback) fn consumed(&self) -> u64 {
        self.rendered + self.discarded
    }

    fn to_words(self) -> [u64; WORDS] {
        [
            self.mode as u64,
            self.device_frames,
            self.sounded_until,
            self.rendered,
            self.discarded,
            self.underruns,
            self.underrun_frames,
            self.latency_frames,
            self.called_at,
            self.period_frames,
            self.callbacks,
            self.power.sum.to_bits(),
            self.power.frames,
        ]
    }

    fn from_words(words: [u64; WORDS]) -> Self {
        let [
            mode,
            device_frames,
            sounded_until,
            rendered,
            discarded,
            underruns,
            underrun_frames,
            latency_frames,
            called_at,
            period_frames,
            callbacks,
            power_sum,
            power_frames,
        ] = words;
        Self {
            mode: MODES[mode as usize % MODES.len()],
            device_frames,
            sounded_until,
            rendered,
            discarded,
            underruns,
            underrun_frames,
            latency_frames,
            called_at,
            period_frames,
            callbacks,
            power: Power {
                sum: f64::from_bits(power_sum),
                frames: power_frames,
            },
        }
    }
}

impl StatusWriter {
    pub(super) fn publish(&mut self, status: &Status) {
        self.0.write(status.to_words());
    }
}

impl StatusReader {
    pub(in crate::playback) fn read(&self) -> Status {
        Status::from_words(self.0.read())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_published_is_read() {
        for mode in MODES {
            let status = Status {
                mode,
                device_frames: 1,
                sounded_until: 8,
                rendered: 2,
                discarded: 3,
                underruns: 4,
                underrun_frames: 5,
                latency_frames: 6,
                called_at: 7,
                period_frames: 9,
                callbacks: 10,
                power: Power {
                    sum: 0.25,
                    frames: 11,
                },
            };
            let (mut writer, reader) = super::status();
            assert_eq!(reader.read(), Status::new());
            writer.publish(&status);
            assert_eq!(reader.read(), status);
        }
    }

    #[test]
    fn the_level_between_two_readings() {
        let mut power = Power::default();
        power.add(1.0, 100);
        let earlier = power;
        power.add(0.5, 100);
        power.add(0.25, 100);
        assert!((power.rms_since(&earlier) - (0.3125_f32 / 2.0).sqrt()).abs() < 1e-6);
        assert_eq!(power.rms_since(&power), 0.0);
    }
}
