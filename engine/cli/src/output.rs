//! Opening an output, and waiting until all is heard: what `say` and `play` have in common.

use std::sync::Arc;
use std::time::Duration;

use utter::playback::output::{
    CpalBackend, NullOutput, OutputBackend, OutputError, OutputId, OutputRouter, OutputSelection, WavOutput,
    find_output,
};
use utter::playback::{Player, PlayerOptions, Stop, Volume};
use utter::plugin::Plugins;

use crate::arguments::PlaybackArguments;
use crate::failure::{Failure, Kind};
use crate::interrupt::Interrupt;

/// How long an output that was lost is waited for: somebody sits in front of it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Frames a second of a recording.
const RECORDING_RATE: u32 = 48_000;

/// The outputs of the system, and those of plugins. A plugin is loaded when they are listed, or one of its own is used.
pub fn all(plugins: Option<&Plugins>) -> Arc<dyn OutputBackend> {
    let devices = Arc::new(CpalBackend::new());
    match plugins {
        Some(plugins) => Arc::new(OutputRouter::new(devices, plugins.clone())),
        None => devices,
    }
}

/// The output that somebody typed. Devices come first: a plugin may call its outputs as these are called, and no plugin is loaded
/// to find a device.
///
/// # Errors
///
/// As [`find_output`].
pub fn find(plugins: Option<&Plugins>, typed: &str) -> Result<OutputId, OutputError> {
    let found = match find_output(&CpalBackend::new(), typed) {
        Err(_) if plugins.is_some() => find_output(all(plugins).as_ref(), typed),
        found => found,
    };
    Ok(found?.id)
}

/// Opens the output that was asked for.
pub fn open(plugins: Option<&Plugins>, arguments: &PlaybackArguments) -> Result<Player, Failure> {
    let (backend, selection) = select(plugins, arguments)?;
    let mut options = PlayerOptions {
        give_up_after: PATIENCE,
        ..PlayerOptions::default()
    };
    if let Some(period) = arguments.period {
        options.period = Duration::from_millis(period);
    }
    let player = Player::open(backend, &selection, &options)?;
    player.set_volume(Volume {
        level: arguments.volume as f32 / 100.0,
        ..Volume::default()
    })?;
    Ok(player)
}

fn select(
    plugins: Option<&Plugins>,
    arguments: &PlaybackArguments,
) -> Result<(Arc<dyn OutputBackend>, OutputSelection), Failure> {
    let Some(typed) = &arguments.output else {
        return Ok((all(plugins), OutputSelection::Default));
    };
    if typed == NullOutput::ID {
        return Ok((Arc::new(NullOutput::default()), OutputSelection::Default));
    }
    if let Some(path) = typed.strip_prefix("wav:") {
        if path.is_empty() {
            return Err(Failure::new(
                Kind::Usage,
                "`wav:` names no file",
                "write the name behind it, as in --output wav:played.wav",
            ));
        }
        let output = WavOutput::new(path, RECORDING_RATE, 2);
        return Ok((Arc::new(output), OutputSelection::Default));
    }
    let selection = OutputSelection::Id(find(plugins, typed)?);
    Ok((all(plugins), selection))
}

/// Has an interrupt fade out.
pub fn stop_on(interrupt: &Interrupt, player: &Player) {
    let player = player.clone();
    interrupt.stops(move || {
        player.stop(Stop::Fade);
    });
}

/// Closes the output, and logs where every frame went.
pub fn close(player: &Player) {
    let counters = player.counters();
    player.close();
    tracing::info!(
        produced = counters.produced,
        rendered = counters.rendered,
        discarded = counters.discarded,
        underruns = counters.underruns,
        xruns = counters.xruns,
        losses = counters.losses,
        "done"
    );
}
