//! The voice: phonemes to audio, with Kokoro-82M compiled by Apache TVM.
//!
//! [`KokoroPipeline`] is the door. Behind it: [`artifacts`] finds, checks and maps the files of a voice, `runtime` and
//! `kernels` call the compiled library, `stages` is the model, `source` its harmonic source, `launcher` its threads;
//! [`Voices`] are those that can speak, with those of the user's own that [`pack`] reads.
//! One thread owns a pipeline; nothing here knows of text, devices or clients.

pub mod artifacts;
mod crew;
mod device;
mod error;
mod ffi_version;
#[cfg(test)]
#[path = "tests/golden.rs"]
mod golden;
mod kernels;
mod launcher;
mod memory;
pub mod pack;
mod pipeline;
mod runtime;
mod scratch;
mod source;
mod stages;
pub mod style;
mod sync;
mod voices;
mod warm_up;

pub use device::Device;
pub use error::VoiceError;
pub use kernels::KernelWork;
pub use pack::{PackError, VoiceFile, VoicePack};
pub use pipeline::{
    ALIGNMENT_FRAME, KokoroPipeline, PipelineOptions, SAMPLE_RATE, SPEEDS, Speech, StageTimes, Synthesis,
};
pub use runtime::RuntimeError;
pub use source::Noise;
pub use voices::Voices;
