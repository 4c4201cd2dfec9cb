//! `utter plugins pack`: a package of a directory, for those who make plugins.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use utter::plugin::{ABI, Capability, Description, Manifest, TargetDescription, pack, pack_archive};

use crate::arguments::PackOptions;
use crate::failure::{Failure, Kind};
use crate::input;
use crate::log::notice;

/// The manifest's name in the directory.
const MANIFEST: &str = "plugin.json";

pub fn run(options: &PackOptions) -> Result<(), Failure> {
    let directory = &options.directory;
    input::exists(directory)?;
    let mut targets = match options.add {
        true => targets_before(directory, options)?,
        false => BTreeMap::new(),
    };
    targets.insert(
        options.target.clone(),
        TargetDescription {
            library: options.library.clone(),
            programs: options.programs.clone(),
            files: options.files.clone(),
        },
    );
    let manifest = pack(
        directory,
        &Description {
            id: options.id.clone(),
            name: options.name.clone(),
            version: options.version.clone(),
            abi: ABI,
            licence: options.licence.clone(),
            // There is no other kind yet.
            capabilities: vec![Capability::Output],
            targets,
        },
    )?;
    let triples: Vec<&str> = manifest.targets.keys().map(String::as_str).collect();
    notice(format_args!(
        "wrote {}: {} {} for {}",
        directory.join(MANIFEST).display(),
        manifest.id,
        manifest.version,
        triples.join(", ")
    ));
    if let Some(archive) = &options.zip {
        pack_archive(directory, archive)?;
        notice(format_args!("wrote {}", archive.display()));
    }
    Ok(())
}

/// The targets that the directory's manifest has, if there is one. It must be of the same plugin.
fn targets_before(
    directory: &Path,
    options: &PackOptions,
) -> Result<BTreeMap<String, TargetDescription>, Failure> {
    let path = directory.join(MANIFEST);
    let json = match fs::read(&path) {
        Ok(json) => json,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => {
            return Err(Failure::new(
                Kind::Failed,
                format_args!("{}: {error}", path.display()),
                "give yourself the right to it, or leave out --add",
            ));
        }
    };
    let before = Manifest::parse(&json)?;
    if (&before.id, &before.version) != (&options.id, &options.version) {
        return Err(Failure::new(
            Kind::Usage,
            format_args!("{} is of {} {}", path.display(), before.id, before.version),
            "give the same --id and --version, or leave out --add",
        ));
    }
    let described = before.targets.into_iter().map(|(triple, target)| {
        let (programs, files) = target
            .files
            .into_iter()
            .partition::<Vec<_>, _>(|file| file.executable);
        let paths =
            |files: Vec<utter::plugin::PackageFile>| files.into_iter().map(|file| file.path).collect();
        let target = TargetDescription {
            library: target.library.path,
            programs: paths(programs),
            files: paths(files),
        };
        (triple, target)
    });
    Ok(described.collect())
}
