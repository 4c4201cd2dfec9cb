//! Whatever happens to several queues in whatever order: no click, no frame unaccounted for, an end for everything, and the
//! order of turns.

use super::super::Mode;
use super::super::deck::Seek;
use super::super::event::PlaybackEvent;
use super::super::queue::{Interrupt, QueueId};
use super::super::track::{Mark, MarkKind, TrackEnd, TrackId};
use super::super::valve::CommandId;
use super::super::volume::Volume;
use super::queue_steps::{QUEUES, Step, steps};
use super::rig::{RATE, Rig};
use super::telling::Telling;
use super::{FADE, LEVEL, STEEPEST, check_balance, steady};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const FADE_TIME: Duration = Duration::from_millis(8);

/// A track, as its queue sees it.
struct Asked {
    queue: QueueId,
    is_urgent: bool,
    is_complete: bool,
}

/// A pause: since which frame of what is heard, and how far the queue's tracks were heard when it was silent.
struct Silence {
    since: usize,
    heard: Option<Vec<Option<u64>>>,
}

/// What is under test, and what is known of it.
struct Play {
    rig: Rig,
    queues: Vec<QueueId>,
    tracks: BTreeMap<TrackId, Asked>,
    commands: Vec<CommandId>,
    heard: Vec<f32>,
    /// Queues that were never paused: for them the order of turns is that of their tracks.
    unpaused: BTreeSet<QueueId>,
    /// Queues that are paused.
    silent: BTreeMap<QueueId, Silence>,
    started: BTreeSet<TrackId>,
    told: Telling,
    /// Queues in which a seek or a replay has led elsewhere.
    moved: BTreeSet<QueueId>,
    output: &'static str,
    /// The shortest fade so far, in frames.
    shortest: usize,
}

impl Play {
    fn new(delay: u64) -> Self {
        let devices = [("one", RATE, 1), ("two", RATE, 1)];
        let mut rig = Rig::with(&super::super::PlayerOptions::default(), &devices);
        let queues: Vec<QueueId> = std::iter::once(QueueId::FIRST)
            .chain((1..QUEUES).map(|_| rig.queue()))
            .collect();
        rig.delay = delay;
        Self {
            rig,
            unpaused: queues.iter().copied().collect(),
            queues,
            tracks: BTreeMap::new(),
            commands: Vec::new(),
            heard: vec![0.0],
            silent: BTreeMap::new(),
            started: BTreeSet::new(),
            told: Telling::default(),
            moved: BTreeSet::new(),
            output: "one",
            shortest: FADE,
        }
    }

    fn add(&mut self, queue: usize, urgent: Option<Interrupt>, frames: usize) {
        let queue = self.queues[queue];
        let track = self.rig.add_as(queue, urgent, RATE);
        for frame in (0..frames as u64).step_by(700) {
            let source = frame as usize..frame as usize + 1;
            let kind = MarkKind::Word;
            self.rig.mark(
                track,
                Mark {
                    frame,
                    length: 0,
                    kind,
                    source,
                },
            );
        }
        self.rig.push(track, &steady(frames));
        let asked = Asked {
            queue,
            is_urgent: urgent.is_some(),
            is_complete: false,
        };
        self.tracks.insert(track, asked);
    }

    /// One of the last tracks.
    fn recent(&self, back: usize) -> Option<TrackId> {
        self.tracks.keys().rev().nth(back).copied()
    }

    fn turn(&mut self, frames: usize) {
        if self.rig.is_open(self.output) {
            self.heard.extend(self.rig.turn_device(self.output, frames));
        } else {
            self.rig.pass(Duration::from_millis(10));
        }
    }

    fn take(&mut self, step: Step) {
        let rig = &mut self.rig;
        let fade = |step: &Step| match step {
            Step::StopQueue(_) => Some(FADE_TIME),
            Step::StopQueueNow(_) => Some(FADE_TIME / 4),
            _ => None,
        };
        match step {
            Step::Add(queue, frames) => self.add(queue, None, frames),
            Step::AddUrgent(queue, frames, goes_on) => {
                let interrupt = if goes_on {
                    Interrupt::Resume
                } else {
                    Interrupt::Discard
                };
                self.add(queue, Some(interrupt), frames);
            }
            Step::Push(frames) => {
                if let Some(track) = self.recent(0) {
                    self.rig.push(track, &steady(frames));
                }
            }
            Step::Complete(back) => {
                if let Some(track) = self.recent(back) {
                    self.rig.complete(track);
                    self.tracks
                        .entry(track)
                        .and_modify(|asked| asked.is_complete = true);
                }
            }
            Step::Turn(frames) => self.turn(frames),
            Step::Overlook(frames) if rig.is_open(self.output) => {
                self.heard.extend(rig.render(self.output, frames));
            }
            Step::Overlook(_) => {}
            Step::StopQueue(queue) | Step::StopQueueNow(queue) | Step::DrainQueue(queue) => {
                let command = rig.deck.stop_queue(self.queues[queue], fade(&step), &rig.valve);
                self.commands.push(command.unwrap());
                if matches!(step, Step::StopQueueNow(_)) {
                    self.shortest = FADE / 4;
                }
                if fade(&step).is_some() {
                    self.silent.remove(&self.queues[queue]);
                }
            }
            Step::PauseQueue(queue) => {
                let queue = self.queues[queue];
                let command = rig.deck.pause_queue(queue, &rig.valve).unwrap();
                self.commands.push(command);
                self.unpaused.remove(&queue);
                let (since, heard) = (self.heard.len(), None);
                self.silent.entry(queue).or_insert(Silence { since, heard });
            }
            Step::ResumeQueue(queue) => {
                let command = rig.deck.resume_queue(self.queues[queue], &rig.valve);
                self.commands.push(command.unwrap());
                self.silent.remove(&self.queues[queue]);
            }
            // The first one stays.
            Step::Remove(0) => {}
            Step::Remove(queue) => {
                let command = rig.deck.remove_queue(self.queues[queue], &rig.valve);
                self.commands.push(command.unwrap());
                self.silent.remove(&self.queues[queue]);
                self.queues[queue] = rig.queue();
                self.unpaused.insert(self.queues[queue]);
            }
            Step::Volume(queue, level) => {
                let command = rig
                    .deck
                    .set_queue_volume(self.queues[queue], volume(level), &rig.valve);
                // Where the device takes no commands, that is said.
                self.commands.extend(command.ok());
            }
            Step::PlayerVolume(level) => {
                self.commands
                    .extend(rig.deck.set_volume(volume(level), &rig.valve).ok());
            }
            Step::Skip(queue) => self
                .commands
                .extend(rig.deck.skip(self.queues[queue], &rig.valve).ok()),
            Step::Seek(queue, time) => {
                let to = Seek::Time(Duration::from_millis(time));
                self.moved.insert(self.queues[queue]);
                self.commands
                    .extend(rig.deck.seek(self.queues[queue], to, &rig.valve).ok());
            }
            Step::Replay(queue) => {
                self.moved.insert(self.queues[queue]);
                self.commands
                    .extend(rig.deck.replay(self.queues[queue], &rig.valve).ok());
            }
            Step::Pause => self.commands.extend(rig.deck.pause(&rig.valve).ok()),
            Step::Resume => self.commands.extend(rig.deck.resume(&rig.valve).ok()),
            Step::Stop => {
                self.commands.push(rig.stop());
                self.silent.clear();
            }
            Step::StopUnheard => {
                self.commands.push(rig.valve.stop(FADE_TIME));
                self.silent.clear();
            }
            Step::Lose if rig.is_open(self.output) => {
                rig.unplug(self.output);
                rig.plug_in(self.output);
                rig.settle();
                // The sound of a device ends where it is lost.
                self.heard.push(0.0);
            }
            Step::Lose => {}
            Step::Route => {
                self.output = if self.output == "one" { "two" } else { "one" };
                self.commands.push(rig.route(super::rig::by_id(self.output)));
                self.heard.push(0.0);
            }
            Step::Release => {
                rig.deck.release(&rig.valve);
                rig.settle();
            }
        }
        // Whoever gives a command has the deck catch up first.
        self.rig.settle();
    }

    /// What must be so at any time.
    fn check(&mut self) {
        check_balance(self.rig.counters());
        for event in &self.rig.events {
            self.told
                .enter(event, |track| self.moved.contains(&self.tracks[&track].queue));
            if let PlaybackEvent::TrackStarted { track, .. } = event
                && self.started.insert(*track)
            {
                self.check_turn(*track);
            }
        }
        self.rig
            .events
            .retain(|event| matches!(event, PlaybackEvent::Obeyed { .. }));
        self.check_pauses();
    }

    /// What was asked for earlier, and is as urgent, has been heard before `track`, or will not be.
    fn check_turn(&self, track: TrackId) {
        let of = &self.tracks[&track];
        for (earlier, asked) in self.tracks.range(..track) {
            let waits = !self.started.contains(earlier) && self.rig.end_of(*earlier).is_none();
            let is_due = asked.queue == of.queue || self.unpaused.contains(&asked.queue);
            assert!(
                !(waits && is_due && asked.is_urgent == of.is_urgent),
                "{track:?} was heard before {earlier:?}"
            );
        }
    }

    /// Nothing is heard of a queue that is paused once it has faded out.
    fn check_pauses(&mut self) {
        for (queue, Silence { since, heard }) in &mut self.silent {
            let tracks = self.tracks.iter().filter(|(_, asked)| asked.queue == *queue);
            let now: Vec<Option<u64>> = tracks
                .map(|(id, _)| self.rig.deck.track_mut(*id).and_then(|track| track.heard_to))
                .collect();
            match heard {
                Some(then) => assert!(
                    now.starts_with(then),
                    "{queue:?} is paused, and heard: {then:?} {now:?}"
                ),
                // The callback that obeys, the fade, and what the device still has.
                None if self.heard.len() > *since + 1_000 + FADE + 2 * self.rig.delay as usize => {
                    *heard = Some(now)
                }
                None => {}
            }
        }
    }

    /// Lets all be heard, and checks what came of it.
    fn finish(mut self) {
        for track in self.tracks.keys().copied().collect::<Vec<_>>() {
            self.rig.complete(track);
        }
        for queue in self.queues.clone() {
            self.commands.push(self.rig.resume_queue(queue));
        }
        self.commands.push(self.rig.resume());
        self.silent.clear();
        self.unpaused.clear();
        let mut turns = 0;
        while turns < 60 || (!self.rig.deck.is_drained() && turns < 2_000) {
            self.turn(RATE as usize / 10);
            self.check();
            turns += 1;
        }
        assert_eq!(self.rig.counters().queued, 0);
        assert_eq!(self.rig.mode(), Mode::Idle);
        for track in self.tracks.keys() {
            let end = self.rig.end_of(*track);
            assert!(
                matches!(end, Some(TrackEnd::Heard | TrackEnd::Stopped)),
                "{track:?} has no end: {end:?}"
            );
        }
        self.check_commands();
        self.check_clicks();
    }

    fn check_commands(&self) {
        let mut effects = BTreeMap::<CommandId, u32>::new();
        for event in &self.rig.events {
            if let PlaybackEvent::Obeyed { command, .. } = event {
                *effects.entry(*command).or_default() += 1;
            }
        }
        for command in &self.commands {
            assert_eq!(effects.get(command), Some(&1), "{command:?}");
        }
    }

    fn check_clicks(&self) {
        let steepest = STEEPEST * (FADE / self.shortest) as f32;
        for pair in self.heard.windows(2) {
            // The first frame of a track and its last are as they were made. Two fades can fall together, one after a
            // seek and one after an underrun, and a ramp of the volume.
            let is_start_or_end = pair[0] == 0.0 || pair[1] == 0.0;
            assert!(
                (pair[1] - pair[0]).abs() <= 3.0 * steepest || is_start_or_end,
                "{pair:?}"
            );
            assert!(pair[1].abs() <= LEVEL);
        }
    }
}

fn volume(level: u8) -> Volume {
    Volume {
        level: f32::from(level) / 4.0,
        ..Volume::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn never_a_click_never_a_lost_frame_whichever_queue_is_heard(steps in steps(), delay in prop_oneof![Just(0), Just(1_500)]) {
        let mut play = Play::new(delay);
        for step in steps {
            play.take(step);
            play.check();
        }
        play.finish();
    }
}
