//! Any `plugin.json`: `cargo +nightly fuzz run plugin_manifest`.
//!
//! The body and what it checks is in the engine, where an ordinary test runs it over the seed corpus.

#![no_main]

use utter::plugin::invariants;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    invariants::fuzz_plugin_manifest(data);
});
