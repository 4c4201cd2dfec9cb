//! The sequence lock: both words of a write are seen together, writes are seen in order, and nothing is seen that was not
//! written.
//!
//! Caught, when made: either fence removed; the last store or the first load relaxed; the check of the number left out.

use crate::seqlock::seqlock;
use crate::sync::check;

pub const MODELS: &[(&str, fn())] = &[("words_of_different_writes_are_never_mixed", words)];

fn words() {
    check(3, || {
        let (mut writer, reader) = seqlock::<2>();
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
