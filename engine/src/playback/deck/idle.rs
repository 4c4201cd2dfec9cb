//! Having no output while there is nothing to be heard: until the first track, and after the output was released.
//!
//! The first thing to be heard opens it. An error is told to all who wait, at once; who comes after that tries again. An
//! output that hangs in opening has longer than one that was lost, since nothing was interrupted; after that it is as for
//! a loss: the default one is tried in turns, whatever opens late is welcome, and in the end it is given up.

use super::super::device::Opened;
use super::super::error::PlaybackError;
use super::super::event::{OpenReason, PlaybackEvent};
use super::super::output::{OutputError, OutputSelection};
use super::super::recovery::{OPENS_WITHIN, back_off, candidate};
use super::super::track::TrackEnd;
use super::super::valve::{CommandId, Valve};
use super::Deck;
use super::connection::{Attempt, Connection, has_passed, nanoseconds};
use super::queue::Rank;
use std::time::Duration;

impl Deck {
    /// Begins without an output; `route` is opened when there is something to be heard.
    pub(in crate::playback) fn begin_closed(&mut self, route: OutputSelection) {
        self.route = route;
        self.connection = Connection::Closed { failed: None };
    }

    /// Closes the output, if nothing is to be heard and nothing is under way; whether none is open then. What has been
    /// heard can still be heard again.
    pub(in crate::playback) fn release(&mut self, valve: &Valve) -> bool {
        let is_changing = match &self.connection {
            Connection::Open { switch } | Connection::Lost { switch, .. } => switch.is_some(),
            Connection::GivenUp { .. } | Connection::Closed { .. } | Connection::First { .. } => false,
        };
        if is_changing || self.has_next() || !self.is_drained() || !self.is_clear() {
            return false;
        }
        if let Some(mut open) = self.open.take() {
            self.end_turn();
            for lane in self.queues.lanes_mut() {
                lane.leave_output(lane.next, &mut self.outbox);
            }
            self.retire(&open, valve);
            let output = open.line.config.clone();
            if let Some(stream) = open.line.take_stream() {
                self.devices.close(&output.id, stream, Duration::ZERO);
            }
            tracing::info!(output = %output.id, "output released");
            self.outbox.events.push(PlaybackEvent::OutputReleased { output });
        }
        let opening = match &mut self.connection {
            Connection::Lost { opening, .. }
            | Connection::GivenUp { opening, .. }
            | Connection::First { opening, .. } => opening.take(),
            Connection::Open { .. } | Connection::Closed { .. } => None,
        };
        if opening.is_some() {
            self.devices.abandon();
        }
        self.connection = Connection::Closed { failed: None };
        true
    }

    /// Why there is no output, if the last one could not be opened.
    pub(in crate::playback) fn failure(&self) -> Option<OutputError> {
        match &self.connection {
            Connection::Closed { failed } => failed.clone(),
            _ => None,
        }
    }

    /// Whether there is something to be fed.
    fn has_next(&self) -> bool {
        self.first(Rank::Urgent)
            .or_else(|| self.first(Rank::Normal))
            .is_some()
    }

    pub(super) fn connect_closed(&mut self, now: u64) {
        if self.has_next() {
            self.connection = Connection::First {
                since: now,
                failures: 0,
                next_try: now,
                opening: None,
            };
            self.connect_first(now);
        }
    }

    pub(super) fn connect_first(&mut self, now: u64) {
        let Connection::First {
            since,
            failures,
            next_try,
            opening,
        } = &mut self.connection
        else {
            return;
        };
        if has_passed(*since, self.options.give_up_after, now) {
            if opening.is_some() {
                self.devices.abandon();
            }
            self.fail_first(OutputError::TimedOut);
            return;
        }
        if let Some(attempt) = opening {
            if has_passed(attempt.since, OPENS_WITHIN, now) {
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
        if self.devices.open(&candidate(&self.route, *failures)) {
            *opening = Some(Attempt {
                since: now,
                is_for_switch: false,
            });
        } else {
            *failures += 1;
            *next_try = now + nanoseconds(back_off(*failures));
        }
    }

    /// The first output was opened, or could not be.
    pub(super) fn opened_first(&mut self, opened: Result<Opened, OutputError>, valve: &Valve, now: u64) {
        let Connection::First {
            failures,
            next_try,
            opening,
            ..
        } = &mut self.connection
        else {
            return;
        };
        *opening = None;
        match opened {
            Ok((line, inlet)) => self.install(line, inlet, OpenReason::First, valve),
            // The error of another one, or of the same while it hangs, says little: what hangs may open yet.
            Err(error) if *failures > 0 => {
                tracing::debug!(%error, failures, "no output yet");
                *failures += 1;
                *next_try = now + nanoseconds(back_off(*failures));
            }
            Err(error) => self.fail_first(error),
        }
    }

    /// Tells all who wait that there is no output.
    fn fail_first(&mut self, error: OutputError) {
        tracing::info!(%error, "the output cannot be opened");
        self.outbox.events.push(PlaybackEvent::OutputFailed {
            selection: self.route.clone(),
            error: error.clone(),
        });
        self.end_all(|| TrackEnd::Failed(PlaybackError::Output(error.clone())));
        self.connection = Connection::Closed { failed: Some(error) };
    }

    /// Another output is to be the first, and is opened when there is something to be heard.
    pub(super) fn set_first_route(&mut self, selection: OutputSelection, command: CommandId) {
        self.route = selection;
        if let Connection::First { opening, .. } = &mut self.connection {
            if opening.take().is_some() {
                self.devices.abandon();
            }
            // The old one's failures are not the new one's.
            self.connection = Connection::Closed { failed: None };
        }
        self.effect_now(command, self.position());
    }
}
