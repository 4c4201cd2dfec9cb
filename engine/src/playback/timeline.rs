//! The timeline of an open output: which frame of which track is heard when.
//!
//! Two lists. *Segments*, which the feed writes: from this index of the ring on, the frames are those of a track
//! from a certain one on. And *spans*, which the renderer reports: from this frame of the device on, the frames
//! of the ring are heard from a certain one on, or none are. The first translates a frame of the ring into a
//! place in a track, the second a moment of the device into a frame of the ring, both exactly.

use super::realtime::report::Report;
use super::track::TrackId;
use std::collections::VecDeque;
use std::ops::Range;

/// Frames of one track, one after the other, in the ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Segment {
    ring: u64,
    track: TrackId,
    /// The track's frame at `ring`.
    frame: u64,
    /// The track's rate.
    rate: u32,
    /// Where in the ring the track ends.
    end: Option<u64>,
    /// Whether that end is still to be told when it is heard.
    tells_end: bool,
    /// Nobody wants to hear of it what is not heard yet: it was stopped, skipped or left by a seek.
    is_unwanted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    device: u64,
    ring: u64,
    has_sound: bool,
}

/// A part of a track that was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) track: TrackId,
    /// Frames of the track; none if only its end was reached.
    pub(super) frames: Range<u64>,
    /// The ring's frame with which they begin.
    pub(super) ring: u64,
    /// Whether the track's end was.
    pub(super) to_end: bool,
}

pub(super) struct Timeline {
    rate: u32,
    segments: VecDeque<Segment>,
    spans: VecDeque<Span>,
    /// The device's frames before this one have been dealt with.
    heard_device: u64,
    /// The ring's frames before this one have been heard, or were discarded.
    heard_ring: u64,
}

impl Timeline {
    /// The timeline of an output of `rate` Hz.
    pub(super) fn new(rate: u32) -> Self {
        Self {
            rate,
            segments: VecDeque::new(),
            spans: VecDeque::from([Span {
                device: 0,
                ring: 0,
                has_sound: false,
            }]),
            heard_device: 0,
            heard_ring: 0,
        }
    }

    /// From the frame `ring` of the ring on, it holds the track `track` from its frame `frame` on.
    pub(super) fn begin(&mut self, ring: u64, track: TrackId, frame: u64, rate: u32) {
        self.segments.push_back(Segment {
            ring,
            track,
            frame,
            rate,
            end: None,
            tells_end: false,
            is_unwanted: false,
        });
    }

    /// What there is so far is not wanted any more.
    pub(super) fn disown(&mut self) {
        self.segments
            .iter_mut()
            .for_each(|segment| segment.is_unwanted = true);
    }

    /// The track of the last segment ends before the frame `ring`.
    pub(super) fn end(&mut self, ring: u64) {
        if let Some(segment) = self.segments.back_mut() {
            segment.end = Some(ring);
            segment.tells_end = true;
        }
    }

    /// The frames from `consumed` on will be flushed: ends behind it are none. Gives the tracks whose ends lie before
    /// it and are still to be told.
    pub(super) fn flush(&mut self, consumed: u64) -> Vec<TrackId> {
        for segment in &mut self.segments {
            segment.tells_end &= segment.end.is_some_and(|end| end <= consumed);
        }
        self.leaving(consumed).map(|(track, _)| track).collect()
    }

    /// The tracks whose ends have left the ring, now that `consumed` frames have, and are still to be told; and where in
    /// the ring those are.
    pub(super) fn leaving(&self, consumed: u64) -> impl Iterator<Item = (TrackId, u64)> {
        let segments = self.segments.iter().filter(|segment| segment.tells_end);
        let ends = segments.filter_map(|segment| Some((segment.track, segment.end?)));
        ends.filter(move |(_, end)| *end <= consumed)
    }

    /// The frame of the device behind the one that is the ring's frame before `ring`, if that is among what is still to
    /// be heard.
    pub(super) fn device_after(&self, ring: u64) -> Option<u64> {
        let mut spans = self.spans.iter().rev();
        let span = spans.find(|span| span.has_sound && span.ring < ring)?;
        Some(span.device + (ring - span.ring))
    }

    /// Takes a report of the renderer about sound.
    pub(super) fn report(&mut self, report: Report) {
        let span = match report {
            Report::Sound { device, ring } => Span {
                device,
                ring,
                has_sound: true,
            },
            Report::Silence { device, ring } => Span {
                device,
                ring,
                has_sound: false,
            },
            Report::Obeyed { .. } => return,
        };
        self.spans.push_back(span);
    }

    /// Which frame of which track the frame `ring` of the ring is; the last one if it lies behind the end.
    pub(super) fn locate(&self, ring: u64) -> Option<(TrackId, u64)> {
        let segment = self.segment_at(ring)?;
        Some((segment.track, self.frame_of(segment, ring)))
    }

    /// The same, if it is wanted.
    pub(super) fn locate_wanted(&self, ring: u64) -> Option<(TrackId, u64)> {
        self.locate(ring)
            .filter(|_| self.segment_at(ring).is_some_and(|segment| !segment.is_unwanted))
    }

    /// Whether what the frame `ring` of the ring belongs to was begun with the frame `since` or behind it.
    pub(super) fn has_begun_since(&self, since: u64, ring: u64) -> bool {
        self.segment_at(ring).is_some_and(|segment| segment.ring >= since)
    }

    /// Whether the track that the frame `ring` of the ring belongs to ends before it.
    pub(super) fn is_over_at(&self, ring: u64) -> bool {
        let segment = self.segment_at(ring);
        segment.is_some_and(|segment| segment.end.is_some_and(|end| end <= ring))
    }

    /// The first frame behind `ring` that is wanted, and of a track that `is_one` says, if that begins there.
    pub(super) fn first_behind(&self, ring: u64, is_one: impl Fn(TrackId) -> bool) -> Option<(TrackId, u64)> {
        let behind = self
            .segments
            .iter()
            .filter(|segment| segment.ring > ring && !segment.is_unwanted);
        let mut those = behind.filter(|segment| is_one(segment.track));
        those.next().map(|segment| (segment.track, segment.frame))
    }

    /// What the frame `ring` of the ring belongs to.
    fn segment_at(&self, ring: u64) -> Option<&Segment> {
        let after = self.segments.partition_point(|segment| segment.ring <= ring);
        self.segments.get(after.checked_sub(1)?)
    }

    fn frame_of(&self, segment: &Segment, ring: u64) -> u64 {
        let ring = segment.end.map_or(ring, |end| ring.min(end));
        let elapsed = u128::from(ring.saturating_sub(segment.ring));
        segment.frame + (elapsed * u128::from(segment.rate) / u128::from(self.rate.max(1))) as u64
    }

    /// The frame of the ring that is heard with the device's frame `device`, or that will be the next.
    pub(super) fn ring_at(&self, device: u64) -> u64 {
        let after = self.spans.partition_point(|span| span.device <= device);
        match after.checked_sub(1).and_then(|place| self.spans.get(place)) {
            Some(span) if span.has_sound => {
                let ring = span.ring + (device - span.device);
                match self.spans.get(after) {
                    // Frames that were flushed lie between this span and the next.
                    Some(next) => ring.min(span.ring + (next.device - span.device)),
                    None => ring,
                }
            }
            Some(span) => span.ring,
            None => self.heard_ring,
        }
    }

    /// The ring's frames before this one have been heard, or were discarded.
    pub(super) fn heard_ring(&self) -> u64 {
        self.heard_ring
    }

    /// Whether the device's frame `device` is one of a track.
    pub(super) fn has_sound_at(&self, device: u64) -> bool {
        let after = self.spans.partition_point(|span| span.device <= device);
        after
            .checked_sub(1)
            .and_then(|place| self.spans.get(place))
            .is_some_and(|span| span.has_sound)
    }

    /// Whether a sound is heard at or after the device's frame `device`.
    pub(super) fn is_sound_after(&self, device: u64) -> bool {
        self.has_sound_at(device)
            || self
                .spans
                .iter()
                .any(|span| span.device > device && span.has_sound)
    }

    /// What has been heard since the last call, now that the device's frames before `device` have been.
    pub(super) fn advance(&mut self, device: u64) -> Vec<Heard> {
        let mut heard = Vec::new();
        while self.heard_device < device {
            let Some(&span) = self.spans.front() else { break };
            let until = match self.spans.get(1) {
                Some(next) => next.device.min(device),
                None => device,
            };
            if span.has_sound {
                let from = span.ring + (self.heard_device.max(span.device) - span.device);
                let to = span.ring + (until.max(span.device) - span.device);
                self.hear(from..to, &mut heard);
            } else {
                self.heard_ring = self.heard_ring.max(span.ring);
            }
            self.heard_device = until.max(self.heard_device);
            match self.spans.get(1) {
                Some(next) if next.device <= device => {
                    self.spans.pop_front();
                }
                _ => break,
            }
        }
        if let Some(span) = self
            .spans
            .front()
            .filter(|span| !span.has_sound && span.device <= device)
        {
            self.heard_ring = self.heard_ring.max(span.ring);
        }
        self.reach_ends(&mut heard);
        heard
    }

    fn hear(&mut self, ring: Range<u64>, heard: &mut Vec<Heard>) {
        for (place, segment) in self.segments.iter().enumerate() {
            let end = self.segments.get(place + 1).map_or(u64::MAX, |next| next.ring);
            let from = ring.start.max(segment.ring);
            let to = ring.end.min(end);
            if from < to {
                heard.push(Heard {
                    track: segment.track,
                    frames: self.frame_of(segment, from)..self.frame_of(segment, to),
                    ring: from,
                    to_end: false,
                });
            }
        }
        self.heard_ring = self.heard_ring.max(ring.end);
    }

    /// Tells the ends that were reached, and lets go of segments that are over. The last one stays, to say where
    /// the playhead is.
    fn reach_ends(&mut self, heard: &mut Vec<Heard>) {
        while let Some(segment) = self.segments.front_mut() {
            if segment.tells_end && segment.end.is_some_and(|end| end <= self.heard_ring) {
                segment.tells_end = false;
                heard.push(Heard {
                    track: segment.track,
                    frames: 0..0,
                    ring: self.heard_ring,
                    to_end: true,
                });
            }
            match self.segments.get(1) {
                Some(next) if next.ring <= self.heard_ring => self.segments.pop_front(),
                _ => break,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: TrackId = TrackId(1);
    const TWO: TrackId = TrackId(2);

    fn heard(track: TrackId, frames: Range<u64>, ring: u64) -> Heard {
        Heard {
            track,
            frames,
            ring,
            to_end: false,
        }
    }

    fn end(track: TrackId, ring: u64) -> Heard {
        Heard {
            track,
            frames: 0..0,
            ring,
            to_end: true,
        }
    }

    #[test]
    fn what_is_heard_follows_the_device_and_not_the_ring() {
        let mut timeline = Timeline::new(48_000);
        timeline.begin(0, ONE, 0, 24_000);
        timeline.end(1_000);
        timeline.begin(1_000, TWO, 0, 48_000);
        timeline.report(Report::Sound { device: 500, ring: 0 });
        assert_eq!(timeline.advance(400), []);
        assert_eq!(timeline.advance(700), [heard(ONE, 0..100, 0)]);
        assert_eq!(timeline.locate(timeline.ring_at(700)), Some((ONE, 100)));
        assert_eq!(timeline.advance(700), []);
        assert_eq!(
            timeline.advance(1_600),
            [
                heard(ONE, 100..500, 200),
                heard(TWO, 0..100, 1_000),
                end(ONE, 1_100)
            ]
        );
        assert_eq!(timeline.locate(timeline.ring_at(1_600)), Some((TWO, 100)));
    }

    #[test]
    fn a_pause_is_no_sound() {
        let mut timeline = Timeline::new(24_000);
        timeline.begin(0, ONE, 0, 24_000);
        timeline.report(Report::Sound { device: 0, ring: 0 });
        timeline.report(Report::Silence {
            device: 100,
            ring: 100,
        });
        timeline.report(Report::Sound {
            device: 300,
            ring: 100,
        });
        assert_eq!(timeline.advance(200), [heard(ONE, 0..100, 0)]);
        assert!(!timeline.has_sound_at(200) && timeline.is_sound_after(200));
        assert_eq!(timeline.ring_at(250), 100);
        assert_eq!(timeline.advance(350), [heard(ONE, 100..150, 100)]);
    }

    #[test]
    fn what_is_flushed_is_not_heard_and_does_not_end() {
        let mut timeline = Timeline::new(24_000);
        timeline.begin(0, ONE, 0, 24_000);
        timeline.end(1_000);
        timeline.report(Report::Sound { device: 0, ring: 0 });
        // Flushed up to 1000 after 400 frames; 200 more are heard as it fades.
        timeline.flush(400);
        timeline.begin(1_000, ONE, 50, 24_000);
        timeline.report(Report::Silence {
            device: 600,
            ring: 600,
        });
        timeline.report(Report::Silence {
            device: 600,
            ring: 1_000,
        });
        timeline.report(Report::Sound {
            device: 700,
            ring: 1_000,
        });
        assert_eq!(timeline.advance(650), [heard(ONE, 0..600, 0)]);
        assert_eq!(timeline.advance(710), [heard(ONE, 50..60, 1_000)]);
        timeline.end(1_100);
        timeline.report(Report::Silence {
            device: 800,
            ring: 1_100,
        });
        assert_eq!(
            timeline.advance(900),
            [heard(ONE, 60..150, 1_010), end(ONE, 1_100)]
        );
        assert_eq!(timeline.advance(1_000), [], "an end is told once");
    }

    #[test]
    fn a_track_without_frames_ends_when_what_is_before_it_has() {
        let mut timeline = Timeline::new(24_000);
        timeline.begin(0, ONE, 0, 24_000);
        timeline.end(0);
        assert_eq!(timeline.advance(0), [end(ONE, 0)]);
        timeline.begin(0, TWO, 0, 24_000);
        timeline.end(10);
        timeline.report(Report::Sound { device: 5, ring: 0 });
        timeline.report(Report::Silence { device: 15, ring: 10 });
        assert_eq!(timeline.advance(20), [heard(TWO, 0..10, 0), end(TWO, 10)]);
    }
}
