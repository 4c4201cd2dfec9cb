//! What a player is told to do, with all of its queues.
//!
//! Everything that changes what is heard is a flush: what is in the ring is faded out and discarded, and the feed
//! goes on elsewhere. Only pausing and volume are the renderer's own. What is done to one queue is in
//! [`queue_commands`](super::queue_commands).

use super::super::event::{Effect, PlaybackEvent};
use super::super::feed::Cursor;
use super::super::realtime::command::Command;
use super::super::track::{Position, TrackId};
use super::super::valve::{CommandId, Flushed, Stopped, Unresponsive, Valve};
use super::super::volume::Volume;
use super::Deck;
use super::lane::Heading;

impl Deck {
    /// Ends what was there when a stop came. What of it had left the ring is still heard, and ends by itself; what was
    /// heard is kept, to be replayed.
    pub(super) fn apply_stop(&mut self, stopped: Stopped) {
        self.stops_applied = stopped.stops;
        self.is_paused = false;
        let first = stopped.commands.first().unwrap_or(&stopped.flushed).command;
        let leaving = self.flushed(stopped.flushed, first, None);
        for flushed in stopped.commands {
            self.await_effect(flushed.command, flushed.was_sent);
        }
        for queue in self.queues.iter_mut() {
            queue.is_paused = false;
            for lane in queue.lanes_mut() {
                lane.stop(&leaving, &mut self.outbox);
            }
        }
    }

    /// Lets everything that is made be heard, and nothing more.
    pub(in crate::playback) fn stop_when_drained(&mut self, valve: &Valve) -> CommandId {
        let command = valve.number();
        for lane in self.queues.lanes_mut() {
            lane.drain(&mut self.outbox);
        }
        self.effect_now(command, self.position());
        command
    }

    pub(in crate::playback) fn pause(&mut self, valve: &Valve) -> Result<CommandId, Unresponsive> {
        self.is_paused = true;
        self.send(Command::Pause, valve)
    }

    pub(in crate::playback) fn resume(&mut self, valve: &Valve) -> Result<CommandId, Unresponsive> {
        self.is_paused = false;
        self.send(Command::Resume, valve)
    }

    pub(in crate::playback) fn is_paused(&self) -> bool {
        self.is_paused
    }

    pub(in crate::playback) fn volume(&self) -> Volume {
        self.volume
    }

    pub(in crate::playback) fn set_volume(
        &mut self,
        volume: Volume,
        valve: &Valve,
    ) -> Result<CommandId, Unresponsive> {
        self.volume = volume;
        self.send_volume(valve)
    }

    /// Has the renderer take on the volume of what is on, by a ramp.
    pub(super) fn send_volume(&mut self, valve: &Valve) -> Result<CommandId, Unresponsive> {
        let volume = self.volume_on();
        let (rate, channels) = match &mut self.open {
            Some(open) => {
                open.volume = volume;
                (open.line.config.rate, open.line.config.channels)
            }
            None => (0, 0),
        };
        self.send(volume.command(rate, channels, false), valve)
    }

    /// Takes note of a flush, after which the feed goes on at `cursor`, in the lane that is on; `first` is the first command
    /// that has flushed since the deck last did. Gives the tracks whose last frames had left the ring before, to be heard.
    pub(super) fn flushed(
        &mut self,
        flushed: Flushed,
        first: CommandId,
        cursor: Option<Cursor>,
    ) -> Vec<TrackId> {
        let left = self.turn.leaving.take().map(|leaving| leaving.command);
        let first = left.map_or(first, |left| left.min(first));
        let mut leaving = Vec::new();
        if let Some(open) = &mut self.open {
            let consumed = open.consumed_before(first);
            leaving = open.timeline.flush(consumed);
            open.timeline.disown();
            open.flushed_until = flushed.until;
            open.feed.jump(cursor, flushed.epoch, flushed.until);
        }
        let on = self.turn.on.and_then(|on| self.queues.lane_mut(on));
        if let Some(lane) = on
            && flushed.was_sent
        {
            lane.heading = Some(Heading {
                ring: flushed.until,
                to: cursor,
            });
        }
        leaving
    }

    /// A command that was sent has its effect when it is obeyed; one that nobody could be sent has it now.
    pub(super) fn await_effect(&mut self, command: CommandId, was_sent: bool) {
        match was_sent {
            true => self.outstanding.push_back(command),
            false => self.effect_now(command, self.position()),
        }
    }

    fn send(&mut self, command: Command, valve: &Valve) -> Result<CommandId, Unresponsive> {
        let (id, was_sent) = valve.send(command)?;
        self.await_effect(id, was_sent);
        Ok(id)
    }

    /// A command has taken effect without a renderer.
    pub(super) fn effect_now(&mut self, command: CommandId, position: Option<Position>) {
        let open = self.open.as_ref();
        let device_frame = open.map_or(0, |open| open.line.status().device_frames);
        self.has_effect(
            command,
            Effect {
                device_frame,
                position,
            },
        );
    }

    pub(super) fn has_effect(&mut self, command: CommandId, effect: Effect) {
        self.outstanding.retain(|id| *id != command);
        if self.effects.len() == super::EFFECTS {
            self.effects.pop_front();
        }
        self.effects.push_back((command, effect));
        self.outbox.events.push(PlaybackEvent::Obeyed { command, effect });
    }
}
