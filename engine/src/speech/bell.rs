//! The bell of the inference thread: the only thing that it sleeps on.
//!
//! Rung by whoever brings something to do: a job, a request for the voice, the end of a track, a voice that was loaded. A
//! ring is never lost: one that comes while the thread works ends its next sleep at once. Ringing waits for nobody, and is
//! fine under any lock, since no other is taken under this one.

use parking_lot::{Condvar, Mutex};
use std::time::Instant;

#[derive(Default)]
pub(super) struct Bell {
    is_rung: Mutex<bool>,
    rang: Condvar,
}

impl Bell {
    pub(super) fn ring(&self) {
        *self.is_rung.lock() = true;
        self.rang.notify_all();
    }

    /// Sleeps until it rings, or until a certain time. One sleeper at a time.
    pub(super) fn wait(&self, until: Option<Instant>) {
        let mut is_rung = self.is_rung.lock();
        while !*is_rung {
            match until {
                None => self.rang.wait(&mut is_rung),
                Some(until) if self.rang.wait_until(&mut is_rung, until).timed_out() => break,
                Some(_) => {}
            }
        }
        *is_rung = false;
    }

    /// Whether it rang since somebody slept or asked.
    #[cfg(test)]
    pub(super) fn take(&self) -> bool {
        std::mem::take(&mut *self.is_rung.lock())
    }
}
