//! Plugins that are installed, loaded, played through, exchanged and left behind, with a real library in C whose behaviour tests
//! choose as it runs.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test relies on may fail it"
)]

mod changes;
#[path = "../../../fixtures/audio/compare.rs"]
mod compare;
#[path = "../../../fixtures/plugins/compiled.rs"]
mod compiled;
mod drained;
mod hanging;
mod lies;
mod names;
mod playing;
mod runtime;
#[path = "../../../fixtures/audio/sweep_heard.rs"]
mod sweep_heard;
#[path = "../../../fixtures/audio/sweep_voice.rs"]
mod sweep_voice;
mod workshop;
