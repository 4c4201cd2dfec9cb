//! x
pub(in crate::plugin) fn step() {}
