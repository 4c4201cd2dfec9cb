//! The valve: the writing ends of the ring and of the commands, and what makes a stop immediate.
//!
//! Whoever stops must not wait for the feed, which may be in the middle of resampling. So all that a stop needs is
//! here, under a lock that is only held while frames are copied or a command is pushed; the realtime side knows
//! nothing of it. Every push says which epoch its frames belong to, and every flush begins a new one: frames of an
//! older epoch are refused. What was pushed before the flush lies before an index, what comes after it behind,
//! and the renderer discards up to that index.

use super::frames_in;
use super::realtime::command::{Command, Sent};
use super::realtime::ring::FrameWriter;
use super::sync::{AtomicU64, Mutex, Ordering, rtrb};
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Commands that can wait, beyond those in the renderer's ring, for a device that takes none.
const BACKLOG: usize = 64;

/// Numbers commands, in the order in which they were given. The event that tells a command's effect carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandId(pub(super) u64);

impl CommandId {
    /// Its number, which no other of the same player has.
    pub fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for CommandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

pub(super) struct Valve {
    inner: Mutex<Inner>,
    /// The number of stops so far. Written under the lock.
    stops: Arc<AtomicU64>,
}

#[derive(Default)]
struct Inner {
    line: Option<Inlet>,
    epoch: u64,
    next_command: u64,
    /// Commands that found the renderer's ring full.
    backlog: VecDeque<Sent>,
    /// The stops that the deck has not dealt with.
    stop: Option<Waiting>,
}

/// The writing ends of an open line.
pub(super) struct Inlet {
    pub(super) writer: FrameWriter,
    pub(super) commands: rtrb::Producer<Sent>,
    /// Frames a second.
    pub(super) rate: u32,
}

/// A flush that has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Flushed {
    pub(super) command: CommandId,
    pub(super) epoch: u64,
    /// The ring's frames before this one are discarded.
    pub(super) until: u64,
    /// Whether a renderer was told. Otherwise there is none, and it has taken effect already.
    pub(super) was_sent: bool,
}

/// What one or more stops have done, for the deck to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stopped {
    /// The flush of each of them, in their order. Where a renderer was told and is gone since, none was.
    pub(super) commands: Vec<Flushed>,
    /// The flush that counts: the last of them, or one that was needed after it.
    pub(super) flushed: Flushed,
    /// How many stops there were with them.
    pub(super) stops: u64,
}

/// Stops that wait for the deck.
struct Waiting {
    commands: Vec<Flushed>,
    fade: Duration,
    stops: u64,
}

/// What a push achieved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pushed {
    /// So many frames were taken, from the first on; all of them, and the end if there was one, if `complete`.
    Taken { frames: usize, complete: bool },
    /// The epoch is over, or there is no line.
    Refused,
}

/// Too many commands wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unresponsive;

impl Valve {
    pub(super) fn new() -> Self {
        Self {
            inner: Mutex::default(),
            stops: Arc::default(),
        }
    }

    /// The number of stops, for those who must see it change while they work.
    pub(super) fn stops(&self) -> &Arc<AtomicU64> {
        &self.stops
    }

    /// Connects another line, or none; gives the epoch that begins with it. Frames for the old one are refused from now
    /// on, and commands that waited for it are forgotten. Stops that wait for the deck have nobody any more who could
    /// obey them.
    pub(super) fn connect(&self, line: Option<Inlet>) -> u64 {
        let mut inner = self.inner.lock();
        inner.epoch += 1;
        inner.backlog.clear();
        for flushed in inner.stop.iter_mut().flat_map(|stop| &mut stop.commands) {
            flushed.was_sent = false;
        }
        let epoch = inner.epoch;
        let old = std::mem::replace(&mut inner.line, line);
        drop(inner);
        // Freed outside the lock.
        drop(old);
        epoch
    }

    /// Pushes frames of `epoch`.
    pub(super) fn push(&self, epoch: u64, frames: &[f32], end: bool) -> Pushed {
        let mut inner = self.inner.lock();
        if inner.epoch != epoch {
            return Pushed::Refused;
        }
        let Some(line) = &mut inner.line else {
            return Pushed::Refused;
        };
        let accepted = line.writer.push(frames, end);
        Pushed::Taken {
            frames: accepted.frames,
            complete: accepted.complete,
        }
    }

    /// Whether the ring would take so many frames in one piece. It may not for a moment, when it is full of what was flushed
    /// and the renderer has not discarded it.
    pub(super) fn has_room_for(&self, frames: usize) -> bool {
        let inner = self.inner.lock();
        inner
            .line
            .as_ref()
            .is_some_and(|line| line.writer.has_room_for(frames))
    }

    /// Frames that were pushed for this line.
    pub(super) fn produced(&self) -> u64 {
        let inner = self.inner.lock();
        inner.line.as_ref().map_or(0, |line| line.writer.written())
    }

    /// Sends a command; gives its number, and whether there is a renderer to obey it.
    pub(super) fn send(&self, command: Command) -> Result<(CommandId, bool), Unresponsive> {
        let mut inner = self.inner.lock();
        if inner.backlog.len() >= BACKLOG {
            return Err(Unresponsive);
        }
        Ok(inner.send(command))
    }

    /// Sends a command whose effect nobody waits for, unless it would have to wait; `false` then.
    pub(super) fn send_at_once(&self, command: Command) -> bool {
        let mut inner = self.inner.lock();
        let has_room = inner.line.as_ref().is_some_and(|line| line.commands.slots() > 0);
        let is_sent = has_room && inner.backlog.is_empty();
        if is_sent {
            inner.send(command);
        }
        is_sent
    }

    /// A number for a command that no renderer obeys.
    pub(super) fn number(&self) -> CommandId {
        self.inner.lock().number()
    }

    /// Begins a new epoch, and has everything of the old one faded out within `fade` and discarded.
    pub(super) fn flush(&self, fade: Duration, keeps_pause: bool) -> Flushed {
        self.inner.lock().flush(fade, keeps_pause)
    }

    /// The same for a stop: for the deck it waits here until it is taken. Never fails, and waits for nothing.
    pub(super) fn stop(&self, fade: Duration) -> CommandId {
        let mut inner = self.inner.lock();
        let flushed = inner.flush(fade, false);
        let stops = self.stops.fetch_add(1, Ordering::AcqRel) + 1;
        let mut commands = inner
            .stop
            .take()
            .map_or_else(Vec::new, |earlier| earlier.commands);
        commands.push(flushed);
        inner.stop = Some(Waiting {
            commands,
            fade,
            stops,
        });
        flushed.command
    }

    /// The stops since the last call. For the deck, which follows them before anybody else has it.
    pub(super) fn take_stop(&self) -> Option<Stopped> {
        let mut inner = self.inner.lock();
        let Waiting {
            commands,
            fade,
            stops,
        } = inner.stop.take()?;
        let last = *commands.last()?;
        // A stop may come while the deck flushes, or changes lines, and knows nothing of it. What was pushed after
        // that is flushed, too.
        let flushed = match last.epoch == inner.epoch {
            true => last,
            false => inner.flush(fade, false),
        };
        Some(Stopped {
            commands,
            flushed,
            stops,
        })
    }

    /// Sends what had to wait, as far as there is room.
    pub(super) fn send_backlog(&self) {
        let mut inner = self.inner.lock();
        let inner = &mut *inner;
        let Some(line) = &mut inner.line else { return };
        while let Some(&sent) = inner.backlog.front()
            && line.commands.push(sent).is_ok()
        {
            inner.backlog.pop_front();
        }
    }

    /// Whether the renderer is gone with its stream.
    pub(super) fn is_abandoned(&self) -> bool {
        let inner = self.inner.lock();
        inner.line.as_ref().is_some_and(|line| line.writer.is_abandoned())
    }
}

impl Inner {
    fn number(&mut self) -> CommandId {
        let number = CommandId(self.next_command);
        self.next_command += 1;
        number
    }

    fn send(&mut self, command: Command) -> (CommandId, bool) {
        let id = self.number();
        let sent = Sent {
            number: id.0,
            command,
        };
        let Some(line) = &mut self.line else {
            return (id, false);
        };
        // Behind those that wait already, or the order would be lost.
        if !self.backlog.is_empty() || line.commands.push(sent).is_err() {
            self.backlog.push_back(sent);
        }
        (id, true)
    }

    fn flush(&mut self, fade: Duration, keeps_pause: bool) -> Flushed {
        self.epoch += 1;
        let line = self.line.as_ref();
        let until = line.map_or(0, |line| line.writer.written());
        let fade = line.map_or(0, |line| frames_in(fade, line.rate) as u32);
        // A later flush does all that earlier ones would: one that waits is enough. It never finds no room.
        if self.backlog.len() >= BACKLOG {
            self.backlog
                .retain(|sent| !matches!(sent.command, Command::Flush { .. }));
        }
        let (command, was_sent) = self.send(Command::Flush {
            until,
            fade,
            keeps_pause,
        });
        Flushed {
            command,
            epoch: self.epoch,
            until,
            was_sent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::realtime::ring::ring;
    use super::*;

    fn valve() -> (Valve, rtrb::Consumer<Sent>) {
        let valve = Valve::new();
        let (writer, _) = ring(100);
        let (commands, obeyed) = rtrb::RingBuffer::new(4);
        valve.connect(Some(Inlet {
            writer,
            commands,
            rate: 48_000,
        }));
        (valve, obeyed)
    }

    #[test]
    fn a_stop_refuses_the_frames_of_its_epoch_and_knows_where_they_end() {
        let (valve, mut obeyed) = valve();
        let taken = |frames, complete| Pushed::Taken { frames, complete };
        assert_eq!(valve.push(1, &[0.5; 60], false), taken(60, true));
        assert_eq!(valve.push(1, &[0.5; 60], true), taken(40, false));
        valve.stop(Duration::from_millis(2));
        assert_eq!(valve.push(1, &[0.5], false), Pushed::Refused);
        let stopped = valve.take_stop().unwrap();
        assert_eq!(
            (stopped.stops, stopped.flushed.until, stopped.flushed.epoch),
            (1, 100, 2)
        );
        assert_eq!(valve.take_stop(), None);
        let command = Command::Flush {
            until: 100,
            fade: 96,
            keeps_pause: false,
        };
        assert_eq!(obeyed.pop().map(|sent| sent.command), Ok(command));
        assert_eq!(valve.produced(), 100);
    }

    #[test]
    fn a_stop_gets_through_to_a_device_that_has_not_obeyed_for_long() {
        let (valve, mut obeyed) = valve();
        let sent = (0..1_000)
            .take_while(|_| valve.send(Command::Pause).is_ok())
            .count();
        assert_eq!(sent, 4 + BACKLOG);
        for _ in 0..10 {
            valve.stop(Duration::ZERO);
        }
        let mut commands = Vec::new();
        loop {
            valve.send_backlog();
            let before = commands.len();
            commands.extend(std::iter::from_fn(|| obeyed.pop().ok()));
            if commands.len() == before {
                break;
            }
        }
        assert!(matches!(
            commands.last().map(|sent| sent.command),
            Some(Command::Flush { .. })
        ));
        assert!(commands.is_sorted_by_key(|sent| sent.number));
        assert!(commands.len() <= 4 + BACKLOG + 10);
    }

    #[test]
    fn without_a_line_commands_have_numbers_and_nobody_to_obey_them() {
        let valve = Valve::new();
        assert_eq!(valve.send(Command::Pause), Ok((CommandId(0), false)));
        assert_eq!(valve.stop(Duration::ZERO), CommandId(1));
        assert_eq!(valve.push(0, &[0.5], false), Pushed::Refused);
    }
}
