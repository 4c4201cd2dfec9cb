//! The renderer: one callback, from nothing to do to everything at once.
//!
//! A device of 48 kHz with two channels; the ring holds mono, at the device's rate. Between two callbacks somebody pushes frames,
//! sends commands and reads reports, which is not measured; reading the clock around each callback is, some tens of nanoseconds.
//! A period of 128 frames lasts 2.7 ms, one of 1024 frames 21 ms.

use super::output::DeviceSample;
use super::realtime::clock::Clock;
use super::realtime::command::{Command, Sent};
use super::realtime::report::Report;
use super::realtime::ring::{FrameWriter, ring};
use super::realtime::{Renderer, RendererControl, RendererShape};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput};
use std::hint::black_box;
use std::time::{Duration, Instant};

const RATE: u32 = 48_000;
const PERIODS: [usize; 3] = [128, 480, 1_024];

/// The player's fade, 8 ms, and its ramp of a volume, 20 ms.
const FADE: u32 = 384;
const RAMP: u32 = 960;

const UNDERRUN: &str = "underrun";

/// What happens before the callback `n`.
type Before = fn(&mut Desk, u64);

const CASES: [(&str, Before); 9] = [
    ("silent", |_, _| {}),
    ("playing", |desk, _| desk.push()),
    ("playing, quieter and off the centre", |desk, n| {
        desk.push();
        if n == 0 {
            desk.send(gains(0.25, 0.5, 0));
        }
    }),
    ("volume moving", |desk, n| {
        desk.push();
        let gain = if n % 2 == 0 { 0.25 } else { 1.0 };
        desk.send(gains(gain, gain, RAMP));
    }),
    ("balance moving", |desk, n| {
        desk.push();
        let gain = if n % 2 == 0 { 0.25 } else { 1.0 };
        desk.send(gains(gain, 1.25 - gain, RAMP));
    }),
    ("paused and resumed", |desk, n| {
        desk.push();
        let command = if n % 2 == 0 {
            Command::Pause
        } else {
            Command::Resume
        };
        desk.send(command);
    }),
    ("seek", |desk, _| {
        let flush = desk.flush();
        desk.send(flush);
        desk.push();
    }),
    (UNDERRUN, |desk, _| desk.push_half()),
    ("all commands", |desk, n| {
        desk.push();
        let gain = if n % 2 == 0 { 0.25 } else { 1.0 };
        // As many as can wait.
        while desk.has_room() {
            let flush = desk.flush();
            desk.send(flush);
            desk.send(Command::Pause);
            desk.send(gains(gain, 1.25 - gain, RAMP));
            desk.send(Command::Resume);
        }
        desk.push();
    }),
];

/// Measures callbacks.
pub fn renderer(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("callback");
    for (name, before) in CASES {
        by_period::<f32>(&mut group, name, before);
    }
    by_period::<i16>(&mut group, "playing, as i16", |desk, _| desk.push());
    group.finish();
}

/// Measures a case with every period, on a device that takes `T`.
fn by_period<T: DeviceSample>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, before: Before) {
    for frames in PERIODS {
        group.throughput(Throughput::Elements(frames as u64));
        group.bench_function(BenchmarkId::new(name, frames), |bencher| {
            let (mut renderer, mut desk) = open(frames);
            let mut output = vec![T::from_f32(0.0); 2 * frames];
            bencher.iter_custom(|callbacks| {
                let mut took = Duration::ZERO;
                for n in 0..callbacks {
                    before(&mut desk, n);
                    let called = Instant::now();
                    renderer.render(black_box(&mut output), 0);
                    took += called.elapsed();
                    desk.read_reports();
                }
                desk.check(name == UNDERRUN);
                took
            });
        });
    }
}

/// The other side of a renderer: what the playback thread does.
struct Desk {
    writer: FrameWriter,
    control: RendererControl,
    period: Vec<f32>,
    /// Commands that were sent, and that were obeyed.
    sent: u64,
    obeyed: u64,
}

fn open(frames: usize) -> (Renderer, Desk) {
    let (writer, reader) = ring(2 * RATE as usize);
    let shape = RendererShape {
        rate: RATE,
        channels: 2,
        fade: FADE,
    };
    let (renderer, control) = Renderer::new(reader, shape, Clock::monotonic());
    let desk = Desk {
        writer,
        control,
        period: (0..frames).map(|n| 0.5 * (n as f32 * 0.130_5).sin()).collect(),
        sent: 0,
        obeyed: 0,
    };
    (renderer, desk)
}

fn gains(left: f32, right: f32, frames: u32) -> Command {
    Command::Gains { left, right, frames }
}

impl Desk {
    /// A period of frames. What finds no room is left out: a pause takes none.
    fn push(&mut self) {
        let _ = self.writer.push(&self.period, false);
    }

    /// Half of what the next callback wants.
    fn push_half(&mut self) {
        let _ = self.writer.push(&self.period[..self.period.len() / 2], false);
    }

    /// A flush of everything that is in the ring.
    fn flush(&self) -> Command {
        Command::Flush {
            until: self.writer.written(),
            fade: FADE,
            keeps_pause: true,
        }
    }

    fn has_room(&self) -> bool {
        self.control.commands.slots() > 0
    }

    fn send(&mut self, command: Command) {
        let number = self.sent;
        if self.control.commands.push(Sent { number, command }).is_ok() {
            self.sent += 1;
        }
    }

    fn read_reports(&mut self) {
        while let Ok(report) = self.control.reports.pop() {
            self.obeyed += u64::from(matches!(report, Report::Obeyed { .. }));
        }
    }

    /// That what was measured is what was meant.
    fn check(&self, underruns: bool) {
        assert_eq!(self.obeyed, self.sent, "commands wait");
        assert_eq!(self.control.status.read().underruns > 0, underruns);
    }
}
