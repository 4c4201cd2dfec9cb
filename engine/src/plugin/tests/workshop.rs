//! Where tests make packages, and what they look at afterwards.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::plugin::{ABI, Capability, Catalogue, Description, TARGET, TargetDescription, pack, pack_archive};

pub(super) const ID: &str = "org.example.output";
pub(super) const LIBRARY: &str = "lib/liboutput.so";
pub(super) const PROGRAM: &str = "bin/output-host";

/// A directory with a catalogue and with packages to install.
pub(super) struct Workshop {
    directory: TempDir,
}

impl Workshop {
    pub(super) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self { directory }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Opened anew each time, as by another process.
    pub(super) fn catalogue(&self) -> Catalogue {
        Catalogue::open(self.path("plugins"))
    }

    /// A directory with the package of a version, whose library has this content.
    pub(super) fn package(&self, version: &str, library: &[u8]) -> PathBuf {
        self.package_of(ID, version, library)
    }

    pub(super) fn package_of(&self, id: &str, version: &str, library: &[u8]) -> PathBuf {
        let content = crate::plugin::Digest::of(library).short();
        let directory = self.path(&format!("{id}-{version}-{content}"));
        for (path, content) in [
            (LIBRARY, library),
            (PROGRAM, b"a program"),
            ("README", b"not listed"),
        ] {
            let path = directory.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        pack(&directory, &description(id, version)).unwrap();
        directory
    }

    /// The same as a zip archive.
    pub(super) fn archive(&self, version: &str, library: &[u8]) -> PathBuf {
        let directory = self.package(version, library);
        let archive = directory.with_extension("zip");
        pack_archive(&directory, &archive).unwrap();
        archive
    }

    /// What lies in the catalogue's directory, by path, without the lock and the serial, which stay.
    pub(super) fn files(&self) -> Vec<String> {
        let root = self.path("plugins");
        let mut files = Vec::new();
        collect(&root, &root, &mut files);
        files.retain(|file| file != ".lock" && file != ".serial");
        files.sort_unstable();
        files
    }
}

pub(super) fn description(id: &str, version: &str) -> Description {
    let target = TargetDescription {
        library: LIBRARY.into(),
        programs: vec![PROGRAM.into()],
        files: Vec::new(),
    };
    Description {
        id: id.into(),
        name: "An output".into(),
        version: version.parse().unwrap(),
        abi: ABI,
        licence: "MIT".into(),
        capabilities: vec![Capability::Output],
        targets: BTreeMap::from([(TARGET.to_owned(), target)]),
    }
}

/// All files below a directory, and directories that are empty.
fn collect(root: &Path, directory: &Path, files: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(directory) else {
        return;
    };
    let before = files.len();
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            files.push(relative(root, &path));
        }
    }
    // The two that the catalogue keeps may be empty.
    let is_kept = ["packages", "shadows", ""].contains(&relative(root, directory).as_str());
    if files.len() == before && !is_kept {
        files.push(relative(root, directory) + "/");
    }
}

fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root)
        .unwrap()
        .to_str()
        .unwrap()
        .replace('\\', "/")
}
