//! Speech without a device: the same chunks, into a file.

use super::SAMPLE_RATE;
use super::chunks::for_each_chunk;
use super::error::{Interruption, SpeechError};
use super::synthesizer::{CancelFlag, Synthesizer};
use super::timing::SpokenWord;
use super::utterance::Utterance;
use crate::playback::output::FrameSink;
use std::time::Duration;

/// What was rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The chunks of the utterance.
    pub chunks: usize,
    /// Its frames, at [`SAMPLE_RATE`].
    pub frames: u64,
    /// When its words sound, in frames from the first; empty if the voice cannot tell.
    pub words: Vec<SpokenWord>,
    /// Whether it was cancelled before its end.
    pub is_cancelled: bool,
}

impl Rendered {
    /// How long the audio is.
    pub fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.frames as f64 / f64::from(SAMPLE_RATE))
    }
}

/// Synthesises `utterance` on this thread and writes its frames, mono at [`SAMPLE_RATE`], into `sink`: the
/// very frames that a [`Speaker`](super::Speaker) would resample and play.
///
/// # Errors
///
/// [`SpeechError`] if a chunk fails, or the sink. The sink has then what came before.
pub fn render(
    synthesizer: &mut dyn Synthesizer,
    mut utterance: Utterance,
    cancel: &CancelFlag,
    sink: &mut dyn FrameSink,
) -> Result<Rendered, SpeechError> {
    let mut rendered = Rendered {
        chunks: 0,
        frames: 0,
        words: Vec::new(),
        is_cancelled: false,
    };
    let result = for_each_chunk(synthesizer, &mut utterance, cancel, |audio| {
        sink.write(audio.frames)?;
        rendered.chunks += 1;
        let before = rendered.frames as usize;
        let words = audio.marks.words.into_iter().map(|word| SpokenWord {
            frames: before + word.frames.start..before + word.frames.end,
            ..word
        });
        rendered.words.extend(words);
        rendered.frames += audio.frames.len() as u64;
        Ok(())
    });
    match result {
        Ok(()) => Ok(rendered),
        Err(Interruption::Stopped) => Ok(Rendered {
            is_cancelled: true,
            ..rendered
        }),
        Err(Interruption::Failed(error)) => Err(error),
    }
}
