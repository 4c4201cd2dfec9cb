//! Plugins, what was done with them, and what becomes of them.

use super::number;
use crate::api::plugins::{
    PluginChange, PluginEvent, PluginEventKind as Kind, PluginInfo, PluginInstallation,
};
use utter::host::Error;
use utter::plugin::{Change, Installed, PluginError, PluginEvent as Event, PluginState};

impl From<PluginState> for PluginInfo {
    fn from(plugin: PluginState) -> Self {
        let (problem, hint) = plugin.problem.unzip();
        Self {
            id: plugin.id,
            name: plugin.name,
            version: plugin.version,
            licence: plugin.licence,
            digest: plugin.digest,
            is_enabled: plugin.is_enabled,
            generation: plugin.generation.map(|generation| number(generation.number())),
            instances: plugin.instances.try_into().unwrap_or(u32::MAX),
            problem,
            hint,
        }
    }
}

impl From<Installed> for PluginInstallation {
    fn from(installed: Installed) -> Self {
        let (change, previous_version) = match installed.change {
            Change::Added => (PluginChange::Added, None),
            Change::Updated { from, .. } => (PluginChange::Updated, Some(from.to_string())),
            Change::Rebuilt { .. } => (PluginChange::Rebuilt, None),
            Change::Mended => (PluginChange::Mended, None),
            // Of what may be added, this says the least that is wrong: it is there.
            _ => (PluginChange::Nothing, None),
        };
        Self {
            id: installed.plugin.manifest.id,
            version: installed.plugin.manifest.version.to_string(),
            is_enabled: installed.plugin.is_enabled,
            change,
            previous_version,
        }
    }
}

impl PluginEvent {
    /// An event with nothing in it.
    fn bare(kind: Kind, plugin: String) -> Self {
        Self {
            kind,
            plugin,
            version: None,
            generation: None,
            hangs_in: None,
        }
    }
}

/// What has become of a plugin, and why it failed; `None` for what this bridge does not know.
pub(super) fn plugin_event(event: Event) -> Option<(PluginEvent, Option<Error>)> {
    let bare = PluginEvent::bare;
    let mut failure = None;
    let event = match event {
        Event::Installed { plugin, version } => PluginEvent {
            version: Some(version),
            ..bare(Kind::Installed, plugin)
        },
        Event::Enabled { plugin } => bare(Kind::Enabled, plugin),
        Event::Disabled { plugin } => bare(Kind::Disabled, plugin),
        Event::Uninstalled { plugin } => bare(Kind::Uninstalled, plugin),
        Event::Loaded { plugin, generation } => PluginEvent {
            generation: Some(number(generation.number())),
            ..bare(Kind::Loaded, plugin)
        },
        Event::Unloaded { plugin, generation } => PluginEvent {
            generation: Some(number(generation.number())),
            ..bare(Kind::Unloaded, plugin)
        },
        Event::Hangs {
            plugin,
            generation,
            what,
        } => PluginEvent {
            generation: Some(number(generation.number())),
            hangs_in: Some(what.to_owned()),
            ..bare(Kind::Hangs, plugin)
        },
        Event::Recovered { plugin, generation } => PluginEvent {
            generation: Some(number(generation.number())),
            ..bare(Kind::Recovered, plugin)
        },
        Event::Failed { plugin, error } => {
            failure = Some(PluginError::Again(error).into());
            bare(Kind::Failed, plugin)
        }
        _ => return None,
    };
    Some((event, failure))
}
