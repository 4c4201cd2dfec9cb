//! The two threads of the bridge: one for commands, one for what waits and for events.
//!
//! Commands run one after the other, in the order in which Dart gave them. None takes long; what may, and what waits, is a
//! future on the other thread, which hands whatever blocks to threads of tokio's own, gone after a second without work. Both
//! start with the first call and stay as long as the process. Used by the handler and by [`crate::subscriptions`].

use flutter_rust_bridge::{BaseAsyncRuntime, BaseThreadPool, JoinHandle};
use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;
use std::sync::mpsc::{Sender, channel};
use std::thread::Builder;
use std::time::Duration;
use tokio::runtime::{Handle, Runtime};

type Job = Box<dyn FnOnce() + Send>;

/// Runs commands. As many wait as Dart has given and has no answer to.
#[derive(Debug)]
pub struct CommandThread(Option<Sender<Job>>);

impl Default for CommandThread {
    fn default() -> Self {
        let (sender, jobs) = channel::<Job>();
        let started = Builder::new()
            .name("utter-commands".into())
            .spawn(move || jobs.into_iter().for_each(run));
        Self(started.is_ok().then_some(sender))
    }
}

impl BaseThreadPool for CommandThread {
    /// Where the system gives no thread, on the caller's.
    fn execute<F: FnOnce() + Send + 'static>(&self, job: F) {
        match &self.0 {
            None => run(Box::new(job)),
            // The thread ends after this sender, which is never dropped.
            Some(sender) => drop(sender.send(Box::new(job))),
        }
    }
}

/// A panic of ours is an answer by now; what comes here is one while answering an isolate that is gone.
fn run(job: Job) {
    if catch_unwind(AssertUnwindSafe(job)).is_err() {
        tracing::warn!("an answer found nobody");
    }
}

/// Runs what waits.
#[derive(Debug, Default)]
pub struct BridgeRuntime(());

impl BaseAsyncRuntime for BridgeRuntime {
    fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        RUNTIME.spawn(future)
    }
}

/// Has a task run on the bridge's thread.
pub(crate) fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    drop(RUNTIME.spawn(task));
}

static RUNTIME: LazyLock<Handle> = LazyLock::new(|| {
    let runtime = runtime();
    let handle = runtime.handle().clone();
    let started = Builder::new()
        .name("utter-bridge".into())
        .spawn(move || runtime.block_on(pending::<()>()));
    if let Err(error) = started {
        tracing::error!(%error, "the system gives no thread: calls from Dart that wait have no answer");
    }
    handle
});

#[expect(clippy::expect_used, reason = "the line says why")]
fn runtime() -> Runtime {
    let built = tokio::runtime::Builder::new_current_thread()
        .thread_keep_alive(Duration::from_secs(1))
        .build();
    built.expect("a runtime") // Only drivers ask the system for anything, and none is enabled.
}
