//! Any bytes as a voice of the user's own: `.npy`, `.safetensors`, or numbers alone: `cargo +nightly fuzz run voice_pack`.
//!
//! The body and what it checks is in the engine, where an ordinary test runs it over the seed corpus.

#![no_main]

use utter::voice::pack::invariants;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    invariants::fuzz_pack(data);
});
