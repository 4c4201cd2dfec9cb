//! The Kokoro pipeline as the voice of the inference thread, and how it is loaded.

use super::loading::{LoadRequest, LoadStep, VoiceLoader};
use super::synthesizer::{CancelFlag, SynthesisError, SynthesisRequest, Synthesizer};
use super::timing::Timing;
use crate::voice::artifacts;
use crate::voice::{ALIGNMENT_FRAME, KokoroPipeline, Noise, PipelineOptions, Synthesis, VoiceError};
use std::path::PathBuf;
use std::sync::Arc;

/// How much earlier than its durations say the voice sounds, in frames: 30 ms.
///
/// The vocoder has no part in it: in golden audio the predicted energy and the level of the sound fit best at
/// a shift of 0 ms. It is in what the durations were trained on. Measured at word boundaries inside of
/// clauses, 28 English voices: an independent aligner (PocketSphinx, 10 ms steps) puts them 32 ms early in the
/// median, the ends of final sibilants lie 28 ms early; both are the same at speeds from 0.75 to 2.
const EARLY: usize = 720;

type Loaded = Result<Box<dyn Synthesizer>, VoiceError>;

/// Loads the voice in `base`, or in the default place, as [`KokoroPipeline::load_from_artifacts_dir`] finds it. It is looked
/// for each time, so a voice that is built meanwhile is found; so are the user's own that `options` name.
pub fn kokoro_loader(base: Option<PathBuf>, options: PipelineOptions) -> VoiceLoader {
    Arc::new(move |_: &LoadRequest, tell: &mut dyn FnMut(LoadStep)| -> Loaded {
        tell(LoadStep::Finding);
        let base = match &base {
            Some(base) => base.clone(),
            None => artifacts::default_base()?,
        };
        let found = artifacts::resolve(&base)?;
        tell(LoadStep::Loading);
        Ok(Box::new(KokoroPipeline::load(found, options.clone())?))
    })
}

impl Synthesizer for KokoroPipeline {
    fn synthesize(
        &mut self,
        request: &SynthesisRequest<'_>,
        cancel: &CancelFlag,
        frames: &mut Vec<f32>,
    ) -> Result<Timing, SynthesisError> {
        let chunk = Synthesis {
            phonemes: request.phonemes,
            voice: request.voice,
            speed: request.speed,
            noise: Noise {
                seed: request.seed.wrapping_add(request.chunk as u64),
                amplitude: request.noise,
            },
        };
        // Spelled out: the trait's method of the same name would be this one.
        match KokoroPipeline::synthesize(self, &chunk, &|| cancel.is_set()) {
            Ok(speech) => {
                frames.extend_from_slice(speech.samples);
                Ok(timing(request.phonemes, speech.durations))
            }
            Err(error) => Err(failed(error)),
        }
    }

    fn has_voice(&self, name: &str) -> bool {
        KokoroPipeline::has_voice(self, name)
    }

    fn warm_up(&mut self, cancel: &CancelFlag) -> Result<(), SynthesisError> {
        KokoroPipeline::warm_up(self, &|| cancel.is_set()).map_err(failed)
    }
}

fn failed(error: VoiceError) -> SynthesisError {
    match error.is_cancelled() {
        true => SynthesisError::Cancelled,
        false => SynthesisError::Failed(Box::new(error)),
    }
}

/// When each phoneme sounds, from the durations of all tokens: one for what wraps them at either end.
///
/// A space takes no time. Its duration goes to the phoneme behind it: where words run into each other, the
/// next one begins to sound when the last phoneme of the one before is over, at every speed.
fn timing(phonemes: &str, durations: &[usize]) -> Timing {
    let mut end = durations.first().map_or(0, |before| before * ALIGNMENT_FRAME);
    let mut space = None;
    let mut starts = Vec::with_capacity(durations.len());
    for (symbol, duration) in phonemes.chars().zip(durations.iter().skip(1)) {
        let start = space.take().unwrap_or(end);
        starts.push(start.saturating_sub(EARLY));
        if symbol == ' ' {
            space = Some(start);
        }
        end += duration * ALIGNMENT_FRAME;
    }
    Timing {
        starts,
        end: end.saturating_sub(EARLY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phonemes_begin_where_the_durations_say_less_the_voices_own_shift() {
        let timing = timing("a bc", &[10, 2, 3, 4, 5, 6]);
        let frames = [10, 12, 12, 19].map(|frame| frame * ALIGNMENT_FRAME - EARLY);
        assert_eq!(timing.starts, frames);
        assert_eq!(timing.end, 24 * ALIGNMENT_FRAME - EARLY);
    }

    #[test]
    fn nothing_begins_before_the_first_frame() {
        assert_eq!(timing("a", &[1, 1, 1]).starts, [0]);
        assert_eq!(
            timing("", &[1, 1]),
            Timing {
                starts: vec![],
                end: 0
            }
        );
    }
}
