//! What C and Rust have to agree on, as a source in C that compiles only if they do.

use std::mem::{offset_of, size_of};
use utter_plugin::abi::{
    ABI_VERSION, FailureCode, HostTable, LogLevel, MESSAGE_BYTES, OK, OutputState, OutputTable, PluginEntry,
    RawDescriptor, RawFailure, RawFormat, RawFormatRange, RawHoldings, RawRequest, RawStatus, RawTarget,
};

/// Lines that assert the size of a structure and the place of every field. A field that is forgotten does not compile.
macro_rules! structure {
    ($rust:ident as $c:literal { $($field:ident),+ $(,)? }) => {{
        let _ = |structure: $rust| {
            let $rust { $($field: _),+ } = structure;
        };
        let size = (format!("sizeof({})", $c), size_of::<$rust>() as i64);
        let fields = [$((format!("offsetof({}, {})", $c, stringify!($field)), offset_of!($rust, $field) as i64)),+];
        std::iter::once(size).chain(fields)
    }};
}

/// Lines that assert the numbers of an enum. A value that is forgotten does not compile.
macro_rules! numbers {
    ($rust:ident { $($value:ident as $c:literal),+ $(,)? }) => {{
        let _ = |value: $rust| match value {
            $($rust::$value => (),)+
        };
        [$(($c.to_owned(), $rust::$value as i64)),+]
    }};
}

/// A source in C that includes the header.
pub fn assertions() -> String {
    let facts = structures().chain(constants());
    let assertions = facts.map(|(what, number)| format!("_Static_assert({what} == {number}, \"{what}\");\n"));
    format!("#include \"utter_plugin.h\"\n{}", assertions.collect::<String>())
}

fn structures() -> impl Iterator<Item = (String, i64)> {
    let tables = structure!(PluginEntry as "utter_plugin_entry_t" {
        abi_version, size, descriptor, init, deinit, outputs,
    })
    .chain(structure!(RawDescriptor as "utter_descriptor_t" { size, reserved, id, name, vendor, version }))
    .chain(structure!(HostTable as "utter_host_table_t" { size, abi_version, name, version, context, log }))
    .chain(structure!(OutputTable as "utter_output_table_t" {
        size, reserved, list_targets, create, negotiate, open, write, status, flush, reset, close, destroy, holdings,
    }));
    tables
        .chain(structure!(RawFailure as "utter_failure_t" { size, code, message }))
        .chain(structure!(RawTarget as "utter_target_t" {
            size, is_default, id, name, formats, format_count, reserved,
        }))
        .chain(structure!(RawFormatRange as "utter_format_range_t" { channels, lowest_rate, highest_rate }))
        .chain(structure!(RawRequest as "utter_request_t" { size, rate, channels, reserved, period }))
        .chain(structure!(RawFormat as "utter_format_t" { size, rate, channels, period_frames }))
        .chain(structure!(RawStatus as "utter_status_t" {
            size, state, consumed, xruns, writable, delay, look_again,
        }))
        .chain(structure!(RawHoldings as "utter_holdings_t" {
            size, processes, processes_started, rings, reserved,
        }))
}

fn constants() -> impl Iterator<Item = (String, i64)> {
    let enums = [
        "utter_failure_code_t",
        "utter_log_level_t",
        "utter_output_state_t",
    ];
    let sizes = enums.map(|name| (format!("sizeof({name})"), size_of::<i32>() as i64));
    let defined = [
        ("UTTER_ABI_VERSION".to_owned(), ABI_VERSION.into()),
        ("UTTER_MESSAGE_BYTES".to_owned(), MESSAGE_BYTES as i64),
        ("UTTER_OK".to_owned(), OK.into()),
    ];
    let failures = numbers!(FailureCode {
        NotFound as "UTTER_FAILURE_NOT_FOUND",
        Busy as "UTTER_FAILURE_BUSY",
        PermissionDenied as "UTTER_FAILURE_PERMISSION_DENIED",
        NoUsableFormat as "UTTER_FAILURE_NO_USABLE_FORMAT",
        TimedOut as "UTTER_FAILURE_TIMED_OUT",
        WrongState as "UTTER_FAILURE_WRONG_STATE",
        Device as "UTTER_FAILURE_DEVICE",
        Broken as "UTTER_FAILURE_BROKEN",
    });
    let levels = numbers!(LogLevel {
        Debug as "UTTER_LOG_DEBUG",
        Info as "UTTER_LOG_INFO",
        Warning as "UTTER_LOG_WARNING",
        Error as "UTTER_LOG_ERROR",
    });
    let states = numbers!(OutputState {
        Closed as "UTTER_OUTPUT_CLOSED",
        Running as "UTTER_OUTPUT_RUNNING",
        ResetWanted as "UTTER_OUTPUT_RESET_WANTED",
        Disconnected as "UTTER_OUTPUT_DISCONNECTED",
        Reconfigured as "UTTER_OUTPUT_RECONFIGURED",
        Failed as "UTTER_OUTPUT_FAILED",
    });
    let numbers = failures.into_iter().chain(levels).chain(states);
    sizes.into_iter().chain(defined).chain(numbers)
}
