//! How much of a file may become a clip.

use std::time::Duration;

/// What a clip may take at most. It bounds the memory too: a clip of the longest duration at 48 kHz takes 115 MB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClipLimits {
    /// The size of the file. A larger one is not opened.
    pub bytes: u64,
    /// How long it plays. A file that promises more is refused by its header, one that does not say as soon as it has
    /// given so much.
    pub duration: Duration,
}

impl Default for ClipLimits {
    /// 64 MiB and ten minutes.
    fn default() -> Self {
        Self {
            bytes: 64 << 20,
            duration: Duration::from_secs(600),
        }
    }
}
