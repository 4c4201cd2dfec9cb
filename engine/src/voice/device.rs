//! What a pipeline computes on: by name, and which there are.

use std::fmt;
use std::str::FromStr;

use super::error::VoiceError;

/// What the pipeline computes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Device {
    /// The processor.
    #[default]
    Cpu,
}

impl Device {
    /// Those that this build has.
    pub const AVAILABLE: &'static [Self] = &[Self::Cpu];

    /// Its name, which [`from_str`](str::parse) takes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
        }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Device {
    type Err = VoiceError;

    /// # Errors
    /// [`VoiceError::Device`] for one that this build does not have; it names those that it has.
    fn from_str(name: &str) -> Result<Self, VoiceError> {
        let device = Self::AVAILABLE.iter().find(|device| device.name() == name);
        device.copied().ok_or_else(|| VoiceError::Device {
            name: name.into(),
            available: Self::AVAILABLE,
        })
    }
}

/// Names, one after the other, as a message shows them.
pub(super) fn list(devices: &[Device]) -> String {
    devices
        .iter()
        .map(|device| device.name())
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_device_has_a_name_and_what_is_not_there_is_refused_with_the_list() {
        for device in Device::AVAILABLE {
            assert_eq!(device.to_string().parse::<Device>().unwrap(), *device);
        }
        for name in ["cuda", "metal", "", "CPU"] {
            let error = name.parse::<Device>().unwrap_err();
            let message = error.to_string();
            assert!(
                message.contains(&format!("`{name}`")) && message.ends_with("this build has: cpu"),
                "{message}"
            );
            assert!(error.hint().contains("cpu"), "{}", error.hint());
        }
    }
}
