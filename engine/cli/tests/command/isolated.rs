//! The isolated output as people use it: packed, installed, spoken through, removed.
//!
//! cargo builds the plugin for it, as it does for everybody: a package's tests bring no other package's library and program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::compare::sounding;
use crate::packages::Place;
use crate::play::{DEVICE, assert_plays};
use crate::program::{Running, run, samples};
use crate::timed_output::TimedOutput;

const OUTPUT: &str = "plugin:org.utter.asio/alsa:default";

/// Not everywhere has the pump realtime priority, and the machine may be busy. With long periods it has the time.
const PERIOD: [&str; 2] = ["--period", "200"];

/// A single chunk, which is made as a whole before it is heard: however slow the machine is, nothing comes late.
const PHONEMES: &str = "ðə wˈɛðəɹ wʌz fˈIn.";

/// What cargo has built.
struct Built {
    library: PathBuf,
    program: PathBuf,
}

impl Built {
    fn get() -> &'static Self {
        static BUILT: OnceLock<Built> = OnceLock::new();
        BUILT.get_or_init(Self::build)
    }

    fn build() -> Self {
        let output = Command::new(env!("CARGO"))
            .args(["build", "--package", "utter-asio", "--message-format", "json"])
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{told}");
        let artifacts = output.stdout.split(|byte| *byte == b'\n');
        let artifacts = artifacts.filter_map(|line| serde_json::from_slice::<serde_json::Value>(line).ok());
        let (mut library, mut program) = (None, None);
        for artifact in artifacts {
            match artifact["target"]["name"].as_str() {
                Some("utter_asio") => {
                    let mut files = artifact["filenames"].as_array().unwrap().iter();
                    library = files.find_map(|file| {
                        file.as_str()
                            .filter(|file| file.ends_with(".so"))
                            .map(PathBuf::from)
                    });
                }
                Some("utter-asio-host") => program = artifact["executable"].as_str().map(PathBuf::from),
                _ => {}
            }
        }
        Self {
            library: library.expect("cargo builds the library"),
            program: program.expect("cargo builds the program"),
        }
    }
}

/// The plugin, packed and installed, and a device that is all that there is.
pub struct Rig {
    place: Place,
    pub device: TimedOutput,
}

impl Rig {
    fn new(test: &str) -> Self {
        let rig = Self::with_nothing_installed(test);
        let zip = rig.pack();
        let installed = run(rig.utter(&["plugins", "install"]).arg(zip)).code(0);
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(
            installed.stderr,
            format!("utter: installed org.utter.asio {version}\n")
        );
        rig
    }

    /// With the device only.
    pub fn with_nothing_installed(test: &str) -> Self {
        Self {
            place: Place::new(),
            device: TimedOutput::create(test, DEVICE),
        }
    }

    /// As `make plugin` does.
    pub fn pack(&self) -> PathBuf {
        let built = Built::get();
        let directory = self.place.outside().join("utter-asio");
        fs::create_dir_all(directory.join("bin")).unwrap();
        fs::copy(&built.library, directory.join("libutter_asio.so")).unwrap();
        fs::copy(&built.program, directory.join("bin/utter-asio-host")).unwrap();
        let zip = self.place.outside().join("utter-asio.zip");
        let mut pack = self.utter(&[
            "plugins",
            "pack",
            "--id",
            "org.utter.asio",
            "--name",
            "Isolated output",
        ]);
        pack.args([
            "--version",
            env!("CARGO_PKG_VERSION"),
            "--licence",
            "MIT OR Apache-2.0",
        ]);
        pack.args([
            "--library",
            "libutter_asio.so",
            "--program",
            "bin/utter-asio-host",
        ]);
        run(pack.arg("--zip").arg(&zip).arg(&directory)).code(0);
        zip
    }

    pub fn utter(&self, arguments: &[&str]) -> Command {
        let mut command = self.place.utter(arguments);
        self.device.give_to(&mut command);
        command
    }

    /// Nothing that was started from the plugin's copies runs any more.
    #[track_caller]
    fn assert_no_process(&self) {
        assert_eq!(processes_below(&self.place.root()), Vec::<PathBuf>::new());
    }
}

/// The processes whose programs lie below a directory.
fn processes_below(directory: &Path) -> Vec<PathBuf> {
    let directory = fs::canonicalize(directory).unwrap();
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let programs = processes.filter_map(|process| fs::read_link(process.path().join("exe")).ok());
    programs
        .filter(|program| program.starts_with(&directory))
        .collect()
}

#[test]
fn the_isolated_output_is_packed_installed_spoken_through_and_removed() {
    let rig = Rig::new("the_isolated_output_is_packed_installed_spoken_through");
    let outputs = run(&mut rig.utter(&["outputs", "--json"])).quietly().json();
    let ids: Vec<_> = outputs
        .as_array()
        .unwrap()
        .iter()
        .map(|output| &output["id"])
        .collect();
    assert_eq!(ids, ["alsa:default", OUTPUT]);
    assert_eq!(outputs[1]["formats"][0]["lowest_rate"], 48_000);
    rig.assert_no_process();

    let wav = rig.device.directory().join("rendered.wav");
    let mut rendering = rig.utter(&["say", "--phonemes", PHONEMES, "--out"]);
    run(rendering.arg(&wav)).quietly();
    let mut say = rig.utter(&["-v", "say", "--output", OUTPUT, "--phonemes", PHONEMES]);
    let said = run(say.args(PERIOD)).code(0);
    rig.assert_no_process();
    for told in [OUTPUT, "underruns=0 xruns=0 losses=0"] {
        assert!(said.stderr.contains(told), "no {told:?} in {}", said.stderr);
    }
    assert_plays(&rig.device, &DEVICE, &samples(&wav));

    let removed = run(&mut rig.utter(&["plugins", "uninstall", "org.utter.asio"])).code(0);
    assert_eq!(removed.stderr, "utter: uninstalled org.utter.asio\n");
    let outputs = run(&mut rig.utter(&["outputs", "--json"])).quietly().json();
    assert_eq!(outputs.as_array().unwrap().len(), 1);
    rig.assert_no_process();
    rig.device.remove();
}

#[test]
fn an_interrupt_leaves_no_process_of_the_isolated_output() {
    let rig = Rig::new("an_interrupt_leaves_no_process_of_the_isolated_output");
    let long = format!("{PHONEMES} ").repeat(10);
    // A part of a name that no device has.
    let mut say = rig.utter(&["say", "--output", "org.utter.asio", "--phonemes", &long]);
    let mut speaking = Running::start(&mut say);
    speaking.wait_until("speaking", |_| {
        !sounding(&rig.device.captured_channel(0)).1.is_empty()
    });
    assert_eq!(processes_below(&rig.place.root()).len(), 1);
    speaking.interrupt();
    speaking.wait().code(130);
    rig.assert_no_process();
    rig.device.remove();
}
