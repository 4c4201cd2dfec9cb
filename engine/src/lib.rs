//! Utter turns text into speech on the device it runs on, and plays it.
//!
//! Five rooms. An app uses the first; a sentence passes through the others in this order:
//!
//! | room | takes | gives |
//! |---|---|---|
//! | [`host`] | clients, and what they want to be said | one runtime for all of them, and events |
//! | [`text`] | text, or phonemes | chunks of at most 510 phonemes |
//! | [`voice`] | one chunk | samples at 24 kHz, from Kokoro-82M compiled by Apache TVM |
//! | [`speech`] | utterances, which are chunks and how to say them | tracks of frames, computed on a thread of its own |
//! | [`playback`] | tracks | what is heard on an output |
//!
//! `text` and `voice` know nothing of each other, nor of the other three; `speech` brings all of them together. How voices are
//! named, which both must know, is in [`naming`].
//! `ARCHITECTURE.md` in the repository tells the whole path.
//!
//! A program that speaks needs a voice, which `make voice` builds, and an output:
//!
//! ```no_run
//! use std::time::Duration;
//! use utter::host::{ClientEvent, ClientOptions, RuntimeConfig, RuntimeHost, Speak, Update};
//!
//! # fn main() -> Result<(), utter::host::Error> {
//! // The one of this process; again: the same. Nothing is opened or loaded until it is needed.
//! let host = RuntimeHost::init(RuntimeConfig::default())?;
//! let client = host.attach(ClientOptions::named("main window"))?;
//! // A snapshot first, then every change; `next().await` works in any executor.
//! let mut events = client.events()?;
//! let text = "Hello, world.";
//! client.speak(Speak::text(text).voice("af_heart").speed(1.1))?;
//! while let Some(update) = events.next_within(Duration::from_secs(60)) {
//!     let Update::Change { change, .. } = update else { continue };
//!     match change {
//!         ClientEvent::Mark { source, .. } => println!("heard now: {}", &text[source.utf8]),
//!         ClientEvent::Failed { error, .. } => return Err(error),
//!         ClientEvent::Finished { .. } => break,
//!         _ => {}
//!     }
//! }
//! events.end();
//! // Clients, threads, the voice, the output: everything is gone, and `init` works again.
//! host.shutdown();
//! # Ok(())
//! # }
//! ```
//!
//! Without a device, [`speech::render()`] writes the same frames into a
//! [`WavFile`](playback::output::WavFile) or a `Vec<f32>`.

pub mod host;
pub mod naming;
pub mod playback;
pub mod plugin;
pub mod speech;
pub mod text;
pub mod voice;
