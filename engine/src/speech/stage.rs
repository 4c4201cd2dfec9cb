//! Where speech goes to be heard: what the inference thread needs of a queue of the player, and no more.
//!
//! A [`Stage`] is one queue: a [`TrackQueue`] of a player, or in tests one whose room and playhead are turned by hand.

use super::synthesizer::CancelFlag;
use crate::playback::{
    CommandId, Extent, Interrupt, Mark, PlaybackError, PushError, QueueError, Stop, TrackEnd, TrackId,
    TrackOptions, TrackQueue, TrackWriter,
};
use std::sync::Arc;
use std::time::Duration;

/// Called once, when a track has ended, with how far it was heard.
pub(super) type OnEnd = Box<dyn FnOnce(TrackEnd, Extent) + Send>;

/// How much of a queue is made and not heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Supply {
    /// Whether more may be made.
    pub(super) has_room: bool,
    /// Whether nothing is left to be heard.
    pub(super) is_dry: bool,
    /// How long it takes to hear what is left.
    pub(super) ahead: Duration,
}

/// A queue of a player.
///
/// It is asked under the lock of the desk, so nothing here waits, or calls back into speech but by `on_end`.
pub(super) trait Stage: Send + Sync {
    /// Adds a track behind the others of the queue, or ahead of all that is not urgent.
    fn add_track(
        &self,
        options: TrackOptions,
        urgent: Option<Interrupt>,
        on_end: OnEnd,
    ) -> Result<Box<dyn Track>, PlaybackError>;

    /// How its supply is: of what is urgent in it, or of what is not.
    fn supply(&self, urgent: bool) -> Supply;

    /// Ends all its tracks.
    fn stop(&self, how: Stop) -> Result<CommandId, QueueError>;
}

/// A track that is being made. It is complete when it is dropped.
pub(super) trait Track: Send {
    fn id(&self) -> TrackId;

    /// A flag that is set when its frames are not wanted any more.
    fn stopped(&self) -> CancelFlag;

    fn set_rate(&mut self, rate: u32) -> Result<(), PlaybackError>;

    /// Appends frames, with marks that belong to these frames or to some before.
    fn push(&mut self, frames: Arc<[f32]>, marks: Vec<Mark>) -> Result<(), PushError>;

    /// It is not known when more frames come: that there are none is as it should be.
    fn rest(&mut self);
}

impl Stage for TrackQueue {
    fn add_track(
        &self,
        options: TrackOptions,
        urgent: Option<Interrupt>,
        on_end: OnEnd,
    ) -> Result<Box<dyn Track>, PlaybackError> {
        Ok(Box::new(self.add_track_with(options, urgent, on_end)?))
    }

    fn supply(&self, urgent: bool) -> Supply {
        Supply {
            has_room: self.has_room(urgent),
            is_dry: self.is_dry(urgent),
            ahead: self.ahead(urgent),
        }
    }

    fn stop(&self, how: Stop) -> Result<CommandId, QueueError> {
        TrackQueue::stop(self, how)
    }
}

impl Track for TrackWriter {
    fn id(&self) -> TrackId {
        TrackWriter::id(self)
    }

    fn stopped(&self) -> CancelFlag {
        CancelFlag::of_track(self.wanted())
    }

    fn set_rate(&mut self, rate: u32) -> Result<(), PlaybackError> {
        TrackWriter::set_rate(self, rate)
    }

    fn push(&mut self, frames: Arc<[f32]>, marks: Vec<Mark>) -> Result<(), PushError> {
        self.push_at_once(frames, marks)
    }

    fn rest(&mut self) {
        TrackWriter::rest(self);
    }
}
