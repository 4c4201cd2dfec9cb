//! Streams of events: a task for each carries what happens to an isolate, until the one or the other is over.
//!
//! The table here is the only state of the bridge. That an isolate is gone shows when something is posted to it, so an isolate
//! that begins has every stream asked ([`probe`]): those of the isolate before it are found dead and closed at once, and what
//! they stood for is told to the host, which takes it for the death of a client.

use crate::frb_generated::{SseEncode, StreamSink};
use crate::threads;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::LazyLock;
use tokio::sync::Notify;
use utter::host::{Followed, Subscription, Update};

/// What is posted of a state's changes.
pub(crate) trait Told<S: Followed>: SseEncode + Send + 'static {
    /// One update.
    fn of(update: Update<S>) -> Self;

    /// Something that means nothing, and finds out whether anybody reads.
    fn alive() -> Self;
}

#[derive(Default)]
struct Table {
    next: u64,
    probes: HashMap<u64, Arc<Notify>>,
}

static TABLE: LazyLock<Mutex<Table>> = LazyLock::new(Mutex::default);

/// A line of the table, which is gone with it.
struct Entry {
    number: u64,
    probe: Arc<Notify>,
}

impl Entry {
    fn new() -> Self {
        let mut table = TABLE.lock();
        let number = table.next;
        table.next += 1;
        let probe = Arc::<Notify>::default();
        table.probes.insert(number, Arc::clone(&probe));
        Self { number, probe }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        TABLE.lock().probes.remove(&self.number);
    }
}

/// Carries what `subscription` gives to `sink`, until it is over or nobody reads.
pub(crate) fn follow<S: Followed, T: Told<S>>(mut subscription: Subscription<S>, sink: StreamSink<T>) {
    let entry = Entry::new();
    threads::spawn(async move {
        loop {
            let event = tokio::select! {
                update = subscription.next() => match update {
                    Some(update) => T::of(update),
                    None => break,
                },
                () = entry.probe.notified() => T::alive(),
            };
            if sink.add(event).is_err() {
                tracing::debug!(subscription = entry.number, "nobody reads it any more");
                // Dropped without an end: whoever had it is dead.
                return;
            }
        }
        subscription.end();
    });
}

/// Asks every stream whether anybody reads it.
pub(crate) fn probe() {
    let probes: Vec<_> = TABLE.lock().probes.values().cloned().collect();
    probes.iter().for_each(|probe| probe.notify_one());
}

/// Streams that are being read, as far as that is known.
pub(crate) fn count() -> u32 {
    TABLE.lock().probes.len().try_into().unwrap_or(u32::MAX)
}
