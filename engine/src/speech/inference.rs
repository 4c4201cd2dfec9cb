//! The inference thread: takes utterances from the queue and turns them into frames, one after the other.
//!
//! It owns the voice, the resampler and their buffers. It may wait for two things: for an utterance, and for
//! room in the ring; a stop ends the second. It uses no CPU meanwhile.

use super::chunks::for_each_chunk;
use super::error::Interruption;
use super::event::{Event, EventSender};
use super::feed::Feed;
use super::progress::{Outcome, Progress};
use super::speaker::Pending;
use super::synthesizer::{CancelFlag, Synthesizer};
use super::utterance::{Utterance, UtteranceId};
use crate::playback::Player;
use std::sync::Arc;
use std::time::Instant;

/// An utterance on its way.
pub(super) struct Job {
    pub(super) id: UtteranceId,
    pub(super) utterance: Utterance,
    /// The epoch of the queue in which it was asked for.
    pub(super) epoch: u64,
    pub(super) cancel: CancelFlag,
    pub(super) asked_for: Instant,
    pub(super) progress: Arc<Progress>,
}

pub(super) struct Inference {
    pub(super) synthesizer: Box<dyn Synthesizer>,
    pub(super) player: Arc<Player>,
    pub(super) feed: Feed,
    pub(super) events: EventSender,
}

impl Inference {
    /// Works until `pending` is closed, and gives the voice back.
    pub(super) fn run(mut self, pending: &Pending) -> Box<dyn Synthesizer> {
        while let Some(mut job) = pending.next() {
            let result = self.speak(&mut job);
            let utterance = job.id;
            match result {
                Ok(()) => {
                    tracing::debug!(%utterance, "all of it is queued");
                    job.progress.queued(self.player.queue().produced());
                    self.events.send(Event::Synthesised { utterance });
                }
                Err(Interruption::Stopped) => {
                    self.feed.reset();
                    job.progress.done(Outcome::Stopped);
                    self.events.send(Event::Stopped { utterance });
                }
                Err(Interruption::Failed(error)) => {
                    // What is there of it is heard to its end, which must not look like an underrun. If it
                    // cannot be pushed either, the error at hand says why.
                    let _ = self.feed.finish(job.epoch);
                    self.feed.reset();
                    // Whoever asked for it is told by its outcome.
                    tracing::info!(%utterance, %error, "utterance failed");
                    job.progress.done(Outcome::Failed(error.clone()));
                    self.events.send(Event::Failed { utterance, error });
                }
            }
        }
        self.synthesizer
    }

    fn speak(&mut self, job: &mut Job) -> Result<(), Interruption> {
        if job.cancel.is_set() {
            return Err(Interruption::Stopped);
        }
        let Self {
            synthesizer,
            player,
            feed,
            events,
        } = self;
        let (utterance, epoch, asked_for) = (job.id, job.epoch, job.asked_for);
        let mut underruns = Underruns::since(player);
        let mut has_audio = false;
        events.send(Event::Started { utterance });
        for_each_chunk(synthesizer.as_mut(), &mut job.utterance, &job.cancel, |audio| {
            if !has_audio && !audio.frames.is_empty() {
                has_audio = true;
                let after = asked_for.elapsed();
                tracing::debug!(%utterance, ?after, "first audio");
                events.send(Event::FirstAudio { utterance, after });
            }
            feed.push(epoch, audio.frames)?;
            events.send(Event::ChunkReady {
                utterance,
                chunk: audio.index,
                source: audio.chunk.source.clone(),
                frames: audio.frames.len(),
                took: audio.took,
            });
            underruns.report(player, utterance, events);
            Ok(())
        })?;
        feed.finish(epoch)?;
        Ok(())
    }
}

/// Sees underruns go up. They are over when frames have come, so looking after a push is early enough.
struct Underruns {
    times: u64,
    frames: u64,
}

impl Underruns {
    fn since(player: &Player) -> Self {
        let counters = player.counters();
        Self {
            times: counters.underruns,
            frames: counters.underrun_frames,
        }
    }

    fn report(&mut self, player: &Player, utterance: UtteranceId, events: &mut EventSender) {
        let now = Self::since(player);
        let times = now.times - self.times;
        if times > 0 {
            let frames = now.frames - self.frames;
            tracing::warn!(%utterance, times, frames, "speech came too late and was interrupted");
            events.send(Event::Underrun {
                utterance,
                times,
                frames,
            });
            *self = now;
        }
    }
}
