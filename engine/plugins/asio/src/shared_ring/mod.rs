//! A ring of audio in memory that two processes share: one writes frames, the other's device callback reads them.
//!
//! Interleaved 32-bit floats, one writer, one reader; both are wait-free. The two do not trust each other: sizes are checked
//! against the mapping before use, every number that the other side publishes is checked before it is believed, and one that
//! cannot be is an error ([`Lie`](positions::Lie)), never an access out of range and never a loop without end. Nothing shared is
//! seen as anything but atomics.
//!
//! How it lies in memory is in [`layout`], who may write where in [`positions`], what memory it is in [`memory`](Place).

mod callback;
mod error;
pub mod invariants;
pub mod layout;
mod memory;
pub mod positions;
mod pulse;
mod reader;
mod sweep;
#[cfg(test)]
mod tests;
mod writer;

pub use callback::Callback;
pub use error::RingError;
pub use layout::Geometry;
pub use memory::{Handover, Place};
pub use pulse::Pulse;
pub use reader::RingReader;
pub use sweep::{directory, sweep};
pub use writer::RingWriter;

/// What the two sides meet at. `tests/ring_loom.rs` brings others of the same names.
mod sync {
    pub(super) use std::sync::atomic::{AtomicU64, Ordering};
}
