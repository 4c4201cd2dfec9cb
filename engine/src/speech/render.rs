//! Speech without a device: the same chunks, into a file or whatever takes frames.

use super::SAMPLE_RATE;
use super::chunks::{ChunkAudio, Script, Stepped};
use super::error::SpeechError;
use super::synthesizer::{CancelFlag, Synthesizer};
use super::timing::SpokenWord;
use super::utterance::{Chunk, Utterance};
use crate::playback::output::{FrameSink, SinkError};
use crate::text::{Boundary, Wish};
use std::ops::Range;
use std::time::Duration;

/// How soon it is looked again for a chunk that is not there yet.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// What was rendered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rendered {
    /// The chunks of the utterance.
    pub chunks: usize,
    /// Its frames, at [`SAMPLE_RATE`].
    pub frames: u64,
    /// When its words sound, in frames from the first; empty if the voice cannot tell.
    pub words: Vec<SpokenWord>,
    /// Its sentences as they were said, in UTF-8 bytes of the text. Short ones that are said together are one.
    pub sentences: Vec<Range<usize>>,
    /// Whether it was cancelled before its end.
    pub is_cancelled: bool,
    /// The last sentence goes on with the next chunk.
    is_midway: bool,
}

impl Rendered {
    /// How long the audio is.
    pub fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.frames as f64 / f64::from(SAMPLE_RATE))
    }

    /// Writes a chunk into `sink`, and counts it.
    pub(super) fn take(&mut self, audio: ChunkAudio<'_>, sink: &mut dyn FrameSink) -> Result<(), SinkError> {
        sink.write(audio.frames)?;
        self.chunks += 1;
        self.begin_or_go_on(&audio.chunk);
        let before = self.frames as usize;
        let behind = |frames: &Range<usize>| before + frames.start..before + frames.end;
        for mut word in audio.marks.words {
            word.frames = behind(&word.frames);
            for phoneme in &mut word.phonemes {
                phoneme.frames = behind(&phoneme.frames);
            }
            self.words.push(word);
        }
        self.frames += audio.frames.len() as u64;
        Ok(())
    }

    /// Adds a chunk to the sentence that it is of.
    fn begin_or_go_on(&mut self, chunk: &Chunk) {
        match self.sentences.last_mut() {
            Some(sentence) if self.is_midway => sentence.end = chunk.source.end,
            _ => self.sentences.push(chunk.source.clone()),
        }
        self.is_midway = chunk.boundary < Boundary::Sentence;
    }
}

/// Synthesises `utterance` on this thread and writes its frames, mono at [`SAMPLE_RATE`], into `sink`: the
/// very frames that a [`Speaker`](super::Speaker) would resample and play. A speaker does the same beside what it says:
/// [`Speaker::write_file`](super::Speaker::write_file).
///
/// # Errors
///
/// [`SpeechError`] if a chunk fails, or the sink. The sink has then what came before.
pub fn render(
    synthesizer: &mut dyn Synthesizer,
    utterance: Utterance,
    cancel: &CancelFlag,
    sink: &mut dyn FrameSink,
) -> Result<Rendered, SpeechError> {
    let mut script = Script::new(utterance);
    let mut rendered = Rendered::default();
    loop {
        match script.step(synthesizer, cancel, Wish::WHOLE)? {
            Stepped::Made(audio) if !cancel.is_set() => rendered.take(audio, sink)?,
            Stepped::Made(_) | Stepped::GivenUp => {
                rendered.is_cancelled = true;
                return Ok(rendered);
            }
            // Whoever writes the text has this thread wait.
            Stepped::Later => std::thread::sleep(LOOK_AGAIN),
            Stepped::Over => return Ok(rendered),
        }
    }
}
