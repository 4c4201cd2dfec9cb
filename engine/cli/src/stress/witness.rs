//! Witnesses: threads that follow the events of a client, as an app does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use utter::host::{Client, ClientState, Subscription, Update};

use super::ledger::Account;
use crate::failure::{Failure, Kind};

/// How often a witness looks whether it is to leave.
const LOOKS_EVERY: Duration = Duration::from_millis(20);

/// How long the events of a client that is gone may take to end.
const ENDS_WITHIN: Duration = Duration::from_secs(10);

/// A thread that follows a client's events.
pub struct Witness {
    must_leave: Arc<AtomicBool>,
    thread: JoinHandle<Testimony>,
}

/// What a witness leaves behind.
pub struct Testimony {
    pub events: Subscription<ClientState>,
    pub account: Account,
}

impl Witness {
    /// Follows `client`. Every change is entered twice if `twice`.
    pub fn follow(client: &Client, mut account: Account, twice: bool) -> Result<Self, Failure> {
        let mut events = client.events()?;
        let must_leave = Arc::<AtomicBool>::default();
        let thread = thread::spawn({
            let must_leave = Arc::clone(&must_leave);
            move || {
                loop {
                    match events.next_within(LOOKS_EVERY) {
                        Some(update) => {
                            account.enter(&update);
                            if twice && matches!(update, Update::Change { .. }) {
                                account.enter(&update);
                            }
                        }
                        None if events.is_over() || must_leave.load(Ordering::Relaxed) => break,
                        None => {}
                    }
                }
                Testimony { events, account }
            }
        });
        Ok(Self { must_leave, thread })
    }

    /// Stops following once what is there is read, as if the client were killed.
    pub fn leave(self) -> Result<Testimony, Failure> {
        self.must_leave.store(true, Ordering::Relaxed);
        self.thread
            .join()
            .map_err(|_| Failure::new(Kind::Failed, "a witness has panicked", "report this"))
    }

    /// Follows until the events end, which they do when the client departs.
    pub fn follow_to_the_end(self) -> Result<Testimony, Failure> {
        let since = Instant::now();
        while !self.thread.is_finished() && since.elapsed() < ENDS_WITHIN {
            thread::sleep(Duration::from_millis(1));
        }
        self.leave()
    }
}
