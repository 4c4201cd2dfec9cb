//! The `playback` room.
