/// Which interface this is. Written by `bridge/generate`; not to be edited.
library;

/// A hash of all that Dart and Rust have to agree on.
const int utterBridgeAbi = 0x30f64bb8894393e0;

/// The version of Utter that this package is part of.
const String utterBridgeVersion = '0.1.0';
