//! An output whose device is held by a process of its own.
//!
//! Drivers of vendors, ASIO above all, crash, hang, and allow one owner. So the plugin opens no device: it starts a program,
//! `utter-asio-host`, that does, and hands it frames through a ring in shared memory. Whatever the driver does ends that
//! program and nothing else; the plugin sees it at once and tells the host that the output is lost.
//!
//! The library is the plugin ([`AsioPlugin`]); it does not link the system's audio. The program is in `src/sidecar/`. Both have
//! [`protocol`] and [`shared_ring`].

pub mod clock;
pub mod lease;
mod output;
mod plugin;
pub mod protocol;
pub mod shared_ring;

pub use output::AsioOutput;
pub use plugin::AsioPlugin;

utter_plugin::export_output!(AsioPlugin);
