//! The C header: that it is what would be written from `src/abi/`, that compilers of C and C++ take it without a warning, and that
//! it means the same as Rust does.
//!
//! `UTTER_WRITE=1` writes it instead of comparing it: `make plugin-header`.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail where it stands"
)]

#[path = "../../../../fixtures/plugins/compiler.rs"]
mod compiler;
mod generate;
mod layout;
mod prose;

use compiler::Language;
use std::fs;
use std::path::{Path, PathBuf};

fn include_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("include")
}

#[test]
fn the_header_is_what_would_be_written() {
    let path = include_directory().join("utter_plugin.h");
    let generated = generate::header();
    if std::env::var_os("UTTER_WRITE").is_some() {
        fs::write(&path, &generated).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == generated,
        "include/utter_plugin.h is not what src/abi/ says: `make plugin-header` writes it"
    );
}

#[test]
fn nothing_of_rust_is_left_in_the_header() {
    for (number, line) in (1..).zip(generate::header().lines()) {
        for rust in ["[`", "](", "::", "Raw", "Option", "fn(", "**", "cbindgen"] {
            assert!(!line.contains(rust), "line {number} has `{rust}`: {line}");
        }
    }
}

/// A plugin of nothing but null pointers, to see that a definition agrees with the declaration.
const DEFINITION: &str = r#"
#include "utter_plugin.h"

const utter_plugin_entry_t utter_plugin_entry = {
	UTTER_ABI_VERSION, sizeof(utter_plugin_entry_t), NULL, NULL, NULL, NULL,
};
"#;

#[test]
fn compilers_of_c_and_cpp_take_it_without_a_warning() {
    for language in [Language::C11, Language::Cpp17] {
        compiler::check(language, &include_directory(), DEFINITION).unwrap();
    }
}

#[test]
fn c_and_rust_agree_on_every_size_offset_and_number() {
    let source = layout::assertions();
    compiler::check(Language::C11, &include_directory(), &source).unwrap();
    let wrong = source.replacen(" == ", " == 1 + ", 1);
    let error = compiler::check(Language::C11, &include_directory(), &wrong).unwrap_err();
    assert!(error.contains("assertion"), "{error}");
}
