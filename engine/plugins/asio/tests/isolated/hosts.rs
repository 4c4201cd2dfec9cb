//! Hosts that are killed: a child of the test plays the host.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use utter_asio::AsioPlugin;
use utter_asio::lease::Launch;
use utter_asio::shared_ring::Place;
use utter_plugin::{Output, OutputPlugin};

use crate::rig::{DEVICE, Rig, program, request, signal, state_of, wait_until};
use crate::timed_output::TestSystem;

/// Set for the host: a directory for its rings, in which it says who its program is.
const HOST: &str = "UTTER_TEST_HOST";

/// The child: opens an output and waits to be killed.
fn play_the_host(directory: &Path) {
    let launch = Launch {
        program: program(),
        environment: Vec::new(),
        log: Arc::new(|_, line| eprintln!("{line}")),
    };
    let place = Place::Directory(directory.join("rings"));
    let plugin = AsioPlugin::with(launch, place).unwrap();
    let mut output = plugin.create("alsa:default").unwrap();
    let format = output.negotiate(&request()).unwrap();
    output.open(&format).unwrap();
    let unfinished = directory.join("unfinished");
    std::fs::write(&unfinished, output.pid().unwrap().to_string()).unwrap();
    std::fs::rename(unfinished, directory.join("pid")).unwrap();
    std::thread::sleep(Duration::from_secs(60));
}

struct Host {
    child: Child,
    /// Its program's process.
    program: u32,
}

/// Starts the test `test` again as a host, and waits until it plays.
fn start(test: &str, system: &TestSystem, directory: &Path) -> Host {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([test, "--exact", "--nocapture"])
        .env(HOST, directory);
    let child = system
        .give_to(&mut command)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let pid = directory.join("pid");
    wait_until("the host plays", || pid.exists());
    let program = std::fs::read_to_string(&pid).unwrap().parse().unwrap();
    Host { child, program }
}

/// Whether a process has ended. Who has adopted it may not have taken its exit status.
fn has_ended(pid: u32) -> bool {
    matches!(state_of(pid), None | Some('Z' | 'X'))
}

/// A host is killed; its program, which may be stopped, ends.
pub fn killed(test: &str, is_stopped: bool) {
    if let Some(directory) = std::env::var_os(HOST) {
        return play_the_host(Path::new(&directory));
    }
    let directory = tempfile::tempdir().unwrap();
    let system = TestSystem::create(test, &[("default", DEVICE)]);
    let mut host = start(test, &system, directory.path());
    assert!(!has_ended(host.program));
    if is_stopped {
        signal(host.program, Signal::STOP);
        wait_until("stopped", || state_of(host.program) == Some('T'));
    }
    let since = Instant::now();
    host.child.kill().unwrap();
    wait_until("the program ends", || has_ended(host.program));
    let after = since.elapsed();
    eprintln!("ended after {after:?}");
    assert!(after <= Duration::from_secs(2), "{after:?}");
    host.child.wait().unwrap();
    system.remove();
}

/// A host is killed; the next one removes its ring.
pub fn swept(test: &str) {
    if let Some(directory) = std::env::var_os(HOST) {
        return play_the_host(Path::new(&directory));
    }
    let directory = tempfile::tempdir().unwrap();
    let rings = directory.path().join("rings");
    let count = || std::fs::read_dir(&rings).unwrap().count();
    let system = TestSystem::create(test, &[("default", DEVICE)]);
    let mut host = start(test, &system, directory.path());

    let second = Rig::with(
        &format!("{test}_2"),
        &[("default", DEVICE)],
        Place::Directory(rings.clone()),
    );
    assert_eq!(count(), 1, "what is in use stays");
    host.child.kill().unwrap();
    host.child.wait().unwrap();
    wait_until("the program ends", || has_ended(host.program));
    assert_eq!(count(), 1, "a killed process removes nothing");
    let third = Rig::with(
        &format!("{test}_3"),
        &[("default", DEVICE)],
        Place::Directory(rings.clone()),
    );
    assert_eq!(count(), 0);
    assert!(
        third
            .log
            .lock()
            .unwrap()
            .iter()
            .any(|line| line.contains("1 rings"))
    );
    for rig in [second, third] {
        rig.end().remove();
    }
    system.remove();
}
