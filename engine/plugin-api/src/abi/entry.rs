//! The entry of a plugin, and what it is given by its host.

use super::failure::RawFailure;
use super::output::OutputTable;
use std::ffi::{c_char, c_void};

/// What the symbol `utter_plugin_entry` is: constant data, readable before anything of the plugin has run.
#[repr(C)]
pub struct PluginEntry {
    /// [`ABI_VERSION`](super::ABI_VERSION). A host that knows another version reads nothing behind these first eight bytes.
    pub abi_version: u32,
    /// The size of this structure in bytes.
    pub size: u32,
    /// Who the plugin is. Not null.
    pub descriptor: *const RawDescriptor,
    /// Called once, before everything else. `host` is valid until `deinit` has returned. `directory` is where the plugin's own
    /// files are: a private copy, not to be written to, the working directory of nothing. May block for 2 s.
    pub init: Option<
        unsafe extern "C" fn(
            host: *const HostTable,
            directory: *const c_char,
            failure: *mut RawFailure,
        ) -> i32,
    >,
    /// Called once, after every instance was destroyed, if `init` has succeeded. When it returns nothing of the library runs, on
    /// any thread: the library is unloaded. May block for 2 s.
    pub deinit: Option<unsafe extern "C" fn()>,
    /// The plugin's outputs. Not null: version 1 has no other kind of plugin.
    pub outputs: *const OutputTable,
}

// SAFETY: constant data, and pointers to constant data.
unsafe impl Sync for PluginEntry {}

/// Who a plugin is. All text is UTF-8, not empty, and shorter than 256 bytes.
#[repr(C)]
pub struct RawDescriptor {
    /// The size of this structure in bytes.
    pub size: u32,
    /// Nothing yet: 0.
    pub reserved: u32,
    /// A name that no other plugin has: that of a domain, backwards, and one's own, for example `org.example.output`. The same
    /// as in `plugin.json`.
    pub id: *const c_char,
    /// Its name, for people.
    pub name: *const c_char,
    /// Who makes it.
    pub vendor: *const c_char,
    /// Its version.
    pub version: *const c_char,
}

// SAFETY: constant data, and pointers to constant data.
unsafe impl Sync for RawDescriptor {}

/// How important a message is.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// For whoever looks for a mistake.
    Debug = 0,
    /// What happens now and then.
    Info = 1,
    /// What may explain something that was heard.
    Warning = 2,
    /// What was to be done cannot be done.
    Error = 3,
}

/// What a host gives to a plugin.
#[repr(C)]
pub struct HostTable {
    /// The size of this structure in bytes.
    pub size: u32,
    /// The version of the ABI that the host speaks.
    pub abi_version: u32,
    /// The host's name. UTF-8.
    pub name: *const c_char,
    /// The host's version. UTF-8.
    pub version: *const c_char,
    /// Given back to the functions of this table.
    pub context: *mut c_void,
    /// Logs a message, UTF-8, at a level ([`LogLevel`]; what is unknown counts as [`LogLevel::Debug`]). On any thread but in `write` and
    /// `status`.
    pub log: Option<unsafe extern "C" fn(context: *mut c_void, level: i32, message: *const c_char)>,
}

// SAFETY: the host promises that its functions may be called from any thread.
unsafe impl Sync for HostTable {}
// SAFETY: as above.
unsafe impl Send for HostTable {}
