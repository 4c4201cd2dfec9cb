//! What everybody may know of the runtime: one structure, of which its kind says what is in it.

use super::error::BridgeError;
use super::player::ClientHandle;
use super::player_events::DepartureReason;
use super::plugins::PluginEvent;
use super::requests::VolumeSetting;

/// What happens to the runtime. Each says which fields of [`RuntimeEvent`] it has, beside `number`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RuntimeEventKind {
    /// How things are: `snapshot`. It comes first, and after `Lagged`.
    Snapshot,
    /// So many events were not read in time and are lost, `missed`; the next one is a snapshot.
    Lagged,
    /// It was asked whether this stream is still read. To be ignored.
    Alive,
    /// It is being shut down.
    ShuttingDown,
    /// The voice is loading, ready, gone: `voice`, `share` of it that is loaded, `error`.
    Voice,
    /// The voice is loaded for another device: `share` of it.
    Rebuilding,
    /// Something else computes: `name`.
    DeviceSet,
    /// The voice cannot be loaded for another device, `name`; the old one goes on: `error`.
    DeviceFailed,
    /// An output is open: `output`.
    OutputOpened,
    /// The output says another latency: `time_micros`.
    Latency,
    /// The output, `name`, is lost, and another is looked for: `loss`.
    OutputLost,
    /// No output was found for `time_micros`, and what waits has failed: `error`.
    OutputGivenUp,
    /// The output was closed, since nothing is to be heard.
    OutputReleased,
    /// The route is another: `route`, null for the system's default.
    RouteSet,
    /// The route could not be changed to `route`; the old one goes on: `command`, `error`.
    RouteFailed,
    /// A command for everything has taken effect: `command`.
    Obeyed,
    /// Everything was paused, or goes on: `is_paused`.
    Paused,
    /// The volume of everything is another: `volume`.
    VolumeSet,
    /// Audio came too late, `times` since the last such event.
    Underrun,
    /// The device was not served in time, `times` since the last such event.
    Xrun,
    /// Something has become of a plugin: `plugin`, and `error` if that is that it failed.
    Plugin,
    /// A client has attached: `client`, `name`.
    ClientAttached,
    /// A client is no more: `client`, `departure`.
    ClientDeparted,
    /// Something that needs nobody's help but may explain what was heard: `error`.
    Warning,
}

/// How a voice is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VoicePhase {
    /// It is not loaded.
    Absent,
    /// It is being loaded.
    Loading,
    /// It can speak.
    Ready,
    /// It could not be loaded; the next use tries again.
    Failed,
}

/// Why an output was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutputLossReason {
    /// The device is gone.
    Disconnected,
    /// Its format changed.
    Reconfigured,
    /// It reports errors without end.
    ErrorStorm,
    /// It does not move.
    Stalled,
}

/// An output that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenOutputInfo {
    /// Its id.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// Frames a second.
    pub sample_rate: u32,
    /// Samples a frame.
    pub channels: u32,
    /// The type of a sample, such as `f32`.
    pub format: String,
    /// The time between two requests for audio, if it is known.
    pub period_micros: Option<i64>,
}

/// A client that is attached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedClient {
    /// Its handle.
    pub client: ClientHandle,
    /// Its name.
    pub name: String,
}

/// How things stand with the runtime.
#[derive(Debug, Clone, PartialEq)]
pub struct RuntimeSnapshot {
    /// Whether it is being shut down.
    pub is_shutting_down: bool,
    /// How its voice is doing.
    pub voice: VoicePhase,
    /// The share of it that is loaded, from 0 to 1.
    pub voice_share: f64,
    /// Why it could not be loaded.
    pub voice_error: Option<BridgeError>,
    /// What computes.
    pub device: String,
    /// The output that is open.
    pub output: Option<OpenOutputInfo>,
    /// The id of the output that was asked for; null for the system's default.
    pub route: Option<String>,
    /// How long after it is asked for a frame is heard, if the output says it.
    pub latency_micros: Option<i64>,
    /// Whether everything is paused.
    pub is_paused: bool,
    /// How loud everything is.
    pub volume: VolumeSetting,
    /// The clients that are attached.
    pub clients: Vec<AttachedClient>,
    /// How often audio came too late so far.
    pub underruns: i64,
    /// How often the output was lost so far.
    pub losses: i64,
}

/// Something that everybody is told. What its kind does not name is null.
#[derive(Debug, Clone, PartialEq)]
pub struct RuntimeEvent {
    /// What it is.
    pub kind: RuntimeEventKind,
    /// Events are numbered from 1 on without a gap; a snapshot has the number of the last event that is part of it. Null for
    /// `Lagged` and `Alive`.
    pub number: Option<i64>,
    /// How the voice is doing.
    pub voice: Option<VoicePhase>,
    /// A share, from 0 to 1.
    pub share: Option<f64>,
    /// A name, as the kind says.
    pub name: Option<String>,
    /// The output.
    pub output: Option<OpenOutputInfo>,
    /// A time, as the kind says.
    pub time_micros: Option<i64>,
    /// Why the output was lost.
    pub loss: Option<OutputLossReason>,
    /// The id of an output.
    pub route: Option<String>,
    /// A command.
    pub command: Option<i64>,
    /// Whether everything is paused.
    pub is_paused: Option<bool>,
    /// How loud everything is.
    pub volume: Option<VolumeSetting>,
    /// How often.
    pub times: Option<i64>,
    /// What has become of a plugin.
    pub plugin: Option<PluginEvent>,
    /// A client.
    pub client: Option<ClientHandle>,
    /// Why it is no more.
    pub departure: Option<DepartureReason>,
    /// What went wrong.
    pub error: Option<BridgeError>,
    /// How many were missed.
    pub missed: Option<i64>,
    /// How things are.
    pub snapshot: Option<RuntimeSnapshot>,
}
