//! Changing from one output to another: because that was asked for, because the system's default has changed, or because
//! the one that was asked for is back.
//!
//! The old output sounds until the new one is open, and goes on if that fails.

use super::super::event::{OpenReason, PlaybackEvent};
use super::super::feed::Cursor;
use super::super::line::{FADE, Line};
use super::super::output::{LossReason, OutputError, OutputId, OutputSelection};
use super::super::realtime::status::Status;
use super::super::valve::{CommandId, Inlet, Valve};
use super::connection::{Connection, Switch};
use super::heard::is_due;
use super::{Deck, Open};
use std::time::Duration;

/// How long an output that was left is kept, for its fade to be heard.
const LEAVES_WITHIN: Duration = Duration::from_millis(250);

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
            Connection::Closed { .. } | Connection::First { .. } => {
                self.set_first_route(new.selection, command);
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

    /// Sees whether the output should be another than it is.
    pub(super) fn look_around(&mut self, now: u64) {
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

    /// Has an output opened anew whose stream is outdated, which sounds until then.
    pub(super) fn renew(&mut self) {
        let is_outdated = self.open.as_ref().is_some_and(|open| open.line.is_outdated());
        if let Connection::Open {
            switch: switch @ None,
        } = &mut self.connection
            && is_outdated
        {
            *switch = Some(Switch {
                selection: self.route.clone(),
                reason: OpenReason::Followed,
                asked_at: None,
            });
        }
    }

    /// Leaves an output whose stream is outdated and could not be opened anew beside it: it is gone, or only one may have it.
    pub(super) fn leave_outdated(&mut self, valve: &Valve, now: u64) {
        if self.open.as_ref().is_some_and(|open| open.line.is_outdated()) {
            self.lose(LossReason::Reconfigured, valve, now);
        }
    }

    pub(super) fn follow_default(&mut self, id: Option<&OutputId>) {
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

    pub(super) fn set_pending(&mut self, pending: Option<Switch>) {
        if let Connection::Lost { switch, .. } = &mut self.connection {
            *switch = pending;
        }
    }

    pub(super) fn fail_switch(&mut self, switch: Switch, error: OutputError) {
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
    pub(super) fn change_to(&mut self, line: Line, inlet: Inlet, switch: Switch, valve: &Valve) {
        self.route = switch.selection;
        if let Some(mut open) = self.open.take() {
            let status = open.line.status();
            let cursor = self.next_after(&mut open, &status);
            valve.flush(FADE, false);
            for heard in open.timeline.advance(status.device_frames) {
                self.pass(&heard);
            }
            self.leave_changed(cursor);
            self.retire(&open, valve);
            if let Some(stream) = open.line.take_stream() {
                self.devices.close(&open.line.config.id, stream, LEAVES_WITHIN);
            }
        }
        self.install(line, inlet, switch.reason, valve);
    }

    /// Where the lane that is on, or is being left, goes on when `open` makes way for another output. The fade begins with
    /// the next frame that the old one renders; what it has to play before that will be heard.
    fn next_after(&self, open: &mut Open, status: &Status) -> Option<Cursor> {
        let left = self.turn.leaving.as_ref();
        let lane = self.queues.lane(self.turn.in_ring()?)?;
        let heading = match left {
            Some(left) => left.heading,
            None => lane.heading,
        };
        let mut consumed = status.consumed();
        if let Some(left) = left {
            consumed = open.consumed_before(left.command).min(consumed);
            open.timeline.flush(consumed);
        }
        if let Some(heading) = heading {
            return heading.to;
        }
        let next = open.timeline.locate(consumed);
        let next = next.filter(|(track, _)| {
            lane.playlist
                .get(*track)
                .is_some_and(|track| !track.has_ended() || open.timeline.is_sound_after(status.device_frames))
        });
        match next {
            Some((track, frame)) => Some(Cursor { track, frame }),
            None if left.is_some() => lane.next,
            None => open.feed.cursor(),
        }
    }

    /// Has every lane go on when there is another output: the one that is on, or is being left, at `cursor`.
    fn leave_changed(&mut self, cursor: Option<Cursor>) {
        let turn = self.end_turn();
        let on = turn.in_ring();
        for (id, lane) in self.queues.lanes_by_id() {
            let is_on = on == Some(id);
            let next = if is_on { cursor } else { lane.next };
            lane.leave_output(next, &mut self.outbox);
            lane.goes_first |= is_on && next.is_some_and(|next| next.frame > 0);
        }
        self.settle_without(turn.leaving);
    }
}
