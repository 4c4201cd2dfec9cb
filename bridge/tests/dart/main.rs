//! Plays Dart against the compiled library: everything that an app does through it, and what a hot restart does to it.
//!
//! A machine that builds Utter has no Flutter and no Dart SDK, so the VM is played (`vm`), and generated Dart is, too (`isolate`):
//! calls go through the library's exported symbols, as bytes. Each test is a process of its own under nextest; what needs one
//! in any case starts itself again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test relies on may fail it"
)]
#![allow(
    clippy::duplicate_mod,
    reason = "devices and plugins write captures in one format, and each fixture reads it by itself"
)]

mod calls;
mod codec;
#[cfg(target_os = "linux")]
#[path = "../../../fixtures/plugins/compiled.rs"]
mod compiled;
#[cfg(target_os = "linux")]
mod events;
#[cfg(target_os = "linux")]
mod faults;
mod hazards;
mod isolate;
mod library;
#[cfg(target_os = "linux")]
mod plugins;
mod process;
mod races;
mod reasons;
#[cfg(target_os = "linux")]
mod restarts;
mod schema;
mod streams;
mod surface;
mod vm;
mod waiting;
#[cfg(target_os = "linux")]
mod witness;

#[cfg(target_os = "linux")]
#[path = "../../../fixtures/audio/timed_output.rs"]
mod timed_output;
