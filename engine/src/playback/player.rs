//! The player: the handle of playback, for any thread.
//!
//! Behind it are the [deck](super::deck), which any thread may have for a moment, the [valve](super::valve), by which a
//! stop reaches the renderer without waiting for anybody, and the playback thread, which comes by the deck every few
//! milliseconds while there is something to do. No call waits, but those that say so.

use super::counters::{Counters, OutputLoad};
use super::deck::{Deck, Seek};
use super::device::DeviceThread;
use super::error::{PlaybackError, PushError, SeekError};
use super::event::{Effect, Listeners, OpenOutput, PlaybackEvents};
use super::line::{FADE, Line};
use super::options::PlayerOptions;
use super::output::{OutputBackend, OutputError, OutputInfo, OutputSelection};
use super::realtime::clock::Clock;
use super::realtime::status::Mode;
use super::shared::Shared;
use super::track::{OnEnd, Position, TrackOptions};
use super::valve::{CommandId, Unresponsive, Valve};
use super::volume::Volume;
use super::writer::TrackWriter;
use parking_lot::{Condvar, Mutex};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// The fade of a stop that is to be heard as immediate.
const SHORT_FADE: Duration = Duration::from_millis(2);

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
        let shared = Arc::new_cyclic(|shared: &Weak<Shared>| {
            let wake = {
                let shared = Weak::clone(shared);
                Arc::new(move || {
                    if let Some(shared) = shared.upgrade() {
                        shared.work.notify_all();
                    }
                })
            };
            let devices = DeviceThread::new(Arc::clone(&backend), options.clone(), clock.clone(), wake);
            let valve = Valve::new();
            let mut deck = Deck::new(options.clone(), clock.clone(), Box::new(devices));
            deck.begin(line, inlet, selection.clone(), &valve);
            // It is open before anybody can listen: `output` tells, and no event.
            drop(deck.take_outbox());
            Shared {
                deck: Mutex::new(deck),
                valve,
                work: Condvar::new(),
                changed: Condvar::new(),
                listeners: Listeners::default(),
                clock,
                thread: Mutex::default(),
            }
        });
        let thread = thread::Builder::new().name("utter-playback".into()).spawn({
            let shared = Arc::clone(&shared);
            move || shared.run()
        });
        let player = Self(Arc::new(Handle { shared, backend }));
        match thread {
            Ok(thread) => {
                *player.0.shared.thread.lock() = Some(thread);
                Ok(player)
            }
            Err(error) => Err(PlaybackError::Thread(error.to_string())),
        }
    }

    /// What happens from now on. Every caller gets all of it; one who does not read disturbs nobody. The output that was
    /// opened first is no event: [`output`](Self::output) tells it.
    pub fn events(&self) -> PlaybackEvents {
        self.0.shared.listeners.add()
    }

    /// Adds a track behind all others, and gives what its frames are pushed into.
    ///
    /// # Errors
    ///
    /// [`PlaybackError::Rate`] if its rate cannot be resampled, [`PlaybackError::OutputLost`] if there has been no output
    /// for long, [`PlaybackError::Closed`].
    pub fn add_track(&self, options: TrackOptions) -> Result<TrackWriter, PlaybackError> {
        self.add_track_with(options, Box::new(|_| {}))
    }

    /// The same, and calls `on_end` once when the track has ended, in whichever way. It is called by the playback thread
    /// or by whoever ends the track, with no lock held; it must not wait.
    pub(crate) fn add_track_with(
        &self,
        options: TrackOptions,
        on_end: OnEnd,
    ) -> Result<TrackWriter, PlaybackError> {
        let shared = &self.0.shared;
        let (id, wanted) = shared.with_deck(|deck| deck.add(options, on_end, &shared.valve))?;
        Ok(TrackWriter::new(id, wanted, Arc::clone(shared)))
    }

    /// Fades out and waits for [`resume`](Self::resume). What is queued stays queued.
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

    /// Ends all tracks that were added before this call, and a pause. Nothing more of them is taken; what is added
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

    /// Leaves the track that is heard, and goes on with the next. What was paused stays paused.
    ///
    /// # Errors
    ///
    /// [`SeekError::Nothing`] if there is no track.
    pub fn skip(&self) -> Result<CommandId, SeekError> {
        let shared = &self.0.shared;
        shared.with_deck(|deck| deck.skip(&shared.valve))
    }

    /// Goes to a place in the track that is heard, or was heard last, as far as its frames are there.
    ///
    /// # Errors
    ///
    /// [`SeekError::OutOfReach`] if they are not, [`SeekError::Nothing`] if there is no track.
    pub fn seek(&self, to: Seek) -> Result<CommandId, SeekError> {
        let shared = &self.0.shared;
        shared.with_deck(|deck| deck.seek(to, &shared.valve))
    }

    /// Plays from the beginning of the sentence that is heard; if that has begun less than a second ago, of the one
    /// before it. Works after a stop, too.
    ///
    /// # Errors
    ///
    /// [`SeekError::Nothing`] if nothing was heard, [`SeekError::OutOfReach`] if it is not kept any more.
    pub fn replay(&self) -> Result<CommandId, SeekError> {
        let shared = &self.0.shared;
        shared.with_deck(|deck| deck.replay(&shared.valve))
    }

    /// The volume, mute and balance.
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

    /// The place that is heard now.
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
    /// [`PlaybackError::OutputLost`] if there has been no output for long, and [`PlaybackError::Closed`].
    pub fn wait_until_drained(&self) -> Result<(), PlaybackError> {
        let shared = &self.0.shared;
        let mut deck = shared.deck.lock();
        loop {
            match deck.refusal() {
                Some(PushError::OutputLost(reason)) => return Err(PlaybackError::OutputLost(reason)),
                Some(_) => return Err(PlaybackError::Closed),
                None if deck.is_drained() => return Ok(()),
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
