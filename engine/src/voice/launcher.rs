//! The threads that kernels run on.
//!
//! A compiled kernel asks for parallel loops and scratch memory through three C functions, which are registered with
//! `libtvm_ffi` when the library is loaded ([`super::runtime`]). They are ours rather than `libtvm_runtime`'s, for three
//! reasons: threads belong to a pipeline and end with it; idle threads sleep instead of spinning; and an application
//! carries one library less.
//!
//! A [`Launcher`] has one thread less than its width; the calling thread does its share. Within a call threads are handed
//! over by spinning, since a kernel follows the last within microseconds; a thread that has seen nothing to do for
//! [`SPIN`] sleeps until the next launch.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::ptr::NonNull;
use std::time::Duration;

use super::scratch::Scratch;
use super::sync::{Arc, AtomicBool, AtomicU32, Condvar, Mutex, Ordering, UnsafeCell, relax, spawn};

/// How long a thread looks for the next loop before it sleeps: longer than the pauses between kernels, far shorter than
/// anything that shows as processor use of an idle process.
const SPIN: Duration = Duration::from_micros(200);

/// Pieces that a parallel loop is cut into, per thread. More than one evens out threads that were interrupted; TVM divides
/// a loop evenly among pieces, so too many cost a cut in the wrong place for short loops.
const PIECES: u32 = 1;

/// TVM's parallel body: task number, group, closure; 0 if it went well.
type Body = unsafe extern "C" fn(i32, *mut Group, *mut c_void) -> i32;

/// What a parallel body learns of its group (`TVMParallelGroupEnv`).
#[repr(C)]
pub(super) struct Group {
    sync: *mut c_void,
    tasks: i32,
}

#[derive(Clone, Copy)]
struct Job {
    body: Body,
    closure: *mut c_void,
    tasks: u32,
}

struct Shared {
    /// Counts launches; a change tells the threads that `job` is new.
    epoch: AtomicU32,
    /// Written by the launching thread while no other is at work, read by all after they saw the new epoch.
    job: UnsafeCell<Option<Job>>,
    next: AtomicU32,
    /// Threads that have not yet finished the current job. Each acknowledges each job, so none can come late to it.
    busy: AtomicU32,
    failed: AtomicBool,
    stop: AtomicBool,
    sleeping: AtomicU32,
    door: Mutex<()>,
    bell: Condvar,
}

// SAFETY: `job` is the only field that is not `Sync` by itself; the protocol in its comment excludes simultaneous access,
// and the pointers in it are used only while the launching call, which owns what they point to, is waiting.
unsafe impl Sync for Shared {}
// SAFETY: as above.
unsafe impl Send for Shared {}

impl Shared {
    fn new() -> Self {
        Self {
            epoch: AtomicU32::new(0),
            job: UnsafeCell::new(None),
            next: AtomicU32::new(0),
            busy: AtomicU32::new(0),
            failed: AtomicBool::new(false),
            stop: AtomicBool::new(false),
            sleeping: AtomicU32::new(0),
            door: Mutex::new(()),
            bell: Condvar::new(),
        }
    }

    /// Takes tasks of the current job until there are none left.
    fn work(&self, job: Job) {
        let mut group = Group { sync: std::ptr::null_mut(), tasks: job.tasks as i32 };
        loop {
            let task = self.next.fetch_add(1, Ordering::Relaxed);
            if task >= job.tasks {
                return;
            }
            // SAFETY: the body and closure come from a compiled kernel that waits in `launch` until all tasks are done.
            if unsafe { (job.body)(task as i32, &mut group, job.closure) } != 0 {
                self.failed.store(true, Ordering::Relaxed);
            }
        }
    }

    fn run_thread(&self) {
        let mut seen = 0;
        loop {
            seen = self.wait_for_change(seen);
            if self.stop.load(Ordering::Acquire) {
                return;
            }
            // SAFETY: the new epoch was published after `job` was written, and it is not written again before this
            // thread has acknowledged by decrementing `busy`.
            if let Some(job) = self.job.with(|job| unsafe { *job }) {
                self.work(job);
            }
            self.busy.fetch_sub(1, Ordering::Release);
        }
    }

    fn wait_for_change(&self, seen: u32) -> u32 {
        let mut waiting = relax::Spin::new(SPIN);
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

    /// Runs `tasks` tasks on `threads` other threads and this one; false if a task failed.
    fn launch(&self, job: Job, threads: u32) -> bool {
        // SAFETY: all threads have acknowledged the job before (`busy` is 0), so none reads `job` now.
        self.job.with_mut(|place| unsafe { *place = Some(job) });
        self.next.store(0, Ordering::Relaxed);
        self.failed.store(false, Ordering::Relaxed);
        self.busy.store(threads, Ordering::Relaxed);
        self.announce();
        self.work(job);
        let mut waiting = relax::Spin::new(SPIN);
        while self.busy.load(Ordering::Acquire) > 0 {
            waiting.again();
        }
        !self.failed.load(Ordering::Relaxed)
    }
}

/// The threads of one pipeline. Dropping it ends and joins them.
pub(super) struct Launcher {
    shared: Arc<Shared>,
    threads: Vec<super::sync::JoinHandle>,
}

impl std::fmt::Debug for Launcher {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Launcher").field("width", &self.width()).finish()
    }
}

impl Launcher {
    /// A launcher that runs loops on `width` threads, the caller's included.
    ///
    /// # Errors
    /// When the system gives no more threads.
    pub(super) fn new(width: usize) -> std::io::Result<Self> {
        let mut launcher = Self { shared: Arc::new(Shared::new()), threads: Vec::new() };
        for number in 1..width.max(1) {
            let shared = launcher.shared.clone();
            launcher.threads.push(spawn(format!("utter-kernel-{number}"), move || shared.run_thread())?);
        }
        Ok(launcher)
    }

    /// Threads a loop runs on, the caller's included.
    pub(super) fn width(&self) -> usize {
        self.threads.len() + 1
    }

    /// Makes this the launcher of parallel loops that kernels ask for on this thread while `call` runs.
    pub(super) fn serve<R>(&self, call: impl FnOnce() -> R) -> R {
        struct Restore(Option<NonNull<Launcher>>);
        impl Drop for Restore {
            fn drop(&mut self) {
                CURRENT.set(self.0);
            }
        }
        let _restore = Restore(CURRENT.replace(Some(NonNull::from(self))));
        call()
    }

    fn launch(&self, body: Body, closure: *mut c_void, tasks: u32) -> bool {
        let tasks = if tasks == 0 { self.width() as u32 * PIECES } else { tasks };
        self.shared.launch(Job { body, closure, tasks }, self.threads.len() as u32)
    }
}

impl Drop for Launcher {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        self.shared.announce();
        for thread in self.threads.drain(..) {
            // A thread that panicked has nothing more to tell; its kernel already failed.
            let _ = thread.join();
        }
    }
}

thread_local! {
    static CURRENT: Cell<Option<NonNull<Launcher>>> = const { Cell::new(None) };
    static SCRATCH: RefCell<Scratch> = const { RefCell::new(Scratch::new()) };
}

/// `TVMBackendParallelLaunch`: runs `body` for each task; `tasks` 0 means as many as suit the threads.
///
/// # Safety
/// Called by compiled kernels only: `body` and `closure` are valid until it returns.
pub(super) unsafe extern "C" fn parallel_launch(body: Body, closure: *mut c_void, tasks: i32) -> i32 {
    let tasks = tasks.max(0) as u32;
    let good = match CURRENT.get() {
        // SAFETY: `serve` borrows the launcher for as long as it is current.
        Some(launcher) => unsafe { launcher.as_ref() }.launch(body, closure, tasks),
        None => {
            let mut group = Group { sync: std::ptr::null_mut(), tasks: tasks.max(1) as i32 };
            // SAFETY: the caller vouches for body and closure.
            (0..group.tasks).all(|task| unsafe { body(task, &mut group, closure) } == 0)
        }
    };
    if good { 0 } else { -1 }
}

/// `TVMBackendAllocWorkspace`: scratch memory of a kernel on this thread; null when there is none.
pub(super) extern "C" fn allocate_workspace(_kind: i32, _device: i32, bytes: u64, _code: i32, _bits: i32) -> *mut c_void {
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    SCRATCH.with_borrow_mut(|scratch| scratch.take(bytes)).map_or(std::ptr::null_mut(), |place| place.as_ptr().cast())
}

/// `TVMBackendFreeWorkspace`: gives scratch memory back to this thread's pool.
pub(super) extern "C" fn free_workspace(_kind: i32, _device: i32, place: *mut c_void) -> i32 {
    SCRATCH.with_borrow_mut(|scratch| scratch.give_back(place.cast()));
    0
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    unsafe extern "C" fn count(task: i32, group: *mut Group, closure: *mut c_void) -> i32 {
        // SAFETY: the tests pass a slice of counters as the closure, and the launcher a valid group.
        let (counters, tasks) = unsafe { (&*closure.cast::<[AtomicUsize; 8]>(), (*group).tasks) };
        counters[task as usize].fetch_add(tasks as usize, Ordering::Relaxed);
        if task == 5 { -1 } else { 0 }
    }

    fn counts(launcher: &Launcher, tasks: i32, times: usize) -> (Vec<usize>, i32) {
        let counters: [AtomicUsize; 8] = Default::default();
        let closure = std::ptr::from_ref(&counters).cast_mut().cast();
        // SAFETY: `count` and the counters outlive the call.
        let code = (0..times).map(|_| launcher.serve(|| unsafe { parallel_launch(count, closure, tasks) })).sum();
        (counters.iter().map(|c| c.load(Ordering::Relaxed)).collect(), code)
    }

    #[test]
    fn every_task_runs_exactly_once_each_time() {
        for width in [1, 2, 4] {
            let launcher = Launcher::new(width).unwrap();
            let (counts, code) = counts(&launcher, 4, 1000);
            assert_eq!((&counts[..5], code), (&[4000, 4000, 4000, 4000, 0][..], 0), "width {width}");
        }
    }

    #[test]
    fn zero_tasks_means_as_many_as_threads() {
        let launcher = Launcher::new(3).unwrap();
        assert_eq!(counts(&launcher, 0, 1), (vec![3, 3, 3, 0, 0, 0, 0, 0], 0));
    }

    #[test]
    fn a_failed_task_fails_the_loop_and_not_the_next() {
        let launcher = Launcher::new(2).unwrap();
        assert_eq!(counts(&launcher, 6, 1).1, -1);
        assert_eq!(counts(&launcher, 4, 1).1, 0);
    }

    #[test]
    fn sleeping_threads_wake_for_the_next_loop() {
        let launcher = Launcher::new(2).unwrap();
        for _ in 0..5 {
            while launcher.shared.sleeping.load(Ordering::SeqCst) < 1 {
                std::thread::yield_now();
            }
            assert_eq!(counts(&launcher, 2, 1), (vec![2, 2, 0, 0, 0, 0, 0, 0], 0));
        }
    }

    #[test]
    fn without_a_launcher_loops_run_on_the_caller() {
        let counters: [AtomicUsize; 8] = Default::default();
        // SAFETY: as in `counts`.
        let code = unsafe { parallel_launch(count, std::ptr::from_ref(&counters).cast_mut().cast(), 0) };
        assert_eq!((code, counters[0].load(Ordering::Relaxed)), (0, 1));
    }
}

#[cfg(all(test, loom))]
mod models {
    //! `RUSTFLAGS="--cfg loom" cargo test --release -p utter launcher::models`
    use super::*;

    unsafe extern "C" fn mark(task: i32, _: *mut Group, closure: *mut c_void) -> i32 {
        // SAFETY: the model passes two counters.
        let counters = unsafe { &*closure.cast::<[loom::sync::atomic::AtomicU32; 2]>() };
        counters[task as usize].fetch_add(1, Ordering::Relaxed);
        0
    }

    #[test]
    fn two_launches_one_thread_and_a_stop_in_every_order() {
        loom::model(|| {
            let launcher = Launcher::new(2).unwrap();
            let counters = [loom::sync::atomic::AtomicU32::new(0), loom::sync::atomic::AtomicU32::new(0)];
            for _ in 0..2 {
                assert!(launcher.launch(mark, std::ptr::from_ref(&counters).cast_mut().cast(), 2));
            }
            drop(launcher);
            for counter in &counters {
                assert_eq!(counter.load(Ordering::Relaxed), 2);
            }
        });
    }
}
