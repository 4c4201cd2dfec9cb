//! What Dart sees. Empty until the Flutter package is built on it.
