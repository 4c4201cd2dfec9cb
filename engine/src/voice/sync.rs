//! The synchronisation primitives of [`super::crew`]; its loom test brings others of the same names.

use std::time::{Duration, Instant};

pub(super) use parking_lot::{Condvar, Mutex};
pub(super) use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering, fence};

/// How long a thread looks for the next job before it sleeps: longer than the pauses between kernels, far shorter than
/// anything that shows as processor use of an idle process.
pub(super) const UNTIL_NEXT: Duration = Duration::from_micros(200);

/// How long the leading thread looks whether the others are done before it sleeps: longer than the last tasks of a loop differ.
pub(super) const UNTIL_LEFT: Duration = Duration::from_micros(50);

/// Looks that cost nothing but a pause instruction; after them the processor is offered to others.
const SHORT_LOOKS: u32 = 1000;

/// `std::cell::UnsafeCell` with loom's interface.
pub(super) struct UnsafeCell<T>(std::cell::UnsafeCell<T>);

impl<T> UnsafeCell<T> {
    pub(super) fn new(value: T) -> Self {
        Self(std::cell::UnsafeCell::new(value))
    }

    pub(super) fn with<R>(&self, read: impl FnOnce(*const T) -> R) -> R {
        read(self.0.get())
    }

    pub(super) fn with_mut<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
        write(self.0.get())
    }
}

/// Busy waiting for a limited time.
pub(super) struct Spin {
    looks: u32,
    since: Option<Instant>,
    limit: Duration,
}

impl Spin {
    pub(super) fn new(limit: Duration) -> Self {
        Self {
            looks: 0,
            since: None,
            limit,
        }
    }

    /// Waits a moment; false once the time is over.
    pub(super) fn again(&mut self) -> bool {
        if self.looks < SHORT_LOOKS {
            self.looks += 1;
            std::hint::spin_loop();
            return true;
        }
        std::thread::yield_now();
        self.since.get_or_insert_with(Instant::now).elapsed() < self.limit
    }
}
