//! The rig: a deck on devices that are turned by hand.

use super::super::deck::{Deck, Seek};
use super::super::error::PushError;
use super::super::event::{Effect, PlaybackEvent};
use super::super::line::{FADE, Line};
use super::super::options::PlayerOptions;
use super::super::output::{LossReason, OutputError, OutputFault, OutputId, OutputSelection};
use super::super::queue::{Interrupt, QueueId};
use super::super::realtime::clock::Clock;
use super::super::track::{Mark, TrackEnd, TrackId, TrackKind, TrackOptions};
use super::super::valve::{CommandId, Valve};
use super::super::{Counters, Mode, SeekError};
use super::devices::{Meanwhile, TestBackend, TestDevice, TestDevices, World};
use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

/// The rate of the default device.
pub(super) const RATE: u32 = 48_000;

pub(super) struct Rig {
    pub(super) deck: Deck,
    pub(super) valve: Arc<Valve>,
    pub(super) world: Arc<Mutex<World>>,
    pub(super) events: Vec<PlaybackEvent>,
    pub(super) hangs: Arc<Mutex<bool>>,
    pub(super) meanwhile: Meanwhile,
    ends: Arc<Mutex<Vec<(TrackId, TrackEnd)>>>,
    time: Arc<AtomicU64>,
    /// Frames that a device still has to play when it asks for more.
    pub(super) delay: u64,
}

impl Rig {
    /// A mono device at [`RATE`].
    pub(super) fn new() -> Self {
        Self::with(&PlayerOptions::default(), &[("one", RATE, 1)])
    }

    /// Devices with their rates and channels; the first one is the default.
    pub(super) fn with(options: &PlayerOptions, devices: &[(&'static str, u32, u16)]) -> Self {
        Self::begin(options, devices, true)
    }

    /// The same, with nothing open.
    pub(super) fn closed(devices: &[(&'static str, u32, u16)]) -> Self {
        Self::begin(&PlayerOptions::default(), devices, false)
    }

    fn begin(options: &PlayerOptions, devices: &[(&'static str, u32, u16)], is_open: bool) -> Self {
        let time = Arc::new(AtomicU64::new(1_000_000_000));
        let clock = Clock::manual(Arc::clone(&time));
        let backend = TestBackend::default();
        {
            let mut world = backend.0.lock();
            world.default = devices[0].0;
            for &(name, rate, channels) in devices {
                let device = TestDevice {
                    rate,
                    channels,
                    ..TestDevice::default()
                };
                world.devices.insert(name, device);
            }
        }
        let route = OutputSelection::Default;
        let line = is_open.then(|| Line::open(&backend, &route, options, &clock).unwrap());
        let devices = TestDevices::new(&backend, options, &clock);
        let (hangs, meanwhile) = (Arc::clone(&devices.hangs), Arc::clone(&devices.meanwhile));
        let valve = Arc::new(Valve::new());
        let mut deck = Deck::new(options.clone(), clock, Box::new(devices));
        match line {
            Some((line, inlet)) => deck.begin(line, inlet, route, &valve),
            None => deck.begin_closed(route),
        }
        let mut rig = Self {
            deck,
            valve,
            world: backend.0,
            events: Vec::new(),
            hangs,
            meanwhile,
            ends: Arc::default(),
            time,
            delay: 0,
        };
        rig.settle();
        rig
    }

    /// Adds a track at [`RATE`].
    pub(super) fn add(&mut self) -> TrackId {
        self.add_at(RATE)
    }

    pub(super) fn add_at(&mut self, rate: u32) -> TrackId {
        self.add_as(QueueId::FIRST, None, rate)
    }

    pub(super) fn add_as(&mut self, queue: QueueId, urgent: Option<Interrupt>, rate: u32) -> TrackId {
        self.deck.catch_up(&self.valve);
        let ends = Arc::clone(&self.ends);
        let id = Arc::new(Mutex::new(None));
        let on_end = {
            let id = Arc::clone(&id);
            Box::new(move |end, _| ends.lock().push((id.lock().unwrap(), end)))
        };
        let options = TrackOptions {
            kind: TrackKind::Speech,
            rate,
            gain: 1.0,
        };
        let added = self.deck.add(queue, options, urgent, on_end, &self.valve);
        let (track, _) = added.unwrap();
        *id.lock() = Some(track);
        self.settle();
        track
    }

    /// Adds a track that is complete.
    pub(super) fn play(&mut self, frames: &[f32]) -> TrackId {
        let track = self.add();
        self.push(track, frames);
        self.complete(track);
        track
    }

    pub(super) fn push(&mut self, track: TrackId, frames: &[f32]) {
        if let Some(track) = self.deck.track_mut(track) {
            track.push(frames.into());
        }
        self.settle();
    }

    pub(super) fn mark(&mut self, track: TrackId, mark: Mark) {
        self.deck.track_mut(track).unwrap().mark(mark);
    }

    pub(super) fn rest(&mut self, track: TrackId) {
        self.deck.track_mut(track).unwrap().rest();
        self.settle();
    }

    pub(super) fn cancel(&mut self, track: TrackId) {
        self.deck.cancel(QueueId::FIRST, track, &self.valve).unwrap();
        self.settle();
    }

    pub(super) fn complete(&mut self, track: TrackId) {
        if let Some(track) = self.deck.track_mut(track) {
            track.complete();
        }
        self.settle();
    }

    /// What the playback thread does until there is nothing to be done.
    pub(super) fn settle(&mut self) {
        // A device answers, what it says is dealt with, the ring is fed: three rounds are enough for any of it.
        for _ in 0..3 {
            let now = self.time.load(Ordering::SeqCst);
            self.deck.tick(&self.valve, now);
            while self.deck.feed(&self.valve) {}
            let outbox = self.deck.take_outbox();
            self.events.extend(outbox.events);
            for (on_end, end, heard) in outbox.endings {
                on_end(end, heard);
            }
        }
    }

    /// Has the default device ask for `frames` frames at once, then lets the time pass that they take.
    pub(super) fn turn(&mut self, frames: usize) -> Vec<f32> {
        self.turn_device("one", frames)
    }

    pub(super) fn turn_device(&mut self, name: &'static str, frames: usize) -> Vec<f32> {
        let heard = self.render(name, frames);
        let rate = self.world.lock().devices[name].rate;
        self.pass(Duration::from_nanos(
            frames as u64 * 1_000_000_000 / u64::from(rate),
        ));
        heard
    }

    /// A callback, and nothing else: the playback thread does not come by.
    pub(super) fn render(&mut self, name: &'static str, frames: usize) -> Vec<f32> {
        let mut world = self.world.lock();
        let device = world.devices.get_mut(name).unwrap();
        let mut block = vec![f32::NAN; frames * usize::from(device.channels)];
        let (renderer, health) = device.open.as_mut().expect("the device is open");
        let delay = self.delay;
        assert_no_alloc(|| {
            health.served();
            renderer.render(&mut block, delay);
        });
        block
    }

    /// Lets time pass in which no device asks for anything.
    pub(super) fn pass(&mut self, time: Duration) {
        self.time.fetch_add(time.as_nanos() as u64, Ordering::SeqCst);
        self.settle();
    }

    /// The same, with the playback thread coming by every 10 ms.
    pub(super) fn wait(&mut self, time: Duration) {
        for _ in 0..time.as_millis() / 10 {
            self.pass(Duration::from_millis(10));
        }
    }

    pub(super) fn stop(&mut self) -> CommandId {
        let command = self.valve.stop(FADE);
        self.deck.catch_up(&self.valve);
        self.settle();
        command
    }

    pub(super) fn pause(&mut self) -> CommandId {
        self.deck.pause(&self.valve).unwrap()
    }

    pub(super) fn resume(&mut self) -> CommandId {
        self.deck.resume(&self.valve).unwrap()
    }

    pub(super) fn seek(&mut self, to: Seek) -> Result<CommandId, SeekError> {
        let result = self.deck.seek(QueueId::FIRST, to, &self.valve);
        self.settle();
        result
    }

    pub(super) fn skip(&mut self) -> Result<CommandId, SeekError> {
        let result = self.deck.skip(QueueId::FIRST, &self.valve);
        self.settle();
        result
    }

    pub(super) fn replay(&mut self) -> Result<CommandId, SeekError> {
        let result = self.deck.replay(QueueId::FIRST, &self.valve);
        self.settle();
        result
    }

    pub(super) fn route(&mut self, selection: OutputSelection) -> CommandId {
        let command = self.deck.set_route(selection, &self.valve);
        self.settle();
        command
    }

    /// Loses the device without a word: its stream ends.
    pub(super) fn unplug(&mut self, name: &'static str) {
        let mut world = self.world.lock();
        let device = world.devices.get_mut(name).unwrap();
        device.refuses = Some(OutputError::NotFound(OutputId::new(name)));
        let (_, health) = device.open.as_ref().expect("the device is open");
        health.report(OutputFault::Lost(LossReason::Disconnected));
    }

    pub(super) fn plug_in(&mut self, name: &'static str) {
        self.world.lock().devices.get_mut(name).unwrap().refuses = None;
    }

    pub(super) fn is_open(&self, name: &'static str) -> bool {
        self.world.lock().devices[name].open.is_some()
    }

    pub(super) fn counters(&self) -> Counters {
        self.deck.counters(&self.valve)
    }

    pub(super) fn mode(&self) -> Mode {
        self.deck.mode()
    }

    pub(super) fn effect(&self, command: CommandId) -> Option<Effect> {
        self.deck.effect(command)
    }

    /// Frames of the playhead's track that have been heard.
    pub(super) fn heard(&self) -> Option<(TrackId, u64)> {
        self.deck
            .position()
            .map(|position| (position.track, position.frame))
    }

    /// How a track ended, if it has.
    pub(super) fn end_of(&self, track: TrackId) -> Option<TrackEnd> {
        let ends = self.ends.lock();
        let mut of_track = ends.iter().filter(|(id, _)| *id == track);
        let end = of_track.next().map(|(_, end)| end.clone());
        assert!(of_track.next().is_none(), "a track ends once");
        end
    }

    pub(super) fn refusal(&self) -> Option<PushError> {
        self.deck.refusal()
    }

    /// How soon the playback thread means to come by again.
    pub(super) fn next_round(&mut self) -> Duration {
        self.deck.tick(&self.valve, self.time.load(Ordering::SeqCst))
    }

    /// The events since the last call.
    pub(super) fn take_events(&mut self) -> Vec<PlaybackEvent> {
        std::mem::take(&mut self.events)
    }
}

pub(super) fn by_id(name: &str) -> OutputSelection {
    OutputSelection::Id(OutputId::new(name))
}
