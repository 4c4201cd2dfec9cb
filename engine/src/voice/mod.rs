//! The `voice` room.
