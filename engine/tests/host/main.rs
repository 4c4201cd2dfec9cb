//! The host from outside: one runtime, and clients that come, speak, and vanish.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test relies on may fail it"
)]

mod crowd;
mod events;
mod heard;
mod invariants;
mod kept;
mod logging;
mod model;
mod races;
mod rig;
mod runtime;
mod slow;
mod turns;
mod voices;
