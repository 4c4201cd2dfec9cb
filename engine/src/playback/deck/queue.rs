//! The queues of a deck: for each of them two lanes, one of urgent tracks and one of the others, its volume and its pause.
//!
//! Whose turn it is, is for [`turns`](super::turns).

use super::super::error::QueueError;
use super::super::queue::{Interrupt, QUEUES, QueueId, QueueOptions};
use super::super::track::{OnEnd, Track, TrackId, TrackOptions, Wanted};
use super::super::volume::Volume;
use super::lane::Lane;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How urgent the tracks of a lane are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::playback) enum Rank {
    Normal,
    Urgent,
}

/// One of the lanes of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LaneId {
    pub(super) queue: QueueId,
    pub(super) rank: Rank,
}

#[derive(Default)]
pub(super) struct Queue {
    normal: Lane,
    urgent: Lane,
    pub(super) volume: Volume,
    pub(super) is_paused: bool,
    /// It takes nothing more, and is forgotten when nothing of it is owed.
    pub(super) is_removed: bool,
}

impl Queue {
    pub(super) fn lane(&self, rank: Rank) -> &Lane {
        match rank {
            Rank::Normal => &self.normal,
            Rank::Urgent => &self.urgent,
        }
    }

    pub(super) fn lane_mut(&mut self, rank: Rank) -> &mut Lane {
        match rank {
            Rank::Normal => &mut self.normal,
            Rank::Urgent => &mut self.urgent,
        }
    }

    pub(super) fn lanes(&self) -> [&Lane; 2] {
        [&self.normal, &self.urgent]
    }

    pub(super) fn lanes_mut(&mut self) -> [&mut Lane; 2] {
        [&mut self.normal, &mut self.urgent]
    }

    /// Whether a track of it has not ended.
    pub(super) fn has_open(&self) -> bool {
        self.lanes()
            .iter()
            .any(|lane| lane.playlist.first_open().is_some())
    }

    /// How much of its tracks is made and was not heard.
    pub(super) fn unheard(&self) -> Duration {
        self.lanes().iter().map(|lane| lane.unheard()).sum()
    }
}

/// All queues of a deck, and the numbers of their tracks.
pub(super) struct Queues {
    queues: BTreeMap<QueueId, Queue>,
    next_queue: u64,
    next_track: u64,
}

impl Queues {
    /// With the first one.
    pub(super) fn new() -> Self {
        Self {
            queues: BTreeMap::from([(QueueId::FIRST, Queue::default())]),
            next_queue: QueueId::FIRST.0 + 1,
            next_track: 0,
        }
    }

    pub(super) fn add(&mut self, options: QueueOptions) -> Result<QueueId, QueueError> {
        if self.queues.len() >= QUEUES {
            return Err(QueueError::TooMany);
        }
        let id = QueueId(self.next_queue);
        self.next_queue += 1;
        let queue = Queue {
            volume: options.volume,
            ..Queue::default()
        };
        self.queues.insert(id, queue);
        Ok(id)
    }

    /// Adds a track behind all others of a queue that are as urgent.
    pub(super) fn add_track(
        &mut self,
        queue: QueueId,
        options: TrackOptions,
        urgent: Option<Interrupt>,
        wanted: Arc<Wanted>,
        on_end: OnEnd,
    ) -> Result<(LaneId, TrackId), QueueError> {
        let id = TrackId(self.next_track);
        let rank = match urgent {
            Some(_) => Rank::Urgent,
            None => Rank::Normal,
        };
        let mut track = Track::new(id, options, wanted, on_end);
        track.interrupt = urgent;
        self.present_mut(queue)?.lane_mut(rank).playlist.add(track);
        self.next_track += 1;
        Ok((LaneId { queue, rank }, id))
    }

    /// A queue that was not removed.
    pub(super) fn present(&self, id: QueueId) -> Result<&Queue, QueueError> {
        let queue = self.queues.get(&id).filter(|queue| !queue.is_removed);
        queue.ok_or(QueueError::Gone)
    }

    pub(super) fn present_mut(&mut self, id: QueueId) -> Result<&mut Queue, QueueError> {
        let queue = self.queues.get_mut(&id).filter(|queue| !queue.is_removed);
        queue.ok_or(QueueError::Gone)
    }

    pub(super) fn get(&self, id: QueueId) -> Option<&Queue> {
        self.queues.get(&id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (QueueId, &Queue)> {
        self.queues.iter().map(|(id, queue)| (*id, queue))
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Queue> {
        self.queues.values_mut()
    }

    pub(super) fn lane(&self, id: LaneId) -> Option<&Lane> {
        Some(self.queues.get(&id.queue)?.lane(id.rank))
    }

    pub(super) fn lane_mut(&mut self, id: LaneId) -> Option<&mut Lane> {
        Some(self.queues.get_mut(&id.queue)?.lane_mut(id.rank))
    }

    pub(super) fn lanes_mut(&mut self) -> impl Iterator<Item = &mut Lane> {
        self.queues.values_mut().flat_map(Queue::lanes_mut)
    }

    pub(super) fn lanes_by_id(&mut self) -> impl Iterator<Item = (LaneId, &mut Lane)> {
        self.queues.iter_mut().flat_map(|(&queue, lanes)| {
            let Queue { normal, urgent, .. } = lanes;
            let id = |rank| LaneId { queue, rank };
            [(id(Rank::Normal), normal), (id(Rank::Urgent), urgent)]
        })
    }

    /// The lane that holds a track.
    pub(super) fn lane_of(&self, track: TrackId) -> Option<LaneId> {
        let has_it = |lane: &Lane| lane.playlist.get(track).is_some();
        self.queues.iter().find_map(|(&queue, lanes)| {
            let rank = match () {
                () if has_it(&lanes.normal) => Rank::Normal,
                () if has_it(&lanes.urgent) => Rank::Urgent,
                () => return None,
            };
            Some(LaneId { queue, rank })
        })
    }

    pub(super) fn track(&self, id: TrackId) -> Option<&Track> {
        self.lane(self.lane_of(id)?)?.playlist.get(id)
    }

    pub(super) fn track_mut(&mut self, id: TrackId) -> Option<&mut Track> {
        let lane = self.lane_of(id)?;
        self.lane_mut(lane)?.playlist.get_mut(id)
    }

    /// Forgets those that were removed and are not owed anything, but for the one that `is_on` says.
    pub(super) fn forget_removed(&mut self, is_on: impl Fn(QueueId) -> bool) {
        self.queues
            .retain(|id, queue| !queue.is_removed || queue.has_open() || is_on(*id));
    }
}
