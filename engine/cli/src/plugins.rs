//! `utter plugins`: what is installed, and changing that.
//!
//! A command is a process of its own, which has loaded nothing before and keeps nothing afterwards. So what is done here is done
//! to the catalogue; programs that run see it when they reload.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;
use utter::plugin::{Catalogue, Change, Installed, PluginError, PluginState, Plugins, Removal};

use crate::arguments::PluginsCommand;
use crate::failure::{Failure, Kind};
use crate::log::notice;
use crate::table::{show, show_json, table};
use crate::{input, pack};

/// How long plugins may take to end what they hold. Far longer than one needs whose processes answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The plugins in `folder`, or in the usual place. Loads none.
///
/// # Errors
///
/// [`PluginError::NoDirectory`] where there is no usual place.
pub fn open(folder: Option<&Path>) -> Result<Plugins, PluginError> {
    let root = match folder {
        Some(folder) => std::path::absolute(folder).map_err(|source| PluginError::Io {
            what: "find",
            path: folder.into(),
            source,
        })?,
        None => Catalogue::default_root()?,
    };
    Ok(Plugins::new(Catalogue::open(root)))
}

/// Unloads what was loaded, so that no process of a plugin outlives this one. Whether that went well; if not, the log says so.
pub fn close(plugins: &Plugins) -> bool {
    plugins.close(PATIENCE)
}

pub fn run(plugins: Result<Plugins, PluginError>, command: PluginsCommand) -> Result<ExitCode, Failure> {
    match command {
        PluginsCommand::Pack(options) => pack::run(&options)?,
        PluginsCommand::List { json } => list(&plugins?, json)?,
        PluginsCommand::Install { path, json } => install(&plugins?, &path, json)?,
        PluginsCommand::Enable { id } => {
            plugins?.enable(&id)?;
            notice(format_args!("enabled {id}"));
        }
        PluginsCommand::Disable { id } => {
            plugins?.disable(&id)?;
            notice(format_args!("disabled {id}"));
        }
        PluginsCommand::Reload { id } => reload(&plugins?, &id)?,
        PluginsCommand::Uninstall { id } => {
            notice(match plugins?.uninstall(&id)?.files {
                Removal::Removed => format!("uninstalled {id}"),
                Removal::Deferred => {
                    format!("uninstalled {id}; its files are removed when no program has them any more")
                }
            });
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A plugin, as programs read it.
#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    version: String,
    licence: String,
    capabilities: Vec<&'static str>,
    is_enabled: bool,
    sha256: String,
    problem: Option<Problem>,
}

#[derive(Serialize)]
struct Problem {
    message: String,
    hint: String,
}

impl From<PluginState> for Row {
    fn from(state: PluginState) -> Self {
        Self {
            capabilities: state
                .capabilities
                .into_iter()
                .map(|capability| capability.name())
                .collect(),
            id: state.id,
            name: state.name,
            version: state.version,
            licence: state.licence,
            is_enabled: state.is_enabled,
            sha256: state.digest,
            problem: state.problem.map(|(message, hint)| Problem { message, hint }),
        }
    }
}

impl Row {
    fn state(&self) -> &'static str {
        match (&self.problem, self.is_enabled) {
            (Some(_), _) => "damaged",
            (None, true) => "enabled",
            (None, false) => "disabled",
        }
    }
}

fn list(plugins: &Plugins, json: bool) -> Result<(), Failure> {
    let rows: Vec<Row> = plugins.list()?.into_iter().map(Row::from).collect();
    if json {
        return show_json(&rows);
    }
    if rows.is_empty() {
        let root = plugins.root().display();
        notice(format_args!(
            "no plugin is installed in {root}; `utter plugins install PATH` installs one"
        ));
        return Ok(());
    }
    let mut table = table(&["ID", "NAME", "VERSION", "STATE", "LICENCE"]);
    for row in &rows {
        table.add_row([&row.id, &row.name, &row.version, row.state(), &row.licence]);
    }
    show(table)?;
    for problem in rows.iter().filter_map(|row| row.problem.as_ref()) {
        let told = Failure::new(Kind::Failed, &problem.message, &problem.hint);
        // There is nowhere else to say that standard error cannot be written to.
        let _ = writeln!(std::io::stderr(), "{told}");
    }
    Ok(())
}

/// What an installation has done, as programs read it.
#[derive(Serialize)]
struct Report<'a> {
    id: &'a str,
    name: &'a str,
    version: String,
    change: &'static str,
    from: Option<String>,
    is_enabled: bool,
    sha256: String,
}

fn install(plugins: &Plugins, path: &Path, json: bool) -> Result<(), Failure> {
    input::exists(path)?;
    let Installed { plugin, change, .. } = plugins.install(path)?;
    let manifest = &plugin.manifest;
    let (id, version) = (&manifest.id, &manifest.version);
    let (name, done) = match &change {
        Change::Updated { from, .. } if from > version => (
            "updated",
            format!("installed {id} {version} (instead of the newer {from})"),
        ),
        Change::Updated { from, .. } => (
            "updated",
            format!("installed {id} {version} (updated from {from})"),
        ),
        Change::Rebuilt { .. } => (
            "rebuilt",
            format!("installed {id} {version} (instead of another build of it)"),
        ),
        Change::Mended => ("mended", format!("installed {id} {version} (it was damaged)")),
        Change::Nothing => ("nothing", format!("{id} {version} is installed already")),
        // And whatever else there may be one day: it is there now.
        _ => ("added", format!("installed {id} {version}")),
    };
    if json {
        return show_json(&Report {
            id,
            name: &manifest.name,
            version: version.to_string(),
            change: name,
            from: match &change {
                Change::Updated { from, .. } => Some(from.to_string()),
                _ => None,
            },
            is_enabled: plugin.is_enabled,
            sha256: manifest.digest.to_string(),
        });
    }
    notice(done);
    if !plugin.is_enabled {
        notice(format_args!(
            "it is disabled; `utter plugins enable {id}` has it used"
        ));
    }
    Ok(())
}

/// Loads a plugin and unloads it again.
fn reload(plugins: &Plugins, id: &str) -> Result<(), Failure> {
    let generation = plugins.reload(id)?;
    let of_it = |state: &PluginState| state.id == id;
    let version = plugins.list()?.into_iter().find(of_it).map(|state| state.version);
    if !close(plugins) {
        return Err(Failure::new(
            Kind::Failed,
            format_args!("the plugin {id} starts, and does not end"),
            "tell the maker of the plugin; another version may work",
        ));
    }
    let version = version.unwrap_or_default();
    notice(format_args!(
        "{id} {version} starts: generation {generation} was loaded, and unloaded again"
    ));
    Ok(())
}
