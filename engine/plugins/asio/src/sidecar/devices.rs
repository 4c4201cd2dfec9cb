//! The devices of the system's audio, through cpal.
//!
//! cpal is spoken to here and in [`stream`](super::stream) alone; its API changes with every release.

use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{ErrorKind, SampleFormat, SupportedBufferSize, SupportedStreamConfigRange};
use utter_asio::protocol::message::{Device, FaultCode, Range, Shape};

/// ALSA's sink without a clock. It takes frames as fast as they come, so nothing could be paced by it.
const UNPACED: &str = "alsa:null";

/// Formats of samples, those that we prefer first: no conversion, then by resolution, signed before unsigned.
const BY_PREFERENCE: [SampleFormat; 10] = [
    SampleFormat::F32,
    SampleFormat::I32,
    SampleFormat::F64,
    SampleFormat::I24,
    SampleFormat::I16,
    SampleFormat::U32,
    SampleFormat::U24,
    SampleFormat::U16,
    SampleFormat::I8,
    SampleFormat::U8,
];

/// Why a device is not to be had. The program lives on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Fault {
    pub(crate) code: FaultCode,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(code: FaultCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// What cpal says of a device.
    pub(crate) fn of(device: &str, error: &cpal::Error) -> Self {
        let code = match error.kind() {
            ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable => FaultCode::NotFound,
            ErrorKind::DeviceBusy => FaultCode::Busy,
            ErrorKind::PermissionDenied => FaultCode::PermissionDenied,
            ErrorKind::UnsupportedConfig => FaultCode::NoUsableFormat,
            _ => FaultCode::Device,
        };
        Self::new(code, format!("`{device}`: {error}"))
    }
}

/// The system's audio.
pub(crate) struct Devices {
    host: cpal::Host,
}

impl Devices {
    /// ASIO, if the program was built with it; otherwise cpal's choice.
    pub(crate) fn new() -> Self {
        #[cfg(all(windows, feature = "asio"))]
        match cpal::host_from_id(cpal::HostId::Asio) {
            Ok(host) => return Self { host },
            Err(error) => eprintln!("no ASIO: {error}"),
        }
        Self {
            host: cpal::default_host(),
        }
    }

    /// The name of the system's audio.
    pub(crate) fn audio(&self) -> String {
        format!("{:?}", self.host.id())
    }

    /// All devices that can play, the default one first.
    pub(crate) fn list(&self) -> Result<Vec<Device>, Fault> {
        let default = self.host.default_output_device();
        let default_id = default.as_ref().and_then(id);
        let listed = self.host.output_devices();
        let listed = listed.map_err(|error| Fault::of("all", &error))?;
        let mut devices: Vec<Device> = Vec::new();
        for device in default.into_iter().chain(listed) {
            let Some(id) = id(&device) else { continue };
            if id == UNPACED || devices.iter().any(|known| known.id == id) {
                continue;
            }
            let is_default = Some(&id) == default_id.as_ref();
            let ranges = match device.supported_output_configs() {
                Ok(configs) => ranges(configs),
                Err(error) if !is_default && is_there(&error) => Vec::new(),
                // ALSA names a default on a machine without sound, too, and lists what its plugins might reach.
                Err(_) => continue,
            };
            devices.push(Device {
                name: device.to_string(),
                id,
                is_default,
                ranges,
            });
        }
        Ok(devices)
    }

    /// How a device would be opened: as it is asked for where the device can, as it is by itself otherwise. 0 asks for nothing.
    pub(crate) fn negotiate(&self, id: &str, rate: u32, channels: u32, period: u32) -> Result<Shape, Fault> {
        let device = self.find(id)?;
        let own = device
            .default_output_config()
            .map_err(|error| Fault::of(id, &error))?;
        let configs = configs(&device, id)?;
        let usable = |channels: u32, rate: u32| best(&configs, channels, rate).is_some();
        let (own_channels, own_rate) = (u32::from(own.channels()), own.sample_rate());
        let channels = [channels, own_channels];
        let shapes = channels
            .iter()
            .flat_map(|&channels| [(channels, rate), (channels, own_rate)]);
        let (channels, rate) = shapes
            .filter(|&(channels, rate)| channels > 0 && rate > 0)
            .find(|&(channels, rate)| usable(channels, rate))
            .ok_or_else(|| {
                Fault::new(
                    FaultCode::NoUsableFormat,
                    format!("`{id}` takes no usable format"),
                )
            })?;
        let wanted = (u64::from(period) * u64::from(rate) + 500_000) / 1_000_000;
        let wanted = wanted.clamp(1, rate.into()) as u32;
        let supported = best(&configs, channels, rate).map(|config| *config.buffer_size());
        Ok(Shape {
            rate,
            channels,
            period: match supported {
                Some(SupportedBufferSize::Range { min, max }) if min <= max => wanted.clamp(min, max),
                _ => wanted,
            },
        })
    }

    /// A device, and the format of samples in which it is opened.
    pub(crate) fn choose(&self, id: &str, shape: &Shape) -> Result<(cpal::Device, SampleFormat), Fault> {
        let device = self.find(id)?;
        let format = best(&configs(&device, id)?, shape.channels, shape.rate)
            .map(SupportedStreamConfigRange::sample_format)
            .ok_or_else(|| {
                Fault::new(
                    FaultCode::NoUsableFormat,
                    format!("`{id}` takes no usable format"),
                )
            })?;
        Ok((device, format))
    }

    fn find(&self, wanted: &str) -> Result<cpal::Device, Fault> {
        // The default is not always in the list.
        let default = self.host.default_output_device();
        let listed = || self.host.device_by_id(&wanted.parse().ok()?);
        default
            .filter(|device| id(device).as_deref() == Some(wanted))
            .or_else(listed)
            .ok_or_else(|| Fault::new(FaultCode::NotFound, format!("there is no device `{wanted}`")))
    }
}

fn configs(device: &cpal::Device, id: &str) -> Result<Vec<SupportedStreamConfigRange>, Fault> {
    let configs = device.supported_output_configs();
    Ok(configs.map_err(|error| Fault::of(id, &error))?.collect())
}

/// What is offered with these channels and this rate, in the best format of samples.
fn best(
    configs: &[SupportedStreamConfigRange],
    channels: u32,
    rate: u32,
) -> Option<&SupportedStreamConfigRange> {
    let offered = |format: &SampleFormat| {
        configs.iter().find(|config| {
            u32::from(config.channels()) == channels
                && config.contains_rate(rate)
                && config.sample_format() == *format
        })
    };
    BY_PREFERENCE.iter().find_map(offered)
}

/// Rates by channels, each once, whatever the format of samples.
fn ranges(configs: impl Iterator<Item = SupportedStreamConfigRange>) -> Vec<Range> {
    let mut ranges: Vec<Range> = Vec::new();
    for config in configs.filter(|config| BY_PREFERENCE.contains(&config.sample_format())) {
        let range = Range {
            channels: config.channels().into(),
            lowest_rate: config.min_sample_rate(),
            highest_rate: config.max_sample_rate(),
        };
        if !ranges.contains(&range) {
            ranges.push(range);
        }
    }
    ranges
}

fn id(device: &cpal::Device) -> Option<String> {
    device.id().ok().map(|id| id.to_string())
}

/// Whether a device that could not be asked exists.
fn is_there(error: &cpal::Error) -> bool {
    matches!(error.kind(), ErrorKind::DeviceBusy | ErrorKind::PermissionDenied)
}
