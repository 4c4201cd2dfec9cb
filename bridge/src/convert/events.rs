//! What both kinds of events are made of.

use crate::api::player::ClientHandle;
use crate::api::player_events::DepartureReason;
use crate::api::runtime_events::OpenOutputInfo;
use crate::convert::{micros, number};
use utter::host::{ClientId, Departure};
use utter::playback::OpenOutput;

impl From<ClientId> for ClientHandle {
    fn from(client: ClientId) -> Self {
        Self {
            generation: client.generation,
            number: number(client.number),
        }
    }
}

impl From<ClientHandle> for ClientId {
    /// One that cannot be is one that is not attached.
    fn from(handle: ClientHandle) -> Self {
        Self {
            generation: handle.generation,
            number: handle.number as u64,
        }
    }
}

impl From<Departure> for DepartureReason {
    fn from(departure: Departure) -> Self {
        match departure {
            Departure::Detached => Self::Disposed,
            Departure::LeaseExpired => Self::LeaseExpired,
            Departure::EventsAbandoned => Self::EventsAbandoned,
            Departure::HotRestart => Self::HotRestart,
            // Of what may be added, this says the least that is wrong: it is over.
            _ => Self::ShutDown,
        }
    }
}

impl From<OpenOutput> for OpenOutputInfo {
    fn from(output: OpenOutput) -> Self {
        Self {
            id: output.config.id.to_string(),
            name: output.config.name,
            sample_rate: output.config.rate,
            channels: output.config.channels.into(),
            format: output.config.format.to_string(),
            period_micros: output.period.map(micros),
        }
    }
}
