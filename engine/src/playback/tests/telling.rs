//! The order in which things are told of a track: it starts once, is interrupted and resumed in turns, its position is told
//! while it is heard, and nothing starts that is over.

use super::super::event::PlaybackEvent;
use super::super::track::TrackId;
use std::collections::BTreeMap;

/// What was told of tracks.
#[derive(Default)]
pub(super) struct Telling(BTreeMap<TrackId, Told>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Started,
    Interrupted,
    Over,
}

impl Telling {
    /// Enters an event. `has_moved` says of a track whether a seek or a replay may have led back in it.
    pub(super) fn enter(&mut self, event: &PlaybackEvent, has_moved: impl Fn(TrackId) -> bool) {
        let (track, next) = match event {
            PlaybackEvent::TrackStarted { track, .. } | PlaybackEvent::TrackResumed { track, .. } => {
                (*track, Some(Told::Started))
            }
            PlaybackEvent::TrackInterrupted {
                track, goes_on: true, ..
            } => (*track, Some(Told::Interrupted)),
            PlaybackEvent::TrackEnded { track } | PlaybackEvent::TrackStopped { track, .. } => {
                (*track, Some(Told::Over))
            }
            PlaybackEvent::Position(position) => (position.track, None),
            _ => return,
        };
        let last = self.0.get(&track).copied();
        let is_order = match event {
            PlaybackEvent::TrackStarted { .. } => last.is_none(),
            PlaybackEvent::TrackResumed { .. } => last == Some(Told::Interrupted),
            PlaybackEvent::TrackInterrupted { .. } => last == Some(Told::Started),
            PlaybackEvent::Position(_) => matches!(last, Some(Told::Started | Told::Over)),
            _ => last != Some(Told::Over),
        };
        let is_end = next == Some(Told::Over);
        assert!(
            is_order || has_moved(track) && !is_end,
            "{event:?} after {last:?}"
        );
        if let Some(next) = next.filter(|_| last != Some(Told::Over)) {
            self.0.insert(track, next);
        }
    }
}
