//! The plugin in C of the README: that it compiles, and does what the README says. The one in Rust is tested as documentation.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail where it stands"
)]

#[path = "../../../fixtures/plugins/compiler.rs"]
mod compiler;
mod driver;

use driver::{Host, Plugin};
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use utter_plugin::{FailureCode, OutputState};

/// The first block of the README in this language.
fn block(language: &str) -> String {
    let readme = include_str!("../README.md");
    let (_, behind) = readme.split_once(&format!("```{language}\n")).unwrap();
    behind.split_once("```").unwrap().0.to_owned()
}

#[test]
fn the_plugin_in_c_plays_silence_at_the_pace_of_the_clock() {
    let directory = TempDir::new().unwrap();
    let (source, library) = (
        directory.path().join("silence.c"),
        directory.path().join("libsilence.so"),
    );
    fs::write(&source, block("c")).unwrap();
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("include");
    compiler::library(&[&source], &include, &library).unwrap();

    let (plugin, host) = (Plugin::load(&library), Host::default());
    let table = host.table();
    plugin.init(&table, directory.path()).unwrap();
    assert_eq!(*host.log.lock().unwrap(), [(0, "silence begins".to_owned())]);
    assert_eq!(
        plugin.targets(9).unwrap(),
        [("silence".to_owned(), "Silence".to_owned())]
    );
    assert!(plugin.create("noise").err().unwrap().is(FailureCode::NotFound));
    let output = plugin.create("silence").unwrap();
    let since = Instant::now();
    let format = output.start(48_000, 1, 10).unwrap();
    assert_eq!(
        (format.rate, format.channels, format.period_frames),
        (48_000, 2, 480)
    );
    assert!(output.open(&format).unwrap_err().is(FailureCode::WrongState));

    let mut written = 0;
    while written < 4_800 {
        let status = output.status();
        assert_eq!(status.state, OutputState::Running as i32, "{status:?}");
        assert!(status.writable <= 960 && status.delay <= 960, "{status:?}");
        assert!((1..=10_000_000).contains(&status.look_again), "{status:?}");
        let taken = output.write(&[0.0; 2 * 960], 2);
        assert!(taken >= status.writable, "{taken} of {status:?}");
        written += taken;
        thread::sleep(Duration::from_nanos(output.status().look_again));
    }
    let status = output.status();
    // It takes no more than two periods ahead of the clock, and goes on when nothing comes.
    assert!(
        since.elapsed() >= Duration::from_millis(75),
        "{:?}",
        since.elapsed()
    );
    assert!(status.consumed >= u64::from(written) - 960, "{status:?}");
    thread::sleep(Duration::from_millis(25));
    let late = output.status();
    assert!(late.xruns > status.xruns || status.delay == 0, "{late:?}");
    assert!(
        late.consumed > status.consumed && late.writable == 960,
        "{late:?}"
    );

    output.write(&[0.0; 2 * 480], 2);
    output.flush().unwrap();
    assert_eq!(output.status().delay, 0);
    output.reset().unwrap();
    output.close().unwrap();
    assert_eq!((output.status().state, output.write(&[0.0; 2], 2)), (0, 0));
    output.start(44_100, 2, 10).unwrap();
    output.destroy();
    plugin.deinit();
}
