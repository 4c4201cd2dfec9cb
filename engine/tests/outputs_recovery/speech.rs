//! The set-up of every test here: two outputs, a player and a speaker, and what was told of outputs.

use crate::sweep_voice::{SweepVoice, say, utterance};
use crate::timed_output::{Device, TimedOutput, with_devices};
use crate::timed_tests::{self, DEVICE, check_balance, wait_until};
use std::time::Duration;
use utter::playback::output::OutputSelection;
use utter::playback::{OpenReason, PlaybackEvent, PlaybackEvents, Player, PlayerOptions};
use utter::speech::{Outcome, SAMPLE_RATE, Speaker, UtteranceHandle};

/// What is said, in chunks of odd lengths: 3.4 s, in which the sweep comes to 6.9 kHz.
const CHUNKS: [usize; 3] = [31_007, 479, 50_114];

/// What is said, in seconds.
pub const SAID: f64 = 81_600.0 / SAMPLE_RATE as f64;

/// The one that speech falls back to has another rate.
pub const OTHER: Device = Device {
    rate: 44_100,
    channels: 1,
    ..DEVICE
};

/// The places of the outputs among the two.
pub const DEFAULT: usize = 0;
pub const SECOND: usize = 1;

/// Runs `body` where these are the only outputs: the default one, and one called `second`.
pub fn with_outputs(test: &str, default: Device, second: Device, body: impl FnOnce(&[TimedOutput; 2])) {
    with_devices(test, [("default", default), ("second", second)], body);
}

/// A player, and a speaker that says a sweep on it.
pub struct Speech {
    pub speaker: Speaker,
    pub player: Player,
    events: PlaybackEvents,
}

impl Speech {
    pub fn open(route: &OutputSelection, options: &PlayerOptions) -> Self {
        let player = timed_tests::open(route, options);
        let events = player.events();
        let (speaker, _) = Speaker::start(player.clone(), Box::new(SweepVoice::default())).unwrap();
        Self {
            speaker,
            player,
            events,
        }
    }

    /// Says the sweep, and waits until a good second of it is heard.
    pub fn begin(&self) -> UtteranceHandle {
        let spoken = self
            .speaker
            .speak(utterance(CHUNKS.into_iter().map(say)))
            .unwrap();
        wait_until("it speaks", || {
            let position = self.player.position();
            position.is_some_and(|position| position.time > Duration::from_millis(1_200))
        });
        spoken
    }

    /// Goes on with the sweep for so many frames, to their end.
    pub fn say(&self, frames: usize) {
        assert_finished(&self.speaker.speak(utterance([say(frames)])).unwrap());
    }

    /// What happened to outputs since the last call, in short.
    pub fn transitions(&self) -> Vec<String> {
        let events = std::iter::from_fn(|| self.events.try_next());
        let told = events.filter_map(|event| match event {
            PlaybackEvent::OutputLost { output, reason, .. } => {
                Some(format!("{} lost: {reason:?}", output.id))
            }
            // Whether the listener was there in time for it is chance.
            PlaybackEvent::OutputOpened(open) if open.reason == OpenReason::First => None,
            PlaybackEvent::OutputOpened(open) => {
                let reason = match open.reason {
                    OpenReason::Route(_) => "Route".into(),
                    reason => format!("{reason:?}"),
                };
                Some(format!("{} open: {reason}", open.config.id))
            }
            PlaybackEvent::OutputGivenUp { .. } => Some("given up".into()),
            PlaybackEvent::RouteFailed { .. } => Some("route failed".into()),
            _ => None,
        });
        told.collect()
    }

    /// That no frame was lost count of, and none was missing when a device asked for it.
    pub fn check_counters(&self) {
        let counters = self.player.counters();
        check_balance(&counters);
        assert_eq!(counters.underruns, 0);
    }
}

/// Waits for the end of what is spoken, and that it was said to its end.
pub fn assert_finished(spoken: &UtteranceHandle) {
    let outcome = spoken.wait();
    assert!(matches!(outcome, Outcome::Finished), "{outcome:?}");
}
