//! `utter status`: what is used, in which versions. Shows what it can even where there is no usable voice.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;
use utter::playback::PlayerOptions;
use utter::playback::output::{OutputError, OutputRequest, OutputSelection};
use utter::plugin::Plugins;
use utter::voice::artifacts::ArtifactsDir;

use crate::arguments::Threads;
use crate::failure::Failure;
use crate::table::{plain, show, show_json};
use crate::{output, voice};

#[derive(Serialize)]
struct Status {
    utter: &'static str,
    voice: Option<Voice>,
    device: &'static str,
    threads: usize,
    output: Option<Output>,
    plugins: Vec<Plugin>,
}

/// A plugin that is installed, loaded or not.
#[derive(Serialize)]
struct Plugin {
    id: String,
    version: String,
    is_enabled: bool,
}

#[derive(Serialize)]
struct Voice {
    artifacts: PathBuf,
    model: String,
    names: usize,
    sample_rate: u32,
    tvm: String,
    tvm_ffi: String,
    target: String,
    triple: String,
}

/// The default output and how it would be used.
#[derive(Serialize)]
struct Output {
    id: String,
    name: String,
    rate: u32,
    channels: u16,
    format: String,
    period_frames: Option<u32>,
}

/// Succeeds if there is a voice. Where there is none, the rest is shown before the failure.
pub fn run(
    artifacts: Option<&Path>,
    plugins: Option<&Plugins>,
    threads: Threads,
    json: bool,
) -> Result<ExitCode, Failure> {
    let (voice, failure) = match voice::find(artifacts) {
        Ok(found) => (Some(Voice::of(&found)), None),
        Err(error) => (None, Some(Failure::from(error))),
    };
    let status = Status {
        utter: env!("CARGO_PKG_VERSION"),
        voice,
        device: "cpu",
        threads: threads.threads.unwrap_or_else(num_cpus::get_physical),
        output: Output::default_one(plugins)
            .inspect_err(|error| tracing::info!(%error, "no default output"))
            .ok(),
        plugins: plugins.map(Plugin::all).unwrap_or_default(),
    };
    if json {
        show_json(&status)?;
    } else {
        print(&status)?;
    }
    failure.map_or(Ok(ExitCode::SUCCESS), Err)
}

impl Voice {
    fn of(found: &ArtifactsDir) -> Self {
        let manifest = found.manifest();
        Self {
            artifacts: found.path().to_owned(),
            model: manifest.model.name.clone(),
            names: found.voice_names().count(),
            sample_rate: manifest.sample_rate,
            tvm: manifest.tvm.version.clone(),
            tvm_ffi: manifest.tvm.ffi.clone(),
            target: found.target().name.clone(),
            triple: manifest.target.triple.clone(),
        }
    }
}

impl Output {
    fn default_one(plugins: Option<&Plugins>) -> Result<Self, OutputError> {
        let request = OutputRequest {
            period: PlayerOptions::default().period,
        };
        let config = output::all(plugins).negotiate(&OutputSelection::Default, &request)?;
        Ok(Self {
            id: config.id.to_string(),
            name: config.name,
            rate: config.rate,
            channels: config.channels,
            format: config.format.to_string(),
            period_frames: config.period_frames,
        })
    }
}

impl Plugin {
    /// All that are installed and whole; what is wrong with others is for `utter plugins list`.
    fn all(plugins: &Plugins) -> Vec<Self> {
        let listed = plugins.list();
        let listed = listed.inspect_err(|error| tracing::info!(%error, "no list of plugins"));
        let whole = listed
            .unwrap_or_default()
            .into_iter()
            .filter(|state| state.problem.is_none());
        let plugin = |state: utter::plugin::PluginState| Self {
            id: state.id,
            version: state.version,
            is_enabled: state.is_enabled,
        };
        whole.map(plugin).collect()
    }
}

fn print(status: &Status) -> Result<(), Failure> {
    let mut table = plain();
    table.add_row(["utter", status.utter]);
    if let Some(voice) = &status.voice {
        let Voice {
            model,
            names,
            sample_rate,
            tvm,
            tvm_ffi,
            target,
            triple,
            ..
        } = voice;
        table
            .add_row(["artifacts", &voice.artifacts.display().to_string()])
            .add_row(["model", &format!("{model}, {names} voices, {sample_rate} Hz")])
            .add_row(["compiled by", &format!("TVM {tvm}, tvm-ffi {tvm_ffi}")])
            .add_row(["for", &format!("{target} ({triple})")]);
    } else {
        table.add_row(["model", "none"]);
    }
    let output = status.output.as_ref().map_or("none".into(), |output| {
        format!(
            "{}, {} Hz, {} channels, {}",
            output.name, output.rate, output.channels, output.format
        )
    });
    table
        .add_row([
            "device",
            &format!("{}, {} threads", status.device, status.threads),
        ])
        .add_row(["output", &output]);
    for Plugin {
        id,
        version,
        is_enabled,
    } in &status.plugins
    {
        let state = if *is_enabled { "" } else { ", disabled" };
        table.add_row(["plugin", &format!("{id} {version}{state}")]);
    }
    show(table)
}
