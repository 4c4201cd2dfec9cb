//! Why a process, or what was asked of it, is not to be had.

use utter_plugin::{Failure, FailureCode};

use crate::protocol::{FaultCode, FrameError};
use crate::shared_ring::RingError;

/// Why a process, or what was asked of it, is not to be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LeaseError {
    /// The program cannot be started.
    #[error("`{program}` cannot be started: {source}")]
    Start {
        /// Its path.
        program: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The program has said what it should not.
    #[error("the program does not speak as it should: {0}")]
    Protocol(String),
    /// The program has ended, or was ended.
    #[error("the program that holds the device has ended")]
    Gone,
    /// No answer came in time.
    #[error("no answer in time ({0})")]
    TimedOut(&'static str),
    /// The program says why not.
    #[error("{message}")]
    Fault {
        /// What kind of reason.
        code: FaultCode,
        /// The reason.
        message: String,
    },
    /// As many instances as there can be play on this device.
    #[error("too many outputs play on this device")]
    Full,
    /// The plugin is ending.
    #[error("the plugin is ending")]
    Ending,
    /// There is no ring.
    #[error(transparent)]
    Ring(#[from] RingError),
}

impl LeaseError {
    /// What the person who reads the error can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Start { .. } | Self::Protocol(_) => "install the plugin again, with its program",
            Self::Gone | Self::TimedOut(_) => {
                "try again; if it stays so, the device's driver hangs or crashes"
            }
            Self::Fault { .. } => "choose another output",
            Self::Full => "close an output that is not needed",
            Self::Ending => "nothing needs to be done",
            Self::Ring(error) => error.hint(),
        }
    }
}

impl From<FrameError> for LeaseError {
    fn from(error: FrameError) -> Self {
        Self::Protocol(error.to_string())
    }
}

impl From<LeaseError> for Failure {
    fn from(error: LeaseError) -> Self {
        let code = match &error {
            LeaseError::TimedOut(_) => FailureCode::TimedOut,
            LeaseError::Full => FailureCode::Busy,
            LeaseError::Ending => FailureCode::WrongState,
            LeaseError::Fault { code, .. } => match code {
                FaultCode::NotFound => FailureCode::NotFound,
                FaultCode::Busy => FailureCode::Busy,
                FaultCode::PermissionDenied => FailureCode::PermissionDenied,
                FaultCode::NoUsableFormat => FailureCode::NoUsableFormat,
                FaultCode::WrongState => FailureCode::WrongState,
                FaultCode::Device => FailureCode::Device,
            },
            _ => FailureCode::Device,
        };
        Failure::new(code, format!("{error} ({})", error.hint()))
    }
}
