//! Any bytes as what the plugin and its program say to each other, in any pieces: `cargo +nightly fuzz run sidecar_protocol`.
//!
//! The body and what it checks is in the plugin, where an ordinary test runs it over the seed corpus.

#![no_main]

use utter_asio::protocol::invariants;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    invariants::fuzz_protocol(data);
});
