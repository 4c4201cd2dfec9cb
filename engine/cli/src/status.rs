//! `utter status`: what is used, in which versions.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;
use utter::playback::PlayerOptions;
use utter::playback::output::{CpalBackend, OutputBackend, OutputRequest, OutputSelection};

use crate::arguments::Threads;
use crate::failure::Failure;
use crate::table::{show, show_json, table};
use crate::voice;

#[derive(Serialize)]
struct Status {
    utter: &'static str,
    artifacts: PathBuf,
    model: String,
    voices: usize,
    tvm: String,
    tvm_ffi: String,
    target: String,
    device: &'static str,
    threads: usize,
    sample_rate: u32,
    output: Option<String>,
}

pub fn run(artifacts: Option<&Path>, threads: Threads, json: bool) -> Result<ExitCode, Failure> {
    let artifacts = voice::find(artifacts)?;
    let manifest = artifacts.manifest();
    let status = Status {
        utter: env!("CARGO_PKG_VERSION"),
        artifacts: artifacts.path().to_owned(),
        model: manifest.model.name.clone(),
        voices: artifacts.voice_names().count(),
        tvm: manifest.tvm.version.clone(),
        tvm_ffi: manifest.tvm.ffi.clone(),
        target: format!("{} ({})", manifest.target.name, manifest.target.triple),
        device: "cpu",
        threads: threads.threads.unwrap_or_else(num_cpus::get_physical),
        sample_rate: manifest.sample_rate,
        output: default_output(),
    };
    if json {
        show_json(&status)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = table(&["", ""]);
    for (name, value) in [
        ("utter", status.utter.to_owned()),
        ("artifacts", status.artifacts.display().to_string()),
        (
            "model",
            format!(
                "{}, {} voices, {} Hz",
                status.model, status.voices, status.sample_rate
            ),
        ),
        (
            "compiled by",
            format!("TVM {}, tvm-ffi {}", status.tvm, status.tvm_ffi),
        ),
        ("for", status.target),
        ("device", format!("{}, {} threads", status.device, status.threads)),
        ("output", status.output.unwrap_or_else(|| "none".into())),
    ] {
        table.add_row([name, &value]);
    }
    show(&table)?;
    Ok(ExitCode::SUCCESS)
}

/// The default output and how it would be used.
fn default_output() -> Option<String> {
    let request = OutputRequest {
        period: PlayerOptions::default().period,
    };
    match CpalBackend::new().negotiate(&OutputSelection::Default, &request) {
        Ok(config) => Some(format!(
            "{}, {} Hz, {} channels, {}",
            config.name, config.rate, config.channels, config.format
        )),
        Err(error) => {
            tracing::info!(%error, "no default output");
            None
        }
    }
}
