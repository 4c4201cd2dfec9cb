//! Signal processing for the Utter speech engine.
//!
//! `f32` slices in, slices out. Nothing here starts a thread, does I/O or logs, and nothing allocates once it
//! has been constructed, so every function may be called from a realtime callback.
//!
//! On the way to the ring that a device empties, a stream goes through [`Leveller`] (if asked for),
//! [`Resampler`] and [`Limiter`]. The renderer in the output callback uses [`Ramp`] (with the gains of [`taper`]
//! and [`balance`]), [`LevelMeter`], [`spread_mono`] or [`spread_stereo`], and [`quantise`].

mod layout;
mod leveller;
mod limiter;
mod loudness;
mod meter;
mod ramp;
mod resample;
mod sample;
mod sanitise;
mod stream;
mod volume;

pub use layout::{spread_mono, spread_stereo};
pub use leveller::{Leveller, Levelling};
pub use limiter::Limiter;
pub use loudness::{LoudnessError, LoudnessMeter, gain_to_target_db};
pub use meter::{Level, LevelMeter};
pub use ramp::Ramp;
pub use resample::{ResampleError, Resampler};
pub use sample::quantise;
pub use sanitise::sanitise;
pub use stream::Progress;
pub use volume::{balance, taper};
