//! What a plugin may ask of its host.

use crate::abi::{HostTable, LogLevel};
use std::ffi::{CStr, CString};

/// The host that has loaded the plugin. Clones are the same host.
#[derive(Clone, Copy)]
pub struct Host {
    table: &'static HostTable,
}

impl Host {
    /// The host behind a table; `None` if the table is not one of this ABI.
    ///
    /// # Safety
    ///
    /// `table` is null, or points to a structure that begins with its size, and is valid until the plugin's `deinit` has returned.
    pub(crate) unsafe fn from_table(table: *const HostTable) -> Option<Self> {
        // SAFETY: the caller promises it; the size is the first field.
        let size = unsafe { table.cast::<u32>().as_ref() }?;
        if *size < crate::abi::size_of::<HostTable>() {
            return None;
        }
        // SAFETY: not null, as large as our structure, and valid for as long as the plugin's code is.
        let table: &'static HostTable = unsafe { &*table };
        (table.abi_version == crate::abi::ABI_VERSION).then_some(Self { table })
    }

    /// Logs a message. On any thread but in [`Output::write`](crate::Output::write) and
    /// [`Output::status`](crate::Output::status).
    pub fn log(&self, level: LogLevel, message: &str) {
        let Some(log) = self.table.log else { return };
        // What is behind a NUL would be lost.
        let message = CString::new(message.replace('\0', " ")).unwrap_or_default();
        // SAFETY: a function of the host's, with the context that belongs to it and text that ends with NUL.
        unsafe { log(self.table.context, level as i32, message.as_ptr()) }
    }

    /// The host's name and version.
    pub fn name(&self) -> String {
        let text = |text: *const std::ffi::c_char| {
            if text.is_null() {
                return String::new();
            }
            // SAFETY: the ABI has it that text of a table ends with NUL and lives as long as the table.
            unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
        };
        format!("{} {}", text(self.table.name), text(self.table.version))
    }
}

impl std::fmt::Debug for Host {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Host").field(&self.name()).finish()
    }
}
