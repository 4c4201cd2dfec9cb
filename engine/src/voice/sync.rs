//! The synchronisation primitives of [`super::launcher`], exchanged for loom's when its models are checked
//! (`--cfg loom`).

#[cfg(not(loom))]
pub(crate) use self::real::*;
#[cfg(loom)]
pub(crate) use self::modelled::*;

#[cfg(not(loom))]
mod real {
    pub(crate) use parking_lot::{Condvar, Mutex};
    pub(crate) use std::sync::Arc;
    pub(crate) use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

    pub(crate) type JoinHandle = std::thread::JoinHandle<()>;

    pub(crate) fn spawn(name: String, body: impl FnOnce() + Send + 'static) -> std::io::Result<JoinHandle> {
        std::thread::Builder::new().name(name).spawn(body)
    }

    /// `std::cell::UnsafeCell` with loom's interface.
    pub(crate) struct UnsafeCell<T>(std::cell::UnsafeCell<T>);

    impl<T> UnsafeCell<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(std::cell::UnsafeCell::new(value))
        }

        pub(crate) fn with<R>(&self, read: impl FnOnce(*const T) -> R) -> R {
            read(self.0.get())
        }

        pub(crate) fn with_mut<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
            write(self.0.get())
        }
    }

    pub(crate) mod relax {
        use std::time::{Duration, Instant};

        /// Busy waiting: pauses at first, then gives the processor to others, until the time is over.
        pub(crate) struct Spin {
            rounds: u32,
            limit: Duration,
            since: Option<Instant>,
        }

        impl Spin {
            pub(crate) fn new(limit: Duration) -> Self {
                Self { rounds: 0, limit, since: None }
            }

            /// Waits a moment; false once the limit is over.
            pub(crate) fn again(&mut self) -> bool {
                self.rounds = self.rounds.wrapping_add(1);
                if self.rounds < 1000 {
                    std::hint::spin_loop();
                    return true;
                }
                std::thread::yield_now();
                self.since.get_or_insert_with(Instant::now).elapsed() < self.limit
            }
        }
    }
}

#[cfg(loom)]
mod modelled {
    pub(crate) use loom::cell::UnsafeCell;
    pub(crate) use loom::sync::Arc;
    pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU32, Ordering};

    pub(crate) type JoinHandle = loom::thread::JoinHandle<()>;

    pub(crate) fn spawn(_name: String, body: impl FnOnce() + Send + 'static) -> std::io::Result<JoinHandle> {
        Ok(loom::thread::spawn(body))
    }

    /// `parking_lot`'s interface over loom's mutex.
    pub(crate) struct Mutex<T>(loom::sync::Mutex<T>);

    impl<T> Mutex<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(loom::sync::Mutex::new(value))
        }

        pub(crate) fn lock(&self) -> Guard<'_, T> {
            Guard(self.0.lock().ok())
        }
    }

    pub(crate) struct Guard<'a, T>(Option<loom::sync::MutexGuard<'a, T>>);

    pub(crate) struct Condvar(loom::sync::Condvar);

    impl Condvar {
        pub(crate) fn new() -> Self {
            Self(loom::sync::Condvar::new())
        }

        pub(crate) fn notify_all(&self) {
            self.0.notify_all();
        }

        pub(crate) fn wait<T>(&self, guard: &mut Guard<'_, T>) {
            guard.0 = guard.0.take().and_then(|inner| self.0.wait(inner).ok());
        }
    }

    pub(crate) mod relax {
        /// Two looks, so that both ways through the waiting are explored.
        pub(crate) struct Spin(u32);

        impl Spin {
            pub(crate) fn new(_limit: std::time::Duration) -> Self {
                Self(0)
            }

            pub(crate) fn again(&mut self) -> bool {
                self.0 += 1;
                loom::thread::yield_now();
                self.0 < 2
            }
        }
    }
}
