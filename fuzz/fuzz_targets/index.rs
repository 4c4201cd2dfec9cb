//! Any `weights.json`, for weights of any size: `cargo +nightly fuzz run index`.
//!
//! The body and what it checks is in the engine, where an ordinary test runs it over the seed corpus.

#![no_main]

use utter::voice::artifacts::invariants;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    invariants::fuzz_index(data);
});
