//! Outputs: the devices that sound comes out of, and files that take its place.
//!
//! [`OutputBackend`] is our own trait, so that what is unstable in cpal stays in [`CpalBackend`], and tests
//! can bring a device of their own. An output is chosen by an id that is stable from run to run. A
//! [`NullOutput`] keeps a device's pace without one. A [`WavFile`] is no device at all: it takes the voice's
//! frames as they are.

mod cpal;
mod error;
mod health;
mod janitor;
mod null;
mod paced;
mod plugin;
#[cfg(target_os = "linux")]
mod quiet;
mod sample;
mod sink;
mod wav;
mod wav_output;

pub use self::cpal::CpalBackend;
pub use error::OutputError;
pub use health::{LossReason, OutputFault, OutputHealth};
pub(super) use janitor::{close_stream, leave_stream};
pub use null::NullOutput;
pub use plugin::OutputRouter;
pub use sample::{DeviceSample, SampleFormat};
pub use sink::{FrameSink, SinkError};
pub use wav::{WavEncoding, WavFile};
pub use wav_output::WavOutput;

use super::realtime::Renderer;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A way to reach devices. It is used from several threads, and any of its calls may hang with the device.
pub trait OutputBackend: Send + Sync {
    /// The outputs that are there now, the default one first if there is one. Devices that only record are
    /// left out.
    ///
    /// # Errors
    ///
    /// [`OutputError::Unavailable`] if there is no audio system to be asked.
    fn outputs(&self) -> Result<Vec<OutputInfo>, OutputError>;

    /// The id of the system's default output, if it has one, for those who follow it when it changes. Opens no
    /// device, so it may be asked often; whether the output can be opened is another matter.
    ///
    /// # Errors
    ///
    /// [`OutputError::Unavailable`] if there is no audio system to be asked.
    fn default_output(&self) -> Result<Option<OutputId>, OutputError>;

    /// Finds the output and decides on rate, channels and format. Opens nothing for longer than it takes to
    /// ask.
    ///
    /// # Errors
    ///
    /// [`OutputError::NotFound`] or [`OutputError::NoDefault`] if it is not there,
    /// [`OutputError::NoUsableFormat`] if it takes none of our formats, and what opening it gives.
    fn negotiate(
        &self,
        selection: &OutputSelection,
        request: &OutputRequest,
    ) -> Result<OutputConfig, OutputError>;

    /// Opens the output. The stream does not run yet; once it does, it calls `renderer` for every buffer, and
    /// tells `health` what goes wrong.
    ///
    /// # Errors
    ///
    /// [`OutputError::Device`] if the device refuses.
    fn open(
        &self,
        config: &OutputConfig,
        renderer: Renderer,
        health: Arc<OutputHealth>,
    ) -> Result<Box<dyn OutputStream>, OutputError>;

    /// Lets go of what is held for outputs that were negotiated and not opened. Streams that are open go on. Nothing, for
    /// most.
    fn close(&self) {}
}

/// An open output. Dropping it closes the device, which can hang: the [`Player`](super::Player) has it done
/// elsewhere.
pub trait OutputStream: Send {
    /// Lets the stream run.
    ///
    /// # Errors
    ///
    /// [`OutputError::Device`] if the device refuses.
    fn start(&mut self) -> Result<(), OutputError>;

    /// Frames in a callback, if the backend knows.
    fn period_frames(&self) -> Option<u32>;

    /// Whether what the stream is made of has been replaced or removed, so that it should be opened anew. It goes on until
    /// then. Wait-free.
    fn is_outdated(&self) -> bool {
        false
    }
}

/// Names an output, the same from run to run. Prints as, and is made from, a string.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OutputId(String);

impl OutputId {
    /// The id that prints as `id`.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id as a string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OutputId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Which output to open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum OutputSelection {
    /// The system's default output.
    #[default]
    Default,
    /// This one.
    Id(OutputId),
}

/// What is asked of an output.
#[derive(Debug, Clone, Copy)]
pub struct OutputRequest {
    /// The time between two callbacks; the nearest that the device can do is taken.
    pub period: Duration,
}

/// An output, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputInfo {
    /// Its stable id.
    pub id: OutputId,
    /// Its name, for people.
    pub name: String,
    /// Whether it is the system's default.
    pub is_default: bool,
    /// What it takes; empty if it could not be asked, for example because another program has it.
    pub formats: Vec<OutputFormats>,
}

/// A range of formats that an output takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputFormats {
    /// The number of channels.
    pub channels: u16,
    /// The lowest rate, in Hz.
    pub lowest_rate: u32,
    /// The highest rate, in Hz.
    pub highest_rate: u32,
    /// The sample format.
    pub format: SampleFormat,
}

/// How an output is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputConfig {
    /// The output's id.
    pub id: OutputId,
    /// The output's name, for people.
    pub name: String,
    /// Frames a second.
    pub rate: u32,
    /// Samples a frame.
    pub channels: u16,
    /// The type of a sample.
    pub format: SampleFormat,
    /// Frames a callback that will be asked for; `None` leaves it to the device.
    pub period_frames: Option<u32>,
}

/// Finds an output by what a person typed: its id, its name, or a part of its name that no other has, upper
/// and lower case alike.
///
/// # Errors
///
/// [`OutputError::NotFound`] if there is none, or more than one.
pub fn find_output(backend: &dyn OutputBackend, typed: &str) -> Result<OutputInfo, OutputError> {
    let outputs = backend.outputs()?;
    let lower = typed.to_lowercase();
    let by_id = outputs.iter().find(|output| output.id.as_str() == typed);
    let by_name = || outputs.iter().find(|output| output.name.to_lowercase() == lower);
    let by_part = || {
        let mut matches = outputs
            .iter()
            .filter(|output| output.name.to_lowercase().contains(&lower));
        matches
            .next()
            .filter(|_| matches.next().is_none() && !lower.is_empty())
    };
    let found = by_id.or_else(by_name).or_else(by_part);
    found
        .cloned()
        .ok_or_else(|| OutputError::NotFound(OutputId::new(typed)))
}
