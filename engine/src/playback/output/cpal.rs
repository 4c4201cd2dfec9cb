//! The system's audio through cpal: ALSA, PulseAudio, Core Audio, WASAPI, AAudio and others.
//!
//! All of cpal stays in this file; its API changes with every release. Every stream is asked for a fixed,
//! small buffer, since what systems take by default reaches from 10 ms to 2 s, and is left at the default
//! only where that is refused.

#[cfg(target_os = "linux")]
use super::quiet::quietly;
use super::{
    DeviceSample, LossReason, OutputBackend, OutputConfig, OutputError, OutputFault, OutputFormats,
    OutputHealth, OutputId, OutputInfo, OutputRequest, OutputSelection, OutputStream, SampleFormat,
};
use crate::playback::realtime::Renderer;
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, ErrorKind, OutputCallbackInfo, SupportedBufferSize, SupportedStreamConfigRange};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// ALSA's sink without a clock. It takes frames as fast as they come, so nothing could be paced by it.
const UNPACED: &str = "alsa:null";

/// The outputs of cpal's default host.
pub struct CpalBackend {
    host: cpal::Host,
}

impl CpalBackend {
    /// Connects to the system's audio.
    pub fn new() -> Self {
        Self {
            host: quietly(cpal::default_host),
        }
    }

    fn find(&self, selection: &OutputSelection) -> Result<cpal::Device, OutputError> {
        let default = self.host.default_output_device();
        match selection {
            OutputSelection::Default => {
                default.ok_or_else(|| OutputError::NoDefault("the system names none".into()))
            }
            OutputSelection::Id(id) => {
                // The default is not always in the list.
                let is_it = |device: &cpal::Device| output_id(device).as_ref() == Some(id);
                let listed = || self.host.device_by_id(&id.as_str().parse().ok()?);
                default
                    .filter(is_it)
                    .or_else(listed)
                    .ok_or_else(|| OutputError::NotFound(id.clone()))
            }
        }
    }

    fn list(&self) -> Result<Vec<OutputInfo>, OutputError> {
        let default = self.host.default_output_device();
        let default_id = default.as_ref().and_then(output_id);
        let listed = self
            .host
            .output_devices()
            .map_err(|error| OutputError::Unavailable(error.to_string()))?;
        let mut outputs: Vec<OutputInfo> = Vec::new();
        for device in default.into_iter().chain(listed) {
            let Some(id) = output_id(&device) else { continue };
            if id.as_str() == UNPACED || outputs.iter().any(|output| output.id == id) {
                continue;
            }
            let is_default = Some(&id) == default_id.as_ref();
            let formats: Vec<_> = match device.supported_output_configs() {
                Ok(ranges) => ranges.filter_map(|range| output_formats(&range)).collect(),
                Err(error) if !is_default && is_there(&error) => Vec::new(),
                // ALSA names a default on a machine without sound, too, and lists what its plugins might reach.
                Err(_) => continue,
            };
            outputs.push(OutputInfo {
                id,
                name: device.to_string(),
                is_default,
                formats,
            });
        }
        Ok(outputs)
    }
}

impl Default for CpalBackend {
    fn default() -> Self {
        Self::new()
    }
}

impl OutputBackend for CpalBackend {
    fn outputs(&self) -> Result<Vec<OutputInfo>, OutputError> {
        quietly(|| self.list())
    }

    /// On ALSA always `alsa:default`: what that leads to is ALSA's affair, and a change of it is told to nobody.
    fn default_output(&self) -> Result<Option<OutputId>, OutputError> {
        Ok(quietly(|| {
            self.host.default_output_device().as_ref().and_then(output_id)
        }))
    }

    fn negotiate(
        &self,
        selection: &OutputSelection,
        request: &OutputRequest,
    ) -> Result<OutputConfig, OutputError> {
        quietly(|| {
            let device = self.find(selection)?;
            negotiate(&device, request).map_err(|error| match (selection, error) {
                // No default output at all, on hosts that name one even so.
                (OutputSelection::Default, OutputError::NotFound(id)) => {
                    OutputError::NoDefault(format!("`{id}` cannot be opened"))
                }
                (_, error) => error,
            })
        })
    }

    fn open(
        &self,
        config: &OutputConfig,
        renderer: Renderer,
        health: Arc<OutputHealth>,
    ) -> Result<Box<dyn OutputStream>, OutputError> {
        quietly(|| {
            let device = self.find(&OutputSelection::Id(config.id.clone()))?;
            let stream = match config.format {
                SampleFormat::F32 => build::<f32>(&device, config, renderer, health),
                SampleFormat::F64 => build::<f64>(&device, config, renderer, health),
                SampleFormat::I32 => build::<i32>(&device, config, renderer, health),
                SampleFormat::I24 => build::<cpal::I24>(&device, config, renderer, health),
                SampleFormat::I16 => build::<i16>(&device, config, renderer, health),
                SampleFormat::I8 => build::<i8>(&device, config, renderer, health),
                SampleFormat::U32 => build::<u32>(&device, config, renderer, health),
                SampleFormat::U24 => build::<cpal::U24>(&device, config, renderer, health),
                SampleFormat::U16 => build::<u16>(&device, config, renderer, health),
                SampleFormat::U8 => build::<u8>(&device, config, renderer, health),
            };
            let stream = stream.map_err(|error| output_error(&config.id, &error))?;
            Ok(Box::new(CpalStream {
                stream,
                id: config.id.clone(),
            }) as Box<dyn OutputStream>)
        })
    }
}

struct CpalStream {
    stream: cpal::Stream,
    id: OutputId,
}

impl OutputStream for CpalStream {
    fn start(&mut self) -> Result<(), OutputError> {
        quietly(|| self.stream.play()).map_err(|error| output_error(&self.id, &error))
    }

    fn period_frames(&self) -> Option<u32> {
        self.stream.buffer_size().ok()
    }
}

/// The device's own rate and channels, in the best format that it takes with them.
fn negotiate(device: &cpal::Device, request: &OutputRequest) -> Result<OutputConfig, OutputError> {
    let id = output_id(device).ok_or_else(|| OutputError::Unavailable("the device has no id".into()))?;
    let own = device
        .default_output_config()
        .map_err(|error| output_error(&id, &error))?;
    let ranges: Vec<_> = device
        .supported_output_configs()
        .map_err(|error| output_error(&id, &error))?
        .collect();
    let offered = |format: SampleFormat| {
        ranges.iter().find(|range| {
            range.channels() == own.channels()
                && range.contains_rate(own.sample_rate())
                && sample_format(range.sample_format()) == Some(format)
        })
    };
    let best = SampleFormat::BY_PREFERENCE
        .into_iter()
        .find_map(|format| Some((format, *offered(format)?.buffer_size())));
    let own_format = || Some((sample_format(own.sample_format())?, *own.buffer_size()));
    let (format, buffer_size) = best
        .or_else(own_format)
        .ok_or_else(|| OutputError::NoUsableFormat(id.clone()))?;
    Ok(OutputConfig {
        name: device.to_string(),
        rate: own.sample_rate(),
        channels: own.channels(),
        format,
        period_frames: period(request.period, own.sample_rate(), buffer_size),
        id,
    })
}

/// The number of frames to ask for, within what the device says it can do.
fn period(wanted: Duration, rate: u32, supported: SupportedBufferSize) -> Option<u32> {
    let frames = (wanted.as_secs_f64() * f64::from(rate)).round() as u32;
    match supported {
        SupportedBufferSize::Range { min, max } if min <= max => Some(frames.clamp(min, max)),
        _ => Some(frames),
    }
}

/// Opens a stream, with a fixed buffer if the device will have it.
fn build<T: DeviceSample + cpal::SizedSample>(
    device: &cpal::Device,
    config: &OutputConfig,
    renderer: Renderer,
    health: Arc<OutputHealth>,
) -> Result<cpal::Stream, cpal::Error> {
    let (lender, returned) = mpsc::channel();
    let build = |buffer_size, renderer| {
        let mut lent = LentRenderer {
            renderer: Some(renderer),
            lender: lender.clone(),
        };
        let (served, health) = (Arc::clone(&health), Arc::clone(&health));
        let rate = u64::from(config.rate);
        device.build_output_stream::<T, _, _>(
            cpal::StreamConfig {
                channels: config.channels,
                sample_rate: config.rate,
                buffer_size,
            },
            move |samples, info| {
                served.served();
                if let Some(renderer) = &mut lent.renderer {
                    renderer.render(samples, delay_frames(info, rate));
                }
            },
            move |error| health.report(fault(error.kind())),
            None,
        )
    };
    let Some(frames) = config.period_frames else {
        return build(BufferSize::Default, renderer);
    };
    match build(BufferSize::Fixed(frames), renderer) {
        Err(error) if error.kind() == ErrorKind::UnsupportedConfig => {
            tracing::warn!(frames, "the output refuses this period; its own is used");
            // The failed attempt has dropped its callback.
            build(BufferSize::Default, returned.try_recv().map_err(|_| error)?)
        }
        built => built,
    }
}

/// A renderer in the hands of a stream. When the stream drops its callback, which it never does while it
/// runs, the renderer goes back with all that it holds.
struct LentRenderer {
    renderer: Option<Renderer>,
    lender: mpsc::Sender<Renderer>,
}

impl Drop for LentRenderer {
    fn drop(&mut self) {
        if let Some(renderer) = self.renderer.take() {
            // Nobody wants it back once the stream is open; it is freed here.
            let _ = self.lender.send(renderer);
        }
    }
}

/// How many frames the device will play before those of this callback.
fn delay_frames(info: &OutputCallbackInfo, rate: u64) -> u64 {
    let timestamp = info.timestamp();
    let delay = timestamp.playback.saturating_duration_since(timestamp.callback);
    (delay.as_nanos() as u64).saturating_mul(rate) / 1_000_000_000
}

fn fault(kind: ErrorKind) -> OutputFault {
    match kind {
        ErrorKind::Xrun => OutputFault::Xrun,
        ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable => {
            OutputFault::Lost(LossReason::Disconnected)
        }
        ErrorKind::StreamInvalidated => OutputFault::Lost(LossReason::Reconfigured),
        _ => OutputFault::Passing,
    }
}

/// Whether a device that could not be opened exists.
fn is_there(error: &cpal::Error) -> bool {
    matches!(error.kind(), ErrorKind::DeviceBusy | ErrorKind::PermissionDenied)
}

fn output_error(id: &OutputId, error: &cpal::Error) -> OutputError {
    let id = id.clone();
    match error.kind() {
        ErrorKind::DeviceNotAvailable => OutputError::NotFound(id),
        ErrorKind::HostUnavailable => OutputError::Unavailable(error.to_string()),
        ErrorKind::DeviceBusy => OutputError::Busy(id),
        ErrorKind::PermissionDenied => OutputError::PermissionDenied(id),
        _ => OutputError::Device {
            id,
            reason: error.to_string(),
        },
    }
}

fn output_id(device: &cpal::Device) -> Option<OutputId> {
    device.id().ok().map(|id| OutputId::new(id.to_string()))
}

fn output_formats(range: &SupportedStreamConfigRange) -> Option<OutputFormats> {
    Some(OutputFormats {
        channels: range.channels(),
        lowest_rate: range.min_sample_rate(),
        highest_rate: range.max_sample_rate(),
        format: sample_format(range.sample_format())?,
    })
}

/// Ours for cpal's; `None` for those that we do not write (64-bit integers, DSD).
fn sample_format(format: cpal::SampleFormat) -> Option<SampleFormat> {
    Some(match format {
        cpal::SampleFormat::F32 => SampleFormat::F32,
        cpal::SampleFormat::F64 => SampleFormat::F64,
        cpal::SampleFormat::I32 => SampleFormat::I32,
        cpal::SampleFormat::I24 => SampleFormat::I24,
        cpal::SampleFormat::I16 => SampleFormat::I16,
        cpal::SampleFormat::I8 => SampleFormat::I8,
        cpal::SampleFormat::U32 => SampleFormat::U32,
        cpal::SampleFormat::U24 => SampleFormat::U24,
        cpal::SampleFormat::U16 => SampleFormat::U16,
        cpal::SampleFormat::U8 => SampleFormat::U8,
        _ => return None,
    })
}

impl DeviceSample for cpal::I24 {
    fn from_f32(sample: f32) -> Self {
        Self::new_unchecked(utter_dsp::quantise::<24>(sample))
    }
}

impl DeviceSample for cpal::U24 {
    fn from_f32(sample: f32) -> Self {
        Self::new_unchecked(utter_dsp::quantise::<24>(sample) + (1 << 23))
    }
}

#[cfg(not(target_os = "linux"))]
fn quietly<R>(f: impl FnOnce() -> R) -> R {
    f()
}
