//! Clips: sound files of every format, and everything that a file can be instead.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod cache;
mod damage;
mod fixtures;
mod formats;
mod memory;
mod refusals;
