//! Playback's lock-free parts under loom: every interleaving with so many preemptions as each model says, and every
//! reordering that the memory model allows.
//!
//! The files of the library are taken in as they are: the valve, the rings, the whole renderer, the deck with its feed and
//! its timeline. Only what threads meet at is exchanged: atomics and mutexes for loom's ([`sync`]), `rtrb`, which has
//! atomics of its own, for a ring with the same promises ([`rtrb`]), and the sequence lock, which has a model of its own,
//! for its promise ([`snapshot`]). At the top of each model stands what it has been seen to catch.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test relies on may fail it"
)]

mod rtrb;
#[path = "../../src/playback/seqlock.rs"]
mod seqlock;
mod sequence;
mod snapshot;
mod sync;

use libtest_mimic::{Arguments, Trial};
// Outputs of plugins are only compiled.
use utter::plugin;

/// The library's `playback`, and the models, which see of it what its parts see of each other. The player is only compiled:
/// it waits in ways that loom does not know.
#[path = "../../src/playback"]
#[allow(dead_code, unused_imports, reason = "no model needs all of it")]
mod playback {
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
    mod recovery;
    mod shared;
    mod timeline;
    mod track;
    mod valve;
    mod volume;
    mod writer;

    pub mod output;

    mod realtime {
        mod account;
        pub(super) mod command;
        mod gains;
        pub(super) mod load;
        mod renderer;
        pub(super) mod report;
        pub(super) mod ring;
        pub(super) mod status;
        mod transport;

        /// A clock that stands still, or the models would not be the same twice.
        #[path = "../../../tests/playback_loom/clock.rs"]
        pub(super) mod clock;

        pub use renderer::Renderer;
        pub(super) use renderer::{RendererControl, RendererShape};
    }

    mod seqlock {
        pub(super) use crate::snapshot::{SeqlockReader, SeqlockWriter, seqlock};
    }

    mod sync {
        pub(super) use crate::rtrb;
        pub(super) use crate::sync::{AtomicBool, AtomicU64, Mutex, Ordering};
    }

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

    fn frames_in(duration: std::time::Duration, rate: u32) -> u64 {
        (duration.as_secs_f64() * f64::from(rate)).round() as u64
    }

    #[path = "../../tests/playback_loom/booth.rs"]
    mod booth;
    #[path = "../../tests/playback_loom/flush.rs"]
    pub mod flush;
    #[path = "../../tests/playback_loom/hand_outputs.rs"]
    mod hand_outputs;
    #[path = "../../tests/playback_loom/stops.rs"]
    pub mod stops;
}

fn main() {
    let trials = [sequence::MODELS, playback::flush::MODELS, playback::stops::MODELS]
        .concat()
        .into_iter()
        .map(|(name, model)| {
            Trial::test(name, move || {
                model();
                Ok(())
            })
        });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}
