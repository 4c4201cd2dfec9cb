//! Any text as Markdown, at once and in pieces, with any options: `cargo +nightly fuzz run markdown`.
//!
//! The body and what it checks is in the engine, where an ordinary test runs it over the seed corpus.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| utter::text::invariants::fuzz_markdown(data));
