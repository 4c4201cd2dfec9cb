//! The connection to an output: having one, losing it, and playing on another.
//!
//! While there is no output, commands are remembered and take effect at once, and tracks go on growing. When one is
//! there, it goes on from the frame at which the last was lost, and at its own rate, since the feed reads tracks and
//! not the lost ring.

use super::super::event::{OpenReason, PlaybackEvent};
use super::super::feed::Cursor;
use super::super::line::Line;
use super::super::output::{LossReason, OutputError, OutputSelection};
use super::super::realtime::command::Command;
use super::super::track::{Position, Track};
use super::super::valve::{Inlet, Valve};
use super::{Deck, Open};
use std::time::Duration;

/// The longest time that a single look counts for when a device stands still. If it was longer since the last one, the
/// whole system may have stood still, and the device with it.
const LONGEST_LOOK: Duration = Duration::from_millis(150);

/// Whether there is an output.
pub(in crate::playback) enum Connection {
    /// There is, and perhaps another is being opened to take its place.
    Open { switch: Option<Switch> },
    /// There is none; one is looked for.
    Lost {
        reason: LossReason,
        since: u64,
        failures: u32,
        next_try: u64,
        opening: Option<Attempt>,
        /// A change of route that came meanwhile.
        switch: Option<Switch>,
    },
    /// There is none, and none is looked for until there is something to be heard.
    Closed {
        /// Why the last one could not be opened.
        failed: Option<OutputError>,
    },
    /// There is none yet; the first one is being opened.
    First {
        since: u64,
        failures: u32,
        next_try: u64,
        opening: Option<Attempt>,
    },
    /// There has been none for so long that nobody waits for it.
    GivenUp {
        reason: LossReason,
        next_try: u64,
        failures: u32,
        opening: Option<Attempt>,
    },
}

/// An output that is being opened.
pub(in crate::playback) struct Attempt {
    pub(super) since: u64,
    /// Whether it is for the change of route, and not only to have some output again.
    pub(super) is_for_switch: bool,
}

/// A change to another output.
pub(in crate::playback) struct Switch {
    pub(super) selection: OutputSelection,
    pub(super) reason: OpenReason,
    /// When the device thread was asked; not yet if there is none.
    pub(super) asked_at: Option<u64>,
}

impl Deck {
    /// Looks whether the output is still there.
    pub(super) fn watch(&mut self, valve: &Valve, now: u64) {
        self.tell_faults();
        let stalled_after = self.options.stalled_after;
        let Some(open) = &mut self.open else { return };
        let status = open.line.status();
        let since = now.saturating_sub(std::mem::replace(&mut open.seen.watched_at, now));
        if status.device_frames == open.seen.device_frames {
            open.seen.still_for += since.min(nanoseconds(LONGEST_LOOK));
        } else {
            open.seen.device_frames = status.device_frames;
            open.seen.still_for = 0;
        }
        let rate = u64::from(open.line.config.rate.max(1));
        let four_periods = 4 * status.period_frames * 1_000_000_000 / rate;
        let patience = (stalled_after.as_nanos() as u64).max(four_periods);
        let reason = open.line.health.lost().or_else(|| {
            let is_stalled = open.seen.still_for >= patience;
            match () {
                () if valve.is_abandoned() => Some(LossReason::Disconnected),
                () if is_stalled => Some(LossReason::Stalled),
                () => None,
            }
        });
        if let Some(reason) = reason {
            self.lose(reason, valve, now);
        }
    }

    /// The output is gone.
    pub(super) fn lose(&mut self, reason: LossReason, valve: &Valve, now: u64) {
        let Some(mut open) = self.open.take() else { return };
        let position = self.leave_lost(&open);
        self.retire(&open, valve);
        self.closed_counters.losses += 1;
        if let Some(stream) = open.line.take_stream() {
            self.devices.close(&open.line.config.id, stream, Duration::ZERO);
        }
        tracing::warn!(output = %open.line.config.id, %reason, "the output is lost");
        self.outbox.events.push(PlaybackEvent::OutputLost {
            output: open.line.config.clone(),
            reason,
            position,
        });
        let switch = match std::mem::replace(&mut self.connection, Connection::Open { switch: None }) {
            Connection::Open { switch } | Connection::Lost { switch, .. } => switch,
            Connection::GivenUp { .. } | Connection::Closed { .. } | Connection::First { .. } => None,
        };
        self.connection = Connection::Lost {
            reason,
            since: now,
            failures: 0,
            next_try: now,
            // What is being opened for a change of route comes in time for this, too.
            opening: switch
                .as_ref()
                .and_then(|switch| switch.asked_at)
                .map(|since| Attempt {
                    since,
                    is_for_switch: true,
                }),
            switch,
        };
    }

    /// Has every lane go on with the first of its frames that `open`, which is lost, has not played for certain; gives the
    /// place that was heard.
    fn leave_lost(&mut self, open: &Open) -> Option<Position> {
        let status = open.line.status();
        // Of what it had to play when it asked for frames last, it may have played something since, or nothing. Better
        // that is heard twice than not at all.
        let heard = status.device_frames.saturating_sub(status.latency_frames);
        let ring = open.timeline.ring_at(heard);
        let has_sound = open.timeline.is_sound_after(heard);
        let located = open.timeline.locate_wanted(ring).filter(|(track, _)| {
            let track = self.queues.track(*track);
            track.is_some_and(|track| has_sound || !track.has_ended())
        });
        let turn = self.end_turn();
        let sounding = located.and_then(|(track, _)| self.queues.lane_of(track));
        let sounding = sounding.or(turn.in_ring());
        let mut position = None;
        for (id, lane) in self.queues.lanes_by_id() {
            let has_it = |track| lane.playlist.get(track).is_some();
            let here = located.filter(|(track, _)| has_it(*track));
            let unheard = here.or_else(|| open.timeline.first_behind(ring, has_it));
            let cursor = unheard.map(|(track, frame)| {
                let length = lane.playlist.get(track).map_or(frame, Track::length);
                let frame = frame.min(length);
                Cursor { track, frame }
            });
            let again = match (&turn.leaving, lane.heading) {
                // What was flushed is not wanted.
                (_, Some(heading)) => Some(heading.to),
                (Some(left), _) if left.lane == id => match left.heading {
                    Some(heading) => Some(heading.to),
                    None => Some(cursor.or(lane.next)),
                },
                _ if turn.on == Some(id) => Some(cursor.or(open.feed.cursor())),
                // It was to go on here, or earlier.
                _ if lane.tail.is_some() => cursor.map(|cursor| match lane.next {
                    Some(next) if next.track == cursor.track && next.frame < cursor.frame => Some(next),
                    _ => Some(cursor),
                }),
                _ => None,
            };
            if let Some(next) = again {
                lane.hear_again_from(next);
            }
            let next = again.unwrap_or(lane.next);
            lane.leave_output(next, &mut self.outbox);
            if sounding == Some(id) {
                lane.goes_first = next.is_some_and(|next| next.frame > 0);
                position = next.and_then(|next| Some(lane.playlist.get(next.track)?.position(next.frame)));
            }
        }
        self.settle_without(turn.leaving);
        position
    }

    /// Puts down what a line has counted, disconnects it, and lets the commands that it has not obeyed take effect.
    pub(super) fn retire(&mut self, open: &Open, valve: &Valve) {
        self.closed_counters = self.closed_counters.plus(open.counters(valve).closed());
        valve.connect(None);
        for command in std::mem::take(&mut self.outstanding) {
            self.effect_now(command, self.position());
        }
    }

    /// Plays on `line` from now on.
    pub(super) fn install(&mut self, line: Line, inlet: Inlet, reason: OpenReason, valve: &Valve) {
        let config = &line.config;
        tracing::info!(output = %config.name, id = %config.id, rate = config.rate, channels = config.channels,
            format = %config.format, period = ?line.granted_period, ?reason, "output open");
        let (rate, channels) = (config.rate, config.channels);
        let epoch = valve.connect(Some(inlet));
        let (volume, loudness) = (self.volume, self.options.loudness);
        let open = Open::new(line, reason, volume, loudness, epoch, self.clock.now());
        self.outbox
            .events
            .push(PlaybackEvent::OutputOpened(open.describe()));
        self.open = Some(open);
        self.connection = Connection::Open { switch: None };
        // Its ring of commands is empty: there is room for these, which nobody has given and nobody waits for.
        let _ = valve.send(volume.command(rate, channels, true));
        if self.is_paused {
            let _ = valve.send(Command::Pause);
        }
        if let OpenReason::Route(command) = reason {
            self.effect_now(command, self.position());
        }
    }
}

pub(super) fn has_passed(since: u64, interval: Duration, now: u64) -> bool {
    now.saturating_sub(since) >= nanoseconds(interval)
}

pub(super) fn nanoseconds(duration: Duration) -> u64 {
    duration.as_nanos() as u64
}
