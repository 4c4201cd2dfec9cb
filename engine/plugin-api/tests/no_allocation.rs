//! Nothing of the SDK allocates while frames flow.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail where it stands"
)]

use assert_no_alloc::{AllocDisabler, assert_no_alloc};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

mod driver;

use driver::{Host, Plugin};
use std::path::Path;
use utter_plugin::abi::PluginEntry;
use utter_plugin::{Descriptor, Failure, Format, Output, OutputPlugin, OutputState, Request, Status, Target};

/// An output that counts.
#[derive(Default)]
struct Counter {
    taken: u64,
}

impl OutputPlugin for Counter {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: c"org.utter.counter",
        name: c"Counter",
        vendor: c"Utter",
        version: c"1.0.0",
    };
    type Output = Self;

    fn start(_: utter_plugin::Host, _: &Path) -> Result<Self, Failure> {
        Ok(Self::default())
    }

    fn targets(&self) -> Result<Vec<Target>, Failure> {
        Ok(Vec::new())
    }

    fn create(&self, _: &str) -> Result<Self, Failure> {
        Ok(Self::default())
    }
}

impl Output for Counter {
    fn negotiate(&mut self, request: &Request) -> Result<Format, Failure> {
        Ok(Format {
            rate: 48_000,
            channels: 2,
            period_frames: request.period_frames(48_000),
        })
    }

    fn open(&mut self, _: &Format) -> Result<(), Failure> {
        Ok(())
    }

    fn write(&mut self, samples: &[f32]) -> u32 {
        self.taken += samples.len() as u64 / 2;
        samples.len() as u32 / 2
    }

    fn status(&mut self) -> Status {
        Status {
            consumed: self.taken,
            writable: 480,
            ..Status::running()
        }
    }

    fn flush(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    fn reset(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    fn close(&mut self) -> Result<(), Failure> {
        Ok(())
    }
}

utter_plugin::export_output!(Counter);

unsafe extern "C" {
    // What the macro exports.
    static utter_plugin_entry: PluginEntry;
}

#[test]
fn calls_of_the_pump_do_not_allocate() {
    // SAFETY: it is constant.
    let plugin = Plugin::new(unsafe { &utter_plugin_entry });
    let (host, samples) = (Host::default(), [0.25; 960]);
    let table = host.table();
    plugin.init(&table, Path::new("/")).unwrap();
    let output = plugin.create("any").unwrap();
    let status = assert_no_alloc(|| output.status());
    assert_eq!(status.state, OutputState::Closed as i32);
    output.start(48_000, 2, 10).unwrap();
    for period in 0..1_000 {
        let (status, written) = assert_no_alloc(|| (output.status(), output.write(&samples, 2)));
        assert_eq!((status.consumed, written), (480 * period, 480));
    }
    assert_no_alloc(|| {
        output.flush().unwrap();
        output.reset().unwrap();
    });
    let held = assert_no_alloc(|| plugin.holdings());
    assert_eq!(held.processes, 0);
    output.destroy();
    plugin.deinit();
}
