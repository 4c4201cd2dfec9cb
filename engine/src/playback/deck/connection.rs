//! Outputs: losing them, finding them again, and changing from one to another.
//!
//! While there is no output, commands are remembered and take effect at once, and tracks go on growing. When one is
//! there, it goes on from the frame at which the last was lost, and at its own rate, since the feed reads tracks and
//! not the lost ring.

use super::super::device::{Answer, Opened};
use super::super::error::PlaybackError;
use super::super::event::{OpenReason, PlaybackEvent};
use super::super::feed::Cursor;
use super::super::line::{FADE, Line};
use super::super::output::{LossReason, OutputError, OutputId, OutputSelection};
use super::super::realtime::command::Command;
use super::super::recovery::{OPENS_WITHIN, back_off, candidate, patience};
use super::super::track::TrackEnd;
use super::super::valve::{CommandId, Inlet, Valve};
use super::heard::is_due;
use super::{Deck, Open};
use std::time::Duration;

/// How long an output that was left is kept, for its fade to be heard.
const LEAVES_WITHIN: Duration = Duration::from_millis(250);

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
    since: u64,
    /// Whether it is for the change of route, and not only to have some output again.
    is_for_switch: bool,
}

/// A change to another output.
pub(in crate::playback) struct Switch {
    selection: OutputSelection,
    reason: OpenReason,
    /// When the device thread was asked; not yet if there is none.
    asked_at: Option<u64>,
}

impl Deck {
    /// Changes to another output; the old one sounds until the new one is open, and goes on if that fails.
    pub(in crate::playback) fn set_route(&mut self, selection: OutputSelection, valve: &Valve) -> CommandId {
        let command = valve.number();
        let new = Switch {
            selection,
            reason: OpenReason::Route(command),
            asked_at: None,
        };
        let old = match &mut self.connection {
            Connection::Open { switch } => switch.replace(new),
            Connection::Lost {
                switch,
                opening,
                next_try,
                ..
            } => {
                *opening = opening.take().filter(|attempt| !attempt.is_for_switch);
                *next_try = 0;
                switch.replace(new)
            }
            Connection::GivenUp { reason, .. } => {
                self.connection = Connection::Lost {
                    reason: *reason,
                    since: self.clock.now(),
                    failures: 0,
                    next_try: 0,
                    opening: None,
                    switch: Some(new),
                };
                None
            }
        };
        if let Some(old) = old {
            // Whatever it opens is for nobody.
            if old.asked_at.is_some() {
                self.devices.abandon();
            }
            self.fail_switch(old, OutputError::Superseded);
        }
        command
    }

    pub(in crate::playback) fn route(&self) -> &OutputSelection {
        &self.route
    }

    /// Looks whether the output is still there.
    pub(super) fn watch(&mut self, valve: &Valve, now: u64) {
        self.tell_faults();
        let stalled_after = self.options.stalled_after;
        let Some(open) = &mut self.open else { return };
        let status = open.line.status();
        if status.device_frames != open.seen.device_frames || open.seen.moved_at == 0 {
            open.seen.device_frames = status.device_frames;
            open.seen.moved_at = now.max(1);
        }
        let rate = u64::from(open.line.config.rate.max(1));
        let four_periods = 4 * status.period_frames * 1_000_000_000 / rate;
        let patience = (stalled_after.as_nanos() as u64).max(four_periods);
        let reason = open.line.health.lost().or_else(|| {
            let is_stalled = now.saturating_sub(open.seen.moved_at) >= patience;
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
    fn lose(&mut self, reason: LossReason, valve: &Valve, now: u64) {
        let Some(mut open) = self.open.take() else { return };
        let cursor = self.cursor_after(&open);
        self.told = self.playhead;
        if let Some(cursor) = cursor {
            self.playhead = Some((cursor.track, cursor.frame));
        }
        self.end_before(cursor);
        self.resume_at = cursor;
        self.retire(&open, valve, None);
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
    fn cursor_after(&self, open: &Open) -> Option<Cursor> {
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

    /// Puts down what a line has counted, and lets the commands that it has not obeyed take effect.
    fn retire(&mut self, open: &Open, valve: &Valve, next: Option<Inlet>) -> u64 {
        self.closed_counters = self.closed_counters.plus(open.counters(valve).closed());
        let (epoch, _, _) = valve.connect(next);
        for command in std::mem::take(&mut self.outstanding) {
            self.effect_now(command);
        }
        self.heading = None;
        epoch
    }

    /// Opens what is to be opened, and takes what was.
    pub(super) fn connect(&mut self, valve: &Valve, now: u64) {
        while let Some(answer) = self.devices.answer() {
            match answer {
                Answer::Opened(opened) => self.opened(*opened, valve, now),
                Answer::Late(opened) => self.opened_late(*opened, valve),
                Answer::Default(id) => self.follow_default(id.as_ref()),
            }
        }
        match &self.connection {
            Connection::Open { .. } => self.connect_open(now),
            Connection::Lost { .. } => self.connect_lost(now),
            Connection::GivenUp { .. } => self.connect_given_up(now),
        }
    }

    fn connect_open(&mut self, now: u64) {
        self.look_around(now);
        let Connection::Open { switch } = &mut self.connection else {
            return;
        };
        let Some(wanted) = switch else { return };
        match wanted.asked_at {
            None => {
                if self.devices.open(&wanted.selection) {
                    wanted.asked_at = Some(now);
                }
            }
            Some(since) if has_passed(since, OPENS_WITHIN, now) => {
                self.devices.abandon();
                if let Some(failed) = switch.take() {
                    self.fail_switch(failed, OutputError::TimedOut);
                }
            }
            Some(_) => {}
        }
    }

    /// Sees whether the output should be another than it is.
    fn look_around(&mut self, now: u64) {
        let Some(open) = &mut self.open else { return };
        let Connection::Open { switch: None } = &self.connection else {
            return;
        };
        if !is_due(&mut open.seen.looked_at, self.options.look_interval, now) {
            return;
        }
        match &self.route {
            OutputSelection::Default => {
                self.devices.look();
            }
            OutputSelection::Id(id) if open.line.config.id != *id => {
                self.connection = Connection::Open {
                    switch: Some(Switch {
                        selection: self.route.clone(),
                        reason: OpenReason::Followed,
                        asked_at: None,
                    }),
                };
            }
            OutputSelection::Id(_) => {}
        }
    }

    fn follow_default(&mut self, id: Option<&OutputId>) {
        let (Some(open), Some(id)) = (&self.open, id) else {
            return;
        };
        let is_other = self.route == OutputSelection::Default && open.line.config.id != *id;
        if let Connection::Open {
            switch: switch @ None,
        } = &mut self.connection
            && is_other
        {
            *switch = Some(Switch {
                selection: OutputSelection::Default,
                reason: OpenReason::Followed,
                asked_at: None,
            });
        }
    }

    fn connect_lost(&mut self, now: u64) {
        let Connection::Lost {
            reason,
            since,
            failures,
            next_try,
            opening,
            switch,
        } = &mut self.connection
        else {
            return;
        };
        if has_passed(*since, self.options.give_up_after, now) {
            let (reason, failures) = (*reason, *failures);
            self.give_up(reason, failures, now);
            return;
        }
        if let Some(attempt) = opening {
            if has_passed(attempt.since, patience(*failures), now) {
                *opening = None;
                *failures += 1;
                *next_try = now;
                self.devices.abandon();
            }
            return;
        }
        if now < *next_try {
            return;
        }
        let (selection, is_for_switch) = match switch {
            Some(switch) => (&switch.selection, true),
            None => (&candidate(&self.route, *failures), false),
        };
        if self.devices.open(selection) {
            *opening = Some(Attempt {
                since: now,
                is_for_switch,
            });
        } else {
            // Its threads hang; one may come back. Meanwhile there is the other one.
            *failures += 1;
            *next_try = now + nanoseconds(back_off(*failures));
        }
    }

    fn give_up(&mut self, reason: LossReason, failures: u32, now: u64) {
        let error = PlaybackError::OutputLost(reason);
        // Whoever waits to be heard is told.
        tracing::info!(%error, "no output was found; what waits to be heard is given up");
        self.outbox.events.push(PlaybackEvent::OutputGivenUp {
            after: self.options.give_up_after,
            error: error.clone(),
        });
        self.end_all(|| TrackEnd::Failed(error.clone()));
        let opening = match &mut self.connection {
            Connection::Lost { opening, .. } => opening.take(),
            _ => None,
        };
        self.connection = Connection::GivenUp {
            reason,
            next_try: now,
            failures,
            opening,
        };
    }

    fn connect_given_up(&mut self, now: u64) {
        let Connection::GivenUp {
            next_try,
            failures,
            opening,
            ..
        } = &mut self.connection
        else {
            return;
        };
        match opening {
            Some(attempt) if has_passed(attempt.since, OPENS_WITHIN, now) => {
                *opening = None;
                self.devices.abandon();
            }
            Some(_) => {}
            None if now >= *next_try => {
                *next_try = now + nanoseconds(self.options.look_interval);
                if self.devices.open(&candidate(&self.route, *failures)) {
                    *opening = Some(Attempt {
                        since: now,
                        is_for_switch: false,
                    });
                }
            }
            None => {}
        }
    }

    /// An output was opened, or could not be.
    fn opened(&mut self, opened: Result<Opened, OutputError>, valve: &Valve, now: u64) {
        match &mut self.connection {
            Connection::Open { switch } => {
                let Some(switch) = switch.take() else {
                    if let Ok(opened) = opened {
                        self.discard(opened);
                    }
                    return;
                };
                match opened {
                    Ok((line, inlet)) => self.change_to(line, inlet, switch, valve),
                    Err(error) => self.fail_switch(switch, error),
                }
            }
            Connection::Lost {
                failures,
                next_try,
                opening,
                switch,
                ..
            } => {
                let was_for_switch = opening.take().is_some_and(|attempt| attempt.is_for_switch);
                let pending = switch.take();
                let (switch, pending) = if was_for_switch {
                    (pending, None)
                } else {
                    (None, pending)
                };
                match opened {
                    Ok((line, inlet)) => {
                        let reason = switch
                            .as_ref()
                            .map_or(OpenReason::Recovered, |switch| switch.reason);
                        if let Some(switch) = switch {
                            self.route = switch.selection;
                        }
                        self.install(line, inlet, reason, valve);
                        self.connection = Connection::Open { switch: pending };
                    }
                    Err(error) => {
                        tracing::debug!(%error, failures, "no output yet");
                        *failures += 1;
                        *next_try = now + nanoseconds(back_off(*failures));
                        self.set_pending(pending);
                        if let Some(switch) = switch {
                            self.fail_switch(switch, error);
                        }
                    }
                }
            }
            Connection::GivenUp {
                failures, opening, ..
            } => {
                *opening = None;
                match opened {
                    Ok((line, inlet)) => self.install(line, inlet, OpenReason::Recovered, valve),
                    Err(_) => *failures += 1,
                }
            }
        }
    }

    /// An output was opened that was given up before. It is better than none.
    fn opened_late(&mut self, (line, inlet): Opened, valve: &Valve) {
        let (opening, pending) = match &mut self.connection {
            Connection::Open { .. } => return self.discard((line, inlet)),
            Connection::Lost { opening, switch, .. } => (opening.take(), switch.take()),
            Connection::GivenUp { opening, .. } => (opening.take(), None),
        };
        // What is being opened for a change of route is still wanted.
        if opening.is_some_and(|attempt| !attempt.is_for_switch) {
            self.devices.abandon();
        }
        self.install(line, inlet, OpenReason::Recovered, valve);
        self.connection = Connection::Open { switch: pending };
    }

    /// Closes an output that nobody wants any more.
    fn discard(&mut self, (mut line, _): Opened) {
        if let Some(stream) = line.take_stream() {
            self.devices.close(&line.config.id, stream, Duration::ZERO);
        }
    }

    fn set_pending(&mut self, pending: Option<Switch>) {
        if let Connection::Lost { switch, .. } = &mut self.connection {
            *switch = pending;
        }
    }

    fn fail_switch(&mut self, switch: Switch, error: OutputError) {
        match switch.reason {
            OpenReason::Route(command) => {
                tracing::warn!(%error, "the route stays as it was");
                self.outbox.events.push(PlaybackEvent::RouteFailed {
                    command,
                    selection: switch.selection,
                    error,
                });
            }
            _ => tracing::debug!(%error, "the output stays as it was"),
        }
    }

    /// Goes over to another output: the old one fades out, the new one fades in from the same frame.
    fn change_to(&mut self, line: Line, inlet: Inlet, switch: Switch, valve: &Valve) {
        self.route = switch.selection;
        if let Some(mut open) = self.open.take() {
            // The fade begins with the next frame that the old one renders; what it has to play before that will be
            // heard.
            let status = open.line.status();
            let next = open.timeline.locate(status.consumed());
            let cursor = match self.heading {
                Some(heading) => heading.to,
                None => next.map(|(track, frame)| Cursor { track, frame }),
            };
            let is_over = cursor.is_none_or(|cursor| {
                self.playlist.get(cursor.track).is_none_or(|track| {
                    track.has_ended() && !open.timeline.is_sound_after(status.device_frames)
                })
            });
            let cursor = if is_over { open.feed.cursor() } else { cursor };
            valve.flush(FADE, false);
            for heard in open.timeline.advance(status.device_frames) {
                self.pass(&heard);
            }
            self.end_before(cursor);
            self.resume_at = cursor;
            self.retire(&open, valve, None);
            if let Some(stream) = open.line.take_stream() {
                self.devices.close(&open.line.config.id, stream, LEAVES_WITHIN);
            }
        }
        self.install(line, inlet, switch.reason, valve);
    }

    /// Plays on `line` from now on.
    pub(super) fn install(&mut self, line: Line, inlet: Inlet, reason: OpenReason, valve: &Valve) {
        let config = &line.config;
        tracing::info!(output = %config.name, id = %config.id, rate = config.rate, channels = config.channels,
            format = %config.format, period = ?line.granted_period, ?reason, "output open");
        let (rate, channels) = (config.rate, config.channels);
        let (epoch, _, _) = valve.connect(Some(inlet));
        let loudness = self.options.loudness;
        let open = Open::new(line, self.resume_at.take(), loudness, epoch, self.clock.now());
        self.outbox
            .events
            .push(PlaybackEvent::OutputOpened(open.describe(reason)));
        self.open = Some(open);
        self.connection = Connection::Open { switch: None };
        // Its ring of commands is empty: there is room for these.
        let _ = self.set_again(self.volume.command(rate, channels, true), valve);
        if self.is_paused {
            let _ = self.set_again(Command::Pause, valve);
        }
        if let OpenReason::Route(command) = reason {
            self.effect_now(command);
        }
    }

    /// Sends a command that nobody has given.
    fn set_again(&mut self, command: Command, valve: &Valve) -> Option<CommandId> {
        valve.send(command).ok().map(|(id, _)| id)
    }
}

fn has_passed(since: u64, interval: Duration, now: u64) -> bool {
    now.saturating_sub(since) >= nanoseconds(interval)
}

fn nanoseconds(duration: Duration) -> u64 {
    duration.as_nanos() as u64
}
