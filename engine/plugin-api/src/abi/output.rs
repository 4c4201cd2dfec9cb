//! An output of a plugin: a device, or something that takes its place.
//!
//! An instance is created for a target, and then goes through `negotiate`, `open`, any number of `write`, `status`, `flush` and
//! `reset`, and `close`; after that it may be negotiated and opened again. `destroy` ends it.

use super::failure::RawFailure;
use std::ffi::{c_char, c_void};

/// An instance, of which only the plugin knows what it is.
pub type RawOutput = *mut c_void;

/// Takes a target of a list, which is valid until it returns; `false` if no more are wanted. Not null.
pub type TargetSink = Option<unsafe extern "C" fn(context: *mut c_void, target: *const RawTarget) -> bool>;

/// The functions of an output. None is null. What each may do, and on which thread, is in the table at the top.
#[repr(C)]
pub struct OutputTable {
    /// The size of this structure in bytes.
    pub size: u32,
    /// Nothing yet: 0.
    pub reserved: u32,
    /// Gives every target that is there now to `sink`. May block for 5 s.
    pub list_targets:
        Option<unsafe extern "C" fn(sink: TargetSink, context: *mut c_void, failure: *mut RawFailure) -> i32>,
    /// Makes an instance for the target of this id, and writes it to `output`. Opens nothing, and asks no device: whether there
    /// is one shows when it is negotiated. May block for 100 ms.
    pub create: Option<
        unsafe extern "C" fn(target: *const c_char, output: *mut RawOutput, failure: *mut RawFailure) -> i32,
    >,
    /// Decides on a format, as near to the request as the device can, and writes it. Not while the instance is open. May block
    /// for 1.5 s.
    pub negotiate: Option<
        unsafe extern "C" fn(
            output: RawOutput,
            request: *const RawRequest,
            format: *mut RawFormat,
            failure: *mut RawFailure,
        ) -> i32,
    >,
    /// Opens the device in a format that was negotiated. When it returns the device runs, and plays silence until frames come.
    /// May block for 1.5 s.
    pub open: Option<
        unsafe extern "C" fn(output: RawOutput, format: *const RawFormat, failure: *mut RawFailure) -> i32,
    >,
    /// Takes `frames` frames of interleaved 32-bit floats between -1 and 1, or as many as there is room for, and returns how
    /// many. Never waits. Takes none unless the instance is open.
    pub write: Option<unsafe extern "C" fn(output: RawOutput, samples: *const f32, frames: u32) -> u32>,
    /// Writes how the instance is doing. Never waits.
    pub status: Option<unsafe extern "C" fn(output: RawOutput, status: *mut RawStatus)>,
    /// Drops the frames that were written and are not with the device yet. May block for 10 ms.
    pub flush: Option<unsafe extern "C" fn(output: RawOutput, failure: *mut RawFailure) -> i32>,
    /// Begins anew with the same format: quick, and keeps the instance with all that it holds. What was written and not played
    /// is dropped; positions go on. For a change of route or utterance, and when `status` asks for it, as drivers do whose
    /// settings were changed. May block for 250 ms.
    pub reset: Option<unsafe extern "C" fn(output: RawOutput, failure: *mut RawFailure) -> i32>,
    /// Ends the sound, and lets go of everything that is held outside: processes, shared memory, sockets, files. When it
    /// returns all of that is gone. Closing what is not open does nothing. May block for 1 s.
    pub close: Option<unsafe extern "C" fn(output: RawOutput, failure: *mut RawFailure) -> i32>,
    /// Ends the instance, closing it if it was not closed. The host always closes first.
    pub destroy: Option<unsafe extern "C" fn(output: RawOutput)>,
    /// Writes what all instances together hold outside. Never waits.
    pub holdings: Option<unsafe extern "C" fn(holdings: *mut RawHoldings)>,
}

// SAFETY: constant data; a plugin promises that its functions may be called as the ABI says.
unsafe impl Sync for OutputTable {}

/// A device that can be chosen.
#[repr(C)]
pub struct RawTarget {
    /// The size of this structure in bytes.
    pub size: u32,
    /// 1 if it is the one that the system would choose, 0 otherwise.
    pub is_default: u32,
    /// Its id, the same from run to run. UTF-8, not empty, shorter than 256 bytes.
    pub id: *const c_char,
    /// Its name, for people. UTF-8, not empty, shorter than 256 bytes.
    pub name: *const c_char,
    /// What it takes; none if it could not be asked.
    pub formats: *const RawFormatRange,
    /// How many there are of these; at most 1024.
    pub format_count: u32,
    /// Nothing yet: 0.
    pub reserved: u32,
}

/// A range of formats that a target takes.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawFormatRange {
    /// Samples a frame.
    pub channels: u32,
    /// The lowest rate, in Hz.
    pub lowest_rate: u32,
    /// The highest rate, in Hz.
    pub highest_rate: u32,
}

/// What is asked of an output.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawRequest {
    /// The size of this structure in bytes.
    pub size: u32,
    /// Frames a second that are liked best; 0 for the device's own.
    pub rate: u32,
    /// Samples a frame that are liked best; 0 for the device's own.
    pub channels: u32,
    /// Nothing yet: 0.
    pub reserved: u32,
    /// The time between two periods, in nanoseconds; the nearest that the device can do is taken.
    pub period: u64,
}

/// How an output is used. Samples are 32-bit floats, interleaved.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawFormat {
    /// The size of this structure in bytes.
    pub size: u32,
    /// Frames a second, from 1 to 768,000.
    pub rate: u32,
    /// Samples a frame, from 1 to 64.
    pub channels: u32,
    /// Frames that the device takes at a time, from 1 to a second's.
    pub period_frames: u32,
}

/// What an open instance is doing.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutputState {
    /// It is not open.
    Closed = 0,
    /// It plays.
    Running = 1,
    /// It plays, and wants to be reset as soon as possible.
    ResetWanted = 2,
    /// The device is gone, or whatever held it has died.
    Disconnected = 3,
    /// The device wants another format: negotiate and open again.
    Reconfigured = 4,
    /// It does not go on, for another reason.
    Failed = 5,
}

/// How an instance is doing at this moment.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawStatus {
    /// The size of this structure in bytes. Set by the caller.
    pub size: u32,
    /// An [`OutputState`].
    pub state: i32,
    /// Frames that the device has taken since the instance was opened, of those that were written and those that were missing.
    pub consumed: u64,
    /// Times since the instance was opened that the device was not served in time. A gap counts once, however long it is; the
    /// silence before the first frame is none.
    pub xruns: u64,
    /// Frames that `write` would take now.
    pub writable: u32,
    /// Frames that will be played before one that is written now.
    pub delay: u32,
    /// In how many nanoseconds it is worth asking again whether there is room.
    pub look_again: u64,
}

/// What a plugin holds outside its process's memory.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawHoldings {
    /// The size of this structure in bytes. Set by the caller.
    pub size: u32,
    /// Processes that run.
    pub processes: u32,
    /// Processes that were started since `init`.
    pub processes_started: u64,
    /// Rings in shared memory.
    pub rings: u32,
    /// Nothing yet: 0.
    pub reserved: u32,
}
