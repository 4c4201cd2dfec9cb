//! `utter play`: sound files through the speakers.
//!
//! All files are looked at before anything is played, so that a wrong name is told at once. Each is decoded while the one
//! before it sounds.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use utter::playback::{PlaybackError, Player, PushError, TrackKind, TrackOptions, TrackWriter};
use utter::plugin::Plugins;
use utter::speech::clip::{ClipError, ClipLimits, ClipOptions, ClipSource, decode};

use crate::arguments::PlayOptions;
use crate::failure::{Failure, Kind};
use crate::interrupt::Interrupt;
use crate::{input, output};

pub fn run(plugins: Option<&Plugins>, options: &PlayOptions) -> Result<ExitCode, Failure> {
    for file in &options.files {
        input::exists(file)?;
    }
    let interrupt = Interrupt::catch();
    let player = output::open(plugins, &options.playback)?;
    output::stop_on(&interrupt, &player);
    let played = play(options, &player, &interrupt);
    // What was played before a file that cannot be is heard to its end.
    let drained = player.wait_until_drained();
    interrupt.stops_nothing();
    output::close(&player);
    played?;
    if interrupt.came() {
        return Ok(Kind::Interrupted.into());
    }
    drained?;
    Ok(ExitCode::SUCCESS)
}

fn play(options: &PlayOptions, player: &Player, interrupt: &Interrupt) -> Result<(), Failure> {
    let sound = ClipOptions {
        gain_db: options.gain,
        fade_in: Duration::from_millis(options.fade_in),
        fade_out: Duration::from_millis(options.fade_out),
    };
    for file in &options.files {
        if interrupt.came() {
            break;
        }
        let source = ClipSource::Path(file.clone());
        let clip = match decode(&source, &ClipLimits::default(), &|| interrupt.came()) {
            Err(ClipError::Cancelled) => break,
            decoded => decoded.map_err(|error| failure(file, &error))?,
        };
        tracing::info!(file = %file.display(), format = %clip.format, rate = clip.rate, channels = clip.channels,
            duration = ?clip.duration(), "decoded");
        let track = TrackOptions {
            kind: TrackKind::Clip,
            rate: clip.rate,
            gain: 1.0,
        };
        push(player.add_track(track)?, &sound.apply(&clip))?;
    }
    Ok(())
}

fn push(mut track: TrackWriter, frames: &Arc<[f32]>) -> Result<(), Failure> {
    match track.push(Arc::clone(frames)) {
        // Whoever has stopped it knows.
        Ok(()) | Err(PushError::Stopped) => Ok(()),
        Err(PushError::OutputLost(reason)) => Err(PlaybackError::OutputLost(reason).into()),
        Err(_) => Err(PlaybackError::Closed.into()),
    }
}

fn failure(file: &Path, error: &ClipError) -> Failure {
    Failure::new(Kind::Failed, format!("{}: {error}", file.display()), error.hint())
}
