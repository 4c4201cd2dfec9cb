//! An output of a plugin, in Rust.

use crate::abi::LogLevel;
use crate::failure::Failure;
use crate::host::Host;
use std::ffi::CStr;
use std::path::Path;
use std::time::Duration;

pub use crate::abi::{OutputState, RawFormatRange as FormatRange};

/// A plugin that has outputs. [`export_output!`](crate::export_output) makes a library of it.
///
/// How long each call may take is in the table of [`abi`](crate::abi).
pub trait OutputPlugin: Sized + Send + Sync + 'static {
    /// Who the plugin is.
    const DESCRIPTOR: Descriptor;

    /// An instance.
    type Output: Output;

    /// Called once, when the library was loaded. The plugin's own files are in `directory`, a private copy.
    ///
    /// # Errors
    ///
    /// What keeps the plugin from working here; it is unloaded then.
    fn start(host: Host, directory: &Path) -> Result<Self, Failure>;

    /// The targets that are there now.
    ///
    /// # Errors
    ///
    /// What keeps them from being listed.
    fn targets(&self) -> Result<Vec<Target>, Failure>;

    /// Makes an instance for the target of this id. Opens nothing.
    ///
    /// # Errors
    ///
    /// [`FailureCode::NotFound`](crate::FailureCode::NotFound) if no target can have this id.
    fn create(&self, target: &str) -> Result<Self::Output, Failure>;

    /// What all instances together hold outside. Never waits. Nothing, if it is not told.
    fn holdings(&self) -> Holdings {
        Holdings::default()
    }

    /// Called once, when every instance was destroyed. When it returns no thread of the plugin runs any more: its code is
    /// unloaded.
    fn stop(&self) {}
}

/// An instance: an output that can be opened. Calls never overlap, but may come from different threads.
pub trait Output: Send + 'static {
    /// Decides on a format, as near to the request as the device can. Never called while it is open.
    ///
    /// # Errors
    ///
    /// Why the device cannot be used.
    fn negotiate(&mut self, request: &Request) -> Result<Format, Failure>;

    /// Opens the device in a format that was negotiated. When it returns the device runs, and plays silence until frames come.
    /// Never called while it is open.
    ///
    /// # Errors
    ///
    /// Why the device cannot be opened. Nothing is held outside then.
    fn open(&mut self, format: &Format) -> Result<(), Failure>;

    /// Takes interleaved samples, whole frames, or as many of them as there is room for, and returns how many frames. Realtime:
    /// no lock, no allocation, no system call, no log. Only called while it is open.
    fn write(&mut self, samples: &[f32]) -> u32;

    /// How it is doing. Realtime as [`write`](Self::write). Only called while it is open.
    fn status(&mut self) -> Status;

    /// Drops the frames that were written and are not with the device yet. Only called while it is open.
    ///
    /// # Errors
    ///
    /// Why they will be played.
    fn flush(&mut self) -> Result<(), Failure>;

    /// Begins anew with the same format, quickly, keeping what it holds; what was written and not played is dropped. Only called
    /// while it is open.
    ///
    /// # Errors
    ///
    /// Why it does not go on; it will be closed.
    fn reset(&mut self) -> Result<(), Failure>;

    /// Ends the sound and lets go of everything that is held outside: processes, shared memory, sockets, files. It may be
    /// negotiated and opened again. Called when it was opened, or negotiated, and not closed since; whatever it returns, it counts
    /// as closed.
    ///
    /// # Errors
    ///
    /// What could not be let go of.
    fn close(&mut self) -> Result<(), Failure>;
}

/// Who a plugin is.
#[derive(Debug, Clone, Copy)]
pub struct Descriptor {
    /// A name that no other plugin has: that of a domain, backwards, and one's own. The same as in `plugin.json`.
    pub id: &'static CStr,
    /// Its name, for people.
    pub name: &'static CStr,
    /// Who makes it.
    pub vendor: &'static CStr,
    /// Its version.
    pub version: &'static CStr,
}

/// A device that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its id, the same from run to run: not empty, no NUL, shorter than 256 bytes.
    pub id: String,
    /// Its name, for people: as the id.
    pub name: String,
    /// Whether it is the one that the system would choose.
    pub is_default: bool,
    /// What it takes; empty if it could not be asked.
    pub formats: Vec<FormatRange>,
}

impl Target {
    /// One of which no more is known.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            is_default: false,
            formats: Vec::new(),
        }
    }
}

/// What is asked of an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// Frames a second that are liked best; `None` for the device's own.
    pub rate: Option<u32>,
    /// Samples a frame that are liked best; `None` for the device's own.
    pub channels: Option<u32>,
    /// The time between two periods; the nearest that the device can do is taken.
    pub period: Duration,
}

impl Request {
    /// The period in frames at this rate, at least one and at most a second.
    pub fn period_frames(&self, rate: u32) -> u32 {
        let frames = (self.period.as_secs_f64() * f64::from(rate)).round() as u32;
        frames.clamp(1, rate.max(1))
    }
}

/// How an output is used. Samples are 32-bit floats, interleaved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// Frames a second, from 1 to 768,000.
    pub rate: u32,
    /// Samples a frame, from 1 to 64.
    pub channels: u32,
    /// Frames that the device takes at a time, from 1 to a second's.
    pub period_frames: u32,
}

/// How an open output is doing at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// What it is doing.
    pub state: OutputState,
    /// Frames that the device has taken since the output was opened: those that were written, and those that were missing.
    pub consumed: u64,
    /// Frames that `write` would take now.
    pub writable: u32,
    /// Frames that will be played before one that is written now.
    pub delay: u32,
    /// Times since the output was opened that the device was not served in time. A gap counts once, however long it is; the
    /// silence before the first frame is none.
    pub xruns: u64,
    /// In how long it is worth asking again whether there is room.
    pub look_again: Duration,
}

impl Status {
    /// One that runs, with nothing in it, to be looked at again in 5 ms.
    pub fn running() -> Self {
        Self {
            state: OutputState::Running,
            consumed: 0,
            writable: 0,
            delay: 0,
            xruns: 0,
            look_again: Duration::from_millis(5),
        }
    }
}

/// What a plugin holds outside the memory of its process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Holdings {
    /// Processes that run.
    pub processes: u32,
    /// Processes that were started since the plugin was.
    pub processes_started: u64,
    /// Rings in shared memory.
    pub rings: u32,
}

impl LogLevel {
    /// The level that is this number; `Debug` for those that are none.
    pub fn from_raw(level: i32) -> Self {
        match level {
            1 => Self::Info,
            2 => Self::Warning,
            3 => Self::Error,
            _ => Self::Debug,
        }
    }
}

impl OutputState {
    /// The state that is this number; `Failed` for those that are none.
    pub fn from_raw(state: i32) -> Self {
        match state {
            0 => Self::Closed,
            1 => Self::Running,
            2 => Self::ResetWanted,
            3 => Self::Disconnected,
            4 => Self::Reconfigured,
            _ => Self::Failed,
        }
    }
}
