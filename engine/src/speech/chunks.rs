//! The chunks of an utterance, one after the other: what playing and rendering have in common.
//!
//! A [`Script`] is the utterance on its way: it makes one chunk at a time, and between two of them it can lie for as long as
//! it likes, while the voice says something else. A chunk that was given up is kept and made again; from the same seed it
//! becomes the same audio. Nothing here knows where the audio goes, or whose turn it is.

use super::SAMPLE_RATE;
use super::error::SpeechError;
use super::plan::HUNGRY;
use super::source::{Asked, Readiness, Waker};
use super::spacing::{Placed, Spacing};
use super::synthesizer::{CancelFlag, SynthesisError, SynthesisRequest, Synthesizer};
use super::timing::{Marks, Timing, bookmark_frames, spoken_words};
use super::trim::{Levels, Trim};
use super::utterance::{Chunk, Delivery, Utterance};
use crate::text::{Boundary, Wish};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The least time after which it is looked again whether little is left to be heard.
const SOON: Duration = Duration::from_millis(20);

/// A chunk that was synthesised.
pub(super) struct ChunkAudio<'a> {
    /// Its place in the utterance.
    pub(super) index: usize,
    pub(super) chunk: Chunk,
    /// Its frames, with what is missing of the pause ahead of it, and behind the last with the pause there.
    pub(super) frames: &'a [f32],
    /// What sounds when, in frames from the first of `frames`.
    pub(super) marks: Marks,
    /// How long synthesis took.
    pub(super) took: Duration,
}

/// What a step has come to.
#[expect(
    clippy::large_enum_variant,
    reason = "one at a time, and taken apart where it is given"
)]
pub(super) enum Stepped<'a> {
    /// A chunk was made. It may have no frames.
    Made(ChunkAudio<'a>),
    /// It was asked to give up. The same step can be taken again.
    GivenUp,
    /// There is none now, and may be more.
    Later,
    /// There are no more chunks.
    Over,
}

/// How things are with the next chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prepared {
    /// It is there.
    Ready,
    /// It is not there, and may come.
    Later,
    /// There is none.
    Over,
}

/// An utterance that is synthesised chunk by chunk.
pub(super) struct Script {
    utterance: Utterance,
    spacing: Spacing,
    /// Chunks that were made.
    made: usize,
    /// The chunk that is next, once it was asked for.
    next: Option<Chunk>,
    /// There are no more chunks behind `next`.
    is_read: bool,
    /// Silence was asked for behind the last chunk.
    is_silence_asked: bool,
    /// Where the last chunk ends in the text.
    end: usize,
    /// Whether there was none when it was asked for by somebody in a hurry.
    is_hurried: bool,
    /// What the voice has made of the present chunk, and what became of it.
    audio: Vec<f32>,
    frames: Vec<f32>,
}

impl Script {
    pub(super) fn new(utterance: Utterance) -> Self {
        Self {
            utterance,
            spacing: Spacing::default(),
            made: 0,
            next: None,
            is_read: false,
            is_silence_asked: false,
            end: 0,
            is_hurried: false,
            audio: Vec::new(),
            frames: Vec::new(),
        }
    }

    /// Calls `waker` when there is a chunk after there was none.
    pub(super) fn wake_by(&mut self, waker: Waker) {
        self.utterance.chunks.wake_by(waker);
    }

    /// Asks for the next chunk, if there is none yet.
    ///
    /// # Errors
    ///
    /// [`SpeechError::Text`] if it cannot be had.
    pub(super) fn prepare(&mut self, wish: Wish) -> Result<Prepared, SpeechError> {
        if self.next.is_some() {
            return Ok(Prepared::Ready);
        }
        if self.is_read {
            return Ok(Prepared::Over);
        }
        self.is_hurried = wish.soon;
        Ok(match self.ask(wish)? {
            Asked::Chunk(chunk) => {
                self.next = Some(chunk);
                self.is_silence_asked = false;
                Prepared::Ready
            }
            Asked::Over => {
                self.is_read = true;
                // Nobody else makes the silence behind the last chunk.
                let silence = std::mem::take(&mut self.is_silence_asked);
                self.next = silence.then(|| Chunk {
                    source: self.end..self.end,
                    recording: Some(Arc::from([].as_slice())),
                    ..Chunk::default()
                });
                match self.next {
                    Some(_) => Prepared::Ready,
                    None => Prepared::Over,
                }
            }
            Asked::Later | Asked::Silence(_) => Prepared::Later,
        })
    }

    /// What the source has, but for silences, which become part of the pause.
    fn ask(&mut self, wish: Wish) -> Result<Asked, SpeechError> {
        loop {
            let asked = self.utterance.chunks.ask(wish);
            let asked = asked.map_err(|error| SpeechError::Text {
                chunk: self.made,
                source: Arc::from(error),
            })?;
            let Asked::Silence(time) = asked else {
                return Ok(asked);
            };
            let frames = time.as_secs_f64() * f64::from(SAMPLE_RATE);
            self.spacing.at_least(frames.round() as usize);
            self.is_silence_asked = true;
        }
    }

    /// When a step would come to something, with so much left to be heard; `None` if nobody listens.
    pub(super) fn readiness(&self, now: Instant, ahead: Option<Duration>) -> Readiness {
        if self.next.is_some() || self.is_read {
            return Readiness::Ready;
        }
        let ready = self.utterance.chunks.readiness();
        match ahead {
            // With little left to be heard, less will do than was asked for.
            Some(ahead) if !self.is_hurried => ready.or(match ahead < HUNGRY {
                true => Readiness::Ready,
                // Not at once again: what is paused is not heard meanwhile.
                false => Readiness::At(now + (ahead - HUNGRY).max(SOON)),
            }),
            _ => ready,
        }
    }

    /// Makes the next chunk, as it is wished for, unless `cancel` is set before it is done.
    ///
    /// # Errors
    ///
    /// [`SpeechError`] if the chunk cannot be had or synthesised. The script is over then.
    pub(super) fn step(
        &mut self,
        synthesizer: &mut dyn Synthesizer,
        cancel: &CancelFlag,
        wish: Wish,
    ) -> Result<Stepped<'_>, SpeechError> {
        // Before the chunk is asked for: turning text into phonemes takes its time, too.
        if cancel.is_set() {
            return Ok(Stepped::GivenUp);
        }
        if self.prepare(wish)? == Prepared::Later {
            return Ok(Stepped::Later);
        }
        let Some(chunk) = self.next.take() else {
            return Ok(Stepped::Over);
        };
        let begin = Instant::now();
        self.audio.clear();
        let timing = match &chunk.recording {
            Some(recording) => {
                self.audio.extend_from_slice(recording);
                Some(Timing::unknown())
            }
            None => {
                let request = request(&chunk, &self.utterance.delivery, self.made, synthesizer);
                synthesize(synthesizer, &request, cancel, &mut self.audio)?
            }
        };
        let Some(timing) = timing else {
            self.next = Some(chunk);
            return Ok(Stepped::GivenUp);
        };
        amplify(&mut self.audio, chunk.manner.gain);
        let marks = self.place(&chunk, &timing);
        self.end = chunk.source.end;
        let (index, took) = (self.made, begin.elapsed());
        self.made += 1;
        let seconds = self.frames.len() as f64 / f64::from(SAMPLE_RATE);
        tracing::debug!(chunk = index, seconds, ?took, "chunk synthesised");
        Ok(Stepped::Made(ChunkAudio {
            index,
            chunk,
            frames: &self.frames,
            marks,
            took,
        }))
    }

    /// Makes the chunk's frames of its audio, with its pauses, and tells what sounds when in them.
    fn place(&mut self, chunk: &Chunk, timing: &Timing) -> Marks {
        let Self {
            audio,
            frames,
            spacing,
            utterance: Utterance { delivery, .. },
            ..
        } = self;
        frames.clear();
        let levels = Levels::of(audio);
        let sound = levels.sounding();
        let marks = sound.clone().map_or_else(Marks::default, |sound| {
            let words = spoken_words(chunk, timing, &levels, &sound);
            Marks {
                bookmarks: bookmark_frames(chunk, &words, &sound),
                words,
                sound,
            }
        });
        let pause = delivery.pause_frames(chunk);
        let is_last = chunk.boundary == Boundary::End;
        let placed = match (delivery.trim, sound) {
            (_, _) if chunk.recording.is_some() => {
                spacing.place(frames, audio, 0..audio.len(), pause, is_last)
            }
            (Trim::Keep, _) => {
                frames.extend_from_slice(audio);
                Placed {
                    kept: 0..audio.len(),
                    at: 0,
                }
            }
            (Trim::Silence, Some(sound)) => spacing.place(frames, audio, sound, pause, is_last),
            (Trim::Silence, None) => {
                spacing.pass(pause);
                return marks;
            }
        };
        marks.moved(&placed.kept, placed.at)
    }
}

fn request<'a>(
    chunk: &'a Chunk,
    delivery: &'a Delivery,
    index: usize,
    synthesizer: &dyn Synthesizer,
) -> SynthesisRequest<'a> {
    let voice = match chunk.manner.voice.as_deref() {
        Some(voice) if synthesizer.has_voice(voice) => voice,
        Some(voice) => {
            tracing::warn!(voice, instead = delivery.voice, "there is no such voice");
            &delivery.voice
        }
        None => &delivery.voice,
    };
    SynthesisRequest {
        phonemes: &chunk.phonemes,
        voice,
        speed: delivery.tempo(&chunk.manner),
        seed: delivery.seed,
        noise: delivery.noise,
        chunk: index,
    }
}

/// Makes audio louder or quieter by so many decibels, never so loud that it would be clipped.
pub(super) fn amplify(audio: &mut [f32], gain: f32) {
    if gain == 0.0 {
        return;
    }
    let peak = audio.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    let most = if peak > 0.0 { (1.0 / peak).max(1.0) } else { 1.0 };
    let factor = 10_f32.powf(gain / 20.0).min(most);
    audio.iter_mut().for_each(|sample| *sample *= factor);
}

/// `None` if it was given up.
fn synthesize(
    synthesizer: &mut dyn Synthesizer,
    request: &SynthesisRequest<'_>,
    cancel: &CancelFlag,
    frames: &mut Vec<f32>,
) -> Result<Option<Timing>, SpeechError> {
    // The thread must outlive a mistake in one chunk: others wait for it.
    let result = catch_unwind(AssertUnwindSafe(|| {
        synthesizer.synthesize(request, cancel, frames)
    }));
    match result {
        Ok(Ok(timing)) => Ok(Some(timing)),
        Ok(Err(SynthesisError::Cancelled)) => Ok(None),
        Ok(Err(SynthesisError::Failed(error))) => Err(SpeechError::Synthesis {
            chunk: request.chunk,
            source: Arc::from(error),
        }),
        Err(_) => Err(SpeechError::Panicked { chunk: request.chunk }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Says one frame for each phoneme, and gives up the first `given_up` times.
    struct Hesitant {
        given_up: usize,
        asked: Vec<(usize, u64)>,
    }

    impl Synthesizer for Hesitant {
        fn synthesize(
            &mut self,
            request: &SynthesisRequest<'_>,
            _: &CancelFlag,
            frames: &mut Vec<f32>,
        ) -> Result<Timing, SynthesisError> {
            self.asked.push((request.chunk, request.seed));
            frames.resize(request.phonemes.len(), 0.5);
            if self.given_up > 0 {
                self.given_up -= 1;
                return Err(SynthesisError::Cancelled);
            }
            Ok(Timing::unknown())
        }
    }

    /// A script of `chunks` chunks, and how many of them were asked for.
    fn script(chunks: usize) -> (Script, Arc<AtomicUsize>) {
        let asked = Arc::<AtomicUsize>::default();
        let chunk = {
            let asked = Arc::clone(&asked);
            move |n: usize| {
                asked.fetch_add(1, Ordering::Relaxed);
                Ok(Chunk {
                    phonemes: "a".repeat(n + 1),
                    source: n..n + 1,
                    words: vec![],
                    boundary: Boundary::InsideWord,
                    ..Chunk::default()
                })
            }
        };
        let delivery = Delivery {
            trim: Trim::Keep,
            seed: 7,
            ..Delivery::default()
        };
        let chunks = Box::new((0..chunks).map(chunk));
        (Script::new(Utterance { chunks, delivery }), asked)
    }

    fn voice(given_up: usize) -> Hesitant {
        Hesitant {
            given_up,
            asked: Vec::new(),
        }
    }

    #[test]
    fn a_chunk_that_is_given_up_is_made_again_from_the_same() {
        let ((mut script, asked), mut voice) = (script(2), voice(3));
        let never = CancelFlag::never();
        for _ in 0..3 {
            assert!(matches!(
                script.step(&mut voice, &never, Wish::WHOLE),
                Ok(Stepped::GivenUp)
            ));
        }
        assert_eq!(asked.load(Ordering::Relaxed), 1, "the source is asked once");
        for index in 0..2 {
            let Ok(Stepped::Made(audio)) = script.step(&mut voice, &never, Wish::WHOLE) else {
                panic!("chunk {index} is made");
            };
            assert_eq!((audio.index, audio.chunk.source.start), (index, index));
            assert_eq!(
                audio.frames.len(),
                index + 1,
                "nothing is left of what was given up"
            );
        }
        assert_eq!(voice.asked, [(0, 7), (0, 7), (0, 7), (0, 7), (1, 7)]);
        for _ in 0..2 {
            assert!(matches!(
                script.step(&mut voice, &never, Wish::WHOLE),
                Ok(Stepped::Over)
            ));
        }
    }

    #[test]
    fn nothing_is_asked_for_when_it_is_given_up_before_it_began() {
        let ((mut script, asked), mut voice) = (script(1), voice(0));
        let (cancel, switch) = CancelFlag::with_switch();
        switch.set();
        assert!(matches!(
            script.step(&mut voice, &cancel, Wish::WHOLE),
            Ok(Stepped::GivenUp)
        ));
        assert_eq!((asked.load(Ordering::Relaxed), voice.asked.len()), (0, 0));
    }

    #[test]
    fn whether_there_is_more_is_known_before_it_is_made() {
        let ((mut script, asked), mut voice) = (script(1), voice(0));
        for _ in 0..2 {
            assert_eq!(script.prepare(Wish::WHOLE).unwrap(), Prepared::Ready);
        }
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        let made = script.step(&mut voice, &CancelFlag::never(), Wish::WHOLE);
        assert!(matches!(made, Ok(Stepped::Made(_))));
        assert_eq!(script.prepare(Wish::WHOLE).unwrap(), Prepared::Over);
    }
}
