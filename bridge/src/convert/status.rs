//! What can be asked of the runtime, and how files end.

use super::{invalid, micros};
use crate::api::error::{BridgeError, ErrorReason};
use crate::api::player::{FileProgress, FileReport, FileWord};
use crate::api::status::{
    ArtifactsDescription, ClientReport, Metric, OutputDescription, OutputFormat, OutputLevel, RuntimeStatus,
    VoiceDescription,
};
use serde_json::Value;
use std::time::Duration;
use utter::host::{ClientStatus, Error, Inventory, MetricsSnapshot, Status};
use utter::playback::Level;
use utter::playback::output::{OutputFormats, OutputInfo};
use utter::speech::{FileHandle, FileOutcome, FileProgress as Progress, SAMPLE_RATE};
use utter::text::Language;

impl From<OutputInfo> for OutputDescription {
    fn from(output: OutputInfo) -> Self {
        Self {
            id: output.id.to_string(),
            name: output.name,
            is_default: output.is_default,
            formats: output.formats.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<OutputFormats> for OutputFormat {
    fn from(formats: OutputFormats) -> Self {
        Self {
            channels: formats.channels.into(),
            lowest_rate: formats.lowest_rate,
            highest_rate: formats.highest_rate,
            format: formats.format.to_string(),
        }
    }
}

impl From<Level> for OutputLevel {
    fn from(level: Level) -> Self {
        Self {
            peak: level.peak.into(),
            rms: level.rms.into(),
        }
    }
}

impl From<Progress> for FileProgress {
    fn from(progress: Progress) -> Self {
        Self {
            chunks: progress.chunks.try_into().unwrap_or(u32::MAX),
            duration_micros: micros(progress.duration),
        }
    }
}

/// How a file ended.
///
/// # Errors
///
/// `Cancelled` if it was given up, and why it failed.
pub(crate) fn file_report(outcome: FileOutcome, file: &FileHandle) -> Result<FileReport, BridgeError> {
    let written = match outcome {
        FileOutcome::Written(written) => written,
        FileOutcome::Failed(error) => return Err(Error::from(error).into()),
        FileOutcome::Cancelled => {
            return Err(BridgeError {
                reason: ErrorReason::Cancelled,
                message: "the file was given up".to_owned(),
                hint: "ask for it again if it is still wanted".to_owned(),
            });
        }
    };
    let time = |frame: usize| micros(Duration::from_secs_f64(frame as f64 / f64::from(SAMPLE_RATE)));
    let words = written.words.iter().map(|word| FileWord {
        text: file.text_range(&word.source).into(),
        start_micros: time(word.frames.start),
        end_micros: time(word.frames.end),
    });
    Ok(FileReport {
        duration_micros: micros(written.duration()),
        words: words.collect(),
    })
}

/// How everything is doing.
pub(crate) fn status(status: &Status, subscriptions: u32) -> RuntimeStatus {
    let (artifacts, artifacts_error) = match &status.inventory {
        Some(Ok(found)) => (Some(found.into()), None),
        Some(Err(error)) => (None, Some(error.clone().into())),
        None => (None, None),
    };
    RuntimeStatus {
        version: status.version.to_owned(),
        state: status.state.clone().into(),
        artifacts,
        artifacts_error,
        devices: status.devices.iter().map(ToString::to_string).collect(),
        is_warm: status.voice.is_warm,
        clients: status.clients.iter().map(Into::into).collect(),
        queued_micros: micros(status.load.queued),
        period_micros: micros(status.load.period),
        load_median: status.load.callbacks.median.into(),
        load_max: status.load.callbacks.max.into(),
        subscriptions,
    }
}

impl From<&Inventory> for ArtifactsDescription {
    fn from(found: &Inventory) -> Self {
        Self {
            path: found.artifacts.display().to_string(),
            model: found.model.clone(),
            target: found.target.clone(),
            tvm: found.tvm.clone(),
        }
    }
}

impl From<&ClientStatus> for ClientReport {
    fn from(client: &ClientStatus) -> Self {
        Self {
            client: client.id.into(),
            name: client.name.clone(),
            attached_micros: micros(client.attached_for),
            silent_micros: micros(client.silent_for),
            state: client.state.clone().into(),
        }
    }
}

/// The voices of an inventory.
///
/// # Errors
///
/// Why there is none; `MissingArtifacts` if nobody knows.
pub(crate) fn voices(
    inventory: Option<Result<Inventory, Error>>,
) -> Result<Vec<VoiceDescription>, BridgeError> {
    let found = inventory.ok_or_else(|| BridgeError {
        reason: ErrorReason::MissingArtifacts,
        message: "whoever started the runtime brought a voice of his own".to_owned(),
        hint: "ask him which voices it has".to_owned(),
    })??;
    let describe = |name: String| {
        let language = Language::of_voice(&name);
        VoiceDescription {
            language: language.map(|language| language.tag().to_owned()),
            reads_text: language
                .is_some_and(|language| language.has_text_front_end() && !language.is_read_by_espeak()),
            name,
        }
    };
    Ok(found.voices.into_iter().map(describe).collect())
}

/// What is counted, under the names that the engine gives.
///
/// # Errors
///
/// None: all of them are numbers.
pub(crate) fn metrics(counted: &MetricsSnapshot) -> Result<Vec<Metric>, BridgeError> {
    let fields = match serde_json::to_value(counted) {
        Ok(Value::Object(fields)) => fields,
        Ok(_) | Err(_) => return Err(invalid("the metrics are no structure", "report it")),
    };
    let metric = |(name, value): (String, Value)| Metric {
        name,
        value: value.as_f64().unwrap_or_default(),
    };
    Ok(fields.into_iter().map(metric).collect())
}
