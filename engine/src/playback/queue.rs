//! Queues: a playlist for each of those who share a player, and the handle of one.
//!
//! All of them are heard on one output, one track at a time: the one that was asked for first has its turn first,
//! whichever queue it is of. A queue is stopped, paused, gone back in and made quieter without a word to the others; an
//! urgent track interrupts what is not. Whoever has a [`Player`](super::Player) adds queues, and gives each client a
//! [`TrackQueue`].

use super::deck::Rank;
use super::error::{PlaybackError, QueueError, SeekError};
use super::player::{SHORT_FADE, Stop};
use super::shared::Shared;
use super::track::{OnEnd, Position, TrackId, TrackOptions};
use super::valve::CommandId;
use super::volume::Volume;
use super::writer::TrackWriter;
use super::{Seek, line::FADE};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Queues that a player can have, its first one included.
pub const QUEUES: usize = 256;

/// Numbers the queues of a player. A number is never given again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueueId(pub(crate) u64);

impl QueueId {
    /// The queue that a player begins with, which its own methods serve. It cannot be removed.
    pub const FIRST: Self = Self(0);
}

impl fmt::Display for QueueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a queue begins with.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub struct QueueOptions {
    /// Its own volume, mute and balance, which come on top of the player's.
    pub volume: Volume,
}

/// What becomes of a track that an urgent one interrupts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Interrupt {
    /// It goes on after the urgent ones, from the beginning of the word in which it was interrupted, or from the very frame
    /// if it has no words.
    #[default]
    Resume,
    /// It is stopped.
    Discard,
}

/// One queue of a player. Clones are the same queue. Dropping it changes nothing: it ends by
/// [`remove`](Self::remove), or with its player.
#[derive(Clone)]
pub struct TrackQueue {
    shared: Arc<Shared>,
    id: QueueId,
}

impl TrackQueue {
    pub(super) fn new(shared: Arc<Shared>, id: QueueId) -> Self {
        Self { shared, id }
    }

    /// Its number.
    pub fn id(&self) -> QueueId {
        self.id
    }

    /// Adds a track behind all others of this queue.
    ///
    /// # Errors
    ///
    /// As for [`Player::add_track`](super::Player::add_track), and [`PlaybackError::Queue`] if the queue was removed.
    pub fn add_track(&self, options: TrackOptions) -> Result<TrackWriter, PlaybackError> {
        self.add_track_with(options, None, Box::new(|_, _| {}))
    }

    /// Adds an urgent track: as soon as it has frames, what is heard is faded out for it, unless that is urgent itself.
    /// Urgent tracks are heard in the order in which they were asked for, none interrupts another, and while one of them is
    /// heard the next one is waited for.
    ///
    /// # Errors
    ///
    /// As for [`add_track`](Self::add_track).
    pub fn add_urgent(
        &self,
        options: TrackOptions,
        interrupt: Interrupt,
    ) -> Result<TrackWriter, PlaybackError> {
        self.add_track_with(options, Some(interrupt), Box::new(|_, _| {}))
    }

    /// Either of them, and calls `on_end` once when the track has ended, in whichever way: see
    /// [`Player::add_track_with`](super::Player::add_track_with).
    pub(crate) fn add_track_with(
        &self,
        options: TrackOptions,
        urgent: Option<Interrupt>,
        on_end: OnEnd,
    ) -> Result<TrackWriter, PlaybackError> {
        let (shared, queue) = (&self.shared, self.id);
        let added = shared.with_deck(|deck| deck.add(queue, options, urgent, on_end, &shared.valve));
        let (id, wanted) = added?;
        Ok(TrackWriter::new(
            id,
            queue,
            rank_of(urgent),
            wanted,
            Arc::clone(shared),
        ))
    }

    /// Ends all tracks of this queue, and a pause of it. If it is heard, the device fades out from its next callback on;
    /// others have their turn then. A pause of the player goes on.
    ///
    /// # Errors
    ///
    /// [`QueueError::Gone`].
    pub fn stop(&self, how: Stop) -> Result<CommandId, QueueError> {
        let shared = &self.shared;
        let fade = match how {
            Stop::Now => Some(SHORT_FADE),
            Stop::Fade => Some(FADE),
            Stop::Drain => None,
        };
        shared.with_deck(|deck| deck.stop_queue(self.id, fade, &shared.valve))
    }

    /// Fades out if it is heard, and leaves the turn to others until it is [resumed](Self::resume).
    ///
    /// # Errors
    ///
    /// [`QueueError::Gone`].
    pub fn pause(&self) -> Result<CommandId, QueueError> {
        let shared = &self.shared;
        shared.with_deck(|deck| deck.pause_queue(self.id, &shared.valve))
    }

    /// Goes on where [`pause`](Self::pause) left off: at once if nothing else is heard, otherwise when the track that is
    /// heard, or is in the device's queue already, has ended. An urgent track interrupts again.
    ///
    /// # Errors
    ///
    /// [`QueueError::Gone`].
    pub fn resume(&self) -> Result<CommandId, QueueError> {
        let shared = &self.shared;
        shared.with_deck(|deck| deck.resume_queue(self.id, &shared.valve))
    }

    /// Whether this queue is paused. That the player is says
    /// [`Player::is_paused`](super::Player::is_paused).
    pub fn is_paused(&self) -> bool {
        self.shared.look(|deck| deck.is_queue_paused(self.id))
    }

    /// Ends one track of this queue: if it is heard it is left as by a [`skip`](Self::skip), else nothing of it will be heard.
    /// Does nothing if it has ended.
    ///
    /// # Errors
    ///
    /// [`QueueError::Gone`] if the queue was removed.
    pub fn cancel(&self, track: TrackId) -> Result<(), QueueError> {
        let shared = &self.shared;
        shared.with_deck(|deck| deck.cancel(self.id, track, &shared.valve))
    }

    /// Leaves the track of this queue that is heard, or would be, and goes on with its next one when that has its turn.
    ///
    /// # Errors
    ///
    /// [`SeekError::Nothing`] if there is no track, [`SeekError::Queue`] if the queue was removed.
    pub fn skip(&self) -> Result<CommandId, SeekError> {
        let shared = &self.shared;
        shared.with_deck(|deck| deck.skip(self.id, &shared.valve))
    }

    /// Goes to a place in the track of this queue that is heard, would be, or was heard last. While it is the turn of
    /// others, it is there when they are done.
    ///
    /// # Errors
    ///
    /// As for [`Player::seek`](super::Player::seek), and [`SeekError::Queue`] if the queue was removed.
    pub fn seek(&self, to: Seek) -> Result<CommandId, SeekError> {
        let shared = &self.shared;
        shared.with_deck(|deck| deck.seek(self.id, to, &shared.valve))
    }

    /// Plays the last sentence of this queue again: see [`Player::replay`](super::Player::replay).
    ///
    /// # Errors
    ///
    /// As for [`Player::replay`](super::Player::replay), and [`SeekError::Queue`] if the queue was removed.
    pub fn replay(&self) -> Result<CommandId, SeekError> {
        let shared = &self.shared;
        shared.with_deck(|deck| deck.replay(self.id, &shared.valve))
    }

    /// Its own volume, mute and balance; the default if it was removed.
    pub fn volume(&self) -> Volume {
        self.shared.look(|deck| deck.queue_volume(self.id))
    }

    /// Sets its own volume, mute and balance: by ramps of 20 ms if it is heard, otherwise from its next turn on.
    ///
    /// # Errors
    ///
    /// [`PlaybackError::OutputUnresponsive`] if the device takes no commands, [`PlaybackError::Queue`] if the queue was
    /// removed.
    pub fn set_volume(&self, volume: Volume) -> Result<CommandId, PlaybackError> {
        let shared = &self.shared;
        shared.with_deck(|deck| deck.set_queue_volume(self.id, volume, &shared.valve))
    }

    /// The place of this queue that is heard now, or at which it goes on.
    pub fn position(&self) -> Option<Position> {
        let shared = &self.shared;
        shared.look(|deck| {
            deck.follow(&shared.valve, shared.clock.now());
            deck.queue_position(self.id)
        })
    }

    /// How much of its tracks is made and was not heard.
    pub fn unheard(&self) -> Duration {
        self.shared.look(|deck| deck.unheard(self.id))
    }

    /// Whether more may be made of tracks that are urgent, or of those that are not: less than
    /// [`PlayerOptions::ahead`](super::PlayerOptions::ahead) of them is unheard. A push waits for it.
    pub fn has_room(&self, urgent: bool) -> bool {
        let rank = rank_of(urgent.then_some(Interrupt::Resume));
        self.shared.look(|deck| deck.has_room(self.id, rank))
    }

    /// Whether nothing is left to be heard of tracks that are urgent, or of those that are not.
    pub fn is_dry(&self, urgent: bool) -> bool {
        let rank = rank_of(urgent.then_some(Interrupt::Resume));
        self.shared.look(|deck| deck.is_dry(self.id, rank))
    }

    /// How long it takes to hear what is left of tracks that are urgent, or of those that are not.
    pub fn ahead(&self, urgent: bool) -> Duration {
        let rank = rank_of(urgent.then_some(Interrupt::Resume));
        self.shared.look(|deck| deck.ahead(self.id, rank))
    }

    /// Ends all its tracks as a stop does, and forgets it. Nothing more is taken for it.
    ///
    /// # Errors
    ///
    /// [`QueueError::Gone`] if it was removed before, [`QueueError::First`] if it is the [first](QueueId::FIRST).
    pub fn remove(&self) -> Result<CommandId, QueueError> {
        let shared = &self.shared;
        shared.with_deck(|deck| deck.remove_queue(self.id, &shared.valve))
    }
}

fn rank_of(urgent: Option<Interrupt>) -> Rank {
    match urgent {
        Some(_) => Rank::Urgent,
        None => Rank::Normal,
    }
}
