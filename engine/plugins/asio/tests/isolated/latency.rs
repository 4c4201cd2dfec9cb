//! How much later a frame is heard than from a callback of our own.

use std::sync::Mutex;
use std::sync::mpsc;
use std::time::Duration;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use utter_asio::AsioPlugin;
use utter_asio::lease::Launch;
use utter_asio::shared_ring::Place;
use utter_plugin::{Output, OutputPlugin};

use crate::playing::sound;
use crate::pump::{promote, sweep};
use crate::rig::{DEVICE, program, request};
use crate::timed_output::{Capture, TimedOutput, now, with_device};

const PERIOD: u64 = 480;
/// How many periods are looked at.
const PERIODS: usize = 200;

/// The time from handing a frame over to its being heard, directly and through the plugin, on the same device.
pub fn at_most_one_period(test: &str) {
    with_device(test, DEVICE, |device| {
        let direct = directly();
        let isolated = through_the_plugin(device);
        let captures = device.captures();
        let [first, second] = captures.as_slice() else {
            panic!("{} captures", captures.len())
        };
        let (direct, isolated) = (median_latency(first, &direct), median_latency(second, &isolated));
        let period = Duration::from_millis(10);
        println!("directly {direct:?}, through the plugin {isolated:?}");
        assert!(isolated <= direct + period, "{isolated:?} and {direct:?}");
    });
}

/// When which frame was handed over, first of all frame 0.
type Handed = Vec<(u64, Duration)>;

fn directly() -> Handed {
    let (sender, handed) = mpsc::sync_channel(4 * PERIODS);
    let device = cpal::default_host().default_output_device().unwrap();
    let config = cpal::StreamConfig {
        channels: 2,
        sample_rate: 48_000,
        buffer_size: cpal::BufferSize::Fixed(PERIOD as u32),
    };
    let mut frame = 0;
    let callback = move |samples: &mut [f32], _: &cpal::OutputCallbackInfo| {
        // As the program's: one that comes late has less to wait for, and would look better than it is.
        if frame == 0 {
            promote();
        }
        let _ = sender.try_send((frame, now()));
        for samples in samples.chunks_exact_mut(2) {
            samples.copy_from_slice(&[sweep(frame, 0), sweep(frame, 1)]);
            frame += 1;
        }
    };
    let stream = device
        .build_output_stream(config, callback, |error| panic!("{error}"), None)
        .unwrap();
    stream.play().unwrap();
    (0..PERIODS).map(|_| handed.recv().unwrap()).collect()
}

fn through_the_plugin(device: &TimedOutput) -> Handed {
    let launch = Launch {
        program: program(),
        environment: Vec::new(),
        log: std::sync::Arc::new(|_, line| eprintln!("{line}")),
    };
    let plugin = AsioPlugin::with(launch, Place::Anonymous).unwrap();
    let mut output = plugin.create(&device.id()).unwrap();
    let format = output.negotiate(&request()).unwrap();
    assert_eq!(u64::from(format.period_frames), PERIOD);
    output.open(&format).unwrap();
    let handed = Mutex::new(Handed::new());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            promote();
            let mut frame = 0;
            let mut handed = handed.lock().unwrap();
            while handed.len() < PERIODS {
                let status = output.status();
                let frames = frame..frame + u64::from(status.writable);
                let block: Vec<f32> = frames
                    .flat_map(|frame| [sweep(frame, 0), sweep(frame, 1)])
                    .collect();
                if !block.is_empty() {
                    handed.push((frame, now()));
                }
                frame += u64::from(output.write(&block));
                std::thread::sleep(status.look_again);
            }
            output.close().unwrap();
        });
    });
    plugin.stop();
    handed.into_inner().unwrap()
}

/// The median over all that was handed over but for the beginning, and the end that was not heard.
fn median_latency(capture: &Capture, handed: &Handed) -> Duration {
    let silent = (capture.samples.len() - sound(&capture.samples).len()) / 2;
    let heard = handed.iter().map(|(frame, at)| (silent + *frame as usize, *at));
    let heard = heard.filter(|(frame, _)| *frame < capture.frames());
    let mut latencies: Vec<_> = heard
        .skip(20)
        .map(|(frame, at)| capture.heard_at(frame).saturating_sub(at))
        .collect();
    assert!(latencies.len() > PERIODS / 2);
    latencies.sort();
    latencies[latencies.len() / 2]
}
