//! How far an utterance is, and how it ended.

use super::error::SpeechError;
use super::utterance::UtteranceId;
use crate::playback::Player;
use parking_lot::{Condvar, Mutex};
use std::sync::Arc;

/// How an utterance ended.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It was heard to its end.
    Finished,
    /// It was stopped before that.
    Stopped,
    /// It could not be said to its end.
    Failed(SpeechError),
}

#[derive(Debug, Clone)]
enum State {
    /// Waiting, or being synthesised.
    Waiting,
    /// All its frames are in the queue, before this index.
    Queued { end: u64 },
    /// Over.
    Done(Outcome),
}

/// What the inference thread, the speaker and the handle share.
pub(super) struct Progress {
    state: Mutex<State>,
    changed: Condvar,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::new(State::Waiting),
            changed: Condvar::new(),
        }
    }

    pub(super) fn queued(&self, end: u64) {
        self.advance(State::Queued { end });
    }

    pub(super) fn done(&self, outcome: Outcome) {
        self.advance(State::Done(outcome));
    }

    /// Ends it because of a stop, which found `consumed` frames to have left the ring.
    pub(super) fn stopped(&self, consumed: u64) {
        let is_heard = matches!(*self.state.lock(), State::Queued { end } if end <= consumed);
        self.done(if is_heard {
            Outcome::Finished
        } else {
            Outcome::Stopped
        });
    }

    pub(super) fn is_done(&self) -> bool {
        matches!(*self.state.lock(), State::Done(_))
    }

    /// The first outcome stays.
    fn advance(&self, next: State) {
        let mut state = self.state.lock();
        if !matches!(*state, State::Done(_)) {
            *state = next;
            drop(state);
            self.changed.notify_all();
        }
    }
}

/// Follows one utterance. Dropping it changes nothing.
#[derive(Clone)]
pub struct UtteranceHandle {
    pub(super) id: UtteranceId,
    pub(super) progress: Arc<Progress>,
    pub(super) player: Arc<Player>,
}

impl UtteranceHandle {
    /// The utterance.
    pub fn id(&self) -> UtteranceId {
        self.id
    }

    /// Waits until it is over: heard to its last frame (the device's latency included), stopped, or failed. A
    /// failed one is over at once, although what was queued of it is still being heard.
    pub fn wait(&self) -> Outcome {
        let end = {
            let mut state = self.progress.state.lock();
            loop {
                match &*state {
                    State::Waiting => self.progress.changed.wait(&mut state),
                    State::Queued { end } => break *end,
                    State::Done(outcome) => return outcome.clone(),
                }
            }
        };
        let heard = self.player.wait_for_frame(end, || self.progress.is_done());
        self.progress.done(match heard {
            Ok(_) => Outcome::Finished,
            Err(error) => Outcome::Failed(error.into()),
        });
        // It may have been stopped while it was heard; what came first stays.
        match &*self.progress.state.lock() {
            State::Done(outcome) => outcome.clone(),
            State::Waiting | State::Queued { .. } => Outcome::Finished,
        }
    }
}
