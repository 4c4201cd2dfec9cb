//! Why a ring cannot be made or used.

use std::io;

/// Why a ring cannot be made or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RingError {
    /// The system refuses memory.
    #[error("no shared memory ({doing}): {source}")]
    Memory {
        /// What was being done.
        doing: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// What was handed over is not a ring, or not a safe one.
    #[error("this is no ring: {0}")]
    Header(&'static str),
    /// The other side has published a position that cannot be. The ring is not used any more.
    #[error(transparent)]
    Lie(#[from] super::positions::Lie),
}

impl RingError {
    /// What the person who reads the error can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Memory { .. } => "free some memory, or see that the directory for rings can be written",
            Self::Header(_) => "see that the plugin and its program are of the same version",
            Self::Lie(_) => "open the output again; if it happens again, report it",
        }
    }

    pub(super) fn memory(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Memory { doing, source }
    }
}
