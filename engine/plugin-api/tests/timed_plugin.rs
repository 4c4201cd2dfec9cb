//! The plugin in C that tests of the host use (`fixtures/plugins/`): that it does what the ABI says when it is told nothing else, and
//! misbehaves as it is told. It is a plugin that knows nothing of the SDK.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail where it stands"
)]

#[path = "../../../fixtures/plugins/compiled.rs"]
mod compiled;
mod driver;

use compiled::{Build, Call, Lie, TimedPlugin};
use driver::{Host, Output, Plugin};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use utter_plugin::abi::{HostTable, PluginEntry, RawStatus};
use utter_plugin::{FailureCode, OutputState};

/// What comes for certain is waited for no longer than this.
const NEVER: Duration = Duration::from_secs(20);

/// The plugin, loaded and started. The libraries of two tests are two files, so that their plugins are two.
struct Rig {
    timed: TimedPlugin,
    plugin: Plugin,
    host: &'static Host,
    _directory: TempDir,
}

impl Rig {
    fn new() -> Self {
        Self::of(&Build::default())
    }

    fn of(build: &Build) -> Self {
        let directory = TempDir::new().unwrap();
        let timed = TimedPlugin::create(directory.path());
        let package = timed.package(build);
        let plugin = Plugin::load(&package.join(compiled::LIBRARY));
        let host: &'static Host = Box::leak(Box::default());
        let table: &'static HostTable = Box::leak(Box::new(host.table()));
        plugin.init(table, &package).unwrap();
        Self {
            timed,
            plugin,
            host,
            _directory: directory,
        }
    }

    /// An open output on the first target that loses nothing on a busy machine, at 48 kHz with a period of 10 ms.
    fn open(&self) -> Output {
        self.timed.target(0).wait_for_frames(true);
        let output = self.plugin.create("timed-0").unwrap();
        output.start(48_000, 2, 10).unwrap();
        output
    }
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let since = Instant::now();
    while !condition() {
        assert!(since.elapsed() < NEVER, "never: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Stereo frames, of which each is unlike all others.
fn ramp(frames: u32) -> Vec<f32> {
    (0..2 * frames).map(|n| n as f32 / (1 << 20) as f32).collect()
}

/// Plays all of it as a host does, and checks on the way what every status must hold. Ends when all was consumed.
fn play(output: Output, mut samples: &[f32], until: u64) -> RawStatus {
    let since = Instant::now();
    let mut last = 0;
    loop {
        let status = output.status();
        assert!(since.elapsed() < NEVER, "never consumed: {status:?}");
        assert_eq!(status.state, OutputState::Running as i32, "{status:?}");
        assert!(
            status.consumed >= last && status.writable <= 960 && status.delay <= 1_440,
            "{status:?}"
        );
        assert!(status.look_again <= 10_000_000, "{status:?}");
        last = status.consumed;
        if samples.is_empty() && status.consumed >= until {
            return status;
        }
        let taken = output.write(samples, 2);
        assert!(
            taken >= status.writable.min(samples.len() as u32 / 2),
            "{taken} of {status:?}"
        );
        samples = &samples[2 * taken as usize..];
        thread::sleep(Duration::from_nanos(status.look_again));
    }
}

#[test]
fn what_is_written_is_captured_whole() {
    let rig = Rig::new();
    let output = rig.open();
    let samples = ramp(9_600);
    let status = play(output, &samples, 9_600);
    assert_eq!((status.consumed, status.xruns), (9_600, 0));
    output.close().unwrap();
    let captures = rig.timed.captures(0);
    assert_eq!(
        (captures.len(), captures[0].rate, captures[0].channels),
        (1, 48_000, 2)
    );
    assert!(
        captures[0].samples == samples,
        "{} samples",
        captures[0].samples.len()
    );
    // 20 periods of 10 ms, the first at once.
    let heard = captures[0].heard_at(9_120) - captures[0].heard_at(0);
    assert!(heard >= Duration::from_millis(189), "{heard:?}");
    output.destroy();
    assert_eq!(rig.timed.target(0).overlaps(), 0);
}

#[test]
fn a_device_that_waits_for_nobody_plays_silence_and_counts_a_gap_once() {
    let rig = Rig::new();
    let output = rig.plugin.create("timed-1").unwrap();
    let since = Instant::now();
    output.start(48_000, 2, 10).unwrap();
    // Silence before the first frame is no gap.
    thread::sleep(Duration::from_millis(25));
    assert_eq!(output.status().xruns, 0);
    assert_eq!(output.write(&vec![0.5; 2 * 960], 2), 960);
    thread::sleep(Duration::from_millis(60));
    let status = output.status();
    assert_eq!((status.xruns, status.writable), (1, 960), "{status:?}");
    let consumed = status.consumed as f64 / 48_000.0;
    // A period is taken when it begins.
    assert!(
        (0.08..=since.elapsed().as_secs_f64() + 0.01).contains(&consumed),
        "{consumed}"
    );
    output.close().unwrap();
    let captures = rig.timed.captures(1);
    let heard = captures[0].samples.iter().filter(|sample| **sample != 0.0);
    assert_eq!(heard.count(), 2 * 960);
    output.destroy();
}

#[test]
fn it_offers_its_targets_and_opens_what_is_asked() {
    let rig = Rig::new();
    let all = rig.plugin.targets(100).unwrap();
    assert_eq!(all.len(), compiled::TARGETS);
    assert_eq!(all[3], ("timed-3".to_owned(), "Timed output 3".to_owned()));
    assert_eq!(rig.plugin.targets(2).unwrap().len(), 2);
    rig.timed.target(3).vanish();
    assert_eq!(rig.plugin.targets(100).unwrap().len(), 3);
    assert!(
        rig.plugin
            .create("nobody")
            .err()
            .unwrap()
            .is(FailureCode::NotFound)
    );

    let output = rig.plugin.create("timed-2").unwrap();
    let format = output.negotiate(&driver::request(44_100, 0, 20)).unwrap();
    assert_eq!(
        (format.rate, format.channels, format.period_frames),
        (44_100, 2, 882)
    );
    rig.timed.target(2).offer(96_000, 6);
    let format = output.negotiate(&driver::request(44_100, 2, 10)).unwrap();
    assert_eq!(
        (format.rate, format.channels, format.period_frames),
        (96_000, 6, 960)
    );
    output.destroy();
}

#[test]
fn it_counts_what_lives() {
    let rig = Rig::new();
    let orders = rig.timed.target(0);
    let output = rig.open();
    assert_eq!(
        (rig.timed.plugin().started(), orders.instances(), orders.open()),
        (1, 1, 1)
    );
    assert!(
        output
            .start(48_000, 2, 10)
            .unwrap_err()
            .is(FailureCode::WrongState)
    );
    output.close().unwrap();
    assert_eq!(output.status().state, OutputState::Closed as i32);
    assert_eq!(output.write(&[0.0; 4], 2), 0);
    output.start(48_000, 2, 10).unwrap();
    output.destroy();
    assert_eq!(
        (orders.instances(), orders.open(), orders.arrived(Call::Open)),
        (0, 0, 2)
    );
    rig.timed.plugin().set_holdings(1, 7, 2);
    let holdings = rig.plugin.holdings();
    assert_eq!(
        (holdings.processes, holdings.processes_started, holdings.rings),
        (1, 7, 2)
    );
    rig.plugin.deinit();
    assert_eq!(rig.timed.plugin().started(), 0);
    let log = rig.host.log.lock().unwrap();
    assert!(
        log.iter()
            .any(|(_, message)| message == "timed plugin: started, version 0.1.0"),
        "{log:?}"
    );
}

#[test]
fn states_are_of_the_instances_that_were_open() {
    let rig = Rig::new();
    let orders = rig.timed.target(0);
    let output = rig.open();
    orders.change_state(OutputState::ResetWanted as i32);
    assert_eq!(output.status().state, OutputState::ResetWanted as i32);
    assert!(output.write(&ramp(480), 2) > 0, "it plays on");
    output.reset().unwrap();
    assert_eq!(output.status().state, OutputState::Running as i32);
    let states = [
        OutputState::Disconnected,
        OutputState::Reconfigured,
        OutputState::Failed,
    ];
    for state in states {
        orders.change_state(state as i32);
        let status = output.status();
        assert_eq!((status.state, status.writable), (state as i32, 0));
        assert_eq!(output.write(&ramp(480), 2), 0);
        assert!(output.reset().unwrap_err().is(FailureCode::Device));
        output.close().unwrap();
        output.start(48_000, 2, 10).unwrap();
        assert_eq!(output.status().state, OutputState::Running as i32);
    }
    orders.vanish();
    output.close().unwrap();
    assert!(output.start(48_000, 2, 10).unwrap_err().is(FailureCode::NotFound));
    orders.come_back();
    output.start(48_000, 2, 10).unwrap();
    output.destroy();
}

#[test]
fn what_waits_is_dropped_by_a_flush_and_by_a_reset() {
    let rig = Rig::new();
    let output = rig.open();
    rig.timed.target(0).stall();
    for drop_frames in [Output::flush, Output::reset] {
        let consumed = output.status().consumed;
        assert!(output.write(&ramp(960), 2) > 0);
        assert!(output.status().writable < 960);
        drop_frames(output).unwrap();
        let status = output.status();
        assert_eq!((status.writable, status.consumed), (960, consumed));
    }
    output.destroy();
}

#[test]
fn calls_fail_and_hang_as_they_are_told() {
    let rig = Rig::new();
    let (plugin, target) = (rig.timed.plugin(), rig.timed.target(0));
    for code in FailureCode::ALL {
        plugin.fail(Call::ListTargets, code as i32);
        plugin.fail(Call::Create, code as i32);
        assert!(rig.plugin.targets(9).unwrap_err().is(code));
        assert!(rig.plugin.create("timed-0").err().unwrap().is(code));
    }
    plugin.succeed(Call::Create);
    let output = rig.open();
    type Fallible = fn(Output) -> Result<(), driver::Failed>;
    let calls: [(Call, Fallible); 5] = [
        (Call::Flush, Output::flush),
        (Call::Reset, Output::reset),
        (Call::Close, Output::close),
        (Call::Negotiate, |output| output.start(48_000, 2, 10).map(drop)),
        (Call::Open, |output| output.start(48_000, 2, 10).map(drop)),
    ];
    for (call, function) in calls {
        if matches!(call, Call::Negotiate | Call::Open) {
            output.close().unwrap();
        }
        target.fail(call, FailureCode::Busy as i32);
        assert!(function(output).unwrap_err().is(FailureCode::Busy), "{call:?}");
        target.succeed(call);
        function(output).unwrap();
        output.close().unwrap();
        target.hang(call);
        let hanging = hang(move || drop(function(output)));
        wait_until("a call hangs", || target.inside(call) == 1);
        assert!(!hanging.is_finished(), "{call:?}");
        target.release();
        hanging.join().unwrap();
        assert_eq!(target.inside(call), 0);
        output.close().unwrap();
        output.start(48_000, 2, 10).unwrap();
    }
    target.fail(Call::Status, 1);
    assert_eq!(output.status().state, OutputState::Failed as i32);
    output.destroy();
    plugin.hang(Call::Deinit);
    let deinit = hang(move || rig.plugin.deinit());
    wait_until("deinit hangs", || plugin.inside(Call::Deinit) == 1);
    plugin.release();
    deinit.join().unwrap();
}

fn hang(call: impl FnOnce() + Send + 'static) -> thread::JoinHandle<()> {
    struct Any<F>(F);
    // SAFETY: what is captured are tables and an instance, which may be used from any thread.
    unsafe impl<F> Send for Any<F> {}
    let call = Any(call);
    thread::spawn(move || {
        let call = call;
        (call.0)();
    })
}

#[test]
fn every_lie_compiles() {
    for lie in Lie::all() {
        let checked = Build::lying(lie).check();
        assert!(checked.is_ok(), "{lie:?}: {}", checked.unwrap_err());
    }
}

#[test]
fn lies_are_told() {
    let directory = TempDir::new().unwrap();
    let timed = TimedPlugin::create(directory.path());
    let library = |lie| timed.package(&Build::lying(lie)).join(compiled::LIBRARY);
    let entry = |lie| -> &'static PluginEntry {
        // SAFETY: the library runs nothing when it is loaded; its symbol is of this type, and it stays loaded.
        unsafe {
            let library = Box::leak(Box::new(libloading::Library::new(library(lie)).unwrap()));
            let symbol = library.get::<*const PluginEntry>(c"utter_plugin_entry".to_bytes_with_nul());
            &**symbol.unwrap()
        }
    };
    // SAFETY: as above.
    let silent = unsafe { libloading::Library::new(library(Lie::NoSymbol)).unwrap() };
    // SAFETY: nothing is read from it.
    assert!(unsafe { silent.get::<*const PluginEntry>(c"utter_plugin_entry".to_bytes_with_nul()) }.is_err());
    assert_eq!(entry(Lie::AbiVersion).abi_version, 2);
    assert_eq!(entry(Lie::EntryTooSmall).size, 16);
    assert!(entry(Lie::NoOutputs).outputs.is_null() && entry(Lie::NoDescriptor).descriptor.is_null());
    assert!(entry(Lie::NoFunction(Call::Deinit)).deinit.is_none());
    // SAFETY: a table of this ABI.
    let outputs = |lie| unsafe { &*entry(lie).outputs };
    assert!(outputs(Lie::NoFunction(Call::Write)).write.is_none());
    assert_eq!(outputs(Lie::TableTooSmall).size, 24);
    // SAFETY: as above.
    let descriptor = |lie| unsafe { &*entry(lie).descriptor };
    assert!(descriptor(Lie::NullId).id.is_null());
    // SAFETY: it is a thousand bytes long.
    let endless =
        unsafe { std::slice::from_raw_parts(descriptor(Lie::EndlessName).name.cast::<u8>(), 1_000) };
    assert!(endless.iter().all(|byte| *byte == b'.'));
}

#[test]
fn lies_are_told_while_it_plays() {
    let rig = Rig::of(&Build {
        lies: vec![
            Lie::WritesMore,
            Lie::ConsumedEndless,
            Lie::UnknownState,
            Lie::DelayEndless,
            Lie::UnknownFailure,
        ],
        ..Build::default()
    });
    assert_eq!(rig.plugin.create("nobody").err().unwrap().code, 77);
    let output = rig.open();
    assert_eq!(output.write(&ramp(480), 2), 960);
    let status = output.status();
    assert_eq!(
        (status.state, status.consumed, status.delay),
        (77, u64::MAX, u32::MAX)
    );
    // Beside, it is honest.
    assert!(
        status.look_again <= 10_000_000 && status.xruns == 0 && status.writable <= 960,
        "{status:?}"
    );
    output.destroy();
    let rig = Rig::of(&Build::lying(Lie::ManyTargets));
    assert_eq!(rig.plugin.targets(1_000).unwrap().len(), 1_000);
}
