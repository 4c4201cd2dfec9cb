//! The order in which things are told: that in which they happened in the deck.
//!
//! Any thread may have the deck do something, and what comes of it is told without the deck's lock. So that two threads do not
//! overtake each other between the one and the other, what came of it is put in here under the deck's lock, and one thread at
//! a time tells all there is. Nobody waits for it: whoever comes meanwhile leaves his behind.

use super::deck::Outbox;
use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::thread::{self, ThreadId};

/// What is to be told.
#[derive(Default)]
pub(super) struct Delivery {
    waiting: Mutex<Waiting>,
    is_done: Condvar,
}

#[derive(Default)]
struct Waiting {
    outboxes: VecDeque<Outbox>,
    /// Who tells.
    by: Option<ThreadId>,
}

/// The turn of the thread that tells. It is over when nothing is left, or when that thread panics.
pub(super) struct DeliveryTurn<'a>(&'a Delivery);

impl Delivery {
    /// Puts in what came of something. To be called with the deck's lock held.
    pub(super) fn put(&self, outbox: Outbox) {
        if !outbox.is_empty() {
            self.waiting.lock().outboxes.push_back(outbox);
        }
    }

    /// The turn to tell what is there, unless somebody has it or nothing is.
    pub(super) fn begin(&self) -> Option<DeliveryTurn<'_>> {
        let mut waiting = self.waiting.lock();
        if waiting.by.is_some() || waiting.outboxes.is_empty() {
            return None;
        }
        waiting.by = Some(thread::current().id());
        Some(DeliveryTurn(self))
    }

    /// Waits until all is told; not if it is this thread that tells, further up.
    pub(super) fn wait(&self) {
        let mut waiting = self.waiting.lock();
        while waiting.by.is_some_and(|by| by != thread::current().id()) {
            self.is_done.wait(&mut waiting);
        }
    }
}

impl Iterator for DeliveryTurn<'_> {
    type Item = Outbox;

    fn next(&mut self) -> Option<Outbox> {
        let mut waiting = self.0.waiting.lock();
        let outbox = waiting.outboxes.pop_front();
        if outbox.is_none() {
            // Together with finding nothing: who comes afterwards finds nobody telling.
            waiting.by = None;
        }
        outbox
    }
}

impl Drop for DeliveryTurn<'_> {
    fn drop(&mut self) {
        let mut waiting = self.0.waiting.lock();
        if waiting.by == Some(thread::current().id()) {
            waiting.by = None;
        }
        drop(waiting);
        self.0.is_done.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::PlaybackEvent;
    use super::*;
    use std::sync::mpsc;

    fn outbox(times: u64) -> Outbox {
        Outbox {
            events: vec![PlaybackEvent::Xrun { times }],
            ..Outbox::default()
        }
    }

    fn times(outbox: &Outbox) -> u64 {
        match outbox.events[..] {
            [PlaybackEvent::Xrun { times }] => times,
            _ => panic!("one event"),
        }
    }

    #[test]
    fn one_thread_tells_what_others_put_in_meanwhile() {
        let delivery = Delivery::default();
        assert!(delivery.begin().is_none(), "there is nothing");
        delivery.put(outbox(0));
        delivery.put(Outbox::default());
        let mut turn = delivery.begin().unwrap();
        assert_eq!(turn.next().as_ref().map(times), Some(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                delivery.put(outbox(1));
                assert!(delivery.begin().is_none(), "another one tells");
            });
        });
        // It does not wait for itself.
        delivery.wait();
        assert_eq!(turn.next().as_ref().map(times), Some(1));
        assert!(turn.next().is_none());
        delivery.put(outbox(2));
        assert!(
            delivery.begin().is_some(),
            "its turn was over before it was dropped"
        );
    }

    #[test]
    fn a_turn_that_panics_is_over() {
        let delivery = Delivery::default();
        delivery.put(outbox(0));
        delivery.put(outbox(1));
        thread::scope(|scope| {
            let teller = scope.spawn(|| {
                let mut turn = delivery.begin().unwrap();
                turn.next();
                panic!("in what is told");
            });
            assert!(teller.join().is_err());
        });
        assert_eq!(delivery.begin().unwrap().next().as_ref().map(times), Some(1));
    }

    #[test]
    fn who_waits_sees_all_told() {
        let delivery = Delivery::default();
        delivery.put(outbox(0));
        let (begun, has_begun) = mpsc::channel();
        thread::scope(|scope| {
            let delivery = &delivery;
            scope.spawn(move || {
                let turn = delivery.begin().unwrap();
                begun.send(()).unwrap();
                assert_eq!(turn.map(|outbox| times(&outbox)).last(), Some(0));
            });
            has_begun.recv().unwrap();
            delivery.wait();
            assert!(delivery.begin().is_none());
        });
    }
}
