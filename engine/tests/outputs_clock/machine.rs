//! The machine that a test runs on: no other test beside it, and busy if it is to be.

use crate::timed_output::{Device, TimedOutput, with_device};
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Runs `body` on this device, as the test `test`, while no other test runs: what the machine does for one would disturb
/// another.
pub fn alone_with_device(test: &str, device: Device, body: impl FnOnce(&TimedOutput)) {
    static ONE: Mutex<()> = Mutex::new(());
    let _alone = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    with_device(test, device, body);
}

/// Has so many threads do nothing, as busily as they can, while `body` runs.
pub fn beside_busy_threads<R>(threads: usize, body: impl FnOnce() -> R) -> R {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut number = 1_u64;
                while !is_over.load(Ordering::Relaxed) {
                    for _ in 0..10_000 {
                        number = black_box(number.wrapping_mul(6_364_136_223_846_793_005));
                    }
                }
            });
        }
        let result = body();
        is_over.store(true, Ordering::Relaxed);
        result
    })
}
