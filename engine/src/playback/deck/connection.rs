//! The connection to an output: having one, losing it, and playing on another.
//!
//! While there is no output, commands are remembered and take effect at once, and tracks go on growing. When one is
//! there, it goes on from the frame at which the last was lost, and at its own rate, since the feed reads tracks and
//! not the lost ring.

use super::super::event::{OpenReason, PlaybackEvent};
use super::super::feed::Cursor;
use super::super::line::Line;
use super::super::output::{LossReason, OutputSelection};
use super::super::realtime::command::Command;
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
        let cursor = self.cursor_after(&open);
        self.told = self.playhead;
        if let Some(cursor) = cursor {
            self.playhead = Some((cursor.track, cursor.frame));
        }
        self.end_before(cursor);
        self.resume_at = cursor;
        self.retire(&open, valve);
        self.closed_counters.losses += 1;
        if let Some(stream) = open.line.take_stream() {
            self.devices.close(&open.line.config.id, stream, Duration::ZERO);
        }
        let position =
            cursor.and_then(|cursor| Some(self.playlist.get(cursor.track)?.position(cursor.frame)));
        tracing::warn!(output = %open.line.config.id, %reason, "the output is lost");
        self.outbox.events.push(PlaybackEvent::OutputLost {
            output: open.line.config.clone(),
            reason,
            position,
        });
        let switch = match std::mem::replace(&mut self.connection, Connection::Open { switch: None }) {
            Connection::Open { switch } | Connection::Lost { switch, .. } => switch,
            Connection::GivenUp { .. } => None,
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

    /// Where to go on after `open` was lost: with the first frame that was not heard for certain.
    pub(super) fn cursor_after(&self, open: &Open) -> Option<Cursor> {
        if let Some(heading) = self.heading {
            // What was flushed is not wanted.
            return heading.to;
        }
        let status = open.line.status();
        // Of what it had to play when it asked for frames last, it may have played something since, or nothing. Better
        // that is heard twice than not at all.
        let heard = status.device_frames.saturating_sub(status.latency_frames);
        let has_sound = open.timeline.is_sound_after(heard);
        let located = open
            .timeline
            .locate(open.timeline.ring_at(heard))
            .and_then(|(id, frame)| {
                let track = self.playlist.get(id)?;
                (has_sound || !track.has_ended()).then(|| Cursor {
                    track: id,
                    frame: frame.min(track.length()),
                })
            });
        located.or_else(|| open.feed.cursor())
    }

    /// Puts down what a line has counted, disconnects it, and lets the commands that it has not obeyed take effect.
    pub(super) fn retire(&mut self, open: &Open, valve: &Valve) {
        self.closed_counters = self.closed_counters.plus(open.counters(valve).closed());
        valve.connect(None);
        for command in std::mem::take(&mut self.outstanding) {
            self.effect_now(command);
        }
        self.heading = None;
    }

    /// Plays on `line` from now on.
    pub(super) fn install(&mut self, line: Line, inlet: Inlet, reason: OpenReason, valve: &Valve) {
        let config = &line.config;
        tracing::info!(output = %config.name, id = %config.id, rate = config.rate, channels = config.channels,
            format = %config.format, period = ?line.granted_period, ?reason, "output open");
        let (rate, channels) = (config.rate, config.channels);
        let epoch = valve.connect(Some(inlet));
        let (cursor, loudness) = (self.resume_at.take(), self.options.loudness);
        let open = Open::new(line, reason, cursor, loudness, epoch, self.clock.now());
        self.outbox
            .events
            .push(PlaybackEvent::OutputOpened(open.describe()));
        self.open = Some(open);
        self.connection = Connection::Open { switch: None };
        // Its ring of commands is empty: there is room for these, which nobody has given and nobody waits for.
        let _ = valve.send(self.volume.command(rate, channels, true));
        if self.is_paused {
            let _ = valve.send(Command::Pause);
        }
        if let OpenReason::Route(command) = reason {
            self.effect_now(command);
        }
    }
}

pub(super) fn has_passed(since: u64, interval: Duration, now: u64) -> bool {
    now.saturating_sub(since) >= nanoseconds(interval)
}

pub(super) fn nanoseconds(duration: Duration) -> u64 {
    duration.as_nanos() as u64
}
