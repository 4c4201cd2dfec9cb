//! The runtime: beginning and end, voice, outputs, what is told of it and what can be asked.

use super::error::BridgeError;
use super::requests::{StopMode, VolumeSetting};
use super::runtime_events::RuntimeEvent;
use super::settings::RuntimeSettings;
use super::status::{Metric, OutputDescription, OutputLevel, RuntimeStatus, VoiceDescription};
use crate::convert::{self, number};
use crate::frb_generated::StreamSink;
use crate::guard::{blocking, give_up_waits, guarded, settled};
use crate::subscriptions;
use flutter_rust_bridge::frb;
use utter::host::RuntimeHost;
use utter::playback::output::{OutputId, OutputSelection};

fn host() -> Result<RuntimeHost, BridgeError> {
    Ok(RuntimeHost::current()?)
}

/// Starts the runtime of this process, or finds the one that runs: whoever calls this again, after a hot restart too, gets the
/// same. Nothing is opened or loaded until it is needed. Streams of events that nobody reads any more are closed.
///
/// # Errors
///
/// `OtherConfiguration` if one runs with other settings; `InvalidInput`, `InvalidDevice`; `System`.
pub async fn runtime_init(settings: RuntimeSettings) -> Result<(), BridgeError> {
    blocking(move || {
        RuntimeHost::init(settings.try_into()?)?;
        subscriptions::probe();
        Ok(())
    })
    .await
}

/// Whether a runtime runs in this process.
#[frb(sync)]
pub fn runtime_is_running() -> bool {
    RuntimeHost::running().is_some()
}

/// Loads the voice, if it is not, and has it speak once, unheard. The future is done when it can speak. Ended early by
/// [`runtime_shutdown`]; the wait for it by [`runtime_cancel_calls`], as for every future here. A request to release the memory
/// drops the voice as soon as it stands.
///
/// # Errors
///
/// `MissingArtifacts`, `DamagedArtifacts`, `InvalidVoice`, `Tvm`, `System`; `Cancelled` if it was ended early.
pub async fn runtime_warmup() -> Result<(), BridgeError> {
    settled(|| Ok(host()?.warm_up()?)).await
}

/// Drops the voice, to give its memory back, and what is kept of decoded sound files. It comes back when it is needed.
///
/// # Errors
///
/// None but those of every call.
pub async fn runtime_release_memory() -> Result<(), BridgeError> {
    settled(|| Ok(host()?.release_memory()?)).await
}

/// Has another device compute. The voice of the present one goes on until the other stands; if that fails, nothing has
/// changed. Ended early, with `Cancelled`, by another call of it.
///
/// # Errors
///
/// `InvalidDevice` if there is none of that name here, and those of [`runtime_warmup`].
pub async fn runtime_set_device(name: String) -> Result<(), BridgeError> {
    settled(|| Ok(host()?.set_device(&name)?)).await
}

/// Gives up all calls of the runtime's that wait for an answer, of all isolates: each fails with `Cancelled`. What they asked for
/// goes on, and events tell how it ends. For a system that does not answer, or an app that has no time.
///
/// # Errors
///
/// None.
pub async fn runtime_cancel_calls() -> Result<(), BridgeError> {
    give_up_waits();
    Ok(())
}

/// How everything is doing.
///
/// # Errors
///
/// None but those of every call.
pub async fn runtime_status() -> Result<RuntimeStatus, BridgeError> {
    blocking(|| Ok(convert::status(&host()?.status()?, subscriptions::count()))).await
}

/// The outputs that there are. Asks the system, which may take its time; nothing else waits for it.
///
/// # Errors
///
/// `Output` if there is no audio system.
pub async fn runtime_outputs() -> Result<Vec<OutputDescription>, BridgeError> {
    blocking(|| Ok(host()?.outputs()?.into_iter().map(Into::into).collect())).await
}

/// The voices that there are: those of the artifacts, and after them the app's own.
///
/// # Errors
///
/// `MissingArtifacts`, `DamagedArtifacts`.
pub async fn runtime_voices() -> Result<Vec<VoiceDescription>, BridgeError> {
    blocking(|| convert::voices(host()?.status()?.inventory)).await
}

/// What is counted.
///
/// # Errors
///
/// None but those of every call.
pub fn runtime_metrics() -> Result<Vec<Metric>, BridgeError> {
    guarded(|| convert::metrics(&host()?.metrics()?))
}

/// Changes to another output, by its id, or with null back to the system's default. The old one sounds until the new one does,
/// and goes on if that fails; events tell either. Gives the command's number.
///
/// # Errors
///
/// None but those of every call.
pub fn runtime_set_output(id: Option<String>) -> Result<i64, BridgeError> {
    let selection = id.map_or(OutputSelection::Default, |id| {
        OutputSelection::Id(OutputId::new(id))
    });
    guarded(|| Ok(number(host()?.set_route(selection)?.number())))
}

/// Closes the output if nothing is to be heard, and says whether it did. The next utterance opens it again.
///
/// # Errors
///
/// None but those of every call.
pub fn runtime_release_output() -> Result<bool, BridgeError> {
    guarded(|| Ok(host()?.release_output()?))
}

/// Sets the volume of everything. Gives the command's number.
///
/// # Errors
///
/// `Output` if the device takes no commands.
pub fn runtime_set_volume(volume: VolumeSetting) -> Result<i64, BridgeError> {
    guarded(|| Ok(number(host()?.set_volume(volume.try_into()?)?.number())))
}

/// Fades everything out, of all clients, until it is resumed or stopped. Gives the command's number.
///
/// # Errors
///
/// `Output` if the device takes no commands.
pub fn runtime_pause_all() -> Result<i64, BridgeError> {
    guarded(|| Ok(number(host()?.pause_all()?.number())))
}

/// Goes on where everything was paused. Gives the command's number.
///
/// # Errors
///
/// `Output` if the device takes no commands.
pub fn runtime_resume_all() -> Result<i64, BridgeError> {
    guarded(|| Ok(number(host()?.resume_all()?.number())))
}

/// Ends what all clients have asked for, and every pause. Gives the command's number.
///
/// # Errors
///
/// None but those of every call.
pub fn runtime_stop_all(how: StopMode) -> Result<i64, BridgeError> {
    guarded(|| Ok(number(host()?.stop_all(how.into())?.number())))
}

/// How loud it was in the last moments: for a meter that asks whenever it is drawn.
#[frb(sync)]
pub fn runtime_level() -> OutputLevel {
    let level = RuntimeHost::running().and_then(|host| host.level().ok());
    level.unwrap_or_default().into()
}

/// Follows what happens to the runtime: a snapshot, and then every change. The stream ends with the runtime.
///
/// # Errors
///
/// None but those of every call.
#[frb(sync)]
pub fn runtime_events(sink: StreamSink<RuntimeEvent>) -> Result<(), BridgeError> {
    guarded(|| {
        subscriptions::follow(host()?.events()?, sink);
        Ok(())
    })
}

/// Says that all clients of now will be gone in a moment: they are evicted, and what they say fades out. A hint that makes a hot
/// restart quieter; nothing depends on it.
///
/// # Errors
///
/// None but those of every call.
pub fn runtime_prepare_hot_restart() -> Result<(), BridgeError> {
    guarded(|| Ok(host()?.prepare_hot_restart()?))
}

/// Ends the runtime: clients, threads, the voice, the output. When the future is done all of it is gone, and
/// [`runtime_init`] starts another. Where none runs nothing happens.
///
/// # Errors
///
/// None.
pub async fn runtime_shutdown() -> Result<(), BridgeError> {
    blocking(|| {
        if let Some(host) = RuntimeHost::running() {
            host.shutdown();
        }
        Ok(())
    })
    .await
}
