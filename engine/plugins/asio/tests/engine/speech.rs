//! The engine with the plugin installed, and a voice that says a sweep.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use utter::playback::output::{CpalBackend, OutputId, OutputRouter, OutputSelection};
use utter::playback::{OpenReason, PlaybackEvent, PlaybackEvents, Player, PlayerOptions};
use utter::plugin::{ABI, Capability, Catalogue, Description, Plugins, TARGET, TargetDescription, pack};
use utter::speech::{Outcome, SAMPLE_RATE, Speaker, UtteranceHandle};

use crate::sweep_voice::{SweepVoice, say, utterance};
use crate::timed_output::{Device, TimedOutput, with_devices};
use crate::timed_tests::{DEVICE, check_balance, wait_until};

/// What is said, in chunks of odd lengths: 3.4 s.
const CHUNKS: [usize; 3] = [31_007, 479, 50_114];

/// What is said, in seconds.
pub const SAID: f64 = 81_600.0 / SAMPLE_RATE as f64;

/// The plugins of a test, with the isolated output installed.
pub struct Installed {
    pub plugins: Plugins,
    pub id: String,
    directory: TempDir,
}

impl Installed {
    /// Packs what cargo has built, and installs it.
    pub fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let package = directory.path().join("package");
        let program = Path::new(env!("CARGO_BIN_EXE_utter-asio-host"));
        let library = library(program);
        for (file, place) in [
            (library.as_path(), "lib/libutter_asio.so"),
            (program, "bin/utter-asio-host"),
        ] {
            let place = package.join(place);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::copy(file, place).unwrap();
        }
        let files = TargetDescription {
            library: "lib/libutter_asio.so".into(),
            programs: vec!["bin/utter-asio-host".into()],
            files: Vec::new(),
        };
        let description = Description {
            id: "org.utter.asio".into(),
            name: "Isolated output".into(),
            version: env!("CARGO_PKG_VERSION").parse().unwrap(),
            abi: ABI,
            licence: "MIT OR Apache-2.0".into(),
            capabilities: vec![Capability::Output],
            targets: [(TARGET.to_owned(), files)].into(),
        };
        let manifest = pack(&package, &description).unwrap();
        let plugins = Plugins::new(Catalogue::open(directory.path().join("plugins")));
        plugins.install(&package).unwrap();
        Self {
            plugins,
            id: manifest.id,
            directory,
        }
    }

    /// The isolated output on this device.
    pub fn output(&self, device: &TimedOutput) -> OutputSelection {
        OutputSelection::Id(OutputId::new(format!("plugin:{}/{}", self.id, device.id())))
    }

    /// Closes everything; nothing may be left.
    pub fn end(self) {
        assert!(self.plugins.close(Duration::from_secs(5)));
        assert_eq!(programs(), 0, "no program is left");
        assert_eq!(rings(), 0, "no ring is left");
        let shadows = self.directory.path().join("plugins/shadows");
        assert_eq!(fs::read_dir(shadows).unwrap().count(), 0);
    }
}

/// The plugin's library, which cargo puts among what tests are made of.
fn library(program: &Path) -> PathBuf {
    let library = program.with_file_name("deps").join("libutter_asio.so");
    assert!(library.exists(), "{} is built with the tests", library.display());
    library
}

/// The programs of the plugin that are children of this process.
pub fn programs() -> usize {
    pids().len()
}

/// Their process ids.
pub fn pids() -> Vec<u32> {
    let own = std::process::id();
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let is_ours = |pid: &u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let Some((name, rest)) = stat.rsplit_once(") ") else {
            return false;
        };
        let parent = rest.split(' ').nth(1).and_then(|pid| pid.parse().ok());
        name.contains("(utter-asio") && parent == Some(own)
    };
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(is_ours).collect()
}

/// Rings that this process has mapped.
pub fn rings() -> usize {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    maps.lines().filter(|line| line.contains("utter-ring")).count()
}

/// Runs `body` where these are the only outputs: the default one, and one called `second`.
pub fn with_outputs(test: &str, body: impl FnOnce(&[TimedOutput; 2])) {
    let other = Device {
        rate: 44_100,
        ..DEVICE
    };
    with_devices(test, [("default", DEVICE), ("second", other)], body);
}

/// A player, and a speaker that says a sweep on it.
pub struct Speech {
    pub speaker: Speaker,
    pub player: Player,
    events: PlaybackEvents,
}

impl Speech {
    pub fn open(installed: &Installed, route: &OutputSelection) -> Self {
        let router = OutputRouter::new(Arc::new(CpalBackend::new()), installed.plugins.clone());
        let player = Player::open(Arc::new(router), route, &PlayerOptions::default()).unwrap();
        let events = player.events();
        let (speaker, _) = Speaker::start(player.clone(), Box::new(SweepVoice::default())).unwrap();
        Self {
            speaker,
            player,
            events,
        }
    }

    /// Says the sweep, and waits until so much of it is heard.
    pub fn begin(&self, heard: Duration) -> UtteranceHandle {
        let spoken = self
            .speaker
            .speak(utterance(CHUNKS.into_iter().map(say)))
            .unwrap();
        self.hear(heard);
        spoken
    }

    pub fn hear(&self, heard: Duration) {
        wait_until("it speaks", || {
            self.player
                .position()
                .is_some_and(|position| position.time > heard)
        });
    }

    /// Hears the rest, closes the player, and gives what happened to outputs, in short.
    pub fn end(self, spoken: &UtteranceHandle) -> Vec<String> {
        let outcome = spoken.wait();
        assert!(matches!(outcome, Outcome::Finished), "{outcome:?}");
        self.player.wait_until_drained().unwrap();
        let told = self.told();
        let counters = self.player.counters();
        check_balance(&counters);
        assert_eq!(counters.underruns, 0);
        self.player.close();
        told
    }

    /// What happened to outputs since the last call.
    pub fn told(&self) -> Vec<String> {
        let events = std::iter::from_fn(|| self.events.try_next());
        let told = events.filter_map(|event| match event {
            PlaybackEvent::OutputLost { reason, .. } => Some(format!("lost: {reason:?}")),
            PlaybackEvent::OutputOpened(open) => match open.reason {
                OpenReason::First => None,
                OpenReason::Route(_) => Some("route".into()),
                reason => Some(format!("{reason:?}")),
            },
            PlaybackEvent::RouteFailed { .. } => Some("route failed".into()),
            _ => None,
        });
        told.collect()
    }

    /// Waits for the next event of which `is_it`, and says how long after `since` it came.
    pub fn wait_for(&self, is_it: impl Fn(&PlaybackEvent) -> bool) {
        wait_until("it is told", || {
            self.events.try_next().is_some_and(|event| is_it(&event))
        });
    }
}
