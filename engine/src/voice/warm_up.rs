//! The first call's cost, paid beforehand.
//!
//! The first time that a pipeline speaks, the buffers of all stages and the scratch memory of all threads come to be. Whoever loads a voice ahead of its use has it speak here, unheard.

use super::error::VoiceError;
use super::pipeline::{KokoroPipeline, Synthesis};
use super::source::Noise;

/// A short chunk and a middling one: stages divide their work in other ways over few rows than over many. Buffers then have
/// room for what the second takes, a long sentence.
const CHUNKS: [&str; 2] = [
    "həlˈO.",
    "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˌOvəɹ ðə lˈAzi dˈɔɡ, ænd ɹˈʌnz əwˈA fɹʌm ðə hˈʌntəɹz hu hæv bˈɪn lˈʊkɪŋ fɔɹ ɪt sˈɪns mˈɔɹnɪŋ.",
];

impl KokoroPipeline {
    /// Runs every stage for a short chunk and a middling one. `cancelled` is asked between kernels, as by
    /// [`synthesize`](Self::synthesize).
    ///
    /// # Errors
    /// As for [`synthesize`](Self::synthesize).
    pub fn warm_up(&mut self, cancelled: &dyn Fn() -> bool) -> Result<(), VoiceError> {
        let Some(voice) = self.artifacts().voice_names().next().map(str::to_owned) else {
            return Ok(());
        };
        for chunk in CHUNKS {
            let phonemes: String = chunk.chars().filter(|&symbol| self.knows(symbol)).collect();
            let request = Synthesis {
                phonemes: &phonemes,
                voice: &voice,
                speed: 1.0,
                noise: Noise::default(),
            };
            self.synthesize(&request, cancelled)?;
        }
        Ok(())
    }
}
