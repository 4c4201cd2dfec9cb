//! The end of something that was asked of the inference thread: to be looked at, waited for, or told.
//!
//! The thread holds the [`Promise`], whoever asked the [`Completion`]. Nobody waits for ever: a promise that is dropped
//! tells that it was abandoned.

use parking_lot::{Condvar, Mutex};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Called once, with what came of it.
type OnDone<T> = Box<dyn FnOnce(&T) + Send>;

/// How something that was asked for ends. Clones follow the same; dropping them changes nothing.
pub struct Completion<T>(Arc<Shared<T>>);

struct Shared<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    result: Option<T>,
    on_done: Vec<OnDone<T>>,
}

/// What a result is when nobody is there any more to bring one about.
pub(super) trait Abandoned {
    fn abandoned() -> Self;
}

/// The other end: tells what came of it.
pub(super) struct Promise<T: Clone + Abandoned>(Arc<Shared<T>>);

/// A promise, and what waits for it.
pub(super) fn promise<T: Clone + Abandoned>() -> (Promise<T>, Completion<T>) {
    let shared = Arc::new(Shared {
        state: Mutex::new(State {
            result: None,
            on_done: Vec::new(),
        }),
        changed: Condvar::new(),
    });
    (Promise(Arc::clone(&shared)), Completion(shared))
}

impl<T: Clone + Abandoned> Promise<T> {
    pub(super) fn keep(self, result: T) {
        self.settle(result);
    }

    /// The first result stays.
    fn settle(&self, result: T) {
        let mut state = self.0.state.lock();
        if state.result.is_some() {
            return;
        }
        state.result = Some(result.clone());
        let on_done = std::mem::take(&mut state.on_done);
        drop(state);
        self.0.changed.notify_all();
        on_done.into_iter().for_each(|tell| tell(&result));
    }
}

impl<T: Clone + Abandoned> Drop for Promise<T> {
    fn drop(&mut self) {
        self.settle(T::abandoned());
    }
}

impl<T: Clone> Completion<T> {
    /// What came of it, if it is over.
    pub fn result(&self) -> Option<T> {
        self.0.state.lock().result.clone()
    }

    /// Waits until it is over.
    pub fn wait(&self) -> T {
        let mut state = self.0.state.lock();
        loop {
            if let Some(result) = &state.result {
                return result.clone();
            }
            self.0.changed.wait(&mut state);
        }
    }

    /// The same, for `timeout` at most.
    pub fn wait_within(&self, timeout: Duration) -> Option<T> {
        let deadline = Instant::now() + timeout;
        let mut state = self.0.state.lock();
        while state.result.is_none() {
            if self.0.changed.wait_until(&mut state, deadline).timed_out() {
                break;
            }
        }
        state.result.clone()
    }

    /// Has `tell` called once when it is over: by the inference thread, with no lock held, or at once by this one if it is
    /// over already. It must not wait.
    pub fn on_done(&self, tell: impl FnOnce(&T) + Send + 'static) {
        let mut state = self.0.state.lock();
        match state.result.clone() {
            None => state.on_done.push(Box::new(tell)),
            Some(result) => {
                drop(state);
                tell(&result);
            }
        }
    }
}

impl<T> Clone for Completion<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    impl Abandoned for Option<u32> {
        fn abandoned() -> Self {
            None
        }
    }

    #[test]
    fn everybody_is_told_once() {
        let (promise, completion) = promise::<Option<u32>>();
        let (tell, told) = mpsc::channel();
        let late = tell.clone();
        completion.on_done(move |result| tell.send(*result).unwrap());
        assert_eq!(completion.result(), None);
        assert_eq!(completion.wait_within(Duration::ZERO), None);
        promise.keep(Some(3));
        completion.on_done(move |result| late.send(*result).unwrap());
        assert_eq!((completion.wait(), completion.result()), (Some(3), Some(Some(3))));
        assert_eq!(told.iter().collect::<Vec<_>>(), [Some(3), Some(3)]);
    }

    #[test]
    fn a_promise_that_is_dropped_is_told_as_abandoned() {
        let (promise, completion) = promise::<Option<u32>>();
        let waiting = {
            let completion = completion.clone();
            std::thread::spawn(move || completion.wait())
        };
        drop(promise);
        assert_eq!(waiting.join().unwrap(), None);
        assert_eq!(completion.wait_within(Duration::from_secs(60)), Some(None));
    }
}
