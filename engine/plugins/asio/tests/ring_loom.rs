//! The positions of the shared ring under loom: every interleaving with a few preemptions, and every reordering that the
//! memory model allows.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

#[path = "../src/shared_ring/positions.rs"]
#[allow(dead_code, missing_docs, reason = "no model needs all of it")]
mod positions;

/// What the positions take from their parent module; here loom's.
mod sync {
    pub(super) use loom::sync::atomic::{AtomicU64, Ordering};
}

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::sync::atomic::AtomicU64;
use positions::{ReaderPosition, ReaderWords, WriterPosition, WriterWords};

const CAPACITY: u64 = 2;

/// A ring of two numbers. Not atomic: loom fails the test if an access is not ordered by the positions.
struct Ring {
    writer: WriterWords,
    reader: ReaderWords,
    places: [UnsafeCell<u64>; CAPACITY as usize],
}

impl Ring {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            writer: WriterWords {
                written: AtomicU64::new(0),
                flushed_to: AtomicU64::new(0),
                ended_at: AtomicU64::new(0),
            },
            reader: ReaderWords {
                read: AtomicU64::new(0),
            },
            places: Default::default(),
        })
    }

    /// Writes the number of each frame plus one, as many as there is room for.
    fn write(&self, position: &mut WriterPosition, most: u64) {
        let frames = position.room(&self.reader).unwrap().min(most);
        for frame in position.get()..position.get() + frames {
            // SAFETY: there is room, so the reader is done with this place; loom checks that.
            self.places[(frame % CAPACITY) as usize].with_mut(|place| unsafe { *place = frame + 1 });
        }
        position.publish(frames, &self.writer);
    }

    /// Reads what is there, and checks it.
    fn read(&self, position: &mut ReaderPosition) -> u64 {
        let found = position.look(&self.writer, &self.reader).unwrap();
        for frame in position.get()..position.get() + found.frames {
            // SAFETY: it was written and published, and the writer waits for it to be read; loom checks that.
            let number = self.places[(frame % CAPACITY) as usize].with(|place| unsafe { *place });
            assert_eq!(number, frame + 1);
        }
        position.take(found.frames, &self.reader);
        found.frames
    }
}

fn check(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(model);
}

/// Caught, when made: `written` published or read relaxed, `read` published or read relaxed.
#[test]
fn frames_are_read_as_they_were_written_and_never_written_over() {
    check(|| {
        let ring = Ring::new();
        let theirs = ring.clone();
        let reader = loom::thread::spawn(move || {
            let mut position = ReaderPosition::new(CAPACITY);
            (0..3).map(|_| theirs.read(&mut position)).sum::<u64>()
        });
        let mut position = WriterPosition::new(CAPACITY);
        for _ in 0..3 {
            ring.write(&mut position, 2);
        }
        assert!(reader.join().unwrap() <= position.get());
    });
}

/// The reader never takes a true writer for one that lies, nor the other way round; after a flush it reads nothing that lay before
/// it. Caught, when made: the flush published or read relaxed, and read after what was written.
#[test]
fn a_flush_is_never_a_lie_and_never_overtaken() {
    check(|| {
        let ring = Ring::new();
        let theirs = ring.clone();
        let reader = loom::thread::spawn(move || {
            let mut position = ReaderPosition::new(CAPACITY);
            for _ in 0..2 {
                theirs.read(&mut position);
            }
            (position.get(), position.is_owed(&theirs.writer))
        });
        let mut position = WriterPosition::new(CAPACITY);
        ring.write(&mut position, 2);
        position.flush(&ring.writer);
        ring.write(&mut position, 1);
        let (read, is_owed) = reader.join().unwrap();
        let ended = 2;
        assert!(read <= position.get());
        assert!(is_owed || read == ended || read == 0);
        let mut last = ReaderPosition::new(CAPACITY);
        last.take(read, &ring.reader);
        let found = last.look(&ring.writer, &ring.reader).unwrap();
        assert_eq!(read + found.flushed + found.frames, position.get());
        assert_eq!(last.get() - read, ended.saturating_sub(read));
    });
}
