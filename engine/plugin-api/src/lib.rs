//! Plugins for the speech engine Utter.
//!
//! A plugin is a library with a C interface, [`abi`], which any language can have: `include/utter_plugin.h` is the same for C.
//! In Rust an output is two small traits, and one line that exports them:
//!
//! ```
//! use std::path::Path;
//! use utter_plugin::{Descriptor, Failure, Format, Holdings, Host, Output, OutputPlugin, Request, Status, Target};
//!
//! /// Takes frames, and nobody hears them.
//! struct Silence;
//!
//! impl OutputPlugin for Silence {
//!     const DESCRIPTOR: Descriptor = Descriptor {
//!         id: c"org.example.silence",
//!         name: c"Silence",
//!         vendor: c"Example",
//!         version: c"1.0.0",
//!     };
//!     type Output = SilentOutput;
//!
//!     fn start(_: Host, _: &Path) -> Result<Self, Failure> {
//!         Ok(Self)
//!     }
//!
//!     fn targets(&self) -> Result<Vec<Target>, Failure> {
//!         Ok(vec![Target::new("silence", "Silence")])
//!     }
//!
//!     fn create(&self, _: &str) -> Result<SilentOutput, Failure> {
//!         Ok(SilentOutput::default())
//!     }
//! }
//!
//! #[derive(Default)]
//! struct SilentOutput {
//!     channels: u32,
//!     taken: u64,
//! }
//!
//! impl Output for SilentOutput {
//!     fn negotiate(&mut self, request: &Request) -> Result<Format, Failure> {
//!         Ok(Format { rate: 48_000, channels: 2, period_frames: request.period_frames(48_000) })
//!     }
//!
//!     fn open(&mut self, format: &Format) -> Result<(), Failure> {
//!         self.channels = format.channels;
//!         Ok(())
//!     }
//!
//!     fn write(&mut self, samples: &[f32]) -> u32 {
//!         let frames = samples.len() as u32 / self.channels;
//!         self.taken += u64::from(frames);
//!         frames
//!     }
//!
//!     fn status(&mut self) -> Status {
//!         // A real one is paced by its device; this one by a period of the clock.
//!         Status { consumed: self.taken, writable: 480, ..Status::running() }
//!     }
//!
//!     fn flush(&mut self) -> Result<(), Failure> {
//!         Ok(())
//!     }
//!
//!     fn reset(&mut self) -> Result<(), Failure> {
//!         Ok(())
//!     }
//!
//!     fn close(&mut self) -> Result<(), Failure> {
//!         Ok(())
//!     }
//! }
//!
//! utter_plugin::export_output!(Silence);
//! # fn main() {}
//! ```
//!
//! What the SDK promises beside: no panic crosses the border (the call fails with [`FailureCode::Broken`], and the instance is
//! used for nothing any more but to be closed); calls that do not fit the state of an instance never reach it; an instance that is
//! destroyed is closed first; every structure of the host is checked for its size before it is read.
//!
//! What nobody can promise: a plugin runs in the process of its host and may do whatever that may. Against one that is hostile there
//! is no defence but not to install it.

pub mod abi;
#[doc(hidden)]
pub mod export;
mod failure;
mod host;
mod output;

pub use abi::{FailureCode, LogLevel};
pub use failure::Failure;
pub use host::Host;
pub use output::{
    Descriptor, Format, FormatRange, Holdings, Output, OutputPlugin, OutputState, Request, Status, Target,
};
