//! The plugins: which are installed, how each is doing, and what changes that. What becomes of them is told in the runtime's
//! events. Everything here may take its time: files are checked, and another process may be changing the plugins.

use super::error::BridgeError;
use crate::convert::number;
use crate::guard::blocking;
use utter::host::{Error, RuntimeHost};
use utter::plugin::{PluginError, Plugins, Removal};

/// A plugin, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginInfo {
    /// Its id.
    pub id: String,
    /// Its name, for people; the id, if it is damaged.
    pub name: String,
    /// Its version; empty, if it is damaged.
    pub version: String,
    /// Its licence, as it says.
    pub licence: String,
    /// The SHA-256 of its `plugin.json`, which has those of its files.
    pub digest: String,
    /// Whether it is to be used.
    pub is_enabled: bool,
    /// The generation that is loaded in this process, if one is.
    pub generation: Option<i64>,
    /// Outputs of it that are in use in this process.
    pub instances: u32,
    /// Why it cannot be used, if that is so.
    pub problem: Option<String>,
    /// What can be done about that.
    pub hint: Option<String>,
}

/// How an installation has changed a plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PluginChange {
    /// It was not there. It is enabled.
    Added,
    /// It was there in another version, and is enabled if that was.
    Updated,
    /// It was there in the same version with other files, and is enabled if that was.
    Rebuilt,
    /// It was there, but its files were not whole any more.
    Mended,
    /// It was there.
    Nothing,
}

/// What an installation has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginInstallation {
    /// The plugin's id.
    pub id: String,
    /// Its version now.
    pub version: String,
    /// Whether it is to be used.
    pub is_enabled: bool,
    /// What that changed.
    pub change: PluginChange,
    /// The version before, if that was another.
    pub previous_version: Option<String>,
}

/// What happens to a plugin. Each says which fields of [`PluginEvent`] it has, beside the plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PluginEventKind {
    /// It was installed, or replaced: `version`.
    Installed,
    /// It is used from now on.
    Enabled,
    /// It is not used any more.
    Disabled,
    /// It was removed.
    Uninstalled,
    /// A generation of it was loaded, and is active: `generation`.
    Loaded,
    /// A generation of it is gone: `generation`.
    Unloaded,
    /// An instance of it hangs, and was left behind: `generation`, `hangs_in`.
    Hangs,
    /// An instance that hung has come back, and is closed: `generation`.
    Recovered,
    /// It could not be loaded, or unloaded. Why is the `error` of the runtime's event.
    Failed,
}

/// Something that has become of a plugin. What its kind does not name is null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginEvent {
    /// What it is.
    pub kind: PluginEventKind,
    /// The plugin's id.
    pub plugin: String,
    /// Its version.
    pub version: Option<String>,
    /// The number of a generation: of one binary of it that was loaded.
    pub generation: Option<i64>,
    /// The call that does not return.
    pub hangs_in: Option<String>,
}

/// Does something with the plugins, on a thread that may wait.
async fn with_plugins<T: Send + 'static>(
    call: impl FnOnce(&Plugins) -> Result<T, PluginError> + Send + 'static,
) -> Result<T, BridgeError> {
    blocking(move || {
        let plugins = RuntimeHost::current()?.plugins()?;
        Ok(call(&plugins).map_err(Error::from)?)
    })
    .await
}

/// The plugins that are installed. None is loaded for that.
///
/// # Errors
///
/// `Plugin` if their directory cannot be read, or the system has none for them.
pub async fn runtime_plugins() -> Result<Vec<PluginInfo>, BridgeError> {
    let listed = with_plugins(Plugins::list).await?;
    Ok(listed.into_iter().map(Into::into).collect())
}

/// Installs a plugin from a directory or a zip archive with a `plugin.json` at its top, over the one of the same id. One that
/// was loaded gives way to the new one at once, while it plays too.
///
/// # Errors
///
/// `Plugin` with what is wrong with the package, or if another process has been changing the plugins for too long; then nothing
/// has changed.
pub async fn runtime_install_plugin(path: String) -> Result<PluginInstallation, BridgeError> {
    let installed = with_plugins(move |plugins| plugins.install(path.as_ref())).await?;
    Ok(installed.into())
}

/// Has a plugin be used.
///
/// # Errors
///
/// `Plugin` if it is not installed, or cannot be changed.
pub async fn runtime_enable_plugin(id: String) -> Result<(), BridgeError> {
    with_plugins(move |plugins| plugins.enable(&id).map(drop)).await
}

/// Has a plugin not be used. What plays through it is moved to another output.
///
/// # Errors
///
/// As for [`runtime_enable_plugin`].
pub async fn runtime_disable_plugin(id: String) -> Result<(), BridgeError> {
    with_plugins(move |plugins| plugins.disable(&id).map(drop)).await
}

/// Loads a plugin anew, and gives the number of its generation. The old one is unloaded when nothing of it is in use any more.
///
/// # Errors
///
/// `Plugin` if it is not installed, not enabled, or cannot be loaded; then the old one goes on.
pub async fn runtime_reload_plugin(id: String) -> Result<i64, BridgeError> {
    let generation = with_plugins(move |plugins| plugins.reload(&id)).await?;
    Ok(number(generation.number()))
}

/// Removes a plugin, and says whether its files are gone. Those that somebody holds are removed when nobody does. What plays
/// through it is moved to another output.
///
/// # Errors
///
/// `Plugin` if it is not installed, or cannot be changed.
pub async fn runtime_uninstall_plugin(id: String) -> Result<bool, BridgeError> {
    let uninstalled = with_plugins(move |plugins| plugins.uninstall(&id)).await?;
    Ok(uninstalled.files == Removal::Removed)
}
