//! The playlist: all tracks that are kept, those that were heard, the present one, and those to come.
//!
//! Only what the [deck](super::deck) says happens here; it says where the playhead is.

use super::track::{Track, TrackId};
use std::collections::VecDeque;
use std::time::Duration;

#[derive(Default)]
pub(super) struct Playlist {
    /// In the order of their numbers.
    tracks: VecDeque<Track>,
}

impl Playlist {
    /// Adds a track behind all others, whose numbers are lower.
    pub(super) fn add(&mut self, track: Track) {
        self.tracks.push_back(track);
    }

    fn place(&self, id: TrackId) -> Option<usize> {
        self.tracks.binary_search_by_key(&id, |track| track.id).ok()
    }

    pub(super) fn get(&self, id: TrackId) -> Option<&Track> {
        self.tracks.get(self.place(id)?)
    }

    pub(super) fn get_mut(&mut self, id: TrackId) -> Option<&mut Track> {
        let place = self.place(id)?;
        self.tracks.get_mut(place)
    }

    /// The first track behind `id`, which need not be there any more.
    pub(super) fn after(&self, id: TrackId) -> Option<&Track> {
        let place = self.tracks.partition_point(|track| track.id <= id);
        self.tracks.get(place)
    }

    /// The last track before `id`.
    pub(super) fn before(&self, id: TrackId) -> Option<&Track> {
        let place = self.tracks.partition_point(|track| track.id < id);
        self.tracks.get(place.checked_sub(1)?)
    }

    /// The first track whose end was not told.
    pub(super) fn first_open(&self) -> Option<&Track> {
        self.tracks.iter().find(|track| !track.has_ended())
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Track> {
        self.tracks.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut Track> {
        self.tracks.iter_mut()
    }

    /// Takes out the tracks that `is_one` says.
    pub(super) fn take_out(&mut self, mut is_one: impl FnMut(&Track) -> bool) -> Vec<Track> {
        let (out, kept) = std::mem::take(&mut self.tracks)
            .into_iter()
            .partition::<Vec<_>, _>(|track| is_one(track));
        self.tracks = kept.into();
        out
    }

    /// How much there is to be heard behind the frame `frame` of the track `id`, or in all of them.
    pub(super) fn unheard(&self, playhead: Option<(TrackId, u64)>) -> Duration {
        let unheard = |track: &Track| match playhead {
            Some((id, _)) if track.id < id => 0,
            Some((id, frame)) if track.id == id => track.length().saturating_sub(frame),
            _ => track.length(),
        };
        self.tracks
            .iter()
            .filter(|track| !track.has_ended())
            .map(|track| track.time(unheard(track)))
            .sum()
    }

    /// Forgets what lies more than `history` before the frame `frame` of the track `id`.
    pub(super) fn forget(&mut self, playhead: (TrackId, u64), history: Duration) {
        let (id, frame) = playhead;
        let mut budget = history;
        for track in self.tracks.iter_mut().rev().skip_while(|track| track.id > id) {
            let heard = if track.id == id { frame } else { track.length() };
            let keep = track.frame_at(budget);
            track.forget_before(heard.saturating_sub(keep));
            budget = budget.saturating_sub(track.time(heard));
        }
        // What is empty was heard long ago.
        self.tracks
            .retain(|track| track.id >= id || !track.has_ended() || !track.kept().is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::super::track::{TrackKind, TrackOptions, Wanted};
    use super::*;
    use std::sync::Arc;

    fn playlist(seconds: &[u64]) -> Playlist {
        let mut playlist = Playlist::default();
        for (n, &seconds) in seconds.iter().enumerate() {
            let options = TrackOptions {
                kind: TrackKind::Speech,
                rate: 100,
                gain: 1.0,
            };
            let wanted = Wanted::new(Arc::default(), 0);
            let mut track = Track::new(TrackId(n as u64), options, wanted, Box::new(|_, _| {}));
            for _ in 0..seconds {
                track.push(vec![0.5; 100].into());
            }
            track.complete();
            playlist.add(track);
        }
        playlist
    }

    #[test]
    fn neighbours_are_found_even_of_tracks_that_are_gone() {
        let mut playlist = playlist(&[1, 2, 3]);
        let id = |n| TrackId(n);
        playlist.take_out(|track| track.id == id(1));
        assert!(playlist.get(id(1)).is_none());
        assert_eq!(playlist.after(id(1)).map(|track| track.id), Some(id(2)));
        assert_eq!(playlist.before(id(1)).map(|track| track.id), Some(id(0)));
        assert_eq!(playlist.before(id(0)).map(|track| track.id), None);
        assert_eq!(playlist.after(id(2)).map(|track| track.id), None);
    }

    #[test]
    fn what_is_unheard_and_what_is_forgotten() {
        let mut playlist = playlist(&[2, 4, 3]);
        assert_eq!(playlist.unheard(None), Duration::from_secs(9));
        assert_eq!(
            playlist.unheard(Some((TrackId(1), 150))),
            Duration::from_millis(5_500)
        );
        for n in 0..2 {
            playlist.get_mut(TrackId(n)).unwrap().take_on_end();
        }
        // Two seconds before the middle of the last second of the second track.
        playlist.forget((TrackId(1), 350), Duration::from_secs(2));
        assert!(playlist.get(TrackId(0)).is_none());
        assert_eq!(playlist.get(TrackId(1)).unwrap().kept(), 100..400);
        assert_eq!(playlist.get(TrackId(2)).unwrap().kept(), 0..300);
    }
}
