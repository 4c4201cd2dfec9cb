/// Which interface this is. Written by `bridge/generate`; not to be edited.
library;

/// A hash of all that Dart and Rust have to agree on.
const int utterBridgeAbi = 0x6cd2218c57e685f8;

/// The version of Utter that this package is part of.
const String utterBridgeVersion = '0.1.0';
