//! Benchmarks of the Utter speech engine. All of them are in `benches/`; run them with `cargo bench -p utter-benches`.
//!
//! For figures that can be compared from day to day see `utter bench`, and `make bench` for those of another engine beside them; these
//! here are for finding out, on one machine and in one sitting, what a change did.
