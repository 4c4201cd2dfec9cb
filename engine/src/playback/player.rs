//! The player: the handle of playback, for any thread.
//!
//! Behind it are the [deck](super::deck), which any thread may have for a moment, the [valve](super::valve), by which a
//! stop reaches the renderer without waiting for anybody, and the playback thread, which comes by the deck every few
//! milliseconds while there is something to do. No call waits, but those that say so.

use super::counters::{Counters, OutputLoad};
use super::deck::{Deck, Seek};
use super::error::{PlaybackError, PushError, QueueError, SeekError};
use super::event::{Effect, OpenOutput, PlaybackEvents, Tap};
use super::line::{FADE, Line};
use super::options::PlayerOptions;
use super::output::{OutputBackend, OutputError, OutputInfo, OutputSelection};
use super::queue::{QueueId, QueueOptions, TrackQueue};
use super::realtime::clock::Clock;
use super::realtime::status::Mode;
use super::shared::Shared;
use super::track::{OnEnd, Position, TrackOptions};
use super::valve::{CommandId, Unresponsive, Valve};
use super::volume::Volume;
use super::writer::TrackWriter;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The fade of a stop that is to be heard as immediate.
pub(super) const SHORT_FADE: Duration = Duration::from_millis(2);

/// How a stop ends what is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stop {
    /// By a fade of 2 ms.
    Now,
    /// By a fade of 8 ms.
    #[default]
    Fade,
    /// Not at all: what is made already is heard to its end, and no more is made.
    Drain,
}

/// Plays tracks on an output. Clones are the same player; it closes when [`close`](Self::close) is called, or the last
/// one is gone.
#[derive(Clone)]
pub struct Player(Arc<Handle>);

struct Handle {
    shared: Arc<Shared>,
    backend: Arc<dyn OutputBackend>,
}

impl Player {
    /// Opens an output and starts it. It plays silence until tracks are added.
    ///
    /// # Errors
    ///
    /// [`PlaybackError::Output`] if the output cannot be found, opened or started; [`PlaybackError::Thread`] if there
    /// is no thread.
    pub fn open(
        backend: Arc<dyn OutputBackend>,
        selection: &OutputSelection,
        options: &PlayerOptions,
    ) -> Result<Self, PlaybackError> {
        let clock = Clock::monotonic();
        let (line, inlet) = Line::open(backend.as_ref(), selection, options, &clock)?;
        Self::start(backend, clock, options, |deck, valve| {
            deck.begin(line, inlet, selection.clone(), valve);
        })
    }

    /// The same, but opens nothing until there is a track to be heard; an event tells then that the output is open. If it
    /// cannot be opened, all tracks that wait fail with that error at once, and the next one tries again. Nothing else waits
    /// for it, however long it takes.
    ///
    /// # Errors
    ///
    /// [`PlaybackError::Thread`] if there is no thread.
    pub fn closed(
        backend: Arc<dyn OutputBackend>,
        selection: &OutputSelection,
        options: &PlayerOptions,
    ) -> Result<Self, PlaybackError> {
        Self::start(backend, Clock::monotonic(), options, |deck, _| {
            deck.begin_closed(selection.clone());
        })
    }

    fn start(
        backend: Arc<dyn OutputBackend>,
        clock: Clock,
        options: &PlayerOptions,
        begin: impl FnOnce(&mut Deck, &Valve),
    ) -> Result<Self, PlaybackError> {
        let shared = Shared::start(Arc::clone(&backend), clock, options, begin)?;
        Ok(Self(Arc::new(Handle { shared, backend })))
    }

    /// What happens from now on. Every caller gets all of it; one who does not read disturbs nobody. The output that was
    /// opened first is no event: [`output`](Self::output) tells it.
    pub fn events(&self) -> PlaybackEvents {
        self.0.shared.listeners.add()
    }

    /// Calls `bell` whenever a queue has room again that had none when it was asked, and when something has happened to a
    /// track: for who makes frames and has none to make meanwhile. It is called by the playback thread, or by whoever ends a
    /// track, with no lock held, and must not wait. There is one at a time.
    pub fn set_bell(&self, bell: Arc<dyn Fn() + Send + Sync>) {
        *self.0.shared.bell.lock() = Some(bell);
    }

    /// Has `tap` told every event as it happens, where none may be lost and nobody waits. It must not wait either. There is
    /// one at a time.
    pub(crate) fn set_tap(&self, tap: Tap) {
        *self.0.shared.tap.lock() = Some(tap);
    }

    /// Adds a queue, for a client of its own: see [`TrackQueue`].
    ///
    /// # Errors
    ///
    /// [`PlaybackError::Queue`] if there are [`QUEUES`](super::QUEUES) already, [`PlaybackError::Closed`].
    pub fn add_queue(&self, options: QueueOptions) -> Result<TrackQueue, PlaybackError> {
        let shared = &self.0.shared;
        let id = shared.with_deck(|deck| deck.add_queue(options))?;
        Ok(TrackQueue::new(Arc::clone(shared), id))
    }

    /// A queue by its number. [`QueueId::FIRST`] is the one that this player's own methods serve.
    ///
    /// # Errors
    ///
    /// [`QueueError::Gone`] if it was removed, or never was.
    pub fn queue(&self, id: QueueId) -> Result<TrackQueue, QueueError> {
        let shared = &self.0.shared;
        match shared.look(|deck| deck.has_queue(id)) {
            true => Ok(TrackQueue::new(Arc::clone(shared), id)),
            false => Err(QueueError::Gone),
        }
    }

    /// Ends all tracks of a queue by a fade, and forgets it: see [`TrackQueue::remove`].
    ///
    /// # Errors
    ///
    /// As for [`TrackQueue::remove`].
    pub fn remove_queue(&self, id: QueueId) -> Result<CommandId, QueueError> {
        let shared = &self.0.shared;
        shared.with_deck(|deck| deck.remove_queue(id, &shared.valve))
    }

    /// Adds a track behind all others of the first queue, and gives what its frames are pushed into.
    ///
    /// # Errors
    ///
    /// [`PlaybackError::Rate`] if its rate cannot be resampled, [`PlaybackError::OutputLost`] if there has been no output
    /// for long, [`PlaybackError::Closed`].
    pub fn add_track(&self, options: TrackOptions) -> Result<TrackWriter, PlaybackError> {
        self.add_track_with(options, Box::new(|_, _| {}))
    }

    /// The same, and calls `on_end` once when the track has ended, in whichever way. It is called by the playback thread
    /// or by whoever ends the track, with no lock held; it must not wait.
    pub(crate) fn add_track_with(
        &self,
        options: TrackOptions,
        on_end: OnEnd,
    ) -> Result<TrackWriter, PlaybackError> {
        let first = TrackQueue::new(Arc::clone(&self.0.shared), QueueId::FIRST);
        first.add_track_with(options, None, on_end)
    }

    /// Fades out, whichever queue is heard, and waits for [`resume`](Self::resume). What is queued stays queued.
    ///
    /// # Errors
    ///
    /// [`PlaybackError::OutputUnresponsive`] if the device takes no commands.
    pub fn pause(&self) -> Result<CommandId, PlaybackError> {
        let shared = &self.0.shared;
        Ok(shared.with_deck(|deck| deck.pause(&shared.valve))?)
    }

    /// Fades in again where [`pause`](Self::pause) left off. Does nothing without a pause.
    ///
    /// # Errors
    ///
    /// [`PlaybackError::OutputUnresponsive`] if the device takes no commands.
    pub fn resume(&self) -> Result<CommandId, PlaybackError> {
        let shared = &self.0.shared;
        Ok(shared.with_deck(|deck| deck.resume(&shared.valve))?)
    }

    /// Whether it is paused, or will be as soon as there is an output.
    pub fn is_paused(&self) -> bool {
        self.0.shared.look(|deck| deck.is_paused())
    }

    /// Ends all tracks of all queues that were added before this call, and every pause. Nothing more of them is taken; what is added
    /// afterwards is heard at once. Never fails, and waits for nothing: the device fades out from its next callback on.
    pub fn stop(&self, how: Stop) -> CommandId {
        let shared = &self.0.shared;
        let fade = match how {
            Stop::Now => SHORT_FADE,
            Stop::Fade => FADE,
            Stop::Drain => return shared.with_deck(|deck| deck.stop_when_drained(&shared.valve)),
        };
        // Ahead of the deck, which may be in the hands of the feed.
        let command = shared.valve.stop(fade);
        shared.with_deck(|_| {});
        command
    }

    /// Leaves the track of the first queue that is heard, and goes on with the next. What was paused stays paused.
    ///
    /// # Errors
    ///
    /// [`SeekError::Nothing`] if there is no track.
    pub fn skip(&self) -> Result<CommandId, SeekError> {
        let shared = &self.0.shared;
        shared.with_deck(|deck| deck.skip(QueueId::FIRST, &shared.valve))
    }

    /// Goes to a place in the track of the first queue that is heard, or was heard last, as far as its frames are there.
    ///
    /// # Errors
    ///
    /// [`SeekError::OutOfReach`] if they are not, [`SeekError::Nothing`] if there is no track.
    pub fn seek(&self, to: Seek) -> Result<CommandId, SeekError> {
        let shared = &self.0.shared;
        shared.with_deck(|deck| deck.seek(QueueId::FIRST, to, &shared.valve))
    }

    /// Plays from the beginning of the sentence of the first queue that is heard; if that has begun less than a second ago, of the one
    /// before it. Works after a stop, too.
    ///
    /// # Errors
    ///
    /// [`SeekError::Nothing`] if nothing was heard, [`SeekError::OutOfReach`] if it is not kept any more.
    pub fn replay(&self) -> Result<CommandId, SeekError> {
        let shared = &self.0.shared;
        shared.with_deck(|deck| deck.replay(QueueId::FIRST, &shared.valve))
    }

    /// The volume, mute and balance of all queues together.
    pub fn volume(&self) -> Volume {
        self.0.shared.look(|deck| deck.volume())
    }

    /// Sets volume, mute and balance, by ramps of 20 ms. They stay when the output changes.
    ///
    /// # Errors
    ///
    /// [`PlaybackError::OutputUnresponsive`] if the device takes no commands.
    pub fn set_volume(&self, volume: Volume) -> Result<CommandId, PlaybackError> {
        let shared = &self.0.shared;
        Ok(shared.with_deck(|deck| deck.set_volume(volume, &shared.valve))?)
    }

    /// Changes to another output, or, with the default one, back to whatever the system says. The old one sounds until
    /// the new one is open, and goes on if that fails; events tell either.
    pub fn set_route(&self, selection: OutputSelection) -> CommandId {
        let shared = &self.0.shared;
        shared.with_deck(|deck| deck.set_route(selection, &shared.valve))
    }

    /// The output that was asked for last, and could be opened.
    pub fn route(&self) -> OutputSelection {
        self.0.shared.look(|deck| deck.route().clone())
    }

    /// The output that is open; `None` while there is none.
    pub fn output(&self) -> Option<OpenOutput> {
        self.0.shared.look(|deck| deck.output())
    }

    /// Closes the output if nothing is to be heard, to be opened again with the next track; whether none is open then. Waits
    /// for nothing. For a program that idles: an open device keeps asking for silence.
    pub fn release_output(&self) -> bool {
        let shared = &self.0.shared;
        shared.with_deck(|deck| {
            deck.follow(&shared.valve, shared.clock.now());
            deck.release(&shared.valve)
        })
    }

    /// The outputs that there are.
    ///
    /// # Errors
    ///
    /// What [`OutputBackend::outputs`] gives.
    pub fn outputs(&self) -> Result<Vec<OutputInfo>, OutputError> {
        self.0.backend.outputs()
    }

    /// What the renderer does.
    pub fn mode(&self) -> Mode {
        self.0.shared.look(|deck| deck.mode())
    }

    /// Where every frame went.
    pub fn counters(&self) -> Counters {
        let shared = &self.0.shared;
        shared.look(|deck| deck.counters(&shared.valve))
    }

    /// How the open output is doing.
    pub fn load(&self) -> OutputLoad {
        let shared = &self.0.shared;
        shared.look(|deck| deck.load(&shared.valve))
    }

    /// The place that is heard now, whichever queue it is of.
    pub fn position(&self) -> Option<Position> {
        let shared = &self.0.shared;
        shared.look(|deck| {
            deck.follow(&shared.valve, shared.clock.now());
            deck.position()
        })
    }

    /// The effect of a command; waits for it for `timeout` at most. The last 128 are known.
    pub fn wait_for(&self, command: CommandId, timeout: Duration) -> Option<Effect> {
        let deadline = Instant::now() + timeout;
        let mut deck = self.0.shared.deck.lock();
        loop {
            if let Some(effect) = deck.effect(command) {
                return Some(effect);
            }
            if self.0.shared.changed.wait_until(&mut deck, deadline).timed_out() {
                return deck.effect(command);
            }
        }
    }

    /// Waits until all that was added has been heard, the device's latency included, or was stopped. While paused, or
    /// while a track is not complete, it waits on.
    ///
    /// # Errors
    ///
    /// [`PlaybackError::OutputLost`] if there has been no output for long, [`PlaybackError::Output`] if there was none and it
    /// could not be opened, and [`PlaybackError::Closed`].
    pub fn wait_until_drained(&self) -> Result<(), PlaybackError> {
        let shared = &self.0.shared;
        let mut deck = shared.deck.lock();
        loop {
            match deck.refusal() {
                Some(PushError::OutputLost(reason)) => return Err(PlaybackError::OutputLost(reason)),
                Some(_) => return Err(PlaybackError::Closed),
                None if deck.is_drained() => return deck.failure().map_or(Ok(()), |error| Err(error.into())),
                None => {}
            }
            // The playback thread says when something has changed; that time passes, it does not say.
            shared.changed.wait_for(&mut deck, Duration::from_millis(10));
        }
    }

    /// Stops the device and closes it; what waits is not heard, and its tracks end with
    /// [`TrackEnd::Failed`](super::TrackEnd::Failed). Everybody who pushes or waits gets
    /// [`Closed`](PlaybackError::Closed). Its thread has ended when this returns, which is within half a second even if the
    /// device hangs.
    pub fn close(&self) {
        self.0.shared.close();
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.close();
    }
}

impl From<Unresponsive> for PlaybackError {
    fn from(_: Unresponsive) -> Self {
        Self::OutputUnresponsive
    }
}
