//! How the process that reads says that it lives.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::memory::Mapping;
use crate::clock;

/// The reader's heartbeat: its process beats, the writer's looks whether it does. Keeps the ring's memory mapped.
#[derive(Debug, Clone)]
pub struct Pulse {
    pub(super) mapping: Arc<Mapping>,
}

impl Pulse {
    /// Says that the reader's process lives.
    pub fn beat(&self) {
        let heartbeat = &self.mapping.header().reader.0.heartbeat;
        heartbeat.store(clock::now(), Ordering::Relaxed);
    }

    /// A number that changes with every beat. Nothing else is made of it.
    pub fn last(&self) -> u64 {
        self.mapping.header().reader.0.heartbeat.load(Ordering::Relaxed)
    }
}
