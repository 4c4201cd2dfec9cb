//! The device thread: opens outputs and asks for the default one, which can take long or never return.
//!
//! The deck gives it jobs and looks for answers; nobody waits for it. When a job hangs, the thread is left behind
//! with it, and another takes over; so many threads may hang at a time, and then no more is opened until one of
//! them comes back. Streams are closed on threads of their own, for the same reason.

use super::line::Line;
use super::options::PlayerOptions;
use super::output::{OutputBackend, OutputError, OutputId, OutputSelection, OutputStream, leave_stream};
use super::realtime::clock::Clock;
use super::valve::Inlet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

/// Threads that may hang in a device at a time.
const MOST_HANGING: usize = 4;

/// What a device thread has found out.
pub(super) enum Answer {
    /// An output was opened, or was not.
    Opened(Box<Result<(Line, Inlet), OutputError>>),
    /// The system's default output.
    Default(Option<OutputId>),
}

/// What the deck asks of devices. Tests answer at once.
pub(super) trait Devices: Send {
    /// Opens an output. `false` if nobody can do that now.
    fn open(&mut self, selection: &OutputSelection) -> bool;
    /// Asks for the default output.
    fn look(&mut self) -> bool;
    /// The answer to the last question.
    fn answer(&mut self) -> Option<Answer>;
    /// Gives up waiting for it.
    fn abandon(&mut self);
    /// Closes a stream after `delay`, and does not wait for it.
    fn close(&mut self, stream: Box<dyn OutputStream>, delay: Duration);
}

enum Job {
    Open(OutputSelection),
    Look,
}

/// The thread, or the one that took its place.
pub(super) struct DeviceThread {
    backend: Arc<dyn OutputBackend>,
    options: PlayerOptions,
    clock: Clock,
    wake: Arc<dyn Fn() + Send + Sync>,
    worker: Option<Worker>,
    /// Threads that were left behind and have not come back.
    hanging: Arc<AtomicUsize>,
}

struct Worker {
    jobs: mpsc::SyncSender<Job>,
    answers: mpsc::Receiver<Answer>,
    /// Says that the thread was left behind.
    left: Arc<AtomicUsize>,
}

impl DeviceThread {
    /// `wake` is called whenever there is an answer.
    pub(super) fn new(
        backend: Arc<dyn OutputBackend>,
        options: PlayerOptions,
        clock: Clock,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Self {
        Self {
            backend,
            options,
            clock,
            wake,
            worker: None,
            hanging: Arc::default(),
        }
    }

    fn give(&mut self, job: Job) -> bool {
        if self.worker.is_none() && self.hanging.load(Ordering::Acquire) < MOST_HANGING {
            self.worker = self.start();
        }
        let Some(worker) = &self.worker else {
            return false;
        };
        worker.jobs.try_send(job).is_ok()
    }

    fn start(&self) -> Option<Worker> {
        let (jobs, todo) = mpsc::sync_channel(1);
        let (done, answers) = mpsc::channel();
        let left = Arc::<AtomicUsize>::default();
        let (backend, options, clock) = (
            Arc::clone(&self.backend),
            self.options.clone(),
            self.clock.clone(),
        );
        let (wake, hanging, was_left) = (
            Arc::clone(&self.wake),
            Arc::clone(&self.hanging),
            Arc::clone(&left),
        );
        let thread = thread::Builder::new().name("utter-device".into()).spawn(move || {
            for job in todo {
                let answer = match job {
                    Job::Open(selection) => {
                        let opened = Line::open(backend.as_ref(), &selection, &options, &clock);
                        Answer::Opened(Box::new(opened))
                    }
                    Job::Look => Answer::Default(backend.default_output().unwrap_or_default()),
                };
                // Nobody is there any more if it took too long; a stream is closed here, then.
                if done.send(answer).is_err() {
                    break;
                }
                wake();
            }
            if was_left.load(Ordering::Acquire) > 0 {
                hanging.fetch_sub(1, Ordering::AcqRel);
            }
        });
        match thread {
            Ok(_) => Some(Worker { jobs, answers, left }),
            Err(error) => {
                tracing::error!(%error, "no thread to open outputs on");
                None
            }
        }
    }
}

impl Devices for DeviceThread {
    fn open(&mut self, selection: &OutputSelection) -> bool {
        self.give(Job::Open(selection.clone()))
    }

    fn look(&mut self) -> bool {
        self.give(Job::Look)
    }

    fn answer(&mut self) -> Option<Answer> {
        self.worker.as_ref()?.answers.try_recv().ok()
    }

    fn abandon(&mut self) {
        if let Some(worker) = self.worker.take() {
            tracing::warn!("an output does not open; its thread is left behind");
            self.hanging.fetch_add(1, Ordering::AcqRel);
            worker.left.store(1, Ordering::Release);
        }
    }

    fn close(&mut self, stream: Box<dyn OutputStream>, delay: Duration) {
        leave_stream(stream, delay);
    }
}
