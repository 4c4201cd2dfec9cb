//! For those who make plugins: writing `plugin.json` for a directory, and packing that as a zip archive.
//!
//! What is written here is read back by the rules for everybody's packages before it counts as written.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use semver::Version;
use serde::Serialize;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::error::PluginError;
use super::manifest::{Capability, FORMAT, Manifest, PackageFile, TargetFiles};
use super::names::MANIFEST;
use super::origin::Directory;
use super::package;

/// What the author of a plugin says of it.
#[derive(Debug, Clone)]
pub struct Description {
    /// Who it is: `org.example.output`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// The version of the interface that its libraries speak.
    pub abi: u32,
    /// Its licence, by preference an SPDX expression.
    pub licence: String,
    /// What it can be.
    pub capabilities: Vec<Capability>,
    /// Its files for each kind of machine, by target triple.
    pub targets: BTreeMap<String, TargetDescription>,
}

/// The files of a plugin for one kind of machine, by their paths in the directory, with `/`.
#[derive(Debug, Clone)]
pub struct TargetDescription {
    /// The library.
    pub library: String,
    /// Programs that the library starts.
    pub programs: Vec<String>,
    /// Whatever else it needs.
    pub files: Vec<String>,
}

/// What `plugin.json` consists of, in the order in which people read it.
#[derive(Serialize)]
struct Written<'a> {
    format: u32,
    id: &'a str,
    name: &'a str,
    version: &'a Version,
    abi: u32,
    licence: &'a str,
    capabilities: Vec<&'static str>,
    targets: BTreeMap<&'a str, TargetFiles>,
}

/// Writes `plugin.json` into a directory that has the files of a plugin, with their sizes and hashes.
///
/// # Errors
/// [`PluginError::File`] for one that is missing, or no regular file; [`PluginError::Manifest`] when the description is
/// not one that can be installed; [`PluginError::Io`].
pub fn pack(directory: &Path, description: &Description) -> Result<Manifest, PluginError> {
    let mut targets = BTreeMap::new();
    for (triple, target) in &description.targets {
        let programs = target.programs.iter().map(|path| measure(directory, path, true));
        let files = target.files.iter().map(|path| measure(directory, path, false));
        let files = TargetFiles {
            library: measure(directory, &target.library, false)?,
            files: programs.chain(files).collect::<Result<_, _>>()?,
        };
        targets.insert(triple.as_str(), files);
    }
    let written = Written {
        format: FORMAT,
        id: &description.id,
        name: &description.name,
        version: &description.version,
        abi: description.abi,
        licence: &description.licence,
        capabilities: description
            .capabilities
            .iter()
            .map(|capability| capability.name())
            .collect(),
        targets,
    };
    let refuse = |error: serde_json::Error| PluginError::manifest("the file", error.to_string());
    let mut json = serde_json::to_vec_pretty(&written).map_err(refuse)?;
    json.push(b'\n');
    let manifest = Manifest::parse(&json)?;
    let path = directory.join(MANIFEST);
    fs::write(&path, json).map_err(PluginError::io("write", &path))?;
    Ok(manifest)
}

/// Packs a directory that has a `plugin.json` as the zip archive `to`: the files that it lists, for all targets. The same
/// files make the same archive.
///
/// # Errors
/// As [`pack`]; [`PluginError::Archive`].
pub fn pack_archive(directory: &Path, to: &Path) -> Result<Manifest, PluginError> {
    let path = directory.join(MANIFEST);
    let json = fs::read(&path).map_err(PluginError::io("read", &path))?;
    let manifest = Manifest::parse(&json)?;
    let output = File::create(to).map_err(PluginError::io("write", to))?;
    let mut archive = ZipWriter::new(io::BufWriter::new(output));
    let options = |is_executable| {
        SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .unix_permissions(if is_executable { 0o755 } else { 0o644 })
    };
    archive
        .start_file(MANIFEST, options(false))
        .map_err(PluginError::archive)?;
    archive.write_all(&json).map_err(PluginError::io("write", to))?;
    // A file that several targets share is packed once.
    let files: BTreeMap<&str, &PackageFile> = manifest
        .targets
        .values()
        .flat_map(TargetFiles::all)
        .map(|file| (file.path.as_str(), file))
        .collect();
    for (name, file) in files {
        let (mut input, _) = Directory::new(directory).open_file(name)?;
        archive
            .start_file(name, options(file.executable))
            .map_err(PluginError::archive)?;
        io::copy(&mut input, &mut archive).map_err(PluginError::io("write", to))?;
    }
    let output = archive.finish().map_err(PluginError::archive)?;
    output
        .into_inner()
        .map_err(|error| PluginError::io("write", to)(error.into_error()))?;
    Ok(manifest)
}

/// What the manifest says of a file.
fn measure(directory: &Path, path: &str, executable: bool) -> Result<PackageFile, PluginError> {
    super::names::check_path(path).map_err(|why| PluginError::manifest(path, why))?;
    let (mut file, metadata) = Directory::new(directory).open_file(path)?;
    Ok(PackageFile {
        path: path.into(),
        sha256: package::hash(&mut file).map_err(PluginError::io("read", &directory.join(path)))?,
        size: metadata.len(),
        executable,
    })
}
