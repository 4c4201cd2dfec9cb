//! Speech: from chunks of phonemes to the frames of a track.
//!
//! A [`Speaker`] owns the inference thread. An [`Utterance`] brings its chunks from a [`ChunkSource`]; the thread has
//! each one synthesised by a [`Synthesizer`] and pushes it into the utterance's track of a
//! [`Player`](crate::playback::Player). The device plays from the first chunk on, while the next is
//! computed. [`render()`] takes the same chunks to a file instead, and so does the thread beside what it says.
//! [`read_text`] and [`read_phonemes`] make chunks of what a person writes.
//!
//! ```text
//! SpeechQueue::speak ─┐                                  ┌─► Speaking ─► a track of its queue
//! SpeechQueue::clip ──┼─► Desk ─ schedule ─► Inference ──┼─► Playing ──► a track of its queue
//! Speaker::write_file ┘     ▲                   │ a step └─► Writing ──► a WAV file
//!                           └─ the job, if more ┘
//! ```
//!
//! What is asked for becomes a job, which is made chunk by chunk; between two chunks the thread may take another one, as the
//! rules in `schedule` say. The voice has a slot there: it is loaded when it is first needed, can be released, and rebuilt
//! while the old one goes on.
//!
//! Put together by hand, without the [host](crate::host):
//!
//! ```no_run
//! use std::sync::Arc;
//! use utter::playback::output::{CpalBackend, OutputSelection};
//! use utter::playback::{Player, PlayerOptions};
//! use utter::speech::{Delivery, Outcome, Speaker, Utterance, read_text};
//! use utter::text::{Language, ReadOptions, Reader};
//! use utter::voice::{Device, KokoroPipeline, artifacts};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // The voice that was built last, or the one that UTTER_ARTIFACTS names.
//! let pipeline = KokoroPipeline::load_from_artifacts_dir(&artifacts::default_base()?, Device::Cpu)?;
//! let backend = Arc::new(CpalBackend::new());
//! let player = Player::open(backend, &OutputSelection::Default, &PlayerOptions::default())?;
//! let (speaker, _events) = Speaker::start(player, Box::new(pipeline))?;
//!
//! let reader = Arc::new(Reader::new());
//! let chunks = read_text(reader, "Hello, world.".into(), Language::AmericanEnglish, &ReadOptions::default())?;
//! let hello = speaker.speak(Utterance { chunks, delivery: Delivery::default() })?;
//! match hello.wait() {
//!     Outcome::Finished => println!("heard to its last frame"),
//!     Outcome::Stopped => println!("stopped"),
//!     Outcome::Failed(error) => return Err(error.into()),
//! }
//! # Ok(())
//! # }
//! ```

mod bell;
pub mod captions;
mod chunks;
pub mod clip;
mod completion;
mod desk;
mod error;
mod event;
mod heard;
mod inference;
mod job;
mod kokoro;
mod loading;
mod mouth;
mod pauses;
mod plan;
mod progress;
mod queue;
mod reading;
mod recordings;
mod render;
mod schedule;
mod source;
mod spacing;
mod speaker;
mod speaking;
mod stage;
mod stream;
mod synthesizer;
mod timing;
mod transcript;
mod trim;
mod utterance;
mod voice_slot;
mod writing;

pub use completion::Completion;
pub use desk::{PENDING_IN_ALL, PENDING_REQUESTS, PENDING_UTTERANCES};
pub use error::{SpeakError, SpeechError};
pub use event::{Event, Events};
pub use heard::{HeardUntil, HeardWord};
pub use kokoro::kokoro_loader;
pub use loading::{
    LoadError, LoadReason, LoadRequest, LoadStep, VoiceLoader, VoiceRequest, VoiceResult, VoiceState,
    VoiceStatus,
};
pub use mouth::MarkOptions;
pub use pauses::Pauses;
pub use progress::{Outcome, UtteranceHandle};
pub use queue::{Mode, SpeakOptions, SpeechQueue};
pub use reading::{Marked, read_markup, read_phonemes, read_text};
pub use recordings::Recordings;
pub use render::{Rendered, render};
pub use source::{Asked, ChunkSource, Readiness, SourceError, Waker};
pub use speaker::Speaker;
pub use stream::{QUIET, TextWriter, UNREAD_TEXT, WriteError, stream_text};
pub use synthesizer::{CancelFlag, CancelSwitch, SynthesisError, SynthesisRequest, Synthesizer};
pub use timing::{SpokenPhoneme, SpokenWord, Timing};
pub use transcript::Transcript;
pub use trim::Trim;
pub use utterance::{Chunk, Delivery, SPEEDS, Utterance, UtteranceId};
pub use writing::{FileHandle, FileId, FileOutcome, FileProgress};

/// Frames a second of what a [`Synthesizer`] makes, and of what [`render()`] writes.
pub const SAMPLE_RATE: u32 = 24_000;

#[cfg(test)]
mod tests;
