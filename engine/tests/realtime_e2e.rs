//! The device's callback through cpal's real ALSA host, with every command in flight.
//!
//! Utterances are played on timed devices while they are paused, resumed, sought in, replayed, skipped, stopped in each way,
//! made louder and softer, sent to another device and lost with one. Every command must be obeyed, once, and every frame
//! accounted for. Each test runs twice: with the library's backend, which is what `fixtures/audio/rtsan.sh` watches
//! with RealtimeSanitizer, and with one that guards every callback on the device's thread against allocation.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test relies on may fail it"
)]

#[path = "../../fixtures/audio/guarded_backend.rs"]
mod guarded_backend;
#[path = "../../fixtures/audio/sweep_voice.rs"]
mod sweep_voice;
#[path = "../../fixtures/audio/timed_output.rs"]
mod timed_output;

use assert_no_alloc::AllocDisabler;
use guarded_backend::GuardedBackend;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use sweep_voice::{SweepVoice, say, utterance};
use timed_output::{Device, TimedOutput, with_devices};
use utter::playback::output::{CpalBackend, OutputBackend, OutputId, OutputSelection};
use utter::playback::{
    CommandId, OpenReason, PlaybackError, PlaybackEvent, PlaybackEvents, Player, PlayerOptions, Seek,
    SeekError, Stop, Volume,
};
use utter::speech::{Outcome, SAMPLE_RATE, Speaker, UtteranceHandle};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

/// Longer than any test goes on with it: 20 s.
const LONG: usize = 20 * SAMPLE_RATE as usize;

/// An eighth of a second.
const SHORT: usize = 3_000;

/// Rounds of every command that changes nothing for good.
const ROUNDS: u32 = 12;

/// Much longer than any of it takes: only a failure waits for so long.
const PATIENCE: Duration = Duration::from_secs(20);

struct Stage {
    speaker: Speaker,
    player: Player,
    events: PlaybackEvents,
    /// All commands so far that a renderer or the deck obeys.
    commands: Vec<CommandId>,
    told: Vec<PlaybackEvent>,
}

impl Stage {
    fn open(backend: Arc<dyn OutputBackend>) -> Self {
        // Little enough that much is still to be made when a stop comes.
        let options = PlayerOptions {
            ahead: Duration::from_secs(2),
            ..PlayerOptions::default()
        };
        let player = Player::open(backend, &OutputSelection::Default, &options).unwrap();
        let events = player.events();
        let (speaker, _) = Speaker::start(player.clone(), Box::new(SweepVoice::default())).unwrap();
        Self {
            speaker,
            player,
            events,
            commands: Vec::new(),
            told: Vec::new(),
        }
    }

    /// Says something long, in chunks of a second, and waits until it is heard.
    fn begin(&mut self) -> UtteranceHandle {
        let chunks = (0..LONG / SAMPLE_RATE as usize).map(|_| say(SAMPLE_RATE as usize));
        let spoken = self.speaker.speak(utterance(chunks)).unwrap();
        let before = self.player.counters().rendered;
        self.wait_until("it is heard", |stage| {
            stage.player.counters().rendered > before + 4_800
        });
        spoken
    }

    fn give(&mut self, command: CommandId) {
        self.commands.push(command);
    }

    /// Waits until the last command is obeyed. All before it are, then.
    fn obeyed(&mut self) {
        let last = *self.commands.last().expect("a command");
        assert!(
            self.player.wait_for(last, PATIENCE).is_some(),
            "{last:?} is not obeyed"
        );
        self.read();
    }

    fn read(&mut self) {
        self.told.extend(std::iter::from_fn(|| self.events.try_next()));
    }

    fn wait_until(&mut self, what: &str, condition: impl Fn(&Self) -> bool) {
        let since = Instant::now();
        while !condition(self) {
            assert!(since.elapsed() < PATIENCE, "never: {what}");
            thread::sleep(Duration::from_millis(1));
            self.read();
        }
    }

    fn wait_for_output(&mut self, is_it: impl Fn(OpenReason) -> bool) {
        self.wait_until("an output", |stage| {
            stage.told.iter().any(|event| match event {
                PlaybackEvent::OutputOpened(open) => is_it(open.reason),
                _ => false,
            })
        });
    }

    /// Every command that leaves what is said as it is, one behind the other and without waiting.
    fn storm(&mut self, round: u32) {
        let player = self.player.clone();
        let share = round as f32 / ROUNDS as f32;
        let volume = |level, is_muted, balance| Volume {
            level,
            is_muted,
            balance,
        };
        let set = |result: Result<CommandId, PlaybackError>| result.expect("the device takes commands");
        let go = |result: Result<CommandId, SeekError>| result.expect("there is something");
        self.give(set(player.set_volume(volume(share, false, 0.0))));
        self.give(set(player.pause()));
        self.give(go(
            player.seek(Seek::Time(Duration::from_millis(u64::from(round) * 20)))
        ));
        self.give(set(player.set_volume(volume(1.0, true, 0.0))));
        self.give(set(player.resume()));
        self.give(go(player.replay()));
        self.give(set(player.set_volume(volume(1.0, false, 2.0 * share - 1.0))));
        self.give(set(player.pause()));
        self.give(set(player.resume()));
        self.give(set(player.set_volume(Volume::default())));
    }

    fn stop(&mut self, how: Stop) {
        let spoken = self.begin();
        let command = self.player.stop(how);
        self.give(command);
        // What follows comes while it fades.
        if let Stop::Now | Stop::Fade = how {
            let next = self.speaker.speak(utterance([say(SHORT)])).unwrap();
            assert!(matches!(next.wait(), Outcome::Finished));
        }
        self.obeyed();
        let outcome = spoken.wait();
        assert!(matches!(outcome, Outcome::Stopped), "{how:?}: {outcome:?}");
    }
}

fn every_command(backend: Arc<dyn OutputBackend>, [output, second]: &[TimedOutput; 2]) {
    let mut stage = Stage::open(backend);
    let id = |output: &TimedOutput| OutputSelection::Id(OutputId::new(output.id()));

    let first = stage.begin();
    let next = stage.speaker.speak(utterance([say(SHORT)])).unwrap();
    for round in 0..ROUNDS {
        stage.storm(round);
        // Every other one goes on while the last is obeyed.
        if round % 2 == 0 {
            stage.obeyed();
        }
    }
    stage.obeyed();
    let skip = stage.player.skip().unwrap();
    stage.give(skip);
    assert!(matches!(first.wait(), Outcome::Stopped));
    assert!(matches!(next.wait(), Outcome::Finished));

    for how in [Stop::Now, Stop::Fade, Stop::Drain] {
        stage.stop(how);
    }

    let spoken = stage.begin();
    let route = stage.player.set_route(id(second));
    stage.give(route);
    stage.storm(0);
    stage.wait_for_output(|reason| reason == OpenReason::Route(route));
    stage.obeyed();

    // The device is lost; nobody else is there until it is back. What is given meanwhile takes effect at once.
    output.vanish();
    second.vanish();
    stage.wait_until("the loss", |stage| {
        stage
            .told
            .iter()
            .any(|event| matches!(event, PlaybackEvent::OutputLost { .. }))
    });
    stage.storm(1);
    stage.obeyed();
    second.come_back();
    stage.wait_for_output(|reason| reason == OpenReason::Recovered);
    stage.storm(2);
    stage.obeyed();
    let stop = stage.player.stop(Stop::Fade);
    stage.give(stop);
    assert!(matches!(spoken.wait(), Outcome::Stopped));
    stage.player.wait_until_drained().unwrap();
    stage.read();

    check(&stage);
    stage.player.close();
}

fn check(stage: &Stage) {
    assert_eq!(stage.events.dropped(), 0);
    for command in &stage.commands {
        let of_it = stage.told.iter().filter(|event| match event {
            PlaybackEvent::Obeyed { command: id, .. } => id == command,
            _ => false,
        });
        // A change of route is told by the output that is opened, too.
        assert_eq!(of_it.count(), 1, "{command:?} has its effect once");
    }
    // Each storm has 10 commands.
    assert_eq!(stage.commands.len() as u32, 10 * (ROUNDS + 3) + 1 + 3 + 1 + 1);
    let counters = stage.player.counters();
    println!("{counters:?}");
    assert_eq!(
        counters.produced,
        counters.rendered + counters.discarded,
        "{counters:?}"
    );
    assert_eq!((counters.queued, counters.losses, counters.xruns), (0, 1, 0));
    assert!(counters.rendered > 0 && counters.discarded > 0);
}

macro_rules! every_command {
    ($($test:ident: $format:literal, $backend:ty;)*) => {$(
        #[test]
        fn $test() {
            let device = Device { format: $format, ..Device::default() };
            let second = Device { format: $format, rate: 44_100, channels: 1, ..Device::default() };
            with_devices(stringify!($test), [("default", device), ("second", second)], |outputs| {
                every_command(Arc::new(<$backend>::default()), outputs);
            });
        }
    )*};
}

every_command! {
    every_command_in_floats: "FLOAT_LE", CpalBackend;
    every_command_in_16_bits: "S16_LE", CpalBackend;
    every_command_in_24_bits: "S24_LE", CpalBackend;
    every_command_in_floats_without_allocating: "FLOAT_LE", GuardedBackend;
    every_command_in_16_bits_without_allocating: "S16_LE", GuardedBackend;
    every_command_in_24_bits_without_allocating: "S24_LE", GuardedBackend;
}
