//! Benchmarks of the Utter speech engine.
