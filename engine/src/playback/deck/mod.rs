//! The deck: the state of playback, all of it but the realtime side and the valve.
//!
//! The playback thread comes by every few milliseconds and calls [`Deck::tick`]; commands change it from any thread
//! in between. It is told the time, and asks devices through a trait, so that tests can play all of it through by
//! hand. Nothing here waits for anything. What is to be told and called is collected, and told and called by
//! whoever had the deck, when it is free again.
//!
//! * `lane`, `queue` — the tracks of each queue, and where in them it is;
//! * `turns` — which of them is fed;
//! * [`commands`](self), `queue_commands` — stop, skip, seek, replay, pause, volume: of all, and of one queue;
//! * `heard` — what the renderer reports, the playhead, and the events that follow it;
//! * `connection` — having an output, losing it, and playing on another;
//! * `opening` — what the device thread is asked, and what becomes of its answers;
//! * `idle` — having no output while there is nothing to be heard;
//! * `route` — changing from one output to another.

mod commands;
mod connection;
mod heard;
mod idle;
mod interruptions;
mod lane;
mod open;
mod opening;
mod queue;
mod queue_commands;
mod route;
mod turns;

pub(in crate::playback) use queue::Rank;
pub use queue_commands::Seek;

use super::counters::{Counters, OutputLoad};
use super::device::Devices;
use super::error::{PlaybackError, PushError};
use super::event::{Effect, OpenOutput, OpenReason, PlaybackEvent};
use super::feed::{Cursor, Fed};
use super::frames_in;
use super::line::Line;
use super::options::PlayerOptions;
use super::output::{OutputSelection, OutputStream};
use super::queue::{Interrupt, QueueId};
use super::realtime::clock::Clock;
use super::realtime::status::Mode;
use super::sync::Ordering;
use super::track::{Extent, OnEnd, Position, Track, TrackEnd, TrackId, TrackOptions, Wanted};
use super::valve::{CommandId, Inlet, Valve};
use super::volume::Volume;
use connection::Connection;
use open::Open;
use queue::Queues;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use turns::Turn;
use utter_dsp::ResampleError;

/// Effects of commands that are kept to be asked for.
pub(super) const EFFECTS: usize = 128;

pub(super) struct Deck {
    pub(super) options: PlayerOptions,
    clock: Clock,
    devices: Box<dyn Devices>,
    queues: Queues,
    turn: Turn,
    open: Option<Open>,
    connection: Connection,
    route: OutputSelection,
    volume: Volume,
    is_paused: bool,
    stops_applied: u64,
    /// Commands that were sent and not obeyed.
    outstanding: VecDeque<CommandId>,
    effects: VecDeque<(CommandId, Effect)>,
    /// What was counted on outputs that are closed.
    closed_counters: Counters,
    outbox: Outbox,
    is_closed: bool,
}

/// What is to be told and called when the deck is free.
#[derive(Default)]
pub(super) struct Outbox {
    pub(super) events: Vec<PlaybackEvent>,
    pub(super) endings: Vec<(OnEnd, TrackEnd, Extent)>,
    /// Nothing is told after it.
    pub(super) is_last: bool,
}

impl Outbox {
    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty() && self.endings.is_empty() && !self.is_last
    }
}

impl Deck {
    pub(super) fn new(options: PlayerOptions, clock: Clock, devices: Box<dyn Devices>) -> Self {
        Self {
            options,
            clock,
            devices,
            queues: Queues::new(),
            turn: Turn::default(),
            open: None,
            connection: Connection::Open { switch: None },
            route: OutputSelection::Default,
            volume: Volume::default(),
            is_paused: false,
            stops_applied: 0,
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

    /// Adds a track behind all others of a queue that are as urgent.
    pub(super) fn add(
        &mut self,
        queue: QueueId,
        options: TrackOptions,
        urgent: Option<Interrupt>,
        on_end: OnEnd,
        valve: &Valve,
    ) -> Result<(TrackId, Arc<Wanted>), PlaybackError> {
        match self.refusal() {
            Some(PushError::OutputLost(reason)) => return Err(PlaybackError::OutputLost(reason)),
            Some(_) => return Err(PlaybackError::Closed),
            None => self.accept(options.rate)?,
        }
        let wanted = Wanted::new(Arc::clone(valve.stops()), self.stops_applied);
        let added = self
            .queues
            .add_track(queue, options, urgent, Arc::clone(&wanted), on_end);
        let (lane_id, id) = added?;
        let Some(lane) = self.queues.lane_mut(lane_id) else {
            return Err(PlaybackError::Closed);
        };
        match &mut self.open {
            Some(open) if self.turn.on == Some(lane_id) => {
                if let Some(heading) = &mut lane.heading {
                    heading.to = heading.to.or(Some(Cursor { track: id, frame: 0 }));
                }
                open.feed.start_at(id);
            }
            _ => lane.expect(id),
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

    /// Whether more frames may be made for a lane ahead of what is heard. Who is told that they may not is
    /// [told](Self::makes_room) when they may.
    pub(super) fn has_room(&mut self, queue: QueueId, rank: Rank) -> bool {
        let ahead = self.options.ahead;
        let Ok(queue) = self.queues.present_mut(queue) else {
            return false;
        };
        let lane = queue.lane_mut(rank);
        let has_room = lane.unheard() < ahead;
        lane.waits_for_room |= !has_room;
        has_room
    }

    /// Whether a lane has room now for which somebody waits.
    pub(super) fn makes_room(&mut self) -> bool {
        let mut makes_room = false;
        let lanes = self.queues.iter_mut().flat_map(|queue| queue.lanes_mut());
        for lane in lanes.filter(|lane| lane.waits_for_room) {
            lane.waits_for_room = lane.unheard() >= self.options.ahead;
            makes_room |= !lane.waits_for_room;
        }
        makes_room
    }

    /// The place that is heard.
    pub(super) fn position(&self) -> Option<Position> {
        self.queues.lane(self.turn.heard?)?.heard_at()
    }

    /// What the open output reports about itself.
    #[cfg(test)]
    pub(super) fn health(&self) -> Option<Arc<super::output::OutputHealth>> {
        self.open.as_ref().map(|open| Arc::clone(&open.line.health))
    }

    pub(super) fn track_mut(&mut self, id: TrackId) -> Option<&mut Track> {
        self.queues.track_mut(id)
    }

    /// Why frames are not taken any more, if they are not.
    pub(super) fn refusal(&self) -> Option<PushError> {
        match &self.connection {
            _ if self.is_closed => Some(PushError::Closed),
            Connection::GivenUp { reason, .. } => Some(PushError::OutputLost(*reason)),
            _ => None,
        }
    }

    /// Feeds the ring; `true` if there is more to do at once.
    pub(super) fn feed(&mut self, valve: &Valve) -> bool {
        self.take_turns(valve);
        self.set_limit();
        let lane = self.turn.on.and_then(|on| self.queues.lane(on));
        let (Some(open), Some(lane)) = (&mut self.open, lane) else {
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
                .feed(&lane.playlist, &mut open.timeline, valve, room, queued)
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
        let has_open = self.queues.iter().any(|(_, queue)| queue.has_open());
        if has_open || !self.outstanding.is_empty() {
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
            tracing::info!(output = %open.line.config.name, id = %open.line.config.id, "output closed");
            open.line.take_stream()
        });
        valve.connect(None);
        self.end_all(|| TrackEnd::Failed(PlaybackError::Closed));
        stream
    }

    /// Ends every track that has not ended.
    fn end_all(&mut self, end: impl Fn() -> TrackEnd) {
        for lane in self.queues.lanes_mut() {
            lane.end_all(&end, &mut self.outbox);
        }
        self.turn = Turn::default();
    }
}
