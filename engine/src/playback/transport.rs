//! The transport, realtime side: which frames go to the device, and at which gain.
//!
//! A small state machine that the [`Renderer`](super::Renderer) drives, block by block, in the device's
//! callback. Every change is a fade: also when frames run out, where it goes to silence from the value of the
//! last frame, and comes back by a fade with the very next frame. Only the start of an utterance is not
//! faded; its audio begins and ends by itself, and is to be heard as it was made.

use super::ring::FrameReader;
use super::status::{Mode, Status};
use utter_dsp::Ramp;

/// What the renderer can be told. Commands are obeyed in order, each at the start of a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    /// Fade out and wait.
    Pause,
    /// Go on after a pause, with a fade. Without a pause it does nothing.
    Resume,
    /// Fade out and discard every frame before the index `until`; those behind it belong to what comes next.
    /// Ends a pause.
    Stop { until: u64 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Silence; nothing is owed.
    Idle,
    Playing,
    /// An underrun: fading out on the last value, then silence.
    Starved,
    /// Fading out, then `Paused`.
    Pausing,
    Paused,
    /// Fading out, then discarding up to `until`.
    Stopping {
        until: u64,
        then_pause: bool,
    },
}

pub(super) struct Transport {
    reader: FrameReader,
    state: State,
    gain: Ramp,
    /// Frames that every fade takes.
    fade: u32,
    /// The last frame that was read, before gain.
    last: f32,
    /// The fade under way has no frames any more and fades the last one instead. Frames that come meanwhile
    /// must wait until it is silent, or there would be a step.
    holding: bool,
}

impl Transport {
    pub(super) fn new(reader: FrameReader, fade: u32) -> Self {
        Self {
            reader,
            state: State::Idle,
            gain: Ramp::at(1.0),
            fade,
            last: 0.0,
            holding: false,
        }
    }

    pub(super) fn mode(&self) -> Mode {
        match self.state {
            State::Idle => Mode::Idle,
            State::Playing => Mode::Playing,
            State::Starved => Mode::Starved,
            State::Pausing | State::Paused => Mode::Paused,
            State::Stopping { .. } => Mode::Stopping,
        }
    }

    pub(super) fn obey(&mut self, command: Command, status: &mut Status) {
        match command {
            Command::Pause => self.pause(),
            Command::Resume => self.resume(),
            Command::Stop { until } => self.stop(until, status),
        }
    }

    fn pause(&mut self) {
        match &mut self.state {
            State::Playing => {
                self.gain.go_to(0.0, self.fade);
                self.state = State::Pausing;
            }
            // On its way to silence already.
            State::Starved => self.state = State::Pausing,
            State::Stopping { then_pause, .. } => *then_pause = true,
            // What comes after it starts by itself, and needs no fade.
            State::Idle => {
                self.gain = Ramp::at(1.0);
                self.state = State::Paused;
            }
            State::Pausing | State::Paused => {}
        }
    }

    fn resume(&mut self) {
        match &mut self.state {
            // Its fade ends on the last value; frames come in after it.
            State::Pausing if self.holding => self.state = State::Starved,
            State::Pausing | State::Paused => {
                self.gain.go_to(1.0, self.fade);
                self.state = State::Playing;
            }
            State::Stopping { then_pause, .. } => *then_pause = false,
            State::Idle | State::Playing | State::Starved => {}
        }
    }

    fn stop(&mut self, until: u64, status: &mut Status) {
        if until < self.reader.position() {
            // All of it has been heard, and what is heard now came after the stop.
            return;
        }
        match &mut self.state {
            State::Stopping {
                until: earlier,
                then_pause,
            } => {
                *earlier = until.max(*earlier);
                *then_pause = false;
            }
            State::Playing | State::Pausing | State::Starved if self.gain.gain() > 0.0 => {
                if self.gain.target() > 0.0 {
                    self.gain.go_to(0.0, self.fade);
                }
                self.state = State::Stopping {
                    until,
                    then_pause: false,
                };
            }
            _ => self.end_stop(until, false, status),
        }
    }

    fn end_stop(&mut self, until: u64, then_pause: bool, status: &mut Status) {
        status.discarded += self.reader.discard_to(until);
        self.holding = false;
        self.gain = Ramp::at(1.0);
        self.state = if then_pause { State::Paused } else { State::Idle };
    }

    /// Fills `block` with what is to be heard.
    pub(super) fn fill(&mut self, block: &mut [f32], status: &mut Status) {
        let mut filled = 0;
        // Each turn either writes frames or moves on to a state that does.
        while filled < block.len() {
            let frames = self.fill_some(&mut block[filled..], status);
            filled += frames;
            status.device_frames += frames as u64;
        }
    }

    fn fill_some(&mut self, block: &mut [f32], status: &mut Status) -> usize {
        let is_silent = self.gain.remaining() == 0;
        match self.state {
            State::Idle if self.reader.available() > 0 => {
                self.gain = Ramp::at(1.0);
                self.state = State::Playing;
                0
            }
            State::Idle | State::Paused => {
                block.fill(0.0);
                block.len()
            }
            State::Playing => self.play(block, status),
            State::Starved => self.starve(block, status),
            State::Pausing if is_silent => {
                self.holding = false;
                self.state = State::Paused;
                0
            }
            State::Pausing => self.fade_out(block, u64::MAX, status),
            State::Stopping { until, then_pause } if is_silent => {
                self.end_stop(until, then_pause, status);
                0
            }
            State::Stopping { until, .. } => self.fade_out(block, until, status),
        }
    }

    fn play(&mut self, block: &mut [f32], status: &mut Status) -> usize {
        let read = self.read(block, status);
        if read == 0 {
            if self.reader.is_at_end() {
                self.state = State::Idle;
            } else if self.reader.available() == 0 {
                status.underruns += 1;
                self.gain.go_to(0.0, self.fade);
                self.holding = true;
                self.state = State::Starved;
            }
        }
        read
    }

    fn starve(&mut self, block: &mut [f32], status: &mut Status) -> usize {
        let frames = if self.gain.remaining() > 0 {
            self.fade_last(block, status)
        } else if self.reader.is_at_end() {
            self.holding = false;
            self.state = State::Idle;
            0
        } else if self.reader.available() > 0 {
            self.holding = false;
            self.gain.go_to(1.0, self.fade);
            self.state = State::Playing;
            0
        } else {
            block.fill(0.0);
            block.len()
        };
        status.underrun_frames += frames as u64;
        frames
    }

    /// Goes on with the frames before `limit` for as long as the fade lasts; with the last value if they run
    /// out.
    fn fade_out(&mut self, block: &mut [f32], limit: u64, status: &mut Status) -> usize {
        if !self.holding {
            let left = limit.saturating_sub(self.reader.position());
            let frames = (block.len() as u64).min(self.gain.remaining().into()).min(left) as usize;
            let read = self.read(&mut block[..frames], status);
            if read > 0 {
                return read;
            }
            self.holding = true;
        }
        self.fade_last(block, status)
    }

    fn fade_last(&mut self, block: &mut [f32], status: &mut Status) -> usize {
        let frames = block.len().min(self.gain.remaining() as usize);
        block[..frames].fill(self.last);
        self.gain.apply(&mut block[..frames]);
        status.sounded_until = status.device_frames + frames as u64;
        frames
    }

    /// Takes frames out of the ring, through the gain.
    fn read(&mut self, block: &mut [f32], status: &mut Status) -> usize {
        let read = self.reader.read(block);
        if let Some(&last) = block[..read].last() {
            self.last = last;
        }
        self.gain.apply(&mut block[..read]);
        if read > 0 {
            status.rendered += read as u64;
            status.sounded_until = status.device_frames + read as u64;
        }
        read
    }
}
