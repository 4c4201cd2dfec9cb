//! What everybody is told.

use super::plugins::plugin_event;
use super::{micros, number};
use crate::api::error::BridgeError;
use crate::api::runtime_events::{
    AttachedClient, OutputLossReason, RuntimeEvent, RuntimeEventKind as Kind, RuntimeSnapshot, VoicePhase,
};
use crate::subscriptions::Told;
use utter::host::{RuntimeEvent as Event, RuntimePhase, RuntimeState, Update, VoiceState};
use utter::playback::output::{LossReason, OutputSelection};

impl RuntimeEvent {
    /// An event with nothing in it.
    fn bare(kind: Kind) -> Self {
        Self {
            kind,
            number: None,
            voice: None,
            share: None,
            name: None,
            output: None,
            time_micros: None,
            loss: None,
            route: None,
            command: None,
            is_paused: None,
            volume: None,
            times: None,
            plugin: None,
            client: None,
            departure: None,
            error: None,
            missed: None,
            snapshot: None,
        }
    }
}

impl Told<RuntimeState> for RuntimeEvent {
    fn of(update: Update<RuntimeState>) -> Self {
        match update {
            Update::Snapshot { number: at, state } => Self {
                number: Some(number(at)),
                snapshot: Some(state.into()),
                ..Self::bare(Kind::Snapshot)
            },
            Update::Change { number: at, change } => Self {
                number: Some(number(at)),
                ..change.into()
            },
            Update::Lagged { missed } => Self {
                missed: Some(number(missed)),
                ..Self::bare(Kind::Lagged)
            },
        }
    }

    fn alive() -> Self {
        Self::bare(Kind::Alive)
    }
}

impl From<Event> for RuntimeEvent {
    fn from(event: Event) -> Self {
        let bare = Self::bare;
        match event {
            Event::Phase(RuntimePhase::ShuttingDown) => bare(Kind::ShuttingDown),
            Event::Voice(voice) => {
                let (phase, share, error) = of_voice(voice);
                Self {
                    voice: Some(phase),
                    share: Some(share),
                    error,
                    ..bare(Kind::Voice)
                }
            }
            Event::Rebuilding(share) => Self {
                share: Some(share.into()),
                ..bare(Kind::Rebuilding)
            },
            Event::DeviceSet(device) => Self {
                name: Some(device.to_string()),
                ..bare(Kind::DeviceSet)
            },
            Event::DeviceFailed { device, error } => Self {
                name: Some(device.to_string()),
                error: Some(error.into()),
                ..bare(Kind::DeviceFailed)
            },
            Event::Paused(is_paused) => Self {
                is_paused: Some(is_paused),
                ..bare(Kind::Paused)
            },
            Event::VolumeSet(volume) => Self {
                volume: Some(volume.into()),
                ..bare(Kind::VolumeSet)
            },
            Event::Obeyed { command, .. } => Self {
                command: Some(number(command.number())),
                ..bare(Kind::Obeyed)
            },
            Event::ClientAttached { client, name } => Self {
                client: Some(client.into()),
                name: Some(name),
                ..bare(Kind::ClientAttached)
            },
            Event::ClientDeparted { client, departure } => Self {
                client: Some(client.into()),
                departure: Some(departure.into()),
                ..bare(Kind::ClientDeparted)
            },
            Event::Plugin(event) => match plugin_event(event) {
                Some((plugin, error)) => Self {
                    plugin: Some(plugin),
                    error: error.map(Into::into),
                    ..bare(Kind::Plugin)
                },
                None => unknown(),
            },
            Event::Warning(error) => Self {
                error: Some(error.into()),
                ..bare(Kind::Warning)
            },
            other => of_output(other),
        }
    }
}

/// What happens to the output.
fn of_output(event: Event) -> RuntimeEvent {
    let bare = RuntimeEvent::bare;
    match event {
        Event::OutputOpened(output) => RuntimeEvent {
            output: Some(output.into()),
            ..bare(Kind::OutputOpened)
        },
        Event::Latency(latency) => RuntimeEvent {
            time_micros: Some(micros(latency)),
            ..bare(Kind::Latency)
        },
        Event::OutputLost { name, reason } => RuntimeEvent {
            name: Some(name),
            loss: Some(reason.into()),
            ..bare(Kind::OutputLost)
        },
        Event::OutputGivenUp { after, error } => RuntimeEvent {
            time_micros: Some(micros(after)),
            error: Some(error.into()),
            ..bare(Kind::OutputGivenUp)
        },
        Event::OutputReleased => bare(Kind::OutputReleased),
        Event::RouteSet(route) => RuntimeEvent {
            route: id_of(route),
            ..bare(Kind::RouteSet)
        },
        Event::RouteFailed {
            command,
            selection,
            error,
        } => RuntimeEvent {
            command: Some(number(command.number())),
            route: id_of(selection),
            error: Some(error.into()),
            ..bare(Kind::RouteFailed)
        },
        Event::Underrun { times } => RuntimeEvent {
            times: Some(number(times)),
            ..bare(Kind::Underrun)
        },
        Event::Xrun { times } => RuntimeEvent {
            times: Some(number(times)),
            ..bare(Kind::Xrun)
        },
        _ => unknown(),
    }
}

/// One that this bridge does not know. It keeps its number, so that there is no gap.
fn unknown() -> RuntimeEvent {
    RuntimeEvent::alive()
}

/// How a voice is doing: its phase, the share of it that is loaded, and why it is not.
fn of_voice(voice: VoiceState) -> (VoicePhase, f64, Option<BridgeError>) {
    match voice {
        VoiceState::Absent => (VoicePhase::Absent, 0.0, None),
        VoiceState::Loading(share) => (VoicePhase::Loading, share.into(), None),
        VoiceState::Ready => (VoicePhase::Ready, 1.0, None),
        VoiceState::Failed(error) => (VoicePhase::Failed, 0.0, Some(error.into())),
    }
}

fn id_of(route: OutputSelection) -> Option<String> {
    match route {
        OutputSelection::Default => None,
        OutputSelection::Id(id) => Some(id.to_string()),
    }
}

impl From<LossReason> for OutputLossReason {
    fn from(reason: LossReason) -> Self {
        match reason {
            LossReason::Disconnected => Self::Disconnected,
            LossReason::Reconfigured => Self::Reconfigured,
            LossReason::ErrorStorm => Self::ErrorStorm,
            // Of what may be added, this says the least that is wrong: it gives no sound.
            _ => Self::Stalled,
        }
    }
}

impl From<RuntimeState> for RuntimeSnapshot {
    fn from(state: RuntimeState) -> Self {
        let (voice, voice_share, voice_error) = of_voice(state.voice);
        let clients = state.clients.into_iter().map(|(client, name)| AttachedClient {
            client: client.into(),
            name,
        });
        Self {
            is_shutting_down: state.phase == RuntimePhase::ShuttingDown,
            voice,
            voice_share,
            voice_error,
            device: state.device.to_string(),
            output: state.output.map(Into::into),
            route: id_of(state.route),
            latency_micros: state.latency.map(micros),
            is_paused: state.is_paused,
            volume: state.volume.into(),
            clients: clients.collect(),
            underruns: number(state.underruns),
            losses: number(state.losses),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::error::ErrorReason;
    use std::time::Duration;
    use utter::playback::PlaybackError;

    /// What takes a slow machine or half a minute to bring about.
    #[test]
    fn what_a_device_seldom_does_crosses_with_all_that_it_says() {
        let underrun = RuntimeEvent::from(Event::Underrun { times: 3 });
        assert_eq!((underrun.kind, underrun.times), (Kind::Underrun, Some(3)));
        let xrun = RuntimeEvent::from(Event::Xrun { times: 2 });
        assert_eq!((xrun.kind, xrun.times), (Kind::Xrun, Some(2)));
        let given_up = RuntimeEvent::from(Event::OutputGivenUp {
            after: Duration::from_secs(30),
            error: PlaybackError::OutputUnresponsive.into(),
        });
        assert_eq!(
            (given_up.kind, given_up.time_micros),
            (Kind::OutputGivenUp, Some(30_000_000))
        );
        assert_eq!(
            given_up.error.map(|error| error.reason),
            Some(ErrorReason::Output)
        );
    }

    #[test]
    fn every_reason_for_a_loss_crosses_under_its_own_name() {
        let all = [
            LossReason::Disconnected,
            LossReason::Reconfigured,
            LossReason::ErrorStorm,
            LossReason::Stalled,
        ];
        for reason in all {
            let event = RuntimeEvent::from(Event::OutputLost {
                name: "Speakers".into(),
                reason,
            });
            assert_eq!(format!("{:?}", event.loss), format!("Some({reason:?})"));
            assert_eq!(event.name.as_deref(), Some("Speakers"));
        }
    }

    #[test]
    fn a_voice_that_loads_says_how_far_and_one_that_failed_why() {
        let half = RuntimeEvent::from(Event::Voice(VoiceState::Loading(0.5)));
        assert_eq!(
            (half.voice, half.share, half.error),
            (Some(VoicePhase::Loading), Some(0.5), None)
        );
        let error = PlaybackError::OutputUnresponsive.into();
        let failed = RuntimeEvent::from(Event::Voice(VoiceState::Failed(error)));
        assert_eq!(failed.voice, Some(VoicePhase::Failed));
        assert!(failed.error.is_some_and(|error| !error.hint.is_empty()));
    }
}
