//! What can go wrong between a track and the device.

use super::output::{LossReason, OutputError};
use std::ops::Range;
use std::time::Duration;

/// Why a [`Player`](super::Player) could not be opened, or could not do what it was told.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum PlaybackError {
    /// The output could not be found, opened or started.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The output was lost, and none was found since.
    #[error("the output is lost: {0}")]
    OutputLost(LossReason),
    /// More commands wait for the device than there is room for; this one was not sent.
    #[error("the output does not take commands")]
    OutputUnresponsive,
    /// The player was closed.
    #[error("playback is closed")]
    Closed,
    /// The track's rate is none that can be resampled.
    #[error(transparent)]
    Rate(#[from] utter_dsp::ResampleError),
    /// The system gives no thread.
    #[error("no thread for playback: {0}")]
    Thread(String),
    /// There is no such queue, or no room for one.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

impl PlaybackError {
    /// What the person who reads the error can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Output(error) => error.hint(),
            Self::OutputLost(_) => "connect the device again, or choose another output",
            Self::OutputUnresponsive => {
                "see whether other programs can play on this output, or choose another one"
            }
            Self::Closed => "open it again",
            Self::Rate(error) => error.hint(),
            Self::Thread(_) => "close other programs",
            Self::Queue(error) => error.hint(),
        }
    }
}

/// Why nothing can be done with a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueueError {
    /// It was removed.
    #[error("the queue was removed")]
    Gone,
    /// The first queue of a player stays as long as that does.
    #[error("the first queue cannot be removed")]
    First,
    /// There are as many as there can be.
    #[error("there are {} queues already", super::queue::QUEUES)]
    TooMany,
}

impl QueueError {
    /// What the person who reads the error can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Gone => "add another queue",
            Self::First => "stop it",
            Self::TooMany => "remove queues that nobody uses",
        }
    }
}

/// Why it could not be gone to another place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SeekError {
    /// Nothing is being played, and nothing was.
    #[error("there is nothing to go to")]
    Nothing,
    /// The place is not there: not made yet, or not kept any more.
    #[error("only {:.1} s to {:.1} s of it are there", available.start.as_secs_f64(), available.end.as_secs_f64())]
    OutOfReach {
        /// What is there.
        available: Range<Duration>,
    },
    /// More commands wait for the device than there is room for.
    #[error("the output does not take commands")]
    OutputUnresponsive,
    /// There is no such queue.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

impl SeekError {
    /// What the person who reads the error can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Nothing => "say something first",
            Self::OutOfReach { .. } => "go to a place that is there, or wait until more of it is made",
            Self::OutputUnresponsive => "choose another output",
            Self::Queue(error) => error.hint(),
        }
    }
}

/// Why frames were not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PushError {
    /// A stop came after the track was added, or it was skipped; its frames are not wanted any more.
    #[error("stopped")]
    Stopped,
    /// The output is lost, and none was found for long.
    #[error("the output is lost: {0}")]
    OutputLost(LossReason),
    /// The player was closed.
    #[error("playback is closed")]
    Closed,
}
