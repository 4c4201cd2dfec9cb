//! What a class says about the text at a place: how much of it it reads, and as which words.
//!
//! Made by the classes, used by the writer. A reading is one word to those who follow what is heard, unless it has
//! several parts (the groups of a telephone number).

use std::ops::Range;

/// A written form in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    /// Bytes of the text that it stands for.
    pub(super) length: usize,
    /// In order. Every letter and digit that the reading covers lies in one of them.
    pub(super) parts: Vec<Part>,
}

/// Words that stand for a part of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// Single spaces between them, none around. Empty if nothing is said, which makes a space.
    pub(super) words: String,
    /// Bytes, counted from where the reading begins.
    pub(super) range: Range<usize>,
}

impl Reading {
    /// One part for all.
    pub(super) fn new(length: usize, words: impl Into<String>) -> Self {
        Self {
            length,
            parts: vec![Part {
                words: words.into(),
                range: 0..length,
            }],
        }
    }

    /// Nothing is said.
    pub(super) fn silence(length: usize) -> Self {
        Self::new(length, "")
    }
}
