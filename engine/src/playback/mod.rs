//! Playback: from frames of speech to a device.
//!
//! ```text
//! FrameQueue ──ring──► Renderer (in the device's callback) ──► OutputStream
//!     ▲                   ▲    │
//!     └──── Player ───────┘    └─ status (seqlock) ─► Player
//! ```
//!
//! `speech` pushes mono frames at the device's rate into a [`FrameQueue`]; a [`Player`] opens the output,
//! steers and watches. The [`Renderer`] is the realtime side: it takes frames out of a lock-free ring, and
//! never allocates, locks, calls the system, logs, or drops shared state. Nothing here knows what an
//! utterance is, beyond where frames end.

mod counters;
mod error;
mod player;
mod queue;
mod renderer;
mod ring;
mod seqlock;
mod status;
mod transport;

pub mod output;

pub use counters::Counters;
pub use error::{PlaybackError, PushError};
pub use player::{Player, PlayerOptions};
pub use queue::FrameQueue;
pub use renderer::Renderer;
pub use status::Mode;

/// Where `seqlock` has its atomics from. Its loom test gives it loom's.
mod atomics {
    pub(super) use std::hint::spin_loop;
    pub(super) use std::sync::atomic::{AtomicU64, Ordering, fence};
}
