//! Utter turns text into speech on the device it runs on, and plays it.
//!
//! Four rooms, in the order in which a sentence passes through them:
//!
//! | room | takes | gives |
//! |---|---|---|
//! | [`text`] | text, or phonemes | chunks of at most 510 phonemes |
//! | [`voice`] | one chunk | samples at 24 kHz, from Kokoro-82M compiled by Apache TVM |
//! | [`speech`] | utterances, which are chunks and how to say them | tracks of frames, computed on a thread of its own |
//! | [`playback`] | tracks | what is heard on an output |
//!
//! `text` and `voice` know nothing of each other, nor of the other two; `speech` brings all of them together.
//! `ARCHITECTURE.md` in the repository tells the whole path.
//!
//! A program that speaks needs a voice, which `make voice` builds, and an output:
//!
//! ```no_run
//! use std::sync::Arc;
//! use utter::playback::output::{CpalBackend, OutputSelection};
//! use utter::playback::{Player, PlayerOptions};
//! use utter::speech::{Delivery, Outcome, Speaker, Utterance, read_text};
//! use utter::text::{Language, Reader};
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
//! let chunks = read_text(reader, "Hello, world.".into(), Language::AmericanEnglish)?;
//! let hello = speaker.speak(Utterance { chunks, delivery: Delivery::default() })?;
//! match hello.wait() {
//!     Outcome::Finished => println!("heard to its last frame"),
//!     Outcome::Stopped => println!("stopped"),
//!     Outcome::Failed(error) => return Err(error.into()),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Without a device, [`speech::render()`] writes the same frames into a
//! [`WavFile`](playback::output::WavFile) or a `Vec<f32>`.

pub mod playback;
pub mod speech;
pub mod text;
pub mod voice;
