//! Handing jobs to threads, under loom: every reordering that the memory model allows, in every interleaving with a few
//! preemptions.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

#[path = "../src/voice/crew.rs"]
#[expect(dead_code, reason = "what only the launcher's own tests use")]
mod crew;

/// What the crew takes from its parent module; here loom's.
mod sync {
    pub(super) use loom::cell::UnsafeCell;
    pub(super) use loom::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering, fence};

    /// `parking_lot`'s interface over loom's mutex.
    pub(super) struct Mutex<T>(loom::sync::Mutex<T>);
    pub(super) struct Guard<'a, T>(Option<loom::sync::MutexGuard<'a, T>>);
    pub(super) struct Condvar(loom::sync::Condvar);

    impl<T> Mutex<T> {
        pub(super) fn new(value: T) -> Self {
            Self(loom::sync::Mutex::new(value))
        }

        pub(super) fn lock(&self) -> Guard<'_, T> {
            Guard(self.0.lock().ok())
        }
    }

    impl Condvar {
        pub(super) fn new() -> Self {
            Self(loom::sync::Condvar::new())
        }

        pub(super) fn notify_all(&self) {
            self.0.notify_all();
        }

        pub(super) fn wait<T>(&self, guard: &mut Guard<'_, T>) {
            guard.0 = guard.0.take().and_then(|inner| self.0.wait(inner).ok());
        }
    }

    /// One look, so that both finding what is looked for at once and sleeping for it are explored.
    pub(super) const UNTIL_NEXT: u32 = 1;
    pub(super) const UNTIL_LEFT: u32 = 1;

    /// Looks that are left. None of them yields: loom would let the other threads run until they sleep or yield, too, and
    /// never explore what happens between.
    pub(super) struct Spin(u32);

    impl Spin {
        pub(super) fn new(looks: u32) -> Self {
            Self(looks)
        }

        pub(super) fn again(&mut self) -> bool {
            let looks = self.0 > 0;
            self.0 = self.0.saturating_sub(1);
            looks
        }
    }
}

/// Two jobs, and then an end: what is left of the first must not harm the second.
#[test]
fn every_task_is_done_once_and_seen() {
    check(2, 2);
}

/// With a preemption more, which is what it takes to wake the leader between its last look and its sleep.
#[test]
fn a_leader_that_goes_to_sleep_is_woken() {
    check(1, 3);
}

/// So many jobs of two tasks, one thread beside the leading one, an end: every task is done once, results are seen by the
/// leader, and the thread always comes to its end.
///
/// Caught, when made: any of the four fences removed (a deadlock); `left` counted or read relaxed; the number announced
/// relaxed; tasks counted anew after the announcement; the leader woken without its mutex.
fn check(jobs: usize, preemptions: usize) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(preemptions);
    model.check(move || {
        let crew = loom::sync::Arc::new(crew::Crew::<usize>::new());
        // Not atomic: loom fails the test if an access is not ordered by the crew.
        let results: loom::sync::Arc<[[loom::cell::UnsafeCell<u32>; 2]; 2]> = Default::default();
        let work = {
            let results = results.clone();
            move |job: usize, task: u32| {
                // SAFETY: each task of each job has a cell of its own.
                results[job][task as usize].with_mut(|cell| unsafe { *cell += 1 });
            }
        };
        let thread = loom::thread::spawn({
            let (crew, work) = (crew.clone(), work.clone());
            move || crew.follow(work)
        });
        for job in 0..jobs {
            crew.lead(job, 2, &work);
            for task in 0..2 {
                // SAFETY: the job is over.
                assert_eq!(results[job][task].with(|cell| unsafe { *cell }), 1);
            }
        }
        crew.end();
        thread.join().unwrap();
    });
}
