//! Stops, which reach the valve ahead of the deck: with the whole deck, its feed and its timeline, and the device.
//!
//! What is checked, for a stop that comes at any moment of a round of the playback thread, of a callback, of another stop,
//! of a skip, of a change of outputs, and of a loss: every command has its effect once; what was added before the stop has ended once,
//! and is not wanted any more; what is added after it has returned is wanted, and heard whole; every frame is accounted for,
//! and nothing is left outstanding.
//!
//! Caught, when made: a stop that is followed to an epoch that is over; the number of stops counted ahead of the lock; the
//! earlier of two stops forgotten; a stop that nobody is told of when its output goes; a report of a stop that the deck has
//! not heard of dropped, or not looked for; frames that were discarded counted as heard, and the reports read before the
//! status to tell them apart; the number of stops not noted when they are followed.
//!
//! Not caught: the number of stops counted or read relaxed. The valve's mutex orders all that depends on it.

use super::deck::Deck;
use super::device::{Answer, Devices};
use super::event::PlaybackEvent;
use super::line::Line;
use super::options::PlayerOptions;
use super::output::{
    LossReason, OutputBackend, OutputConfig, OutputError, OutputFault, OutputHealth, OutputId, OutputInfo,
    OutputRequest, OutputSelection, OutputStream, SampleFormat,
};
use super::realtime::Renderer;
use super::realtime::clock::Clock;
use super::track::{TrackEnd, TrackId, TrackOptions, Wanted};
use super::valve::{CommandId, Valve};
use crate::sync::{Mutex, check, spawn};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

pub const MODELS: &[(&str, fn())] = &[
    (
        "a_stop_during_a_round_of_the_playback_thread",
        a_stop_during_a_round,
    ),
    ("a_stop_during_another_one", a_stop_during_another_one),
    ("a_stop_during_a_skip", a_stop_during_a_skip),
    ("a_stop_during_a_loss", a_stop_during_a_loss),
    (
        "a_stop_during_a_change_of_outputs",
        a_stop_during_a_change_of_outputs,
    ),
];

const RATE: u32 = 8_000;

/// So long is a turn of a device: longer than all that is in the ring.
const TURN: usize = 8;

/// Louder than what came before, and quiet enough for the limiter.
const NEW: [f32; 2] = [0.25, 0.375];

/// What the models' threads share. Mutexes of `std` are none to loom: nobody else runs while they are held.
#[derive(Clone)]
struct Booth {
    deck: Arc<Mutex<Option<Deck>>>,
    valve: Arc<Valve>,
    backend: Backend,
    events: Arc<std::sync::Mutex<Vec<PlaybackEvent>>>,
    ends: Arc<std::sync::Mutex<Vec<(TrackId, TrackEnd)>>>,
}

/// A track, and whether it is wanted.
struct Added {
    id: TrackId,
    frames: Vec<f32>,
    wanted: Arc<Wanted>,
}

impl Booth {
    fn open() -> Self {
        let (backend, valve) = (Backend::default(), Arc::new(Valve::new()));
        let options = PlayerOptions {
            queue: Duration::from_millis(2),
            ..PlayerOptions::default()
        };
        let devices = ModelDevices {
            backend: backend.clone(),
            options: options.clone(),
            answers: VecDeque::new(),
        };
        let (line, inlet) = Line::open(&backend, &OutputSelection::Default, &options, &Clock).unwrap();
        let mut deck = Deck::new(options, Clock, Box::new(devices));
        deck.begin(line, inlet, OutputSelection::Default, &valve);
        let booth = Self {
            deck: Arc::default(),
            valve,
            backend,
            events: Arc::default(),
            ends: Arc::default(),
        };
        *booth.deck.lock() = Some(deck);
        booth
    }

    /// What the player does for every command.
    fn with_deck<R>(&self, f: impl FnOnce(&mut Deck) -> R) -> R {
        let mut guard = self.deck.lock();
        let deck = guard.as_mut().unwrap();
        deck.catch_up(&self.valve);
        let result = f(deck);
        self.deliver(deck);
        result
    }

    /// What the playback thread does in a round.
    fn round(&self) {
        let mut guard = self.deck.lock();
        let deck = guard.as_mut().unwrap();
        deck.tick(&self.valve, 0);
        while deck.feed(&self.valve) {}
        self.deliver(deck);
    }

    fn deliver(&self, deck: &mut Deck) {
        let outbox = deck.take_outbox();
        self.events.lock().unwrap().extend(outbox.events);
        for (on_end, end) in outbox.endings {
            on_end(end);
        }
    }

    /// What the player does for a stop.
    fn stop(&self) -> CommandId {
        let command = self.valve.stop(Duration::ZERO);
        self.with_deck(|_| {});
        command
    }

    /// Adds a track that is complete.
    fn play(&self, frames: &[f32]) -> Added {
        let (ends, id) = (Arc::clone(&self.ends), Arc::new(std::sync::Mutex::new(None)));
        let on_end = {
            let id = Arc::clone(&id);
            Box::new(move |end| {
                let id = id.lock().unwrap().unwrap();
                ends.lock().unwrap().push((id, end));
            })
        };
        let options = TrackOptions {
            kind: Default::default(),
            rate: RATE,
            gain: 1.0,
        };
        self.with_deck(|deck| {
            let (track, wanted) = deck.add(options, on_end, &self.valve).unwrap();
            *id.lock().unwrap() = Some(track);
            let playlist = deck.playlist_mut();
            playlist.get_mut(track).unwrap().push(frames.into());
            playlist.get_mut(track).unwrap().complete();
            Added {
                id: track,
                frames: frames.to_vec(),
                wanted,
            }
        })
    }

    /// Has everything played to its end, and checks what came of it all.
    fn finish(&self, commands: &[CommandId], old: &[Added], new: &Added) {
        for _ in 0..4 {
            self.round();
            self.backend.turn();
        }
        self.round();
        let ends = self.ends.lock().unwrap();
        let end_of = |track: &Added| {
            let mut of_it = ends.iter().filter(|(id, _)| *id == track.id);
            let end = of_it.next().map(|(_, end)| end.clone());
            assert!(of_it.next().is_none(), "a track ends once");
            end.expect("the track has ended")
        };
        for track in old {
            // Those that have left the ring when the stop comes are heard, all others were stopped.
            if let TrackEnd::Heard = end_of(track) {
                let is_heard = |frame: &f32| self.backend.heard().contains(frame);
                assert!(
                    track.frames.iter().all(is_heard),
                    "what was not heard was stopped"
                );
            }
            assert!(!track.wanted.is_wanted(), "what was stopped is wanted no more");
        }
        assert!(matches!(end_of(new), TrackEnd::Heard), "the stop came before it");
        assert!(new.wanted.is_wanted());
        let heard: Vec<f32> = self
            .backend
            .heard()
            .into_iter()
            .filter(|x| *x >= NEW[0])
            .collect();
        // What an output has been given when another takes over is heard there, and may be heard again.
        let again = heard.strip_suffix(&NEW).expect("it is heard whole");
        assert!(again.is_empty() || (self.backend.opened() > 1 && again == NEW));

        let mut guard = self.deck.lock();
        let deck = guard.as_mut().unwrap();
        for command in commands {
            let events = self.events.lock().unwrap();
            let of_it = |event: &&PlaybackEvent| matches!(event, PlaybackEvent::Obeyed { command: id, .. } if id == command);
            assert_eq!(
                events.iter().filter(of_it).count(),
                1,
                "the effect of {command:?}"
            );
            assert!(deck.effect(*command).is_some());
        }
        let counters = deck.counters(&self.valve);
        assert_eq!(counters.produced, counters.rendered + counters.discarded);
        assert_eq!(counters.queued, 0);
        assert!(deck.is_drained(), "nothing is outstanding");
    }
}

/// A round of the playback thread and one of the device at any moment of a stop, and of what is added after it.
fn a_stop_during_a_round() {
    check(2, || {
        let booth = Booth::open();
        let old = [booth.play(&[0.05, 0.1])];
        let playing = spawn({
            let booth = booth.clone();
            move || booth.round()
        });
        let device = spawn({
            let backend = booth.backend.clone();
            move || backend.turn()
        });
        let stop = booth.stop();
        let new = booth.play(&NEW);
        playing.join().unwrap();
        device.join().unwrap();
        booth.finish(&[stop], &old, &new);
    });
}

fn a_stop_during_another_one() {
    check(2, || {
        let booth = Booth::open();
        let old = [booth.play(&[0.05, 0.1])];
        booth.round();
        let other = spawn({
            let booth = booth.clone();
            move || booth.stop()
        });
        let device = spawn({
            let backend = booth.backend.clone();
            move || backend.turn()
        });
        let stop = booth.stop();
        let other = other.join().unwrap();
        device.join().unwrap();
        let new = booth.play(&NEW);
        booth.finish(&[stop, other], &old, &new);
    });
}

/// The deck flushes by itself while a stop comes.
fn a_stop_during_a_skip() {
    check(2, || {
        let booth = Booth::open();
        let old = [booth.play(&[0.05, 0.1]), booth.play(&[0.15])];
        booth.round();
        let skipping = spawn({
            let booth = booth.clone();
            move || booth.with_deck(|deck| deck.skip(&booth.valve))
        });
        let device = spawn({
            let backend = booth.backend.clone();
            move || backend.turn()
        });
        let stop = booth.stop();
        let skip = skipping.join().unwrap();
        device.join().unwrap();
        let new = booth.play(&NEW);
        // After the stop there is nothing to be skipped.
        let commands: Vec<_> = skip.into_iter().chain([stop]).collect();
        booth.finish(&commands, &old, &new);
    });
}

/// A stop comes while another output takes the place of the one that it was for.
fn a_stop_during_a_change_of_outputs() {
    check(3, || {
        let booth = Booth::open();
        let old = [booth.play(&[0.05, 0.1])];
        booth.round();
        let other = OutputSelection::Id(OutputId::new("other"));
        let route = booth.with_deck(|deck| deck.set_route(other, &booth.valve));
        // It is asked for in this round, and taken in the next.
        booth.round();
        let changing = spawn({
            let booth = booth.clone();
            move || booth.round()
        });
        let device = spawn({
            let backend = booth.backend.clone();
            move || backend.turn()
        });
        let stop = booth.stop();
        let new = booth.play(&NEW);
        changing.join().unwrap();
        device.join().unwrap();
        booth.finish(&[stop, route], &old, &new);
    });
}

/// A stop comes while the output that it was for is lost.
fn a_stop_during_a_loss() {
    check(3, || {
        let booth = Booth::open();
        let old = [booth.play(&[0.05, 0.1])];
        booth.round();
        booth.backend.lose();
        let losing = spawn({
            let booth = booth.clone();
            move || booth.round()
        });
        let stop = booth.stop();
        {
            // What has its effect without an output has it now, or when there is one again; nobody else obeys it.
            let mut guard = booth.deck.lock();
            let deck = guard.as_mut().unwrap();
            assert!(deck.output().is_some() || deck.effect(stop).is_some());
        }
        let new = booth.play(&NEW);
        losing.join().unwrap();
        booth.finish(&[stop], &old, &new);
    });
}

/// Outputs that are turned by hand; the last that was opened is the one that is.
#[derive(Clone, Default)]
struct Backend(Arc<Mutex<World>>);

#[derive(Default)]
struct World {
    renderer: Option<Box<Renderer>>,
    health: Option<Arc<OutputHealth>>,
    opened: u32,
    heard: Vec<f32>,
}

struct Stream;

impl Backend {
    /// A callback of the output.
    fn turn(&self) {
        let Some(mut renderer) = self.0.lock().renderer.take() else {
            return;
        };
        let mut block = [f32::NAN; TURN];
        renderer.render(&mut block, 0);
        let mut world = self.0.lock();
        world.heard.extend(block);
        // Unless another was opened meanwhile.
        world.renderer.get_or_insert(renderer);
    }

    /// The output says that it is gone. It can be opened again.
    fn lose(&self) {
        let world = self.0.lock();
        let health = world.health.as_ref().expect("it is open");
        health.report(OutputFault::Lost(LossReason::Disconnected));
    }

    fn heard(&self) -> Vec<f32> {
        self.0.lock().heard.clone()
    }

    fn opened(&self) -> u32 {
        self.0.lock().opened
    }
}

impl OutputBackend for Backend {
    fn outputs(&self) -> Result<Vec<OutputInfo>, OutputError> {
        Ok(Vec::new())
    }

    fn default_output(&self) -> Result<Option<OutputId>, OutputError> {
        Ok(None)
    }

    fn negotiate(&self, selection: &OutputSelection, _: &OutputRequest) -> Result<OutputConfig, OutputError> {
        let id = match selection {
            OutputSelection::Default => OutputId::new("first"),
            OutputSelection::Id(id) => id.clone(),
        };
        Ok(OutputConfig {
            name: id.to_string(),
            id,
            rate: RATE,
            channels: 1,
            format: SampleFormat::F32,
            period_frames: None,
        })
    }

    fn open(
        &self,
        _: &OutputConfig,
        renderer: Renderer,
        health: Arc<OutputHealth>,
    ) -> Result<Box<dyn OutputStream>, OutputError> {
        let mut world = self.0.lock();
        world.opened += 1;
        world.health = Some(health);
        let replaced = world.renderer.replace(Box::new(renderer));
        drop(world);
        drop(replaced);
        Ok(Box::new(Stream))
    }
}

impl OutputStream for Stream {
    fn start(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn period_frames(&self) -> Option<u32> {
        None
    }
}

struct ModelDevices {
    backend: Backend,
    options: PlayerOptions,
    answers: VecDeque<Answer>,
}

impl Devices for ModelDevices {
    fn open(&mut self, selection: &OutputSelection) -> bool {
        let opened = Line::open(&self.backend, selection, &self.options, &Clock);
        self.answers.push_back(Answer::Opened(Box::new(opened)));
        true
    }

    fn look(&mut self) -> bool {
        false
    }

    fn answer(&mut self) -> Option<Answer> {
        self.answers.pop_front()
    }

    fn abandon(&mut self) {
        self.answers.clear();
    }

    fn close(&mut self, _: &OutputId, stream: Box<dyn OutputStream>, _: Duration) {
        drop(stream);
    }

    fn end(&mut self) {}
}
