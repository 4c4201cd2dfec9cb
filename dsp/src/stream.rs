//! What the processors of a stream have in common.
//!
//! [`Resampler`](crate::Resampler) and [`Limiter`](crate::Limiter) take and give different numbers of frames
//! in a call, and tell their caller how many with this.

/// How far a call to `process` got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Frames of the input that were used; the caller brings the others again.
    pub consumed: usize,
    /// Frames that were written to the start of the output.
    pub produced: usize,
}
