//! What can be asked of the runtime: how everything is doing, its outputs, its voices, what is counted.

use super::error::BridgeError;
use super::player::ClientHandle;
use super::player_events::PlayerSnapshot;
use super::runtime_events::RuntimeSnapshot;

/// A range of formats that an output takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFormat {
    /// The number of channels.
    pub channels: u32,
    /// The lowest sample rate, in Hz.
    pub lowest_rate: u32,
    /// The highest sample rate, in Hz.
    pub highest_rate: u32,
    /// The type of a sample, such as `f32`.
    pub format: String,
}

/// An output, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputDescription {
    /// Its stable id, for [`runtime_set_output`](super::runtime::runtime_set_output).
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// Whether it is the system's default.
    pub is_default: bool,
    /// What it takes; empty if it could not be asked.
    pub formats: Vec<OutputFormat>,
}

/// A voice, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceDescription {
    /// What requests call it.
    pub name: String,
    /// The tag of its language, such as `en-US`; null for one of the app's own that does not follow the names' pattern.
    pub language: Option<String>,
    /// Whether text in that language is read without another program's help.
    pub reads_text: bool,
}

/// The built voice that would be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactsDescription {
    /// Where it is.
    pub path: String,
    /// The model's name.
    pub model: String,
    /// The processor that it is compiled for.
    pub target: String,
    /// The version of TVM that compiled it.
    pub tvm: String,
}

/// How a client is doing.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientReport {
    /// Its handle.
    pub client: ClientHandle,
    /// Its name.
    pub name: String,
    /// How long it has been attached.
    pub attached_micros: i64,
    /// How long it has not called.
    pub silent_micros: i64,
    /// Its queue, its volume, its pause.
    pub state: PlayerSnapshot,
}

/// How everything is doing.
#[derive(Debug, Clone, PartialEq)]
pub struct RuntimeStatus {
    /// The version of the engine.
    pub version: String,
    /// The same as a subscription's snapshot.
    pub state: RuntimeSnapshot,
    /// The built voice, if there is one.
    pub artifacts: Option<ArtifactsDescription>,
    /// Why there is none.
    pub artifacts_error: Option<BridgeError>,
    /// Devices that can compute here.
    pub devices: Vec<String>,
    /// Whether the next utterance has no first-call cost.
    pub is_warm: bool,
    /// The clients, the oldest first.
    pub clients: Vec<ClientReport>,
    /// How much audio waits for the device.
    pub queued_micros: i64,
    /// The time between two requests of the device for audio, as it was seen.
    pub period_micros: i64,
    /// The share of that time that serving them took, in the median.
    pub load_median: f64,
    /// The same, at most.
    pub load_max: f64,
    /// Streams of events that somebody in this process follows through the bridge.
    pub subscriptions: u32,
}

/// A number that is counted. The names are those of the engine's metrics.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: f64,
}

/// How loud it was in the last moments; 1 is full scale, silence 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OutputLevel {
    /// The greatest magnitude.
    pub peak: f64,
    /// The root of the mean of the squares.
    pub rms: f64,
}
