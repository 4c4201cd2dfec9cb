//! Following what is heard: the renderer's reports, the playhead, and the events that depend on it.

use super::super::event::{Effect, PlaybackEvent};
use super::super::realtime::status::{Mode, Status};
use super::super::timeline::Heard;
use super::super::track::TrackEnd;
use super::super::valve::{CommandId, Valve};
use super::Deck;
use super::connection::Connection;
use std::time::Duration;
use utter_dsp::Level;

/// How soon to come by again while there is sound, at the latest.
const WHILE_HEARD: Duration = Duration::from_millis(10);

/// How soon while nothing is to be heard: for losses.
const WHILE_IDLE: Duration = Duration::from_millis(100);

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
        let next = match &self.open {
            None if matches!(self.connection, Connection::GivenUp { .. }) => WHILE_IDLE,
            None => WHILE_HEARD,
            Some(_) if self.is_at_rest() => WHILE_IDLE,
            Some(_) => next_mark.map_or(WHILE_HEARD, |mark| mark.min(WHILE_HEARD)),
        };
        next.max(SHORTEST)
    }

    /// Whether nothing is heard, nothing waits, and no command is under way.
    fn is_at_rest(&self) -> bool {
        let is_silent = matches!(self.mode(), Mode::Idle | Mode::Paused);
        let waits = self.playlist.first_open().is_some() && !self.is_paused;
        let is_told = self.open.as_ref().is_none_or(|open| open.seen.is_level_told);
        is_silent && !waits && is_told && self.outstanding.is_empty()
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
            let Some(open) = &mut self.open else { return };
            open.obeyed.pop_front();
            let effect = Effect {
                device_frame: obeyed.device,
                position: open.position(&self.playlist, obeyed.ring),
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
        self.arrive(heard_ring);
        let open = self.open.as_ref()?;
        let has_sound = open.timeline.has_sound_at(heard_device);
        self.tell_position(has_sound, now);
        self.tell_level(has_sound, &status, now);
        self.tell_latency(&status);
        if let Some(playhead) = self.playhead {
            self.playlist.forget(playhead, self.options.history);
        }
        let (track, frame) = self.playhead.filter(|_| has_sound)?;
        let track = self.playlist.get(track)?;
        let next = track.marks_in(frame..u64::MAX).first()?;
        Some(track.time(next.frame - frame))
    }

    /// Forgets where it was going when that is heard, or will not be. While it is paused, neither is so.
    fn arrive(&mut self, heard_ring: u64) {
        let playlist = &self.playlist;
        self.heading = self.heading.filter(|heading| match heading.to {
            None => heading.ring > heard_ring,
            Some(to) => {
                let is_over = playlist
                    .get(to.track)
                    .is_none_or(|track| track.has_ended() && track.length() <= to.frame);
                heading.ring >= heard_ring && !is_over
            }
        });
    }

    /// Tells what there is in a part of a track that was heard.
    pub(super) fn pass(&mut self, heard: &Heard) {
        let id = heard.track;
        let Some(track) = self.playlist.get(id) else {
            return;
        };
        let frames = if heard.to_end {
            track.length()..u64::MAX
        } else {
            heard.frames.start..heard.frames.end.min(track.length())
        };
        if !heard.to_end {
            if frames.start == 0 && self.told.is_none_or(|told| told.0 != id) {
                let kind = track.options.kind;
                self.outbox
                    .events
                    .push(PlaybackEvent::TrackStarted { track: id, kind });
            }
            self.playhead = Some((id, frames.end));
        }
        let told = self.told.filter(|told| told.0 == id).map_or(0, |told| told.1);
        for mark in track.marks_in(frames.start.max(told)..frames.end) {
            let mark = mark.clone();
            self.outbox.events.push(PlaybackEvent::Mark { track: id, mark });
        }
        if !heard.to_end && frames.end >= told {
            self.told = None;
        }
        if heard.to_end {
            self.playhead = Some((id, track.length()));
            self.end(id, TrackEnd::Heard);
        }
    }

    fn tell_position(&mut self, has_sound: bool, now: u64) {
        // The most that a person who watches it can use.
        let interval = self.options.position_interval.max(Duration::from_millis(33));
        let Some(open) = &mut self.open else { return };
        if !has_sound || !is_due(&mut open.seen.position_at, interval, now) {
            return;
        }
        if let Some((track, frame)) = self.playhead
            && let Some(track) = self.playlist.get(track)
        {
            self.outbox
                .events
                .push(PlaybackEvent::Position(track.position(frame)));
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
