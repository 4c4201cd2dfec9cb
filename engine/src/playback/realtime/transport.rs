//! The transport: which frames go to the device, and at which gain.
//!
//! A small state machine that the [`Renderer`](super::Renderer) drives, block by block, in the device's
//! callback. Every change is a fade: also when frames run out, where it goes to silence from the value of the
//! last frame, and comes back by a fade with the very next frame. Only the start of a track is not faded; its
//! audio begins and ends by itself, and is to be heard as it was made.

use super::account::Account;
use super::command::Command;
use super::ring::FrameReader;
use super::status::Mode;
use utter_dsp::Ramp;

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
    /// Fading out with the frames before `limit`, then discarding up to `until`. They differ after two flushes: what
    /// lies between is of another place, and would be a step.
    Stopping {
        limit: u64,
        until: u64,
        then_pause: bool,
    },
}

pub(super) struct Transport {
    reader: FrameReader,
    state: State,
    gain: Ramp,
    /// Frames that a fade takes unless the command says otherwise.
    fade: u32,
    /// The last frame that was read, before gain.
    last: f32,
    /// The fade under way has no frames any more and fades the last one instead. Frames that come meanwhile
    /// must wait until it is silent, or there would be a step.
    holding: bool,
    /// The last frame was silence: nothing has to be faded out.
    is_silent: bool,
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
            is_silent: true,
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

    /// A callback begins: see [`FrameReader::admit`].
    pub(super) fn admit(&mut self) {
        self.reader.admit();
    }

    /// The index of the next frame.
    pub(super) fn position(&self) -> u64 {
        self.reader.position()
    }

    pub(super) fn obey(&mut self, command: Command, account: &mut Account) {
        match command {
            Command::Pause => self.pause(),
            Command::Resume => self.resume(),
            Command::Flush {
                until,
                fade,
                keeps_pause,
            } => self.flush(until, fade, keeps_pause, account),
            // The renderer's own.
            Command::Gains { .. } => {}
        }
    }

    fn pause(&mut self) {
        match &mut self.state {
            // Resumed by a command just before this one. A fade would use up frames that nobody hears.
            State::Playing if self.is_silent => {
                self.gain = Ramp::at(self.gain.gain());
                self.state = State::Paused;
            }
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

    fn flush(&mut self, until: u64, fade: u32, keeps_pause: bool, account: &mut Account) {
        if until < self.reader.position() {
            // All of it has been heard, and what is heard now came after the flush.
            return;
        }
        let pauses = keeps_pause && matches!(self.state, State::Pausing | State::Paused);
        match &mut self.state {
            State::Stopping {
                until: earlier,
                then_pause,
                ..
            } => {
                *earlier = until.max(*earlier);
                *then_pause &= keeps_pause;
                // A shorter fade than the one under way.
                if fade < self.gain.remaining() {
                    self.gain.go_to(0.0, fade);
                }
            }
            State::Playing | State::Pausing | State::Starved if !self.is_silent && self.gain.gain() > 0.0 => {
                if self.gain.target() > 0.0 || fade < self.gain.remaining() {
                    self.gain.go_to(0.0, fade);
                }
                self.state = State::Stopping {
                    limit: until,
                    until,
                    then_pause: pauses,
                };
            }
            _ => self.end_flush(until, pauses, account),
        }
    }

    fn end_flush(&mut self, until: u64, then_pause: bool, account: &mut Account) {
        account.status.discarded += self.reader.discard_to(until);
        self.holding = false;
        self.gain = Ramp::at(1.0);
        self.state = if then_pause { State::Paused } else { State::Idle };
    }

    /// Fills `block` with what is to be heard.
    pub(super) fn fill(&mut self, block: &mut [f32], account: &mut Account) {
        let mut filled = 0;
        // Each turn either writes frames or moves on to a state that does.
        while filled < block.len() {
            filled += self.fill_some(&mut block[filled..], account);
        }
    }

    fn fill_some(&mut self, block: &mut [f32], account: &mut Account) -> usize {
        let is_silent = self.gain.remaining() == 0;
        match self.state {
            State::Idle if self.reader.available() > 0 => {
                self.gain = Ramp::at(1.0);
                self.state = State::Playing;
                0
            }
            State::Idle | State::Paused => self.silence(block, account),
            State::Playing => self.play(block, account),
            State::Starved => self.starve(block, account),
            State::Pausing if is_silent => {
                self.holding = false;
                self.state = State::Paused;
                0
            }
            State::Pausing => self.fade_out(block, u64::MAX, account),
            State::Stopping {
                until, then_pause, ..
            } if is_silent => {
                self.end_flush(until, then_pause, account);
                0
            }
            State::Stopping { limit, .. } => self.fade_out(block, limit, account),
        }
    }

    fn play(&mut self, block: &mut [f32], account: &mut Account) -> usize {
        let read = self.read(block, account);
        if read == 0 {
            if self.reader.is_at_end() {
                self.state = State::Idle;
            } else if self.reader.available() == 0 {
                account.status.underruns += 1;
                self.gain.go_to(0.0, self.fade);
                self.holding = true;
                self.state = State::Starved;
            }
        }
        read
    }

    fn starve(&mut self, block: &mut [f32], account: &mut Account) -> usize {
        let frames = if self.gain.remaining() > 0 {
            self.fade_last(block, account)
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
            self.silence(block, account)
        };
        account.status.underrun_frames += frames as u64;
        frames
    }

    /// Goes on with the frames before `limit` for as long as the fade lasts; with the last value if they run
    /// out.
    fn fade_out(&mut self, block: &mut [f32], limit: u64, account: &mut Account) -> usize {
        if !self.holding {
            let left = limit.saturating_sub(self.reader.position());
            let frames = (block.len() as u64).min(self.gain.remaining().into()).min(left) as usize;
            let read = self.read(&mut block[..frames], account);
            if read > 0 {
                return read;
            }
            self.holding = true;
        }
        self.fade_last(block, account)
    }

    fn fade_last(&mut self, block: &mut [f32], account: &mut Account) -> usize {
        let frames = block.len().min(self.gain.remaining() as usize);
        block[..frames].fill(self.last);
        self.gain.apply(&mut block[..frames]);
        self.is_silent = false;
        account.faded(self.reader.position(), frames);
        frames
    }

    fn silence(&mut self, block: &mut [f32], account: &mut Account) -> usize {
        block.fill(0.0);
        self.is_silent = true;
        account.silent(self.reader.position(), block.len());
        block.len()
    }

    /// Takes frames out of the ring, through the gain.
    fn read(&mut self, block: &mut [f32], account: &mut Account) -> usize {
        let position = self.reader.position();
        let read = self.reader.read(block);
        if let Some(&last) = block[..read].last() {
            self.last = last;
        }
        self.gain.apply(&mut block[..read]);
        if read > 0 {
            self.is_silent = false;
            account.sounded(position, read);
        }
        read
    }
}
