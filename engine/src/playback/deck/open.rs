//! An open line with its feed and its timeline, and what was seen of it last.

use super::super::counters::Counters;
use super::super::event::{OpenOutput, OpenReason};
use super::super::feed::Feed;
use super::super::frames_in;
use super::super::line::{FADE, Line};
use super::super::realtime::report::Report;
use super::super::realtime::status::Power;
use super::super::timeline::Timeline;
use super::super::track::Position;
use super::super::valve::{CommandId, Valve};
use super::super::volume::Volume;
use super::queue::Queues;
use std::collections::VecDeque;
use std::time::Duration;
use utter_dsp::Levelling;

/// An open line, and what feeds it.
pub(super) struct Open {
    pub(super) line: Line,
    pub(super) feed: Feed,
    pub(super) timeline: Timeline,
    /// The ring's frames before this one were flushed.
    pub(super) flushed_until: u64,
    /// Commands that were obeyed, and are still to be told.
    pub(super) obeyed: VecDeque<Obeyed>,
    /// Why it was opened.
    pub(super) reason: OpenReason,
    /// The volume that the renderer was told last.
    pub(super) volume: Volume,
    pub(super) seen: Seen,
}

/// A command that was obeyed, with the frame `device` of the device and the frame `ring` of the ring.
#[derive(Clone, Copy)]
pub(super) struct Obeyed {
    pub(super) command: CommandId,
    pub(super) device: u64,
    pub(super) ring: u64,
}

/// What was seen of a line at the last tick.
pub(super) struct Seen {
    pub(super) underruns: u64,
    pub(super) underrun_frames: u64,
    pub(super) xruns: u64,
    pub(super) power: Power,
    pub(super) device_frames: u64,
    /// When the device was looked at last, and for how long it has stood still.
    pub(super) watched_at: u64,
    pub(super) still_for: u64,
    pub(super) position_at: u64,
    pub(super) level_at: u64,
    pub(super) is_level_told: bool,
    pub(super) looked_at: u64,
    pub(super) latency: Option<Duration>,
}

impl Open {
    pub(super) fn new(
        line: Line,
        reason: OpenReason,
        volume: Volume,
        loudness: Option<Levelling>,
        epoch: u64,
        now: u64,
    ) -> Self {
        let rate = line.config.rate;
        Self {
            feed: Feed::new(rate, frames_in(FADE, rate) as u32, loudness, epoch, None),
            timeline: Timeline::new(rate),
            flushed_until: 0,
            obeyed: VecDeque::new(),
            reason,
            volume,
            seen: Seen {
                underruns: 0,
                underrun_frames: 0,
                xruns: 0,
                power: Power::default(),
                device_frames: 0,
                watched_at: now,
                still_for: 0,
                position_at: now,
                level_at: now,
                is_level_told: true,
                looked_at: now,
                latency: None,
            },
            line,
        }
    }

    pub(super) fn counters(&self, valve: &Valve) -> Counters {
        let status = self.line.status();
        // After the status, so that it is not behind.
        let produced = valve.produced();
        Counters {
            produced,
            rendered: status.rendered,
            discarded: status.discarded,
            queued: produced - status.consumed(),
            underruns: status.underruns,
            underrun_frames: status.underrun_frames,
            xruns: self.line.health.xruns(),
            device_frames: status.device_frames,
            losses: 0,
        }
    }

    pub(super) fn describe(&self) -> OpenOutput {
        let period = self.line.granted_period;
        let rate = f64::from(self.line.config.rate.max(1));
        OpenOutput {
            config: self.line.config.clone(),
            period: period.map(|frames| Duration::from_secs_f64(f64::from(frames) / rate)),
            reason: self.reason,
        }
    }

    /// A place in a track, of a frame of the ring.
    pub(super) fn position(&self, queues: &Queues, ring: u64) -> Option<Position> {
        let (track, frame) = self.timeline.locate(ring)?;
        let track = queues.track(track)?;
        Some(track.position(frame.min(track.length())))
    }

    /// Takes the renderer's reports: what they say about sound goes into the timeline, that commands were obeyed waits.
    pub(super) fn take_reports(&mut self) {
        while let Ok(report) = self.line.reports.pop() {
            match report {
                Report::Obeyed {
                    command,
                    device,
                    ring,
                } => self.obeyed.push_back(Obeyed {
                    command: CommandId(command),
                    device,
                    ring,
                }),
                sound => self.timeline.report(sound),
            }
        }
    }

    /// How many frames of the ring have left it to be heard, as far as is known: none that `flush`, or what was flushed
    /// after it, has discarded.
    pub(super) fn consumed_before(&mut self, flush: CommandId) -> u64 {
        // In this order: if it counts what was discarded, the report of that is there.
        let consumed = self.line.status().consumed();
        self.take_reports();
        let obeyed = self.obeyed.iter().find(|obeyed| obeyed.command >= flush);
        obeyed.map_or(consumed, |obeyed| consumed.min(obeyed.ring))
    }
}
