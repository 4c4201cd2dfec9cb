//! `utter outputs`.

use std::process::ExitCode;

use serde::Serialize;
use utter::playback::output::OutputInfo;
use utter::plugin::Plugins;

use crate::failure::Failure;
use crate::log::notice;
use crate::output;
use crate::table::{show, show_json, table};

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    is_default: bool,
    formats: Vec<Formats>,
}

#[derive(Serialize)]
struct Formats {
    channels: u16,
    lowest_rate: u32,
    highest_rate: u32,
    format: String,
}

impl From<OutputInfo> for Row {
    fn from(output: OutputInfo) -> Self {
        let formats = output.formats.iter().map(|f| Formats {
            channels: f.channels,
            lowest_rate: f.lowest_rate,
            highest_rate: f.highest_rate,
            format: f.format.to_string(),
        });
        Self {
            formats: formats.collect(),
            id: output.id.to_string(),
            name: output.name,
            is_default: output.is_default,
        }
    }
}

pub fn run(plugins: Option<&Plugins>, json: bool) -> Result<ExitCode, Failure> {
    let outputs = output::all(plugins).outputs()?;
    let rows: Vec<Row> = outputs.into_iter().map(Row::from).collect();
    if json {
        show_json(&rows)?;
        return Ok(ExitCode::SUCCESS);
    }
    if rows.is_empty() {
        notice("there is no output device; `utter say --out speech.wav …` writes a file without one");
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = table(&["", "ID", "NAME", "RATES", "CHANNELS"]);
    for row in &rows {
        let default = if row.is_default { "*" } else { "" };
        table.add_row([default, &row.id, &row.name, &rates(row), &channels(row)]);
    }
    show(table)?;
    Ok(ExitCode::SUCCESS)
}

fn rates(row: &Row) -> String {
    let lowest = row.formats.iter().map(|f| f.lowest_rate).min();
    let highest = row.formats.iter().map(|f| f.highest_rate).max();
    match (lowest, highest) {
        (Some(lowest), Some(highest)) if lowest == highest => format!("{lowest} Hz"),
        (Some(lowest), Some(highest)) => format!("{lowest}–{highest} Hz"),
        _ => "in use".into(),
    }
}

fn channels(row: &Row) -> String {
    let mut channels: Vec<u16> = row.formats.iter().map(|f| f.channels).collect();
    channels.sort_unstable();
    channels.dedup();
    // Software outputs take any number up to 32 and more.
    match channels[..] {
        [lowest, .., highest] if channels.len() > 3 => format!("{lowest}–{highest}"),
        _ => channels.iter().map(u16::to_string).collect::<Vec<_>>().join(", "),
    }
}
