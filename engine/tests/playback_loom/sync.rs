//! What the library's `playback::sync` and `std` give, of loom.

pub use loom::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};
pub use loom::thread::yield_now as spin_loop;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Instant;

/// `parking_lot`'s interface over loom's mutex.
#[derive(Default)]
pub struct Mutex<T>(loom::sync::Mutex<T>);

impl<T> Mutex<T> {
    pub fn lock(&self) -> loom::sync::MutexGuard<'_, T> {
        self.0.lock().unwrap()
    }
}

/// Goes through a model: every interleaving with up to `preemptions` preemptions.
pub fn check(preemptions: usize, model: impl Fn() + Send + Sync + Clone + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.max_branches = 20_000;
    let (since, times) = (Instant::now(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&times);
    builder.check(move || {
        counted.fetch_add(1, Relaxed);
        // On a thread with room: loom's own have 32 KB of stack.
        let model = model.clone();
        spawn(model).join().unwrap();
    });
    println!("{} interleavings in {:.1?}", times.load(Relaxed), since.elapsed());
}

/// A thread with as much stack as a renderer needs.
pub fn spawn<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> loom::thread::JoinHandle<R> {
    let builder = loom::thread::Builder::new().stack_size(STACK_WORDS);
    builder.spawn(f).unwrap()
}

const STACK_WORDS: usize = 0x8000;
