//! Handing one job at a time to a few threads, and knowing when all of it is done.
//!
//! [`super::launcher`] gives it kernels' parallel loops. Threads look for the next job by spinning, since a kernel follows the
//! last within microseconds; one that has seen nothing for a while sleeps until the next job. A job is cut into more tasks
//! than there are threads, and a thread that the system has taken off its processor when a job begins is not waited for: the
//! others do its share, and it finds the job closed. Checked under loom (`tests/voice_loom.rs`), which exchanges `sync`.

use super::sync::{
    AtomicBool, AtomicU32, AtomicU64, Condvar, Mutex, Ordering, Spin, UNTIL_LEFT, UNTIL_NEXT, UnsafeCell,
    fence,
};

/// Set in [`Crew::door`] while a job can be entered. The bits below count the threads that did; those above, jobs.
const OPEN: u64 = 1 << 31;
const COUNT: u64 = OPEN - 1;
const NEXT_JOB: u64 = 1 << 32;

/// What the threads of a crew share. `J` is a job; its tasks are numbered.
pub(super) struct Crew<J> {
    /// Number of the job, whether it is open, how many threads have entered it.
    door: AtomicU64,
    /// Written by the leading thread while nobody is inside, read by those who have entered.
    job: UnsafeCell<Option<(J, u32)>>,
    next_task: AtomicU32,
    /// Threads that have entered the present job and left it again.
    left: AtomicU32,
    /// Whether the leading thread sleeps until all have left.
    is_awaited: AtomicBool,
    is_over: AtomicBool,
    sleeping: AtomicU32,
    bed: Mutex<()>,
    bell: Condvar,
}

// SAFETY: `job` is the only field that is not `Sync` by itself, and the protocol in its comment excludes simultaneous
// access. Jobs are copied to other threads, hence `Send`.
unsafe impl<J: Send> Sync for Crew<J> {}

impl<J: Copy> Crew<J> {
    pub(super) fn new() -> Self {
        Self {
            door: AtomicU64::new(0),
            job: UnsafeCell::new(None),
            next_task: AtomicU32::new(0),
            left: AtomicU32::new(0),
            is_awaited: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
            sleeping: AtomicU32::new(0),
            bed: Mutex::new(()),
            bell: Condvar::new(),
        }
    }

    /// The life of a thread of the crew: takes part in jobs by calling `work` for tasks, until [`Crew::end`].
    pub(super) fn follow(&self, work: impl Fn(J, u32)) {
        let mut seen = 0;
        loop {
            seen = self.wait_for_change(seen);
            if self.is_over.load(Ordering::Acquire) {
                return;
            }
            if !self.enter(seen) {
                continue;
            }
            // SAFETY: this thread has entered, so the job stays until it has left.
            if let Some((job, tasks)) = self.job.with(|job| unsafe { *job }) {
                self.take_tasks(job, tasks, &work);
            }
            self.leave();
        }
    }

    /// Has `tasks` tasks of `job` done by the threads that follow and by this one; returns when all are done. One thread
    /// leads a crew.
    pub(super) fn lead(&self, job: J, tasks: u32, work: impl Fn(J, u32)) {
        // SAFETY: the job before is closed and all who entered it have left, so nobody reads `job` now.
        self.job.with_mut(|place| unsafe { *place = Some((job, tasks)) });
        self.next_task.store(0, Ordering::Relaxed);
        self.left.store(0, Ordering::Relaxed);
        self.announce(OPEN);
        self.take_tasks(job, tasks, &work);
        let entered = self.door.fetch_and(!OPEN, Ordering::AcqRel) & COUNT;
        self.wait_until_left(entered);
    }

    /// Ends all threads that follow.
    pub(super) fn end(&self) {
        self.is_over.store(true, Ordering::Release);
        self.announce(0);
    }

    /// Threads that sleep at this moment.
    #[cfg(test)]
    pub(super) fn sleeping(&self) -> u32 {
        self.sleeping.load(Ordering::Relaxed)
    }

    /// Enters the job numbered `number`; false if it is closed, or another has begun.
    fn enter(&self, number: u64) -> bool {
        let mut door = self.door.load(Ordering::Relaxed);
        while door & OPEN != 0 && door / NEXT_JOB == number {
            match self
                .door
                .compare_exchange(door, door + 1, Ordering::Acquire, Ordering::Relaxed)
            {
                Ok(_) => return true,
                Err(now) => door = now,
            }
        }
        false
    }

    fn leave(&self) {
        self.left.fetch_add(1, Ordering::Release);
        fence(Ordering::SeqCst);
        // Either this sees the leader asleep, or the leader, which says so first, sees that this thread has left.
        if self.is_awaited.load(Ordering::Relaxed) {
            let _bed = self.bed.lock();
            self.bell.notify_all();
        }
    }

    /// Waits until all who entered have left. Sleeps when that takes long: somebody has been taken off its processor, and
    /// may have this one's.
    fn wait_until_left(&self, entered: u64) {
        let all_left = || u64::from(self.left.load(Ordering::Acquire)) >= entered;
        let mut waiting = Spin::new(UNTIL_LEFT);
        while waiting.again() {
            if all_left() {
                return;
            }
        }
        let mut bed = self.bed.lock();
        self.is_awaited.store(true, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        while !all_left() {
            self.bell.wait(&mut bed);
        }
        self.is_awaited.store(false, Ordering::Relaxed);
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

    /// Waits until the number of the job is no longer `seen`, and returns it.
    fn wait_for_change(&self, seen: u64) -> u64 {
        let mut waiting = Spin::new(UNTIL_NEXT);
        while waiting.again() {
            let number = self.door.load(Ordering::Acquire) / NEXT_JOB;
            if number != seen {
                return number;
            }
        }
        let mut bed = self.bed.lock();
        self.sleeping.fetch_add(1, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        let number = loop {
            let number = self.door.load(Ordering::Acquire) / NEXT_JOB;
            if number != seen {
                break number;
            }
            self.bell.wait(&mut bed);
        };
        self.sleeping.fetch_sub(1, Ordering::Relaxed);
        number
    }

    /// The next number, `open` or not, and nobody inside. Only the leading thread writes numbers, and the job before is
    /// closed, so nothing else changes the door meanwhile.
    fn announce(&self, open: u64) {
        let number = self.door.load(Ordering::Relaxed) / NEXT_JOB;
        let next = number.wrapping_add(1) % NEXT_JOB;
        self.door.store((next * NEXT_JOB) | open, Ordering::Release);
        fence(Ordering::SeqCst);
        // Either this sees the sleeper, or the sleeper, which counts itself first, sees the new number.
        if self.sleeping.load(Ordering::Relaxed) > 0 {
            let _bed = self.bed.lock();
            self.bell.notify_all();
        }
    }
}
