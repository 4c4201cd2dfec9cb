//! What subscriptions were told, and whether each event came once.
//!
//! An account is kept for each subscription by the thread that reads it, and added to what was seen in all when the
//! subscription is over.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use serde::Serialize;
use utter::host::{ClientEvent, ClientState, Departure, Error, Update};
use utter::speech::{Outcome, UtteranceHandle, UtteranceId};

/// How much later than a subscription a handle may know of an end.
const KNOWN_WITHIN: Duration = Duration::from_secs(1);

/// What was seen, and what was wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Seen {
    /// Subscriptions that are over.
    pub subscriptions: u64,
    /// Changes that were told.
    pub events: u64,
    /// Utterances that were told as queued.
    pub queued: u64,
    /// Of these, those that began to be heard.
    pub started: u64,
    /// Those that were heard to their end.
    pub finished: u64,
    /// Those that were stopped.
    pub stopped: u64,
    /// Those that failed.
    pub failed: u64,
    /// Events that came again: their number, the queueing of an utterance, or its end.
    pub repeated: u64,
    /// Numbers that were left out.
    pub missing: u64,
    /// Events of utterances that are not the client's, or that are over; events behind a departure.
    pub stray: u64,
    /// Utterances that were asked for, and never told.
    pub untold: u64,
    /// Utterances without an end, of clients that waited for it.
    pub unended: u64,
    /// Utterances whose end is told otherwise than by their handles.
    pub contradicted: u64,
    /// Subscriptions that did not end with the departure of their client, although they were read to their end.
    pub unclosed: u64,
    /// Subscriptions that were read too slowly; what they missed is not judged.
    pub lagged: u64,
    /// Why the first of those has failed that did.
    pub first_failure: Option<String>,
    /// The first thing that was wrong, as far as one event shows it.
    pub first_wrong: Option<String>,
}

/// What one subscription has told.
#[derive(Debug, Default)]
pub struct Account {
    seen: Seen,
    /// The number of the last change, once there was a snapshot.
    last: Option<u64>,
    has_lagged: bool,
    /// Utterances up to this one are of earlier subscriptions.
    earlier: Option<UtteranceId>,
    open: HashSet<UtteranceId>,
    over: HashMap<UtteranceId, End>,
    departure: Option<Departure>,
}

/// How an utterance has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Finished,
    Stopped,
    Failed,
}

impl Account {
    /// An account of a subscription that begins after the utterance `earlier` was told to another.
    pub fn after(earlier: Option<UtteranceId>) -> Self {
        Self {
            earlier,
            ..Self::default()
        }
    }

    /// Enters what was told.
    pub fn enter(&mut self, update: &Update<ClientState>) {
        let (wrong, last) = (self.seen.wrong(), self.last);
        self.take(update);
        if self.seen.wrong() > wrong && self.seen.first_wrong.is_none() {
            let last = last.map_or("nothing".into(), |last| format!("change {last}"));
            self.seen.first_wrong = Some(format!("{update:?} behind {last}"));
        }
    }

    fn take(&mut self, update: &Update<ClientState>) {
        match update {
            Update::Snapshot { number, state } => {
                let is_due = self.last.is_none();
                self.seen.stray += u64::from(!is_due);
                self.last = Some(*number);
                self.open = state.utterances.keys().copied().collect();
            }
            Update::Lagged { .. } => {
                (self.last, self.has_lagged) = (None, true);
            }
            Update::Change { number, change } => {
                let due = self.last.map_or(1, |last| last + 1);
                if *number < due {
                    self.seen.repeated += 1;
                    return;
                }
                self.seen.missing += number - due;
                self.last = Some(*number);
                self.seen.events += 1;
                self.seen.stray += u64::from(self.departure.is_some());
                self.change(change);
            }
        }
    }

    fn change(&mut self, change: &ClientEvent) {
        match change {
            ClientEvent::Queued { utterance, .. } => self.queued(*utterance),
            ClientEvent::Started { utterance } => {
                self.seen.started += 1;
                self.of(*utterance);
            }
            ClientEvent::Finished { utterance } => self.ended(*utterance, End::Finished),
            ClientEvent::Stopped { utterance, .. } => self.ended(*utterance, End::Stopped),
            ClientEvent::Failed { utterance, error } => {
                self.failure(error);
                self.ended(*utterance, End::Failed);
            }
            ClientEvent::Prepared { utterance, .. }
            | ClientEvent::Mark { utterance, .. }
            | ClientEvent::Bookmark { utterance, .. }
            | ClientEvent::Progress { utterance, .. }
            | ClientEvent::Interrupted { utterance, .. }
            | ClientEvent::Resumed { utterance, .. }
            | ClientEvent::Replayed { utterance, .. } => self.of(*utterance),
            ClientEvent::Departed(departure) => self.departure = Some(*departure),
            _ => {}
        }
    }

    fn queued(&mut self, utterance: UtteranceId) {
        self.seen.queued += 1;
        let is_earlier = self.earlier.is_some_and(|earlier| utterance <= earlier);
        let is_new = !is_earlier && !self.over.contains_key(&utterance) && self.open.insert(utterance);
        self.seen.repeated += u64::from(!is_new);
    }

    fn ended(&mut self, utterance: UtteranceId, end: End) {
        match end {
            End::Finished => self.seen.finished += 1,
            End::Stopped => self.seen.stopped += 1,
            End::Failed => self.seen.failed += 1,
        }
        if self.open.remove(&utterance) {
            self.over.insert(utterance, end);
        } else if self.over.contains_key(&utterance) {
            self.seen.repeated += 1;
        } else {
            self.seen.stray += 1;
        }
    }

    /// Something of an utterance was told, which must have begun and not be over.
    fn of(&mut self, utterance: UtteranceId) {
        self.seen.stray += u64::from(!self.open.contains(&utterance));
    }

    fn failure(&mut self, error: &Error) {
        if self.seen.first_failure.is_none() {
            self.seen.first_failure = Some(error.to_string());
        }
    }

    /// Compares it with what was asked for. The client has `waited` until nothing of it was left to be said, if it has;
    /// and the subscription was read until it was `closed`, if it was.
    pub fn compare(&mut self, asked: &[UtteranceHandle], waited: bool, closed: Option<bool>) {
        self.seen.subscriptions += 1;
        self.seen.unclosed +=
            u64::from(closed.is_some_and(|is_closed| !is_closed || self.departure.is_none()));
        if self.has_lagged {
            self.seen.lagged += 1;
            return;
        }
        let is_told = |id: &UtteranceId| self.open.contains(id) || self.over.contains_key(id);
        let untold = asked.iter().filter(|handle| !is_told(&handle.id())).count();
        self.seen.untold += untold as u64;
        // What was told and not asked for is somebody else's.
        self.seen.stray += (self.open.len() + self.over.len() + untold).saturating_sub(asked.len()) as u64;
        if waited {
            self.seen.unended += self.open.len() as u64;
        }
        for handle in asked {
            let told = self.over.get(&handle.id());
            // A handle may know a moment later than a subscription.
            let is_so = told.is_none_or(|told| {
                handle
                    .wait_within(KNOWN_WITHIN)
                    .is_some_and(|outcome| told.is(&outcome))
            });
            self.seen.contradicted += u64::from(!is_so);
        }
    }

    /// The newest utterance that was told.
    pub fn newest(&self) -> Option<UtteranceId> {
        self.open.iter().chain(self.over.keys()).max().copied()
    }

    /// What was seen, as far as it has been compared.
    pub fn seen(&self) -> &Seen {
        &self.seen
    }
}

impl End {
    fn is(self, outcome: &Outcome) -> bool {
        matches!(
            (self, outcome),
            (Self::Finished, Outcome::Finished)
                | (Self::Stopped, Outcome::Stopped)
                | (Self::Failed, Outcome::Failed(_))
        )
    }
}

impl Seen {
    /// Adds what was seen elsewhere.
    pub fn add(&mut self, other: &Self) {
        self.subscriptions += other.subscriptions;
        self.events += other.events;
        self.queued += other.queued;
        self.started += other.started;
        self.finished += other.finished;
        self.stopped += other.stopped;
        self.failed += other.failed;
        self.repeated += other.repeated;
        self.missing += other.missing;
        self.stray += other.stray;
        self.untold += other.untold;
        self.unended += other.unended;
        self.contradicted += other.contradicted;
        self.unclosed += other.unclosed;
        self.lagged += other.lagged;
        if self.first_failure.is_none() {
            self.first_failure.clone_from(&other.first_failure);
        }
        if self.first_wrong.is_none() {
            self.first_wrong.clone_from(&other.first_wrong);
        }
    }

    /// What was told, and what was wrong with it.
    pub fn events_told(&self) -> String {
        let wrong = [
            (self.repeated, "came again"),
            (self.missing, "missing"),
            (self.stray, "where they do not belong"),
            (self.untold, "utterances never told"),
            (self.unclosed, "subscriptions without an end"),
        ];
        let mut told = format!("{} events, {} subscriptions", self.events, self.subscriptions);
        append(&mut told, &wrong);
        if let Some(first) = &self.first_wrong {
            told.push_str(&format!("; the first: {first}"));
        }
        if self.lagged > 0 {
            told.push_str(&format!("; {} read too slowly to be judged", self.lagged));
        }
        told
    }

    /// What became of utterances, and what was wrong with it.
    pub fn utterances_told(&self) -> String {
        let wrong = [
            (self.unended, "without an end"),
            (self.contradicted, "ended otherwise than told"),
        ];
        let mut told = format!(
            "{} utterances: {} begun, {} finished, {} stopped",
            self.queued, self.started, self.finished, self.stopped
        );
        append(&mut told, &wrong);
        if let Some(failure) = &self.first_failure {
            told.push_str(&format!(", {} failed ({failure})", self.failed));
        }
        told
    }

    /// Whether each event came once, in its order, to whom it belongs.
    pub fn each_came_once(&self) -> bool {
        self.wrong() + self.untold + self.unclosed == 0
    }

    /// Events that came again, do not belong there, or are missing.
    fn wrong(&self) -> u64 {
        self.repeated + self.missing + self.stray
    }

    /// Whether each utterance ended as it should, none of them by a failure.
    pub fn each_ended_once(&self) -> bool {
        self.unended + self.contradicted + self.failed == 0
    }
}

fn append(told: &mut String, wrong: &[(u64, &str)]) {
    for (count, what) in wrong.iter().filter(|(count, _)| *count > 0) {
        told.push_str(&format!(", {count} {what}"));
    }
}

#[cfg(test)]
mod tests;
