//! The speaker: the handle of the inference thread.
//!
//! Whoever wants to speak, the command or the host, holds one. Nothing that it does waits for inference,
//! except closing.

use super::SAMPLE_RATE;
use super::clip::{ClipCache, ClipOptions, ClipSource};
use super::error::SpeakError;
use super::event::{Events, events};
use super::inference::{Inference, Job, Work};
use super::progress::{Progress, UtteranceHandle};
use super::synthesizer::Synthesizer;
use super::utterance::{Utterance, UtteranceId};
use crate::playback::{CommandId, Player, Stop, TrackKind, TrackOptions, TrackWriter};
use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Instant;

/// Utterances that can wait for the one being synthesised. Any more are refused with
/// [`SpeakError::QueueFull`].
pub const PENDING_UTTERANCES: usize = 64;

/// Says utterances and plays clips on a player, in the order in which they come.
pub struct Speaker {
    pending: Arc<Pending>,
    player: Player,
    clips: Arc<ClipCache>,
    thread: Option<JoinHandle<Box<dyn Synthesizer>>>,
}

impl Speaker {
    /// Starts the inference thread with `synthesizer`, for `player`. The events are those of all utterances.
    ///
    /// # Errors
    ///
    /// [`SpeakError::Thread`] if there is no thread.
    pub fn start(player: Player, synthesizer: Box<dyn Synthesizer>) -> Result<(Self, Events), SpeakError> {
        let (sender, events) = events();
        let clips = Arc::<ClipCache>::default();
        let inference = Inference {
            synthesizer,
            clips: Arc::clone(&clips),
            events: sender,
        };
        let pending = Arc::new(Pending::default());
        let thread = thread::Builder::new().name("utter-inference".into()).spawn({
            let pending = Arc::clone(&pending);
            move || inference.run(&pending)
        });
        let thread = thread.map_err(|error| SpeakError::Thread(Arc::new(error)))?;
        let speaker = Self {
            pending,
            player,
            clips,
            thread: Some(thread),
        };
        Ok((speaker, events))
    }

    /// Says `utterance` after all that was asked for before.
    ///
    /// # Errors
    ///
    /// [`SpeakError::QueueFull`] if [`PENDING_UTTERANCES`] wait already, [`SpeakError::Playback`] if nobody would
    /// hear it.
    pub fn speak(&self, utterance: Utterance) -> Result<UtteranceHandle, SpeakError> {
        self.ask(TrackKind::Speech, Work::Utterance(utterance))
    }

    /// Plays a sound file after all that was asked for before, as if it were an utterance. It is decoded when its turn
    /// comes, all of it before anything is heard, so one that is damaged is not heard at all; its outcome tells why.
    ///
    /// # Errors
    ///
    /// As for [`speak`](Self::speak).
    pub fn clip(&self, source: ClipSource, options: ClipOptions) -> Result<UtteranceHandle, SpeakError> {
        self.ask(TrackKind::Clip, Work::Clip { source, options })
    }

    /// The clips that are kept decoded.
    pub fn clips(&self) -> &Arc<ClipCache> {
        &self.clips
    }

    fn ask(&self, kind: TrackKind, work: Work) -> Result<UtteranceHandle, SpeakError> {
        let progress = Arc::new(Progress::default());
        let id = self.pending.add(|| {
            let track = self.add_track(kind, &progress)?;
            Ok(Job {
                id: UtteranceId(track.id().0),
                work,
                track,
                asked_for: Instant::now(),
                progress: Arc::clone(&progress),
            })
        })?;
        Ok(UtteranceHandle { id, progress })
    }

    fn add_track(&self, kind: TrackKind, progress: &Arc<Progress>) -> Result<TrackWriter, SpeakError> {
        let options = TrackOptions {
            kind,
            // A clip's is known when it is decoded.
            rate: SAMPLE_RATE,
            gain: 1.0,
        };
        let progress = Arc::clone(progress);
        let on_end = Box::new(move |end| progress.track_ended(end));
        Ok(self.player.add_track_with(options, on_end)?)
    }

    /// Silences by a fade of 8 ms and drops everything that was asked for before. What is asked for
    /// afterwards is said. Returns at once. For other ways to stop, and the rest of the transport, there is the
    /// [`player`](Self::player).
    pub fn stop(&self) -> CommandId {
        self.player.stop(Stop::Fade)
    }

    /// The player that is spoken on.
    pub fn player(&self) -> &Player {
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
        self.stop();
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

/// The utterances that wait.
#[derive(Default)]
pub(super) struct Pending {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    is_closed: bool,
}

impl Pending {
    /// Adds the job that `make` makes. It is made under the lock, so that tracks are in the order of jobs.
    fn add(&self, make: impl FnOnce() -> Result<Job, SpeakError>) -> Result<UtteranceId, SpeakError> {
        let mut queue = self.queue.lock();
        if queue.is_closed {
            return Err(SpeakError::Closed);
        }
        // Those that were stopped meanwhile take no room.
        if queue.jobs.len() >= PENDING_UTTERANCES {
            queue.jobs.retain(|job| job.track.is_wanted());
        }
        if queue.jobs.len() >= PENDING_UTTERANCES {
            return Err(SpeakError::QueueFull);
        }
        let job = make()?;
        let id = job.id;
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

    fn close(&self) {
        self.queue.lock().is_closed = true;
        self.changed.notify_all();
    }
}
