//! The C interface of plugins, [`abi`], and over it a Rust SDK, which is everything else here.
//!
#![doc = include_str!("../README.md")]

pub mod abi;
#[doc(hidden)]
pub mod export;
mod failure;
mod host;
mod output;

pub use abi::{FailureCode, LogLevel};
pub use failure::Failure;
pub use host::Host;
pub use output::{
    Descriptor, Format, FormatRange, Holdings, Output, OutputPlugin, OutputState, Request, Status, Target,
};
