//! The `utter` command.

fn main() {}
