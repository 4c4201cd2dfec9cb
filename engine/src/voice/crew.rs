//! Handing one job at a time to a few threads, and knowing when all have done their part.
//!
//! [`super::launcher`] gives it kernels' parallel loops. Threads look for the next job by spinning, since a kernel follows the
//! last within microseconds; one that has seen nothing for a while sleeps until the next job. Every thread acknowledges every
//! job, so none can come late to one. Checked under loom (`tests/voice_loom.rs`), which exchanges `sync`.

use super::sync::{AtomicBool, AtomicU32, Condvar, Mutex, Ordering, Spin, UnsafeCell};

/// What the threads of a crew share. `J` is a job; its tasks are numbered.
pub(super) struct Crew<J> {
    /// Counts jobs; a change tells the threads that `job` is new.
    epoch: AtomicU32,
    /// Written by the leading thread while no other is at work, read by all after they saw the new epoch.
    job: UnsafeCell<Option<(J, u32)>>,
    next_task: AtomicU32,
    /// Threads that have not yet acknowledged the present job.
    busy: AtomicU32,
    is_over: AtomicBool,
    sleeping: AtomicU32,
    door: Mutex<()>,
    bell: Condvar,
}

// SAFETY: `job` is the only field that is not `Sync` by itself, and the protocol in its comment excludes simultaneous
// access. Jobs are copied to other threads, hence `Send`.
unsafe impl<J: Send> Sync for Crew<J> {}

impl<J: Copy> Crew<J> {
    pub(super) fn new() -> Self {
        Self {
            epoch: AtomicU32::new(0),
            job: UnsafeCell::new(None),
            next_task: AtomicU32::new(0),
            busy: AtomicU32::new(0),
            is_over: AtomicBool::new(false),
            sleeping: AtomicU32::new(0),
            door: Mutex::new(()),
            bell: Condvar::new(),
        }
    }

    /// The life of a thread of the crew: takes part in every job by calling `work` for tasks, until [`Crew::end`].
    pub(super) fn follow(&self, work: impl Fn(J, u32)) {
        let mut seen = 0;
        loop {
            seen = self.wait_for_change(seen);
            if self.is_over.load(Ordering::Acquire) {
                return;
            }
            // SAFETY: the new epoch was published after `job` was written, and it is not written again before this
            // thread has acknowledged by decrementing `busy`.
            if let Some((job, tasks)) = self.job.with(|job| unsafe { *job }) {
                self.take_tasks(job, tasks, &work);
            }
            self.busy.fetch_sub(1, Ordering::Release);
        }
    }

    /// Has `tasks` tasks of `job` done by the `threads` threads that follow, and by this one; returns when all are done. One
    /// thread leads a crew.
    pub(super) fn lead(&self, job: J, tasks: u32, threads: u32, work: impl Fn(J, u32)) {
        // SAFETY: all threads have acknowledged the job before (`busy` is 0), so none reads `job` now.
        self.job.with_mut(|place| unsafe { *place = Some((job, tasks)) });
        self.next_task.store(0, Ordering::Relaxed);
        self.busy.store(threads, Ordering::Relaxed);
        self.announce();
        self.take_tasks(job, tasks, &work);
        let mut waiting = Spin::new();
        while self.busy.load(Ordering::Acquire) > 0 {
            waiting.again();
        }
    }

    /// Ends all threads that follow.
    pub(super) fn end(&self) {
        self.is_over.store(true, Ordering::Release);
        self.announce();
    }

    /// Threads that sleep at this moment.
    #[cfg(test)]
    pub(super) fn sleeping(&self) -> u32 {
        self.sleeping.load(Ordering::SeqCst)
    }

    fn take_tasks(&self, job: J, tasks: u32, work: &impl Fn(J, u32)) {
        loop {
            let task = self.next_task.fetch_add(1, Ordering::Relaxed);
            if task >= tasks {
                return;
            }
            work(job, task);
        }
    }

    fn wait_for_change(&self, seen: u32) -> u32 {
        let mut waiting = Spin::new();
        while waiting.again() {
            let epoch = self.epoch.load(Ordering::Acquire);
            if epoch != seen {
                return epoch;
            }
        }
        let mut door = self.door.lock();
        self.sleeping.fetch_add(1, Ordering::SeqCst);
        let epoch = loop {
            let epoch = self.epoch.load(Ordering::SeqCst);
            if epoch != seen {
                break epoch;
            }
            self.bell.wait(&mut door);
        };
        self.sleeping.fetch_sub(1, Ordering::SeqCst);
        epoch
    }

    fn announce(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        // Either this sees the sleeper, or the sleeper, which counts itself first, sees the new epoch.
        if self.sleeping.load(Ordering::SeqCst) > 0 {
            let _door = self.door.lock();
            self.bell.notify_all();
        }
    }
}
