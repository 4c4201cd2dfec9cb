//! What the rig does with several queues, and how what is heard of them is told apart.

use super::super::event::PlaybackEvent;
use super::super::queue::{Interrupt, QueueId, QueueOptions};
use super::super::track::{Mark, MarkKind, TrackId};
use super::super::valve::CommandId;
use super::rig::{RATE, Rig};
use std::time::Duration;

const FADE_TIME: Duration = Duration::from_millis(8);

impl Rig {
    pub(super) fn queue(&mut self) -> QueueId {
        self.deck.add_queue(QueueOptions::default()).unwrap()
    }

    /// Adds a track that is complete.
    pub(super) fn play_in(&mut self, queue: QueueId, frames: &[f32]) -> TrackId {
        let track = self.add_as(queue, None, RATE);
        self.push(track, frames);
        self.complete(track);
        track
    }

    pub(super) fn play_urgent(&mut self, queue: QueueId, interrupt: Interrupt, frames: &[f32]) -> TrackId {
        let track = self.add_as(queue, Some(interrupt), RATE);
        self.push(track, frames);
        self.complete(track);
        track
    }

    pub(super) fn stop_queue(&mut self, queue: QueueId) -> CommandId {
        let command = self.deck.stop_queue(queue, Some(FADE_TIME), &self.valve);
        self.settle();
        command.unwrap()
    }

    pub(super) fn pause_queue(&mut self, queue: QueueId) -> CommandId {
        let command = self.deck.pause_queue(queue, &self.valve);
        self.settle();
        command.unwrap()
    }

    pub(super) fn resume_queue(&mut self, queue: QueueId) -> CommandId {
        let command = self.deck.resume_queue(queue, &self.valve);
        self.settle();
        command.unwrap()
    }

    pub(super) fn remove_queue(&mut self, queue: QueueId) -> CommandId {
        let command = self.deck.remove_queue(queue, &self.valve);
        self.settle();
        command.unwrap()
    }

    /// Words that begin every `every` frames; the byte of each is its frame.
    pub(super) fn words(&mut self, track: TrackId, every: u64, until: u64) {
        for n in 0..until / every {
            let (frame, kind) = (n * every, MarkKind::Word);
            let source = frame as usize..frame as usize + 1;
            self.mark(
                track,
                Mark {
                    frame,
                    length: 0,
                    kind,
                    source,
                },
            );
        }
    }

    /// Callbacks of 10 ms.
    pub(super) fn turns(&mut self, turns: usize) -> Vec<f32> {
        (0..turns).flat_map(|_| self.turn(480)).collect()
    }
}

/// Stretches of equal frames that are no silence, and how long they are. Fades are stretches of one.
pub(super) fn runs(signal: &[f32]) -> Vec<(f32, usize)> {
    let mut runs: Vec<(f32, usize)> = Vec::new();
    let mut last = 0.0;
    for &frame in signal {
        match runs.last_mut() {
            Some((value, frames)) if frame == last && frame == *value => *frames += 1,
            _ if frame != 0.0 => runs.push((frame, 1)),
            _ => {}
        }
        last = frame;
    }
    runs
}

/// The same without what is shorter than a fade could be.
pub(super) fn long_runs(signal: &[f32]) -> Vec<(f32, usize)> {
    let runs = runs(signal).into_iter();
    runs.filter(|(_, frames)| *frames > 10).collect()
}

/// What was told of tracks, in short: `start`, `end`, `stop`, `cut` for an interruption for good, `hold` for one that
/// passes, `on` when it has.
pub(super) fn stories(events: &[PlaybackEvent]) -> Vec<(&'static str, TrackId)> {
    events
        .iter()
        .filter_map(|event| match event {
            PlaybackEvent::TrackStarted { track, .. } => Some(("start", *track)),
            PlaybackEvent::TrackEnded { track } => Some(("end", *track)),
            PlaybackEvent::TrackStopped { track, .. } => Some(("stop", *track)),
            PlaybackEvent::TrackInterrupted { track, goes_on, .. } => {
                Some((if *goes_on { "hold" } else { "cut" }, *track))
            }
            PlaybackEvent::TrackResumed { track, .. } => Some(("on", *track)),
            _ => None,
        })
        .collect()
}
