//! A program that is killed while it speaks through a plugin: what it has started ends with it, and what it has left is swept.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;
use utter::playback::output::OutputId;
use utter::plugin::Catalogue;

use super::processes::{children_of, is_alive, kill};

/// How long the program may take until it speaks: it loads the voice first.
const SPEAKS_WITHIN: Duration = Duration::from_secs(60);

/// How long its processes may outlive it.
pub const OUTLIVES: Duration = Duration::from_secs(2);

/// What is said. It takes longer than it is let live.
const TEXT: &str = "This is said by a program that is killed in the middle of it, and whatever it has started must end with it.";

/// What was found.
#[derive(Debug, Default, Clone, Serialize)]
pub struct KilledHost {
    /// Processes that it had started.
    pub processes: u64,
    /// Of these, those that lived on.
    pub survivors: u64,
    /// How long the last of the others lived on, in seconds.
    pub outlived: f64,
    /// Directories of it that the next start has swept, and those that it has not.
    pub swept: u64,
    pub left: u64,
}

impl KilledHost {
    /// Whether everything was as it must be.
    pub fn is_good(&self) -> bool {
        self.processes > 0 && self.survivors == 0 && self.outlived <= OUTLIVES.as_secs_f64() && self.left == 0
    }
}

/// Has another program speak through `route`, with the plugins in `root`, kills it, and sweeps. `None` if it never came to speak.
pub fn kill_a_host(root: &Path, route: &OutputId, artifacts: Option<&Path>) -> Option<KilledHost> {
    let before = shadows(root);
    let mut host = start(root, route, artifacts)?;
    let since = Instant::now();
    let mut processes = Vec::new();
    while processes.is_empty() && since.elapsed() < SPEAKS_WITHIN && is_alive(host.id()) {
        thread::sleep(Duration::from_millis(10));
        processes = children_of(host.id());
    }
    // It is in the middle of opening its output now; a little later it speaks.
    thread::sleep(Duration::from_millis(500));
    processes = children_of(host.id());
    let killed = Instant::now();
    kill(host.id());
    // It is dead already, or will be.
    let _ = host.wait();
    while processes.iter().any(|process| is_alive(*process)) && killed.elapsed() < 2 * OUTLIVES {
        thread::sleep(Duration::from_millis(5));
    }
    let outlived = killed.elapsed();
    let survivors = processes.iter().filter(|process| is_alive(**process)).count();
    let swept = Catalogue::open(root).sweep().ok()?;
    Some(KilledHost {
        processes: processes.len() as u64,
        survivors: survivors as u64,
        outlived: outlived.as_secs_f64(),
        swept: swept.leftovers as u64,
        left: shadows(root).saturating_sub(before) as u64,
    })
}

fn start(root: &Path, route: &OutputId, artifacts: Option<&Path>) -> Option<Child> {
    let mut command = Command::new(std::env::current_exe().ok()?);
    if let Some(artifacts) = artifacts {
        command.arg("--artifacts").arg(artifacts);
    }
    let command = command
        .args(["say", "--output", route.as_str(), "--", TEXT])
        .env(utter::plugin::PLUGINS_VARIABLE, root)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().ok()
}

/// Private copies of packages.
fn shadows(root: &Path) -> usize {
    std::fs::read_dir(root.join("shadows")).map_or(0, Iterator::count)
}
