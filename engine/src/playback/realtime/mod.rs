//! The realtime side: what runs in the device's callback, and how it talks with the rest.
//!
//! A [`Renderer`] obeys commands, takes frames out of the ring, and leaves three things behind for others to
//! read: its [status](status) in a sequence lock, [reports](report) in a ring, and [callback times](load) in
//! atomics. Nothing here allocates, locks, waits, logs, calls the system, or drops what others share; all of
//! it was made beforehand, and is freed with the renderer, outside the callback. The compiler's part in that is
//! the list of forbidden types and methods in `clippy.toml`, which holds in this module only.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

mod account;
pub(super) mod clock;
pub(super) mod command;
mod gains;
pub(super) mod load;
mod renderer;
pub(super) mod report;
pub(super) mod ring;
pub(super) mod status;
mod transport;

pub use renderer::Renderer;
pub(super) use renderer::{RendererControl, RendererShape};
