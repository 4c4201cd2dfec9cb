//! Interruptions of a lane, and what is to be told of them when it is heard.
//!
//! That a track is interrupted, and that it goes on, is known when the renderer obeys; it is heard later, by the latency of the
//! device. Both are told when they are heard, each with its frame of the ring, so a track that is interrupted and
//! resumed several times within that time has its story told in the right order.

use super::super::event::PlaybackEvent;
use super::super::feed::Cursor;
use super::super::track::{Position, TrackId};
use super::Outbox;
use std::collections::VecDeque;

/// The interruptions of a lane that are not over, or not told.
#[derive(Default)]
pub(super) struct Interruptions {
    /// The track that waits to go on.
    waits: Option<TrackId>,
    untold: VecDeque<Untold>,
}

/// Something that was not heard yet.
#[derive(Debug, Clone, Copy)]
enum Untold {
    /// It is interrupted with this frame of the ring.
    Interrupted { ring: u64, position: Position },
    /// It goes on there, with this frame of the ring or a later one.
    Resumed { ring: u64, at: Cursor },
}

impl Untold {
    fn track(&self) -> TrackId {
        match self {
            Self::Interrupted { position, .. } => position.track,
            Self::Resumed { at, .. } => at.track,
        }
    }
}

impl Interruptions {
    /// A track is interrupted at `position`, which is `place`, and goes on later.
    pub(super) fn interrupt(&mut self, place: Cursor, position: Position, ring: u64) {
        let waited = self.waits.replace(place.track) == Some(place.track);
        match self.untold.back() {
            // It has had its turn since, but got no further.
            Some(Untold::Resumed { at, .. }) if *at == place => drop(self.untold.pop_back()),
            // It has had its turn since on an output that is gone, and nothing of that was heard: this was told.
            None if waited => {}
            _ => self.untold.push_back(Untold::Interrupted { ring, position }),
        }
    }

    /// The lane has its turn again, from the frame `ring` of the ring on, and goes on at `next`.
    pub(super) fn resume(&mut self, next: Option<Cursor>, ring: u64) {
        let waits = self.waits.take();
        if let Some(at) = next.filter(|next| waits == Some(next.track)) {
            self.untold.push_back(Untold::Resumed { ring, at });
        }
    }

    /// The ring's frames before `ring` are heard.
    pub(super) fn heard(&mut self, ring: u64, outbox: &mut Outbox) {
        while let Some(Untold::Interrupted { ring: at, position }) = self.untold.front()
            && *at <= ring
        {
            outbox.events.push(interruption(*position, true));
            self.untold.pop_front();
        }
    }

    /// A frame of `track` is heard, which is at `position` in it, and the ring's frame `ring`.
    pub(super) fn heard_track(&mut self, track: TrackId, ring: u64, position: Position, outbox: &mut Outbox) {
        self.heard(ring, outbox);
        if let Some(Untold::Resumed { ring: since, at }) = self.untold.front()
            && at.track == track
            && *since <= ring
        {
            outbox
                .events
                .push(PlaybackEvent::TrackResumed { track, position });
            self.untold.pop_front();
        }
    }

    /// Nothing more is heard of the ring. Tells what would have been, if `has_begun` says of the track that it was heard at
    /// all, and has it go on later in any case.
    pub(super) fn settle(&mut self, has_begun: impl Fn(TrackId) -> bool, outbox: &mut Outbox) {
        let Some(first) = self.untold.front().copied() else {
            return;
        };
        let last = self.untold.back().map(Untold::track);
        self.untold.clear();
        if !has_begun(first.track()) {
            // Then it is as if it had not been.
            self.waits = None;
            return;
        }
        if let Untold::Interrupted { position, .. } = first {
            outbox.events.push(interruption(position, true));
        }
        self.waits = self.waits.or(last);
    }

    /// A track is over.
    pub(super) fn forget(&mut self, track: TrackId) {
        self.waits = self.waits.filter(|waits| *waits != track);
        self.untold.retain(|untold| untold.track() != track);
    }

    /// All of them are.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Whether it was told of `track` that it is interrupted, and not yet that it goes on.
    pub(super) fn holds(&self, track: TrackId) -> bool {
        match self.untold.front() {
            Some(Untold::Resumed { at, .. }) => at.track == track,
            Some(Untold::Interrupted { .. }) => false,
            None => self.waits == Some(track),
        }
    }
}

/// A track is interrupted, and either goes on later or does not.
pub(super) fn interruption(position: Position, goes_on: bool) -> PlaybackEvent {
    PlaybackEvent::TrackInterrupted {
        track: position.track,
        position,
        goes_on,
    }
}
