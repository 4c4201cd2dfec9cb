//! Markdown and markup: what their fuzz targets check, over the seed corpus.

#![allow(clippy::unwrap_used)] // helpers of tests are tests

use std::fs;
use std::path::Path;

use utter::text::{Reader, invariants};

fn seeds(target: &str, check: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/corpus")
        .join(target);
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 12, "{} seeds", files.len());
    for path in files {
        println!("{}", path.display());
        check(&fs::read(path).unwrap());
    }
}

#[test]
fn the_seeds_of_markdown_hold() {
    seeds("markdown", invariants::fuzz_markdown);
}

#[test]
fn the_seeds_of_lexicons_hold() {
    let reader = Reader::new();
    seeds("user_lexicon", |data| {
        invariants::fuzz_user_lexicon(&reader, data)
    });
}

#[test]
fn the_seeds_of_markup_hold() {
    let reader = Reader::new();
    seeds("markup", |data| invariants::fuzz_markup(&reader, data));
}
