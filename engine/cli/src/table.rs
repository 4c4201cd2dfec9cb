//! Tables and JSON on standard output.

use std::io::Write;

use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;

use crate::failure::{Failure, Kind};

/// A table without lines and without a header.
pub fn plain() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table
}

/// A table without lines.
pub fn table(header: &[&str]) -> Table {
    let mut table = plain();
    table.set_header(header.to_vec());
    table
}

/// A table without lines, of numbers.
pub fn numbers(header: &[&str]) -> Table {
    let mut table = table(header);
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// Writes a table, its columns two spaces apart. Lines end where their text ends.
pub fn show(table: Table) -> Result<(), Failure> {
    write(&render(table))
}

fn render(mut table: Table) -> String {
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
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
    let mut output = std::io::stdout().lock();
    let written = output.write_all(text.as_bytes()).and_then(|()| output.flush());
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::new(
            Kind::Failed,
            format!("cannot write to standard output: {error}"),
            "see whether there is room where it goes to",
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_whether_or_not_the_first_is_empty() {
        let mut outputs = table(&["", "ID"]);
        outputs.add_row(["*", "one"]).add_row(["", "two"]);
        assert_eq!(render(outputs), "   ID\n*  one\n   two\n");
    }

    #[test]
    fn numbers_end_under_each_other() {
        let mut lines = numbers(&["TOKENS", "RTF"]);
        lines.add_row(["7", "0.5"]).add_row(["100", "0.25"]);
        assert_eq!(render(lines), "TOKENS   RTF\n     7   0.5\n   100  0.25\n");
    }
}
