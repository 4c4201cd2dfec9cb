//! The promise of the sequence lock, in its place: whoever reads gets the words of one write, not necessarily the last
//! one, never an older one than before, and with them everything that was done before that write.
//!
//! The sequence lock itself would multiply the interleavings by thousands, with thirteen words that each may be of two
//! writes. That it keeps this promise is the [`sequence`](crate::sequence) model's to show.

use loom::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// All writes, and how many of them can be seen. loom sees nothing of the mutex: to it, there is one atomic.
struct Writes<const N: usize> {
    words: Mutex<Vec<[u64; N]>>,
    visible: AtomicUsize,
}

pub struct SeqlockWriter<const N: usize>(Arc<Writes<N>>);

#[derive(Clone)]
pub struct SeqlockReader<const N: usize>(Arc<Writes<N>>);

pub fn seqlock<const N: usize>() -> (SeqlockWriter<N>, SeqlockReader<N>) {
    let writes = Arc::new(Writes {
        words: Mutex::new(vec![[0; N]]),
        visible: AtomicUsize::new(0),
    });
    (SeqlockWriter(Arc::clone(&writes)), SeqlockReader(writes))
}

impl<const N: usize> SeqlockWriter<N> {
    pub fn write(&mut self, words: [u64; N]) {
        let mut all = self.0.words.lock().unwrap();
        all.push(words);
        let last = all.len() - 1;
        drop(all);
        self.0.visible.store(last, Ordering::Release);
    }
}

impl<const N: usize> SeqlockReader<N> {
    pub fn read(&self) -> [u64; N] {
        let visible = self.0.visible.load(Ordering::Acquire);
        self.0.words.lock().unwrap()[visible]
    }
}
