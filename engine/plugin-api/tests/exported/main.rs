//! A plugin that is exported by the SDK, driven through its tables.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail where it stands"
)]

#[path = "../driver/mod.rs"]
mod driver;
mod fragile;
mod scripted;

use driver::{Failed, Host, Output, Plugin, fallible, format, request, status};
use scripted::{Scripted, calls};
use std::ffi::CStr;
use std::path::Path;
use std::ptr;
use std::sync::OnceLock;
use utter_plugin::abi::{HostTable, PluginEntry, RawFailure, RawHoldings, RawStatus, RawTarget};
use utter_plugin::{FailureCode, OutputState};

utter_plugin::export_output!(Scripted);

unsafe extern "C" {
    // What the macro exports.
    static utter_plugin_entry: PluginEntry;
}

/// The plugin, started, and its host.
fn started() -> (Plugin, &'static Host) {
    static STARTED: OnceLock<(&'static Host, HostTable)> = OnceLock::new();
    // SAFETY: it is constant.
    let plugin = Plugin::new(unsafe { &utter_plugin_entry });
    let (host, _) = STARTED.get_or_init(|| {
        let host: &'static Host = Box::leak(Box::default());
        let table: &'static HostTable = Box::leak(Box::new(host.table()));
        plugin.init(table, Path::new("/plugins")).unwrap();
        (host, host.table())
    });
    (plugin, host)
}

fn create(target: &str) -> Output {
    started().0.create(target).unwrap()
}

type Fallible = fn(Output) -> Result<(), Failed>;

/// Everything that can be asked of an instance but to close it.
const CALLS: [(&str, Fallible); 6] = [
    ("negotiate", |output| {
        output.negotiate(&request(48_000, 2, 10)).map(drop)
    }),
    ("open", |output| output.open(&format(48_000, 2, 480))),
    ("write", |output| match output.write(&[0.0; 8], 2) {
        0 => Err(Failed {
            code: 0,
            message: String::new(),
        }),
        _ => Ok(()),
    }),
    ("status", |output| match output.status().state {
        1 => Ok(()),
        state => Err(Failed {
            code: state,
            message: String::new(),
        }),
    }),
    ("flush", Output::flush),
    ("reset", Output::reset),
];

#[test]
fn the_entry_says_who_the_plugin_is() {
    let (plugin, host) = started();
    // SAFETY: constant, and text that ends with NUL.
    let (descriptor, id, version) = unsafe {
        let descriptor = &*plugin.entry.descriptor;
        (
            descriptor,
            CStr::from_ptr(descriptor.id),
            CStr::from_ptr(descriptor.version),
        )
    };
    assert_eq!(descriptor.size as usize, size_of_val(descriptor));
    assert_eq!((id, version), (c"org.utter.scripted", c"1.2.3"));
    let log = host.log.lock().unwrap();
    assert_eq!(*log, [(2, "Test 1.0 in /plugins !".to_owned())]);
}

#[test]
fn calls_that_do_not_fit_never_reach_the_instance() {
    let output = create("fit");
    let state = |output: Output| output.status().state;
    assert_eq!(calls("fit"), ["create"]);
    for closed in ["created", "closed"] {
        assert_eq!(state(output), OutputState::Closed as i32, "{closed}");
        assert_eq!(output.write(&[0.0; 8], 2), 0);
        assert!(output.flush().unwrap_err().is(FailureCode::WrongState));
        assert!(output.reset().unwrap_err().is(FailureCode::WrongState));
        output.close().unwrap();
        assert_eq!(calls("fit"), [""; 0]);
        let format = output.negotiate(&request(48_000, 2, 10)).unwrap();
        assert_eq!(state(output), OutputState::Closed as i32);
        output.open(&format).unwrap();
        assert_eq!(calls("fit"), ["negotiate", "open"]);
        assert!(
            output
                .negotiate(&request(48_000, 2, 10))
                .unwrap_err()
                .is(FailureCode::WrongState)
        );
        assert!(output.open(&format).unwrap_err().is(FailureCode::WrongState));
        assert_eq!(calls("fit"), [""; 0]);
        assert_eq!(
            (state(output), output.status().consumed),
            (OutputState::Running as i32, 7)
        );
        output.flush().unwrap();
        output.reset().unwrap();
        output.close().unwrap();
        assert_eq!(calls("fit"), ["status", "status", "flush", "reset", "close"]);
    }
    output.destroy();
    assert_eq!(calls("fit"), ["drop"]);
}

#[test]
fn no_more_is_taken_than_was_given() {
    let output = create("more");
    output.start(48_000, 2, 10).unwrap();
    assert_eq!(output.write(&[0.0; 8], 2), 4);
    assert_eq!(calls("more"), ["create", "negotiate", "open", "write"]);
    assert_eq!(output.write(&[], 2), 0);
    // SAFETY: there are no samples, and it has to see that.
    let taken = unsafe { output.table.write.unwrap()(output.output, ptr::null(), 480) };
    assert_eq!(taken, 0);
    assert_eq!(calls("more"), [""; 0]);
    output.destroy();
}

#[test]
fn an_instance_that_is_destroyed_is_closed_first() {
    let output = create("open");
    output.start(48_000, 2, 10).unwrap();
    output.destroy();
    assert_eq!(calls("open"), ["create", "negotiate", "open", "close", "drop"]);
    // Negotiating may hold something, and so may opening that has failed.
    let output = create("negotiated");
    output.negotiate(&request(48_000, 2, 10)).unwrap();
    output.destroy();
    assert_eq!(calls("negotiated"), ["create", "negotiate", "close", "drop"]);
    let output = create("busy");
    assert!(
        output
            .open(&format(48_000, 64, 480))
            .unwrap_err()
            .is(FailureCode::Busy)
    );
    assert_eq!(output.status().state, OutputState::Closed as i32);
    output.destroy();
    assert_eq!(calls("busy"), ["create", "open", "close", "drop"]);
}

#[test]
fn after_a_panic_nothing_is_left_but_to_close_it_once() {
    for (panics, function) in CALLS {
        let target = format!("panics:{panics}");
        let output = create(&target);
        if panics != "negotiate" && panics != "open" {
            output.start(48_000, 2, 10).unwrap();
        }
        let failed = function(output).unwrap_err();
        assert_eq!(calls(&target).last(), Some(&panics));
        if panics != "write" && panics != "status" {
            assert_eq!(failed.code, FailureCode::Broken as i32);
            assert_eq!(failed.message, format!("it panicked: no more {panics}"));
        }
        for (call, function) in CALLS {
            assert!(function(output).is_err(), "{call} after a panic in {panics}");
        }
        assert_eq!(output.status().state, OutputState::Failed as i32);
        assert_eq!(calls(&target), [""; 0], "after a panic in {panics}");
        output.close().unwrap();
        output.close().unwrap();
        assert_eq!(calls(&target), ["close"]);
        assert!(output.start(48_000, 2, 10).unwrap_err().is(FailureCode::Broken));
        output.destroy();
        assert_eq!(calls(&target), ["drop"]);
    }
}

#[test]
fn panics_as_it_ends_do_no_harm() {
    let output = create("ends:close");
    output.start(48_000, 2, 10).unwrap();
    assert!(output.close().unwrap_err().is(FailureCode::Broken));
    output.close().unwrap();
    output.destroy();
    assert_eq!(
        calls("ends:close"),
        ["create", "negotiate", "open", "close", "drop"]
    );
    let output = create("ends:close+drop");
    output.start(48_000, 2, 10).unwrap();
    output.destroy();
    assert_eq!(
        calls("ends:close+drop"),
        ["create", "negotiate", "open", "close", "drop"]
    );
}

#[test]
fn structures_that_are_too_small_are_not_touched() {
    let output = create("small");
    let broken = |failed: Result<(), Failed>| assert!(failed.unwrap_err().is(FailureCode::Broken));
    let (good_request, mut small_request) = (request(48_000, 2, 10), request(48_000, 2, 10));
    small_request.size -= 1;
    broken(output.negotiate(&small_request).map(drop));
    let mut small_format = format(48_000, 2, 480);
    small_format.size -= 4;
    broken(output.open(&small_format));
    let negotiate = output.table.negotiate.unwrap();
    // SAFETY: an instance, and places that say how large they are.
    broken(fallible(|failure| unsafe {
        negotiate(output.output, &good_request, &mut small_format, failure)
    }));
    assert_eq!(calls("small"), ["create"]);

    output.start(48_000, 2, 10).unwrap();
    assert_eq!(calls("small"), ["negotiate", "open"]);
    let untouched = RawStatus {
        size: status().size - 8,
        ..status()
    };
    let mut small_status = untouched;
    // SAFETY: as above.
    unsafe { output.table.status.unwrap()(output.output, &mut small_status) };
    assert_eq!(small_status, untouched);
    let mut larger_status = RawStatus {
        size: status().size + 8,
        ..status()
    };
    // SAFETY: it is said to be larger than what is known of it; nothing behind that is touched.
    unsafe { output.table.status.unwrap()(output.output, &mut larger_status) };
    assert_eq!(
        (larger_status.consumed, larger_status.size),
        (7, status().size + 8)
    );
    assert_eq!(calls("small"), ["status"]);

    let untouched = RawHoldings {
        size: 16,
        processes: 9,
        processes_started: 9,
        rings: 9,
        reserved: 9,
    };
    let mut small_holdings = untouched;
    // SAFETY: as above.
    unsafe { output.table.holdings.unwrap()(&mut small_holdings) };
    assert_eq!(small_holdings, untouched);
    let held = started().0.holdings();
    assert_eq!(
        (held.processes, held.processes_started, held.rings),
        (1, 5_000_000_000, 2)
    );

    let mut small_failure = RawFailure::new();
    small_failure.size -= 1;
    // SAFETY: as above.
    let code =
        unsafe { output.table.open.unwrap()(output.output, &format(48_000, 2, 480), &mut small_failure) };
    assert_eq!(
        (code, small_failure.code, small_failure.message[0]),
        (FailureCode::WrongState as i32, 0, 0)
    );
    output.destroy();
}

#[test]
fn null_is_refused_wherever_something_is_wanted() {
    let (plugin, _) = started();
    let (none, table) = (ptr::null_mut(), plugin.outputs);
    let broken = |call: &dyn Fn(*mut RawFailure) -> i32| {
        assert!(fallible(call).unwrap_err().is(FailureCode::Broken));
        // Nobody has to want to know.
        assert_eq!(call(ptr::null_mut()), FailureCode::Broken as i32);
    };
    let (a_request, mut a_format) = (request(48_000, 2, 10), format(48_000, 2, 480));
    let a_place = &raw mut a_format;
    let output = create("null");
    // SAFETY: everything is null, or what the ABI wants.
    unsafe {
        broken(&|failure| plugin.entry.init.unwrap()(ptr::null(), c"/".as_ptr(), failure));
        broken(&|failure| table.list_targets.unwrap()(None, none, failure));
        broken(&|failure| table.create.unwrap()(ptr::null(), &mut ptr::null_mut(), failure));
        broken(&|failure| table.create.unwrap()(c"null".as_ptr(), ptr::null_mut(), failure));
        broken(&|failure| table.negotiate.unwrap()(none, &a_request, a_place, failure));
        broken(&|failure| table.negotiate.unwrap()(output.output, ptr::null(), a_place, failure));
        broken(&|failure| table.negotiate.unwrap()(output.output, &a_request, ptr::null_mut(), failure));
        broken(&|failure| table.open.unwrap()(none, a_place, failure));
        broken(&|failure| table.open.unwrap()(output.output, ptr::null(), failure));
        broken(&|failure| table.flush.unwrap()(none, failure));
        broken(&|failure| table.reset.unwrap()(none, failure));
        broken(&|failure| table.close.unwrap()(none, failure));
        assert_eq!(table.write.unwrap()(none, [0.0; 2].as_ptr(), 1), 0);
        table.status.unwrap()(none, &mut status());
        table.status.unwrap()(output.output, ptr::null_mut());
        table.holdings.unwrap()(ptr::null_mut());
        table.destroy.unwrap()(none);
    }
    assert_eq!(calls("null"), ["create"]);
    output.destroy();
}

#[test]
fn text_that_is_not_utf_8_is_refused() {
    let table = started().0.outputs;
    let mut output = ptr::null_mut();
    // SAFETY: the text ends with NUL.
    let created =
        fallible(|failure| unsafe { table.create.unwrap()(c"\xff\xfe".as_ptr(), &mut output, failure) });
    let failed = created.unwrap_err();
    assert_eq!(
        (failed.code, failed.message.as_str()),
        (FailureCode::Broken as i32, "a text is not UTF-8")
    );
    assert!(output.is_null());
}

#[test]
fn formats_that_nobody_can_use_do_not_cross_the_border() {
    let output = create("absurd");
    assert!(
        output
            .negotiate(&request(48_000, 2, 10))
            .unwrap_err()
            .is(FailureCode::Broken)
    );
    assert_eq!(calls("absurd"), ["create", "negotiate"]);
    let absurd = [
        (0, 2, 1),
        (768_001, 2, 480),
        (48_000, 0, 480),
        (48_000, 65, 480),
        (48_000, 2, 0),
        (48_000, 2, 48_001),
    ];
    for (rate, channels, period) in absurd {
        assert!(
            output
                .open(&format(rate, channels, period))
                .unwrap_err()
                .is(FailureCode::Broken)
        );
    }
    assert_eq!(calls("absurd"), [""; 0]);
    output.open(&format(768_000, 63, 768_000)).unwrap();
    output.destroy();
}

#[test]
fn what_is_not_asked_for_is_the_devices_own() {
    let output = create("own");
    let decided = output.negotiate(&request(0, 0, u64::MAX / 1_000_000)).unwrap();
    assert_eq!(
        (decided.rate, decided.channels, decided.period_frames),
        (44_100, 1, 44_100)
    );
    let decided = output.negotiate(&request(0, 0, 0)).unwrap();
    assert_eq!(decided.period_frames, 1);
    output.destroy();
    let failed = started().0.create("x:nobody").err().unwrap();
    assert_eq!(
        (failed.code, failed.message.as_str()),
        (FailureCode::NotFound as i32, "there is nobody")
    );
}

#[test]
fn targets_are_listed_as_a_host_takes_them() {
    let (plugin, _) = started();
    let targets = plugin.targets(100).unwrap();
    let names: Vec<_> = targets
        .iter()
        .map(|(id, name)| (id.as_str(), name.as_str()))
        .collect();
    let long = "é".repeat(127);
    assert_eq!(
        names,
        [
            ("full", "A device"),
            ("long", &long),
            ("nul", "a b"),
            ("nameless", "nameless")
        ]
    );
    assert_eq!(plugin.targets(2).unwrap().len(), 2);

    unsafe extern "C" fn first(context: *mut std::ffi::c_void, target: *const RawTarget) -> bool {
        // SAFETY: the context is that of the call below, and the target is valid until this returns.
        let (seen, target) = unsafe { (&mut *context.cast::<(u32, u32, u32)>(), &*target) };
        // SAFETY: there are so many.
        let formats = unsafe { std::slice::from_raw_parts(target.formats, target.format_count as usize) };
        *seen = (
            target.is_default,
            target.format_count,
            formats[1_023].highest_rate,
        );
        false
    }
    let mut seen = (0, 0, 0);
    let list = plugin.outputs.list_targets.unwrap();
    // SAFETY: the context is that of the function.
    fallible(|failure| unsafe { list(Some(first), (&raw mut seen).cast(), failure) }).unwrap();
    assert_eq!(seen, (1, 1_024, 48_000));
}
