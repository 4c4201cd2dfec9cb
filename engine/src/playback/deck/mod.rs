//! The deck: the state of playback, all of it but the realtime side and the valve.
//!
//! The playback thread comes by every few milliseconds and calls [`Deck::tick`]; commands change it from any thread
//! in between. It is told the time, and asks devices through a trait, so that tests can play all of it through by
//! hand. Nothing here waits for anything. What is to be told and called is collected, and told and called by
//! whoever had the deck, when it is free again.
//!
//! * [`commands`](self) — stop, skip, seek, replay, pause, volume;
//! * `heard` — what the renderer reports, the playhead, and the events that follow it;
//! * `connection` — having an output, losing it, and playing on another;
//! * `opening` — what the device thread is asked, and what becomes of its answers;
//! * `route` — changing from one output to another.

mod commands;
mod connection;
mod heard;
mod open;
mod opening;
mod route;

pub use commands::Seek;

use super::counters::{Counters, OutputLoad};
use super::device::Devices;
use super::error::PlaybackError;
use super::event::{Effect, OpenOutput, OpenReason, PlaybackEvent};
use super::feed::{Cursor, Fed};
use super::frames_in;
use super::line::Line;
use super::options::PlayerOptions;
use super::output::{OutputSelection, OutputStream};
use super::playlist::Playlist;
use super::realtime::clock::Clock;
use super::realtime::status::Mode;
use super::sync::Ordering;
use super::track::{OnEnd, TrackEnd, TrackId, TrackOptions, Wanted};
use super::valve::{CommandId, Inlet, Valve};
use super::volume::Volume;
use connection::Connection;
use open::Open;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use utter_dsp::ResampleError;

/// Effects of commands that are kept to be asked for.
pub(super) const EFFECTS: usize = 128;

pub(super) struct Deck {
    pub(super) options: PlayerOptions,
    clock: Clock,
    devices: Box<dyn Devices>,
    playlist: Playlist,
    open: Option<Open>,
    connection: Connection,
    route: OutputSelection,
    volume: Volume,
    is_paused: bool,
    stops_applied: u64,
    /// The next frame that will be heard, as far as is known.
    playhead: Option<(TrackId, u64)>,
    /// Marks before it were told already, before the output was lost.
    told: Option<(TrackId, u64)>,
    /// Where to go on when there is an output again.
    resume_at: Option<Cursor>,
    /// The last flush, until what is behind it is heard. Until then the playhead is of the past.
    heading: Option<Heading>,
    /// Commands that were sent and not obeyed.
    outstanding: VecDeque<CommandId>,
    effects: VecDeque<(CommandId, Effect)>,
    /// What was counted on outputs that are closed.
    closed_counters: Counters,
    outbox: Outbox,
    is_closed: bool,
}

/// Where it goes after a flush.
#[derive(Debug, Clone, Copy)]
struct Heading {
    /// The frame of the ring with which it is there.
    ring: u64,
    /// Nowhere if there is nothing more.
    to: Option<Cursor>,
}

/// What is to be told and called when the deck is free.
#[derive(Default)]
pub(super) struct Outbox {
    pub(super) events: Vec<PlaybackEvent>,
    pub(super) endings: Vec<(OnEnd, TrackEnd)>,
}

impl Outbox {
    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty() && self.endings.is_empty()
    }
}

impl Deck {
    pub(super) fn new(options: PlayerOptions, clock: Clock, devices: Box<dyn Devices>) -> Self {
        Self {
            options,
            clock,
            devices,
            playlist: Playlist::default(),
            open: None,
            connection: Connection::Open { switch: None },
            route: OutputSelection::Default,
            volume: Volume::default(),
            is_paused: false,
            stops_applied: 0,
            playhead: None,
            told: None,
            resume_at: None,
            heading: None,
            outstanding: VecDeque::new(),
            effects: VecDeque::new(),
            closed_counters: Counters::default(),
            outbox: Outbox::default(),
            is_closed: false,
        }
    }

    /// Begins with an output that was opened for `route`.
    pub(super) fn begin(&mut self, line: Line, inlet: Inlet, route: OutputSelection, valve: &Valve) {
        self.route = route;
        self.install(line, inlet, OpenReason::First, valve);
    }

    /// Deals with a stop that has happened since the deck was last in hand. Whoever takes the deck calls this first.
    pub(super) fn catch_up(&mut self, valve: &Valve) {
        if valve.stops().load(Ordering::Acquire) != self.stops_applied
            && let Some(stopped) = valve.take_stop()
        {
            self.apply_stop(stopped);
        }
    }

    /// Takes what is to be told and called.
    pub(super) fn take_outbox(&mut self) -> Outbox {
        std::mem::take(&mut self.outbox)
    }

    /// Adds a track behind all others.
    pub(super) fn add(
        &mut self,
        options: TrackOptions,
        on_end: OnEnd,
        valve: &Valve,
    ) -> Result<(TrackId, Arc<Wanted>), PlaybackError> {
        if self.is_closed {
            return Err(PlaybackError::Closed);
        }
        if let Connection::GivenUp { reason, .. } = &self.connection {
            return Err(PlaybackError::OutputLost(*reason));
        }
        self.accept(options.rate)?;
        let wanted = Wanted::new(Arc::clone(valve.stops()), self.stops_applied);
        let id = self.playlist.add(options, Arc::clone(&wanted), on_end);
        let cursor = Cursor { track: id, frame: 0 };
        if let Some(heading) = &mut self.heading {
            heading.to = heading.to.or(Some(cursor));
        }
        match &mut self.open {
            Some(open) => open.feed.start_at(id),
            None => self.resume_at = self.resume_at.or(Some(cursor)),
        }
        Ok((id, wanted))
    }

    /// Whether tracks of `rate` Hz can be played.
    pub(super) fn accept(&mut self, rate: u32) -> Result<(), ResampleError> {
        match &mut self.open {
            Some(open) => open.feed.accept(rate),
            None => Ok(()),
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Whether more frames may be made ahead of what is heard.
    pub(super) fn has_room(&self) -> bool {
        self.playlist.unheard(self.playhead) < self.options.ahead
    }

    /// The place that is heard.
    pub(super) fn position(&self) -> Option<super::track::Position> {
        let (track, frame) = self.playhead?;
        Some(self.playlist.get(track)?.position(frame))
    }

    /// What the open output reports about itself.
    #[cfg(test)]
    pub(super) fn health(&self) -> Option<Arc<super::output::OutputHealth>> {
        self.open.as_ref().map(|open| Arc::clone(&open.line.health))
    }

    pub(super) fn playlist_mut(&mut self) -> &mut Playlist {
        &mut self.playlist
    }

    /// Why frames are not taken any more, if they are not.
    pub(super) fn refusal(&self) -> Option<super::error::PushError> {
        match &self.connection {
            _ if self.is_closed => Some(super::error::PushError::Closed),
            Connection::GivenUp { reason, .. } => Some(super::error::PushError::OutputLost(*reason)),
            _ => None,
        }
    }

    /// Feeds the ring; `true` if there is more to do at once.
    pub(super) fn feed(&mut self, valve: &Valve) -> bool {
        let Some(open) = &mut self.open else {
            return false;
        };
        let level = frames_in(self.options.queue, open.line.config.rate).max(1);
        let written = valve.produced();
        let consumed = open.line.status().consumed().max(open.flushed_until);
        let queued = written.saturating_sub(consumed);
        let room = level.saturating_sub(queued);
        room > 0
            && open
                .feed
                .feed(&self.playlist, &mut open.timeline, valve, room, queued)
                == Fed::More
    }

    pub(super) fn counters(&self, valve: &Valve) -> Counters {
        let open = self.open.as_ref().map(|open| open.counters(valve));
        self.closed_counters.plus(open.unwrap_or_default())
    }

    pub(super) fn mode(&self) -> Mode {
        self.open
            .as_ref()
            .map_or(Mode::Idle, |open| open.line.status().mode)
    }

    pub(super) fn output(&self) -> Option<OpenOutput> {
        self.open.as_ref().map(Open::describe)
    }

    pub(super) fn load(&self, valve: &Valve) -> OutputLoad {
        let Some(open) = &self.open else {
            return OutputLoad::default();
        };
        let status = open.line.status();
        let rate = f64::from(open.line.config.rate.max(1));
        let written = valve.produced();
        OutputLoad {
            queued: Duration::from_secs_f64(written.saturating_sub(status.consumed()) as f64 / rate),
            queue: self.options.queue,
            latency: open.line.latency(&status),
            period: Duration::from_secs_f64(status.period_frames as f64 / rate),
            callbacks: open.line.times.summary(),
        }
    }

    /// The effect of a command, if it has had one.
    pub(super) fn effect(&self, command: CommandId) -> Option<Effect> {
        self.effects
            .iter()
            .rev()
            .find(|(id, _)| *id == command)
            .map(|(_, effect)| *effect)
    }

    /// Whether all that was added has been heard, or was stopped, and the device is silent.
    pub(super) fn is_drained(&mut self) -> bool {
        if self.playlist.first_open().is_some() || !self.outstanding.is_empty() {
            return false;
        }
        let now = self.clock.now();
        self.open.as_mut().is_none_or(|open| {
            let status = open.line.status();
            let is_idle = matches!(status.mode, Mode::Idle | Mode::Paused);
            is_idle && open.line.heard(&status, now) >= status.sounded_until
        })
    }

    /// Ends everything; gives the stream, to be closed.
    pub(super) fn close(&mut self, valve: &Valve) -> Option<Box<dyn OutputStream>> {
        self.is_closed = true;
        self.devices.end();
        let stream = self.open.take().and_then(|mut open| {
            self.closed_counters = self.closed_counters.plus(open.counters(valve).closed());
            open.line.take_stream()
        });
        valve.connect(None);
        self.end_all(|| TrackEnd::Failed(PlaybackError::Closed));
        stream
    }

    /// Ends every track that has not ended.
    fn end_all(&mut self, end: impl Fn() -> TrackEnd) {
        let all: Vec<TrackId> = self.playlist.iter().map(|track| track.id).collect();
        for track in all {
            self.end(track, end());
        }
        for track in self.playlist.take_out(|_| true) {
            track.wanted.drop_it();
        }
        self.playhead = None;
        self.resume_at = None;
    }

    /// Ends the tracks before `cursor` that have not ended, or all if it is `None`: all of them has been given to a
    /// device that is gone.
    fn end_before(&mut self, cursor: Option<Cursor>) {
        let is_before = |id: TrackId| cursor.is_none_or(|cursor| id < cursor.track);
        let left: Vec<TrackId> = self
            .playlist
            .iter()
            .filter(|track| !track.has_ended() && is_before(track.id))
            .map(|track| track.id)
            .collect();
        for track in left {
            self.end(track, TrackEnd::Heard);
        }
    }

    /// Ends a track.
    fn end(&mut self, track: TrackId, end: TrackEnd) {
        let Some(track) = self.playlist.get_mut(track) else {
            return;
        };
        let Some(on_end) = track.take_on_end() else { return };
        let track = track.id;
        self.outbox.events.push(match end {
            TrackEnd::Heard => PlaybackEvent::TrackEnded { track },
            TrackEnd::Stopped | TrackEnd::Failed(_) => PlaybackEvent::TrackStopped { track },
        });
        self.outbox.endings.push((on_end, end));
    }
}
