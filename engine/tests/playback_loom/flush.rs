//! Frames, commands, and what the renderer tells of them: three threads, which are the feed, whoever stops, and the
//! device.
//!
//! What is checked: a flush is exact to the frame, whichever way it falls between pushes and callbacks; frames that were
//! refused are heard nowhere, those that were taken once or never, those behind the flush all and untouched; where the
//! renderer says that it obeyed is where it did; and whoever reads the status and then the reports knows of every frame
//! that the status counts.
//!
//! Caught, when made: frames of an epoch that is over taken, or a flush that begins none; its end read before the lock is
//! taken; a discard of one frame less; a fade that goes on behind the flush; frames
//! admitted after the commands, or as they come; of two flushes the earlier one's end; the end of an utterance pushed behind its last frame; the status published before the
//! frames are rendered, or read after the reports; a ring's index stored or loaded relaxed, and the status likewise.

use super::realtime::clock::Clock;
use super::realtime::report::Report;
use super::realtime::ring::ring;
use super::realtime::status::{Mode, Status};
use super::realtime::{Renderer, RendererControl, RendererShape};
use super::valve::{Flushed, Inlet, Pushed, Stopped, Valve};
use crate::sync::{check, spawn};
use std::sync::Arc;
use std::time::Duration;

pub const MODELS: &[(&str, fn())] = &[
    ("a_stop_at_once_is_exact_to_the_frame", || a_stop_is_exact(0, 3)),
    ("a_stop_with_a_fade_is_exact_to_the_frame", || {
        a_stop_is_exact(2, 2)
    }),
    ("of_two_flushes_the_later_counts", of_two_flushes_the_later_counts),
    ("a_full_ring_loses_nothing", a_full_ring_loses_nothing),
    (
        "an_end_is_there_with_its_last_frame",
        an_end_is_there_with_its_last_frame,
    ),
];

/// So that a frame is a millisecond.
const RATE: u32 = 1_000;

/// Frames before a flush are quieter than this, also when they are faded; those behind it are not.
const LOUD: f32 = 0.5;
const OLD: [f32; 4] = [0.1, 0.2, 0.3, 0.4];
const NEW: [f32; 2] = [0.75, 0.875];

fn line(capacity: usize) -> (Arc<Valve>, u64, Device, Control) {
    let valve = Arc::new(Valve::new());
    let (writer, reader) = ring(capacity);
    let shape = RendererShape {
        rate: RATE,
        channels: 1,
        // An underrun is silent at once, so that every frame is heard as it is.
        fade: 0,
    };
    let (renderer, control) = Renderer::new(reader, shape, Clock::monotonic());
    let RendererControl {
        commands,
        status,
        reports,
        ..
    } = control;
    let epoch = valve.connect(Some(Inlet {
        writer,
        commands,
        rate: RATE,
    }));
    let device = Device {
        renderer: Box::new(renderer),
        heard: Vec::new(),
    };
    let control = Control {
        status,
        reports,
        told: Vec::new(),
    };
    (valve, epoch, device, control)
}

/// The device, and all that it was given.
struct Device {
    renderer: Box<Renderer>,
    heard: Vec<f32>,
}

impl Device {
    fn turn(&mut self, frames: usize) {
        let from = self.heard.len();
        self.heard.resize(from + frames, f32::NAN);
        self.renderer.render(&mut self.heard[from..], 0);
    }

    /// The frames that are none of silence.
    fn sounds(&self) -> Vec<f32> {
        self.heard.iter().copied().filter(|x| *x != 0.0).collect()
    }
}

/// What the renderer tells.
struct Control {
    status: super::realtime::status::StatusReader,
    reports: super::realtime::report::Reports,
    told: Vec<Report>,
}

impl Control {
    /// The status, and all reports so far.
    fn look(&mut self) -> (Status, Vec<Report>) {
        let status = self.status.read();
        while let Ok(report) = self.reports.pop() {
            self.told.push(report);
        }
        (status, self.told.clone())
    }

    fn obeyed(&mut self, flushed: &Flushed) -> (u64, u64) {
        self.look();
        let mut of_it = self.told.iter().filter_map(|report| match *report {
            Report::Obeyed {
                command,
                device,
                ring,
            } if command == flushed.command.0 => Some((device, ring)),
            _ => None,
        });
        let obeyed = of_it.next().expect("it was obeyed");
        assert_eq!(of_it.next(), None, "once");
        obeyed
    }
}

/// Which frame of the ring `reports` say is heard with the device's frame `device`, if any is.
fn reported(reports: &[Report], device: u64) -> Option<u64> {
    let last = reports.iter().rev().find_map(|report| match *report {
        Report::Sound { device: from, ring } if from <= device => Some(Some(ring + (device - from))),
        Report::Silence { device: from, .. } if from <= device => Some(None),
        _ => None,
    });
    last.flatten()
}

fn taken(pushed: Pushed) -> Option<usize> {
    match pushed {
        Pushed::Taken { frames, .. } => Some(frames),
        Pushed::Refused => None,
    }
}

/// Pushes `OLD` in two parts, until it is refused; gives how many frames were taken.
fn feed_old(valve: &Valve, epoch: u64) -> usize {
    let parts = [&OLD[..2], &OLD[2..]];
    parts
        .iter()
        .map_while(|part| taken(valve.push(epoch, part, false)))
        .sum()
}

fn a_stop_is_exact(fade: u64, preemptions: usize) {
    check(preemptions, move || {
        let (valve, epoch, mut device, mut control) = line(8);
        let feeding = spawn({
            let valve = Arc::clone(&valve);
            move || feed_old(&valve, epoch)
        });
        let playing = spawn(move || {
            device.turn(3);
            device.turn(3);
            device
        });
        let command = valve.stop(Duration::from_millis(fade));
        let (status, told) = control.look();
        let Stopped { flushed, .. } = valve.take_stop().expect("a stop");
        assert_eq!(flushed.command, command);
        let pushed = valve.push(flushed.epoch, &NEW, true);
        assert_eq!(taken(pushed), Some(NEW.len()), "there is room for both");

        let fed = feeding.join().unwrap();
        let mut device = playing.join().unwrap();
        device.turn(6);
        device.turn(2);
        assert_eq!(
            fed as u64, flushed.until,
            "what was taken lies before the flush, and nothing else"
        );
        // In the order in which they lie in the ring.
        let pushed = [&OLD[..fed], &NEW].concat();
        let (at, ring) = control.obeyed(&flushed);
        let (before, after) = device.heard.split_at(at as usize);
        let before: Vec<f32> = before.iter().copied().filter(|x| *x != 0.0).collect();
        assert_eq!(
            before,
            pushed[..ring as usize],
            "up to the flush all of it, once and untouched"
        );
        let faded = after
            .iter()
            .take_while(|x| **x < LOUD)
            .filter(|x| **x != 0.0)
            .count() as u64;
        assert!(ring <= flushed.until, "no callback reads past a flush");
        assert!(faded <= fade, "{:?}", device.heard);
        let rest: Vec<f32> = after.iter().copied().filter(|x| *x >= LOUD).collect();
        assert_eq!(rest, NEW, "behind it all that is new");

        let (last, _) = control.look();
        assert_eq!(last.consumed(), flushed.until + NEW.len() as u64);
        // The last frame of a fade is silent, and still one of the ring.
        let heard_of_old = last.rendered - NEW.len() as u64;
        assert!((ring..=ring + fade).contains(&heard_of_old));
        assert_eq!(last.mode, Mode::Idle);

        // What whoever has stopped could see meanwhile.
        for frame in 0..status.device_frames {
            let now = reported(&told, frame);
            assert_eq!(
                now,
                reported(&control.told, frame),
                "a report of the frame {frame} was missing"
            );
        }
        for frame in 0..at {
            let sound = device.heard[frame as usize];
            let expected = reported(&control.told, frame).map_or(0.0, |ring| pushed[ring as usize]);
            assert_eq!(sound, expected, "frame {frame}");
        }
    });
}

/// A seek while a stop is under way: the deck's flush and a stop, in whichever order.
fn of_two_flushes_the_later_counts() {
    check(2, || {
        let (valve, epoch, mut device, mut control) = line(8);
        assert_eq!(feed_old(&valve, epoch), OLD.len());
        let stopping = spawn({
            let valve = Arc::clone(&valve);
            move || valve.stop(Duration::ZERO)
        });
        let playing = spawn(move || {
            device.turn(2);
            device.turn(2);
            device
        });
        // The deck seeks; the feed goes on where it says, until it hears of the stop.
        let sought = valve.flush(Duration::from_millis(1), true);
        let between = taken(valve.push(sought.epoch, &[0.45], false));
        let stop = stopping.join().unwrap();
        let Stopped {
            commands, flushed, ..
        } = valve.take_stop().expect("a stop");
        assert_eq!(
            commands.iter().map(|stop| stop.command).collect::<Vec<_>>(),
            [stop]
        );
        assert!(
            flushed.epoch > sought.epoch,
            "what is pushed from now on is taken"
        );
        assert_eq!(taken(valve.push(flushed.epoch, &NEW, true)), Some(NEW.len()));
        assert_eq!(flushed.until, OLD.len() as u64 + between.unwrap_or(0) as u64);

        let mut device = playing.join().unwrap();
        device.turn(8);
        device.turn(2);
        let (at, _) = control.obeyed(&flushed);
        let sounds = device.heard.iter().copied();
        assert_eq!(sounds.filter(|x| *x >= LOUD).collect::<Vec<_>>(), NEW);
        let quiet = device.heard.iter().rposition(|x| *x != 0.0 && *x < LOUD);
        // The fade of the seek's flush is one frame, and that is silent.
        assert!(quiet.is_none_or(|last| last < at as usize));
        for flush in [&sought, &commands[0]] {
            control.obeyed(flush);
        }
        let (last, _) = control.look();
        assert_eq!(last.consumed(), flushed.until + NEW.len() as u64);
    });
}

/// A ring of three places, which are used again and again.
fn a_full_ring_loses_nothing() {
    check(3, || {
        let (valve, epoch, mut device, mut control) = line(3);
        let playing = spawn(move || {
            device.turn(2);
            device.turn(2);
            device
        });
        let mut fed = feed_old(&valve, epoch);
        assert!(fed >= 3);
        let mut device = playing.join().unwrap();
        device.turn(4);
        while fed < OLD.len() {
            fed += taken(valve.push(epoch, &OLD[fed..], false)).unwrap();
            device.turn(4);
        }
        assert_eq!(device.sounds(), OLD);
        let (status, told) = control.look();
        assert_eq!((status.rendered, status.discarded), (4, 0));
        let places = (0..device.heard.len() as u64).filter_map(|frame| reported(&told, frame));
        assert!(places.eq(0..4));
    });
}

/// Whoever has read the last frame knows that it was the last: there is no underrun.
fn an_end_is_there_with_its_last_frame() {
    check(3, || {
        let (valve, epoch, mut device, mut control) = line(8);
        let playing = spawn(move || {
            device.turn(3);
            device.turn(1);
            device
        });
        valve.push(epoch, &OLD[..2], true);
        valve.push(epoch, &OLD[2..], true);
        let mut device = playing.join().unwrap();
        device.turn(4);
        device.turn(1);
        assert_eq!(device.sounds(), OLD);
        let (status, _) = control.look();
        assert_eq!((status.underruns, status.mode), (0, Mode::Idle));
    });
}
