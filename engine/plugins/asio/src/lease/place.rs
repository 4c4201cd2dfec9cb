//! What an instance has of a process.

use std::sync::Arc;
use std::time::{Duration, Instant};

use utter_plugin::LogLevel;

use super::LeaseError;
use super::pool::{Pool, unexpected};
use super::process::Process;
use super::state::{Stage, Use};
use crate::protocol::message::{Answer, Request, Shape};

/// How long the callback may take to give a ring back.
const DETACH: Duration = Duration::from_millis(400);

/// A place in a process, for one instance.
#[derive(Debug)]
pub struct Lease {
    pub(super) pool: Arc<Pool>,
    pub(super) number: u64,
    pub(super) slot: usize,
    pub(super) process: Arc<Process>,
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
