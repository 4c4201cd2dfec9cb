//! What a player is told to do.
//!
//! Everything that changes what is heard is a flush: what is in the ring is faded out and discarded, and the feed
//! goes on elsewhere. Only pausing and volume are the renderer's own.

use super::super::error::SeekError;
use super::super::event::{Effect, PlaybackEvent};
use super::super::feed::Cursor;
use super::super::line::FADE;
use super::super::realtime::command::Command;
use super::super::track::{MarkKind, Track, TrackEnd, TrackId};
use super::super::valve::{CommandId, Flushed, Stopped, Unresponsive, Valve};
use super::super::volume::Volume;
use super::{Deck, Heading};
use std::time::Duration;

/// A sentence that has been heard for no longer than this is not the last one, but the one after it.
const JUST_BEGUN: Duration = Duration::from_secs(1);

/// Where to go in a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seek {
    /// To this time from its beginning.
    Time(Duration),
    /// To the word that holds this byte of the source, or else the next one.
    Word(usize),
}

impl Deck {
    /// Ends what was there when a stop came. What of it had left the ring is still heard, and ends by itself; what was
    /// heard is kept, to be replayed.
    pub(super) fn apply_stop(&mut self, stopped: Stopped) {
        self.stops_applied = stopped.stops;
        self.is_paused = false;
        let playhead = self.playhead;
        let first = stopped.commands.first().unwrap_or(&stopped.flushed).command;
        let leaving = self.flushed(stopped.flushed, first, None);
        for flushed in stopped.commands {
            self.await_effect(flushed.command, flushed.was_sent);
        }
        let open: Vec<TrackId> = self
            .playlist
            .iter()
            .filter(|track| !track.has_ended() && !leaving.contains(&track.id))
            .map(|track| track.id)
            .collect();
        for track in open {
            self.end(track, TrackEnd::Stopped);
        }
        self.playlist.iter_mut().for_each(Track::complete);
        drop(self.playlist.take_out(|track| {
            !leaving.contains(&track.id) && playhead.is_none_or(|(heard, _)| track.id > heard)
        }));
    }

    /// Lets everything that is made be heard, and nothing more.
    pub(in crate::playback) fn stop_when_drained(&mut self, valve: &Valve) -> CommandId {
        let command = valve.number();
        let begun = self.playhead.map(|(track, _)| track);
        let mut empty = Vec::new();
        for track in self.playlist.iter_mut().filter(|track| !track.has_ended()) {
            track.wanted.drop_it();
            track.complete();
            if track.length() == 0 && begun != Some(track.id) {
                empty.push(track.id);
            }
        }
        for track in empty {
            self.end(track, TrackEnd::Stopped);
        }
        self.effect_now(command);
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
        let (rate, channels) = match &self.open {
            Some(open) => (open.line.config.rate, open.line.config.channels),
            None => (0, 0),
        };
        self.send(volume.command(rate, channels, false), valve)
    }

    /// Leaves the track that is heard, or that would be the next, and goes on with the one after it.
    pub(in crate::playback) fn skip(&mut self, valve: &Valve) -> Result<CommandId, SeekError> {
        let current = self.current().ok_or(SeekError::Nothing)?;
        if let Some(effect) = self.where_left(current) {
            // Its last frames are with the device, and the next one follows them already.
            let command = valve.number();
            self.has_effect(command, effect);
            return Ok(command);
        }
        let next = self.playlist.after(current).map(|track| Cursor {
            track: track.id,
            frame: 0,
        });
        let command = self.go_to(next, valve)?;
        if let Some(track) = self.playlist.get_mut(current) {
            track.wanted.drop_it();
            track.complete();
        }
        self.end(current, TrackEnd::Stopped);
        Ok(command)
    }

    /// Where the track `id` is left, if its last frame is with the device already.
    fn where_left(&mut self, id: TrackId) -> Option<Effect> {
        let open = self.open.as_mut()?;
        // In this order: the reports then tell of every frame that it counts.
        let status = open.line.status();
        open.take_reports();
        let mut leaving = open.timeline.leaving(status.consumed());
        let (_, end) = leaving.find(|(track, _)| *track == id)?;
        let track = self.playlist.get(id)?;
        Some(Effect {
            device_frame: open.timeline.device_after(end).unwrap_or(status.device_frames),
            position: Some(track.position(track.length())),
        })
    }

    /// Goes to a place in the track that is heard, or was heard last.
    pub(in crate::playback) fn seek(&mut self, to: Seek, valve: &Valve) -> Result<CommandId, SeekError> {
        let id = self.current_or_last().ok_or(SeekError::Nothing)?;
        let track = self.playlist.get(id).ok_or(SeekError::Nothing)?;
        let kept = track.kept();
        let out_of_reach = || SeekError::OutOfReach {
            available: track.time(kept.start)..track.time(kept.end),
        };
        let frame = match to {
            Seek::Time(time) => track.frame_at(time),
            Seek::Word(byte) => {
                let mark = track.mark_of_source(MarkKind::Word, byte);
                mark.ok_or_else(out_of_reach)?.frame
            }
        };
        if !kept.contains(&frame) {
            return Err(out_of_reach());
        }
        self.go_to(Some(Cursor { track: id, frame }), valve)
    }

    /// Says the last sentence again, and what comes after it: the one that is heard, or, when that has just begun, the
    /// one before it.
    pub(in crate::playback) fn replay(&mut self, valve: &Valve) -> Result<CommandId, SeekError> {
        let (id, frame) = self.place().ok_or(SeekError::Nothing)?;
        let track = self.playlist.get(id).ok_or(SeekError::Nothing)?;
        let here = sentence_start(track, frame);
        let mut cursor = Cursor {
            track: id,
            frame: here,
        };
        if track.time(frame - here) < JUST_BEGUN {
            let earlier = match here.checked_sub(1) {
                Some(before) => Some((track, before)),
                None => self
                    .playlist
                    .before(id)
                    .map(|track| (track, track.length().saturating_sub(1))),
            };
            if let Some((track, before)) = earlier {
                let start = sentence_start(track, before);
                if track.kept().contains(&start) {
                    cursor = Cursor {
                        track: track.id,
                        frame: start,
                    };
                }
            }
        }
        let track = self.playlist.get(cursor.track).ok_or(SeekError::Nothing)?;
        if !track.kept().contains(&cursor.frame) {
            let kept = track.kept();
            return Err(SeekError::OutOfReach {
                available: track.time(kept.start)..track.time(kept.end),
            });
        }
        self.go_to(Some(cursor), valve)
    }

    /// What is heard, or will be after the last flush.
    fn place(&self) -> Option<(TrackId, u64)> {
        match self.heading {
            Some(Heading { to: Some(cursor), .. }) => Some((cursor.track, cursor.frame)),
            _ => self.playhead,
        }
    }

    /// The track that is heard, or, when none is, the first that waits.
    fn current(&self) -> Option<TrackId> {
        let heard = self.place().map(|(track, _)| track);
        let is_open = |id: &TrackId| self.playlist.get(*id).is_some_and(|track| !track.has_ended());
        heard
            .filter(is_open)
            .or_else(|| self.playlist.first_open().map(|track| track.id))
    }

    fn current_or_last(&self) -> Option<TrackId> {
        self.current().or_else(|| self.place().map(|(track, _)| track))
    }

    /// Flushes, and feeds from `cursor` on.
    fn go_to(&mut self, cursor: Option<Cursor>, valve: &Valve) -> Result<CommandId, SeekError> {
        let flushed = valve.flush(FADE, true);
        self.flushed(flushed, flushed.command, cursor);
        self.await_effect(flushed.command, flushed.was_sent);
        Ok(flushed.command)
    }

    /// Takes note of a flush, after which the feed goes on at `cursor`; `first` is the first command that has flushed
    /// since the deck last did. Gives the tracks whose last frames had left the ring before, to be heard.
    fn flushed(&mut self, flushed: Flushed, first: CommandId, cursor: Option<Cursor>) -> Vec<TrackId> {
        let mut leaving = Vec::new();
        match &mut self.open {
            Some(open) => {
                let consumed = open.consumed_before(first);
                leaving = open.timeline.flush(consumed);
                open.flushed_until = flushed.until;
                open.feed.jump(cursor, flushed.epoch, flushed.until);
            }
            None => self.resume_at = cursor,
        }
        if flushed.was_sent {
            self.heading = Some(Heading {
                ring: flushed.until,
                to: cursor,
            });
        }
        leaving
    }

    /// A command that was sent has its effect when it is obeyed; one that nobody could be sent has it now.
    fn await_effect(&mut self, command: CommandId, was_sent: bool) {
        match was_sent {
            true => self.outstanding.push_back(command),
            false => self.effect_now(command),
        }
    }

    fn send(&mut self, command: Command, valve: &Valve) -> Result<CommandId, Unresponsive> {
        let (id, was_sent) = valve.send(command)?;
        self.await_effect(id, was_sent);
        Ok(id)
    }

    /// A command has taken effect without a renderer.
    pub(super) fn effect_now(&mut self, command: CommandId) {
        let position = self
            .playhead
            .and_then(|(track, frame)| Some(self.playlist.get(track)?.position(frame)));
        let device_frame = self
            .open
            .as_ref()
            .map_or(0, |open| open.line.status().device_frames);
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

/// Where the sentence begins that the frame `frame` belongs to.
fn sentence_start(track: &Track, frame: u64) -> u64 {
    track
        .last_mark(MarkKind::Sentence, frame)
        .map_or(0, |mark| mark.frame)
}
