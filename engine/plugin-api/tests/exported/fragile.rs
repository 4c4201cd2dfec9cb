//! Plugins that do not start, or do not end, as they should. Each has a slot and an entry of its own.

use super::driver::{Host, Plugin};
use super::scripted::ScriptedOutput;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use utter_plugin::abi::{HostTable, OutputTable, PluginEntry, RawDescriptor};
use utter_plugin::export::{self, Exported, Slot};
use utter_plugin::{Descriptor, Failure, FailureCode, OutputPlugin, Target};

/// How often it was started, stopped and dropped.
#[derive(Debug, Default)]
struct Counts {
    started: AtomicU32,
    stopped: AtomicU32,
    dropped: AtomicU32,
}

impl Counts {
    const fn new() -> Self {
        Self {
            started: AtomicU32::new(0),
            stopped: AtomicU32::new(0),
            dropped: AtomicU32::new(0),
        }
    }

    fn all(&self) -> [u32; 3] {
        [&self.started, &self.stopped, &self.dropped].map(|count| count.load(SeqCst))
    }
}

/// A plugin with a module's name: how it starts, and how it is stopped and dropped.
macro_rules! fragile {
    ($name:ident, start: $start:expr, end: $end:expr) => {
        struct $name;

        impl $name {
            fn counts() -> &'static Counts {
                static COUNTS: Counts = Counts::new();
                &COUNTS
            }

            fn plugin() -> Plugin {
                static DESCRIPTOR: RawDescriptor = export::descriptor::<$name>();
                static OUTPUTS: OutputTable = export::outputs::<$name>();
                static ENTRY: PluginEntry = export::entry::<$name>(&DESCRIPTOR, &OUTPUTS);
                Plugin::new(&ENTRY)
            }
        }

        impl Exported for $name {
            fn slot() -> &'static Slot<Self> {
                static SLOT: Slot<$name> = Slot::new();
                &SLOT
            }
        }

        impl OutputPlugin for $name {
            const DESCRIPTOR: Descriptor = Descriptor {
                id: c"org.utter.fragile",
                name: c"Fragile",
                vendor: c"Utter",
                version: c"1.0.0",
            };
            type Output = ScriptedOutput;

            fn start(_: utter_plugin::Host, _: &Path) -> Result<Self, Failure> {
                Self::counts().started.fetch_add(1, SeqCst);
                $start
            }

            fn targets(&self) -> Result<Vec<Target>, Failure> {
                Ok(vec![
                    Target::new("good", "Good"),
                    Target::new("not\0good", "Not good"),
                ])
            }

            fn create(&self, _: &str) -> Result<ScriptedOutput, Failure> {
                panic!("no outputs")
            }

            fn holdings(&self) -> utter_plugin::Holdings {
                panic!("no holdings")
            }

            fn stop(&self) {
                Self::counts().stopped.fetch_add(1, SeqCst);
                $end
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                Self::counts().dropped.fetch_add(1, SeqCst);
                $end
            }
        }
    };
}

fragile!(Sound, start: Ok(Sound), end: ());
fragile!(Unwilling, start: Err(Failure::new(FailureCode::PermissionDenied, "not here")), end: ());
fragile!(Startled, start: panic!("not now"), end: ());
fragile!(Restless, start: Ok(Restless), end: panic!("not yet"));
fragile!(Listing, start: Ok(Listing), end: ());
fragile!(Asked, start: Ok(Asked), end: ());

fn table() -> HostTable {
    Host::default().table()
}

const HERE: &str = "/";

#[test]
fn a_plugin_is_started_once_and_stopped_once() {
    let (plugin, table) = (Sound::plugin(), table());
    assert!(plugin.targets(1).unwrap_err().is(FailureCode::WrongState));
    plugin.deinit();
    plugin.init(&table, Path::new(HERE)).unwrap();
    let again = plugin.init(&table, Path::new(HERE)).unwrap_err();
    assert!(again.is(FailureCode::WrongState), "{again:?}");
    assert_eq!(Sound::counts().all(), [1, 0, 0]);
    plugin.deinit();
    plugin.deinit();
    assert_eq!(Sound::counts().all(), [1, 1, 1]);
    assert!(plugin.create("x").err().unwrap().is(FailureCode::WrongState));
}

#[test]
fn a_plugin_that_does_not_start_says_why_and_is_not_stopped() {
    let table = table();
    let failed = Unwilling::plugin().init(&table, Path::new(HERE)).unwrap_err();
    assert_eq!(
        (failed.code, failed.message.as_str()),
        (FailureCode::PermissionDenied as i32, "not here")
    );
    Unwilling::plugin().deinit();
    assert_eq!(Unwilling::counts().all(), [1, 0, 0]);
    let failed = Startled::plugin().init(&table, Path::new(HERE)).unwrap_err();
    assert_eq!(
        (failed.code, failed.message.as_str()),
        (FailureCode::Broken as i32, "it panicked: not now")
    );
}

#[test]
fn a_plugin_that_panics_as_it_is_stopped_and_as_it_is_dropped_does_no_harm() {
    let table = table();
    Restless::plugin().init(&table, Path::new(HERE)).unwrap();
    Restless::plugin().deinit();
    assert_eq!(Restless::counts().all(), [1, 1, 1]);
}

#[test]
fn panics_of_a_plugin_fail_their_call_and_no_other() {
    let (plugin, table) = (Listing::plugin(), table());
    plugin.init(&table, Path::new(HERE)).unwrap();
    let failed = plugin.create("good").err().unwrap();
    assert_eq!(failed.message, "it panicked: no outputs");
    assert_eq!(plugin.holdings().processes, 0);
    // An id that no host can take: those before it were given.
    assert!(plugin.targets(2).unwrap_err().message.contains("not\\0good"));
    assert_eq!(plugin.targets(1).unwrap().len(), 1);
    plugin.deinit();
}

#[test]
fn a_host_that_cannot_be_understood_is_refused() {
    let plugin = Asked::plugin();
    let good = table();
    let refused = |host: *const HostTable| {
        let failed = plugin.init(host, Path::new(HERE)).unwrap_err();
        assert!(failed.is(FailureCode::Broken), "{failed:?}");
    };
    refused(std::ptr::null());
    refused(&HostTable {
        size: good.size - 1,
        ..table()
    });
    refused(&HostTable {
        abi_version: 2,
        ..table()
    });
    // One that knows more than we do, and wants no log, is understood.
    let host = HostTable {
        size: good.size + 8,
        log: None,
        ..table()
    };
    plugin.init(&host, Path::new(HERE)).unwrap();
    plugin.deinit();
}
