//! A sequence lock: one thread publishes a handful of numbers that belong together, others read them.
//!
//! The renderer publishes its status through it, once a callback. Publishing is wait-free and never fails;
//! reading is repeated while a write is under way, which takes nanoseconds. Readers never make the writer
//! wait. Every word is an atomic, so there is no `unsafe` and no data race; the sequence number only keeps
//! words of different writes apart. The algorithm is that of H.-J. Boehm, "Can seqlocks get along with
//! programming language memory models?", 2012. It is tested under loom (`tests/playback_loom`).
#![deny(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types
)]

use super::sync::{AtomicU64, Ordering, fence, spin_loop};
use std::sync::Arc;

/// The number of the last write (even), or of the one under way (odd), and the words.
struct Cell<const N: usize> {
    sequence: AtomicU64,
    words: [AtomicU64; N],
}

/// The end that publishes.
pub(super) struct SeqlockWriter<const N: usize>(Arc<Cell<N>>);

/// An end that reads.
#[derive(Clone)]
pub(super) struct SeqlockReader<const N: usize>(Arc<Cell<N>>);

/// Makes the two ends; all words are 0 until the first write.
#[allow(clippy::disallowed_methods, reason = "made before the stream runs")]
pub(super) fn seqlock<const N: usize>() -> (SeqlockWriter<N>, SeqlockReader<N>) {
    let words = std::array::from_fn(|_| AtomicU64::new(0));
    let cell = Arc::new(Cell {
        sequence: AtomicU64::new(0),
        words,
    });
    (SeqlockWriter(Arc::clone(&cell)), SeqlockReader(cell))
}

impl<const N: usize> SeqlockWriter<N> {
    /// Publishes `words`.
    pub(super) fn write(&mut self, words: [u64; N]) {
        let cell = &*self.0;
        let sequence = cell.sequence.load(Ordering::Relaxed);
        cell.sequence.store(sequence + 1, Ordering::Relaxed);
        // No word may become visible before the odd number.
        fence(Ordering::Release);
        for (word, value) in cell.words.iter().zip(words) {
            word.store(value, Ordering::Relaxed);
        }
        // The even number may not become visible before the words.
        cell.sequence.store(sequence + 2, Ordering::Release);
    }
}

impl<const N: usize> SeqlockReader<N> {
    /// The words of the last write that was complete.
    pub(super) fn read(&self) -> [u64; N] {
        let cell = &*self.0;
        loop {
            let before = cell.sequence.load(Ordering::Acquire);
            if before.is_multiple_of(2) {
                let words = std::array::from_fn(|i| cell.words[i].load(Ordering::Relaxed));
                // The words may not be read after the number is checked.
                fence(Ordering::Acquire);
                if cell.sequence.load(Ordering::Relaxed) == before {
                    return words;
                }
            }
            spin_loop();
        }
    }
}
