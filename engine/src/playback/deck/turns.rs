//! Whose turn it is.
//!
//! One lane is fed at a time, and all that is in the ring is of its queue: the turn changes only when the ring has run empty
//! at the end of a track, or was flushed, and it is silent. The next one is the one whose first track was asked for first;
//! if that has no frames yet, it is waited for. A lane that has lost its turn in the middle of a track has it again before
//! that. An urgent lane interrupts one that is not, as soon as it has frames.
//!
//! To *leave* is a flush of whose end the lane has to know: where it goes on is where the renderer obeyed. Until then it has
//! no turn, and nobody else has.

use super::super::feed::Cursor;
use super::super::line::FADE;
use super::super::queue::Interrupt;
use super::super::realtime::status::Mode;
use super::super::track::{MarkKind, TrackId};
use super::super::valve::{CommandId, Flushed, Valve};
use super::super::volume::Volume;
use super::Deck;
use super::lane::{Heading, Lane};
use super::open::Open;
use super::queue::{LaneId, Rank};

/// Whose turn it is.
#[derive(Default)]
pub(super) struct Turn {
    /// The lane that is fed, or was fed last and has nothing more.
    pub(super) on: Option<LaneId>,
    /// The lane that is being left.
    pub(super) leaving: Option<Leaving>,
    /// The lane that was heard last.
    pub(super) heard: Option<LaneId>,
}

impl Turn {
    /// The lane whose frames are in the ring.
    pub(super) fn in_ring(&self) -> Option<LaneId> {
        self.on.or(self.leaving.as_ref().map(|leaving| leaving.lane))
    }
}

/// A lane on its way out.
pub(super) struct Leaving {
    pub(super) lane: LaneId,
    pub(super) command: CommandId,
    /// What is in the ring before this frame was flushed before.
    pub(super) since: u64,
    /// Where it was going when it was left.
    pub(super) heading: Option<Heading>,
    /// What has interrupted it; nothing if it was paused.
    pub(super) interrupted_by: Option<(TrackId, Interrupt)>,
    /// It was stopped, or sent elsewhere, meanwhile: where it was left does not matter.
    pub(super) is_forgotten: bool,
}

impl Deck {
    /// Gives the turn to whom it is due, as far as it can be given now.
    pub(super) fn take_turns(&mut self, valve: &Valve) {
        if self.turn.leaving.is_some() || self.open.is_none() {
            return;
        }
        self.end_exhausted();
        let due = self.due();
        if due.is_some() && due == self.turn.on {
            return;
        }
        match due {
            Some(due) if self.is_clear() => self.hand_over(due, valve),
            Some(due) if due.rank == Rank::Urgent && self.is_on(Rank::Normal) => {
                self.interrupt_for(due, valve);
            }
            Some(_) => {}
            None => self.rest(),
        }
    }

    /// The lane whose turn it is, or should be.
    fn due(&self) -> Option<LaneId> {
        let is_midway = self.open.as_ref().is_some_and(|open| open.feed.is_midway());
        let holds = self.turn.on.filter(|_| is_midway);
        if self.is_on(Rank::Urgent) && holds.is_some() {
            return holds;
        }
        if let Some(urgent) = self.first(Rank::Urgent) {
            let is_ready = self.queues.lane(urgent).is_some_and(|lane| lane.is_ready());
            if is_ready || self.turn.on == Some(urgent) || self.is_on(Rank::Urgent) {
                return Some(urgent);
            }
        }
        holds.or_else(|| self.first(Rank::Normal))
    }

    fn is_on(&self, rank: Rank) -> bool {
        self.turn.on.is_some_and(|on| on.rank == rank)
    }

    /// The lane of this rank whose turn is before that of all others.
    pub(super) fn first(&self, rank: Rank) -> Option<LaneId> {
        self.first_but(rank, None).map(|(lane, _)| lane)
    }

    fn first_but(&self, rank: Rank, other: Option<LaneId>) -> Option<(LaneId, TrackId)> {
        let waiting = self.queues.iter().filter(|(_, queue)| !queue.is_paused);
        let lanes = waiting.filter_map(|(queue, lanes)| {
            let (id, lane) = (LaneId { queue, rank }, lanes.lane(rank));
            let open = self.open.as_ref().filter(|_| self.turn.on == Some(id));
            let next = open.map_or(lane.next, |open| open.feed.cursor())?;
            let rank_among = (!lane.goes_first, next.track);
            (other != Some(id)).then_some((rank_among, id))
        });
        let first = lanes.min_by_key(|(among, _)| *among);
        first.map(|((is_usual, track), lane)| (lane, if is_usual { track } else { TrackId(0) }))
    }

    /// Tells the feed before whose tracks it has to wait.
    pub(super) fn set_limit(&mut self) {
        let Some(on) = self.turn.on else { return };
        let other = self.first_but(on.rank, Some(on)).map(|(_, track)| track);
        if let Some(open) = &mut self.open {
            open.feed.yield_to(other);
        }
    }

    /// Whether the ring is empty, nothing more is owed, and the device silent.
    pub(super) fn is_clear(&self) -> bool {
        self.open.as_ref().is_none_or(|open| {
            let status = open.line.status();
            let is_silent = match status.mode {
                Mode::Idle => true,
                Mode::Paused => status.sounded_until < status.device_frames,
                Mode::Playing | Mode::Starved | Mode::Stopping => false,
            };
            is_silent && open.feed.is_empty() && open.feed.pushed_to() == status.consumed()
        })
    }

    /// Gives the turn to `to`, now that it is silent.
    fn hand_over(&mut self, to: LaneId, valve: &Valve) {
        let Some(open) = &mut self.open else { return };
        let own = self.queues.get(to.queue).map(|queue| queue.volume);
        let volume = self.volume.and(own.unwrap_or_default());
        if open.volume != volume {
            let config = &open.line.config;
            // Before its first frame, or not yet: later it would be a step.
            if !valve.send_at_once(volume.command(config.rate, config.channels, true)) {
                return;
            }
            open.volume = volume;
        }
        self.park();
        let (Some(open), Some(lane)) = (&mut self.open, self.queues.lane_mut(to)) else {
            return;
        };
        let (next, waits) = lane.take_up(open.feed.pushed_to());
        open.feed.take_up(next);
        if waits {
            open.feed.wait_for_turn();
        }
        self.turn.on = Some(to);
    }

    /// Takes the turn from whom it is, now that the ring is empty. What is with the device is still heard.
    pub(super) fn park(&mut self) {
        let Some(on) = self.turn.on.take() else { return };
        let (Some(open), Some(lane)) = (&mut self.open, self.queues.lane_mut(on)) else {
            return;
        };
        lane.next = open.feed.cursor();
        lane.goes_first = open.feed.is_midway() && lane.next.is_some_and(|next| next.frame > 0);
        lane.tail = Some(open.feed.pushed_to());
        lane.heading = None;
        open.feed.take_up(None);
    }

    /// With nothing due, an urgent lane does not keep its turn: what is asked for next is not kept waiting by one that has
    /// no frames yet. A queue that was removed is let go of.
    fn rest(&mut self) {
        let is_over = |on: LaneId| {
            let queue = self.queues.get(on.queue);
            on.rank == Rank::Urgent || queue.is_none_or(|queue| queue.is_removed)
        };
        if self.turn.on.is_some_and(is_over) && self.is_clear() {
            self.park();
        }
    }

    fn interrupt_for(&mut self, urgent: LaneId, valve: &Valve) {
        let Some(lane) = self.queues.lane(urgent) else {
            return;
        };
        let track = lane.next.and_then(|next| lane.playlist.get(next.track));
        let Some(track) = track else { return };
        let interrupt = match track.interrupt {
            // Said again, it leaves the others as they are.
            _ if track.has_ended() => Interrupt::Resume,
            interrupt => interrupt.unwrap_or_default(),
        };
        let by = (track.id, interrupt);
        self.leave(Some(by), valve);
    }

    /// Fades out the lane that is on, which goes on where that is obeyed.
    pub(super) fn leave(
        &mut self,
        interrupted_by: Option<(TrackId, Interrupt)>,
        valve: &Valve,
    ) -> Option<Flushed> {
        let (on, open) = (self.turn.on?, self.open.as_mut()?);
        let flushed = valve.flush(FADE, true);
        let cursor = open.feed.cursor();
        let since = std::mem::replace(&mut open.flushed_until, flushed.until);
        open.feed.jump(None, flushed.epoch, flushed.until);
        self.turn.on = None;
        let lane = self.queues.lane_mut(on)?;
        let heading = lane.heading.take();
        // As far as is known; a little more may be rendered until it is obeyed.
        lane.next = match heading {
            Some(heading) => heading.to,
            None => {
                let consumed = open.line.status().consumed();
                let place = Some(consumed).filter(|ring| open.timeline.has_begun_since(since, *ring));
                place
                    .and_then(|ring| place_at(open, lane, ring))
                    .unwrap_or(cursor)
            }
        };
        self.turn.leaving = Some(Leaving {
            lane: on,
            command: flushed.command,
            since,
            heading,
            interrupted_by,
            is_forgotten: false,
        });
        Some(flushed)
    }

    /// Where the lane that is being left goes on is not asked for any more, if it is one that `is_one` says.
    pub(super) fn forget_place(&mut self, is_one: impl Fn(LaneId) -> bool) {
        if let Some(leaving) = &mut self.turn.leaving {
            leaving.is_forgotten |= is_one(leaving.lane);
        }
    }

    /// The renderer has obeyed `command` with the frame `ring` of the ring.
    pub(super) fn settle(&mut self, command: CommandId, ring: u64) {
        let due = self.turn.leaving.as_ref();
        if due.is_none_or(|leaving| leaving.command > command) {
            return;
        }
        let (Some(leaving), Some(open)) = (self.turn.leaving.take(), self.open.as_mut()) else {
            return;
        };
        // Only now is it known which ends have left the ring.
        open.timeline.flush(ring);
        let Some(lane) = self.queues.lane_mut(leaving.lane) else {
            return;
        };
        if leaving.is_forgotten {
            return;
        }
        let mut is_exact = true;
        if leaving.heading.is_none_or(|heading| heading.ring < ring) {
            if open.timeline.has_begun_since(leaving.since, ring) {
                lane.next = place_at(open, lane, ring).unwrap_or(lane.next);
                lane.tail = Some(ring);
            }
            is_exact = false;
        }
        if let (Some(place), Some(by)) = (lane.next, leaving.interrupted_by) {
            self.interrupted(leaving.lane, place, is_exact, by, ring);
        }
    }

    /// An urgent track has interrupted `lane` at `place`, to which it was just sent if that `is_exact`, as will be heard
    /// with the frame `ring` of the ring.
    pub(super) fn interrupted(
        &mut self,
        lane: LaneId,
        place: Cursor,
        is_exact: bool,
        by: (TrackId, Interrupt),
        ring: u64,
    ) {
        // It may have been stopped as soon as it had interrupted.
        let is_there = self.queues.track(by.0).is_some_and(|track| !track.has_ended());
        let Some(lane) = self.queues.lane_mut(lane) else {
            return;
        };
        if place.frame == 0 {
            // What has not begun waits, as if nothing had been.
            return;
        }
        let goes_on = by.1 == Interrupt::Resume || !is_there;
        if let Some(track) = lane.playlist.get(place.track)
            && goes_on
            && !is_exact
        {
            let word = track.last_mark(MarkKind::Word, place.frame);
            let start = word.map(|mark| mark.frame);
            let frame = start.filter(|start| track.kept().contains(start));
            lane.next = Some(Cursor {
                frame: frame.unwrap_or(place.frame),
                ..place
            });
        }
        lane.interrupt(place, goes_on, ring, &mut self.outbox);
    }

    /// The output has gone before `left` was: it goes on where it is now.
    pub(super) fn settle_without(&mut self, left: Option<Leaving>) {
        if let Some(left) = left
            && let Some(by) = left.interrupted_by
            && let Some(next) = self.queues.lane(left.lane).and_then(|lane| lane.next)
        {
            self.interrupted(left.lane, next, left.heading.is_some(), by, 0);
            // Nothing more of it is heard.
            if let Some(lane) = self.queues.lane_mut(left.lane) {
                lane.settle_interruptions(&mut self.outbox);
            }
        }
    }

    /// Nobody has the turn any more, since the output goes. Gives how it was.
    pub(super) fn end_turn(&mut self) -> Turn {
        let heard = self.turn.heard;
        let mut turn = std::mem::take(&mut self.turn);
        self.turn.heard = heard;
        turn.leaving = turn.leaving.filter(|leaving| !leaving.is_forgotten);
        turn
    }

    /// Ends urgent tracks that wait with nothing left to be heard: for those nobody is interrupted.
    fn end_exhausted(&mut self) {
        while let Some(first) = self.first(Rank::Urgent)
            && self.turn.on != Some(first)
            && let Some(lane) = self.queues.lane_mut(first)
            && lane.end_exhausted(&mut self.outbox)
        {}
    }

    /// The volume of what is on, with the player's own.
    pub(super) fn volume_on(&self) -> Volume {
        let on = self.turn.in_ring();
        let on = on.and_then(|on| self.queues.get(on.queue));
        self.volume.and(on.map(|queue| queue.volume).unwrap_or_default())
    }
}

/// Where `lane` goes on if it is left at the frame `ring` of the ring; `None` if that is no frame of its tracks.
fn place_at(open: &Open, lane: &Lane, ring: u64) -> Option<Option<Cursor>> {
    let (id, frame) = open.timeline.locate(ring)?;
    let track = lane.playlist.get(id)?;
    Some(match open.timeline.is_over_at(ring) {
        true => lane.after(id),
        false => Some(Cursor {
            track: id,
            frame: frame.min(track.length()),
        }),
    })
}
