//! Several outputs, and what they share.

use std::sync::atomic::Ordering;

use utter_asio::AsioPlugin;
use utter_asio::lease::Launch;
use utter_asio::shared_ring::Place;
use utter_plugin::{Format, Output, OutputPlugin};

use crate::playing::wait_until_played;
use crate::pump::Pump;
use crate::rig::{DEVICE, Rig, program, request, rings_mapped, state_of, wait_until};
use crate::timed_output::with_device;

#[test]
fn two_outputs_on_one_device_share_a_process_and_both_are_heard() {
    let rig = Rig::new("two_outputs_on_one_device_share_a_process", DEVICE);
    let (first, format) = rig.open();
    let (second, same) = rig.open();
    assert_eq!(format, same);
    let holdings = rig.plugin.holdings();
    assert_eq!(
        (holdings.processes, holdings.processes_started, holdings.rings),
        (1, 1, 2)
    );
    assert_eq!(first.pid(), second.pid());
    let pid = first.pid().unwrap();

    // Each of one value, so that the sum is told from either whenever the other begins.
    let pumps = [
        Pump::start(first, 2, |_, _| 0.25),
        Pump::start(second, 2, |_, _| 0.5),
    ];
    wait_until("half a second of both", || {
        pumps
            .iter()
            .all(|pump| pump.written.load(Ordering::Relaxed) >= 24_000)
    });
    let [mut first, mut second] = pumps.map(|pump| pump.stop().output);
    wait_until_played(&mut first, &format);
    wait_until_played(&mut second, &format);

    first.close().unwrap();
    let holdings = rig.plugin.holdings();
    assert_eq!(
        (holdings.processes, holdings.rings),
        (1, 1),
        "the other one plays on"
    );
    assert_eq!(second.write(&[0.125; 960]), 480);
    wait_until_played(&mut second, &format);
    second.close().unwrap();
    let holdings = rig.plugin.holdings();
    assert_eq!(
        (holdings.processes, holdings.processes_started, holdings.rings),
        (0, 1, 0)
    );
    assert_eq!(state_of(pid), None, "nothing is left");

    let captured = rig.device().captured();
    let frames_of = |value: f32| captured.iter().filter(|sample| **sample == value).count() / 2;
    assert!(frames_of(0.75) >= 20_000, "the sum: {}", frames_of(0.75));
    assert!(frames_of(0.125) >= 300, "one alone: {}", frames_of(0.125));
    rig.end().remove();
}

/// In a process of its own, which has no rings of other tests.
pub fn nothing_stays_mapped(test: &str) {
    with_device(test, DEVICE, |device| {
        let launch = Launch {
            program: program(),
            environment: Vec::new(),
            log: std::sync::Arc::new(|_, line| eprintln!("{line}")),
        };
        let plugin = AsioPlugin::with(launch, Place::Anonymous).unwrap();
        let outputs = [(); 2].map(|()| {
            let mut output = plugin.create(&device.id()).unwrap();
            let format = output.negotiate(&request()).unwrap();
            output.open(&format).unwrap();
            output
        });
        assert_eq!(rings_mapped(), 2);
        for mut output in outputs {
            output.close().unwrap();
        }
        assert_eq!((rings_mapped(), plugin.holdings().rings), (0, 0));
        plugin.stop();
    });
}

#[test]
fn what_is_too_loud_together_is_clipped() {
    let rig = Rig::new("what_is_too_loud_together_is_clipped", DEVICE);
    let (first, format) = rig.open();
    let (second, _) = rig.open();
    let pumps = [
        Pump::start(first, 2, |_, _| 0.75),
        Pump::start(second, 2, |_, _| 0.5),
    ];
    wait_until("some of both", || {
        pumps
            .iter()
            .all(|pump| pump.written.load(Ordering::Relaxed) >= 9_600)
    });
    for mut output in pumps.map(|pump| pump.stop().output) {
        wait_until_played(&mut output, &format);
        output.close().unwrap();
    }
    let captured = rig.device().captured();
    let loudest = captured.iter().copied().fold(0.0, f32::max);
    assert_eq!(loudest, 1.0);
    rig.end().remove();
}

#[test]
fn outputs_on_different_devices_have_a_process_each() {
    let devices = [("default", DEVICE), ("other", DEVICE)];
    let rig = Rig::with(
        "outputs_on_different_devices",
        &devices,
        utter_asio::shared_ring::Place::Anonymous,
    );
    let (mut first, _) = rig.open_on(0);
    let (mut second, _) = rig.open_on(1);
    assert_ne!(first.pid(), second.pid());
    assert_eq!(rig.plugin.holdings().processes, 2);
    first.close().unwrap();
    second.close().unwrap();
    rig.end().remove();
}

#[test]
fn many_outputs_that_come_and_go_at_once_leave_nothing() {
    let rig = Rig::new("many_outputs_that_come_and_go_at_once", DEVICE);
    std::thread::scope(|scope| {
        for thread in 0..6_u64 {
            let rig = &rig;
            scope.spawn(move || {
                for round in 0..15_u64 {
                    let (mut output, format) = rig.open();
                    assert_eq!(format.period_frames, 480);
                    wait_until("room", || output.status().writable > 0);
                    output.write(&[0.01; 960]);
                    if (thread + round).is_multiple_of(3) {
                        output.reset().unwrap();
                    }
                    assert!(output.status().state == utter_plugin::OutputState::Running);
                    output.close().unwrap();
                }
            });
        }
    });
    let holdings = rig.plugin.holdings();
    assert_eq!((holdings.processes, holdings.rings), (0, 0));
    eprintln!("{} processes were started", holdings.processes_started);
    rig.end().remove();
}

#[test]
fn another_way_of_using_a_device_needs_another_process() {
    let rig = Rig::new("another_way_of_using_a_device", DEVICE);
    let mut waiting = rig.plugin.create(&rig.device().id()).unwrap();
    let format = waiting.negotiate(&crate::rig::request()).unwrap();
    let (mut first, _) = rig.open();
    assert_eq!(rig.plugin.holdings().processes, 1, "who has only asked shares");
    let other = Format {
        period_frames: 2 * format.period_frames,
        ..format
    };
    waiting.open(&other).unwrap();
    assert_ne!(first.pid(), waiting.pid());
    assert_eq!(rig.plugin.holdings().processes, 2);
    first.close().unwrap();
    waiting.close().unwrap();
    rig.end().remove();
}

#[test]
fn no_more_outputs_than_there_are_slots() {
    let rig = Rig::new("no_more_outputs_than_there_are_slots", DEVICE);
    let mut outputs: Vec<_> = (0..8).map(|_| rig.open().0).collect();
    let mut one_more = rig.plugin.create(&rig.device().id()).unwrap();
    let failure = one_more.negotiate(&crate::rig::request()).unwrap_err();
    assert_eq!(failure.code, utter_plugin::FailureCode::Busy, "{failure}");
    outputs.pop().unwrap().close().unwrap();
    one_more.negotiate(&crate::rig::request()).unwrap();
    one_more.close().unwrap();
    for mut output in outputs {
        output.close().unwrap();
    }
    rig.end().remove();
}
