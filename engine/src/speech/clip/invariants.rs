//! What must hold for every sound file, whoever made it, as a plain function that panics if it does not.
//!
//! Called by the tests over the seed corpus and by the fuzz target `clip`, so that both check the same. Not part of the
//! interface of the crate.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use super::{ClipLimits, ClipSource, decode};

/// The body of the fuzz target `clip`: the bytes of a file. Says whether it was accepted.
///
/// Panics inside the decoders are not ours to prevent; [`decode`] catches them.
pub fn fuzz_clip(bytes: &[u8]) -> bool {
    let source = ClipSource::Bytes(Arc::from(bytes));
    let limits = ClipLimits {
        bytes: 1 << 20,
        duration: Duration::from_secs(20),
    };
    let packets = Cell::new(0_u64);
    let count = || {
        packets.set(packets.get() + 1);
        false
    };
    let result = decode(&source, &limits, &count);
    // A packet takes a byte at least: whatever the file, decoding ends.
    assert!(
        packets.get() <= bytes.len() as u64 + 1,
        "{} packets",
        packets.get()
    );
    match result {
        Ok(clip) => {
            assert!(!clip.frames.is_empty() && clip.frames.iter().all(|frame| frame.is_finite()));
            assert!(clip.channels > 0 && clip.duration() <= limits.duration);
            true
        }
        Err(error) => {
            assert!(!error.to_string().is_empty() && !error.hint().is_empty());
            false
        }
    }
}
