//! End to end: the `utter` program as people call it, with the real voice.
//!
//! Needs a built voice (`UTTER_ARTIFACTS`, or the default place); without one, tests fail with what the program says about
//! that. Nothing of the engine is called from here but its resampler, and the list of its metrics: what is seen is exit codes,
//! text, files, and what an output has played.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test relies on may fail it"
)]
#![cfg_attr(
    target_os = "linux",
    allow(
        clippy::duplicate_mod,
        reason = "the timed device and the timed plugin both bring their captures"
    )
)]

#[cfg(target_os = "linux")]
#[path = "../../../../fixtures/audio/capture.rs"]
mod capture;
#[cfg(target_os = "linux")]
#[path = "../../../../fixtures/audio/compare.rs"]
mod compare;
#[cfg(target_os = "linux")]
#[path = "../../../../fixtures/plugins/compiled.rs"]
mod compiled;
#[cfg(target_os = "linux")]
#[path = "../../../../fixtures/audio/timed_output.rs"]
mod timed_output;

mod captions;
#[cfg(target_os = "linux")]
mod isolated;
mod packages;
mod phonemes;
#[cfg(target_os = "linux")]
mod play;
mod plugins;
#[cfg(target_os = "linux")]
mod plugins_loaded;
mod program;
mod reading;
mod refuse;
mod render;
mod show;
mod stress;
#[cfg(target_os = "linux")]
mod stress_plugins;
