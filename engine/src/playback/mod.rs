//! Playback: from tracks to a device.
//!
//! ```text
//! TrackWriter ──► Playlist ──Feed──ring──► Renderer (in the device's callback) ──► OutputStream
//!                    ▲                        │
//!      Player ──► Deck ◄── status, reports ───┘
//! ```
//!
//! `speech` adds tracks to a [`Player`] and pushes their frames, at the track's own rate. The playback thread feeds
//! them into a lock-free ring at the device's rate, follows what is heard, and tells it as events. The [`Renderer`] is
//! the realtime side: it empties the ring, and never allocates, locks, calls the system, logs, or drops shared state.
//! Because tracks are kept until they were heard and for some time after, they can be gone back in, and fed again to
//! another device at another rate when one is lost.
//!
//! A player has several [queues](TrackQueue) for those who share it. The deck feeds one of them at a time, and gives the turn
//! to the next when the ring is empty and silent.

mod counters;
mod deck;
mod delivery;
mod device;
mod error;
mod event;
mod feed;
mod levellers;
mod line;
mod options;
mod player;
mod playlist;
mod queue;
mod realtime;
mod recovery;
mod seqlock;
mod shared;
mod timeline;
mod track;
mod valve;
mod volume;
mod writer;

pub mod output;

pub use counters::{Counters, OutputLoad};
pub use deck::Seek;
pub use error::{PlaybackError, PushError, QueueError, SeekError};
pub use event::{Effect, OpenOutput, OpenReason, PlaybackEvent, PlaybackEvents};
pub use options::PlayerOptions;
pub use player::{Player, Stop};
pub use queue::{Interrupt, QUEUES, QueueId, QueueOptions, TrackQueue};
pub use realtime::Renderer;
pub use realtime::load::CallbackLoad;
pub use realtime::status::Mode;
pub(crate) use track::Wanted;
pub use track::{Extent, Mark, MarkKind, Position, TrackEnd, TrackId, TrackKind, TrackOptions};
pub use utter_dsp::Level;
pub use valve::CommandId;
pub use volume::Volume;
pub use writer::TrackWriter;

/// What threads meet at in the sequence lock, the valve, the rings and the tracks. `tests/playback_loom` brings others of
/// the same names, and goes through every interleaving of these files with them.
mod sync {
    pub(super) use parking_lot::Mutex;
    pub(super) use rtrb;
    pub(super) use std::hint::spin_loop;
    pub(super) use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};
}

/// Frames of `rate` Hz in `duration`, to the nearest.
fn frames_in(duration: std::time::Duration, rate: u32) -> u64 {
    (duration.as_secs_f64() * f64::from(rate)).round() as u64
}

#[cfg(test)]
mod tests;
