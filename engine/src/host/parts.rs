//! What a runtime is made of that can be exchanged: outputs and the voice.

use super::config::{Difference, Outputs, RuntimeConfig};
use super::error::Error;
use super::inventory::Inventory;
use crate::playback::output::{CpalBackend, NullOutput, OutputBackend, OutputRouter, WavOutput};
use crate::plugin::{Catalogue, Plugins};
use crate::speech::{VoiceLoader, kokoro_loader};
use crate::voice::{Device, PipelineOptions};
use std::fmt;
use std::sync::Arc;

/// Frames a second, and samples a frame, of a recording.
const RECORDING: (u32, u16) = (48_000, 2);

/// The outputs and the voice of a runtime. Usually what its configuration says.
#[derive(Clone)]
pub struct Parts {
    /// The outputs.
    pub outputs: Arc<dyn OutputBackend>,
    /// The plugins that some of these are of, if they can be had.
    pub plugins: Option<Plugins>,
    /// What loads the voice for a device.
    pub loader: Arc<dyn Fn(Device) -> VoiceLoader + Send + Sync>,
    /// What can speak, without loading it: for the status.
    pub inventory: Option<Arc<dyn Fn() -> Result<Inventory, Error> + Send + Sync>>,
}

impl Parts {
    /// What `config` says.
    pub fn of(config: &RuntimeConfig) -> Self {
        let outputs: Arc<dyn OutputBackend> = match &config.outputs {
            Outputs::Devices => Arc::new(CpalBackend::new()),
            Outputs::Null => Arc::new(NullOutput::default()),
            Outputs::Wav(path) => Arc::new(WavOutput::new(path, RECORDING.0, RECORDING.1)),
        };
        let plugins = plugins(config);
        let outputs = match &plugins {
            Some(plugins) => Arc::new(OutputRouter::new(outputs, plugins.clone())),
            None => outputs,
        };
        let inventory = {
            let (artifacts, voice_files) = (config.artifacts.clone(), config.voice_files.clone());
            move || Inventory::find(artifacts.as_deref(), &voice_files)
        };
        let (artifacts, threads) = (config.artifacts.clone(), config.threads);
        let voice_files = config.voice_files.clone();
        let loader = move |device| {
            let options = PipelineOptions {
                device,
                threads,
                voice_files: voice_files.clone(),
            };
            kokoro_loader(artifacts.clone(), options)
        };
        Self {
            outputs,
            plugins,
            loader: Arc::new(loader),
            inventory: Some(Arc::new(inventory)),
        }
    }
}

/// The plugins that `config` says. None is loaded yet.
fn plugins(config: &RuntimeConfig) -> Option<Plugins> {
    let root = match &config.plugins {
        Some(root) => Ok(root.clone()),
        None => Catalogue::default_root(),
    };
    match root {
        Ok(root) => Some(Plugins::new(Catalogue::open(root))),
        Err(error) => {
            tracing::warn!(%error, "there can be no plugins");
            None
        }
    }
}

impl Parts {
    /// In what `asked` differs from these, which is when it is not the very same objects.
    pub(super) fn differences(&self, asked: &Self) -> Vec<Difference> {
        let fields = [
            ("outputs", Arc::ptr_eq(&self.outputs, &asked.outputs)),
            ("loader", Arc::ptr_eq(&self.loader, &asked.loader)),
        ];
        let differing = fields.into_iter().filter(|(_, is_same)| !is_same);
        let differences = differing.map(|(field, _)| Difference {
            field,
            running: "one object".into(),
            asked: "another".into(),
        });
        differences.collect()
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Parts").finish_non_exhaustive()
    }
}
