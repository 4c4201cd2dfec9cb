//! What can go wrong between a frame and the device.

use super::output::{LossReason, OutputError};
use std::time::Duration;

/// Why a [`Player`](super::Player) could not be opened, or could not do what it was told.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum PlaybackError {
    /// The output could not be found, opened or started.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The output was there and is not any more.
    #[error("the output is lost: {0}")]
    OutputLost(LossReason),
    /// The device has not asked for frames for some time, and reports no error.
    #[error("the output has not moved for {} s", .0.as_secs())]
    OutputStalled(Duration),
    /// More commands wait for the device than there is room for; this one was not sent.
    #[error("the output does not take commands")]
    OutputUnresponsive,
    /// The player was closed.
    #[error("playback is closed")]
    Closed,
}

impl PlaybackError {
    /// What the person who reads the error can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Output(error) => error.hint(),
            Self::OutputLost(_) => "connect the device again, or choose another output",
            Self::OutputStalled(_) | Self::OutputUnresponsive => {
                "see whether other programs can play on this output, or choose another one"
            }
            Self::Closed => "open it again",
        }
    }
}

/// Why frames were not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PushError {
    /// A stop came after the frames' epoch; they are not wanted any more.
    #[error("stopped")]
    Stopped,
    /// The output is lost.
    #[error("the output is lost: {0}")]
    OutputLost(LossReason),
    /// The player was closed.
    #[error("playback is closed")]
    Closed,
}
