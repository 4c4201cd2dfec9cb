//! How everything is doing, at one moment: for people, and for whoever watches a process.

use super::client_events::ClientState;
use super::error::Error;
use super::inventory::Inventory;
use super::metrics::MetricsSnapshot;
use super::runtime::Runtime;
use super::runtime_events::RuntimeState;
use super::session::ClientId;
use crate::playback::{Counters, OutputLoad};
use crate::speech::VoiceStatus;
use crate::voice::Device;
use std::time::{Duration, Instant};

/// How everything is doing.
#[derive(Debug, Clone)]
pub struct Status {
    /// The version of the engine.
    pub version: &'static str,
    /// The same as a subscription's snapshot: phase, voice, device, output, route, latency.
    pub state: RuntimeState,
    /// What can speak; `None` if whoever made the runtime brought a voice of his own.
    pub inventory: Option<Result<Inventory, Error>>,
    /// Devices that can compute here.
    pub devices: &'static [Device],
    /// Whether the voice is in memory, and warm.
    pub voice: VoiceStatus,
    /// The clients, the oldest first.
    pub clients: Vec<ClientStatus>,
    /// Where every frame went.
    pub counters: Counters,
    /// How the open output is doing.
    pub load: OutputLoad,
    /// What is counted.
    pub metrics: MetricsSnapshot,
}

/// How a client is doing.
#[derive(Debug, Clone)]
pub struct ClientStatus {
    /// Its number.
    pub id: ClientId,
    /// Its name.
    pub name: String,
    /// How long it has been attached.
    pub attached_for: Duration,
    /// How long it has not called.
    pub silent_for: Duration,
    /// Its queue, its volume, its pause.
    pub state: ClientState,
}

impl Status {
    pub(super) fn of(runtime: &Runtime) -> Self {
        let now = Instant::now();
        let counters = runtime.player.counters();
        runtime.count();
        let clients = runtime.sessions().into_iter().map(|session| ClientStatus {
            id: session.id,
            name: session.name.clone(),
            attached_for: now.saturating_duration_since(session.attached_at),
            silent_for: now.saturating_duration_since(session.last_seen()),
            state: session.topic.state(),
        });
        Self {
            inventory: runtime.parts.inventory.as_ref().map(|find| find()),
            version: env!("CARGO_PKG_VERSION"),
            state: runtime.topic.state(),
            devices: Device::AVAILABLE,
            voice: runtime
                .with_speaker(|speaker| speaker.voice())
                .unwrap_or_default(),
            clients: clients.collect(),
            counters,
            load: runtime.player.load(),
            metrics: runtime.metrics.snapshot(),
        }
    }
}
