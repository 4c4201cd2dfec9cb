//! How a runtime is configured.

use super::requests::language;
use super::{duration, invalid, millis};
use crate::api::error::BridgeError;
use crate::api::settings::{OutputSystem, RuntimeSettings, VoiceFileSetting};
use utter::host::{Error, Outputs, RuntimeConfig};
use utter::playback::PlayerOptions;
use utter::playback::output::{OutputId, OutputSelection};
use utter::voice::{Device, VoiceError, VoiceFile};

impl TryFrom<RuntimeSettings> for RuntimeConfig {
    type Error = BridgeError;

    fn try_from(settings: RuntimeSettings) -> Result<Self, BridgeError> {
        let defaults = Self::default();
        let device = settings.device.as_deref().map(str::parse::<Device>).transpose();
        let languages = settings.languages.as_ref().map(|tags| {
            let languages = tags.iter().map(|tag| language(tag));
            languages.collect::<Result<Vec<_>, _>>()
        });
        Ok(Self {
            artifacts: settings.artifacts.as_ref().map(Into::into),
            device: device.map_err(Error::from)?.unwrap_or_default(),
            threads: settings.threads.map(|threads| threads as usize),
            voice_files: voice_files(&settings.voice_files)?,
            languages: languages.transpose()?.unwrap_or(defaults.languages),
            espeak: settings.espeak,
            outputs: outputs(&settings)?,
            plugins: settings.plugins.as_ref().map(Into::into),
            route: settings.output.as_ref().map_or(OutputSelection::Default, |id| {
                OutputSelection::Id(OutputId::new(id))
            }),
            player: player(&settings)?,
            lease: time(settings.lease_millis, "lease_millis")?.unwrap_or(defaults.lease),
            grace: time(settings.grace_millis, "grace_millis")?.unwrap_or(defaults.grace),
            clients: settings
                .clients
                .map_or(defaults.clients, |clients| clients as usize),
        })
    }
}

fn voice_files(files: &[VoiceFileSetting]) -> Result<Vec<VoiceFile>, BridgeError> {
    let named = |file: &VoiceFileSetting| {
        VoiceFile::new(&file.name, &file.path).map_err(|reason| VoiceError::Pack {
            name: file.name.clone(),
            reason,
        })
    };
    let files: Result<Vec<_>, _> = files.iter().map(named).collect();
    Ok(files.map_err(Error::from)?)
}

fn outputs(settings: &RuntimeSettings) -> Result<Outputs, BridgeError> {
    match (settings.outputs, &settings.wav_path) {
        (OutputSystem::Devices, _) => Ok(Outputs::Devices),
        (OutputSystem::Discard, _) => Ok(Outputs::Null),
        (OutputSystem::Wav, Some(path)) => Ok(Outputs::Wav(path.into())),
        (OutputSystem::Wav, None) => Err(invalid(
            "no file is given for the output into one",
            "give `wav_path`, or choose the devices",
        )),
    }
}

fn player(settings: &RuntimeSettings) -> Result<PlayerOptions, BridgeError> {
    let mut options = PlayerOptions::default();
    if let Some(period) = settings.period_micros {
        options.period = duration("period_micros", period)?;
    }
    if let Some(interval) = settings.progress_interval_micros {
        options.position_interval = duration("progress_interval_micros", interval)?;
    }
    Ok(options)
}

fn time(given: Option<i64>, field: &str) -> Result<Option<std::time::Duration>, BridgeError> {
    given.map(|value| millis(field, value)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::error::ErrorReason;
    use std::time::Duration;

    /// Everything left out.
    fn nothing() -> RuntimeSettings {
        RuntimeSettings {
            artifacts: None,
            device: None,
            threads: None,
            voice_files: Vec::new(),
            languages: None,
            espeak: false,
            outputs: OutputSystem::Devices,
            wav_path: None,
            plugins: None,
            output: None,
            period_micros: None,
            progress_interval_micros: None,
            lease_millis: None,
            grace_millis: None,
            clients: None,
        }
    }

    #[test]
    fn what_is_left_out_is_the_engines_default() {
        assert_eq!(
            RuntimeConfig::try_from(nothing()).unwrap(),
            RuntimeConfig::default()
        );
    }

    #[test]
    fn every_field_arrives() {
        let settings = RuntimeSettings {
            artifacts: Some("voices".into()),
            device: Some("cpu".into()),
            threads: Some(3),
            voice_files: vec![VoiceFileSetting {
                name: "mine".into(),
                path: "mine.npy".into(),
            }],
            languages: Some(vec!["en-GB".into()]),
            espeak: true,
            outputs: OutputSystem::Wav,
            wav_path: Some("out.wav".into()),
            plugins: Some("plugins".into()),
            output: Some("alsa:hw".into()),
            period_micros: Some(5_000),
            progress_interval_micros: Some(100_000),
            lease_millis: Some(1_000),
            grace_millis: Some(500),
            clients: Some(2),
        };
        let config = RuntimeConfig::try_from(settings).unwrap();
        let defaults = RuntimeConfig::default();
        let same: Vec<_> = defaults
            .differences(&config)
            .into_iter()
            .map(|d| d.field)
            .collect();
        let all =
            "artifacts threads voice_files languages espeak outputs plugins route player lease grace clients";
        assert_eq!(same.join(" "), all, "all but the device, of which there is one");
        assert_eq!(config.player.period, Duration::from_millis(5));
        assert_eq!(config.player.position_interval, Duration::from_millis(100));
        assert_eq!(
            (config.lease, config.grace),
            (Duration::from_secs(1), Duration::from_millis(500))
        );
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_reason() {
        let refused = |change: fn(&mut RuntimeSettings)| {
            let mut settings = nothing();
            change(&mut settings);
            RuntimeConfig::try_from(settings).unwrap_err().reason
        };
        assert_eq!(
            refused(|s| s.device = Some("gpu".into())),
            ErrorReason::InvalidDevice
        );
        assert_eq!(
            refused(|s| s.languages = Some(vec!["tlh".into()])),
            ErrorReason::InvalidInput
        );
        assert_eq!(
            refused(|s| s.outputs = OutputSystem::Wav),
            ErrorReason::InvalidInput
        );
        assert_eq!(refused(|s| s.lease_millis = Some(-1)), ErrorReason::InvalidInput);
        assert_eq!(
            refused(|s| s.voice_files.push(VoiceFileSetting {
                name: "no name".into(),
                path: "x".into()
            })),
            ErrorReason::InvalidVoice,
        );
    }
}
