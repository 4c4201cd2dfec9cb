//! What a player tells, and how it reaches whoever listens.
//!
//! Every listener has a queue of its own, of bounded length, so that one that does not read disturbs nobody.
//! Positions and levels are only ever of interest when they are new: an unread one is replaced by the next.

use super::error::PlaybackError;
use super::output::{LossReason, OutputConfig, OutputError, OutputSelection};
use super::track::{Extent, Mark, Position, TrackId, TrackKind};
use super::valve::CommandId;
use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use utter_dsp::Level;

/// Events that can wait for a listener.
const CAPACITY: usize = 1_024;

/// Something that a player tells.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum PlaybackEvent {
    /// A command has taken effect.
    Obeyed {
        /// The command.
        command: CommandId,
        /// Where it did.
        effect: Effect,
    },
    /// A track begins to be heard. Told once, whatever leads back to its beginning.
    TrackStarted {
        /// The track.
        track: TrackId,
        /// What it is.
        kind: TrackKind,
    },
    /// A marked frame is heard.
    Mark {
        /// The track.
        track: TrackId,
        /// The mark.
        mark: Mark,
        /// Its frame as a time from the track's beginning.
        time: Duration,
        /// Where what begins there ends, as a time from the track's beginning.
        end: Duration,
    },
    /// A track is over: its last frame was heard.
    TrackEnded {
        /// The track.
        track: TrackId,
    },
    /// A track was stopped or skipped, and will not be heard to its end.
    TrackStopped {
        /// The track.
        track: TrackId,
        /// How far it was heard.
        heard: Extent,
    },
    /// A track was interrupted by an urgent one.
    TrackInterrupted {
        /// The track.
        track: TrackId,
        /// Where.
        position: Position,
        /// Whether it goes on afterwards.
        goes_on: bool,
    },
    /// A track that was interrupted goes on.
    TrackResumed {
        /// The track.
        track: TrackId,
        /// From where on: the beginning of a word, and so before the place at which it was interrupted.
        position: Position,
    },
    /// A track that was over will be heard again: a seek or a replay leads there. Its marks and positions are told again, its
    /// end is not.
    TrackReplayed {
        /// The track.
        track: TrackId,
        /// From where on.
        position: Position,
    },
    /// What is heard now. Only while there is sound.
    Position(Position),
    /// How loud it was since the last such event. Only while there is sound, and once when it is over.
    Level(Level),
    /// Frames did not come in time; speech was interrupted, by fades, and lost nothing.
    Underrun {
        /// How often since the last such event.
        times: u64,
        /// For how many frames of the device.
        frames: u64,
    },
    /// The device says that it was not served in time.
    Xrun {
        /// How often since the last such event.
        times: u64,
    },
    /// An output is open, and what is to be heard is heard there.
    OutputOpened(OpenOutput),
    /// The output that is opened first, or after it was released, cannot be opened. What waited for it has failed; the
    /// next track tries again.
    OutputFailed {
        /// What was to be opened.
        selection: OutputSelection,
        /// Why it was not.
        error: OutputError,
    },
    /// The output was closed, because that was asked for while nothing was heard. The next track opens it again.
    OutputReleased {
        /// Which it was.
        output: OutputConfig,
    },
    /// How long after it is asked for a frame is heard, by the device's own account: told when it is known, and again
    /// when it has changed by 5 ms or more.
    Latency {
        /// The latency.
        latency: Duration,
    },
    /// The output is lost; another is looked for, or the same again.
    OutputLost {
        /// Which it was.
        output: OutputConfig,
        /// Why.
        reason: LossReason,
        /// What was being heard.
        position: Option<Position>,
    },
    /// The output that was asked for cannot be opened; the one before goes on.
    RouteFailed {
        /// The command that asked for it.
        command: CommandId,
        /// What was asked for.
        selection: OutputSelection,
        /// Why.
        error: OutputError,
    },
    /// No output was found for so long that what waits to be heard is given up. One that appears is used again.
    OutputGivenUp {
        /// For how long.
        after: Duration,
        /// Why.
        error: PlaybackError,
    },
}

/// When a command took effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effect {
    /// The frame of the device, counted from when it was opened.
    pub device_frame: u64,
    /// The frame of a track that was next there; `None` if there was none.
    pub position: Option<Position>,
}

/// An output that was opened.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenOutput {
    /// What it is, and how it is used.
    pub config: OutputConfig,
    /// The time between two callbacks that was granted, if it is known.
    pub period: Option<Duration>,
    /// Why it was opened.
    pub reason: OpenReason,
}

/// Why an output was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenReason {
    /// The player was opened, or one that was opened [closed](super::Player::closed) has its first track, or the first
    /// since its output was released.
    First,
    /// The route was set or cleared by this command.
    Route(CommandId),
    /// The system's default output is another one now, or the one of the route is back.
    Followed,
    /// The last one was lost.
    Recovered,
}

/// Told every event by whoever has the deck when it happens, with no lock held.
pub(crate) type Tap = Arc<dyn Fn(&PlaybackEvent) + Send + Sync>;

/// Where events come out.
pub struct PlaybackEvents(Arc<Queue>);

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    came: Condvar,
}

#[derive(Default)]
struct Waiting {
    events: VecDeque<PlaybackEvent>,
    dropped: u64,
    is_closed: bool,
}

impl PlaybackEvents {
    /// The next event, if there is one.
    pub fn try_next(&self) -> Option<PlaybackEvent> {
        self.0.waiting.lock().events.pop_front()
    }

    /// The next event; waits for it for `timeout` at most. `None` as well if the player is closed and all is read.
    pub fn next_within(&self, timeout: Duration) -> Option<PlaybackEvent> {
        let deadline = Instant::now() + timeout;
        let mut waiting = self.0.waiting.lock();
        loop {
            if let Some(event) = waiting.events.pop_front() {
                return Some(event);
            }
            if waiting.is_closed || self.0.came.wait_until(&mut waiting, deadline).timed_out() {
                return waiting.events.pop_front();
            }
        }
    }

    /// Events that were lost because this listener did not read for too long.
    pub fn dropped(&self) -> u64 {
        self.0.waiting.lock().dropped
    }

    /// Whether the player is closed. What is unread can still be read.
    pub fn is_closed(&self) -> bool {
        self.0.waiting.lock().is_closed
    }
}

impl Waiting {
    fn add(&mut self, event: &PlaybackEvent) {
        let is_same = |other: &&mut PlaybackEvent| {
            matches!(
                (&**other, event),
                (PlaybackEvent::Position(_), PlaybackEvent::Position(_))
                    | (PlaybackEvent::Level(_), PlaybackEvent::Level(_))
            )
        };
        // Behind it nothing has happened, or its place in the order would be wrong.
        if let Some(last) = self.events.iter_mut().rev().take(2).find(is_same) {
            *last = event.clone();
        } else if self.events.len() < CAPACITY {
            self.events.push_back(event.clone());
        } else {
            self.dropped += 1;
        }
    }
}

/// All listeners of a player.
#[derive(Default)]
pub(super) struct Listeners(Mutex<Vec<Weak<Queue>>>);

impl Listeners {
    pub(super) fn add(&self) -> PlaybackEvents {
        let queue = Arc::<Queue>::default();
        self.0.lock().push(Arc::downgrade(&queue));
        PlaybackEvents(queue)
    }

    pub(super) fn tell(&self, events: &[PlaybackEvent]) {
        if events.is_empty() {
            return;
        }
        self.0.lock().retain(|queue| {
            let Some(queue) = queue.upgrade() else {
                return false;
            };
            let mut waiting = queue.waiting.lock();
            events.iter().for_each(|event| waiting.add(event));
            drop(waiting);
            queue.came.notify_all();
            true
        });
    }

    pub(super) fn close(&self) {
        for queue in self.0.lock().drain(..).filter_map(|queue| queue.upgrade()) {
            queue.waiting.lock().is_closed = true;
            queue.came.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(peak: f32) -> PlaybackEvent {
        PlaybackEvent::Level(Level { peak, rms: 0.0 })
    }

    fn started(track: u64) -> PlaybackEvent {
        PlaybackEvent::TrackStarted {
            track: TrackId(track),
            kind: TrackKind::Speech,
        }
    }

    #[test]
    fn unread_levels_are_replaced_and_other_events_are_counted_when_lost() {
        let listeners = Listeners::default();
        let events = listeners.add();
        listeners.tell(&[level(0.1), level(0.2)]);
        assert!(matches!(events.try_next(), Some(PlaybackEvent::Level(level)) if level.peak == 0.2));
        assert!(events.try_next().is_none());
        for track in 0..CAPACITY as u64 + 5 {
            listeners.tell(&[started(track)]);
        }
        assert_eq!(events.dropped(), 5);
        let first = events.next_within(Duration::ZERO);
        assert!(matches!(
            first,
            Some(PlaybackEvent::TrackStarted {
                track: TrackId(0),
                ..
            })
        ));
    }

    #[test]
    fn a_listener_that_is_gone_is_forgotten_and_a_closed_player_ends_the_wait() {
        let listeners = Listeners::default();
        drop(listeners.add());
        let events = listeners.add();
        listeners.tell(&[started(1)]);
        assert_eq!(listeners.0.lock().len(), 1);
        listeners.close();
        assert!(events.next_within(Duration::from_secs(60)).is_some());
        assert!(events.next_within(Duration::from_secs(60)).is_none());
        assert!(events.is_closed());
    }
}
