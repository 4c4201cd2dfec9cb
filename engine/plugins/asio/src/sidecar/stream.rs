//! The device that is open: a stream of cpal whose callback is the [`Mixer`].

use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{BufferSize, ErrorKind, OutputCallbackInfo, SampleFormat};
use utter_asio::clock;
use utter_asio::protocol::message::{FaultCode, Shape};

use super::devices::{Devices, Fault};
use super::health::{Health, Watch};
use super::priority::CallbackThread;
use super::realtime::{DeviceSample, Mixer};

/// How long a device may take from its start to its first callback.
const FIRST_CALLBACK: Duration = Duration::from_secs(1);

/// A device that runs.
pub(crate) struct Stream {
    stream: cpal::Stream,
    returned: mpsc::Receiver<Mixer>,
    pub(crate) shape: Shape,
    pub(crate) watch: Watch,
}

impl Stream {
    /// Opens a device and starts it; it has called for frames when this returns. If it does not open, the mixer is
    /// freed with all that it has.
    pub(crate) fn open(devices: &Devices, id: &str, shape: &Shape, mixer: Mixer) -> Result<Self, Fault> {
        let (lender, returned) = mpsc::channel();
        let health = Arc::new(Health::default());
        let lent = LentMixer {
            mixer: Some(mixer),
            lender,
        };
        let stream = start(devices, id, shape, lent, &health, &returned)?;
        let period = stream.buffer_size().unwrap_or(shape.period);
        let shape = Shape { period, ..*shape };
        let watch = Watch::new(health, clock::nanoseconds(period.into(), shape.rate));
        Ok(Self {
            stream,
            returned,
            shape,
            watch,
        })
    }

    /// Closes the device, and takes the mixer out of it. May take as long as the driver likes.
    pub(crate) fn close(self) -> Option<Mixer> {
        drop(self.stream);
        self.returned.try_recv().ok()
    }
}

fn start(
    devices: &Devices,
    id: &str,
    shape: &Shape,
    mixer: LentMixer,
    health: &Arc<Health>,
    returned: &mpsc::Receiver<Mixer>,
) -> Result<cpal::Stream, Fault> {
    let (device, format) = devices.choose(id, shape)?;
    let build = match format {
        SampleFormat::F32 => build::<f32>,
        SampleFormat::F64 => build::<f64>,
        SampleFormat::I32 => build::<i32>,
        SampleFormat::I24 => build::<cpal::I24>,
        SampleFormat::I16 => build::<i16>,
        SampleFormat::I8 => build::<i8>,
        SampleFormat::U32 => build::<u32>,
        SampleFormat::U24 => build::<cpal::U24>,
        SampleFormat::U16 => build::<u16>,
        SampleFormat::U8 => build::<u8>,
        other => {
            return Err(Fault::new(
                FaultCode::NoUsableFormat,
                format!("`{id}` takes {other}"),
            ));
        }
    };
    let of_device = |error: cpal::Error| Fault::of(id, &error);
    let lender = mixer.lender.clone();
    let thread = CallbackThread::default();
    let fixed = BufferSize::Fixed(shape.period);
    let stream = match build(&device, shape, fixed, mixer, health, &thread) {
        Err(error) if error.kind() == ErrorKind::UnsupportedConfig => {
            eprintln!(
                "`{id}` refuses a period of {} frames; its own is used",
                shape.period
            );
            // The failed attempt has dropped its callback.
            let mixer = Some(returned.try_recv().map_err(|_| of_device(error))?);
            build(
                &device,
                shape,
                BufferSize::Default,
                LentMixer { mixer, lender },
                health,
                &thread,
            )
        }
        built => built,
    };
    let stream = stream.map_err(of_device)?;
    stream.play().map_err(of_device)?;
    wait_for_callback(id, health)?;
    thread.promote();
    Ok(stream)
}

fn wait_for_callback(id: &str, health: &Health) -> Result<(), Fault> {
    let since = Instant::now();
    while health.callbacks() == 0 {
        if health.is_lost() {
            return Err(Fault::new(
                FaultCode::NotFound,
                format!("`{id}` went away as it was opened"),
            ));
        }
        if since.elapsed() > FIRST_CALLBACK {
            return Err(Fault::new(
                FaultCode::Device,
                format!("`{id}` opens, and then does not play"),
            ));
        }
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

fn build<T: DeviceSample + cpal::SizedSample>(
    device: &cpal::Device,
    shape: &Shape,
    buffer_size: BufferSize,
    mut lent: LentMixer,
    health: &Arc<Health>,
    thread: &CallbackThread,
) -> Result<cpal::Stream, cpal::Error> {
    let thread = thread.clone();
    let (served, health) = (Arc::clone(health), Arc::clone(health));
    let rate = shape.rate;
    device.build_output_stream::<T, _, _>(
        cpal::StreamConfig {
            channels: shape.channels as u16,
            sample_rate: rate,
            buffer_size,
        },
        move |samples, info| {
            thread.is_here();
            served.served();
            if let Some(mixer) = &mut lent.mixer {
                if served.take_xruns() > 0 {
                    mixer.device_was_late();
                }
                mixer.render(samples, delay_frames(info, rate));
            }
        },
        move |error| health.report(error.kind()),
        None,
    )
}

/// A mixer in the hands of a stream. When the stream drops its callback, which it never does while it runs, the mixer goes
/// back with all that it holds.
struct LentMixer {
    mixer: Option<Mixer>,
    lender: mpsc::Sender<Mixer>,
}

impl Drop for LentMixer {
    fn drop(&mut self) {
        if let Some(mixer) = self.mixer.take() {
            // If nobody wants it back, it is freed here.
            let _ = self.lender.send(mixer);
        }
    }
}

/// How many frames the device will play before those of this callback.
fn delay_frames(info: &OutputCallbackInfo, rate: u32) -> u64 {
    let timestamp = info.timestamp();
    let delay = timestamp.playback.saturating_duration_since(timestamp.callback);
    clock::frames(delay.as_nanos() as u64, rate)
}
