//! The plugin, its program, and the devices that it finds.

use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use utter_asio::lease::Launch;
use utter_asio::shared_ring::Place;
use utter_asio::{AsioOutput, AsioPlugin};
use utter_plugin::{Format, Output, OutputPlugin, Request};

use crate::timed_output::{Device, TestSystem, TimedOutput};

/// A usual device, whose clock runs as fast as all others.
pub const DEVICE: Device = Device {
    rate: 48_000,
    channels: 2,
    format: "FLOAT_LE",
    has_xruns: false,
    speed: 1,
};

/// What waits for something that comes for certain waits no longer than this.
const NEVER: Duration = Duration::from_secs(20);

/// The plugin, and the devices that its program finds.
pub struct Rig {
    pub plugin: AsioPlugin,
    pub system: TestSystem,
    pub log: Arc<Mutex<Vec<String>>>,
}

impl Rig {
    /// With one device, the default one.
    pub fn new(test: &str, device: Device) -> Self {
        Self::with(test, &[("default", device)], Place::Anonymous)
    }

    pub fn with(test: &str, devices: &[(&str, Device)], place: Place) -> Self {
        let system = TestSystem::create_in(&memory(), test, devices);
        let log = Arc::new(Mutex::new(Vec::new()));
        let plugin = AsioPlugin::with(launch(&system, &log), place).unwrap();
        Self { plugin, system, log }
    }

    pub fn device(&self) -> &TimedOutput {
        &self.system.outputs[0]
    }

    /// An output on the first device that is open.
    pub fn open(&self) -> (AsioOutput, Format) {
        self.open_on(0)
    }

    pub fn open_on(&self, device: usize) -> (AsioOutput, Format) {
        let mut output = self.plugin.create(&self.system.outputs[device].id()).unwrap();
        let format = output.negotiate(&request()).unwrap();
        output.open(&format).unwrap();
        (output, format)
    }

    /// Ends the plugin, and checks that nothing of it is left.
    pub fn end(self) -> TestSystem {
        self.plugin.stop();
        let holdings = self.plugin.holdings();
        assert_eq!((holdings.processes, holdings.rings), (0, 0));
        self.system
    }
}

/// A directory in memory: the device writes what it plays from its callback, which should not wait for a disk.
pub fn memory() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() {
        memory
    } else {
        std::env::temp_dir()
    }
}

/// How the program is started so that it finds these devices and no others.
pub fn launch(system: &TestSystem, log: &Arc<Mutex<Vec<String>>>) -> Launch {
    let mut command = Command::new("program");
    let environment = system.give_to(&mut command).get_envs();
    let text = |text: &std::ffi::OsStr| text.to_str().unwrap().to_owned();
    let log = Arc::clone(log);
    Launch {
        program: program(),
        environment: environment
            .map(|(name, value)| (text(name), text(value.unwrap())))
            .collect(),
        log: Arc::new(move |level, line| {
            eprintln!("{level:?} {line}");
            log.lock().unwrap().push(line.to_owned());
        }),
    }
}

pub fn program() -> PathBuf {
    env!("CARGO_BIN_EXE_utter-asio-host").into()
}

/// What the engine asks for.
pub fn request() -> Request {
    Request {
        rate: None,
        channels: None,
        period: Duration::from_millis(10),
    }
}

/// How many rings this process has mapped, of whatever test.
pub fn rings_mapped() -> usize {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    maps.lines()
        .filter(|line| line.contains("utter-ring") || line.contains("ring-"))
        .count()
}

/// The state that the kernel says a process is in; `None` if there is none.
pub fn state_of(pid: u32) -> Option<char> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

/// Sends a signal to a process that a test has started.
pub fn signal(pid: u32, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(pid as i32).unwrap();
    rustix::process::kill_process(pid, signal).unwrap();
}

/// Waits until `condition` is met, and returns how long that took.
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) -> Duration {
    let since = Instant::now();
    while !condition() {
        assert!(since.elapsed() < NEVER, "never: {what}");
        std::thread::sleep(Duration::from_micros(500));
    }
    since.elapsed()
}
