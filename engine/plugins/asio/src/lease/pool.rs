//! Which processes there are, and who uses them.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use utter_plugin::{Holdings, LogLevel};

use super::LeaseError;
use super::backoff::Backoff;
use super::process::Process;
use super::spawner::{Launch, OnDeath, Spawner};
use crate::protocol::message::{SLOTS, Shape};
use crate::protocol::{Answer, Device, Request};

/// How long a process may take to start and say who it is.
const HELLO: Duration = Duration::from_millis(1000);
/// How long the callback may take to give a ring back.
const DETACH: Duration = Duration::from_millis(400);

/// All processes of the plugin.
#[derive(Debug)]
pub struct Pool {
    spawner: Spawner,
    state: Mutex<State>,
    /// Something in `state` has changed that somebody may wait for.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    entries: Vec<Entry>,
    /// By device.
    backoffs: HashMap<String, Backoff>,
    is_ending: bool,
}

/// A process for instances.
#[derive(Debug)]
struct Entry {
    number: u64,
    device: String,
    use_: Use,
    stage: Stage,
    taken: [bool; SLOTS],
}

/// In which way the device of a process is or will be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    /// In whatever way somebody opens it first.
    Any,
    /// As it was asked for, and as it is.
    Open { asked: Shape, real: Shape },
}

#[derive(Debug)]
enum Stage {
    Starting,
    Running(Arc<Process>),
    Stopping,
}

/// A place in a process, for one instance.
#[derive(Debug)]
pub struct Lease {
    pool: Arc<Pool>,
    number: u64,
    slot: usize,
    process: Arc<Process>,
}

impl Use {
    fn suits(self, wanted: Option<&Shape>) -> bool {
        match (self, wanted) {
            (Self::Any, _) | (_, None) => true,
            (Self::Open { asked, real }, Some(wanted)) => *wanted == asked || *wanted == real,
        }
    }
}

impl Entry {
    fn suits(&self, device: &str, wanted: Option<&Shape>) -> bool {
        self.device == device && self.use_.suits(wanted)
    }
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
    fn forget(&self, number: u64, died_after: Option<Duration>) {
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

impl State {
    fn backoff(&mut self, device: &str) -> &mut Backoff {
        self.backoffs.entry(device.to_owned()).or_default()
    }

    /// When a process for this device may be started, if that is later.
    fn wait_until(&self, device: &str, now: Instant) -> Option<Instant> {
        self.backoffs.get(device)?.wait_until(now)
    }

    fn enter(&mut self, device: &str) -> u64 {
        self.next += 1;
        self.entries.push(Entry {
            number: self.next,
            device: device.to_owned(),
            use_: Use::Any,
            stage: Stage::Starting,
            taken: [false; SLOTS],
        });
        self.next
    }

    /// Forgets those that have ended and of which nobody has told us yet, and those that have lost their device.
    fn bury_the_dead(&mut self) {
        let dead = |entry: &Entry| match &entry.stage {
            Stage::Running(process) if !process.is_usable() => Some(Arc::clone(process)),
            _ => None,
        };
        while let Some((place, process)) = self
            .entries
            .iter()
            .enumerate()
            .find_map(|(place, entry)| Some((place, dead(entry)?)))
        {
            // One that only has lost its device must not keep it.
            process.kill();
            self.remove(place, process.age());
        }
    }

    fn remove(&mut self, place: usize, ran: Duration) {
        let entry = self.entries.remove(place);
        self.backoff(&entry.device).died(ran, Instant::now());
    }
}

impl Lease {
    /// The process.
    pub fn process(&self) -> &Arc<Process> {
        &self.process
    }

    /// The place of the instance's ring.
    pub fn slot(&self) -> u32 {
        self.slot as u32
    }

    /// Opens the device in this way, or finds it open so. `None` if it is or will be open in another way: another process is needed.
    ///
    /// # Errors
    ///
    /// Why it does not open. A process that does not answer in time is ended.
    pub fn open(&self, device: &str, shape: &Shape, deadline: Instant) -> Result<Option<Shape>, LeaseError> {
        if !self.claim(|use_| match *use_ {
            Use::Any => {
                *use_ = Use::Open {
                    asked: *shape,
                    real: *shape,
                };
                true
            }
            taken => taken.suits(Some(shape)),
        }) {
            return Ok(None);
        }
        let request = Request::Open {
            device: device.to_owned(),
            shape: *shape,
        };
        match self.call(&request, None, deadline) {
            Ok(Answer::Shape(real)) => {
                self.claim(|use_| {
                    if let Use::Open { real: known, .. } = use_ {
                        *known = real;
                    }
                    true
                });
                Ok(Some(real))
            }
            Ok(answer) => Err(unexpected(&answer)),
            Err(error) => {
                // Nobody has it open; whoever comes next may try in his own way.
                self.claim(|use_| {
                    *use_ = Use::Any;
                    true
                });
                Err(error)
            }
        }
    }

    /// Changes how the device of this process is used; `false` if there is no such process any more.
    fn claim(&self, change: impl FnOnce(&mut Use) -> bool) -> bool {
        let mut state = self.pool.state.lock();
        let entry = state.entries.iter_mut().find(|entry| entry.number == self.number);
        entry.is_some_and(|entry| change(&mut entry.use_))
    }

    /// Asks the process. One that does not answer in time is ended: it hangs.
    ///
    /// # Errors
    ///
    /// As [`Process::call`].
    pub fn call(
        &self,
        request: &Request,
        ring: Option<&crate::shared_ring::Handover>,
        deadline: Instant,
    ) -> Result<Answer, LeaseError> {
        let answer = self.process.call(request, ring, deadline);
        if let Err(LeaseError::TimedOut(what)) = &answer {
            let message = format!(
                "process {} does not answer ({what}) and is ended",
                self.process.pid()
            );
            self.pool.log(LogLevel::Warning, &message);
            self.process.kill();
        }
        answer
    }

    /// Gives the place up. The last one ends the process; nothing is left of it when this returns. At most 0.9 s.
    ///
    /// # Errors
    ///
    /// If it cannot be ended.
    pub fn release(self) -> Result<(), LeaseError> {
        self.process.set_pulse(self.slot(), None);
        // Whoever sees the death first, this or the thread that reads, has it counted.
        let has_died = !self.process.is_usable();
        let mut was_last = self.leave(true);
        if !was_last {
            let detach = Request::Detach { slot: self.slot() };
            // A process that cannot do this much is of no use to the others either, and is ended.
            if self.process.is_usable() && self.call(&detach, None, Instant::now() + DETACH).is_err() {
                self.process.kill();
            }
            was_last = self.leave(false);
        }
        let is_gone = match was_last {
            true => self.process.stop(),
            // One that is dead already: that nothing is left of it is a matter of a moment.
            false if !self.process.is_usable() => self.process.wait_until_gone(DETACH),
            false => true,
        };
        if was_last {
            self.pool
                .forget(self.number, has_died.then(|| self.process.age()));
        }
        if is_gone {
            Ok(())
        } else {
            Err(LeaseError::TimedOut("end"))
        }
    }

    /// Gives the slot back, or only `if_alone` with it, and tells whether the process is to be ended: nobody else uses it, and
    /// nobody will.
    fn leave(&self, if_alone: bool) -> bool {
        let mut state = self.pool.state.lock();
        let entry = state.entries.iter_mut().find(|entry| entry.number == self.number);
        let Some(entry) = entry else { return false };
        let others = entry
            .taken
            .iter()
            .enumerate()
            .any(|(slot, taken)| *taken && slot != self.slot);
        if others && if_alone {
            return false;
        }
        entry.taken[self.slot] = false;
        if !others {
            entry.stage = Stage::Stopping;
        }
        !others
    }
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
