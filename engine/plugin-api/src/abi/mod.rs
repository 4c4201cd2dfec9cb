//! The C ABI, version 1: what crosses between a host and the library of a plugin.
//!
//! In the manner of CLAP: a library exports one symbol, `utter_plugin_entry`, a table of functions that leads to other tables.
//!
//! - **Sizes and versions in front.** Every table and every structure begins with its size in bytes as whoever wrote it knows
//!   it. What is added later is added at the end; who reads checks the size before anything behind it. The first eight bytes
//!   of the entry never change.
//! - **Nothing of Rust.** Integers, floats, pointers, NUL-terminated UTF-8. No exception and no panic leaves a function.
//! - **Who owns what.** Text and structures that are passed in are the caller's and are valid until the call returns; what a
//!   plugin wants to keep it copies. Text in tables lives as long as the library is loaded.
//! - **Results.** Functions that can fail return [`OK`] or a [`FailureCode`], and write what happened into a [`RawFailure`] if
//!   they are given one.
//!
//! # Threads, and how long a call may take
//!
//! | call | on which thread | may it block? |
//! |---|---|---|
//! | `init`, `deinit` | any; once each, in this order | 2 s |
//! | `list_targets` | any; maybe several at a time | 5 s |
//! | `create`, `destroy` | any; maybe several at a time | 100 ms, and what `close` takes if it was not called |
//! | `negotiate`, `open` | any, one call at a time for an instance | 1.5 s |
//! | `write`, `status` | the host's pump, which has realtime priority where that is granted | no: no lock, no allocation, no system call, no log |
//! | `flush` | the pump | 10 ms |
//! | `reset` | the pump | 250 ms |
//! | `close` | any, after the pump has ended | 1 s |
//! | `holdings` | any, at any time between `init` and `deinit` | no |
//!
//! For one instance no two calls overlap, and each sees what the one before has done, whatever threads they come from. A call
//! that takes longer than it may does not hold up the host, which works with deadlines of its own; but the instance counts as
//! lost, and its library stays loaded for ever if the call never returns.

// `include/utter_plugin.h` is written from these files, with their documentation: what it says must be true of both languages.
// `make plugin-header` writes it, a test compares it.

mod entry;
mod failure;
mod output;

pub use entry::{HostTable, LogLevel, PluginEntry, RawDescriptor};
pub use failure::{FailureCode, MESSAGE_BYTES, OK, RawFailure};
pub use output::{
    OutputState, OutputTable, RawFormat, RawFormatRange, RawHoldings, RawOutput, RawRequest, RawStatus,
    RawTarget, TargetSink,
};

use std::ffi::CStr;

/// The version of this ABI. A host loads a plugin of this version only.
pub const ABI_VERSION: u32 = 1;

/// The symbol that the library of a plugin exports: a [`PluginEntry`].
pub const ENTRY_SYMBOL: &CStr = c"utter_plugin_entry";

/// The size of a structure, for its first field.
#[doc(hidden)]
pub const fn size_of<T>() -> u32 {
    // Structures of this ABI are some hundred bytes.
    std::mem::size_of::<T>() as u32
}
