//! Utter: a streaming speech engine.

pub mod playback;
pub mod speech;
pub mod text;
pub mod voice;
