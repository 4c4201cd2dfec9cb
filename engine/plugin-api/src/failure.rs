//! Why something could not be done.

use crate::abi::FailureCode;
use std::fmt;

/// Why something could not be done: a code for programs, and what the system says for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The kind.
    pub code: FailureCode,
    /// What the system or the driver says. More than 511 bytes are cut.
    pub message: String,
}

impl Failure {
    /// A failure of this kind.
    pub fn new(code: FailureCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// What the device or its driver says.
    pub fn device(message: impl Into<String>) -> Self {
        Self::new(FailureCode::Device, message)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.code {
            FailureCode::NotFound => "not found",
            FailureCode::Busy => "in use",
            FailureCode::PermissionDenied => "not permitted",
            FailureCode::NoUsableFormat => "no usable format",
            FailureCode::TimedOut => "it took too long",
            FailureCode::WrongState => "not possible now",
            FailureCode::Device => "the device fails",
            FailureCode::Broken => "the plugin is broken",
        };
        match self.message.as_str() {
            "" => formatter.write_str(kind),
            message => write!(formatter, "{kind}: {message}"),
        }
    }
}

impl std::error::Error for Failure {}

impl FailureCode {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::NotFound,
        Self::Busy,
        Self::PermissionDenied,
        Self::NoUsableFormat,
        Self::TimedOut,
        Self::WrongState,
        Self::Device,
        Self::Broken,
    ];

    /// The code that is this number; `Broken` for those that are none.
    pub fn from_raw(code: i32) -> Self {
        let known = Self::ALL.into_iter().find(|known| *known as i32 == code);
        known.unwrap_or(Self::Broken)
    }
}
