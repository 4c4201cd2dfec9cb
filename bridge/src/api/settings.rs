//! How a runtime is configured, in plain values. What is left out is the engine's own default.

/// A system of outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputSystem {
    /// The devices of this machine.
    Devices,
    /// None: audio is discarded as fast as a device would play it.
    Discard,
    /// A WAV file, `wav_path`, as fast as a device would play it.
    Wav,
}

/// A voice of the app's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceFileSetting {
    /// What it is called in requests.
    pub name: String,
    /// Its file: `.npy`, `.safetensors` or raw floats.
    pub path: String,
}

/// How a runtime is configured. A process has one runtime; who asks for another configuration while it runs is told what is
/// different.
#[derive(Debug, Clone, PartialEq)]
pub struct RuntimeSettings {
    /// The directory of the voice's artifacts; by default what `UTTER_ARTIFACTS` says, or the user's cache.
    pub artifacts: Option<String>,
    /// What computes: `cpu`.
    pub device: Option<String>,
    /// Threads that compute; one for each physical core by default.
    pub threads: Option<u32>,
    /// Voices of the app's own.
    pub voice_files: Vec<VoiceFileSetting>,
    /// Tags of the languages that are made ready with the voice, such as `en-US`; that one by default.
    pub languages: Option<Vec<String>>,
    /// Whether espeak-ng may be loaded, where it is installed. It is under the GPL, so who ships an app decides.
    pub espeak: bool,
    /// The system of outputs.
    pub outputs: OutputSystem,
    /// The file, for [`OutputSystem::Wav`].
    pub wav_path: Option<String>,
    /// The directory of the plugins; by default what `UTTER_PLUGINS` says, or the one for the user's data.
    pub plugins: Option<String>,
    /// The id of the output that is opened at first; the system's default one otherwise.
    pub output: Option<String>,
    /// The time between two requests of the output for audio, in microseconds; the nearest that the device can do is taken.
    pub period_micros: Option<i64>,
    /// The time between two progress events of what is heard, in microseconds.
    pub progress_interval_micros: Option<i64>,
    /// How long a client may be silent, in milliseconds, before it is warned.
    pub lease_millis: Option<i64>,
    /// How much longer it is waited for after that, in milliseconds, before it is evicted.
    pub grace_millis: Option<i64>,
    /// Clients that can be attached at a time.
    pub clients: Option<u32>,
}
