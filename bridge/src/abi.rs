//! Which interface this is. Written by `bridge/generate`; not to be edited.

/// A hash of all that Dart and Rust have to agree on.
pub(crate) const ABI: i64 = 0x30f64bb8894393e0;
