//! Outputs of plugins among those of the system.
//!
//! An [`OutputRouter`] is a backend over another one and the plugins: it lists the outputs of both, and sends each to whom it
//! belongs. A stream of a plugin's output has a thread of its own, the [pump](pump), which renders what the plugin has room
//! for and writes it. No plugin is known here by its name.

mod priority;
mod pump;
mod router;
mod stream;

pub use router::OutputRouter;
