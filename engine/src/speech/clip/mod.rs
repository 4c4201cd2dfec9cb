//! Clips: sound files that are played between utterances.
//!
//! [`decode`] turns a file, or bytes in memory, into a [`Clip`]: mono frames at the file's own rate. It reads WAV, FLAC,
//! MP3 and Ogg Vorbis by symphonia, and answers with a [`ClipError`] whatever else it is given: a clip is whole, or there
//! is none, so nothing of a damaged file is ever heard. [`ClipOptions`] sets its level and fades. [`ClipCache`] keeps
//! what is played often.
//!
//! It is called on a thread that may wait for a disk, never on the realtime one. It knows nothing of queues and outputs.

mod cache;
mod decode;
mod downmix;
mod error;
mod format;
#[doc(hidden)]
pub mod invariants;
mod limits;
mod mpeg;
mod options;
mod source;
mod vorbis;

pub use cache::{CLIP_CACHE_BYTES, ClipCache, ClipCacheStatus};
pub use decode::{Clip, decode};
pub use error::ClipError;
pub use format::ClipFormat;
pub use limits::ClipLimits;
pub use options::ClipOptions;
pub use source::ClipSource;
