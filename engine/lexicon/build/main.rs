//! Packs misaki's dictionaries, spaCy's tables and the tagger's weights into the files that `src/` includes.
//!
//! Everything comes from the crate `misaki-rs`. Its tables are public; the weights are not, so they are read from the
//! sources that Cargo has built it from, wherever those are (a registry's cache, a vendored directory): `cargo metadata`
//! says where.

mod dictionary;
mod names;
mod tagger;

#[path = "../src/alphabet.rs"]
mod alphabet;
#[path = "../src/hash.rs"]
mod hash;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use fst::MapBuilder;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=src");
    let output = PathBuf::from(env::var_os("OUT_DIR").ok_or("no OUT_DIR")?);
    dictionary::pack(&output)?;
    names::pack(&output)?;
    tagger::pack(&sources_of("misaki-rs")?.join("data"), &output)
}

/// Where the sources of a package are that this one depends on.
fn sources_of(package: &str) -> Result<PathBuf> {
    let cargo = env::var_os("CARGO").ok_or("no CARGO")?;
    let manifest =
        Path::new(&env::var_os("CARGO_MANIFEST_DIR").ok_or("no CARGO_MANIFEST_DIR")?).join("Cargo.toml");
    // What was never needed on this platform was perhaps never downloaded.
    let platform = env::var("HOST")?;
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--format-version=1",
            "--locked",
            "--filter-platform",
            &platform,
            "--manifest-path",
        ])
        .arg(manifest)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().ok_or("no packages")?;
    let found = packages.iter().find(|found| found["name"] == package);
    let manifest = found.and_then(|found| found["manifest_path"].as_str());
    let manifest = Path::new(manifest.ok_or_else(|| format!("{package} is no dependency"))?);
    Ok(manifest
        .parent()
        .ok_or("a manifest without a directory")?
        .to_path_buf())
}

/// Writes a map of sorted keys.
fn write_map<'a>(file: &Path, entries: impl IntoIterator<Item = (&'a str, u64)>) -> Result<()> {
    let mut map = MapBuilder::memory();
    for (key, value) in entries {
        map.insert(key, value)?;
    }
    Ok(fs::write(file, map.into_inner()?)?)
}
