//! A ring with `rtrb`'s interface, as far as playback uses it, and with its promises: one release store makes what was
//! written visible, one acquire load sees it, and each side remembers what it saw last of the other.
//!
//! `rtrb` has the standard library's atomics, which loom cannot see. Here they are loom's, and so are the places, so that
//! an access that the two indices do not order fails the model.

use loom::cell::UnsafeCell;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::cell::Cell;
use std::sync::Arc;

/// Places that a ring really has: none of the models fills a ring of a greater capacity.
const MOST_PLACES: usize = 16;

pub struct RingBuffer<T> {
    capacity: usize,
    places: Vec<UnsafeCell<Option<T>>>,
    /// Values that were taken, and that were written, in all.
    head: AtomicUsize,
    tail: AtomicUsize,
    is_abandoned: AtomicBool,
}

pub struct Producer<T> {
    ring: Arc<RingBuffer<T>>,
    tail: usize,
    seen_head: Cell<usize>,
}

pub struct Consumer<T> {
    ring: Arc<RingBuffer<T>>,
    head: usize,
    seen_tail: Cell<usize>,
}

#[derive(Debug, PartialEq)]
pub struct Full;

#[derive(Debug, PartialEq)]
pub struct PopError;

/// Values that wait to be let go of.
pub struct ReadChunk<'a, T> {
    consumer: &'a mut Consumer<T>,
    values: usize,
}

// SAFETY: The indices say whose turn it is with a place, and loom sees to it that nobody else has it.
unsafe impl<T: Send> Sync for RingBuffer<T> {}
// SAFETY: As above.
unsafe impl<T: Send> Send for RingBuffer<T> {}

impl<T: Copy> RingBuffer<T> {
    #[allow(clippy::new_ret_no_self, reason = "so it is in `rtrb`")]
    pub fn new(capacity: usize) -> (Producer<T>, Consumer<T>) {
        let ring = Arc::new(Self {
            capacity,
            places: (0..capacity.min(MOST_PLACES))
                .map(|_| UnsafeCell::new(None))
                .collect(),
            head: AtomicUsize::new(0),
            tail: AtomicUsize::new(0),
            is_abandoned: AtomicBool::new(false),
        });
        let producer = Producer {
            ring: Arc::clone(&ring),
            tail: 0,
            seen_head: Cell::new(0),
        };
        let consumer = Consumer {
            ring,
            head: 0,
            seen_tail: Cell::new(0),
        };
        (producer, consumer)
    }

    fn place(&self, index: usize) -> &UnsafeCell<Option<T>> {
        &self.places[index % self.places.len()]
    }
}

impl<T: Copy> Producer<T> {
    /// Room, as it is now.
    pub fn slots(&self) -> usize {
        self.seen_head.set(self.ring.head.load(Ordering::Acquire));
        self.seen_slots()
    }

    pub fn is_abandoned(&self) -> bool {
        self.ring.is_abandoned.load(Ordering::Acquire)
    }

    pub fn push(&mut self, value: T) -> Result<(), Full> {
        match self.push_partial_slice(&[value]).0.len() {
            0 => Err(Full),
            _ => Ok(()),
        }
    }

    pub fn push_partial_slice<'a>(&mut self, values: &'a [T]) -> (&'a [T], &'a [T]) {
        let room = if self.seen_slots() < values.len() {
            self.slots()
        } else {
            values.len()
        };
        let (pushed, left) = values.split_at(values.len().min(room));
        if pushed.is_empty() {
            return (pushed, left);
        }
        for (n, value) in pushed.iter().enumerate() {
            let is_taken = |head: usize| self.tail + n - head >= self.ring.places.len();
            if is_taken(self.seen_head.get()) {
                self.slots();
                assert!(!is_taken(self.seen_head.get()), "the model needs more places");
            }
            let place = self.ring.place(self.tail + n);
            // SAFETY: The consumer has let go of it, and does not touch it before the index says so.
            place.with_mut(|place| unsafe { *place = Some(*value) });
        }
        self.tail += pushed.len();
        self.ring.tail.store(self.tail, Ordering::Release);
        (pushed, left)
    }

    fn seen_slots(&self) -> usize {
        self.ring.capacity - (self.tail - self.seen_head.get())
    }
}

impl<T: Copy> Consumer<T> {
    /// Values that can be taken, as it is now.
    pub fn slots(&self) -> usize {
        self.seen_tail.set(self.ring.tail.load(Ordering::Acquire));
        self.seen_slots()
    }

    pub fn pop(&mut self) -> Result<T, PopError> {
        let value = *self.peek()?;
        self.let_go(1);
        Ok(value)
    }

    pub fn peek(&self) -> Result<&T, PopError> {
        if self.seen_slots() == 0 && self.slots() == 0 {
            return Err(PopError);
        }
        // SAFETY: The index says that it was written, and nobody writes it until it is let go of.
        let value = self
            .ring
            .place(self.head)
            .with(|place| unsafe { (*place).as_ref() });
        value.ok_or(PopError)
    }

    pub fn pop_partial_slice<'a>(&mut self, to: &'a mut [T]) -> (&'a mut [T], &'a mut [T]) {
        let there = if self.seen_slots() < to.len() {
            self.slots()
        } else {
            to.len()
        };
        let (popped, left) = to.split_at_mut(there.min(to.len()));
        for (n, to) in popped.iter_mut().enumerate() {
            // SAFETY: As for `peek`.
            let value = self.ring.place(self.head + n).with(|place| unsafe { *place });
            *to = value.expect("a value that was written");
        }
        self.let_go(popped.len());
        (popped, left)
    }

    pub fn read_chunk(&mut self, values: usize) -> Result<ReadChunk<'_, T>, PopError> {
        if self.seen_slots() < values && self.slots() < values {
            return Err(PopError);
        }
        Ok(ReadChunk {
            consumer: self,
            values,
        })
    }

    fn let_go(&mut self, values: usize) {
        if values > 0 {
            self.head += values;
            self.ring.head.store(self.head, Ordering::Release);
        }
    }

    fn seen_slots(&self) -> usize {
        self.seen_tail.get() - self.head
    }
}

impl<T: Copy> ReadChunk<'_, T> {
    pub fn commit_all(self) {
        self.consumer.let_go(self.values);
    }
}

impl<T> Drop for Consumer<T> {
    fn drop(&mut self) {
        self.ring.is_abandoned.store(true, Ordering::Release);
    }
}
