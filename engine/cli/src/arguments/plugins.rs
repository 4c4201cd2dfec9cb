//! What `plugins` understands.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};
use utter::plugin::TARGET;

#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  utter plugins install utter-asio.zip
  utter plugins list
  utter outputs                                    those of plugins are among them
  utter say --output plugin:org.utter.asio/alsa:default \"Hello.\"

A plugin is a library that is loaded into this program, and may do whatever it may: install those that you trust. Nothing
of it is run when it is installed. It is loaded when outputs are listed, or one is chosen by a name.")]
pub enum PluginsCommand {
    /// List the plugins that are installed
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Install a plugin, or another version of it
    ///
    /// One that is disabled stays so. Programs that use the plugin go on with what they have loaded until they reload it or
    /// are started again.
    Install {
        /// A directory or a zip archive with a plugin.json at its top
        #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
        path: PathBuf,
        /// As JSON: what was installed, and what that changed
        #[arg(long)]
        json: bool,
    },
    /// Have a plugin be used
    Enable {
        /// The plugin (`utter plugins list` shows the ids)
        id: String,
    },
    /// Have a plugin not be used, and keep it
    Disable {
        /// The plugin (`utter plugins list` shows the ids)
        id: String,
    },
    /// Load a plugin, to see that it starts, and unload it
    ///
    /// That is all that a command can do, which ends thereafter. Other programs that run keep what they have loaded; each of
    /// them takes what is installed when it reloads the plugin by itself, or is started again.
    Reload {
        /// The plugin (`utter plugins list` shows the ids)
        id: String,
    },
    /// Remove a plugin
    Uninstall {
        /// The plugin (`utter plugins list` shows the ids)
        id: String,
    },
    /// Make a plugin of a directory: write its plugin.json, and an archive of it
    Pack(Box<PackOptions>),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  utter plugins pack build --id org.example.output --name \"My output\" --version 0.1.0 --licence MIT \\
      --library libmy_output.so --program bin/my-driver --file LICENSE --zip my-output.zip

Paths of files are those in the directory, with `/`. Of the directory only these files are packed. To have libraries for several
targets in one plugin, call it for each of them with --add after the first.")]
pub struct PackOptions {
    /// The directory, in which plugin.json is written
    #[arg(value_name = "DIRECTORY", value_hint = ValueHint::DirPath)]
    pub directory: PathBuf,

    /// Who it is, by a domain that you have: `org.example.output`
    #[arg(long)]
    pub id: String,

    /// What people call it
    #[arg(long)]
    pub name: String,

    /// Its version, by semantic versioning
    #[arg(long, value_parser = version)]
    pub version: semver::Version,

    /// Its licence, by preference an SPDX expression: `MIT OR Apache-2.0`
    #[arg(long)]
    pub licence: String,

    /// The library that is loaded
    #[arg(long, value_name = "PATH")]
    pub library: String,

    /// A program that the library starts (more than once for more of them)
    #[arg(long = "program", value_name = "PATH")]
    pub programs: Vec<String>,

    /// A file that belongs to it, licences for instance (more than once for more of them)
    #[arg(long = "file", value_name = "PATH")]
    pub files: Vec<String>,

    /// What the library is compiled for
    #[arg(long, value_name = "TRIPLE", default_value = TARGET)]
    pub target: String,

    /// Keep the other targets that plugin.json has
    #[arg(long)]
    pub add: bool,

    /// Write this archive, too
    #[arg(long, value_name = "FILE.zip", value_hint = ValueHint::FilePath)]
    pub zip: Option<PathBuf>,
}

fn version(text: &str) -> Result<semver::Version, String> {
    text.parse()
        .map_err(|error| format!("{error}; a version is three numbers, as in 0.1.0"))
}
