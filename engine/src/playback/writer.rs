//! The writer of a track: where whoever makes frames pushes them.

use super::deck::{Deck, Rank};
use super::error::{PlaybackError, PushError};
use super::queue::QueueId;
use super::shared::Shared;
use super::track::{Mark, TrackId, Wanted};
use parking_lot::MutexGuard;
use std::sync::Arc;
use std::time::Duration;

/// How long a push waits at most before it looks again whether the frames are still wanted.
const LONGEST_NAP: Duration = Duration::from_millis(100);

/// Takes the frames and marks of one track. The track is complete when the writer says so or is gone; nothing is owed
/// after that.
pub struct TrackWriter {
    id: TrackId,
    queue: QueueId,
    rank: Rank,
    wanted: Arc<Wanted>,
    shared: Arc<Shared>,
}

impl TrackWriter {
    pub(super) fn new(
        id: TrackId,
        queue: QueueId,
        rank: Rank,
        wanted: Arc<Wanted>,
        shared: Arc<Shared>,
    ) -> Self {
        Self {
            id,
            queue,
            rank,
            wanted,
            shared,
        }
    }

    /// The track.
    pub fn id(&self) -> TrackId {
        self.id
    }

    /// The queue that it is of.
    pub fn queue(&self) -> QueueId {
        self.queue
    }

    /// Whether a push would not wait.
    pub fn has_room(&self) -> bool {
        self.shared.look(|deck| deck.has_room(self.queue, self.rank))
    }

    /// Whether more of it is wanted. Not after a stop or a skip.
    pub fn is_wanted(&self) -> bool {
        self.wanted.is_wanted()
    }

    pub(crate) fn wanted(&self) -> Arc<Wanted> {
        Arc::clone(&self.wanted)
    }

    /// Sets the track's rate, before its first frame.
    ///
    /// # Errors
    ///
    /// [`PlaybackError::Rate`] if it cannot be resampled.
    pub fn set_rate(&mut self, rate: u32) -> Result<(), PlaybackError> {
        let mut deck = self.shared.deck.lock();
        deck.accept(rate)?;
        if let Some(track) = deck.track_mut(self.id)
            && track.length() == 0
        {
            track.options.rate = rate;
        }
        Ok(())
    }

    /// Appends frames, mono at the track's rate, full scale ±1.0. Waits while more than
    /// [`PlayerOptions::ahead`](super::PlayerOptions::ahead) of its queue waits to be heard, without using the CPU; a stop ends the
    /// wait.
    ///
    /// # Errors
    ///
    /// [`PushError::Stopped`] if they are not wanted any more, [`PushError::OutputLost`] and [`PushError::Closed`] if
    /// nobody will hear them. None of them were taken then.
    pub fn push(&mut self, frames: impl Into<Arc<[f32]>>) -> Result<(), PushError> {
        self.push_with_marks(frames, [])
    }

    /// The same, with marks that belong to these frames or to some before.
    ///
    /// # Errors
    ///
    /// As for [`push`](Self::push).
    pub fn push_with_marks(
        &mut self,
        frames: impl Into<Arc<[f32]>>,
        marks: impl IntoIterator<Item = Mark>,
    ) -> Result<(), PushError> {
        let frames = frames.into();
        let mut deck = self.shared.deck.lock();
        loop {
            self.check(&deck)?;
            if deck.has_room(self.queue, self.rank) {
                break;
            }
            self.shared.changed.wait_for(&mut deck, LONGEST_NAP);
        }
        self.add(deck, frames, marks);
        Ok(())
    }

    /// The same without waiting for room: for who has asked for it before.
    ///
    /// # Errors
    ///
    /// As for [`push`](Self::push).
    pub(crate) fn push_at_once(
        &mut self,
        frames: impl Into<Arc<[f32]>>,
        marks: impl IntoIterator<Item = Mark>,
    ) -> Result<(), PushError> {
        let frames = frames.into();
        let deck = self.shared.deck.lock();
        self.check(&deck)?;
        self.add(deck, frames, marks);
        Ok(())
    }

    /// Whether frames are taken.
    fn check(&self, deck: &Deck) -> Result<(), PushError> {
        match deck.refusal() {
            Some(refusal) => Err(refusal),
            None if !self.wanted.is_wanted() => Err(PushError::Stopped),
            None => Ok(()),
        }
    }

    fn add(&self, mut deck: MutexGuard<'_, Deck>, frames: Arc<[f32]>, marks: impl IntoIterator<Item = Mark>) {
        if let Some(track) = deck.track_mut(self.id) {
            // Marks first: a mark at a frame that has been heard already would be passed over.
            marks.into_iter().for_each(|mark| track.mark(mark));
            track.push(frames);
        }
        drop(deck);
        self.shared.wake();
    }

    /// It is not known when more will come. When what is there has been heard there is silence, as at the end of the track, and
    /// no underrun, until more is pushed. The track keeps its turn.
    pub fn rest(&mut self) {
        if let Some(track) = self.shared.deck.lock().track_mut(self.id) {
            track.rest();
        }
        self.shared.wake();
    }

    /// Nothing more will come. Dropping the writer does the same.
    pub fn finish(self) {}
}

impl Drop for TrackWriter {
    fn drop(&mut self) {
        if let Some(track) = self.shared.deck.lock().track_mut(self.id) {
            track.complete();
        }
        self.shared.wake();
    }
}
