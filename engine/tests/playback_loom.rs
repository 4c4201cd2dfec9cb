//! The sequence lock under loom: every interleaving and every reordering that the memory model allows.

#[path = "../src/playback/seqlock.rs"]
mod seqlock;

/// The atomics that the sequence lock takes from its parent module; here loom's.
mod atomics {
    pub(super) use loom::sync::atomic::{AtomicU64, Ordering, fence};
    pub(super) use loom::thread::yield_now as spin_loop;
}

/// Both words of a write are seen together, writes are seen in order, and nothing is seen that was not
/// written.
#[test]
fn words_of_different_writes_are_never_mixed() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let (mut writer, reader) = seqlock::seqlock::<2>();
        let writing = loom::thread::spawn(move || {
            writer.write([1, 10]);
            writer.write([2, 20]);
        });
        let mut last = 0;
        for _ in 0..2 {
            let [a, b] = reader.read();
            assert_eq!(b, 10 * a);
            assert!(a >= last);
            last = a;
        }
        writing.join().unwrap();
        assert_eq!(reader.clone().read(), [2, 20]);
    });
}
