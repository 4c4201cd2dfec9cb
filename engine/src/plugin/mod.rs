//! Plugins: which are installed, and where their files are.
//!
//! A plugin is a library behind a C interface, with what it needs beside it. It comes as a *package*, a directory or a zip
//! archive with a [`Manifest`] at its top (`plugin.json`), in which every file stands with its size and hash. The
//! [`Catalogue`] takes packages in, checked to the last byte, and says which there are; processes load from a [`Shadow`], a copy
//! of their own.
//!
//! ```no_run
//! use std::path::Path;
//! use utter::plugin::Catalogue;
//!
//! # fn main() -> Result<(), utter::plugin::PluginError> {
//! let catalogue = Catalogue::open(Catalogue::default_root()?);
//! let installed = catalogue.install(Path::new("utter-asio-0.1.0.zip"))?;
//! println!("{} {}: {:?}", installed.plugin.manifest.name, installed.plugin.manifest.version, installed.change);
//! for listed in catalogue.list()? {
//!     match listed.plugin {
//!         Ok(plugin) => println!("{} {}", listed.id, if plugin.is_enabled { "enabled" } else { "disabled" }),
//!         Err(error) => println!("{}: {error}. {}", listed.id, error.hint()),
//!     }
//! }
//! let shadow = catalogue.shadow(&installed.plugin.manifest.id)?;
//! println!("to be loaded: {}", shadow.library().display());
//! shadow.remove()?;
//! # Ok(())
//! # }
//! ```
//!
//! What it promises:
//!
//! - **All or nothing.** Killed at any point, an installation has happened or it has not, and the next sweep removes what it left.
//! - **Nothing outside.** Of a package nothing is written but the listed files, into directories of the catalogue's own; no link
//!   is followed, and nothing is executed.
//! - **What is loaded is what was listed.** Each copy is checked by the hashes as it is made.
//! - **One order.** Changes happen one after the other, also from several processes, and each has a number; the state is what the
//!   change with the highest number asked for.
//!
//! It does not defend against a plugin that wants to do harm: a library, once loaded, can do whatever the process can. Hashes
//! show that files are those of the package, and nothing shows who made that.

mod archive;
mod catalogue;
mod deadline;
mod digest;
mod disk;
mod error;
mod generation;
mod hosting;
mod install;
mod instance;
pub mod invariants;
mod library;
mod load_error;
mod lock;
mod manifest;
mod names;
mod origin;
mod outlook;
mod outputs;
mod own_directory;
mod pack;
mod package;
mod plugins;
mod registered;
mod registration;
mod shadow;
mod sweep;
#[cfg(test)]
mod tests;

pub use catalogue::{Catalogue, PLUGINS_VARIABLE};
pub use digest::{Digest, NotADigest};
pub use error::{Fault, PluginError};
pub use generation::{Generation, GenerationId, GenerationPhase};
pub use instance::{InstanceTicket, PluginOutput};
pub use load_error::LoadError;
pub use manifest::{
    ABI, Capability, FORMAT, LARGEST_FILE, LARGEST_MANIFEST, LARGEST_PACKAGE, MOST_FILES, MOST_TARGETS,
    Manifest, PackageFile, TARGET, TargetFiles,
};
pub use outlook::{PluginEvent, PluginState};
pub use pack::{Description, TargetDescription, pack, pack_archive};
pub use plugins::Plugins;
pub use registered::{Change, Installed, Listed, Registered, Removal, Uninstalled};
pub use shadow::Shadow;
pub use sweep::Swept;
pub use utter_plugin::{FailureCode, Format, Holdings, OutputState, Request, Status, Target};
