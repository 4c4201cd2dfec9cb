//! The outputs of the system, and those of plugins.

use super::stream::PluginStream;
use crate::playback::output::{
    OutputBackend, OutputConfig, OutputError, OutputFormats, OutputHealth, OutputId, OutputInfo,
    OutputRequest, OutputSelection, OutputStream, SampleFormat,
};
use crate::playback::realtime::Renderer;
use crate::plugin::{LoadError, PluginError, PluginOutput, Plugins};
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::{Duration, Instant};
use utter_plugin::{FailureCode, Format, Request, Target};

/// What ids of plugins' outputs begin with. Behind it are the plugin's id, a slash, and the target's id.
const SCHEME: &str = "plugin:";

/// Instances that were negotiated and not opened. One more, and the oldest is closed.
const PENDING: usize = 4;

/// Nobody opens an output so long after it was negotiated.
const OPENED_WITHIN: Duration = Duration::from_secs(5);

/// The outputs of a backend, and those of plugins.
///
/// An output of a plugin is named `plugin:`, the plugin's id, `/`, and the id that the plugin has for it. The default output is
/// the backend's.
pub struct OutputRouter {
    devices: Arc<dyn OutputBackend>,
    plugins: Plugins,
    /// Instances that were negotiated and are about to be opened.
    pending: Mutex<Vec<Pending>>,
}

struct Pending {
    config: OutputConfig,
    format: Format,
    instance: PluginOutput,
    since: Instant,
}

impl OutputRouter {
    /// The outputs of `devices` and of `plugins`.
    pub fn new(devices: Arc<dyn OutputBackend>, plugins: Plugins) -> Self {
        Self {
            devices,
            plugins,
            pending: Mutex::default(),
        }
    }

    /// Closes what was negotiated and is not going to be opened: everything, or what has waited for too long.
    fn close_pending(&self, all: bool) {
        let old: Vec<Pending> = {
            let mut pending = self.pending.lock();
            let is_old = |pending: &mut Pending| {
                all || pending.since.elapsed() > OPENED_WITHIN || !pending.instance.is_active()
            };
            pending.extract_if(.., is_old).collect()
        };
        old.into_iter().for_each(close);
    }

    fn negotiate_plugin(
        &self,
        id: &OutputId,
        plugin: &str,
        target: &str,
        request: &OutputRequest,
    ) -> Result<OutputConfig, OutputError> {
        self.close_pending(false);
        let mut instance = self
            .plugins
            .create(plugin, target)
            .map_err(|error| refused(id, &error))?;
        let wish = Request {
            rate: None,
            channels: None,
            period: request.period,
        };
        let format = match instance.negotiate(&wish) {
            Ok(format) => format,
            Err(error) => {
                // What it says about closing adds nothing.
                let _ = instance.close();
                return Err(load_refused(id, &error));
            }
        };
        let config = OutputConfig {
            id: id.clone(),
            name: format!("{target} ({plugin})"),
            rate: format.rate,
            channels: format.channels as u16,
            format: SampleFormat::F32,
            period_frames: Some(format.period_frames),
        };
        let too_many = {
            let mut pending = self.pending.lock();
            pending.push(Pending {
                config: config.clone(),
                format,
                instance,
                since: Instant::now(),
            });
            (pending.len() > PENDING).then(|| pending.remove(0))
        };
        too_many.into_iter().for_each(close);
        Ok(config)
    }

    fn open_plugin(
        &self,
        config: &OutputConfig,
        plugin: &str,
        target: &str,
        renderer: Renderer,
        health: Arc<OutputHealth>,
    ) -> Result<Box<dyn OutputStream>, OutputError> {
        let negotiated = {
            let mut pending = self.pending.lock();
            let place = pending.iter().position(|pending| pending.config == *config);
            place.map(|place| pending.remove(place))
        };
        let (mut instance, format) = match negotiated {
            Some(pending) if pending.instance.is_active() => (pending.instance, pending.format),
            other => {
                other.into_iter().for_each(close);
                let created = self.plugins.create(plugin, target);
                let instance = created.map_err(|error| refused(&config.id, &error))?;
                let format = Format {
                    rate: config.rate,
                    channels: config.channels.into(),
                    period_frames: config.period_frames.unwrap_or(config.rate / 50).max(1),
                };
                (instance, format)
            }
        };
        if let Err(error) = instance.open(&format) {
            let _ = instance.close();
            return Err(load_refused(&config.id, &error));
        }
        let stream = PluginStream::new(config, &format, instance, renderer, health);
        Ok(Box::new(stream))
    }
}

/// Closes an instance that nobody opens.
fn close(pending: Pending) {
    if let Err(error) = pending.instance.close() {
        tracing::warn!(output = %pending.config.id, %error, "an output that was not opened does not close");
    }
}

impl OutputBackend for OutputRouter {
    fn outputs(&self) -> Result<Vec<OutputInfo>, OutputError> {
        let of_plugins = self.plugins.targets();
        let devices = self.devices.outputs();
        // Without an audio system there may be plugins that have outputs even so.
        let mut outputs = match devices {
            Err(_) if !of_plugins.is_empty() => Vec::new(),
            devices => devices?,
        };
        outputs.extend(
            of_plugins
                .into_iter()
                .map(|(plugin, target)| described(&plugin, target)),
        );
        Ok(outputs)
    }

    fn default_output(&self) -> Result<Option<OutputId>, OutputError> {
        self.devices.default_output()
    }

    fn negotiate(
        &self,
        selection: &OutputSelection,
        request: &OutputRequest,
    ) -> Result<OutputConfig, OutputError> {
        match selection {
            OutputSelection::Id(id) => match parts(id) {
                Some((plugin, target)) => self.negotiate_plugin(id, plugin, target, request),
                None => self.devices.negotiate(selection, request),
            },
            OutputSelection::Default => self.devices.negotiate(selection, request),
        }
    }

    fn open(
        &self,
        config: &OutputConfig,
        renderer: Renderer,
        health: Arc<OutputHealth>,
    ) -> Result<Box<dyn OutputStream>, OutputError> {
        match parts(&config.id) {
            Some((plugin, target)) => self.open_plugin(config, plugin, target, renderer, health),
            None => self.devices.open(config, renderer, health),
        }
    }

    fn close(&self) {
        self.close_pending(true);
        self.devices.close();
    }
}

/// The plugin and the target that an id names, if it is one of a plugin's output.
fn parts(id: &OutputId) -> Option<(&str, &str)> {
    id.as_str().strip_prefix(SCHEME)?.split_once('/')
}

fn described(plugin: &str, target: Target) -> OutputInfo {
    let formats = target.formats.iter().map(|range| OutputFormats {
        channels: u16::try_from(range.channels).unwrap_or(u16::MAX),
        lowest_rate: range.lowest_rate,
        highest_rate: range.highest_rate,
        format: SampleFormat::F32,
    });
    OutputInfo {
        formats: formats.collect(),
        id: OutputId::new(format!("{SCHEME}{plugin}/{}", target.id)),
        // The same device may be there without the plugin, by the same name.
        name: format!("{} ({plugin})", target.name),
        // The default of the system is a device, and there is one.
        is_default: false,
    }
}

/// Why an output of a plugin cannot be used.
fn refused(id: &OutputId, error: &PluginError) -> OutputError {
    match error.first() {
        PluginError::NotInstalled { .. } | PluginError::Disabled { .. } => OutputError::NotFound(id.clone()),
        PluginError::Load { error, .. } => load_refused(id, error),
        error => OutputError::Device {
            id: id.clone(),
            reason: error.to_string(),
        },
    }
}

fn load_refused(id: &OutputId, error: &LoadError) -> OutputError {
    let id = id.clone();
    let LoadError::Failed { code, reason, .. } = error else {
        return OutputError::Device {
            id,
            reason: error.to_string(),
        };
    };
    match code {
        FailureCode::NotFound => OutputError::NotFound(id),
        FailureCode::Busy => OutputError::Busy(id),
        FailureCode::PermissionDenied => OutputError::PermissionDenied(id),
        FailureCode::NoUsableFormat => OutputError::NoUsableFormat(id),
        FailureCode::TimedOut => OutputError::TimedOut,
        _ => OutputError::Device {
            id,
            reason: reason.clone(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_a_plugin_and_its_target_whatever_is_in_that() {
        let id = OutputId::new("plugin:org.example.output/alsa:hw/0:1");
        assert_eq!(parts(&id), Some(("org.example.output", "alsa:hw/0:1")));
        assert_eq!(parts(&OutputId::new("alsa:default")), None);
        assert_eq!(parts(&OutputId::new("plugin:nothing")), None);
    }
}
