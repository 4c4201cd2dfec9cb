//! What is known of the processes: the state of the [`Pool`](super::Pool), which is behind its lock.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::backoff::Backoff;
use super::process::Process;
use crate::protocol::message::{SLOTS, Shape};

#[derive(Debug, Default)]
pub(super) struct State {
    next: u64,
    pub(super) entries: Vec<Entry>,
    /// By device.
    backoffs: HashMap<String, Backoff>,
    pub(super) is_ending: bool,
}

/// A process for instances.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) number: u64,
    pub(super) device: String,
    pub(super) use_: Use,
    pub(super) stage: Stage,
    pub(super) taken: [bool; SLOTS],
}

/// In which way the device of a process is or will be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// In whatever way somebody opens it first.
    Any,
    /// As it was asked for, and as it is.
    Open { asked: Shape, real: Shape },
}

#[derive(Debug)]
pub(super) enum Stage {
    Starting,
    Running(Arc<Process>),
    Stopping,
}

impl Use {
    pub(super) fn suits(self, wanted: Option<&Shape>) -> bool {
        match (self, wanted) {
            (Self::Any, _) | (_, None) => true,
            (Self::Open { asked, real }, Some(wanted)) => *wanted == asked || *wanted == real,
        }
    }
}

impl Entry {
    pub(super) fn suits(&self, device: &str, wanted: Option<&Shape>) -> bool {
        self.device == device && self.use_.suits(wanted)
    }
}

impl State {
    pub(super) fn backoff(&mut self, device: &str) -> &mut Backoff {
        self.backoffs.entry(device.to_owned()).or_default()
    }

    /// When a process for this device may be started, if that is later.
    pub(super) fn wait_until(&self, device: &str, now: Instant) -> Option<Instant> {
        self.backoffs.get(device)?.wait_until(now)
    }

    pub(super) fn enter(&mut self, device: &str) -> u64 {
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
    pub(super) fn bury_the_dead(&mut self) {
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

    pub(super) fn remove(&mut self, place: usize, ran: Duration) {
        let entry = self.entries.remove(place);
        self.backoff(&entry.device).died(ran, Instant::now());
    }
}
