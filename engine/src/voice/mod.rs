//! The `voice` room.

pub mod artifacts;
pub mod style;
