//! What is said.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What the plugin asks of its program. One device at most is open; rings are attached to its slots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// The first request. → [`Answer::Hello`]
    Hello {
        /// The version of the plugin's package.
        version: String,
        /// The plugin's process.
        pid: u32,
    },
    /// The devices from this one on. → [`Answer::Devices`]
    List {
        /// How many to leave out, which were told before.
        from: u32,
    },
    /// How a device would be opened. → [`Answer::Shape`]
    Negotiate {
        /// The device's id.
        device: String,
        /// In Hz; 0: the device's own.
        rate: u32,
        /// 0: the device's own.
        channels: u32,
        /// The period that is wished for, in microseconds.
        period: u32,
    },
    /// Opens a device and starts it. It plays silence until rings are attached. → [`Answer::Shape`], with the period that the
    /// device really has
    Open {
        /// The device's id.
        device: String,
        /// How.
        shape: Shape,
    },
    /// Mixes a ring into what the device plays. → [`Answer::Done`]
    Attach {
        /// The place of the ring, less than [`SLOTS`].
        slot: u32,
        /// Where it lies; `None`: its descriptor comes with this frame.
        path: Option<PathBuf>,
        /// Which ring it is.
        epoch: u64,
    },
    /// The ring in this slot is not read any more. → [`Answer::Done`], when that is so
    Detach {
        /// Its place.
        slot: u32,
    },
    /// Opens the device anew in the same way; the rings stay attached. → [`Answer::Shape`]
    Reset {},
    /// Nothing. → [`Answer::Done`]
    Ping {},
    /// Closes the device and ends. → [`Answer::Done`], before it ends
    Quit {},
}

/// How many rings a device mixes at most.
pub const SLOTS: usize = 8;

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Answer {
    /// Who answers.
    Hello {
        /// The version of the program's package.
        version: String,
        /// Its process.
        pid: u32,
        /// The name of the system's audio.
        audio: String,
    },
    /// Devices, in the system's order, the default one first.
    Devices {
        /// As many as fit an answer.
        devices: Vec<Device>,
        /// Whether there are more.
        has_more: bool,
    },
    /// How the device is or would be opened.
    Shape(Shape),
    /// It is done.
    Done {},
    /// It is not done, and the program lives on.
    Fault {
        /// What kind of reason.
        code: FaultCode,
        /// The reason.
        message: String,
    },
}

/// What the program tells without being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Notice {
    /// The device is gone.
    DeviceLost {},
    /// The device must be opened anew ([`Request::Reset`]).
    ResetWanted {},
    /// The device reports errors without end.
    DeviceFailed {},
    /// The writer of the ring in this slot has lied; it is not read any more.
    RingBroken {
        /// Its place.
        slot: u32,
        /// Which ring it was.
        epoch: u64,
    },
}

/// How a device is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Frames a second.
    pub rate: u32,
    /// Samples of a frame.
    pub channels: u32,
    /// Frames of a callback, as far as is known.
    pub period: u32,
}

/// A device that there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// How the system knows it.
    pub id: String,
    /// How a person knows it.
    pub name: String,
    /// Whether it is the system's default.
    pub is_default: bool,
    /// What it takes, as far as is known: a device that somebody has tells nothing.
    pub ranges: Vec<Range>,
}

/// Rates with a number of channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// Samples of a frame.
    pub channels: u32,
    /// In Hz.
    pub lowest_rate: u32,
    /// In Hz.
    pub highest_rate: u32,
}

/// Why something is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultCode {
    /// There is no such device.
    NotFound,
    /// Somebody else has it.
    Busy,
    /// This user may not.
    PermissionDenied,
    /// It takes no format that there is.
    NoUsableFormat,
    /// It cannot be asked for now.
    WrongState,
    /// Whatever else the device says.
    Device,
}
