//! What a queue is told to do.
//!
//! If it is heard, that is a flush, as it is for all of them together. If it is the turn of another one, only its playlist and
//! its place in it change, and the command has its effect at once.

use super::super::error::{PlaybackError, QueueError, SeekError};
use super::super::event::{Effect, PlaybackEvent};
use super::super::feed::Cursor;
use super::super::line::FADE;
use super::super::queue::{QueueId, QueueOptions};
use super::super::track::{Position, TrackId};
use super::super::valve::{CommandId, Valve};
use super::super::volume::Volume;
use super::Deck;
use super::queue::{LaneId, Rank};
use std::time::Duration;

/// Where to go in a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seek {
    /// To this time from its beginning.
    Time(Duration),
    /// To the word that holds this byte of the source, or else the next one.
    Word(usize),
}

impl Deck {
    pub(in crate::playback) fn add_queue(&mut self, options: QueueOptions) -> Result<QueueId, PlaybackError> {
        match self.is_closed {
            true => Err(PlaybackError::Closed),
            false => Ok(self.queues.add(options)?),
        }
    }

    pub(in crate::playback) fn has_queue(&self, id: QueueId) -> bool {
        self.queues.present(id).is_ok()
    }

    /// Stops a queue, and forgets it when nothing of it is owed.
    pub(in crate::playback) fn remove_queue(
        &mut self,
        id: QueueId,
        valve: &Valve,
    ) -> Result<CommandId, QueueError> {
        if id == QueueId::FIRST {
            return Err(QueueError::First);
        }
        let command = self.stop_queue(id, Some(FADE), valve)?;
        self.queues.present_mut(id)?.is_removed = true;
        // Now, if nothing is owed: those who come and go quickly would otherwise fill the deck before anybody looks.
        self.forget_removed();
        Ok(command)
    }

    /// Forgets the queues that were removed and of which nothing is owed or in the ring.
    pub(super) fn forget_removed(&mut self) {
        let in_ring = self.turn.in_ring();
        self.queues
            .forget_removed(|queue| in_ring.is_some_and(|lane| lane.queue == queue));
    }

    /// Ends the tracks of a queue, by a fade if it is heard; without one, lets what is made be heard, and nothing more.
    pub(in crate::playback) fn stop_queue(
        &mut self,
        id: QueueId,
        fade: Option<Duration>,
        valve: &Valve,
    ) -> Result<CommandId, QueueError> {
        let queue = self.queues.present_mut(id)?;
        let Some(fade) = fade else {
            for lane in queue.lanes_mut() {
                lane.drain(&mut self.outbox);
            }
            return Ok(self.done(id, valve));
        };
        queue.is_paused = false;
        for lane in queue.lanes_mut() {
            lane.playlist.iter().for_each(|track| track.wanted.drop_it());
        }
        let is_on = self.turn.on.is_some_and(|on| on.queue == id);
        let flushed = is_on.then(|| valve.flush(fade, true));
        let leaving = match flushed {
            Some(flushed) => self.flushed(flushed, flushed.command, None),
            None => self.leaving(),
        };
        self.forget_place(|lane| lane.queue == id);
        for lane in self.queues.present_mut(id)?.lanes_mut() {
            lane.stop(&leaving, &mut self.outbox);
        }
        let Some(flushed) = flushed else {
            return Ok(self.done(id, valve));
        };
        self.await_effect(flushed.command, flushed.was_sent);
        Ok(flushed.command)
    }

    /// Has a queue lose its turn, until it is resumed.
    pub(in crate::playback) fn pause_queue(
        &mut self,
        id: QueueId,
        valve: &Valve,
    ) -> Result<CommandId, QueueError> {
        self.queues.present_mut(id)?.is_paused = true;
        let is_on = self.turn.on.is_some_and(|on| on.queue == id);
        let flushed = match is_on && !self.is_clear() {
            true => self.leave(None, valve),
            false => None,
        };
        if is_on && flushed.is_none() {
            self.park();
        }
        let Some(flushed) = flushed else {
            return Ok(self.done(id, valve));
        };
        self.await_effect(flushed.command, flushed.was_sent);
        Ok(flushed.command)
    }

    pub(in crate::playback) fn resume_queue(
        &mut self,
        id: QueueId,
        valve: &Valve,
    ) -> Result<CommandId, QueueError> {
        let queue = self.queues.present_mut(id)?;
        if std::mem::replace(&mut queue.is_paused, false) {
            // It has given its turn away.
            for lane in queue.lanes_mut() {
                lane.goes_first = false;
            }
        }
        Ok(self.done(id, valve))
    }

    pub(in crate::playback) fn is_queue_paused(&self, id: QueueId) -> bool {
        self.queues.present(id).is_ok_and(|queue| queue.is_paused)
    }

    pub(in crate::playback) fn queue_volume(&self, id: QueueId) -> Volume {
        self.queues
            .present(id)
            .map(|queue| queue.volume)
            .unwrap_or_default()
    }

    pub(in crate::playback) fn set_queue_volume(
        &mut self,
        id: QueueId,
        volume: Volume,
        valve: &Valve,
    ) -> Result<CommandId, PlaybackError> {
        self.queues.present_mut(id)?.volume = volume;
        match self.turn.on.is_some_and(|on| on.queue == id) {
            true => Ok(self.send_volume(valve)?),
            false => Ok(self.done(id, valve)),
        }
    }

    /// How much of the tracks of a queue is made and was not heard.
    pub(in crate::playback) fn unheard(&self, id: QueueId) -> Duration {
        self.queues
            .present(id)
            .map(|queue| queue.unheard())
            .unwrap_or_default()
    }

    /// How long it takes to hear what is left of a lane.
    pub(in crate::playback) fn ahead(&self, id: QueueId, rank: Rank) -> Duration {
        let queue = self.queues.present(id);
        queue.map_or(Duration::ZERO, |queue| queue.lane(rank).unheard())
    }

    /// Whether nothing is left to be heard of a lane.
    pub(in crate::playback) fn is_dry(&self, id: QueueId, rank: Rank) -> bool {
        self.ahead(id, rank).is_zero()
    }

    /// The place in a queue that is heard, or at which it goes on.
    pub(in crate::playback) fn queue_position(&self, id: QueueId) -> Option<Position> {
        self.queues.lane(self.lane_for(id).ok()?)?.position()
    }

    /// Leaves the track that is heard, or that would be the next, and goes on with the one after it.
    pub(in crate::playback) fn skip(&mut self, id: QueueId, valve: &Valve) -> Result<CommandId, SeekError> {
        let lane = self.lane_for(id)?;
        self.skip_in(lane, valve)
    }

    /// Ends one track of a queue, if it is one and has not ended: the one that is heard is left as by a skip, of another one
    /// nothing will be heard.
    pub(in crate::playback) fn cancel(
        &mut self,
        queue: QueueId,
        track: TrackId,
        valve: &Valve,
    ) -> Result<(), QueueError> {
        self.queues.present(queue)?;
        let lanes = [Rank::Urgent, Rank::Normal].map(|rank| LaneId { queue, rank });
        let has_it = |id: &LaneId| {
            let lane = self.queues.lane(*id);
            let track = lane.and_then(|lane| lane.playlist.get(track));
            track.is_some_and(|track| !track.has_ended())
        };
        let Some(id) = lanes.into_iter().find(has_it) else {
            return Ok(());
        };
        let Some(lane) = self.queues.lane_mut(id) else {
            return Ok(());
        };
        if lane.current() == Some(track) {
            // Nothing to skip is nothing to cancel.
            let _ = self.skip_in(id, valve);
            return Ok(());
        }
        lane.drop_track(track, &mut self.outbox);
        drop(lane.playlist.take_out(|other| other.id == track));
        let heard = lane.position();
        let feed = self.open.as_ref().map(|open| &open.feed);
        let is_in_ring = feed
            .and_then(|feed| feed.cursor())
            .is_none_or(|cursor| cursor.track >= track);
        if let Some(heard) = heard.filter(|_| is_in_ring && self.turn.on == Some(id)) {
            // What follows what is heard is fed anew, without it.
            let place = Cursor {
                track: heard.track,
                frame: heard.frame,
            };
            self.go_to(id, Some(place), valve);
        }
        Ok(())
    }

    fn skip_in(&mut self, lane_id: LaneId, valve: &Valve) -> Result<CommandId, SeekError> {
        let lane = self.queues.lane(lane_id).ok_or(SeekError::Nothing)?;
        let current = lane.current().ok_or(SeekError::Nothing)?;
        if let Some(effect) = self.where_left(current) {
            // Its last frames are with the device, and the next one follows them already.
            let command = valve.number();
            self.has_effect(command, effect);
            return Ok(command);
        }
        let next = self.queues.lane(lane_id).and_then(|lane| lane.after(current));
        let command = self.go_to(lane_id, next, valve);
        if let Some(open) = self.open.as_mut().filter(|_| self.turn.on == Some(lane_id)) {
            open.feed.wait_for_turn();
        }
        if let Some(lane) = self.queues.lane_mut(lane_id) {
            lane.drop_track(current, &mut self.outbox);
        }
        Ok(command)
    }

    /// Where the track `id` is left, if its last frame is with the device already.
    fn where_left(&mut self, id: TrackId) -> Option<Effect> {
        let is_leaving = self.leaving().contains(&id);
        let open = self.open.as_ref().filter(|_| is_leaving)?;
        let status = open.line.status();
        let (_, end) = open.timeline.leaving(u64::MAX).find(|(track, _)| *track == id)?;
        let track = self.queues.track(id)?;
        Some(Effect {
            device_frame: open.timeline.device_after(end).unwrap_or(status.device_frames),
            position: Some(track.position(track.length())),
        })
    }

    /// The tracks whose last frames are with the device.
    fn leaving(&mut self) -> Vec<TrackId> {
        let left = self.turn.leaving.as_ref().map(|leaving| leaving.command);
        let Some(open) = &mut self.open else {
            return Vec::new();
        };
        let consumed = match left {
            // What it discards has not left.
            Some(left) => open.consumed_before(left),
            None => {
                // In this order: the reports then tell of every frame that it counts.
                let consumed = open.line.status().consumed();
                open.take_reports();
                consumed
            }
        };
        open.timeline.leaving(consumed).map(|(track, _)| track).collect()
    }

    /// Goes to a place in the track that is heard, or was heard last.
    pub(in crate::playback) fn seek(
        &mut self,
        id: QueueId,
        to: Seek,
        valve: &Valve,
    ) -> Result<CommandId, SeekError> {
        let lane_id = self.lane_for(id)?;
        let lane = self.queues.lane(lane_id).ok_or(SeekError::Nothing)?;
        let cursor = lane.find(to)?;
        self.tell_replay(cursor);
        Ok(self.go_to(lane_id, Some(cursor), valve))
    }

    /// Says the last sentence again, and what comes after it.
    pub(in crate::playback) fn replay(&mut self, id: QueueId, valve: &Valve) -> Result<CommandId, SeekError> {
        let lane_id = self.lane_for(id)?;
        let lane = self.queues.lane(lane_id).ok_or(SeekError::Nothing)?;
        let cursor = lane.last_sentence()?;
        self.tell_replay(cursor);
        Ok(self.go_to(lane_id, Some(cursor), valve))
    }

    /// Tells that a track will be heard again that was over.
    fn tell_replay(&mut self, from: Cursor) {
        let track = self.queues.track(from.track);
        if let Some(track) = track.filter(|track| track.has_ended()) {
            let position = track.position(from.frame);
            self.outbox.events.push(PlaybackEvent::TrackReplayed {
                track: from.track,
                position,
            });
        }
    }

    /// The lane of a queue that commands are meant for: the one that is heard, or would be, or was last.
    fn lane_for(&self, id: QueueId) -> Result<LaneId, QueueError> {
        let queue = self.queues.present(id)?;
        let lane = |rank| LaneId { queue: id, rank };
        let on = self.turn.in_ring().filter(|on| on.queue == id);
        let has_open = |rank: &Rank| queue.lane(*rank).playlist.first_open().is_some();
        let is_midway = self.open.as_ref().is_some_and(|open| open.feed.is_midway());
        let sounds = on.filter(|on| is_midway || has_open(&on.rank));
        let waits = || [Rank::Urgent, Rank::Normal].into_iter().find(has_open).map(lane);
        let last = || {
            let urgent = queue.lane(Rank::Urgent).playhead.map(|(track, _)| track);
            let normal = queue.lane(Rank::Normal).playhead.map(|(track, _)| track);
            lane(if urgent > normal {
                Rank::Urgent
            } else {
                Rank::Normal
            })
        };
        Ok(sounds.or_else(waits).or(on).unwrap_or_else(last))
    }

    /// Goes on at `cursor`: by a flush if the lane is on, otherwise when it has its turn.
    fn go_to(&mut self, lane_id: LaneId, cursor: Option<Cursor>, valve: &Valve) -> CommandId {
        if self.open.is_some() && self.turn.on == Some(lane_id) {
            let waits = self
                .open
                .as_ref()
                .is_some_and(|open| open.feed.is_waiting(cursor));
            let flushed = valve.flush(FADE, true);
            self.flushed(flushed, flushed.command, cursor);
            if let Some(open) = self.open.as_mut().filter(|_| waits) {
                open.feed.wait_for_turn();
            }
            self.await_effect(flushed.command, flushed.was_sent);
            return flushed.command;
        }
        self.forget_place(|lane| lane == lane_id);
        if let Some(lane) = self.queues.lane_mut(lane_id) {
            lane.send_to(cursor);
        }
        self.done(lane_id.queue, valve)
    }

    /// A command for a queue that has its effect now.
    fn done(&mut self, id: QueueId, valve: &Valve) -> CommandId {
        let command = valve.number();
        let position = self.queue_position(id);
        self.effect_now(command, position);
        command
    }
}
