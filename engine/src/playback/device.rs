//! The device thread: opens outputs and asks for the default one, which can take long or never return.
//!
//! The deck gives it jobs and looks for answers; nobody waits for it. When a job takes too long, the thread is left
//! behind with it, and another takes over; should it come back after all, what it has opened can still be used. Only so
//! many threads may hang in the same output. Streams are closed on threads of their own, for the same reason.
//!
//! An output counts as open when it has begun to play. One that opens and then stands still, as one does that has
//! stalled before, is found out here, while nothing depends on it.

use super::line::Line;
use super::options::PlayerOptions;
use super::output::{OutputBackend, OutputError, OutputId, OutputSelection, OutputStream, leave_stream};
use super::realtime::clock::Clock;
use super::valve::Inlet;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// Threads that may hang in opening the same output, and streams of it that may hang in closing. Not one only: it may
/// be another fault the next time, and most devices can be opened again while a stream of them hangs.
const MOST_HANGING: usize = 2;

/// An output that has not begun to play after so long will not.
const BEGINS_WITHIN: Duration = Duration::from_secs(1);

/// How often it is looked whether it has.
const LOOK: Duration = Duration::from_millis(2);

/// An open output, and what leads to it.
pub(super) type Opened = (Line, Inlet);

/// What a device thread has found out.
pub(super) enum Answer {
    /// An output was opened, or was not.
    Opened(Box<Result<Opened, OutputError>>),
    /// An output was opened that was given up before.
    Late(Box<Opened>),
    /// The system's default output.
    Default(Option<OutputId>),
}

/// What the deck asks of devices. Tests answer at once.
pub(super) trait Devices: Send {
    /// Opens an output. `false` if nobody can do that now.
    fn open(&mut self, selection: &OutputSelection) -> bool;
    /// Asks for the default output.
    fn look(&mut self) -> bool;
    /// The answer to the last question, or a late one to an earlier one.
    fn answer(&mut self) -> Option<Answer>;
    /// Gives up waiting for it.
    fn abandon(&mut self);
    /// Closes a stream of the output `id` after `delay`, and does not wait for it.
    fn close(&mut self, id: &OutputId, stream: Box<dyn OutputStream>, delay: Duration);
}

enum Job {
    /// Opens an output, unless it is one of those that hang.
    Open(OutputSelection, Vec<OutputId>),
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
    left: Vec<LeftBehind>,
    /// Streams that are being closed.
    closing: Vec<(OutputId, mpsc::Receiver<()>)>,
}

struct Worker {
    jobs: mpsc::SyncSender<Job>,
    answers: mpsc::Receiver<Answer>,
    /// What it was told to open last.
    opens: Option<OutputSelection>,
}

struct LeftBehind {
    answers: mpsc::Receiver<Answer>,
    opens: Option<OutputSelection>,
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
            left: Vec::new(),
            closing: Vec::new(),
        }
    }

    fn give(&mut self, job: Job) -> bool {
        if self.worker.is_none() {
            self.worker = self.start();
        }
        let Some(worker) = &mut self.worker else {
            return false;
        };
        if let Job::Open(selection, _) = &job {
            worker.opens = Some(selection.clone());
        }
        worker.jobs.try_send(job).is_ok()
    }

    fn start(&self) -> Option<Worker> {
        let (jobs, todo) = mpsc::sync_channel(1);
        let (done, answers) = mpsc::channel();
        let (backend, options, clock) = (
            Arc::clone(&self.backend),
            self.options.clone(),
            self.clock.clone(),
        );
        let wake = Arc::clone(&self.wake);
        let thread = thread::Builder::new().name("utter-device".into()).spawn(move || {
            for job in todo {
                let answer = match job {
                    Job::Open(selection, hanging) => {
                        let opened = open(backend.as_ref(), &selection, &hanging, &options, &clock);
                        Answer::Opened(Box::new(opened))
                    }
                    Job::Look => Answer::Default(backend.default_output().unwrap_or_default()),
                };
                // The player may be gone by now; a stream is closed here, then.
                if done.send(answer).is_err() {
                    break;
                }
                wake();
            }
        });
        match thread {
            Ok(_) => Some(Worker {
                jobs,
                answers,
                opens: None,
            }),
            Err(error) => {
                tracing::error!(%error, "no thread to open outputs on");
                None
            }
        }
    }

    /// What threads that were left behind have opened after all.
    fn late_answer(&mut self) -> Option<Answer> {
        let mut late = None;
        self.left.retain(|left| {
            loop {
                if late.is_some() {
                    return true;
                }
                match left.answers.try_recv() {
                    Ok(Answer::Opened(opened)) => late = opened.ok(),
                    Ok(_) => {}
                    Err(mpsc::TryRecvError::Empty) => return true,
                    // It has done all that it was told.
                    Err(mpsc::TryRecvError::Disconnected) => return false,
                }
            }
        });
        late.map(|opened| Answer::Late(Box::new(opened)))
    }

    /// The outputs that have too many streams that do not close.
    fn hanging(&mut self) -> Vec<OutputId> {
        self.closing
            .retain(|(_, closed)| matches!(closed.try_recv(), Err(mpsc::TryRecvError::Empty)));
        let count = |id: &OutputId| self.closing.iter().filter(|(other, _)| other == id).count();
        let ids = self.closing.iter().map(|(id, _)| id);
        ids.filter(|id| count(id) >= MOST_HANGING).cloned().collect()
    }
}

impl Devices for DeviceThread {
    fn open(&mut self, selection: &OutputSelection) -> bool {
        let in_it = self
            .left
            .iter()
            .filter(|left| left.opens.as_ref() == Some(selection));
        if in_it.count() >= MOST_HANGING {
            return false;
        }
        let hanging = self.hanging();
        self.give(Job::Open(selection.clone(), hanging))
    }

    fn look(&mut self) -> bool {
        self.give(Job::Look)
    }

    fn answer(&mut self) -> Option<Answer> {
        let answer = self
            .worker
            .as_ref()
            .and_then(|worker| worker.answers.try_recv().ok());
        answer.or_else(|| self.late_answer())
    }

    fn abandon(&mut self) {
        if let Some(Worker { answers, opens, .. }) = self.worker.take() {
            tracing::warn!(?opens, "an output does not open; its thread is left behind");
            self.left.push(LeftBehind { answers, opens });
        }
    }

    fn close(&mut self, id: &OutputId, stream: Box<dyn OutputStream>, delay: Duration) {
        if let Some(closed) = leave_stream(stream, delay) {
            self.closing.push((id.clone(), closed));
        }
    }
}

/// Opens an output that is none of `hanging`, and waits until it plays.
fn open(
    backend: &dyn OutputBackend,
    selection: &OutputSelection,
    hanging: &[OutputId],
    options: &PlayerOptions,
    clock: &Clock,
) -> Result<Opened, OutputError> {
    let (line, inlet) = Line::open_unless(backend, selection, hanging, options, clock)?;
    let since = Instant::now();
    while !line.has_begun() {
        if since.elapsed() >= BEGINS_WITHIN || line.health.lost().is_some() {
            return Err(OutputError::Stalled(line.config.id.clone()));
        }
        thread::sleep(LOOK);
    }
    Ok((line, inlet))
}
