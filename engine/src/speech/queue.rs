//! A queue of a speaker: the handle by which one client says things, in the order in which he asks.
//!
//! Every queue has its own place on the player ([`Stage`](super::stage::Stage)); what all of them ask for meets on the
//! [desk](super::desk). Nothing here waits for inference.

use super::SAMPLE_RATE;
use super::chunks::Script;
use super::clip::{ClipOptions, ClipSource};
use super::desk::Desk;
use super::error::SpeakError;
use super::job::{Job, Place, Work};
use super::mouth::MarkOptions;
use super::progress::{Progress, UtteranceHandle};
use super::schedule::Class;
use super::speaking::{Heard, Playing, Speaking};
use super::stage::{OnEnd, Stage};
use super::transcript::Transcript;
use super::utterance::{Utterance, UtteranceId};
use crate::playback::{CommandId, Interrupt, PlaybackError, QueueId, Stop, TrackId, TrackKind, TrackOptions};
use std::sync::Arc;
use std::time::Instant;

/// What becomes of what was asked for before on the same queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mode {
    /// It is said first.
    #[default]
    Enqueue,
    /// It is stopped, by a fade.
    Replace,
}

/// How something is asked for. The default says it after all that was asked for before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SpeakOptions {
    /// What becomes of what was asked for before on the same queue.
    pub mode: Mode,
    /// Made, and heard, ahead of all that is not urgent. What is heard then is interrupted in this way.
    pub urgent: Option<Interrupt>,
    /// What of it is marked beside sentences and words.
    pub marks: MarkOptions,
}

/// A queue. Clones are the same one.
#[derive(Clone)]
pub struct SpeechQueue {
    id: QueueId,
    stage: Arc<dyn Stage>,
    desk: Arc<Desk>,
}

impl SpeechQueue {
    pub(super) fn new(id: QueueId, stage: Arc<dyn Stage>, desk: Arc<Desk>) -> Self {
        Self { id, stage, desk }
    }

    /// The queue.
    pub fn id(&self) -> QueueId {
        self.id
    }

    /// The utterance or clip of this queue that has a number. Whether there is one is not looked at.
    pub fn utterance(&self, number: u64) -> UtteranceId {
        UtteranceId {
            track: TrackId(number),
            queue: self.id,
        }
    }

    /// Says `utterance`.
    ///
    /// # Errors
    ///
    /// [`SpeakError::QueueFull`] if [`PENDING_UTTERANCES`](super::PENDING_UTTERANCES) wait on this queue already, or
    /// [`PENDING_IN_ALL`](super::PENDING_IN_ALL) on all; [`SpeakError::Playback`] if nobody would hear it;
    /// [`SpeakError::Closed`]. Then nothing has changed, but that what was to be replaced may have been stopped.
    pub fn speak(&self, utterance: Utterance, options: SpeakOptions) -> Result<UtteranceHandle, SpeakError> {
        let transcript = utterance.chunks.transcript();
        let mut script = Script::new(utterance);
        let bell = Arc::clone(&self.desk.bell);
        script.wake_by(Arc::new(move || bell.ring()));
        self.ask(TrackKind::Speech, transcript, options, |heard| {
            Box::new(Speaking::new(heard, script, options.marks))
        })
    }

    /// Plays a sound file as if it were an utterance. It is decoded when its turn comes, all of it before anything is heard,
    /// so one that is damaged is not heard at all; its outcome tells why.
    ///
    /// # Errors
    ///
    /// As for [`speak`](Self::speak).
    pub fn clip(
        &self,
        source: ClipSource,
        clip: ClipOptions,
        options: SpeakOptions,
    ) -> Result<UtteranceHandle, SpeakError> {
        self.ask(TrackKind::Clip, None, options, |heard| {
            Box::new(Playing {
                heard,
                source,
                options: clip,
            })
        })
    }

    /// Ends what was asked for on this queue before.
    ///
    /// # Errors
    ///
    /// [`SpeakError::Playback`] if the player's queue was removed.
    pub fn stop(&self, how: Stop) -> Result<CommandId, SpeakError> {
        let command = self.stage.stop(how).map_err(PlaybackError::from);
        self.desk.bell.ring();
        Ok(command?)
    }

    fn ask(
        &self,
        kind: TrackKind,
        transcript: Option<Transcript>,
        options: SpeakOptions,
        work: impl FnOnce(Heard) -> Box<dyn Work>,
    ) -> Result<UtteranceHandle, SpeakError> {
        let asked_for = Instant::now();
        let progress = Arc::new(Progress::of(transcript));
        let replaces = options.mode == Mode::Replace;
        self.desk.add(Some(self.id), replaces, |order| {
            if replaces {
                self.stage.stop(Stop::Fade).map_err(PlaybackError::from)?;
            }
            let track_options = TrackOptions {
                kind,
                // A clip's is known when it is decoded.
                rate: SAMPLE_RATE,
                gain: 1.0,
            };
            let on_end = self.on_end(&progress);
            let track = self.stage.add_track(track_options, options.urgent, on_end)?;
            let id = UtteranceId {
                track: track.id(),
                queue: self.id,
            };
            let heard = Heard {
                id,
                track,
                asked_for,
                progress: Arc::clone(&progress),
            };
            let job = Job {
                order,
                class: match options.urgent {
                    Some(_) => Class::Urgent,
                    None => Class::Speech,
                },
                place: Some(Place {
                    queue: self.id,
                    stage: Arc::clone(&self.stage),
                }),
                is_begun: false,
                work: work(heard),
            };
            let progress = Arc::clone(&progress);
            Ok((job, UtteranceHandle { id, progress }))
        })
    }

    /// Called by the player, under none of its locks. It may be under the desk's, in a replacement, so it takes no other
    /// than those of the progress and the bell.
    fn on_end(&self, progress: &Arc<Progress>) -> OnEnd {
        let (progress, bell) = (Arc::clone(progress), Arc::clone(&self.desk.bell));
        Box::new(move |end, heard| {
            progress.track_ended(end, heard);
            // A job that was stopped is to be told, and where something was heard there is room.
            bell.ring();
        })
    }
}
