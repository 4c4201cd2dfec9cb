//! Speech: from chunks of phonemes to the frames of a track.
//!
//! A [`Speaker`] owns the inference thread. An [`Utterance`] brings its chunks as an iterator; the thread has
//! each one synthesised by a [`Synthesizer`] and pushes it into the utterance's track of a
//! [`Player`](crate::playback::Player). The device plays from the first chunk on, while the next is
//! computed. [`render()`] takes the same chunks to a file instead. [`read_text`] and [`read_phonemes`]
//! make chunks of what a person writes.

mod chunks;
pub mod clip;
mod error;
mod event;
mod inference;
mod kokoro;
mod pauses;
mod progress;
mod reading;
mod render;
mod spacing;
mod speaker;
mod synthesizer;
mod timing;
mod trim;
mod utterance;

pub use error::{SpeakError, SpeechError};
pub use event::{Event, Events};
pub use pauses::Pauses;
pub use progress::{Outcome, UtteranceHandle};
pub use reading::{read_phonemes, read_text};
pub use render::{Rendered, render};
pub use speaker::{PENDING_UTTERANCES, Speaker};
pub use synthesizer::{CancelFlag, CancelSwitch, SynthesisError, SynthesisRequest, Synthesizer};
pub use timing::{SpokenWord, Timing};
pub use trim::Trim;
pub use utterance::{Chunk, ChunkSource, Delivery, Utterance, UtteranceId};

/// Frames a second of what a [`Synthesizer`] makes, and of what [`render()`] writes.
pub const SAMPLE_RATE: u32 = 24_000;
