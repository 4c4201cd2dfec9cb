//! An utterance or a clip as the work of a job: from chunks, or a file, to the frames and marks of a track.

use super::SAMPLE_RATE;
use super::chunks::{ChunkAudio, Prepared, Script, Stepped};
use super::clip::{ClipCache, ClipError, ClipLimits, ClipOptions, ClipSource};
use super::error::{Interruption, SpeechError};
use super::event::{Event, EventSender};
use super::job::{End, Step, Tools, Work};
use super::mouth::{MarkOptions, shapes};
use super::progress::{Outcome, Progress};
use super::source::Readiness;
use super::stage::Track;
use super::synthesizer::CancelFlag;
use super::utterance::UtteranceId;
use crate::playback::{Mark, MarkKind};
use crate::text::Boundary;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What both have in common: a track that is heard.
pub(super) struct Heard {
    pub(super) id: UtteranceId,
    pub(super) track: Box<dyn Track>,
    pub(super) asked_for: Instant,
    pub(super) progress: Arc<Progress>,
}

impl Heard {
    fn first_audio(&self, events: &EventSender) {
        let after = self.asked_for.elapsed();
        tracing::debug!(utterance = %self.id, ?after, "first audio");
        events.send(Event::FirstAudio {
            utterance: self.id,
            after,
        });
    }

    /// What is there of it is heard to its end, unless it was stopped. The track is complete first, then it is told.
    fn end(self, end: End, events: &EventSender) {
        let utterance = self.id;
        let told = match end {
            End::Done => {
                tracing::debug!(%utterance, "all of it is made");
                Event::Synthesised { utterance }
            }
            End::Cut(Interruption::Stopped) => {
                self.progress.cut();
                match self.progress.outcome() {
                    // Its output was lost for good, or closed.
                    Some(Outcome::Failed(error)) => Event::Failed { utterance, error },
                    _ => Event::Stopped { utterance },
                }
            }
            End::Cut(Interruption::Failed(error)) => {
                // Whoever asked for it is told by its outcome.
                tracing::info!(%utterance, %error, "utterance failed");
                self.progress.failed(error.clone());
                Event::Failed { utterance, error }
            }
        };
        drop(self.track);
        events.send(told);
    }
}

/// An utterance.
pub(super) struct Speaking {
    pub(super) heard: Heard,
    script: Script,
    marked: MarkOptions,
    /// Frames so far.
    made: u64,
    is_sentence_start: bool,
}

impl Speaking {
    pub(super) fn new(heard: Heard, script: Script, marked: MarkOptions) -> Self {
        Self {
            heard,
            script,
            marked,
            made: 0,
            is_sentence_start: true,
        }
    }
}

impl Work for Speaking {
    fn stopped(&self) -> CancelFlag {
        self.heard.track.stopped()
    }

    fn needs_voice(&self) -> bool {
        true
    }

    fn readiness(&self, now: Instant, ahead: Option<Duration>) -> Readiness {
        self.script.readiness(now, ahead)
    }

    fn begin(&mut self, events: &EventSender) {
        events.send(Event::Started {
            utterance: self.heard.id,
        });
    }

    fn step(&mut self, tools: Tools<'_>) -> Result<Step, Interruption> {
        let Some(voice) = tools.voice else {
            return Ok(Step::GivenUp);
        };
        let wish = tools.plan.wish(tools.ahead);
        let audio = match self.script.step(voice, tools.cancel, wish)? {
            Stepped::Made(audio) => audio,
            Stepped::GivenUp => return Ok(Step::GivenUp),
            Stepped::Later => return Ok(Step::Waits),
            Stepped::Over => return Ok(Step::Done),
        };
        tools.plan.learn(audio.chunk.phonemes.chars().count(), audio.took);
        if self.made == 0 && !audio.frames.is_empty() {
            self.heard.first_audio(tools.events);
        }
        self.heard.progress.bookmarked(&audio.chunk.bookmarks);
        let marks = marks(self.made, &audio, self.is_sentence_start, self.marked);
        self.is_sentence_start = audio.chunk.boundary >= Boundary::Sentence;
        self.heard.track.push(audio.frames.into(), marks)?;
        let frames = audio.frames.len();
        self.made += frames as u64;
        tools.events.send(Event::ChunkReady {
            utterance: self.heard.id,
            chunk: audio.index,
            source: audio.chunk.source,
            frames,
            took: audio.took,
        });
        // Known now, the track is complete with its last frame, whoever has the next chunk.
        let made = Duration::from_secs_f64(frames as f64 / f64::from(SAMPLE_RATE));
        let ahead = tools.ahead.map(|ahead| ahead + made);
        Ok(match self.script.prepare(tools.plan.wish(ahead))? {
            Prepared::Ready => Step::Made,
            Prepared::Later => {
                self.heard.track.rest();
                Step::Made
            }
            Prepared::Over => Step::Done,
        })
    }

    fn end(self: Box<Self>, end: End, events: &EventSender) {
        self.heard.end(end, events);
    }
}

/// The marks of a chunk whose frames begin at the frame `at` of the track.
fn marks(at: u64, audio: &ChunkAudio<'_>, is_sentence_start: bool, marked: MarkOptions) -> Vec<Mark> {
    let mark = |frames: &Range<usize>, kind, source: &Range<usize>| Mark {
        frame: at + frames.start as u64,
        length: frames.len() as u64,
        kind,
        source: source.clone(),
    };
    let moment = |frame: usize, kind, source: &Range<usize>| mark(&(frame..frame), kind, source);
    let mut marks = Vec::new();
    if is_sentence_start {
        let start = audio.marks.sound.start;
        marks.push(moment(start, MarkKind::Sentence, &audio.chunk.source));
    }
    // Of those of one moment the first is told first, and a name stands ahead of its word.
    for (bookmark, frame) in audio.chunk.bookmarks.iter().zip(&audio.marks.bookmarks) {
        let source = bookmark.source..bookmark.source;
        marks.push(moment(*frame, MarkKind::Bookmark, &source));
    }
    for word in &audio.marks.words {
        marks.push(mark(&word.frames, MarkKind::Word, &word.source));
        let phonemes = word.phonemes.iter().filter(|_| marked.phonemes);
        marks.extend(
            phonemes.map(|phoneme| mark(&phoneme.frames, MarkKind::Phoneme(phoneme.symbol), &word.source)),
        );
        marks.push(moment(word.frames.end, MarkKind::WordEnd, &word.source));
    }
    if let Some(set) = marked.visemes {
        let shapes = shapes(&audio.marks.words, audio.frames.len(), set);
        marks.extend(
            shapes
                .iter()
                .map(|shape| mark(&shape.frames, MarkKind::Viseme(shape.viseme), &shape.source)),
        );
    }
    marks
}

/// A clip. It is made in one step.
pub(super) struct Playing {
    pub(super) heard: Heard,
    pub(super) source: ClipSource,
    pub(super) options: ClipOptions,
}

impl Work for Playing {
    fn stopped(&self) -> CancelFlag {
        self.heard.track.stopped()
    }

    fn needs_voice(&self) -> bool {
        false
    }

    fn begin(&mut self, events: &EventSender) {
        events.send(Event::Started {
            utterance: self.heard.id,
        });
    }

    fn step(&mut self, tools: Tools<'_>) -> Result<Step, Interruption> {
        let step = self.decode(tools.clips, tools.cancel)?;
        if step == Step::Done {
            self.heard.first_audio(tools.events);
        }
        Ok(step)
    }

    fn end(self: Box<Self>, end: End, events: &EventSender) {
        self.heard.end(end, events);
    }
}

impl Playing {
    /// Decodes the clip, unless it is kept, and pushes all of it.
    fn decode(&mut self, clips: &ClipCache, cancel: &CancelFlag) -> Result<Step, Interruption> {
        let clip = match clips.get(&self.source, &ClipLimits::default(), &|| cancel.is_set()) {
            Ok(clip) => clip,
            Err(ClipError::Cancelled) => return Ok(Step::GivenUp),
            Err(error) => {
                return Err(Interruption::Failed(SpeechError::Clip {
                    name: self.source.to_string(),
                    source: error,
                }));
            }
        };
        let track = &mut self.heard.track;
        track.set_rate(clip.rate).map_err(SpeechError::from)?;
        track.push(self.options.apply(&clip), Vec::new())?;
        Ok(Step::Done)
    }
}
