//! Speech: from chunks of phonemes to frames in the ring.
//!
//! A [`Speaker`] owns the inference thread. An [`Utterance`] brings its chunks as an iterator; the thread has
//! each one synthesised by a [`Synthesizer`], resamples it to the device's rate and pushes it into the queue
//! of a [`Player`](crate::playback::Player). The device plays from the first chunk on, while the next is
//! computed. [`render()`] takes the same chunks to a file instead. [`read_text`] and [`read_phonemes`]
//! make chunks of what a person writes.

mod chunks;
pub mod clip;
mod error;
mod event;
mod feed;
mod inference;
mod kokoro;
mod progress;
mod reading;
mod render;
mod speaker;
mod synthesizer;
mod utterance;

pub use error::{SpeakError, SpeechError};
pub use event::{Event, Events};
pub use progress::{Outcome, UtteranceHandle};
pub use reading::{read_phonemes, read_text};
pub use render::{Rendered, render};
pub use speaker::{PENDING_UTTERANCES, Speaker};
pub use synthesizer::{CancelFlag, CancelSwitch, SynthesisError, SynthesisRequest, Synthesizer};
pub use utterance::{Chunk, ChunkSource, Delivery, Utterance, UtteranceId};

/// Frames a second of what a [`Synthesizer`] makes, and of what [`render()`] writes.
pub const SAMPLE_RATE: u32 = 24_000;
