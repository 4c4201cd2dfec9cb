//! What the handles of a player, the writers of its tracks and the playback thread share, and that thread itself.

use super::deck::{Deck, Outbox};
use super::delivery::Delivery;
use super::device::DeviceThread;
use super::error::PlaybackError;
use super::event::{Listeners, Tap};
use super::options::PlayerOptions;
use super::output::{OutputBackend, close_stream};
use super::realtime::clock::Clock;
use super::valve::Valve;
use parking_lot::{Condvar, Mutex, MutexGuard};
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};

/// What the handles, the writers of tracks and the playback thread share.
pub(super) struct Shared {
    pub(super) deck: Mutex<Deck>,
    pub(super) valve: Valve,
    /// Wakes the playback thread.
    pub(super) work: Condvar,
    /// Wakes those who wait for the deck to change.
    pub(super) changed: Condvar,
    pub(super) delivery: Delivery,
    pub(super) listeners: Listeners,
    /// Called for who makes frames: see [`Player::set_bell`](super::Player::set_bell).
    pub(super) bell: Mutex<Option<Arc<dyn Fn() + Send + Sync>>>,
    /// Told every event: see [`Player::set_tap`](super::Player::set_tap).
    pub(super) tap: Mutex<Option<Tap>>,
    pub(super) clock: Clock,
    /// The playback thread, until somebody waits for its end.
    pub(super) thread: Mutex<Option<JoinHandle<()>>>,
}

impl Shared {
    /// Starts the playback thread with a deck that has begun as `begin` says.
    ///
    /// # Errors
    ///
    /// [`PlaybackError::Thread`] if there is no thread.
    pub(super) fn start(
        backend: Arc<dyn OutputBackend>,
        clock: Clock,
        options: &PlayerOptions,
        begin: impl FnOnce(&mut Deck, &Valve),
    ) -> Result<Arc<Self>, PlaybackError> {
        let shared = Arc::new_cyclic(|shared: &Weak<Self>| {
            let wake = {
                let shared = Weak::clone(shared);
                Arc::new(move || {
                    if let Some(shared) = shared.upgrade() {
                        shared.work.notify_all();
                    }
                })
            };
            let devices = DeviceThread::new(backend, options.clone(), clock.clone(), wake);
            let valve = Valve::new();
            let mut deck = Deck::new(options.clone(), clock.clone(), Box::new(devices));
            begin(&mut deck, &valve);
            // It is open before anybody can listen: `output` tells, and no event.
            drop(deck.take_outbox());
            Self {
                deck: Mutex::new(deck),
                valve,
                work: Condvar::new(),
                changed: Condvar::new(),
                delivery: Delivery::default(),
                listeners: Listeners::default(),
                bell: Mutex::default(),
                tap: Mutex::default(),
                clock,
                thread: Mutex::default(),
            }
        });
        let thread = thread::Builder::new().name("utter-playback".into()).spawn({
            let shared = Arc::clone(&shared);
            move || shared.run()
        });
        match thread {
            Ok(thread) => {
                *shared.thread.lock() = Some(thread);
                Ok(shared)
            }
            Err(error) => {
                shared.close();
                Err(PlaybackError::Thread(error.to_string()))
            }
        }
    }

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
        self.delivery.put(deck.take_outbox());
        drop(deck);
        self.deliver();
        result
    }

    /// Wakes the playback thread.
    pub(super) fn wake(&self) {
        self.work.notify_all();
    }

    /// Tells what is to be told, unless another thread does.
    pub(super) fn deliver(&self) {
        for outbox in self.delivery.begin().into_iter().flatten() {
            self.tell(outbox);
        }
    }

    fn tell(&self, outbox: Outbox) {
        let has_changed = !outbox.is_empty();
        let has_ended = !outbox.endings.is_empty();
        for (on_end, end, heard) in outbox.endings {
            on_end(end, heard);
        }
        let tap = self.tap.lock().clone();
        if let Some(tap) = tap {
            outbox.events.iter().for_each(|event| tap(event));
        }
        self.listeners.tell(&outbox.events);
        if outbox.is_last {
            self.listeners.close();
        }
        if has_changed {
            self.changed.notify_all();
        }
        if has_ended {
            self.ring();
        }
    }

    /// Rings for who makes frames.
    fn ring(&self) {
        let bell = self.bell.lock().clone();
        if let Some(bell) = bell {
            bell();
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
                self.delivery.put(outbox);
                // Others have their turn between two parts of the work. What they ask for meanwhile is not slept over:
                // nobody waits for `work` here.
                MutexGuard::unlocked(&mut deck, || self.deliver());
                continue;
            }
            if deck.makes_room() {
                self.changed.notify_all();
                MutexGuard::unlocked(&mut deck, || self.ring());
                continue;
            }
            self.work.wait_for(&mut deck, next);
        }
    }

    pub(super) fn close(&self) {
        let mut deck = self.deck.lock();
        let stream = deck.close(&self.valve);
        let mut outbox = deck.take_outbox();
        outbox.is_last = true;
        self.delivery.put(outbox);
        drop(deck);
        self.deliver();
        self.work.notify_all();
        self.changed.notify_all();
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
        self.delivery.wait();
    }
}
