//! The realtime side: what runs in the device's callback, and how it talks with the rest.
//!
//! A [`Renderer`] obeys commands, takes frames out of the ring, and leaves three things behind for others to
//! read: its [status](status) in a sequence lock, [reports](report) in a ring, and [callback times](load) in
//! atomics. Nothing here allocates, locks, waits, logs, calls the system, or drops what others share; all of
//! it was made beforehand, and is freed with the renderer, outside the callback. What the compiler can see of that is
//! in `clippy.toml`: types, methods and macros that are forbidden in this module. What is made here before the stream
//! runs, or read outside the callback, says so.
#![deny(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types
)]

mod account;
pub(super) mod clock;
pub(super) mod command;
#[cfg(test)]
mod forbidden;
mod gains;
pub(super) mod load;
mod renderer;
pub(super) mod report;
pub(super) mod ring;
pub(super) mod status;
mod transport;

pub use renderer::Renderer;
pub(super) use renderer::{RendererControl, RendererShape};
