//! What the renderer tells the rest of the program after every callback.

use super::seqlock::{SeqlockReader, SeqlockWriter, seqlock};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) mode: Mode,
    /// Frames that were given to the device, silence included: the device's clock.
    pub(super) device_frames: u64,
    /// The device's clock behind the last frame that was not silence.
    pub(super) sounded_until: u64,
    /// Frames of speech that were given to the device.
    pub(super) rendered: u64,
    /// Frames of speech that a stop took out of the ring unheard.
    pub(super) discarded: u64,
    /// How often the ring was empty when frames were owed, and for how many frames of the device.
    pub(super) underruns: u64,
    pub(super) underrun_frames: u64,
    /// How long after the callback its last frame is heard, in frames of the device.
    pub(super) latency_frames: u64,
    /// Commands that were obeyed.
    pub(super) commands_obeyed: u64,
}

const WORDS: usize = 9;
const MODES: [Mode; 5] = [
    Mode::Idle,
    Mode::Playing,
    Mode::Starved,
    Mode::Paused,
    Mode::Stopping,
];

pub(super) struct StatusWriter(SeqlockWriter<WORDS>);

#[derive(Clone)]
pub(super) struct StatusReader(SeqlockReader<WORDS>);

pub(super) fn status() -> (StatusWriter, StatusReader) {
    let (writer, reader) = seqlock();
    (StatusWriter(writer), StatusReader(reader))
}

impl Status {
    pub(super) fn new() -> Self {
        Self::from_words([0; WORDS])
    }

    /// Frames of speech that have left the ring, in whichever way: the index of the next one.
    pub(super) fn consumed(&self) -> u64 {
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
            self.commands_obeyed,
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
            latency,
            obeyed,
        ] = words;
        Self {
            mode: MODES[mode as usize % MODES.len()],
            device_frames,
            sounded_until,
            rendered,
            discarded,
            underruns,
            underrun_frames,
            latency_frames: latency,
            commands_obeyed: obeyed,
        }
    }
}

impl StatusWriter {
    pub(super) fn publish(&mut self, status: &Status) {
        self.0.write(status.to_words());
    }
}

impl StatusReader {
    pub(super) fn read(&self) -> Status {
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
                commands_obeyed: 7,
            };
            let (mut writer, reader) = super::status();
            assert_eq!(reader.read(), Status::new());
            writer.publish(&status);
            assert_eq!(reader.read(), status);
        }
    }
}
