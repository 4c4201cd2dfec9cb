//! The realtime side: what runs in the device's callback.
//!
//! Nothing here allocates, locks, waits, logs, calls the system, or drops what others share. Rings come through a queue, and go
//! back through another one to be freed elsewhere. What the compiler can see of that is in `clippy.toml`.
#![deny(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types
)]

mod feed;
mod mixer;
mod sample;
#[cfg(test)]
#[allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test is no callback; what it calls as one is under an allocation guard"
)]
mod tests;

pub(crate) use feed::Feed;
pub(crate) use mixer::Mixer;
pub(crate) use mixer::{Command, MixerControl, Returned, mixer};
pub(crate) use sample::DeviceSample;
