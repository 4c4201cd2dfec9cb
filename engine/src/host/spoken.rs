//! Who said what: for each track that is not over, and for the last ones that are, the client that asked for it.
//!
//! What the player and the speaker tell is of tracks; here it is found out whose they are. Something may happen to a track
//! before whoever asked for it has entered it here: its client hears first that it is queued, and then the rest in its
//! [order](super::early).

use super::client_events::ClientEvent;
use super::early::Early;
use super::error::Error;
use super::session::{ClientId, Session};
use crate::playback::{PlaybackEvent, TrackId, TrackKind};
use crate::speech::{Event, SpeakError, UtteranceHandle, UtteranceId};
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// Tracks that are over and can be heard again: as many as a queue may have waiting.
const PAST: usize = crate::speech::PENDING_UTTERANCES;

/// The tracks of which something may still be told.
#[derive(Default)]
pub(super) struct Spoken {
    /// Held while something is asked for, so that tracks are entered in the order of their numbers. Nobody who tells takes
    /// it.
    asking: Mutex<()>,
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    known: HashMap<TrackId, Entry>,
    /// Those that are over; the last is the newest.
    past: VecDeque<Past>,
    early: Early<TrackId, Told>,
}

/// Whose a track is.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) session: Arc<Session>,
    pub(super) handle: UtteranceHandle,
    /// How much of it is made.
    pub(super) made: Duration,
}

/// A track that is over.
struct Past {
    track: TrackId,
    entry: Entry,
    /// A seek or a replay has led there again. Until then what is told of it is late, and nobody's concern.
    is_again: bool,
}

/// Something that is told of a track.
#[derive(Clone)]
pub(super) enum Told {
    Playback(PlaybackEvent),
    Speech(Event),
}

impl Entry {
    pub(super) fn utterance(&self) -> UtteranceId {
        self.handle.id()
    }

    /// Tells its client.
    pub(super) fn tell(&self, event: ClientEvent) {
        self.session.topic.change(event);
    }
}

impl Spoken {
    /// Has `ask` ask for something for a client, and enters it. `deal` deals with what was told of it meanwhile.
    pub(super) fn add(
        &self,
        session: &Arc<Session>,
        kind: TrackKind,
        ask: impl FnOnce() -> Result<UtteranceHandle, SpeakError>,
        deal: impl Fn(&Told),
    ) -> Result<UtteranceHandle, Error> {
        let _asking = self.asking.lock();
        let handle = ask()?;
        let track = handle.id().track();
        {
            let mut entries = self.entries.lock();
            entries.known.insert(
                track,
                Entry {
                    session: Arc::clone(session),
                    handle: handle.clone(),
                    made: Duration::ZERO,
                },
            );
            entries.early.enter(track);
        }
        session.topic.change(ClientEvent::Queued {
            utterance: handle.id(),
            kind,
        });
        // Nothing is dealt with while the lock is held.
        let take_early = || self.entries.lock().early.take(track);
        while let Some(early) = take_early() {
            early.iter().for_each(&deal);
        }
        Ok(handle)
    }

    /// Whether what is told of a track is to be dealt with now; keeps it if it is too early for that.
    pub(super) fn is_known(&self, track: TrackId, told: impl FnOnce() -> Told) -> bool {
        !self.entries.lock().early.keep(track, told)
    }

    /// Whose a track is, if it is not over, or is heard again.
    pub(super) fn of(&self, track: TrackId) -> Option<Entry> {
        let entries = self.entries.lock();
        let is_heard = |past: &&Past| past.track == track && past.is_again;
        let past = || entries.past.iter().find(is_heard);
        let entry = entries.known.get(&track).or_else(|| Some(&past()?.entry));
        entry.cloned()
    }

    /// A track that is over will be heard again.
    pub(super) fn is_replayed(&self, track: TrackId) {
        let mut entries = self.entries.lock();
        if let Some(past) = entries.past.iter_mut().find(|past| past.track == track) {
            past.is_again = true;
        }
    }

    /// More of it was made.
    pub(super) fn made(&self, track: TrackId, more: Duration) {
        if let Some(entry) = self.entries.lock().known.get_mut(&track) {
            entry.made += more;
        }
    }

    /// It is over; whose it was, for the first who says so.
    pub(super) fn take(&self, track: TrackId) -> Option<Entry> {
        let mut entries = self.entries.lock();
        let entry = entries.known.remove(&track)?;
        if !entry.session.topic.is_closed() {
            if entries.past.len() == PAST {
                entries.past.pop_front();
            }
            entries.past.push_back(Past {
                track,
                entry: entry.clone(),
                is_again: false,
            });
        }
        Some(entry)
    }

    /// Forgets what was heard of a client that is no more. What is not over ends by itself.
    pub(super) fn forget(&self, client: ClientId) {
        let mut entries = self.entries.lock();
        entries.past.retain(|past| past.entry.session.id != client);
    }
}
