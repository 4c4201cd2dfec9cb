//! The whole of playback but its threads and the device's: the deck, the valve, and an output that is turned by hand.

use super::deck::Deck;
use super::event::PlaybackEvent;
use super::hand_outputs::{Backend, ModelDevices};
use super::line::Line;
use super::options::PlayerOptions;
use super::output::OutputSelection;
use super::queue::QueueId;
use super::realtime::clock::Clock;
use super::track::{TrackEnd, TrackId, TrackOptions, Wanted};
use super::valve::{CommandId, Valve};
use crate::sync::Mutex;
use std::sync::Arc;
use std::time::Duration;

pub const RATE: u32 = 8_000;

/// So long is a turn of a device: longer than all that is in the ring.
pub const TURN: usize = 8;

/// What is added after a stop: louder than what came before, and quiet enough for the limiter.
pub const NEW: [f32; 2] = [0.25, 0.375];

/// What the models' threads share. Mutexes of `std` are none to loom: nobody else runs while they are held.
#[derive(Clone)]
pub struct Booth {
    pub deck: Arc<Mutex<Option<Deck>>>,
    pub valve: Arc<Valve>,
    pub backend: Backend,
    events: Arc<std::sync::Mutex<Vec<PlaybackEvent>>>,
    ends: Arc<std::sync::Mutex<Vec<(TrackId, TrackEnd)>>>,
}

/// A track, and whether it is wanted.
pub struct Added {
    id: TrackId,
    frames: Vec<f32>,
    wanted: Arc<Wanted>,
}

impl Booth {
    pub fn open() -> Self {
        let (backend, valve) = (Backend::default(), Arc::new(Valve::new()));
        let options = PlayerOptions {
            queue: Duration::from_millis(2),
            ..PlayerOptions::default()
        };
        let devices = ModelDevices::new(&backend, &options);
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
    pub fn with_deck<R>(&self, f: impl FnOnce(&mut Deck) -> R) -> R {
        let mut guard = self.deck.lock();
        let deck = guard.as_mut().unwrap();
        deck.catch_up(&self.valve);
        let result = f(deck);
        self.deliver(deck);
        result
    }

    /// What the playback thread does in a round.
    pub fn round(&self) {
        let mut guard = self.deck.lock();
        let deck = guard.as_mut().unwrap();
        deck.tick(&self.valve, 0);
        while deck.feed(&self.valve) {}
        self.deliver(deck);
    }

    fn deliver(&self, deck: &mut Deck) {
        let outbox = deck.take_outbox();
        self.events.lock().unwrap().extend(outbox.events);
        for (on_end, end, heard) in outbox.endings {
            on_end(end, heard);
        }
    }

    /// What the player does for a stop.
    pub fn stop(&self) -> CommandId {
        let command = self.valve.stop(Duration::ZERO);
        self.with_deck(|_| {});
        command
    }

    /// Adds a track that is complete.
    pub fn play(&self, frames: &[f32]) -> Added {
        self.play_in(QueueId::FIRST, frames)
    }

    /// The same in a queue.
    pub fn play_in(&self, queue: QueueId, frames: &[f32]) -> Added {
        let (ends, id) = (Arc::clone(&self.ends), Arc::new(std::sync::Mutex::new(None)));
        let on_end = {
            let id = Arc::clone(&id);
            Box::new(move |end, _| {
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
            let (track, wanted) = deck.add(queue, options, None, on_end, &self.valve).unwrap();
            *id.lock().unwrap() = Some(track);
            let added = deck.track_mut(track).unwrap();
            added.push(frames.into());
            added.complete();
            Added {
                id: track,
                frames: frames.to_vec(),
                wanted,
            }
        })
    }

    /// Has everything played to its end, and checks what came of it all.
    pub fn finish(&self, commands: &[CommandId], old: &[Added], new: &Added) {
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
