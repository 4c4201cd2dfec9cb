//! What the renderer can be told.

/// A command and its number. Commands are obeyed in order, each at the start of a callback, and each is reported
/// with the frame at which it took effect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::playback) struct Sent {
    pub(in crate::playback) number: u64,
    pub(in crate::playback) command: Command,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::playback) enum Command {
    /// Fade out and wait.
    Pause,
    /// Go on after a pause, with a fade. Without a pause it does nothing.
    Resume,
    /// Fade out within `fade` frames and discard every frame before the index `until`; those behind it belong to
    /// what comes next.
    Flush {
        until: u64,
        fade: u32,
        /// A pause goes on, and what comes next waits for its end. Otherwise a flush ends a pause.
        keeps_pause: bool,
    },
    /// Move the gains of the left and the right channel to these within `frames` frames. A device with one channel
    /// has the left one.
    Gains { left: f32, right: f32, frames: u32 },
}
