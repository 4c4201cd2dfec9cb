//! Programs that die, hang or lose their device.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use utter_asio::shared_ring::Place;
use utter_plugin::{FailureCode, Output, OutputPlugin, OutputState};

use crate::playing::{play, sound};
use crate::pump::{Pump, sweep};
use crate::rig::{DEVICE, Rig, request, signal, state_of, wait_until};
use crate::timed_output::{Device, Operation, now};

/// How long a call of an instance may take that has nothing to do with one that hangs.
const PROMPT: Duration = Duration::from_millis(100);

#[test]
fn a_killed_program_is_lost_at_once_and_the_next_one_plays_within_a_second() {
    let rig = Rig::new("a_killed_program_is_lost_at_once", DEVICE);
    let (output, format) = rig.open();
    let pid = output.pid().unwrap();
    let output = play(output, &format, 24_000).output;
    let started = rig.plugin.holdings().processes_started;
    let pump = Pump::start(output, 2, sweep);
    let killed = (now(), Instant::now());
    signal(pid, Signal::KILL);
    let pumped = pump.wait();
    let noticed = killed.1.elapsed();
    eprintln!("noticed after {noticed:?}");
    assert!(noticed <= Duration::from_millis(50), "{noticed:?}");
    assert_eq!(pumped.status.state, OutputState::Disconnected);
    assert_eq!(pumped.status.writable, 0);

    let mut output = pumped.output;
    output.close().unwrap();
    assert_eq!(rig.plugin.holdings().processes, 0);
    output.open(&format).unwrap();
    assert_eq!(rig.plugin.holdings().processes_started, started + 1);
    let mut output = play(output, &format, 9_600).output;
    output.close().unwrap();
    let capture = rig.device().captures().pop().unwrap();
    let silent = capture.samples.len() - sound(&capture.samples).len();
    let after = capture.heard_at(silent / 2).saturating_sub(killed.0);
    eprintln!("heard again after {after:?}");
    assert!(after <= Duration::from_secs(1), "{after:?}");
    rig.end().remove();
}

#[test]
fn a_program_that_dies_again_and_again_is_started_with_growing_waits() {
    let rig = Rig::new("a_program_that_dies_again_and_again", DEVICE);
    let (mut output, format) = rig.open();
    let mut waits = Vec::new();
    for _ in 0..5 {
        signal(output.pid().unwrap(), Signal::KILL);
        wait_until("lost", || output.status().state == OutputState::Disconnected);
        output.close().unwrap();
        let since = Instant::now();
        output.open(&format).unwrap();
        waits.push(since.elapsed());
    }
    eprintln!("{waits:?}");
    // The first at once; the fifth after 400 ms, less what passed since the death.
    assert!(waits[4] >= Duration::from_millis(300), "{waits:?}");
    assert!(waits[0] < waits[4]);
    signal(output.pid().unwrap(), Signal::KILL);
    wait_until("lost", || output.status().state == OutputState::Disconnected);
    output.close().unwrap();
    // 800 ms now, which an opening has time for; and the device can be asked for by others at once.
    assert!(rig.plugin.targets().is_ok());
    output.open(&format).unwrap();
    output.close().unwrap();
    rig.end().remove();
}

#[test]
fn a_program_that_hangs_is_replaced_and_holds_up_nobody() {
    let devices = [("default", DEVICE), ("other", DEVICE)];
    let rig = Rig::with("a_program_that_hangs_is_replaced", &devices, Place::Anonymous);
    let (output, format) = rig.open_on(0);
    let (mut other, _) = rig.open_on(1);
    let pid = output.pid().unwrap();
    let output = play(output, &format, 9_600).output;
    let pump = Pump::start(output, 2, sweep);
    let stopped = Instant::now();
    signal(pid, Signal::STOP);

    let (mut longest, mut calls) = (Duration::ZERO, 0);
    while state_of(pid).is_some() && stopped.elapsed() < Duration::from_secs(5) {
        let mut timed = |call: &mut dyn FnMut()| {
            let since = Instant::now();
            call();
            longest = longest.max(since.elapsed());
            calls += 1;
        };
        let mut third = rig.plugin.create(&rig.system.outputs[1].id()).unwrap();
        timed(&mut || {
            third.negotiate(&request()).unwrap();
        });
        timed(&mut || third.open(&format).unwrap());
        timed(&mut || third.reset().unwrap());
        timed(&mut || third.close().unwrap());
        timed(&mut || other.flush().unwrap());
    }
    eprintln!(
        "gone after {:?}; {calls} calls meanwhile, {longest:?} at most",
        stopped.elapsed()
    );
    assert!(
        stopped.elapsed() <= Duration::from_secs(1),
        "{:?}",
        stopped.elapsed()
    );
    assert!(calls >= 10 && longest <= PROMPT, "{calls} calls, {longest:?}");

    let pumped = pump.wait();
    assert_eq!(pumped.status.state, OutputState::Disconnected);
    let mut output = pumped.output;
    output.close().unwrap();
    output.open(&format).unwrap();
    let mut output = play(output, &format, 4_800).output;
    output.close().unwrap();
    other.close().unwrap();
    rig.end().remove();
}

#[test]
fn a_stopped_program_can_be_closed_in_time() {
    let rig = Rig::new("a_stopped_program_can_be_closed_in_time", DEVICE);
    let (mut output, _) = rig.open();
    let pid = output.pid().unwrap();
    signal(pid, Signal::STOP);
    let since = Instant::now();
    output.close().unwrap();
    assert!(since.elapsed() <= Duration::from_secs(1), "{:?}", since.elapsed());
    assert_eq!((state_of(pid), rig.plugin.holdings().processes), (None, 0));
    rig.end().remove();
}

#[test]
fn a_program_that_stands_still_for_a_moment_is_an_xrun_and_no_loss() {
    let device = Device {
        has_xruns: true,
        ..DEVICE
    };
    let rig = Rig::new("a_program_that_stands_still_for_a_moment", device);
    let (output, format) = rig.open();
    let pid = output.pid().unwrap();
    let output = play(output, &format, 9_600).output;
    let pump = Pump::start(output, 2, sweep);
    let written = || pump.written.load(Ordering::Relaxed);
    wait_until("some periods", || written() > 4_800);
    signal(pid, Signal::STOP);
    // A quarter of what is taken for a hang.
    std::thread::sleep(Duration::from_millis(100));
    signal(pid, Signal::CONT);
    let until = written() + 9_600;
    wait_until("it goes on", || written() > until);
    let pumped = pump.stop();
    assert_eq!(pumped.status.state, OutputState::Running);
    // That before the second pump began is counted, too.
    assert!(pumped.status.xruns >= 2, "{:?}", pumped.status);
    let mut output = pumped.output;
    output.close().unwrap();
    rig.end().remove();
}

#[test]
fn a_driver_that_hangs_as_it_opens_fails_in_time() {
    let rig = Rig::new("a_driver_that_hangs_as_it_opens", DEVICE);
    let mut output = rig.plugin.create(&rig.device().id()).unwrap();
    let format = output.negotiate(&request()).unwrap();
    rig.device().hang(Operation::Open);
    let since = Instant::now();
    let failure = output.open(&format).unwrap_err();
    assert!(
        since.elapsed() <= Duration::from_millis(2_500),
        "{:?}",
        since.elapsed()
    );
    assert_eq!(failure.code, FailureCode::TimedOut, "{failure}");
    wait_until("nothing is left", || rig.plugin.holdings().processes == 0);
    rig.device().release();
    output.open(&format).unwrap();
    output.close().unwrap();
    rig.end().remove();
}

#[test]
fn a_driver_that_hangs_as_it_closes_is_ended() {
    let rig = Rig::new("a_driver_that_hangs_as_it_closes", DEVICE);
    let (mut output, _) = rig.open();
    rig.device().hang(Operation::Close);
    let since = Instant::now();
    output.close().unwrap();
    assert!(since.elapsed() <= Duration::from_secs(1), "{:?}", since.elapsed());
    assert_eq!(rig.plugin.holdings().processes, 0);
    rig.device().release();
    rig.end().remove();
}

/// Breaks a device that plays, and returns what the output says of it, and after how long.
fn broken(test: &str, fault: impl Fn(&Rig)) -> (OutputState, Duration) {
    let rig = Rig::new(test, DEVICE);
    let (output, format) = rig.open();
    let output = play(output, &format, 4_800).output;
    let pump = Pump::start(output, 2, sweep);
    let since = Instant::now();
    fault(&rig);
    let mut pumped = pump.wait();
    let after = since.elapsed();
    pumped.output.close().unwrap();
    rig.device().come_back();
    pumped.output.open(&format).unwrap();
    let mut output = play(pumped.output, &format, 4_800).output;
    output.close().unwrap();
    rig.end().remove();
    (pumped.status.state, after)
}

#[test]
fn a_device_that_vanishes_is_lost_and_can_be_opened_when_it_is_back() {
    let (state, after) = broken("a_device_that_vanishes_is_lost", |rig| rig.device().vanish());
    assert_eq!(state, OutputState::Disconnected);
    assert!(after <= Duration::from_millis(500), "{after:?}");
}

#[test]
fn a_device_that_jams_or_storms_has_failed() {
    let (state, after) = broken("a_device_that_jams", |rig| rig.device().jam());
    assert_eq!(state, OutputState::Failed);
    assert!(after <= Duration::from_secs(2), "{after:?}");
    let (state, after) = broken("a_device_that_storms", |rig| rig.device().storm());
    assert_eq!(state, OutputState::Failed);
    assert!(after <= Duration::from_secs(2), "{after:?}");
}
