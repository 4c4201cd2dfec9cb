//! The inference thread without a thread: its rounds are steps of the test, its voice is told what to do in the middle of a
//! chunk, and its queues are heard by hand.

mod files;
mod interleaving;
mod jobs;
mod marked;
mod planning;
mod real_voice;
mod rig;
mod slot;
mod streams;
