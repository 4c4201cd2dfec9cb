//! Tables and JSON on standard output.

use std::io::Write;

use comfy_table::{Table, presets};
use serde::Serialize;

use crate::failure::{Failure, Kind};

/// A table without lines, its columns two spaces apart.
pub fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header.to_vec());
    table
}

/// Writes a table. Lines end where their text ends.
pub fn show(table: &Table) -> Result<(), Failure> {
    let text: String = table.lines().map(|line| format!("{}\n", line.trim())).collect();
    write(&text)
}

/// Writes a value as JSON.
pub fn show_json(value: &impl Serialize) -> Result<(), Failure> {
    match serde_json::to_string_pretty(value) {
        Ok(text) => write(&format!("{text}\n")),
        Err(error) => Err(Failure::new(Kind::Failed, error, "report this")),
    }
}

/// Writes to standard output. A reader that went away, as `head` does, is no failure.
pub fn write(text: &str) -> Result<(), Failure> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::new(
            Kind::Failed,
            format!("cannot write to standard output: {error}"),
            "",
        )),
        _ => Ok(()),
    }
}
