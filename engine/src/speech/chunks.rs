//! The chunks of an utterance, one after the other: the loop that playing and rendering have in common.

use super::SAMPLE_RATE;
use super::error::{Interruption, SpeechError};
use super::synthesizer::{CancelFlag, SynthesisError, SynthesisRequest, Synthesizer};
use super::utterance::{Chunk, Utterance};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A chunk that was synthesised.
pub(super) struct ChunkAudio<'a> {
    /// Its place in the utterance.
    pub(super) index: usize,
    pub(super) chunk: &'a Chunk,
    /// Its frames, the pause ahead of it included.
    pub(super) frames: &'a [f32],
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
    let pause = (utterance.delivery.pause.as_secs_f64() * f64::from(SAMPLE_RATE)).round() as usize;
    let mut frames = Vec::new();
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
        frames.clear();
        frames.resize(if index == 0 { 0 } else { pause }, 0.0);
        synthesize(synthesizer, &request, cancel, &mut frames)?;
        let took = begin.elapsed();
        let seconds = frames.len() as f64 / f64::from(SAMPLE_RATE);
        tracing::debug!(chunk = index, seconds, ?took, "chunk synthesised");
        take(ChunkAudio {
            index,
            chunk: &chunk,
            frames: &frames,
            took,
        })?;
    }
    Ok(())
}

fn synthesize(
    synthesizer: &mut dyn Synthesizer,
    request: &SynthesisRequest<'_>,
    cancel: &CancelFlag,
    frames: &mut Vec<f32>,
) -> Result<(), Interruption> {
    // The thread must outlive a mistake in one chunk: others wait for it.
    let result = catch_unwind(AssertUnwindSafe(|| {
        synthesizer.synthesize(request, cancel, frames)
    }));
    match result {
        Ok(Ok(())) if cancel.is_set() => Err(Interruption::Stopped),
        Ok(Ok(())) => Ok(()),
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
