//! What the handles of a player, the writers of its tracks and the playback thread share, and that thread itself.

use super::deck::{Deck, Outbox};
use super::event::Listeners;
use super::output::close_stream;
use super::realtime::clock::Clock;
use super::valve::Valve;
use parking_lot::{Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};

/// What the handles, the writers of tracks and the playback thread share.
pub(super) struct Shared {
    pub(super) deck: Mutex<Deck>,
    pub(super) valve: Valve,
    /// Wakes the playback thread.
    pub(super) work: Condvar,
    /// Wakes those who wait for the deck to change.
    pub(super) changed: Condvar,
    pub(super) listeners: Listeners,
    pub(super) clock: Clock,
    /// The playback thread, until somebody waits for its end.
    pub(super) thread: Mutex<Option<JoinHandle<()>>>,
}

impl Shared {
    /// Has `f` deal with the deck, then tells and calls what came of it, and wakes the playback thread.
    pub(super) fn with_deck<R>(&self, f: impl FnOnce(&mut Deck) -> R) -> R {
        let result = self.look(f);
        self.work.notify_all();
        result
    }

    /// The same for those who only look: the playback thread has nothing to do for it.
    pub(super) fn look<R>(&self, f: impl FnOnce(&mut Deck) -> R) -> R {
        let mut deck = self.deck.lock();
        deck.catch_up(&self.valve);
        let result = f(&mut deck);
        let outbox = deck.take_outbox();
        drop(deck);
        self.deliver(outbox);
        result
    }

    /// Wakes the playback thread.
    pub(super) fn wake(&self) {
        self.work.notify_all();
    }

    pub(super) fn deliver(&self, outbox: Outbox) {
        let has_changed = !outbox.is_empty();
        for (on_end, end) in outbox.endings {
            on_end(end);
        }
        self.listeners.tell(&outbox.events);
        if has_changed {
            self.changed.notify_all();
        }
    }

    /// The playback thread.
    pub(super) fn run(&self) {
        let mut deck = self.deck.lock();
        while !deck.is_closed() {
            let next = deck.tick(&self.valve, self.clock.now());
            let has_more = deck.feed(&self.valve);
            let outbox = deck.take_outbox();
            if has_more || !outbox.is_empty() {
                // Others have their turn between two parts of the work. What they ask for meanwhile is not slept over:
                // nobody waits for `work` here.
                MutexGuard::unlocked(&mut deck, || self.deliver(outbox));
                continue;
            }
            if deck.has_room() {
                self.changed.notify_all();
            }
            self.work.wait_for(&mut deck, next);
        }
    }

    pub(super) fn close(&self) {
        let mut deck = self.deck.lock();
        let stream = deck.close(&self.valve);
        let outbox = deck.take_outbox();
        drop(deck);
        self.deliver(outbox);
        self.work.notify_all();
        self.changed.notify_all();
        self.listeners.close();
        if let Some(stream) = stream {
            close_stream(stream);
        }
        let thread = self.thread.lock().take();
        // It may be itself that closes, in what it calls when a track has ended.
        if let Some(thread) = thread.filter(|thread| thread.thread().id() != thread::current().id())
            && thread.join().is_err()
        {
            tracing::error!("the playback thread has panicked");
        }
    }
}
