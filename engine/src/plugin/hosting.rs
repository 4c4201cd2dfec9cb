//! What a plugin is given by this host: a table, and a log.

use std::ffi::{CStr, CString, c_char, c_void};
use std::panic::catch_unwind;
use utter_plugin::LogLevel;
use utter_plugin::abi::{ABI_VERSION, HostTable};

/// The longest message of a plugin that is logged, in bytes.
const LONGEST_MESSAGE: usize = 4096;

/// The table of one plugin, with what it points to.
pub(super) struct HostSide {
    table: HostTable,
    /// Behind pointers of the table.
    version: CString,
    plugin: String,
}

// SAFETY: nothing in it changes after it was made, and `log` may be called from any thread.
unsafe impl Send for HostSide {}
// SAFETY: as above.
unsafe impl Sync for HostSide {}

impl HostSide {
    /// The table for the plugin of this id. It points into itself, so it stays in its box.
    pub(super) fn new(plugin: &str) -> Box<Self> {
        let mut side = Box::new(Self {
            table: HostTable {
                size: size_of::<HostTable>() as u32,
                abi_version: ABI_VERSION,
                name: c"Utter".as_ptr(),
                version: std::ptr::null(),
                context: std::ptr::null_mut(),
                log: Some(log),
            },
            version: CString::new(env!("CARGO_PKG_VERSION")).unwrap_or_default(),
            plugin: plugin.to_owned(),
        });
        side.table.version = side.version.as_ptr();
        side.table.context = (&raw mut *side).cast();
        side
    }

    /// The table, valid as long as this is.
    pub(super) fn table(&self) -> *const HostTable {
        &raw const self.table
    }
}

unsafe extern "C" fn log(context: *mut c_void, level: i32, message: *const c_char) {
    // Whoever collects the log may panic; that must not reach the plugin.
    let _ = catch_unwind(|| {
        if context.is_null() || message.is_null() {
            return;
        }
        // SAFETY: the context of the table, which lives as long as the plugin.
        let plugin = unsafe { &(*context.cast::<HostSide>()).plugin };
        // SAFETY: the ABI has it that the message ends with NUL.
        let message = unsafe { CStr::from_ptr(message) }.to_string_lossy();
        let message = &message[..message.floor_char_boundary(LONGEST_MESSAGE)];
        match LogLevel::from_raw(level) {
            LogLevel::Debug => tracing::debug!(plugin, "{message}"),
            LogLevel::Info => tracing::info!(plugin, "{message}"),
            LogLevel::Warning => tracing::warn!(plugin, "{message}"),
            LogLevel::Error => tracing::error!(plugin, "{message}"),
        }
    });
}
