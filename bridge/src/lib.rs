//! What Dart sees of the Utter speech engine, through `flutter_rust_bridge`.
//!
//! Thin: everything is done by [`utter::host`]. Here are the functions and plain structures that code is generated from
//! ([`api`]), their translation to and from the engine's, the threads on which calls run, the tasks that carry events to
//! isolates that may be gone, and three symbols of plain C by which an isolate attaches ([`isolates`]).
//!
//! No audio crosses, and no handle: a client, an utterance and a file are numbers, and one that is no more is refused. What
//! could abort the process is named in the README of this folder.

mod abi;
#[cfg(target_os = "android")]
mod android;
pub mod api;
mod convert;
#[rustfmt::skip]
#[allow(
    missing_docs,
    clippy::all,
    clippy::undocumented_unsafe_blocks,
    clippy::unwrap_used,
    clippy::expect_used
)]
mod frb_generated;
mod guard;
pub mod isolates;
mod log;
mod subscriptions;
mod threads;
