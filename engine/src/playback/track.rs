//! Tracks: what is played, one after the other, each at a rate of its own.
//!
//! An utterance is a track at the voice's rate, a clip one at its file's. A track holds mono frames, and marks
//! at some of them. It grows while its [`TrackWriter`](super::TrackWriter) pushes, and is kept for some time
//! after it was heard, so that it can be gone back in, replayed, and fed to another device at another rate when
//! one is lost. Nothing here knows where the frames came from.

use super::error::PlaybackError;
use super::queue::Interrupt;
use super::sync::{AtomicBool, AtomicU64, Ordering};
use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

/// Numbers the tracks of a player, in the order in which they are played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrackId(pub(crate) u64);

impl fmt::Display for TrackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a track is. Events carry it; what is heard does not depend on it, but that each kind is levelled for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum TrackKind {
    /// An utterance.
    #[default]
    Speech,
    /// A sound file.
    Clip,
}

/// What a track begins with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrackOptions {
    /// What it is.
    pub kind: TrackKind,
    /// Frames a second, in Hz. A file's is known when it is opened: see
    /// [`TrackWriter::set_rate`](super::TrackWriter::set_rate).
    pub rate: u32,
    /// A factor for every frame; 1 leaves them as they are. What becomes too loud is limited.
    pub gain: f32,
}

/// Something to be announced when a frame of a track is heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The frame, counted from the track's beginning, at the track's rate.
    pub frame: u64,
    /// The frames for which what begins there lasts; 0 for what ends there, or is a moment.
    pub length: u64,
    /// What begins or ends there.
    pub kind: MarkKind,
    /// Which part of the source it stands for, in bytes of the text. Nothing here looks at it.
    pub source: Range<usize>,
}

/// What a mark stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MarkKind {
    /// A sentence begins: where a replay begins, too.
    Sentence,
    /// A word begins.
    Word,
    /// A word has ended.
    WordEnd,
    /// This phoneme begins, and the source is its word's.
    Phoneme(char),
    /// A place that has a name, which whoever pushes the marks knows by its source.
    Bookmark,
    /// The mouth takes this shape, of a set that whoever pushes the marks knows; the source is the word's.
    Viseme(u8),
}

/// A place in a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The track.
    pub track: TrackId,
    /// The frame, at the track's rate.
    pub frame: u64,
    /// The same as a time from the track's beginning.
    pub time: Duration,
}

/// How far a track was heard, as far as it was known when it was told: what the device had still to play then, and the
/// fade, are not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    /// The frame behind the last that was heard; 0 if none was.
    pub position: Position,
    /// Which part of the source the last word stands for that has begun, in bytes of the text.
    pub word: Option<Range<usize>>,
    /// Whether that word was heard to its end.
    pub is_word_whole: bool,
    /// Whether anything of it was heard.
    pub has_begun: bool,
}

/// How a track ended.
#[derive(Debug, Clone)]
pub enum TrackEnd {
    /// It was heard to its last frame.
    Heard,
    /// It was stopped or skipped before that.
    Stopped,
    /// There was no output to hear it on.
    Failed(PlaybackError),
}

/// Called once, when a track has ended, with how far it was heard.
pub(crate) type OnEnd = Box<dyn FnOnce(TrackEnd, Extent) + Send>;

/// Whether the rest of a track is still wanted. It ceases to be, for good, with a stop, or when the track is
/// skipped.
#[derive(Debug)]
pub(crate) struct Wanted {
    stops: Arc<AtomicU64>,
    /// The number of stops when the track was added.
    added_at: u64,
    dropped: AtomicBool,
}

impl Wanted {
    pub(super) fn new(stops: Arc<AtomicU64>, added_at: u64) -> Arc<Self> {
        Arc::new(Self {
            stops,
            added_at,
            dropped: AtomicBool::new(false),
        })
    }

    pub(crate) fn is_wanted(&self) -> bool {
        !self.dropped.load(Ordering::Acquire) && self.stops.load(Ordering::Acquire) == self.added_at
    }

    pub(super) fn drop_it(&self) {
        self.dropped.store(true, Ordering::Release);
    }
}

/// Frames that were pushed together.
struct Block {
    start: u64,
    frames: Arc<[f32]>,
}

pub(super) struct Track {
    pub(super) id: TrackId,
    pub(super) options: TrackOptions,
    pub(super) wanted: Arc<Wanted>,
    /// What becomes of what it interrupts, if it is urgent.
    pub(super) interrupt: Option<Interrupt>,
    /// The frame behind the last that was heard, if any was.
    pub(super) heard_to: Option<u64>,
    blocks: VecDeque<Block>,
    /// Frames so far, those that are not kept any more included.
    length: u64,
    /// In the order of their frames.
    marks: Vec<Mark>,
    is_complete: bool,
    /// It is not known when more frames come than are there.
    is_resting: bool,
    on_end: Option<OnEnd>,
}

impl Track {
    pub(super) fn new(id: TrackId, options: TrackOptions, wanted: Arc<Wanted>, on_end: OnEnd) -> Self {
        Self {
            id,
            options,
            wanted,
            interrupt: None,
            heard_to: None,
            blocks: VecDeque::new(),
            length: 0,
            marks: Vec::new(),
            is_complete: false,
            is_resting: false,
            on_end: Some(on_end),
        }
    }

    pub(super) fn push(&mut self, frames: Arc<[f32]>) {
        if frames.is_empty() || self.is_complete {
            return;
        }
        let start = self.length;
        self.length += frames.len() as u64;
        self.blocks.push_back(Block { start, frames });
        self.is_resting = false;
    }

    /// It is not known when more frames come.
    pub(super) fn rest(&mut self) {
        self.is_resting = true;
    }

    /// Whether it is not known when more frames come.
    pub(super) fn is_resting(&self) -> bool {
        self.is_resting
    }

    /// Adds a mark. Marks come in the order of their frames, or nearly so.
    pub(super) fn mark(&mut self, mark: Mark) {
        let place = self.marks.partition_point(|other| other.frame <= mark.frame);
        self.marks.insert(place, mark);
    }

    /// Nothing more will come.
    pub(super) fn complete(&mut self) {
        self.is_complete = true;
    }

    pub(super) fn is_complete(&self) -> bool {
        self.is_complete
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// The frames that are there to be read.
    pub(super) fn kept(&self) -> Range<u64> {
        let start = self.blocks.front().map_or(self.length, |block| block.start);
        start..self.length
    }

    /// Frames from `frame` on, as many as lie together; none beyond the end.
    pub(super) fn frames_at(&self, frame: u64) -> &[f32] {
        let after = self.blocks.partition_point(|block| block.start <= frame);
        let Some(block) = after.checked_sub(1).and_then(|place| self.blocks.get(place)) else {
            return &[];
        };
        block.frames.get((frame - block.start) as usize..).unwrap_or(&[])
    }

    /// Lets go of whole blocks before `frame`.
    pub(super) fn forget_before(&mut self, frame: u64) {
        while self
            .blocks
            .front()
            .is_some_and(|block| block.start + block.frames.len() as u64 <= frame)
        {
            self.blocks.pop_front();
        }
    }

    /// The marks at the frames in `range`.
    pub(super) fn marks_in(&self, range: Range<u64>) -> &[Mark] {
        let from = self.marks.partition_point(|mark| mark.frame < range.start);
        let to = self.marks.partition_point(|mark| mark.frame < range.end);
        &self.marks[from..to.max(from)]
    }

    /// The last mark of a kind at or before `frame`.
    pub(super) fn last_mark(&self, kind: MarkKind, frame: u64) -> Option<&Mark> {
        let marks = self.marks_in(0..frame.saturating_add(1));
        marks.iter().rev().find(|mark| mark.kind == kind)
    }

    /// The first mark of a kind that stands for a part of the source which holds or follows `byte`.
    pub(super) fn mark_of_source(&self, kind: MarkKind, byte: usize) -> Option<&Mark> {
        self.marks
            .iter()
            .find(|mark| mark.kind == kind && mark.source.end > byte)
    }

    pub(super) fn position(&self, frame: u64) -> Position {
        Position {
            track: self.id,
            frame,
            time: self.time(frame),
        }
    }

    /// How far it was heard.
    pub(super) fn extent(&self) -> Extent {
        let heard_to = self.heard_to.unwrap_or(0);
        let last = heard_to.checked_sub(1);
        let word = last.and_then(|frame| self.last_mark(MarkKind::Word, frame));
        Extent {
            position: self.position(heard_to),
            word: word.map(|mark| mark.source.clone()),
            is_word_whole: word.is_some_and(|mark| mark.frame + mark.length <= heard_to),
            has_begun: self.heard_to.is_some(),
        }
    }

    pub(super) fn time(&self, frame: u64) -> Duration {
        let nanoseconds = u128::from(frame) * 1_000_000_000 / u128::from(self.options.rate.max(1));
        Duration::from_nanos(nanoseconds as u64)
    }

    pub(super) fn frame_at(&self, time: Duration) -> u64 {
        let frames = time.as_nanos() * u128::from(self.options.rate) / 1_000_000_000;
        frames.min(u128::from(u64::MAX)) as u64
    }

    /// What to call at its end; `None` if it has ended before.
    pub(super) fn take_on_end(&mut self) -> Option<OnEnd> {
        self.on_end.take()
    }

    /// Whether its end was told.
    pub(super) fn has_ended(&self) -> bool {
        self.on_end.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track() -> Track {
        let options = TrackOptions {
            kind: TrackKind::Speech,
            rate: 24_000,
            gain: 1.0,
        };
        Track::new(
            TrackId(1),
            options,
            Wanted::new(Arc::default(), 0),
            Box::new(|_, _| {}),
        )
    }

    #[test]
    fn frames_are_found_across_blocks_and_forgotten_in_whole_ones() {
        let mut track = track();
        track.push(vec![0.0, 1.0, 2.0].into());
        track.push(Vec::new().into());
        track.push(vec![3.0, 4.0].into());
        assert_eq!(track.frames_at(0), [0.0, 1.0, 2.0]);
        assert_eq!(track.frames_at(2), [2.0]);
        assert_eq!(track.frames_at(3), [3.0, 4.0]);
        assert!(track.frames_at(5).is_empty());
        track.forget_before(2);
        assert_eq!(track.kept(), 0..5, "a part of the block is still wanted");
        track.forget_before(3);
        assert_eq!(track.kept(), 3..5);
        assert!(track.frames_at(2).is_empty());
        assert_eq!(track.frames_at(4), [4.0]);
        track.complete();
        track.push(vec![5.0].into());
        assert_eq!(track.length(), 5, "nothing comes after the end");
    }

    #[test]
    fn marks_are_found_by_frame_and_by_source() {
        let mut track = track();
        let mark = |frame, kind, source| Mark {
            frame,
            length: 0,
            kind,
            source,
        };
        track.mark(mark(0, MarkKind::Sentence, 0..20));
        track.mark(mark(30, MarkKind::Word, 6..11));
        track.mark(mark(5, MarkKind::Word, 0..5));
        assert_eq!(track.marks_in(0..31).len(), 3);
        assert_eq!(track.marks_in(5..30).len(), 1);
        assert_eq!(
            track.last_mark(MarkKind::Word, 29).map(|mark| mark.frame),
            Some(5)
        );
        assert_eq!(
            track.mark_of_source(MarkKind::Word, 5).map(|mark| mark.frame),
            Some(30)
        );
        assert_eq!(
            track.mark_of_source(MarkKind::Word, 4).map(|mark| mark.frame),
            Some(5)
        );
        assert_eq!(track.mark_of_source(MarkKind::Word, 11), None);
    }

    #[test]
    fn a_word_is_whole_when_its_last_frame_was_heard() {
        let mut track = track();
        for (frame, source) in [(10, 0..4), (25, 5..9)] {
            track.mark(Mark {
                frame,
                length: 15,
                kind: MarkKind::Word,
                source,
            });
        }
        let mut heard = |to| {
            track.heard_to = Some(to);
            let extent = track.extent();
            (extent.word, extent.is_word_whole)
        };
        assert_eq!(heard(10), (None, false), "frame 10 was not heard");
        assert_eq!(heard(24), (Some(0..4), false));
        assert_eq!(heard(25), (Some(0..4), true));
        assert_eq!(heard(26), (Some(5..9), false));
        assert_eq!(heard(40), (Some(5..9), true));
    }

    #[test]
    fn times_and_frames_are_each_other() {
        let track = track();
        assert_eq!(track.time(24_000), Duration::from_secs(1));
        for frame in [0, 1, 7, 23_999, 1 << 40] {
            assert!(track.frame_at(track.time(frame)).abs_diff(frame) <= 1);
        }
        assert_eq!(track.frame_at(Duration::MAX), u64::MAX);
    }
}
