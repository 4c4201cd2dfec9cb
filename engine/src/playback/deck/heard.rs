//! Following what is heard: the renderer's reports, the playhead, and the events that depend on it.

use super::super::event::{Effect, PlaybackEvent};
use super::super::realtime::status::{Mode, Status};
use super::super::timeline::Heard;
use super::super::valve::{CommandId, Valve};
use super::Deck;
use super::connection::Connection;
use std::time::Duration;
use utter_dsp::Level;

/// How soon to come by again while there is sound, at the latest.
const WHILE_HEARD: Duration = Duration::from_millis(10);

/// How soon while nothing is to be heard: for losses.
const WHILE_IDLE: Duration = Duration::from_millis(100);

/// How soon without an output: for one that opens after it was given up.
const WHILE_CLOSED: Duration = Duration::from_secs(1);

/// Callbacks after which a device's account of its latency is believed.
const SETTLED: u64 = 8;

/// By how much the latency changes before that is told.
const LATENCY_STEP: Duration = Duration::from_millis(5);

/// Never sooner than this.
const SHORTEST: Duration = Duration::from_millis(1);

impl Deck {
    /// Does what is to be done at the time `now`, and says how soon to come by again. What is to be fed is the caller's
    /// to have fed, by [`feed`](Deck::feed).
    pub(in crate::playback) fn tick(&mut self, valve: &Valve, now: u64) -> Duration {
        self.catch_up(valve);
        valve.send_backlog();
        let next_mark = self.follow(valve, now);
        self.watch(valve, now);
        self.connect(valve, now);
        self.forget_removed();
        let next = match (&self.open, &self.connection) {
            (None, Connection::GivenUp { .. }) => WHILE_IDLE,
            (None, Connection::Closed { .. }) => WHILE_CLOSED,
            (None, _) => WHILE_HEARD,
            (Some(_), _) if self.is_at_rest() => WHILE_IDLE,
            (Some(_), _) => next_mark.map_or(WHILE_HEARD, |mark| mark.min(WHILE_HEARD)),
        };
        next.max(SHORTEST)
    }

    /// Whether nothing is heard, nothing waits, and no command is under way.
    fn is_at_rest(&self) -> bool {
        let is_silent = matches!(self.mode(), Mode::Idle | Mode::Paused);
        let mut waiting = self.queues.iter().filter(|(_, queue)| !queue.is_paused);
        let waits = !self.is_paused && waiting.any(|(_, queue)| queue.has_open());
        let is_told = self.open.as_ref().is_none_or(|open| open.seen.is_level_told);
        let is_settled = self.turn.leaving.is_none() && self.outstanding.is_empty();
        is_silent && !waits && is_told && is_settled
    }

    fn read_reports(&mut self, valve: &Valve) {
        if let Some(open) = &mut self.open {
            open.take_reports();
        }
        while let Some(obeyed) = self.open.as_ref().and_then(|open| open.obeyed.front().copied()) {
            // A stop may be obeyed before the deck has heard of it.
            if !self.outstanding.contains(&obeyed.command)
                && let Some(stopped) = valve.take_stop()
            {
                self.apply_stop(stopped);
            }
            self.settle(obeyed.command, obeyed.ring);
            let Some(open) = &mut self.open else { return };
            open.obeyed.pop_front();
            let effect = Effect {
                device_frame: obeyed.device,
                position: open.position(&self.queues, obeyed.ring),
            };
            // Commands are obeyed in order: those before it that were not were flushes, and made way for a later one.
            // Those that the deck has sent by itself are nobody's.
            let due = |id: &CommandId| *id <= obeyed.command;
            while let Some(place) = self.outstanding.iter().position(due) {
                self.has_effect(self.outstanding[place], effect);
            }
        }
    }

    /// Moves the playhead to what is heard now, and tells what it has passed. Gives the time to the next mark.
    pub(in crate::playback) fn follow(&mut self, valve: &Valve, now: u64) -> Option<Duration> {
        // The status before the reports: they then tell of every frame that it counts.
        let status = self.open.as_ref()?.line.status();
        self.read_reports(valve);
        let open = self.open.as_mut()?;
        let heard_device = open.line.heard(&status, now);
        let passed = open.timeline.advance(heard_device);
        let heard_ring = open.timeline.heard_ring();
        for heard in passed {
            self.pass(&heard);
        }
        for lane in self.queues.lanes_mut() {
            lane.arrive(heard_ring, &mut self.outbox);
        }
        let open = self.open.as_ref()?;
        let has_sound = open.timeline.has_sound_at(heard_device);
        self.tell_position(has_sound, now);
        self.tell_level(has_sound, &status, now);
        self.tell_latency(&status);
        let lane = self.turn.heard.and_then(|heard| self.queues.lane_mut(heard))?;
        let playhead = lane.playhead?;
        lane.playlist.forget(playhead, self.options.history);
        let (track, frame) = Some(playhead).filter(|_| has_sound)?;
        let track = lane.playlist.get(track)?;
        let next = track.marks_in(frame..u64::MAX).first()?;
        Some(track.time(next.frame - frame))
    }

    /// Tells what there is in a part of a track that was heard.
    pub(super) fn pass(&mut self, heard: &Heard) {
        let last = self.turn.heard.filter(|last| {
            let lane = self.queues.lane(*last);
            lane.is_some_and(|lane| lane.playlist.get(heard.track).is_some())
        });
        let Some(of) = last.or_else(|| self.queues.lane_of(heard.track)) else {
            return;
        };
        self.turn.heard = Some(of);
        if let Some(lane) = self.queues.lane_mut(of) {
            lane.pass(heard, &mut self.outbox);
        }
    }

    fn tell_position(&mut self, has_sound: bool, now: u64) {
        // The most that a person who watches it can use.
        let interval = self.options.position_interval.max(Duration::from_millis(33));
        let Some(open) = &mut self.open else { return };
        if !has_sound || !is_due(&mut open.seen.position_at, interval, now) {
            return;
        }
        let heard = self.turn.heard.and_then(|heard| self.queues.lane(heard));
        if heard.is_some_and(|lane| lane.is_fading()) {
            return;
        }
        if let Some(position) = self.position() {
            self.outbox.events.push(PlaybackEvent::Position(position));
        }
    }

    fn tell_level(&mut self, has_sound: bool, status: &Status, now: u64) {
        let Some(open) = &mut self.open else { return };
        let seen = &mut open.seen;
        let is_over = !has_sound && seen.is_level_told;
        if is_over || !is_due(&mut seen.level_at, self.options.level_interval, now) {
            return;
        }
        let level = Level {
            rms: status.power.rms_since(&seen.power),
            peak: open.line.take_peak(),
        };
        seen.power = status.power;
        // Once more when it is over, so that a display falls to nothing.
        seen.is_level_told = !has_sound && level.peak == 0.0;
        self.outbox.events.push(PlaybackEvent::Level(level));
    }

    /// Tells the latency when it is known, and when it has become another.
    fn tell_latency(&mut self, status: &Status) {
        let Some(open) = &mut self.open else { return };
        // While a device fills its buffer at the start, it says too little.
        if status.callbacks < SETTLED {
            return;
        }
        let latency = open.line.latency(status);
        if open
            .seen
            .latency
            .is_none_or(|told| told.abs_diff(latency) >= LATENCY_STEP)
        {
            open.seen.latency = Some(latency);
            self.outbox.events.push(PlaybackEvent::Latency { latency });
        }
    }

    /// Tells underruns and xruns that have come since the last time.
    pub(super) fn tell_faults(&mut self) {
        let Some(open) = &mut self.open else { return };
        let (status, seen) = (open.line.status(), &mut open.seen);
        let times = status.underruns - seen.underruns;
        // When it is over, so that it can be said how long it was.
        if times > 0 && status.mode != Mode::Starved {
            let frames = status.underrun_frames - seen.underrun_frames;
            tracing::warn!(times, frames, "frames came too late; playback was interrupted");
            self.outbox.events.push(PlaybackEvent::Underrun { times, frames });
            seen.underruns = status.underruns;
            seen.underrun_frames = status.underrun_frames;
        }
        let xruns = open.line.health.xruns();
        if xruns > seen.xruns {
            let times = xruns - seen.xruns;
            tracing::debug!(times, "the device was not served in time");
            self.outbox.events.push(PlaybackEvent::Xrun { times });
            seen.xruns = xruns;
        }
    }
}

/// Whether `interval` has passed since `last`, which is then `now`.
pub(super) fn is_due(last: &mut u64, interval: Duration, now: u64) -> bool {
    let is_due = now.saturating_sub(*last) >= interval.as_nanos() as u64;
    if is_due {
        *last = now;
    }
    is_due
}
