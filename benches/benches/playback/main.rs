//! The realtime side of playback: the ring, and the renderer in a device's callback.
//!
//! Neither can be had from outside the library, and through a player nobody could say what a callback has to do. So the
//! library's own files are taken in as they are, as the models under loom take them; what is compiled here is what the
//! library compiles.
#![allow(unexpected_cfgs, reason = "the library has a feature for RealtimeSanitizer")]

use criterion::{criterion_group, criterion_main};

/// As much of the library's `playback` as its realtime side needs, and the benches, which see of it what `playback` does.
#[path = "../../../engine/src/playback"]
#[allow(dead_code, unused_imports, reason = "no bench needs all of it")]
mod playback {
    mod seqlock;

    mod realtime {
        mod account;
        pub(super) mod clock;
        pub(super) mod command;
        mod gains;
        mod load;
        mod renderer;
        pub(super) mod report;
        pub(super) mod ring;
        mod status;
        mod transport;

        pub(super) use renderer::{Renderer, RendererControl, RendererShape};
    }

    mod output {
        mod sample;

        pub use sample::DeviceSample;
    }

    mod sync {
        pub(super) use ::rtrb;
        pub(super) use std::hint::spin_loop;
        pub(super) use std::sync::atomic::{AtomicU64, Ordering, fence};
    }

    #[path = "../../../benches/benches/playback/renderer.rs"]
    pub mod renderer;
    #[path = "../../../benches/benches/playback/ring.rs"]
    pub mod ring;
}

criterion_group!(benches, playback::ring::ring, playback::renderer::renderer);
criterion_main!(benches);
