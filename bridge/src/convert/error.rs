//! Errors.

use crate::api::error::{BridgeError, ErrorReason};
use std::fmt::Display;
use utter::host::{Error, Reason};

impl From<Reason> for ErrorReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::NotInitialised => Self::NotInitialised,
            Reason::OtherConfiguration => Self::OtherConfiguration,
            Reason::ShuttingDown => Self::ShuttingDown,
            Reason::StaleClient => Self::StaleClient,
            Reason::MissingArtifacts => Self::MissingArtifacts,
            Reason::DamagedArtifacts => Self::DamagedArtifacts,
            Reason::InvalidDevice => Self::InvalidDevice,
            Reason::InvalidVoice => Self::InvalidVoice,
            Reason::InvalidInput => Self::InvalidInput,
            Reason::QueueFull => Self::QueueFull,
            Reason::Output => Self::Output,
            Reason::File => Self::File,
            Reason::Plugin => Self::Plugin,
            Reason::Tvm => Self::Tvm,
            Reason::System => Self::System,
            Reason::Cancelled => Self::Cancelled,
            // `tests` sees that no other reason ends here.
            _ => Self::Internal,
        }
    }
}

impl From<Error> for BridgeError {
    fn from(error: Error) -> Self {
        Self {
            reason: error.reason().into(),
            message: error.to_string(),
            hint: error.hint().to_owned(),
        }
    }
}

/// What was asked for makes no sense.
pub(crate) fn invalid(message: impl Display, hint: &str) -> BridgeError {
    BridgeError {
        reason: ErrorReason::InvalidInput,
        message: message.to_string(),
        hint: hint.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_crosses_under_its_own_name() {
        for reason in Reason::ALL {
            let crossed = ErrorReason::from(reason);
            assert_eq!(format!("{crossed:?}"), format!("{reason:?}"));
        }
    }
}
