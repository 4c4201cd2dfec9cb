//! From what the player and the speaker tell to what clients and everybody are told.
//!
//! It runs on the threads that tell, the playback thread and the inference thread, and on those of callers; it only moves
//! what happened into topics, which wait for nobody. No lock of the player or the speaker is held meanwhile.

use super::client_events::{ClientEvent, Phase};
use super::commands::Giver;
use super::error::Error;
use super::runtime::Runtime;
use super::runtime_events::{RuntimeEvent, VoiceState};
use super::spoken::Told;
use crate::playback::{CommandId, Effect, MarkKind, OpenReason, PlaybackEvent, TrackId};
use crate::speech::{Event, LoadReason, LoadStep, Outcome, SAMPLE_RATE, UtteranceId};
use std::time::Duration;

pub(super) fn playback(runtime: &Runtime, event: &PlaybackEvent) {
    match track_of(event) {
        None => output(runtime, event),
        Some(track) if runtime.spoken.is_known(track, || Told::Playback(event.clone())) => {
            heard(runtime, track, event);
        }
        Some(_) => {}
    }
}

/// Deals with what was told of a track before it was known whose it is.
pub(super) fn deal(runtime: &Runtime, told: &Told) {
    match told {
        Told::Playback(event) => {
            if let Some(track) = track_of(event) {
                heard(runtime, track, event);
            }
        }
        Told::Speech(event) => {
            if let Some(utterance) = utterance_of(event) {
                made(runtime, utterance, event);
            }
        }
    }
}

/// The track that something is told of.
fn track_of(event: &PlaybackEvent) -> Option<TrackId> {
    match event {
        PlaybackEvent::TrackStarted { track, .. }
        | PlaybackEvent::Mark { track, .. }
        | PlaybackEvent::TrackInterrupted { track, .. }
        | PlaybackEvent::TrackResumed { track, .. }
        | PlaybackEvent::TrackReplayed { track, .. }
        | PlaybackEvent::TrackEnded { track }
        | PlaybackEvent::TrackStopped { track, .. } => Some(*track),
        PlaybackEvent::Position(position) => Some(position.track),
        _ => None,
    }
}

/// What is heard of a track is its client's.
fn heard(runtime: &Runtime, track: TrackId, event: &PlaybackEvent) {
    match event {
        PlaybackEvent::TrackEnded { .. } | PlaybackEvent::TrackStopped { .. } => {
            return ended(runtime, track);
        }
        PlaybackEvent::TrackReplayed { .. } => runtime.spoken.is_replayed(track),
        _ => {}
    }
    let Some(entry) = runtime.spoken.of(track) else {
        return;
    };
    if let PlaybackEvent::Mark { mark, time, .. } = event
        && mark.kind == MarkKind::Bookmark
    {
        for name in entry.handle.bookmarks(mark.source.start) {
            entry.tell(ClientEvent::Bookmark {
                utterance: entry.handle.id(),
                name,
                source: entry.handle.text_range(&mark.source),
                time: *time,
            });
        }
        return;
    }
    let utterance = entry.utterance();
    entry.tell(match event {
        PlaybackEvent::TrackStarted { .. } => ClientEvent::Started { utterance },
        PlaybackEvent::Mark { mark, time, end, .. } => ClientEvent::Mark {
            utterance,
            kind: mark.kind,
            source: entry.handle.text_range(&mark.source),
            time: *time,
            end: *end,
        },
        PlaybackEvent::Position(position) => ClientEvent::Progress {
            utterance,
            heard: position.time,
            made: entry.made,
        },
        // Otherwise it is stopped, and that is told.
        PlaybackEvent::TrackInterrupted {
            position,
            goes_on: true,
            ..
        } => ClientEvent::Interrupted {
            utterance,
            heard: position.time,
        },
        PlaybackEvent::TrackResumed { position, .. } => ClientEvent::Resumed {
            utterance,
            from: position.time,
        },
        PlaybackEvent::TrackReplayed { position, .. } => ClientEvent::Replayed {
            utterance,
            from: position.time,
        },
        _ => return,
    });
}

/// A track is over.
fn ended(runtime: &Runtime, track: TrackId) {
    let Some(entry) = runtime.spoken.take(track) else {
        // It had failed before, and its client knows.
        return;
    };
    let utterance = entry.utterance();
    // The handle has it before it is told here.
    let Some(outcome) = entry.handle.outcome() else {
        tracing::error!(%utterance, "an utterance is over and has no outcome");
        return;
    };
    entry.tell(match outcome {
        Outcome::Failed(error) => {
            runtime.metrics.failed();
            ClientEvent::Failed {
                utterance,
                error: error.into(),
            }
        }
        Outcome::Stopped => {
            runtime.metrics.stopped();
            ClientEvent::Stopped {
                utterance,
                heard: entry.handle.heard().unwrap_or_default(),
            }
        }
        Outcome::Finished => {
            runtime.metrics.finished();
            ClientEvent::Finished { utterance }
        }
    });
}

/// Tells whoever gave a command that it has taken effect.
pub(super) fn tell(runtime: &Runtime) -> impl Fn(&Giver, CommandId, Effect) + '_ {
    |giver, command, effect| match giver {
        Some(session) => session.topic.change(ClientEvent::Obeyed { command, effect }),
        None => runtime.topic.change(RuntimeEvent::Obeyed { command, effect }),
    }
}

/// What happens to the output is everybody's.
fn output(runtime: &Runtime, event: &PlaybackEvent) {
    let event = match event {
        PlaybackEvent::Obeyed { command, effect } => {
            if let Some(giver) = runtime.commands.obeyed(*command, *effect) {
                tell(runtime)(&giver, *command, *effect);
            }
            return;
        }
        PlaybackEvent::OutputOpened(output) => {
            if matches!(output.reason, OpenReason::Route(_)) {
                runtime
                    .topic
                    .change(RuntimeEvent::RouteSet(runtime.player.route()));
            }
            RuntimeEvent::OutputOpened(output.clone())
        }
        PlaybackEvent::Latency { latency } => RuntimeEvent::Latency(*latency),
        PlaybackEvent::OutputLost { output, reason, .. } => RuntimeEvent::OutputLost {
            name: output.name.clone(),
            reason: *reason,
        },
        PlaybackEvent::OutputReleased { .. } => RuntimeEvent::OutputReleased,
        PlaybackEvent::OutputFailed { error, .. } => RuntimeEvent::Warning(error.clone().into()),
        PlaybackEvent::OutputGivenUp { after, error } => RuntimeEvent::OutputGivenUp {
            after: *after,
            error: error.clone().into(),
        },
        PlaybackEvent::RouteFailed {
            command,
            selection,
            error,
        } => RuntimeEvent::RouteFailed {
            command: *command,
            selection: selection.clone(),
            error: error.clone().into(),
        },
        PlaybackEvent::Level(level) => {
            *runtime.level.lock() = *level;
            return;
        }
        PlaybackEvent::Underrun { times, .. } => RuntimeEvent::Underrun { times: *times },
        PlaybackEvent::Xrun { times } => RuntimeEvent::Xrun { times: *times },
        _ => return,
    };
    runtime.topic.change(event);
}

pub(super) fn speech(runtime: &Runtime, event: &Event) {
    if let Some(utterance) = utterance_of(event) {
        if runtime
            .spoken
            .is_known(utterance.track(), || Told::Speech(event.clone()))
        {
            made(runtime, utterance, event);
        }
        return;
    }
    match event {
        Event::VoiceLoading {
            reason: LoadReason::Rebuild,
            step,
        } => runtime.topic.change(RuntimeEvent::Rebuilding(share(*step))),
        // It is in memory by then, and can speak.
        Event::VoiceLoading {
            step: LoadStep::WarmingUp,
            ..
        } => {}
        Event::VoiceLoading { step, .. } => voice(runtime, VoiceState::Loading(share(*step))),
        Event::VoiceReady { took, .. } => {
            tracing::info!(?took, "voice ready");
            voice(runtime, VoiceState::Ready);
        }
        // The old one goes on, and whoever asked for the other is told.
        Event::VoiceFailed {
            reason: LoadReason::Rebuild,
            ..
        } => {}
        Event::VoiceFailed { error, .. } => {
            let error = Error::from(error.clone());
            tracing::warn!(%error, "voice could not be loaded");
            voice(runtime, VoiceState::Failed(error));
        }
        Event::VoiceReleased => {
            tracing::info!("voice released");
            voice(runtime, VoiceState::Absent);
        }
        _ => {}
    }
}

/// The utterance that something is told of.
fn utterance_of(event: &Event) -> Option<UtteranceId> {
    match event {
        Event::FirstAudio { utterance, .. }
        | Event::ChunkReady { utterance, .. }
        | Event::Failed { utterance, .. } => Some(*utterance),
        _ => None,
    }
}

/// What is made of an utterance is its client's.
fn made(runtime: &Runtime, utterance: UtteranceId, event: &Event) {
    let track = utterance.track();
    match event {
        Event::FirstAudio { after, .. } => {
            runtime.metrics.first_audio(*after);
            if let Some(entry) = runtime.spoken.of(track) {
                let after = *after;
                // The playback thread may have been faster: then it is more than prepared.
                entry.session.topic.change_if(|state| {
                    let is_queued = state.utterances.get(&utterance)?.phase == Phase::Queued;
                    is_queued.then_some(ClientEvent::Prepared { utterance, after })
                });
            }
        }
        Event::ChunkReady { frames, took, .. } => {
            let audio = Duration::from_secs_f64(*frames as f64 / f64::from(SAMPLE_RATE));
            runtime.metrics.synthesised(audio, *took);
            runtime.spoken.made(track, audio);
        }
        Event::Failed { error, .. } => {
            if let Some(entry) = runtime.spoken.take(track) {
                runtime.metrics.failed();
                let error = error.clone().into();
                entry.tell(ClientEvent::Failed { utterance, error });
            }
        }
        _ => {}
    }
}

fn voice(runtime: &Runtime, state: VoiceState) {
    runtime.topic.change(RuntimeEvent::Voice(state));
}

/// How much of the work is done when a step begins. Finding and checking take about as long as the rest.
fn share(step: LoadStep) -> f32 {
    match step {
        LoadStep::Finding => 0.0,
        LoadStep::Loading => 0.4,
        _ => 0.7,
    }
}
