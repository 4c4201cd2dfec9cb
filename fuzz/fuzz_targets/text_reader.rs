//! Any text, in both accents and with any limits: `cargo +nightly fuzz run text_reader`.
//!
//! The body and what it checks is in the engine, where an ordinary test runs it over the seed corpus.

#![no_main]

use std::sync::{Arc, LazyLock};

use utter::text::{Reader, invariants};

static READER: LazyLock<Arc<Reader>> = LazyLock::new(Arc::default);

libfuzzer_sys::fuzz_target!(|data: &[u8]| invariants::fuzz_text(&READER, data));
