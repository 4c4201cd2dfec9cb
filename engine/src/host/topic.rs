//! A topic: a state that changes, and whoever follows it.
//!
//! A subscription begins with a snapshot of the state and goes on with the changes since, each with its number, without a
//! gap. Both come from one place: a change is applied to the state and sent under one lock, so a snapshot holds exactly the
//! changes up to its number. One who does not read holds up nobody: what is unread is bounded, and when it is too much he
//! is told that he lags, and gets a new snapshot when he reads again.
//!
//! Used for the events of a client and for those of the runtime. Reading works from a thread, with a timeout, and from any
//! async executor.

use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// Changes that can wait for a subscription that is not read.
pub const UNREAD_CHANGES: usize = 256;

/// A state that is told by its changes.
pub trait Followed: Clone + Send + 'static {
    /// Something that happens to it.
    type Change: Clone + Send + 'static;

    /// What it is after `change`.
    fn apply(&mut self, change: &Self::Change);
}

/// What a subscription gives.
#[derive(Debug, Clone)]
pub enum Update<S: Followed> {
    /// How things are after the change `number`. It comes first, and after [`Lagged`](Update::Lagged).
    Snapshot {
        /// The number of the last change that is part of it; 0 if there was none.
        number: u64,
        /// The state.
        state: S,
    },
    /// Something has changed. Its number is one more than that of the update before.
    Change {
        /// Its number, from 1 on.
        number: u64,
        /// What has changed.
        change: S::Change,
    },
    /// So many changes were not read in time and are lost; the next update is a snapshot.
    Lagged {
        /// How many.
        missed: u64,
    },
}

/// A state, its changes, and its subscriptions. Clones are the same topic.
pub struct Topic<S: Followed>(Arc<Shared<S>>);

struct Shared<S: Followed> {
    inner: Mutex<Inner<S>>,
    /// Called when a subscription is gone that was not ended.
    on_abandoned: Box<dyn Fn() + Send + Sync>,
}

struct Inner<S: Followed> {
    state: S,
    number: u64,
    subscriptions: Vec<Weak<Unread<S>>>,
    is_closed: bool,
}

/// What waits for one subscription. Its lock is taken after the topic's, never before.
struct Unread<S: Followed> {
    waiting: Mutex<Waiting<S>>,
    came: Condvar,
    came_async: Notify,
}

struct Waiting<S: Followed> {
    updates: VecDeque<Update<S>>,
    /// Changes that found no room since the last read.
    missed: u64,
    is_closed: bool,
}

/// Follows a topic. When it is dropped without [`end`](Self::end), its topic takes that for the death of whoever had it.
pub struct Subscription<S: Followed> {
    topic: Arc<Shared<S>>,
    unread: Arc<Unread<S>>,
    was_ended: bool,
}

impl<S: Followed> Clone for Topic<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Followed> Topic<S> {
    /// A topic that begins with `state`. `on_abandoned` is called, by whichever thread, when a subscription goes that was
    /// not ended; it must not wait.
    pub fn new(state: S, on_abandoned: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(Shared {
            inner: Mutex::new(Inner {
                state,
                number: 0,
                subscriptions: Vec::new(),
                is_closed: false,
            }),
            on_abandoned: Box::new(on_abandoned),
        }))
    }

    /// The state as it is.
    pub fn state(&self) -> S {
        self.0.inner.lock().state.clone()
    }

    /// Looks at the state.
    pub fn look<R>(&self, look: impl FnOnce(&S) -> R) -> R {
        look(&self.0.inner.lock().state)
    }

    /// Applies a change, and tells it to all subscriptions. Waits for nobody.
    pub fn change(&self, change: S::Change) {
        self.change_if(|_| Some(change));
    }

    /// The same with the change that `make` makes of the state, if any.
    pub fn change_if(&self, make: impl FnOnce(&S) -> Option<S::Change>) {
        let mut inner = self.0.inner.lock();
        if inner.is_closed {
            return;
        }
        let Some(change) = make(&inner.state) else { return };
        inner.state.apply(&change);
        inner.number += 1;
        let number = inner.number;
        inner.subscriptions.retain(|unread| {
            let Some(unread) = unread.upgrade() else {
                return false;
            };
            unread.add(Update::Change {
                number,
                change: change.clone(),
            });
            true
        });
    }

    /// Follows it from now on.
    pub fn subscribe(&self) -> Subscription<S> {
        let mut inner = self.0.inner.lock();
        let unread = Arc::new(Unread {
            waiting: Mutex::new(Waiting {
                updates: VecDeque::from([inner.snapshot()]),
                missed: 0,
                is_closed: inner.is_closed,
            }),
            came: Condvar::new(),
            came_async: Notify::new(),
        });
        inner.subscriptions.retain(|unread| unread.strong_count() > 0);
        inner.subscriptions.push(Arc::downgrade(&unread));
        drop(inner);
        Subscription {
            topic: Arc::clone(&self.0),
            unread,
            was_ended: false,
        }
    }

    /// Nothing more will change. What is unread can still be read.
    pub fn close(&self) {
        let mut inner = self.0.inner.lock();
        inner.is_closed = true;
        for unread in inner
            .subscriptions
            .drain(..)
            .filter_map(|unread| unread.upgrade())
        {
            unread.waiting.lock().is_closed = true;
            unread.wake();
        }
    }

    /// Whether nothing more will change.
    pub fn is_closed(&self) -> bool {
        self.0.inner.lock().is_closed
    }

    /// Subscriptions that somebody has.
    #[cfg(test)]
    fn subscriptions(&self) -> usize {
        let inner = self.0.inner.lock();
        let is_there = |unread: &&Weak<Unread<S>>| unread.strong_count() > 0;
        inner.subscriptions.iter().filter(is_there).count()
    }
}

impl<S: Followed> Inner<S> {
    fn snapshot(&self) -> Update<S> {
        Update::Snapshot {
            number: self.number,
            state: self.state.clone(),
        }
    }
}

impl<S: Followed> Unread<S> {
    fn add(&self, update: Update<S>) {
        let mut waiting = self.waiting.lock();
        if waiting.missed == 0 && waiting.updates.len() < UNREAD_CHANGES {
            waiting.updates.push_back(update);
        } else {
            // What waits is of the past by the time that it would be read: a snapshot is all that is needed then.
            let changes = |update: &&Update<S>| matches!(update, Update::Change { .. });
            waiting.missed += waiting.updates.iter().filter(changes).count() as u64 + 1;
            waiting.updates.clear();
        }
        drop(waiting);
        self.wake();
    }

    fn wake(&self) {
        self.came.notify_all();
        self.came_async.notify_one();
    }
}

impl<S: Followed> Subscription<S> {
    /// The next update, if there is one.
    pub fn try_next(&mut self) -> Option<Update<S>> {
        let mut waiting = self.unread.waiting.lock();
        if waiting.missed == 0 {
            return waiting.updates.pop_front();
        }
        drop(waiting);
        self.catch_up()
    }

    /// Tells how much was missed, and has the snapshot wait that comes next.
    fn catch_up(&mut self) -> Option<Update<S>> {
        let inner = self.topic.inner.lock();
        let mut waiting = self.unread.waiting.lock();
        let missed = std::mem::take(&mut waiting.missed);
        waiting.updates.push_front(inner.snapshot());
        Some(Update::Lagged { missed })
    }

    /// The next update; waits for it for `timeout` at most. `None` as well when the topic is closed and all is read.
    pub fn next_within(&mut self, timeout: Duration) -> Option<Update<S>> {
        let deadline = Instant::now() + timeout;
        loop {
            if let Some(update) = self.try_next() {
                return Some(update);
            }
            let mut waiting = self.unread.waiting.lock();
            if !waiting.is_empty() {
                continue;
            }
            if waiting.is_closed || self.unread.came.wait_until(&mut waiting, deadline).timed_out() {
                drop(waiting);
                return self.try_next();
            }
        }
    }

    /// The next update; `None` when the topic is closed and all is read. Works in any executor; nothing is lost when it is
    /// dropped before it is done.
    pub async fn next(&mut self) -> Option<Update<S>> {
        loop {
            if let Some(update) = self.try_next() {
                return Some(update);
            }
            if self.unread.waiting.lock().is_over() {
                return None;
            }
            // A change that comes just now leaves a permit behind.
            self.unread.came_async.notified().await;
        }
    }

    /// Whether the topic is closed and all is read.
    pub fn is_over(&self) -> bool {
        self.unread.waiting.lock().is_over()
    }

    /// Ends it; whoever had it lives on.
    pub fn end(mut self) {
        self.was_ended = true;
    }
}

impl<S: Followed> Waiting<S> {
    fn is_empty(&self) -> bool {
        self.missed == 0 && self.updates.is_empty()
    }

    fn is_over(&self) -> bool {
        self.is_closed && self.is_empty()
    }
}

impl<S: Followed> Drop for Subscription<S> {
    fn drop(&mut self) {
        if !self.was_ended {
            (self.topic.on_abandoned)();
        }
    }
}

impl<S: Followed> fmt::Debug for Subscription<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Subscription").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
