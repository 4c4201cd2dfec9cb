//! The `speech` room.
