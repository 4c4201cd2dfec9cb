//! Any bytes as the memory of a ring: `cargo +nightly fuzz run ring_header`.
//!
//! The body and what it checks is in the plugin, where an ordinary test runs it over the seed corpus.

#![no_main]

use utter_asio::shared_ring::invariants;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    invariants::fuzz_ring_header(data);
});
