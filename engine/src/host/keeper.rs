//! The host's thread: judges leases, and brings counters to the metrics.
//!
//! It sleeps until the next lease can have run out, or somebody rings: a client has attached, or its events were abandoned.
//! It does nothing that waits.

use super::error::Error;
use super::lease::Terms;
use super::runtime::Runtime;
use parking_lot::Mutex;
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// How often the counters are brought to the metrics while somebody is attached.
const COUNTS_EVERY: Duration = Duration::from_secs(5);

/// The host's thread, and how it is woken and ended.
pub(super) struct Keeper {
    runtime: Weak<Runtime>,
    bell: Arc<Bell>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// Wakes the host's thread.
#[derive(Default)]
pub(super) struct Bell {
    rung: Notify,
    ended: Notify,
}

impl Bell {
    pub(super) fn ring(&self) {
        self.rung.notify_one();
    }
}

impl Keeper {
    pub(super) fn new(runtime: Weak<Runtime>) -> Self {
        Self {
            runtime,
            bell: Arc::default(),
            thread: Mutex::default(),
        }
    }

    pub(super) fn bell(&self) -> Arc<Bell> {
        Arc::clone(&self.bell)
    }

    pub(super) fn start(&self) -> Result<(), Error> {
        let executor = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .map_err(|error| Error::system("no event loop for the host", error))?;
        let (runtime, bell) = (Weak::clone(&self.runtime), self.bell());
        let thread = thread::Builder::new()
            .name("utter-host".into())
            .spawn(move || executor.block_on(keep(runtime, bell)))
            .map_err(|error| Error::system("no thread for the host", error))?;
        *self.thread.lock() = Some(thread);
        Ok(())
    }

    /// Ends the thread, and waits for that.
    pub(super) fn stop(&self) {
        self.bell.ended.notify_one();
        let thread = self.thread.lock().take();
        if let Some(thread) = thread.filter(|thread| thread.thread().id() != thread::current().id())
            && thread.join().is_err()
        {
            tracing::error!("the host's thread has panicked");
        }
    }
}

async fn keep(runtime: Weak<Runtime>, bell: Arc<Bell>) {
    loop {
        let Some(next) = runtime.upgrade().map(|runtime| look(&runtime)) else {
            return;
        };
        tokio::select! {
            () = bell.ended.notified() => return,
            () = bell.rung.notified() => {}
            () = sleep_until(next) => {}
        }
    }
}

async fn sleep_until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment.into()).await,
        None => std::future::pending().await,
    }
}

/// Judges all leases. Gives when to look again; nobody has to while nobody is attached.
fn look(runtime: &Runtime) -> Option<Instant> {
    let terms = Terms {
        lease: runtime.config.lease,
        grace: runtime.config.grace,
    };
    let now = Instant::now();
    runtime.count();
    let mut next: Option<Instant> = None;
    for session in runtime.sessions() {
        match session.judge(&terms, now) {
            Ok(until) => next = Some(next.map_or(until, |next| next.min(until))),
            Err(death) => runtime.end(&session, death.into()),
        }
    }
    next.map(|next| next.min(now + COUNTS_EVERY))
}
