//! What is written is heard.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use utter_asio::AsioOutput;
use utter_asio::shared_ring::Place;
use utter_plugin::{Format, Output, OutputPlugin};

use crate::pump::{Pump, Pumped, sweep};
use crate::rig::{DEVICE, Rig, wait_until};
use crate::timed_output::Device;

/// Waits until the device has played what is in the ring, and silence.
pub fn wait_until_played(output: &mut AsioOutput, format: &Format) {
    wait_until("the ring is empty", || {
        output.status().writable == format.period_frames
    });
    let until = output.status().consumed + 8 * u64::from(format.period_frames);
    wait_until("the device has played that", || output.status().consumed > until);
}

/// Plays the sweep for so many frames, and lets the device play all of it.
pub fn play(output: AsioOutput, format: &Format, frames: u64) -> Pumped {
    let pump = Pump::start(output, format.channels, sweep);
    wait_until("so many frames", || {
        pump.written.load(Ordering::Relaxed) >= frames
    });
    let mut pumped = pump.stop();
    wait_until_played(&mut pumped.output, format);
    pumped
}

/// The sound in what a device has played: from the first sample that is not silence on.
pub fn sound(captured: &[f32]) -> &[f32] {
    let beginning = captured.iter().position(|sample| *sample != 0.0);
    &captured[beginning.expect("a sound")..]
}

/// That the first `frames` frames of the sweep are heard, without a gap, as far as `near` has it.
fn check_sweep(heard: &[f32], frames: u64, near: f32) {
    for (frame, heard) in (0..frames).zip(heard.chunks_exact(2)) {
        for (channel, &heard) in heard.iter().enumerate() {
            let wanted = sweep(frame, channel);
            assert!(
                (heard - wanted).abs() <= near,
                "frame {frame}, channel {channel}: {heard}, not {wanted}"
            );
        }
    }
    assert!(heard.len() as u64 >= 2 * frames);
}

fn plays(test: &str, device: Device, place: Place, near: f32) {
    let rig = Rig::with(test, &[("default", device)], place);
    let (output, format) = rig.open();
    assert_eq!(
        (format.rate, format.channels, format.period_frames),
        (48_000, 2, 480)
    );
    assert_eq!(rig.plugin.holdings().rings, 1);
    let mut pumped = play(output, &format, 96_000);
    assert_eq!(
        pumped.status.xruns, 0,
        "the pump was late (realtime: {})",
        pumped.is_realtime
    );
    pumped.output.close().unwrap();
    let captured = rig.device().captured();
    check_sweep(sound(&captured), pumped.written, near);
    rig.end().remove();
}

#[test]
fn what_is_written_is_heard_sample_by_sample() {
    plays(
        "what_is_written_is_heard_sample_by_sample",
        DEVICE,
        Place::Anonymous,
        0.0,
    );
}

#[test]
fn a_ring_in_a_file_does_the_same() {
    let directory = tempfile::tempdir_in(crate::rig::memory()).unwrap();
    let place = Place::Directory(directory.path().join("rings"));
    plays("a_ring_in_a_file_does_the_same", DEVICE, place, 0.0);
    let left = std::fs::read_dir(directory.path().join("rings")).unwrap().count();
    assert_eq!(left, 0, "the ring is gone with its output");
}

#[test]
fn a_device_of_integers_plays_the_nearest_ones() {
    let device = Device {
        format: "S16_LE",
        ..DEVICE
    };
    let test = "a_device_of_integers_plays_the_nearest_ones";
    plays(test, device, Place::Anonymous, 0.5001 / 32_768.0);
}

#[test]
fn a_flush_drops_what_waits_and_what_follows_is_heard() {
    let rig = Rig::new("a_flush_drops_what_waits_and_what_follows_is_heard", DEVICE);
    let (mut output, format) = rig.open();
    wait_until("room", || output.status().writable == 480);
    // Longer than the device takes at once, so that some of it waits.
    assert_eq!(output.write(&[0.5; 2 * 2_000]), 2_000);
    output.flush().unwrap();
    assert_eq!(output.status().writable, 480, "there is room at once");
    assert_eq!(output.write(&[-0.25; 2 * 400]), 400);
    wait_until_played(&mut output, &format);
    output.close().unwrap();
    let captured = rig.device().captured();
    let of = |value: f32| captured.iter().filter(|sample| **sample == value).count() / 2;
    assert!(of(0.5) <= 2 * 480, "{} frames that were flushed", of(0.5));
    assert!(
        of(-0.25) >= 400 - 144,
        "what follows, but for what the fall of the other lies over: {}",
        of(-0.25)
    );
    let steepest = captured.chunks_exact(2).map(|frame| frame[0]).collect::<Vec<_>>();
    let steepest = steepest
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .fold(0.0, f32::max);
    assert!(steepest <= 0.5, "no more than what was written: {steepest}");
    rig.end().remove();
}

#[test]
fn the_ring_never_falls_below_a_period_where_the_pump_has_realtime_priority() {
    let rig = Rig::new("the_ring_never_falls_below_a_period", DEVICE);
    let (output, format) = rig.open();
    let stop = Arc::new(AtomicBool::new(false));
    let busy: Vec<_> = (0..2)
        .map(|_| {
            let stop = Arc::clone(&stop);
            thread::spawn(move || while !stop.load(Ordering::Relaxed) {})
        })
        .collect();
    let pumped = play(output, &format, 4 * 48_000);
    stop.store(true, Ordering::Relaxed);
    busy.into_iter().for_each(|thread| thread.join().unwrap());
    eprintln!(
        "least level {:?}, realtime {}",
        pumped.least_level, pumped.is_realtime
    );
    if pumped.is_realtime {
        assert_eq!(pumped.least_level, Some(format.period_frames.into()));
        assert_eq!(pumped.status.xruns, 0);
    }
    let mut output = pumped.output;
    output.close().unwrap();
    rig.end().remove();
}

#[test]
fn an_output_is_opened_and_closed_again_and_again() {
    let rig = Rig::new("an_output_is_opened_and_closed_again_and_again", DEVICE);
    let (mut output, format) = rig.open();
    for round in 1..=5 {
        output = play(output, &format, 4_800).output;
        output.close().unwrap();
        let holdings = rig.plugin.holdings();
        assert_eq!(
            (holdings.processes, holdings.rings, holdings.processes_started),
            (0, 0, round)
        );
        output.open(&format).unwrap();
    }
    output.close().unwrap();
    rig.end().remove();
}
