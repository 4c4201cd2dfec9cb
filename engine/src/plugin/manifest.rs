//! `plugin.json`: what a package is, and the files that it consists of, each with its size and hash.
//!
//! Everything that is trusted later is checked here, once: ids, versions, paths, sizes. A field that is not known is passed
//! over, so that newer packages can say more; what an older engine must not pass over raises [`FORMAT`]. A capability
//! that is not known is an error, since a plugin without it would do nothing.

use std::collections::BTreeMap;
use std::fmt;

use semver::Version;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Deserialize as DeserializeDerive, Serialize};

use super::digest::Digest;
use super::error::PluginError;
use super::names::{self, MANIFEST};

/// The format of `plugin.json` that this engine reads.
pub const FORMAT: u32 = 1;
/// The version of the interface between engine and plugins that this engine has.
pub const ABI: u32 = 1;
/// The triple that this engine was compiled for, by which a package names its libraries.
pub const TARGET: &str = env!("UTTER_TARGET");

/// Largest `plugin.json`, in bytes.
pub const LARGEST_MANIFEST: usize = 64 * 1024;
/// Largest file of a package, in bytes.
pub const LARGEST_FILE: u64 = 256 << 20;
/// Most bytes that the files for one target may have together.
pub const LARGEST_PACKAGE: u64 = 512 << 20;
/// Most targets of a package.
pub const MOST_TARGETS: usize = 32;
/// Most files for one target, its library among them.
pub const MOST_FILES: usize = 256;
/// Longest text of name, version and licence, in bytes.
const LONGEST_TEXT: usize = 128;
/// Longest version, which is a part of a directory's name, in bytes.
const LONGEST_VERSION: usize = 48;

/// A `plugin.json` that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Who it is: `org.utter.asio`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its version, by semantic versioning.
    pub version: Version,
    /// The version of the interface that its library speaks.
    pub abi: u32,
    /// Its licence, by preference an SPDX expression. Shown, not judged.
    pub licence: String,
    /// What it can be. At least one.
    pub capabilities: Vec<Capability>,
    /// Its files for each kind of machine, by target triple.
    pub targets: BTreeMap<String, TargetFiles>,
    /// The digest of the file's bytes. Since it has the hashes of all files, it identifies the package.
    pub digest: Digest,
}

/// What a plugin can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// Outputs to play through.
    Output,
}

/// The files for one kind of machine.
#[derive(Debug, Clone, PartialEq, Eq, DeserializeDerive, Serialize)]
pub struct TargetFiles {
    /// The library that is loaded.
    pub library: PackageFile,
    /// What it needs beside it: a program above all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<PackageFile>,
}

/// A file of a package.
#[derive(Debug, Clone, PartialEq, Eq, DeserializeDerive, Serialize)]
pub struct PackageFile {
    /// Where it lies in the package, with `/`.
    pub path: String,
    /// Its hash.
    pub sha256: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// Whether it is a program.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub executable: bool,
}

impl Manifest {
    /// Reads and checks the bytes of a `plugin.json`. That the engine can use it is another question:
    /// [`Manifest::check_usable`].
    ///
    /// # Errors
    /// [`PluginError::Manifest`] with the field, [`PluginError::Format`], [`PluginError::Capability`].
    pub fn parse(json: &[u8]) -> Result<Self, PluginError> {
        if json.len() > LARGEST_MANIFEST {
            let why = format!("it has more than {LARGEST_MANIFEST} bytes");
            return Err(PluginError::manifest("the file", why));
        }
        let whole = |error: serde_json::Error| PluginError::manifest("the file", error.to_string());
        // The format first: of another one, nothing else need be as it is here.
        let Head { format } = serde_json::from_slice(json).map_err(whole)?;
        if format != FORMAT {
            return Err(PluginError::Format { found: format });
        }
        let body: Body = serde_json::from_slice(json).map_err(whole)?;
        names::check_id(&body.id).map_err(|why| PluginError::manifest("id", why))?;
        let manifest = Self {
            version: version(&body.version)?,
            capabilities: capabilities(&body.capabilities)?,
            id: body.id,
            name: body.name,
            abi: body.abi,
            licence: body.licence,
            targets: body.targets.0,
            digest: Digest::of(json),
        };
        check_text("name", &manifest.name)?;
        check_text("licence", &manifest.licence)?;
        manifest.check_targets()?;
        Ok(manifest)
    }

    /// Checks that this engine speaks its interface and that it has a library for this kind of machine.
    ///
    /// # Errors
    /// [`PluginError::Abi`], [`PluginError::Target`].
    pub fn check_usable(&self) -> Result<(), PluginError> {
        if self.abi != ABI {
            return Err(PluginError::Abi { found: self.abi });
        }
        self.here().map(|_| ())
    }

    /// The files for this kind of machine.
    ///
    /// # Errors
    /// [`PluginError::Target`] when there are none.
    pub fn here(&self) -> Result<&TargetFiles, PluginError> {
        self.targets.get(TARGET).ok_or_else(|| PluginError::Target {
            wanted: TARGET.into(),
            available: self.targets.keys().cloned().collect(),
        })
    }

    /// The name of the directory that holds this package, and no other.
    pub(super) fn directory_name(&self) -> String {
        format!("{}-{}-{}", self.id, self.version, self.digest.short())
    }

    fn check_targets(&self) -> Result<(), PluginError> {
        if self.targets.is_empty() || self.targets.len() > MOST_TARGETS {
            let why = format!(
                "it has {} targets; 1 to {MOST_TARGETS} are taken",
                self.targets.len()
            );
            return Err(PluginError::manifest("targets", why));
        }
        for (triple, files) in &self.targets {
            let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            if triple.is_empty() || triple.len() > LONGEST_TEXT || !triple.bytes().all(is_allowed) {
                return Err(PluginError::manifest(
                    "targets",
                    format!("{triple:?} is no triple"),
                ));
            }
            files.check(&format!("targets.{triple}"))?;
        }
        Ok(())
    }
}

impl TargetFiles {
    /// The library, and what it needs beside it.
    pub fn all(&self) -> impl Iterator<Item = &PackageFile> {
        std::iter::once(&self.library).chain(&self.files)
    }

    /// Checks paths and sizes. `at` is where this stands in the manifest.
    fn check(&self, at: &str) -> Result<(), PluginError> {
        if self.files.len() >= MOST_FILES {
            let why = format!("there are more than {MOST_FILES} files");
            return Err(PluginError::manifest(format!("{at}.files"), why));
        }
        let mut places = names::Places::default();
        // Every package has it, and it does not list itself.
        places
            .enter_file(MANIFEST)
            .map_err(|why| PluginError::manifest(at, why))?;
        let mut total = 0;
        for (index, file) in self.all().enumerate() {
            let at = match index {
                0 => format!("{at}.library"),
                _ => format!("{at}.files[{}]", index - 1),
            };
            let refuse = |field: &str, why: String| PluginError::manifest(format!("{at}.{field}"), why);
            places
                .enter_file(&file.path)
                .map_err(|why| refuse("path", format!("{:?}: {why}", file.path)))?;
            total += file.size.min(LARGEST_FILE);
            if file.size > LARGEST_FILE || total > LARGEST_PACKAGE {
                let why = format!("a file may have {LARGEST_FILE} bytes, all of them {LARGEST_PACKAGE}");
                return Err(refuse("size", why));
            }
        }
        Ok(())
    }
}

impl Capability {
    /// Its name in `plugin.json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Output => "output",
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What every format has.
#[derive(DeserializeDerive)]
struct Head {
    format: u32,
}

/// What this format has, as far as serde checks it.
#[derive(DeserializeDerive)]
struct Body {
    id: String,
    name: String,
    version: String,
    abi: u32,
    licence: String,
    capabilities: Vec<String>,
    targets: Targets,
}

/// A map whose keys differ: of two equal ones serde would keep the last, and another reader the first.
struct Targets(BTreeMap<String, TargetFiles>);

impl<'de> Deserialize<'de> for Targets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Targets;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("files by target triple")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Targets, A::Error> {
                let mut targets = BTreeMap::new();
                while let Some((triple, files)) = map.next_entry::<String, TargetFiles>()? {
                    if targets.insert(triple.clone(), files).is_some() {
                        let error = format!("the target {triple:?} is there twice");
                        return Err(serde::de::Error::custom(error));
                    }
                }
                Ok(Targets(targets))
            }
        }

        deserializer.deserialize_map(Entries)
    }
}

fn version(text: &str) -> Result<Version, PluginError> {
    if text.len() > LONGEST_VERSION {
        let why = format!("it is longer than {LONGEST_VERSION} bytes");
        return Err(PluginError::manifest("version", why));
    }
    Version::parse(text).map_err(|error| PluginError::manifest("version", format!("{text:?}: {error}")))
}

fn capabilities(names: &[String]) -> Result<Vec<Capability>, PluginError> {
    let mut known = Vec::new();
    for name in names {
        let capability = match name.as_str() {
            "output" => Capability::Output,
            _ => return Err(PluginError::Capability { name: name.clone() }),
        };
        if known.contains(&capability) {
            return Err(PluginError::manifest(
                "capabilities",
                format!("{name:?} is there twice"),
            ));
        }
        known.push(capability);
    }
    if known.is_empty() {
        return Err(PluginError::manifest("capabilities", "it has none"));
    }
    Ok(known)
}

/// A text that is shown to people: not empty, not long, on one line.
fn check_text(field: &str, text: &str) -> Result<(), PluginError> {
    if text.trim().is_empty() || text.len() > LONGEST_TEXT || text.chars().any(char::is_control) {
        let why = format!("it needs 1 to {LONGEST_TEXT} bytes of text on one line");
        return Err(PluginError::manifest(field, why));
    }
    Ok(())
}
