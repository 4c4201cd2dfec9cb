//! The Kokoro pipeline as the voice of the inference thread.

use super::synthesizer::{CancelFlag, SynthesisError, SynthesisRequest, Synthesizer};
use crate::voice::{KokoroPipeline, Noise, Synthesis, VoiceError};

impl Synthesizer for KokoroPipeline {
    fn synthesize(
        &mut self,
        request: &SynthesisRequest<'_>,
        cancel: &CancelFlag,
        frames: &mut Vec<f32>,
    ) -> Result<(), SynthesisError> {
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
            Ok(speech) => frames.extend_from_slice(speech.samples),
            Err(error) if error.is_cancelled() => return Err(SynthesisError::Cancelled),
            Err(error) => return Err(SynthesisError::Failed(Box::<VoiceError>::new(error))),
        }
        Ok(())
    }
}
