//! How functions of the ABI say that they have failed.

use std::ffi::c_char;

/// What functions return that have done what they should.
pub const OK: i32 = 0;

/// The room for a message in bytes, with the NUL behind it.
pub const MESSAGE_BYTES: usize = 512;

/// Why something could not be done.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureCode {
    /// There is no such target.
    NotFound = 1,
    /// Another program has the device.
    Busy = 2,
    /// The device may not be used by this user or program.
    PermissionDenied = 3,
    /// The device takes no format that can be given.
    NoUsableFormat = 4,
    /// It took too long.
    TimedOut = 5,
    /// The call does not fit what the instance is doing, as opening one that is open.
    WrongState = 6,
    /// Anything else that the device or its driver says.
    Device = 7,
    /// The plugin has a mistake, or was given what it cannot read.
    Broken = 8,
}

/// What happened. The caller sets `size` and clears the rest; whoever fails writes code and message.
#[repr(C)]
pub struct RawFailure {
    /// The size of this structure in bytes.
    pub size: u32,
    /// A [`FailureCode`], the same that is returned.
    pub code: i32,
    /// What the system or the driver says: UTF-8 with a NUL behind it.
    pub message: [c_char; MESSAGE_BYTES],
}

impl RawFailure {
    /// One that says nothing yet.
    pub fn new() -> Self {
        Self {
            size: super::size_of::<Self>(),
            code: OK,
            message: [0; MESSAGE_BYTES],
        }
    }
}

impl Default for RawFailure {
    fn default() -> Self {
        Self::new()
    }
}
