//! English as data: what `utter` needs to pronounce it, packed when this crate is built and read where it lies.
//!
//! Four things, each behind a type: [`Dictionary`] (misaki's dictionaries of both accents), [`Exceptions`] and [`Names`]
//! (what spaCy's English tokenizer knows by heart), [`Tagger`] (the weights of spaCy's part-of-speech tagger
//! `en_core_web_sm`). The source of all of them is the crate `misaki-rs`, which is needed to build this one and is not
//! linked. The files are static data of the program: nothing is parsed or copied at start, only the pages that are
//! looked at become resident, and processes share them.
//!
//! This crate holds no rules of English; those are in `utter`, `text/english/`.

mod alphabet;
mod dictionary;
mod hash;
mod names;
mod tagger;

pub use dictionary::{ByTag, Dictionary, Entry, Sound};
pub use hash::{row_keys, string_hash};
pub use names::{Exceptions, Names, Piece, Rule};
pub use tagger::{FEATURES, HIDDEN, Layer, OUTPUTS, PANEL, PIECES, Tagger, WIDTH};

use fst::Map;

/// A map over a file of this crate.
fn map(bytes: &'static [u8]) -> Map<&'static [u8]> {
    #[allow(clippy::expect_used)]
    Map::new(bytes).expect("a map") // it was written by this crate's build
}
