//! What every test here begins with: a directory, a plugin to be installed, and the plugins of a process.

use crate::compiled::{Build, TimedPlugin};
use parking_lot::Mutex;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use utter::plugin::{Catalogue, PluginEvent, Plugins};

/// What comes for certain is not waited for longer than this.
pub const NEVER: Duration = Duration::from_secs(20);

/// The id of the plugin that tests use.
pub const ID: &str = "org.utter.timed";

pub struct Workshop {
    pub plugins: Plugins,
    pub timed: TimedPlugin,
    pub events: Arc<Mutex<Vec<PluginEvent>>>,
    pub directory: TempDir,
}

impl Workshop {
    /// With nothing installed.
    pub fn empty() -> Self {
        let directory = TempDir::new().unwrap();
        let plugins = Plugins::new(Catalogue::open(directory.path().join("plugins")));
        let events = Arc::<Mutex<Vec<PluginEvent>>>::default();
        plugins.set_listener({
            let events = Arc::clone(&events);
            move |event| events.lock().push(event)
        });
        let timed = directory.path().join("timed");
        std::fs::create_dir(&timed).unwrap();
        Self {
            plugins,
            timed: TimedPlugin::create(&timed),
            events,
            directory,
        }
    }

    /// With this build installed.
    pub fn with(build: &Build) -> Self {
        let workshop = Self::empty();
        workshop.install(build);
        workshop
    }

    /// With the honest plugin installed.
    pub fn new() -> Self {
        Self::with(&Build::default())
    }

    pub fn install(&self, build: &Build) {
        self.plugins.install(&self.timed.package(build)).unwrap();
    }

    /// What was told, in short: the variant's name.
    pub fn told(&self) -> Vec<String> {
        let name = |event: &PluginEvent| {
            let text = format!("{event:?}");
            text.split([' ', '{']).next().unwrap_or_default().to_owned()
        };
        self.events.lock().iter().map(name).collect()
    }

    /// Copies of libraries that are on the disk.
    pub fn shadows(&self) -> usize {
        let shadows = self.directory.path().join("plugins/shadows");
        std::fs::read_dir(shadows).map_or(0, Iterator::count)
    }
}

pub fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let since = Instant::now();
    while !condition() {
        assert!(since.elapsed() < NEVER, "never: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// An honest build of another version.
pub fn version(version: &str) -> Build {
    Build {
        version: version.into(),
        ..Build::default()
    }
}
