//! The chunks of an utterance, one after the other: the loop that playing and rendering have in common.

use super::SAMPLE_RATE;
use super::error::{Interruption, SpeechError};
use super::spacing::{Placed, Spacing};
use super::synthesizer::{CancelFlag, SynthesisError, SynthesisRequest, Synthesizer};
use super::timing::{Marks, Timing, spoken_words};
use super::trim::{Levels, Trim};
use super::utterance::{Chunk, Delivery, Utterance};
use crate::text::Boundary;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A chunk that was synthesised.
pub(super) struct ChunkAudio<'a> {
    /// Its place in the utterance.
    pub(super) index: usize,
    pub(super) chunk: &'a Chunk,
    /// Its frames, with what is missing of the pause ahead of it, and behind the last with the pause there.
    pub(super) frames: &'a [f32],
    /// What sounds when, in frames from the first of `frames`.
    pub(super) marks: Marks,
    /// How long synthesis took.
    pub(super) took: Duration,
}

/// Synthesises chunk by chunk and gives each to `take`, until they run out, one fails, `cancel` is set, or
/// `take` has enough. A chunk without frames is given too. The next chunk is only asked for when `take` has
/// returned.
pub(super) fn for_each_chunk(
    synthesizer: &mut dyn Synthesizer,
    utterance: &mut Utterance,
    cancel: &CancelFlag,
    mut take: impl FnMut(ChunkAudio<'_>) -> Result<(), Interruption>,
) -> Result<(), Interruption> {
    let (mut audio, mut frames) = (Vec::new(), Vec::new());
    let mut spacing = Spacing::default();
    for index in 0.. {
        // Before the next chunk is asked for: turning text into phonemes takes its time, too.
        if cancel.is_set() {
            return Err(Interruption::Stopped);
        }
        let Some(chunk) = utterance.chunks.next() else {
            break;
        };
        let chunk = chunk.map_err(|error| {
            Interruption::Failed(SpeechError::Text {
                chunk: index,
                source: Arc::from(error),
            })
        })?;
        let delivery = &utterance.delivery;
        let request = SynthesisRequest {
            phonemes: &chunk.phonemes,
            voice: &delivery.voice,
            speed: delivery.speed,
            seed: delivery.seed,
            noise: delivery.noise,
            chunk: index,
        };
        let begin = Instant::now();
        audio.clear();
        let timing = synthesize(synthesizer, &request, cancel, &mut audio)?;
        frames.clear();
        let marks = place(&audio, &timing, &chunk, delivery, &mut spacing, &mut frames);
        let took = begin.elapsed();
        let seconds = frames.len() as f64 / f64::from(SAMPLE_RATE);
        tracing::debug!(chunk = index, seconds, ?took, "chunk synthesised");
        take(ChunkAudio {
            index,
            chunk: &chunk,
            frames: &frames,
            marks,
            took,
        })?;
    }
    Ok(())
}

/// Appends the chunk's audio to `frames`, with its pauses, and tells what sounds when in them.
fn place(
    audio: &[f32],
    timing: &Timing,
    chunk: &Chunk,
    delivery: &Delivery,
    spacing: &mut Spacing,
    frames: &mut Vec<f32>,
) -> Marks {
    let levels = Levels::of(audio);
    let sound = levels.sounding();
    let marks = sound.clone().map_or_else(Marks::default, |sound| Marks {
        words: spoken_words(chunk, timing, &levels, &sound),
        sound,
    });
    let pause = delivery.pause_frames(chunk.boundary);
    let placed = match (delivery.trim, sound) {
        (Trim::Keep, _) => {
            frames.extend_from_slice(audio);
            Placed {
                kept: 0..audio.len(),
                at: 0,
            }
        }
        (Trim::Silence, Some(sound)) => {
            spacing.place(frames, audio, sound, pause, chunk.boundary == Boundary::End)
        }
        (Trim::Silence, None) => {
            spacing.pass(pause);
            return marks;
        }
    };
    marks.moved(&placed.kept, placed.at)
}

fn synthesize(
    synthesizer: &mut dyn Synthesizer,
    request: &SynthesisRequest<'_>,
    cancel: &CancelFlag,
    frames: &mut Vec<f32>,
) -> Result<Timing, Interruption> {
    // The thread must outlive a mistake in one chunk: others wait for it.
    let result = catch_unwind(AssertUnwindSafe(|| {
        synthesizer.synthesize(request, cancel, frames)
    }));
    match result {
        Ok(Ok(_)) if cancel.is_set() => Err(Interruption::Stopped),
        Ok(Ok(timing)) => Ok(timing),
        Ok(Err(SynthesisError::Cancelled)) => Err(Interruption::Stopped),
        Ok(Err(SynthesisError::Failed(error))) => {
            let failed = SpeechError::Synthesis {
                chunk: request.chunk,
                source: Arc::from(error),
            };
            Err(Interruption::Failed(failed))
        }
        Err(_) => Err(Interruption::Failed(SpeechError::Panicked {
            chunk: request.chunk,
        })),
    }
}
