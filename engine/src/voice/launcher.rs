//! The threads that kernels run on.
//!
//! A compiled kernel asks for parallel loops and scratch memory through three C functions, which are registered with
//! `libtvm_ffi` when the library is loaded ([`super::runtime`]). They are ours rather than `libtvm_runtime`'s, for three
//! reasons: threads belong to a pipeline and end with it; idle threads sleep instead of spinning; and an application
//! carries one library less. [`super::crew`] hands the work over.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use super::crew::Crew;
use super::scratch::Scratch;

/// Pieces that a parallel loop is cut into, for each thread: a thread that is held up leaves some of its share to the others.
const PIECES: u32 = 4;

/// TVM's parallel body: task number, group, closure; 0 if it went well.
type Body = unsafe extern "C" fn(i32, *mut Group, *mut c_void) -> i32;

/// What a parallel body learns of its group (`TVMParallelGroupEnv`).
#[repr(C)]
pub(super) struct Group {
    sync: *mut c_void,
    tasks: i32,
}

/// A parallel loop.
#[derive(Clone, Copy)]
struct Loop {
    body: Body,
    closure: *mut c_void,
    tasks: u32,
    failed: *const AtomicBool,
}

// SAFETY: the pointers are used only while the launching call, which owns what they point to, waits.
unsafe impl Send for Loop {}

impl Loop {
    /// Runs one task of the loop.
    fn work(self, task: u32) {
        let mut group = Group {
            sync: std::ptr::null_mut(),
            tasks: self.tasks as i32,
        };
        // SAFETY: body, closure and flag belong to the call of `launch`, which waits until all tasks are done.
        unsafe {
            if (self.body)(task as i32, &mut group, self.closure) != 0 {
                (*self.failed).store(true, Ordering::Relaxed);
            }
        }
    }
}

/// The threads of one pipeline. Dropping it ends and joins them.
pub(super) struct Launcher {
    crew: Arc<Crew<Loop>>,
    threads: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Launcher {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Launcher")
            .field("width", &self.width())
            .finish()
    }
}

impl Launcher {
    /// A launcher that runs loops on `width` threads, the caller's included.
    ///
    /// # Errors
    /// When the system gives no more threads.
    pub(super) fn new(width: usize) -> std::io::Result<Self> {
        let mut launcher = Self {
            crew: Arc::new(Crew::new()),
            threads: Vec::new(),
        };
        for number in 1..width.max(1) {
            let crew = launcher.crew.clone();
            let thread = std::thread::Builder::new().name(format!("utter-kernel-{number}"));
            launcher
                .threads
                .push(thread.spawn(move || crew.follow(Loop::work))?);
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
        let tasks = match (tasks, self.threads.len() as u32) {
            (0, 0) => 1,
            (0, others) => (others + 1) * PIECES,
            (tasks, _) => tasks,
        };
        let failed = AtomicBool::new(false);
        let parallel = Loop {
            body,
            closure,
            tasks,
            failed: &raw const failed,
        };
        self.crew.lead(parallel, tasks, Loop::work);
        !failed.load(Ordering::Relaxed)
    }
}

impl Drop for Launcher {
    fn drop(&mut self) {
        self.crew.end();
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
            let mut group = Group {
                sync: std::ptr::null_mut(),
                tasks: tasks.max(1) as i32,
            };
            // SAFETY: the caller vouches for body and closure.
            (0..group.tasks).all(|task| unsafe { body(task, &mut group, closure) } == 0)
        }
    };
    if good { 0 } else { -1 }
}

/// `TVMBackendAllocWorkspace`: scratch memory of a kernel on this thread; null when there is none.
pub(super) extern "C" fn allocate_workspace(
    _kind: i32,
    _device: i32,
    bytes: u64,
    _code: i32,
    _bits: i32,
) -> *mut c_void {
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    SCRATCH
        .with_borrow_mut(|scratch| scratch.take(bytes))
        .map_or(std::ptr::null_mut(), |place| place.as_ptr().cast())
}

/// `TVMBackendFreeWorkspace`: gives scratch memory back to this thread's pool.
pub(super) extern "C" fn free_workspace(_kind: i32, _device: i32, place: *mut c_void) -> i32 {
    SCRATCH.with_borrow_mut(|scratch| scratch.give_back(place.cast()));
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    unsafe extern "C" fn count(task: i32, group: *mut Group, closure: *mut c_void) -> i32 {
        // SAFETY: the tests pass a slice of counters as the closure, and the launcher a valid group.
        let (counters, tasks) = unsafe { (&*closure.cast::<[AtomicUsize; 16]>(), (*group).tasks) };
        counters[task as usize].fetch_add(tasks as usize, Ordering::Relaxed);
        if task == 5 { -1 } else { 0 }
    }

    fn counts(launcher: &Launcher, tasks: i32, times: usize) -> (Vec<usize>, i32) {
        let counters: [AtomicUsize; 16] = Default::default();
        let closure = std::ptr::from_ref(&counters).cast_mut().cast();
        // SAFETY: `count` and the counters outlive the call.
        let code = (0..times)
            .map(|_| launcher.serve(|| unsafe { parallel_launch(count, closure, tasks) }))
            .sum();
        (counters.iter().map(|c| c.load(Ordering::Relaxed)).collect(), code)
    }

    #[test]
    fn every_task_runs_exactly_once_each_time() {
        for width in [1, 2, 4] {
            let launcher = Launcher::new(width).unwrap();
            let (counts, code) = counts(&launcher, 4, 1000);
            assert_eq!(
                (&counts[..5], code),
                (&[4000, 4000, 4000, 4000, 0][..], 0),
                "width {width}"
            );
        }
    }

    #[test]
    fn zero_tasks_means_as_many_as_suit_the_threads() {
        let launcher = Launcher::new(3).unwrap();
        let (found, code) = counts(&launcher, 0, 1);
        assert_eq!(
            (found, code),
            ([[12; 12].as_slice(), &[0; 4]].concat(), -1),
            "task 5 fails"
        );
        let alone = Launcher::new(1).unwrap();
        assert_eq!(counts(&alone, 0, 1), ([[1].as_slice(), &[0; 15]].concat(), 0));
    }

    #[test]
    fn a_thread_that_does_not_come_is_not_waited_for() {
        // No thread follows this crew.
        let crew = Crew::new();
        let done = std::cell::Cell::new(0);
        crew.lead((), 5, |(), task| done.set(done.get() + task));
        assert_eq!(done.get(), 10);
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
            while launcher.crew.sleeping() < 1 {
                std::thread::yield_now();
            }
            assert_eq!(
                counts(&launcher, 2, 1),
                ([[2, 2].as_slice(), &[0; 14]].concat(), 0)
            );
        }
    }

    #[test]
    fn without_a_launcher_loops_run_on_the_caller() {
        let counters: [AtomicUsize; 16] = Default::default();
        // SAFETY: as in `counts`.
        let code = unsafe { parallel_launch(count, std::ptr::from_ref(&counters).cast_mut().cast(), 0) };
        assert_eq!((code, counters[0].load(Ordering::Relaxed)), (0, 1));
    }
}
