//! The feed: from the tracks into the ring.
//!
//! It reads the playlist from a cursor on, track after track without a seam: gain, resampling from the track's
//! rate to the device's, limiting. It fills the ring up to a level, and writes down in the [timeline] what lies
//! where. The [deck](super::deck) owns it; it works when the playback thread comes by.
//!
//! Its limiter looks ahead, so a few frames always stay behind until others follow, or the track is over. This is
//! also why the end of a track can be marked together with its last frame: the renderer would otherwise meet an
//! empty ring before it hears that this is the end, and count an underrun that is none.

use super::frames_in;
use super::levellers::Levellers;
use super::playlist::Playlist;
use super::timeline::Timeline;
use super::track::{TrackId, TrackOptions};
use super::valve::{Pushed, Valve};
use std::collections::{HashMap, VecDeque};
use std::time::Duration;
use utter_dsp::{Levelling, Limiter, Ramp, ResampleError, Resampler, sanitise};

/// Frames that are read at a time.
const BLOCK_FRAMES: usize = 512;

/// With less than this in the ring, what follows is put into it in one piece of at least as much, if there is so much.
/// The renderer starts with the first frame that it finds, and would otherwise starve if it came just between two
/// blocks.
const START: Duration = Duration::from_millis(100);

/// Where the feed reads next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) track: TrackId,
    pub(super) frame: u64,
}

pub(super) struct Feed {
    rate: u32,
    /// Frames of the fade with which it begins in the middle of a track.
    fade: u32,
    epoch: u64,
    cursor: Option<Cursor>,
    /// Whether frames of the cursor's track have gone into the resampler since it began or jumped.
    is_inside: bool,
    /// Whether the cursor's track has not had its turn yet.
    is_next: bool,
    /// Whether the cursor is where its track rests.
    has_rested: bool,
    /// The first track of others, whose turn it is before that of those behind it.
    yields_to: Option<TrackId>,
    /// By the rate of their tracks.
    resamplers: HashMap<u32, Resampler>,
    levellers: Levellers,
    fade_in: Ramp,
    limiter: Limiter,
    /// Frames that have gone into the limiter, counted as those of the ring: the index of the next.
    entered: u64,
    /// Whether the limiter holds frames.
    holds: bool,
    /// Frames that are ready, and how many of them were pushed.
    staged: Vec<f32>,
    pushed: usize,
    /// The index in the ring of the first frame that was not pushed.
    next_push: u64,
    /// Where in the ring tracks end that were not pushed to their ends.
    ends: VecDeque<u64>,
    input: Vec<f32>,
    output: Vec<f32>,
}

/// Why the feed has stopped feeding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fed {
    /// The ring is as full as it should be.
    Full,
    /// Nothing more is there now.
    Dry,
    /// It has done enough at a time.
    More,
}

impl Feed {
    /// A feed for a line of `rate` Hz, whose fades take `fade` frames. It begins at `cursor` with what is pushed
    /// for `epoch`, and brings tracks to a loudness if one is given.
    pub(super) fn new(
        rate: u32,
        fade: u32,
        loudness: Option<Levelling>,
        epoch: u64,
        cursor: Option<Cursor>,
    ) -> Self {
        let mut feed = Self {
            rate,
            fade,
            epoch,
            cursor: None,
            is_inside: false,
            is_next: false,
            has_rested: false,
            yields_to: None,
            resamplers: HashMap::new(),
            levellers: Levellers::new(loudness),
            fade_in: Ramp::at(1.0),
            limiter: Limiter::new(rate, Limiter::CEILING_DB),
            entered: 0,
            holds: false,
            staged: Vec::with_capacity(8 * BLOCK_FRAMES),
            pushed: 0,
            next_push: 0,
            ends: VecDeque::new(),
            input: Vec::with_capacity(BLOCK_FRAMES),
            output: vec![0.0; 4 * BLOCK_FRAMES],
        };
        feed.jump(cursor, epoch, 0);
        feed
    }

    /// Whether tracks of `rate` Hz can be fed.
    pub(super) fn accept(&mut self, rate: u32) -> Result<(), ResampleError> {
        if !self.resamplers.contains_key(&rate) {
            self.resamplers.insert(rate, Resampler::new(rate, self.rate)?);
        }
        Ok(())
    }

    pub(super) fn cursor(&self) -> Option<Cursor> {
        self.cursor
    }

    /// Whether it is in a track, or was sent to one, that it reads to its end before it is the turn of others.
    pub(super) fn is_midway(&self) -> bool {
        self.cursor.is_some() && !self.is_next
    }

    /// Whether all that it has read is in the ring, to the end of a track.
    pub(super) fn is_empty(&self) -> bool {
        !self.is_inside && !self.holds && self.pushed == self.staged.len() && self.ends.is_empty()
    }

    /// The index in the ring of the first frame that was not pushed.
    pub(super) fn pushed_to(&self) -> u64 {
        self.next_push
    }

    /// Goes on at `cursor`, behind what was pushed, once that is over.
    pub(super) fn take_up(&mut self, cursor: Option<Cursor>) {
        self.jump(cursor, self.epoch, self.next_push);
    }

    /// Has the cursor's track wait for its turn.
    pub(super) fn wait_for_turn(&mut self) {
        self.is_next = self.cursor.is_some();
    }

    /// Whether `place` is in a track that waits for its turn.
    pub(super) fn is_waiting(&self, place: Option<Cursor>) -> bool {
        let waiting = self.cursor.filter(|_| self.is_next);
        waiting.is_some_and(|waiting| place.is_some_and(|place| place.track >= waiting.track))
    }

    /// Tracks behind `other`, which is of another queue, wait for their turn.
    pub(super) fn yield_to(&mut self, other: Option<TrackId>) {
        self.yields_to = other;
    }

    /// Goes on at `cursor`; its next frame will be the frame `ring` of the ring. What was not pushed is forgotten.
    pub(super) fn jump(&mut self, cursor: Option<Cursor>, epoch: u64, ring: u64) {
        for resampler in self.resamplers.values_mut() {
            resampler.reset();
        }
        self.fade_in = Ramp::at(1.0);
        self.limiter.reset();
        self.holds = false;
        self.staged.clear();
        self.pushed = 0;
        self.ends.clear();
        self.epoch = epoch;
        self.cursor = cursor;
        self.is_inside = false;
        self.is_next = false;
        self.has_rested = false;
        self.entered = ring;
        self.next_push = ring;
    }

    /// Where the cursor is to be when the playlist has got its first track after running out of them.
    pub(super) fn start_at(&mut self, track: TrackId) {
        if self.cursor.is_none() {
            self.cursor = Some(Cursor { track, frame: 0 });
            self.is_next = true;
        }
    }

    /// Feeds until `room` more frames are in the ring, in which `queued` wait, nothing is left, or a few blocks are done.
    pub(super) fn feed(
        &mut self,
        playlist: &Playlist,
        timeline: &mut Timeline,
        valve: &Valve,
        room: u64,
        queued: u64,
    ) -> Fed {
        let limit = self.next_push + room;
        let start = frames_in(START, self.rate);
        let mut is_starting = queued < start;
        for _ in 0..8 {
            if self.staged_frames() >= start || !is_starting {
                if !self.push_together(valve, limit, is_starting) {
                    return Fed::Full;
                }
                is_starting = false;
            }
            if self.next_push >= limit {
                return Fed::Full;
            }
            if !self.stage(playlist, timeline) {
                self.push_together(valve, limit, is_starting);
                return Fed::Dry;
            }
        }
        if self.push_together(valve, limit, is_starting) {
            Fed::More
        } else {
            Fed::Full
        }
    }

    /// Pushes what is ready, into an empty ring only if that takes it in one piece: it may still be full of what was flushed.
    /// `false` as for [`push_staged`](Self::push_staged).
    fn push_together(&mut self, valve: &Valve, limit: u64, is_starting: bool) -> bool {
        let fits = !is_starting || valve.has_room_for(self.staged_frames() as usize);
        fits && self.push_staged(valve, limit)
    }

    /// Frames that are ready to be pushed.
    fn staged_frames(&self) -> u64 {
        (self.staged.len() - self.pushed) as u64
    }

    /// Pushes what is ready; `false` if the ring is full, or wants none of it.
    fn push_staged(&mut self, valve: &Valve, limit: u64) -> bool {
        while self.pushed < self.staged.len() || self.ends.front() == Some(&self.next_push) {
            if self.next_push >= limit && self.pushed < self.staged.len() {
                return false;
            }
            let ready = (self.staged.len() - self.pushed) as u64;
            let to_end = self.ends.front().map(|end| end - self.next_push);
            let frames = to_end.map_or(ready, |to_end| to_end.min(ready));
            let ends = to_end == Some(frames);
            let part = &self.staged[self.pushed..self.pushed + frames as usize];
            let Pushed::Taken {
                frames: taken,
                complete,
            } = valve.push(self.epoch, part, ends)
            else {
                return false;
            };
            self.pushed += taken;
            self.next_push += taken as u64;
            if !complete {
                return false;
            }
            if ends {
                self.ends.pop_front();
            }
        }
        self.staged.clear();
        self.pushed = 0;
        true
    }

    /// Makes some frames ready; `false` if there are none to be had now.
    fn stage(&mut self, playlist: &Playlist, timeline: &mut Timeline) -> bool {
        let Some(cursor) = self.cursor else {
            return self.flush_limiter();
        };
        if self.is_next && self.yields_to.is_some_and(|other| other < cursor.track) {
            return self.flush_limiter();
        }
        let Some(track) = playlist.get(cursor.track) else {
            // It was taken out.
            self.is_inside = false;
            self.has_rested = false;
            self.is_next = true;
            self.cursor = playlist.after(cursor.track).map(|track| Cursor {
                track: track.id,
                frame: 0,
            });
            return self.cursor.is_some() || self.flush_limiter();
        };
        let rate = track.options.rate;
        if self.accept(rate).is_err() {
            // Refused when the track was added; a device of another rate may have come since.
            tracing::error!(track = %track.id, rate, "cannot be resampled for this output");
        }
        let frames = track.frames_at(cursor.frame);
        let frames = &frames[..frames.len().min(BLOCK_FRAMES)];
        if !frames.is_empty() {
            self.begin(cursor, rate, timeline);
            self.take(frames, track.options);
            self.cursor = Some(Cursor {
                frame: cursor.frame + frames.len() as u64,
                ..cursor
            });
            return true;
        }
        if !track.is_complete() {
            if track.is_resting() && self.is_inside {
                // Nothing is owed until more comes, which is then begun anew.
                if !self.drain_resampler(rate) {
                    self.ends.push_back(self.entered);
                    self.is_inside = false;
                    self.has_rested = true;
                }
                return true;
            }
            // What follows is not there yet. At the beginning of a track, and of what follows a rest, nothing is owed.
            let owes_nothing = !self.is_inside && (cursor.frame == 0 || track.is_resting());
            return owes_nothing && self.flush_limiter();
        }
        self.begin(cursor, rate, timeline);
        if self.drain_resampler(rate) {
            return true;
        }
        timeline.end(self.entered);
        self.ends.push_back(self.entered);
        self.is_inside = false;
        self.is_next = true;
        self.cursor = playlist.after(cursor.track).map(|next| Cursor {
            track: next.id,
            frame: 0,
        });
        true
    }

    /// Notes that the track begins here, or goes on after a jump.
    fn begin(&mut self, cursor: Cursor, rate: u32, timeline: &mut Timeline) {
        if self.is_inside {
            return;
        }
        self.is_inside = true;
        self.is_next = false;
        timeline.begin(self.entered, cursor.track, cursor.frame, rate);
        // One that begins with its first frame, or goes on after a rest, is not faded; a fade that is under way there goes on.
        if cursor.frame > 0 && !std::mem::take(&mut self.has_rested) {
            self.fade_in = Ramp::at(0.0);
            self.fade_in.go_to(1.0, self.fade);
        }
    }

    /// Levels, resamples and limits frames of a track.
    fn take(&mut self, frames: &[f32], options: TrackOptions) {
        let mut input = std::mem::take(&mut self.input);
        input.clear();
        input.extend(frames.iter().map(|frame| frame * options.gain));
        // What is no number would stay in the filters.
        sanitise(&mut input);
        if let Some(leveller) = self.levellers.for_track(options) {
            leveller.process(&mut input);
        }
        let mut rest = &input[..];
        while let Some(resampler) = self.resamplers.get_mut(&options.rate)
            && !rest.is_empty()
        {
            let progress = resampler.process(rest, &mut self.output);
            rest = &rest[progress.consumed..];
            self.limit(progress.produced);
        }
        self.input = input;
    }

    /// Gets what the resampler holds; `false` if that is nothing any more.
    fn drain_resampler(&mut self, rate: u32) -> bool {
        let Some(resampler) = self.resamplers.get_mut(&rate) else {
            return false;
        };
        let produced = resampler.finish(&mut self.output);
        self.limit(produced);
        produced > 0
    }

    /// Sends the first `frames` frames of `output` through the limiter.
    fn limit(&mut self, frames: usize) {
        self.fade_in.apply(&mut self.output[..frames]);
        self.entered += frames as u64;
        self.holds |= frames > 0;
        let mut done = 0;
        while done < frames {
            let staged = self.staged.len();
            self.staged.resize(staged + BLOCK_FRAMES, 0.0);
            let progress = self
                .limiter
                .process(&self.output[done..frames], &mut self.staged[staged..]);
            self.staged.truncate(staged + progress.produced);
            done += progress.consumed;
        }
    }

    /// Gets what the limiter holds, since nothing follows for now; `false` if that is nothing.
    fn flush_limiter(&mut self) -> bool {
        if !self.holds {
            return false;
        }
        loop {
            let staged = self.staged.len();
            self.staged.resize(staged + BLOCK_FRAMES, 0.0);
            let produced = self.limiter.finish(&mut self.staged[staged..]);
            self.staged.truncate(staged + produced);
            if produced == 0 {
                break;
            }
        }
        self.holds = false;
        true
    }
}
