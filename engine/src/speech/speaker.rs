//! The speaker: the handle of the inference thread.
//!
//! Whoever wants to speak, the command or the host, holds one. Nothing that it does waits for inference,
//! except closing.

use super::error::SpeakError;
use super::event::{Events, events};
use super::feed::Feed;
use super::inference::{Inference, Job};
use super::progress::{Progress, UtteranceHandle};
use super::synthesizer::{CancelFlag, Synthesizer};
use super::utterance::{Utterance, UtteranceId};
use crate::playback::{PlaybackError, Player};
use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::Instant;

/// Utterances that can wait for the one being synthesised. Any more are refused with
/// [`SpeakError::QueueFull`].
pub const PENDING_UTTERANCES: usize = 64;

/// Says utterances on a player, in the order in which they come.
pub struct Speaker {
    pending: Arc<Pending>,
    player: Arc<Player>,
    thread: Option<JoinHandle<Box<dyn Synthesizer>>>,
}

impl Speaker {
    /// Starts the inference thread with `synthesizer`, for `player`. The events are those of all utterances.
    ///
    /// # Errors
    ///
    /// [`SpeakError::Rate`] if the device's rate cannot be resampled to, [`SpeakError::Thread`] if there is
    /// no thread.
    pub fn start(
        player: Arc<Player>,
        synthesizer: Box<dyn Synthesizer>,
    ) -> Result<(Self, Events), SpeakError> {
        let (sender, events) = events();
        let feed = Feed::new(player.queue().clone())?;
        let inference = Inference {
            synthesizer,
            player: Arc::clone(&player),
            feed,
            events: sender,
        };
        let pending = Arc::new(Pending::default());
        let thread = thread::Builder::new().name("utter-inference".into()).spawn({
            let pending = Arc::clone(&pending);
            move || inference.run(&pending)
        });
        let thread = thread.map_err(|error| SpeakError::Thread(Arc::new(error)))?;
        Ok((
            Self {
                pending,
                player,
                thread: Some(thread),
            },
            events,
        ))
    }

    /// Says `utterance` after those that were asked for before.
    ///
    /// # Errors
    ///
    /// [`SpeakError::QueueFull`] if [`PENDING_UTTERANCES`] wait already.
    pub fn speak(&self, utterance: Utterance) -> Result<UtteranceHandle, SpeakError> {
        let progress = Arc::new(Progress::new());
        let id = self.pending.add(|id| {
            let epoch = self.player.queue().epoch();
            Job {
                id,
                utterance,
                epoch,
                cancel: CancelFlag::new(self.player.queue().epoch_cell(), epoch),
                asked_for: Instant::now(),
                progress: Arc::clone(&progress),
            }
        })?;
        Ok(UtteranceHandle {
            id,
            progress,
            player: Arc::clone(&self.player),
        })
    }

    /// Silences by a fade of 8 ms and drops everything that was asked for before. What is asked for
    /// afterwards is said. Returns at once.
    ///
    /// # Errors
    ///
    /// [`PlaybackError::OutputUnresponsive`] if the device takes no commands; everything is dropped even so.
    pub fn stop(&self) -> Result<(), PlaybackError> {
        let result = self.player.stop();
        self.pending
            .drop_before(self.player.queue().epoch(), self.player.consumed());
        result
    }

    /// The player that is spoken on.
    pub fn player(&self) -> &Arc<Player> {
        &self.player
    }

    /// Stops, ends the thread, and gives the voice back; `None` if the thread is gone. Waits for the
    /// synthesis in hand to give up. The player stays open.
    pub fn close(mut self) -> Option<Box<dyn Synthesizer>> {
        self.retire();
        self.thread.take()?.join().ok()
    }

    fn retire(&self) {
        self.pending.close();
        if let Err(error) = self.stop() {
            tracing::warn!(%error, "cannot fade out");
        }
    }
}

impl Drop for Speaker {
    /// As [`close`](Self::close), but does not wait for the thread.
    fn drop(&mut self) {
        if self.thread.is_some() {
            self.retire();
        }
    }
}

/// The utterances that wait, and those that are on their way.
#[derive(Default)]
pub(super) struct Pending {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    /// All that are not known to be over, the waiting ones included, with their epochs.
    open: Vec<(u64, Weak<Progress>)>,
    next_id: u64,
    is_closed: bool,
}

impl Pending {
    /// Adds the job that `make` makes for an id. The epoch is read under the lock, so that a stop either
    /// finds the job here, or comes before its epoch.
    fn add(&self, make: impl FnOnce(UtteranceId) -> Job) -> Result<UtteranceId, SpeakError> {
        let mut queue = self.queue.lock();
        if queue.is_closed {
            return Err(SpeakError::Closed);
        }
        if queue.jobs.len() >= PENDING_UTTERANCES {
            return Err(SpeakError::QueueFull);
        }
        queue
            .open
            .retain(|(_, progress)| progress.upgrade().is_some_and(|progress| !progress.is_done()));
        let id = UtteranceId(queue.next_id);
        queue.next_id += 1;
        let job = make(id);
        queue.open.push((job.epoch, Arc::downgrade(&job.progress)));
        queue.jobs.push_back(job);
        drop(queue);
        self.changed.notify_one();
        Ok(id)
    }

    /// Waits for the next job; `None` when closed.
    pub(super) fn next(&self) -> Option<Job> {
        let mut queue = self.queue.lock();
        loop {
            if let Some(job) = queue.jobs.pop_front() {
                return Some(job);
            }
            if queue.is_closed {
                return None;
            }
            self.changed.wait(&mut queue);
        }
    }

    /// Ends all of the epochs before `epoch` that are not over yet. The thread throws away the jobs
    /// themselves when it comes to them.
    fn drop_before(&self, epoch: u64, consumed: u64) {
        let mut queue = self.queue.lock();
        for (_, progress) in queue.open.extract_if(.., |(asked_in, _)| *asked_in < epoch) {
            if let Some(progress) = progress.upgrade() {
                progress.stopped(consumed);
            }
        }
    }

    fn close(&self) {
        self.queue.lock().is_closed = true;
        self.changed.notify_all();
    }
}
