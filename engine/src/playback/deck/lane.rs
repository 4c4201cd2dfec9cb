//! A lane: tracks of one queue that are equally urgent, and where in them it is.
//!
//! All the rules of a single playlist are here: what a skip leaves, where a seek or a replay goes, what is told of what was
//! heard, how tracks end. A lane does not know of any other, nor of the device: [`turns`](super::turns) says when it is
//! fed, and the commands of the [deck](super) what is flushed for it.

use super::super::error::SeekError;
use super::super::event::PlaybackEvent;
use super::super::feed::Cursor;
use super::super::playlist::Playlist;
use super::super::timeline::Heard;
use super::super::track::{MarkKind, Position, Track, TrackEnd, TrackId};
use super::Outbox;
use super::Seek;
use super::interruptions::{Interruptions, interruption};
use std::time::Duration;

/// A sentence that has been heard for no longer than this is not the last one, but the one after it.
const JUST_BEGUN: Duration = Duration::from_secs(1);

/// The tracks of one queue that are equally urgent.
#[derive(Default)]
pub(super) struct Lane {
    pub(super) playlist: Playlist,
    /// The next frame that will be heard, as far as is known.
    pub(super) playhead: Option<(TrackId, u64)>,
    /// Marks before it were told already, before the output was lost.
    told: Option<(TrackId, u64)>,
    /// Where to go on when it is its turn. While it is, the feed knows.
    pub(super) next: Option<Cursor>,
    /// The last flush in its turn, until what is behind it is heard. Until then the playhead is of the past.
    pub(super) heading: Option<Heading>,
    /// The ring's frame before which its last ones lie that are still to be heard although its turn is over.
    pub(super) tail: Option<u64>,
    /// It has lost its turn in the middle of a track, and has it before others of its rank.
    pub(super) goes_first: bool,
    pub(super) interruptions: Interruptions,
    /// Somebody waits for room.
    pub(super) waits_for_room: bool,
}

/// Where it goes after a flush.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heading {
    /// The frame of the ring with which it is there.
    pub(super) ring: u64,
    /// Nowhere if there is nothing more.
    pub(super) to: Option<Cursor>,
}

impl Lane {
    /// How much of its tracks is made and was not heard.
    pub(super) fn unheard(&self) -> Duration {
        self.playlist.unheard(self.playhead)
    }

    /// Notes that the track `id` was added, when it is not this lane's turn.
    pub(super) fn expect(&mut self, id: TrackId) {
        self.next = self.next.or(Some(Cursor { track: id, frame: 0 }));
    }

    /// Whether there is something to be fed where it goes on, or nothing more will come there.
    pub(super) fn is_ready(&self) -> bool {
        self.next.is_some_and(|next| {
            let track = self.playlist.get(next.track);
            track.is_none_or(|track| track.is_complete() || !track.frames_at(next.frame).is_empty())
        })
    }

    /// Ends the track of which nothing is left where it goes on, if that is so; whether it was.
    pub(super) fn end_exhausted(&mut self, outbox: &mut Outbox) -> bool {
        let Some(next) = self.next else { return false };
        let track = self.playlist.get(next.track);
        let is_exhausted =
            track.is_some_and(|track| track.is_complete() && track.frames_at(next.frame).is_empty());
        if is_exhausted {
            self.next = self.after(next.track);
            self.goes_first = false;
            self.end(next.track, TrackEnd::Heard, outbox);
        }
        is_exhausted
    }

    /// Where the track behind `id` begins.
    pub(super) fn after(&self, id: TrackId) -> Option<Cursor> {
        self.playlist.after(id).map(|track| Cursor {
            track: track.id,
            frame: 0,
        })
    }

    /// What is heard, or will be: after the last flush, or in its next turn.
    fn place(&self) -> Option<(TrackId, u64)> {
        let heading = self.heading.and_then(|heading| heading.to);
        let cursor = heading.or(self.next);
        cursor
            .map(|cursor| (cursor.track, cursor.frame))
            .or(self.playhead)
    }

    /// The place that is heard.
    pub(super) fn heard_at(&self) -> Option<Position> {
        let (track, frame) = self.playhead?;
        Some(self.playlist.get(track)?.position(frame))
    }

    /// The place at which it goes on, or that was heard last.
    pub(super) fn position(&self) -> Option<Position> {
        let (track, frame) = match self.next {
            Some(next) => (next.track, next.frame),
            None => self.playhead?,
        };
        Some(self.playlist.get(track)?.position(frame))
    }

    /// The track that is heard, or, when none is, the first that waits.
    pub(super) fn current(&self) -> Option<TrackId> {
        let heard = self.place().map(|(track, _)| track);
        let is_open = |id: &TrackId| self.playlist.get(*id).is_some_and(|track| !track.has_ended());
        heard
            .filter(is_open)
            .or_else(|| self.playlist.first_open().map(|track| track.id))
    }

    /// Where `to` is in the track that is heard, or was heard last.
    pub(super) fn find(&self, to: Seek) -> Result<Cursor, SeekError> {
        let last = || self.place().map(|(track, _)| track);
        let id = self.current().or_else(last).ok_or(SeekError::Nothing)?;
        let track = self.playlist.get(id).ok_or(SeekError::Nothing)?;
        let frame = match to {
            Seek::Time(time) => track.frame_at(time),
            Seek::Word(byte) => {
                let mark = track.mark_of_source(MarkKind::Word, byte);
                mark.ok_or_else(|| out_of_reach(track))?.frame
            }
        };
        match track.kept().contains(&frame) {
            true => Ok(Cursor { track: id, frame }),
            false => Err(out_of_reach(track)),
        }
    }

    /// Where the last sentence begins: the one that is heard, or, when that has just begun, the one before it.
    pub(super) fn last_sentence(&self) -> Result<Cursor, SeekError> {
        let (id, frame) = self.place().ok_or(SeekError::Nothing)?;
        let track = self.playlist.get(id).ok_or(SeekError::Nothing)?;
        let here = sentence_start(track, frame);
        let mut cursor = Cursor {
            track: id,
            frame: here,
        };
        if track.time(frame - here) < JUST_BEGUN {
            let earlier = match here.checked_sub(1) {
                Some(before) => Some((track, before)),
                None => self
                    .playlist
                    .before(id)
                    .map(|track| (track, track.length().saturating_sub(1))),
            };
            if let Some((track, before)) = earlier {
                let start = sentence_start(track, before);
                if track.kept().contains(&start) {
                    cursor = Cursor {
                        track: track.id,
                        frame: start,
                    };
                }
            }
        }
        let track = self.playlist.get(cursor.track).ok_or(SeekError::Nothing)?;
        match track.kept().contains(&cursor.frame) {
            true => Ok(cursor),
            false => Err(out_of_reach(track)),
        }
    }

    /// Goes on at `next` in its next turn, because that was asked for.
    pub(super) fn send_to(&mut self, next: Option<Cursor>) {
        self.next = next;
        self.tail = None;
        self.goes_first &= next.is_some_and(|next| next.frame > 0);
    }

    /// Takes up its turn with the frame `ring` of the ring: where it goes on, and whether that has to wait for tracks that were
    /// asked for before.
    pub(super) fn take_up(&mut self, ring: u64) -> (Option<Cursor>, bool) {
        let goes_first = std::mem::take(&mut self.goes_first);
        let next = self.next.take();
        self.interruptions.resume(next, ring);
        (next, !goes_first)
    }

    /// An urgent track has interrupted the one at `place`, as will be heard with the frame `ring` of the ring.
    pub(super) fn interrupt(&mut self, place: Cursor, goes_on: bool, ring: u64, outbox: &mut Outbox) {
        let Some(track) = self.playlist.get(place.track) else {
            return;
        };
        let position = track.position(place.frame);
        self.goes_first = goes_on;
        if goes_on {
            self.interruptions.interrupt(place, position, ring);
            return;
        }
        outbox.events.push(interruption(position, false));
        // What the device still has of it is not wanted again if that is lost.
        self.tail = None;
        self.next = self.after(place.track);
        self.drop_track(place.track, outbox);
    }

    /// Nothing more is heard of the ring: tells what is not told yet.
    pub(super) fn settle_interruptions(&mut self, outbox: &mut Outbox) {
        let playlist = &self.playlist;
        let has_begun = |track| {
            let track = playlist.get(track);
            track.is_some_and(|track| track.heard_to.is_some())
        };
        self.interruptions.settle(has_begun, outbox);
    }

    /// Ends a track before its last frame.
    pub(super) fn drop_track(&mut self, id: TrackId, outbox: &mut Outbox) {
        self.interruptions.forget(id);
        if let Some(track) = self.playlist.get_mut(id) {
            track.wanted.drop_it();
            track.complete();
        }
        self.end(id, TrackEnd::Stopped, outbox);
    }

    /// Ends all tracks but those `leaving`, whose last frames are with the device. What was heard is kept, to be replayed.
    pub(super) fn stop(&mut self, leaving: &[TrackId], outbox: &mut Outbox) {
        let stopped = |track: &Track| !leaving.contains(&track.id);
        self.end_those(stopped, || TrackEnd::Stopped, outbox);
        self.playlist.iter_mut().for_each(Track::complete);
        let playhead = self.playhead;
        drop(self.playlist.take_out(|track| {
            !leaving.contains(&track.id) && playhead.is_none_or(|(heard, _)| track.id > heard)
        }));
        self.send_to(None);
        self.interruptions.clear();
    }

    /// No more of its tracks is wanted than is made.
    pub(super) fn drain(&mut self, outbox: &mut Outbox) {
        let begun = self.playhead.map(|(track, _)| track);
        for track in self.playlist.iter_mut().filter(|track| !track.has_ended()) {
            track.wanted.drop_it();
            track.complete();
        }
        let is_empty = |track: &Track| track.length() == 0 && begun != Some(track.id);
        self.end_those(is_empty, || TrackEnd::Stopped, outbox);
    }

    /// Ends every track, and forgets them.
    pub(super) fn end_all(&mut self, end: impl Fn() -> TrackEnd, outbox: &mut Outbox) {
        self.end_those(|_| true, end, outbox);
        for track in self.playlist.take_out(|_| true) {
            track.wanted.drop_it();
        }
        self.send_to(None);
        (self.playhead, self.heading) = (None, None);
        self.interruptions.clear();
    }

    /// The output is gone, and it will go on at `next`. All before that has been given to a device, and nothing more is
    /// heard of it.
    pub(super) fn leave_output(&mut self, next: Option<Cursor>, outbox: &mut Outbox) {
        self.settle_interruptions(outbox);
        let is_before = |track: &Track| next.is_none_or(|next| track.id < next.track);
        self.end_those(is_before, || TrackEnd::Heard, outbox);
        self.next = next;
        (self.heading, self.tail) = (None, None);
    }

    /// The output is lost: frames from `next` on may be heard twice.
    pub(super) fn hear_again_from(&mut self, next: Option<Cursor>) {
        self.told = self.playhead;
        if let Some(next) = next {
            self.playhead = Some((next.track, next.frame));
        }
    }

    /// Forgets where it was going when that is heard, or will not be. While the player is paused, neither is so.
    pub(super) fn arrive(&mut self, heard_ring: u64, outbox: &mut Outbox) {
        self.interruptions.heard(heard_ring, outbox);
        let playlist = &self.playlist;
        self.heading = self.heading.filter(|heading| match heading.to {
            None => heading.ring > heard_ring,
            Some(to) => {
                let is_over = playlist
                    .get(to.track)
                    .is_none_or(|track| track.has_ended() && track.length() <= to.frame);
                heading.ring >= heard_ring && !is_over
            }
        });
        self.tail = self.tail.filter(|tail| *tail > heard_ring);
    }

    /// Tells what there is in a part of a track that was heard.
    pub(super) fn pass(&mut self, heard: &Heard, outbox: &mut Outbox) {
        let id = heard.track;
        let Some(track) = self.playlist.get_mut(id) else {
            return;
        };
        let frames = if heard.to_end {
            track.length()..u64::MAX
        } else {
            heard.frames.start..heard.frames.end.min(track.length())
        };
        if !heard.to_end {
            let position = track.position(frames.start);
            self.interruptions.heard_track(id, heard.ring, position, outbox);
            if !track.has_ended() && track.heard_to.is_none() {
                let kind = track.options.kind;
                outbox
                    .events
                    .push(PlaybackEvent::TrackStarted { track: id, kind });
            }
            self.playhead = Some((id, frames.end));
        }
        track.heard_to = Some(frames.end.min(track.length()));
        let told = self.told.filter(|told| told.0 == id).map_or(0, |told| told.1);
        for mark in track.marks_in(frames.start.max(told)..frames.end) {
            let mark = mark.clone();
            let (time, end) = (track.time(mark.frame), track.time(mark.frame + mark.length));
            outbox.events.push(PlaybackEvent::Mark {
                track: id,
                mark,
                time,
                end,
            });
        }
        if !heard.to_end && frames.end >= told {
            self.told = None;
        }
        if heard.to_end {
            self.playhead = Some((id, track.length()));
            self.end(id, TrackEnd::Heard, outbox);
        }
    }

    /// Whether what is heard is the fade of a track that was interrupted, which was told.
    pub(super) fn is_fading(&self) -> bool {
        self.playhead
            .is_some_and(|(track, _)| self.interruptions.holds(track))
    }

    /// Ends the open tracks that `is_one` says.
    fn end_those(
        &mut self,
        is_one: impl Fn(&Track) -> bool,
        end: impl Fn() -> TrackEnd,
        outbox: &mut Outbox,
    ) {
        let open = self.playlist.iter().filter(|track| !track.has_ended());
        let those: Vec<TrackId> = open.filter(|track| is_one(track)).map(|track| track.id).collect();
        for track in those {
            self.end(track, end(), outbox);
        }
    }

    /// Ends a track.
    pub(super) fn end(&mut self, id: TrackId, end: TrackEnd, outbox: &mut Outbox) {
        let Some(track) = self.playlist.get_mut(id) else {
            return;
        };
        let Some(on_end) = track.take_on_end() else { return };
        let heard = track.extent();
        outbox.events.push(match end {
            TrackEnd::Heard => PlaybackEvent::TrackEnded { track: id },
            TrackEnd::Stopped | TrackEnd::Failed(_) => PlaybackEvent::TrackStopped {
                track: id,
                heard: heard.clone(),
            },
        });
        outbox.endings.push((on_end, end, heard));
    }
}

/// Where the sentence begins that the frame `frame` belongs to.
fn sentence_start(track: &Track, frame: u64) -> u64 {
    track
        .last_mark(MarkKind::Sentence, frame)
        .map_or(0, |mark| mark.frame)
}

fn out_of_reach(track: &Track) -> SeekError {
    let kept = track.kept();
    SeekError::OutOfReach {
        available: track.time(kept.start)..track.time(kept.end),
    }
}
