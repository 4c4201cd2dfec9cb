//! The inference thread: takes utterances from the queue and turns them into the frames of their tracks, one after
//! the other.
//!
//! It owns the voice. It may wait for two things: for an utterance, and for what is ahead of the playhead to become
//! less; a stop ends the second. It uses no CPU meanwhile.

use super::chunks::{ChunkAudio, for_each_chunk};
use super::clip::{ClipCache, ClipError, ClipLimits, ClipOptions, ClipSource};
use super::error::{Interruption, SpeechError};
use super::event::{Event, EventSender};
use super::progress::Progress;
use super::speaker::Pending;
use super::synthesizer::{CancelFlag, Synthesizer};
use super::utterance::{Utterance, UtteranceId};
use crate::playback::{Mark, MarkKind, TrackWriter};
use crate::text::Boundary;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

/// An utterance on its way.
pub(super) struct Job {
    pub(super) id: UtteranceId,
    pub(super) work: Work,
    pub(super) track: TrackWriter,
    pub(super) asked_for: Instant,
    pub(super) progress: Arc<Progress>,
}

/// What is to be made.
pub(super) enum Work {
    Utterance(Utterance),
    Clip {
        source: ClipSource,
        options: ClipOptions,
    },
}

pub(super) struct Inference {
    pub(super) synthesizer: Box<dyn Synthesizer>,
    pub(super) clips: Arc<ClipCache>,
    pub(super) events: EventSender,
}

impl Inference {
    /// Works until `pending` is closed, and gives the voice back.
    pub(super) fn run(mut self, pending: &Pending) -> Box<dyn Synthesizer> {
        while let Some(mut job) = pending.next() {
            let utterance = job.id;
            match self.make(&mut job) {
                Ok(()) => {
                    tracing::debug!(%utterance, "all of it is made");
                    job.track.finish();
                    self.events.send(Event::Synthesised { utterance });
                }
                Err(Interruption::Stopped) => {
                    job.progress.cut();
                    job.track.finish();
                    self.events.send(Event::Stopped { utterance });
                }
                Err(Interruption::Failed(error)) => self.failed(job, error),
            }
        }
        self.synthesizer
    }

    /// What is there of it is heard to its end.
    fn failed(&mut self, job: Job, error: SpeechError) {
        let utterance = job.id;
        // Whoever asked for it is told by its outcome.
        tracing::info!(%utterance, %error, "utterance failed");
        job.progress.failed(error.clone());
        job.track.finish();
        self.events.send(Event::Failed { utterance, error });
    }

    fn make(&mut self, job: &mut Job) -> Result<(), Interruption> {
        let cancel = CancelFlag::of_track(job.track.wanted());
        if cancel.is_set() {
            return Err(Interruption::Stopped);
        }
        self.events.send(Event::Started { utterance: job.id });
        match &mut job.work {
            Work::Utterance(_) => self.speak(job, &cancel),
            Work::Clip { source, options } => {
                let made = decode(&self.clips, source, options, &mut job.track, &cancel);
                if made.is_ok() {
                    let (utterance, after) = (job.id, job.asked_for.elapsed());
                    self.events.send(Event::FirstAudio { utterance, after });
                }
                made
            }
        }
    }

    fn speak(&mut self, job: &mut Job, cancel: &CancelFlag) -> Result<(), Interruption> {
        let Work::Utterance(spoken) = &mut job.work else {
            return Ok(());
        };
        let Self {
            synthesizer, events, ..
        } = self;
        let (utterance, asked_for, track) = (job.id, job.asked_for, &mut job.track);
        let (mut made, mut is_sentence_start) = (0, true);
        for_each_chunk(synthesizer.as_mut(), spoken, cancel, |audio| {
            if made == 0 && !audio.frames.is_empty() {
                let after = asked_for.elapsed();
                tracing::debug!(%utterance, ?after, "first audio");
                events.send(Event::FirstAudio { utterance, after });
            }
            let marks = marks(made, &audio, is_sentence_start);
            is_sentence_start = audio.chunk.boundary >= Boundary::Sentence;
            track.push_with_marks(audio.frames, marks)?;
            made += audio.frames.len() as u64;
            events.send(Event::ChunkReady {
                utterance,
                chunk: audio.index,
                source: audio.chunk.source.clone(),
                frames: audio.frames.len(),
                took: audio.took,
            });
            Ok(())
        })
    }
}

/// The marks of a chunk whose frames begin at the frame `at` of the track.
fn marks(at: u64, audio: &ChunkAudio<'_>, is_sentence_start: bool) -> Vec<Mark> {
    let mark = |frame: usize, kind, source: &Range<usize>| Mark {
        frame: at + frame as u64,
        kind,
        source: source.clone(),
    };
    let sentence =
        is_sentence_start.then(|| mark(audio.marks.sound.start, MarkKind::Sentence, &audio.chunk.source));
    let words = audio.marks.words.iter().flat_map(|word| {
        [
            mark(word.frames.start, MarkKind::Word, &word.source),
            mark(word.frames.end, MarkKind::WordEnd, &word.source),
        ]
    });
    sentence.into_iter().chain(words).collect()
}

/// Decodes a clip, unless it is kept, and pushes all of it.
fn decode(
    clips: &ClipCache,
    source: &ClipSource,
    options: &ClipOptions,
    track: &mut TrackWriter,
    cancel: &CancelFlag,
) -> Result<(), Interruption> {
    let clip = clips.get(source, &ClipLimits::default(), &|| cancel.is_set());
    let clip = clip.map_err(|error| match error {
        ClipError::Cancelled => Interruption::Stopped,
        error => Interruption::Failed(SpeechError::Clip {
            name: source.to_string(),
            source: error,
        }),
    })?;
    track.set_rate(clip.rate).map_err(SpeechError::from)?;
    track.push(options.apply(&clip))?;
    Ok(())
}
