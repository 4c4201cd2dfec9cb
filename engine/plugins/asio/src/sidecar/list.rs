//! `--list`: the devices, for a person.

use std::io::{self, Write};
use std::process::ExitCode;

use utter_asio::protocol::Device;

use super::devices::Devices;

/// Writes the devices to standard output, a line each and one for what each takes.
pub(crate) fn run() -> ExitCode {
    let devices = Devices::new();
    match devices.list() {
        Ok(list) => match write(&devices.audio(), &list) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

fn write(audio: &str, devices: &[Device]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if devices.is_empty() {
        return writeln!(out, "{audio}: no device that can play.");
    }
    for device in devices {
        let default = if device.is_default { "  (default)" } else { "" };
        writeln!(out, "{}  {}{default}", device.id, device.name)?;
        let formats = device.ranges.iter().map(|range| {
            let rates = match (range.lowest_rate, range.highest_rate) {
                (lowest, highest) if lowest == highest => format!("{lowest} Hz"),
                (lowest, highest) => format!("{lowest} to {highest} Hz"),
            };
            let plural = if range.channels == 1 { "" } else { "s" };
            format!("{} channel{plural} at {rates}", range.channels)
        });
        let formats: Vec<String> = formats.collect();
        match formats.as_slice() {
            [] => writeln!(out, "    in use, or it does not tell what it takes")?,
            formats => writeln!(out, "    {}", formats.join(", "))?,
        }
    }
    Ok(())
}
