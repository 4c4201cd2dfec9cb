//! How an utterance ended, and how far it was heard.

use super::error::SpeechError;
use super::heard::HeardUntil;
use super::transcript::Transcript;
use super::utterance::UtteranceId;
use crate::playback::{Extent, TrackEnd};
use crate::text::{Bookmark, TextRange};
use parking_lot::{Condvar, Mutex};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How an utterance ended.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It was heard to its end.
    Finished,
    /// It was stopped or skipped before that.
    Stopped,
    /// It could not be said to its end.
    Failed(SpeechError),
}

/// What the inference thread, the player and the handle share.
#[derive(Default)]
pub(super) struct Progress {
    /// What it says; none if that has no text.
    transcript: Option<Transcript>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Its synthesis was given up, so its track does not hold all of it.
    is_cut: bool,
    /// The first one stays.
    outcome: Option<Outcome>,
    /// How far its track was heard, which is over.
    extent: Option<Extent>,
    /// Places in its text that have a name.
    bookmarks: Vec<Bookmark>,
}

impl Progress {
    /// Of an utterance of this text.
    pub(super) fn of(transcript: Option<Transcript>) -> Self {
        Self {
            transcript,
            ..Self::default()
        }
    }

    /// Marks of these have been made.
    pub(super) fn bookmarked(&self, bookmarks: &[Bookmark]) {
        if !bookmarks.is_empty() {
            self.state.lock().bookmarks.extend_from_slice(bookmarks);
        }
    }

    /// It failed.
    pub(super) fn failed(&self, error: SpeechError) {
        self.done(|_| Outcome::Failed(error));
    }

    /// Its synthesis was given up. It is over when its track is.
    pub(super) fn cut(&self) {
        self.state.lock().is_cut = true;
    }

    /// Its track is over, and was heard so far. What is written from now on is not a part of it.
    pub(super) fn track_ended(&self, end: TrackEnd, heard: Extent) {
        if let Some(transcript) = &self.transcript {
            transcript.close();
        }
        self.state.lock().extent.get_or_insert(heard);
        self.done(|is_cut| match end {
            TrackEnd::Heard if is_cut => Outcome::Stopped,
            TrackEnd::Heard => Outcome::Finished,
            TrackEnd::Stopped => Outcome::Stopped,
            TrackEnd::Failed(error) => Outcome::Failed(error.into()),
        });
    }

    /// How it ended, if it has.
    pub(super) fn outcome(&self) -> Option<Outcome> {
        self.state.lock().outcome.clone()
    }

    /// How far it was heard, once its track is over.
    fn heard(&self) -> Option<HeardUntil> {
        let (extent, is_finished) = {
            let state = self.state.lock();
            let is_finished = matches!(state.outcome, Some(Outcome::Finished));
            (state.extent.clone()?, is_finished)
        };
        let nothing = Transcript::default();
        let transcript = self.transcript.as_ref().unwrap_or(&nothing);
        Some(HeardUntil::of(&extent, is_finished, transcript))
    }

    fn done(&self, outcome: impl FnOnce(bool) -> Outcome) {
        let mut state = self.state.lock();
        if state.outcome.is_none() {
            state.outcome = Some(outcome(state.is_cut));
            drop(state);
            self.changed.notify_all();
        }
    }
}

/// Follows one utterance, or one clip. Dropping it changes nothing.
#[derive(Clone)]
pub struct UtteranceHandle {
    pub(super) id: UtteranceId,
    pub(super) progress: Arc<Progress>,
}

impl std::fmt::Debug for UtteranceHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UtteranceHandle")
            .field("id", &self.id)
            .field("is_over", &self.outcome().is_some())
            .finish_non_exhaustive()
    }
}

impl UtteranceHandle {
    /// The utterance.
    pub fn id(&self) -> UtteranceId {
        self.id
    }

    /// How it ended, if it has.
    pub fn outcome(&self) -> Option<Outcome> {
        self.progress.outcome()
    }

    /// How far it was heard, once nothing more is: it was stopped, skipped, replaced, discarded or heard to its end, or its
    /// client or its output is gone. `None` before that, and while what was made of one that failed is still heard.
    pub fn heard(&self) -> Option<HeardUntil> {
        self.progress.heard()
    }

    /// Where a part of its text stands, in bytes and in UTF-16: for the marks of its track, which are in bytes. Without a text
    /// both are the bytes.
    pub fn text_range(&self, bytes: &Range<usize>) -> TextRange {
        Transcript::range_in(self.progress.transcript.as_ref(), bytes)
    }

    /// The names that markup has given to a place of its text, in bytes: for the marks of its track that are
    /// [bookmarks](crate::playback::MarkKind::Bookmark).
    pub fn bookmarks(&self, byte: usize) -> Vec<Arc<str>> {
        let state = self.progress.state.lock();
        let here = state.bookmarks.iter().filter(|bookmark| bookmark.source == byte);
        here.map(|bookmark| Arc::clone(&bookmark.name)).collect()
    }

    /// Waits until it is over: heard to its last frame (the device's latency included), stopped, or failed. A
    /// failed one is over at once, although what was made of it is still being heard.
    pub fn wait(&self) -> Outcome {
        let mut state = self.progress.state.lock();
        loop {
            if let Some(outcome) = &state.outcome {
                return outcome.clone();
            }
            self.progress.changed.wait(&mut state);
        }
    }

    /// The same, for `timeout` at most.
    pub fn wait_within(&self, timeout: Duration) -> Option<Outcome> {
        let deadline = Instant::now() + timeout;
        let mut state = self.progress.state.lock();
        while state.outcome.is_none() {
            if self.progress.changed.wait_until(&mut state, deadline).timed_out() {
                break;
            }
        }
        state.outcome.clone()
    }
}
