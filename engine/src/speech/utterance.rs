//! What is to be said, and how.

use super::SAMPLE_RATE;
use super::pauses::Pauses;
use super::source::ChunkSource;
use super::trim::Trim;
use crate::playback::QueueId;
use crate::playback::TrackId;
use crate::text::{Bookmark, Boundary, Manner, Word};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

pub use crate::voice::SPEEDS;

/// Numbers utterances and clips, in the order in which they were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtteranceId {
    pub(super) track: TrackId,
    pub(super) queue: QueueId,
}

impl UtteranceId {
    /// The track that it is heard on.
    pub fn track(self) -> TrackId {
        self.track
    }

    /// Its number, which no other of the same player has: for callers that can only keep numbers. The queue that it was asked
    /// for on makes it an id again ([`SpeechQueue::utterance`](super::SpeechQueue::utterance)).
    pub fn number(self) -> u64 {
        self.track.0
    }

    /// The queue that it was asked for on.
    pub fn queue(self) -> QueueId {
        self.queue
    }
}

impl fmt::Display for UtteranceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.track.fmt(f)
    }
}

/// What one pass of inference covers: a clause or two.
#[derive(Debug, Clone, PartialEq)]
pub struct Chunk {
    /// The phonemes, one character each, 510 at most.
    pub phonemes: String,
    /// Where they came from: UTF-8 bytes of the utterance's text.
    pub source: Range<usize>,
    /// The words in it, in order, with the phonemes of each by their places in `phonemes`, in characters.
    pub words: Vec<Word>,
    /// What comes after it, which decides how long the pause is.
    pub boundary: Boundary,
    /// How it is said, beside how the utterance is.
    pub manner: Arc<Manner>,
    /// Places in it that have a name, in order.
    pub bookmarks: Vec<Bookmark>,
    /// What is heard instead of a voice: mono frames at [`SAMPLE_RATE`], as they are. It has no phonemes then.
    pub recording: Option<Arc<[f32]>>,
}

impl Default for Chunk {
    /// One that says nothing, with nothing behind it.
    fn default() -> Self {
        Self {
            phonemes: String::new(),
            source: 0..0,
            words: Vec::new(),
            boundary: Boundary::End,
            manner: Arc::default(),
            bookmarks: Vec::new(),
            recording: None,
        }
    }
}

/// How something is said.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// The voice's name, such as `af_heart`, or a blend: `af_heart:0.7,am_adam:0.3`.
    pub voice: String,
    /// The tempo; 1.0 is the voice's own. Kokoro speaks at [`SPEEDS`](crate::voice::SPEEDS).
    pub speed: f32,
    /// What the source noise is made from: the same seed gives the same frames.
    pub seed: u64,
    /// The amplitude of the source noise; 0 is none, 1 the model's own.
    pub noise: f32,
    /// The pauses between chunks, and behind the last.
    pub pauses: Pauses,
    /// What becomes of the silence that the voice puts around a chunk.
    pub trim: Trim,
}

impl Delivery {
    /// The frames of the pause after a chunk, at its tempo.
    pub(super) fn pause_frames(&self, chunk: &Chunk) -> usize {
        let tempo = self.tempo(&chunk.manner).clamp(0.1, 10.0);
        let pause = self.pauses.after(chunk.boundary).as_secs_f64() / f64::from(tempo);
        (pause * f64::from(SAMPLE_RATE)).round() as usize
    }

    /// The tempo of what is said so: that of the utterance times its own, as far as voices can.
    pub(super) fn tempo(&self, manner: &Manner) -> f32 {
        match manner.rate {
            1.0 => self.speed,
            rate => (self.speed * rate).clamp(*SPEEDS.start(), *SPEEDS.end()),
        }
    }
}

impl Default for Delivery {
    fn default() -> Self {
        Self {
            voice: "af_heart".into(),
            speed: 1.0,
            seed: 0,
            noise: 1.0,
            pauses: Pauses::default(),
            trim: Trim::default(),
        }
    }
}

/// One request to say something.
pub struct Utterance {
    /// What is said.
    pub chunks: Box<dyn ChunkSource>,
    /// How it is said.
    pub delivery: Delivery,
}

impl Utterance {
    /// An utterance of chunks that are there already.
    pub fn of_chunks(chunks: Vec<Chunk>, delivery: Delivery) -> Self {
        Self {
            chunks: Box::new(chunks.into_iter().map(Ok)),
            delivery,
        }
    }
}
