//! Calls that may hang: made on a thread of their own, and waited for no longer than they may take.

use parking_lot::{Condvar, Mutex};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// What has become of a call.
enum Progress<R> {
    Running,
    Done(R),
    /// Nobody waits for it any more.
    Abandoned,
}

/// Why there is no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoResult {
    /// The call takes too long. Its thread is left behind.
    Late,
    /// The call has panicked.
    Panicked,
    /// The system gives no thread.
    NoThread(String),
}

/// Makes a call on a thread of its own and waits for it. When it comes back too late, `late` is called with its result, on
/// that thread.
pub(super) fn within<R: Send + 'static>(
    name: &str,
    time: Duration,
    call: impl FnOnce() -> R + Send + 'static,
    late: impl FnOnce(R) + Send + 'static,
) -> Result<R, NoResult> {
    let shared = Arc::new((Mutex::new(Progress::Running), Condvar::new()));
    let theirs = Arc::clone(&shared);
    let until = Instant::now() + time;
    let thread = thread::Builder::new().name(name.into()).spawn(move || {
        let result = call();
        let (progress, done) = &*theirs;
        let mut progress = progress.lock();
        if matches!(*progress, Progress::Abandoned) {
            drop(progress);
            late(result);
        } else {
            *progress = Progress::Done(result);
            done.notify_one();
        }
    });
    let thread = thread.map_err(|error| NoResult::NoThread(error.to_string()))?;
    let (progress, done) = &*shared;
    let mut progress = progress.lock();
    // A thread that has panicked tells nobody.
    while matches!(*progress, Progress::Running) && !thread.is_finished() {
        let look = (Instant::now() + LOOK).min(until);
        if done.wait_until(&mut progress, look).timed_out() && Instant::now() >= until {
            break;
        }
    }
    match std::mem::replace(&mut *progress, Progress::Abandoned) {
        Progress::Done(result) => Ok(result),
        _ if thread.is_finished() => Err(NoResult::Panicked),
        _ => Err(NoResult::Late),
    }
}

/// How often it is looked whether the thread has panicked.
const LOOK: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn a_call_that_returns_gives_its_result() {
        assert_eq!(within("quick", LONG, || 7, |_| ()), Ok(7));
    }

    #[test]
    fn one_that_is_late_is_left_behind_and_its_result_is_not_lost() {
        let (go_on, wait) = mpsc::channel::<()>();
        let (sender, late) = mpsc::channel();
        let hangs = move || {
            let _ = wait.recv();
            7
        };
        let result = within("slow", Duration::from_millis(5), hangs, move |result| {
            sender.send(result).unwrap();
        });
        assert_eq!(result, Err(NoResult::Late));
        go_on.send(()).unwrap();
        assert_eq!(late.recv_timeout(LONG), Ok(7));
    }

    #[test]
    fn a_panic_is_noticed_and_not_waited_for() {
        let since = Instant::now();
        let panics = || -> u8 { panic!("in a call") };
        assert_eq!(within("panics", LONG, panics, |_| ()), Err(NoResult::Panicked));
        assert!(since.elapsed() < LONG);
    }
}
