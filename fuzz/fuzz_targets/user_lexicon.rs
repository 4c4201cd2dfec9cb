//! Any lexicon of a user's, and any text read with it: `cargo +nightly fuzz run user_lexicon`.
//!
//! The body and what it checks is in the engine, where an ordinary test runs it over the seed corpus.

#![no_main]

use std::sync::LazyLock;

use utter::text::{Reader, invariants};

static READER: LazyLock<Reader> = LazyLock::new(Reader::new);

libfuzzer_sys::fuzz_target!(|data: &[u8]| invariants::fuzz_user_lexicon(&READER, data));
