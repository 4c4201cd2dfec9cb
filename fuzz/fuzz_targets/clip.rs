//! Any bytes as a sound file: `cargo +nightly fuzz run clip`.
//!
//! The body and what it checks is in the engine, where an ordinary test runs it over the seed corpus.

#![no_main]

use std::sync::Once;

use utter::speech::clip::invariants;

static HOOK: Once = Once::new();

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    // The fuzzer's own hook aborts at once, also where the engine catches a panic of the decoders. One that is not
    // caught still ends the run.
    HOOK.call_once(|| std::panic::set_hook(Box::new(|panic| eprintln!("{panic}"))));
    invariants::fuzz_clip(data);
});
