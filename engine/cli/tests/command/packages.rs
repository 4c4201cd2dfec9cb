//! Packages of plugins that have no library to load, and a place of their own to install them in.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::program::utter;

/// The id of the plugin in [`Place::directory`].
pub const ID: &str = "org.example.fake";

/// A place for plugins, and one for what is to be installed.
pub struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Where plugins are installed.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("installed")
    }

    /// Where nothing of a plugin belongs but what the test puts there.
    pub fn outside(&self) -> &Path {
        self.folder.path()
    }

    /// A call that finds its plugins here.
    pub fn utter(&self, arguments: &[&str]) -> Command {
        let mut command = utter(arguments);
        command.env("UTTER_PLUGINS", self.root());
        command
    }

    /// A directory with the files of a plugin. What is in its library cannot be loaded.
    pub fn directory(&self, name: &str, library: &str) -> PathBuf {
        let directory = self.folder.path().join(name);
        fs::create_dir_all(directory.join("lib")).unwrap();
        fs::write(directory.join("lib/fake.so"), library).unwrap();
        fs::write(directory.join("LICENSE"), "Do as you please.\n").unwrap();
        directory
    }

    /// A call that packs such a directory.
    pub fn pack(&self, directory: &Path, version: &str) -> Command {
        let mut command = self.utter(&["plugins", "pack", "--id", ID, "--name", "Fake output"]);
        command.args([
            "--version",
            version,
            "--licence",
            "MIT",
            "--library",
            "lib/fake.so",
        ]);
        command.args(["--file", "LICENSE"]).arg(directory);
        command
    }
}

/// Writes a zip archive of these entries.
pub fn archive(path: &Path, entries: &[(&str, &[u8])]) {
    let mut archive = ZipWriter::new(File::create(path).unwrap());
    for (name, content) in entries {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap();
}
