//! Opening outputs: what the device thread is asked, when, and what becomes of its answers.
//!
//! When an output was lost, it is tried again at once, then the default one, and so on in turns with growing waits, for
//! half a minute; after that now and then.

use super::super::device::{Answer, Opened};
use super::super::error::PlaybackError;
use super::super::event::{OpenReason, PlaybackEvent};
use super::super::output::{LossReason, OutputError, OutputId, OutputSelection};
use super::super::recovery::{OPENS_WITHIN, back_off, candidate, patience};
use super::super::track::TrackEnd;
use super::super::valve::Valve;
use super::Deck;
use super::connection::{Attempt, Connection, has_passed, nanoseconds};
use std::time::Duration;

impl Deck {
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
            Connection::Open { .. } => self.connect_open(valve, now),
            Connection::Lost { .. } => self.connect_lost(now),
            Connection::GivenUp { .. } => self.connect_given_up(now),
            Connection::Closed { .. } => self.connect_closed(now),
            Connection::First { .. } => self.connect_first(now),
        }
    }

    pub(super) fn connect_open(&mut self, valve: &Valve, now: u64) {
        self.look_around(now);
        self.renew();
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
                    self.leave_outdated(valve, now);
                }
            }
            Some(_) => {}
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
                    Err(error) => {
                        self.fail_switch(switch, error);
                        self.leave_outdated(valve, now);
                    }
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
            Connection::First { .. } => self.opened_first(opened, valve, now),
            Connection::Closed { .. } => {
                if let Ok(opened) = opened {
                    self.discard(opened);
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
        if self.is_superseded(&line.config.id) {
            return self.discard((line, inlet));
        }
        let mut reason = OpenReason::Recovered;
        let (opening, pending) = match &mut self.connection {
            Connection::Open { .. } | Connection::Closed { .. } => return self.discard((line, inlet)),
            Connection::First { opening, .. } => {
                reason = OpenReason::First;
                (opening.take(), None)
            }
            Connection::Lost { opening, switch, .. } => (opening.take(), switch.take()),
            Connection::GivenUp { opening, .. } => (opening.take(), None),
        };
        // What is being opened for a change of route is still wanted.
        if opening.is_some_and(|attempt| !attempt.is_for_switch) {
            self.devices.abandon();
        }
        self.install(line, inlet, reason, valve);
        self.connection = Connection::Open { switch: pending };
    }

    /// Whether the output `id` is another than the first one is to be, now that this is being opened.
    fn is_superseded(&self, id: &OutputId) -> bool {
        let Connection::First { failures: 0, .. } = &self.connection else {
            return false;
        };
        matches!(&self.route, OutputSelection::Id(route) if route != id)
    }

    /// Closes an output that nobody wants any more.
    pub(super) fn discard(&mut self, (mut line, _): Opened) {
        if let Some(stream) = line.take_stream() {
            self.devices.close(&line.config.id, stream, Duration::ZERO);
        }
    }
}
