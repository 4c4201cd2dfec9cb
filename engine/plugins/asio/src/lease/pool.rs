//! Which processes there are, and who uses them.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use utter_plugin::{Holdings, LogLevel};

use super::LeaseError;
use super::place::Lease;
use super::process::Process;
use super::spawner::{Launch, OnDeath, Spawner};
use super::state::{Stage, State};
use crate::protocol::message::Shape;
use crate::protocol::{Answer, Device, Request};

/// How long a process may take to start and say who it is.
const HELLO: Duration = Duration::from_millis(1000);

/// All processes of the plugin.
#[derive(Debug)]
pub struct Pool {
    spawner: Spawner,
    pub(super) state: Mutex<State>,
    /// Something in `state` has changed that somebody may wait for.
    pub(super) changed: Condvar,
}

impl Pool {
    /// A pool without processes, and the thread that will keep them.
    ///
    /// # Errors
    ///
    /// If the system starts no thread.
    pub fn new(launch: Launch) -> io::Result<Arc<Self>> {
        Ok(Arc::new(Self {
            spawner: Spawner::start(launch)?,
            state: Mutex::default(),
            changed: Condvar::new(),
        }))
    }

    /// What is held, but for the rings, which are the instances'. Wait-free.
    pub fn holdings(&self) -> Holdings {
        Holdings {
            processes: self.spawner.running.load(Ordering::Relaxed),
            processes_started: self.spawner.started.load(Ordering::Relaxed),
            rings: 0,
        }
    }

    /// A line of the plugin's log. Not for realtime threads.
    pub fn log(&self, level: LogLevel, message: &str) {
        self.spawner.log(level, message);
    }

    /// The devices that there are, told by a process of which nothing is left when this returns.
    ///
    /// # Errors
    ///
    /// If it does not start, or does not tell in time.
    pub fn devices(&self, deadline: Instant) -> Result<Vec<Device>, LeaseError> {
        if self.state.lock().is_ending {
            return Err(LeaseError::Ending);
        }
        let process = self.launch(Box::new(|_| {}), deadline)?;
        let devices = list(&process, deadline);
        process.stop();
        devices
    }

    /// A place in a process that holds this device, or will: in the way `shape` if that is given, in any way otherwise. A process that
    /// is there is used, one that starts or ends is waited for.
    ///
    /// # Errors
    ///
    /// If none is to be had by `deadline`.
    pub fn acquire(
        self: &Arc<Self>,
        device: &str,
        shape: Option<&Shape>,
        deadline: Instant,
    ) -> Result<Lease, LeaseError> {
        let number = match self.find(device, shape, deadline)? {
            Found::Place(lease) => return Ok(lease),
            Found::Starting(number) => number,
        };
        let pool = Arc::downgrade(self);
        let on_death = move |process: &Process| {
            if let Some(pool) = pool.upgrade() {
                pool.bury(number, process);
            }
        };
        let started = self.launch(Box::new(on_death), deadline);
        if started.is_ok() {
            self.spawner.started.fetch_add(1, Ordering::Relaxed);
        }
        let mut state = self.state.lock();
        let is_ending = state.is_ending;
        let entry = state.entries.iter_mut().find(|entry| entry.number == number);
        let lease = match (started, entry) {
            (Ok(process), Some(entry)) if !is_ending => {
                entry.stage = Stage::Running(Arc::clone(&process));
                entry.taken[0] = true;
                Ok(Lease {
                    pool: Arc::clone(self),
                    number,
                    slot: 0,
                    process,
                })
            }
            // It has died already.
            (Ok(process), _) => {
                process.kill();
                Err(if is_ending {
                    LeaseError::Ending
                } else {
                    LeaseError::Gone
                })
            }
            (Err(error), _) => Err(error),
        };
        if lease.is_err() {
            state.entries.retain(|entry| entry.number != number);
            state.backoff(device).died(Duration::ZERO, Instant::now());
        }
        drop(state);
        self.changed.notify_all();
        lease
    }

    /// A place in a process that runs, or the right to start one.
    fn find(
        self: &Arc<Self>,
        device: &str,
        shape: Option<&Shape>,
        deadline: Instant,
    ) -> Result<Found, LeaseError> {
        let mut state = self.state.lock();
        loop {
            if state.is_ending {
                return Err(LeaseError::Ending);
            }
            state.bury_the_dead();
            let now = Instant::now();
            let until = match state.entries.iter_mut().find(|entry| entry.suits(device, shape)) {
                Some(entry) => match &entry.stage {
                    Stage::Running(process) => {
                        let slot = entry
                            .taken
                            .iter()
                            .position(|taken| !taken)
                            .ok_or(LeaseError::Full)?;
                        entry.taken[slot] = true;
                        return Ok(Found::Place(Lease {
                            pool: Arc::clone(self),
                            number: entry.number,
                            slot,
                            process: Arc::clone(process),
                        }));
                    }
                    Stage::Starting | Stage::Stopping => deadline,
                },
                None => match state.wait_until(device, now) {
                    // It will not be there in time.
                    Some(moment) if moment >= deadline => return Err(LeaseError::Gone),
                    Some(moment) => moment,
                    None => return Ok(Found::Starting(state.enter(device))),
                },
            };
            if now >= deadline {
                return Err(LeaseError::TimedOut("start"));
            }
            self.changed.wait_until(&mut state, until);
        }
    }

    /// Starts a process and greets it.
    fn launch(&self, on_death: OnDeath, deadline: Instant) -> Result<Arc<Process>, LeaseError> {
        let process = self.spawner.spawn(on_death)?;
        let hello = Request::Hello {
            version: env!("CARGO_PKG_VERSION").into(),
            pid: std::process::id(),
        };
        match process.call(&hello, None, deadline.min(Instant::now() + HELLO)) {
            Ok(Answer::Hello { audio, .. }) => {
                let message = format!("process {} serves {audio}", process.pid());
                self.log(LogLevel::Debug, &message);
                Ok(process)
            }
            other => {
                process.kill();
                other.and_then(|answer| Err(unexpected(&answer)))
            }
        }
    }

    /// A process has died that was not asked to.
    fn bury(&self, number: u64, process: &Process) {
        let mut state = self.state.lock();
        let Some(place) = state.entries.iter().position(|entry| entry.number == number) else {
            return;
        };
        // One that is just starting is dealt with by whoever starts it, one that ends by whoever ends it.
        if matches!(state.entries[place].stage, Stage::Running(_)) {
            state.remove(place, process.age());
        }
        drop(state);
        self.changed.notify_all();
    }

    /// A process is gone, which had run for so long if it was not asked to end.
    pub(super) fn forget(&self, number: u64, died_after: Option<Duration>) {
        let mut state = self.state.lock();
        if let Some(place) = state.entries.iter().position(|entry| entry.number == number) {
            match died_after {
                Some(ran) => state.remove(place, ran),
                None => drop(state.entries.remove(place)),
            }
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Ends every process, and the thread that keeps them; at most 1 s. No process can be had any more. Those that are left are ended
    /// by force: whoever had them should have released them before.
    pub fn stop(&self) {
        let processes: Vec<_> = {
            let mut state = self.state.lock();
            state.is_ending = true;
            let entries = std::mem::take(&mut state.entries);
            let running = entries.into_iter().filter_map(|entry| match entry.stage {
                Stage::Running(process) => Some(process),
                Stage::Starting | Stage::Stopping => None,
            });
            running.collect()
        };
        self.changed.notify_all();
        for process in &processes {
            process.end();
        }
        self.spawner.stop();
    }
}

enum Found {
    Place(Lease),
    /// The number of an entry whose process the caller starts.
    Starting(u64),
}

fn list(process: &Process, deadline: Instant) -> Result<Vec<Device>, LeaseError> {
    let mut devices = Vec::new();
    loop {
        let list = Request::List {
            from: devices.len() as u32,
        };
        match process.call(&list, None, deadline)? {
            Answer::Devices {
                devices: page,
                has_more,
            } => {
                let is_last = !has_more || page.is_empty();
                devices.extend(page);
                if is_last {
                    return Ok(devices);
                }
            }
            answer => return Err(unexpected(&answer)),
        }
    }
}

pub(crate) fn unexpected(answer: &Answer) -> LeaseError {
    LeaseError::Protocol(format!("an answer to something else: {answer:?}"))
}
