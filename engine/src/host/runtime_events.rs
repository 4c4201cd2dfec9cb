//! What everybody may know: how the runtime, its voice and its output are doing, and who is attached. Nothing of what
//! clients say.

use super::error::Error;
use super::session::{ClientId, Departure};
use super::topic::Followed;
use crate::playback::output::{LossReason, OutputSelection};
use crate::playback::{CommandId, Effect, OpenOutput, Volume};
use crate::plugin::PluginEvent;
use crate::voice::Device;
use std::collections::BTreeMap;
use std::time::Duration;

/// How things stand with the runtime.
#[derive(Debug, Clone)]
pub struct RuntimeState {
    /// What it is doing.
    pub phase: RuntimePhase,
    /// How its voice is doing.
    pub voice: VoiceState,
    /// What computes.
    pub device: Device,
    /// The output that is open; `None` while there is none.
    pub output: Option<OpenOutput>,
    /// The output that was asked for last, and could be opened.
    pub route: OutputSelection,
    /// How long after it is asked for a frame is heard, if the output says it.
    pub latency: Option<Duration>,
    /// Whether everything is paused.
    pub is_paused: bool,
    /// How loud everything is.
    pub volume: Volume,
    /// The clients that are attached, with their names.
    pub clients: BTreeMap<ClientId, String>,
    /// How often frames came too late so far.
    pub underruns: u64,
    /// How often the output was lost so far.
    pub losses: u64,
}

/// What a runtime is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RuntimePhase {
    /// It takes calls.
    Running,
    /// It is being shut down.
    ShuttingDown,
}

/// How a voice is doing.
#[derive(Debug, Clone)]
pub enum VoiceState {
    /// It is not loaded: nobody needed it yet, or it was released.
    Absent,
    /// It is being loaded; this share of it is.
    Loading(f32),
    /// It can speak.
    Ready,
    /// It could not be loaded; the next use tries again.
    Failed(Error),
}

/// What happens to the runtime.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum RuntimeEvent {
    /// It does something else.
    Phase(RuntimePhase),
    /// The voice is loading, ready, gone.
    Voice(VoiceState),
    /// The voice is loaded for another device, while the old one goes on; this share of it is.
    Rebuilding(f32),
    /// Something else computes.
    DeviceSet(Device),
    /// The voice cannot be loaded for another device; the old one goes on.
    DeviceFailed {
        /// The device that was asked for.
        device: Device,
        /// Why.
        error: Error,
    },
    /// An output is open.
    OutputOpened(OpenOutput),
    /// The output says another latency.
    Latency(Duration),
    /// The output is lost; another is looked for.
    OutputLost {
        /// Its name.
        name: String,
        /// Why.
        reason: LossReason,
    },
    /// No output was found for so long that what waits has failed.
    OutputGivenUp {
        /// For so long.
        after: Duration,
        /// Why.
        error: Error,
    },
    /// The output was closed, since nothing is to be heard.
    OutputReleased,
    /// The route is another.
    RouteSet(OutputSelection),
    /// The route could not be changed; the old one goes on.
    RouteFailed {
        /// The command.
        command: CommandId,
        /// What was asked for.
        selection: OutputSelection,
        /// Why.
        error: Error,
    },
    /// A command for everything has taken effect.
    Obeyed {
        /// The command.
        command: CommandId,
        /// When and where.
        effect: Effect,
    },
    /// Everything was paused, or goes on.
    Paused(bool),
    /// The volume of everything is another.
    VolumeSet(Volume),
    /// Frames came too late.
    Underrun {
        /// How often since the last time.
        times: u64,
    },
    /// The device was not served in time.
    Xrun {
        /// How often since the last time.
        times: u64,
    },
    /// Something has become of a plugin.
    Plugin(PluginEvent),
    /// A client has attached.
    ClientAttached {
        /// The client.
        client: ClientId,
        /// Its name.
        name: String,
    },
    /// A client is no more.
    ClientDeparted {
        /// The client.
        client: ClientId,
        /// Why.
        departure: Departure,
    },
    /// Something that needs nobody's help but may explain what was heard.
    Warning(Error),
}

impl Followed for RuntimeState {
    type Change = RuntimeEvent;

    fn apply(&mut self, change: &RuntimeEvent) {
        match change {
            RuntimeEvent::Phase(phase) => self.phase = *phase,
            RuntimeEvent::Voice(voice) => self.voice = voice.clone(),
            RuntimeEvent::DeviceSet(device) => self.device = *device,
            RuntimeEvent::OutputOpened(output) => self.output = Some(output.clone()),
            RuntimeEvent::Latency(latency) => self.latency = Some(*latency),
            RuntimeEvent::OutputLost { .. } => {
                (self.output, self.latency) = (None, None);
                self.losses += 1;
            }
            RuntimeEvent::OutputReleased => (self.output, self.latency) = (None, None),
            RuntimeEvent::RouteSet(route) => self.route = route.clone(),
            RuntimeEvent::Paused(is_paused) => self.is_paused = *is_paused,
            RuntimeEvent::VolumeSet(volume) => self.volume = *volume,
            RuntimeEvent::Underrun { times } => self.underruns += times,
            RuntimeEvent::ClientAttached { client, name } => {
                self.clients.insert(*client, name.clone());
            }
            RuntimeEvent::ClientDeparted { client, .. } => {
                self.clients.remove(client);
            }
            RuntimeEvent::OutputGivenUp { .. }
            | RuntimeEvent::RouteFailed { .. }
            | RuntimeEvent::Rebuilding(_)
            | RuntimeEvent::DeviceFailed { .. }
            | RuntimeEvent::Obeyed { .. }
            | RuntimeEvent::Xrun { .. }
            | RuntimeEvent::Plugin(_)
            | RuntimeEvent::Warning(_) => {}
        }
    }
}
