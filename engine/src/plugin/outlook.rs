//! What is told of plugins: how each is doing, and what happens to them.

use super::error::PluginError;
use super::generation::{Generation, GenerationId};
use super::manifest::Capability;
use super::registered::Listed;
use std::sync::Arc;

/// How a plugin is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginState {
    /// Its id.
    pub id: String,
    /// Its name, for people; the id, if it is damaged.
    pub name: String,
    /// Its version; empty, if it is damaged.
    pub version: String,
    /// Its licence, as it says.
    pub licence: String,
    /// What it can be.
    pub capabilities: Vec<Capability>,
    /// The SHA-256 of its `plugin.json`, which has those of its files.
    pub digest: String,
    /// Whether it is to be used.
    pub is_enabled: bool,
    /// The generation that is loaded here, if one is.
    pub generation: Option<GenerationId>,
    /// Outputs of it that are in use here.
    pub instances: usize,
    /// Why it cannot be used, if that is so, and what can be done.
    pub problem: Option<(String, String)>,
}

impl PluginState {
    pub(super) fn new(listed: Listed, generation: Option<&Generation>, failed: Option<&PluginError>) -> Self {
        let problem = |error: &PluginError| (error.to_string(), error.hint());
        let mut state = Self {
            name: listed.id.clone(),
            id: listed.id,
            version: String::new(),
            licence: String::new(),
            capabilities: Vec::new(),
            digest: String::new(),
            is_enabled: false,
            generation: generation.map(|generation| generation.id),
            instances: generation.map_or(0, |generation| generation.instances().0),
            problem: failed.map(problem),
        };
        match listed.plugin {
            Ok(plugin) => {
                state.name = plugin.manifest.name;
                state.version = plugin.manifest.version.to_string();
                state.licence = plugin.manifest.licence;
                state.capabilities = plugin.manifest.capabilities;
                state.digest = plugin.manifest.digest.to_string();
                state.is_enabled = plugin.is_enabled;
            }
            Err(error) => state.problem = Some(problem(&error)),
        }
        state
    }
}

/// What happens to a plugin.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum PluginEvent {
    /// It was installed, or replaced.
    Installed {
        /// Its id.
        plugin: String,
        /// Its version.
        version: String,
    },
    /// It is used from now on.
    Enabled {
        /// Its id.
        plugin: String,
    },
    /// It is not used any more.
    Disabled {
        /// Its id.
        plugin: String,
    },
    /// It was removed.
    Uninstalled {
        /// Its id.
        plugin: String,
    },
    /// A generation of it was loaded, and is active.
    Loaded {
        /// Its id.
        plugin: String,
        /// The generation.
        generation: GenerationId,
    },
    /// A generation of it is gone.
    Unloaded {
        /// Its id.
        plugin: String,
        /// The generation.
        generation: GenerationId,
    },
    /// An instance of it hangs, and was left behind.
    Hangs {
        /// Its id.
        plugin: String,
        /// The generation.
        generation: GenerationId,
        /// In what.
        what: &'static str,
    },
    /// An instance that hung has come back, and is closed.
    Recovered {
        /// Its id.
        plugin: String,
        /// The generation.
        generation: GenerationId,
    },
    /// It could not be loaded, or unloaded.
    Failed {
        /// Its id.
        plugin: String,
        /// Why.
        error: Arc<PluginError>,
    },
}
