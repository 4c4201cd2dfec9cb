//! What Dart may call, and what it is given: plain structures and enums, numbers for handles, no audio.
//!
//! `flutter_rust_bridge` reads this folder and writes `frb_generated.rs` and the Dart side of it; `make bridge` runs it. Three
//! kinds of functions, by how they are called:
//!
//! - Commands (plain functions) run one after the other on a thread of their own, in the order in which Dart called them.
//! - What may take its time (`async` functions) runs beside them, and is a future in Dart; each says what ends it early.
//! - A few (`#[frb(sync)]`) only look something up or begin a stream, and answer on the caller's thread.
//!
//! Times are microseconds, places in texts UTF-16 code units as Dart counts them.

pub mod error;
pub(crate) mod handler;
pub mod player;
pub mod player_events;
pub mod plugins;
pub mod requests;
pub mod runtime;
pub mod runtime_events;
pub mod settings;
pub mod status;
