//! Signal processing for the Utter speech engine.
//!
//! `f32` slices in, slices out. Nothing here starts a thread, does I/O or logs, and nothing allocates once it
//! has been constructed, so every function may be called from a realtime callback. The inference thread
//! resamples with [`Resampler`]; the renderer in the output callback uses [`Ramp`], [`spread_mono`] and
//! [`quantise`].

mod layout;
mod ramp;
mod resample;
mod sample;

pub use layout::spread_mono;
pub use ramp::Ramp;
pub use resample::{Progress, ResampleError, Resampler};
pub use sample::quantise;
