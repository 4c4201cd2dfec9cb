//! What levels tracks: one leveller for each kind and rate, which keeps what it has learnt from track to track.
//!
//! The [feed](super::feed) has one set for a line. Without a loudness to bring tracks to, they stay as they are.

use super::track::{TrackKind, TrackOptions};
use std::collections::hash_map::{Entry, HashMap};
use utter_dsp::{Leveller, Levelling};

pub(super) struct Levellers {
    by_kind_and_rate: HashMap<(TrackKind, u32), Leveller>,
    loudness: Option<Levelling>,
}

impl Levellers {
    pub(super) fn new(loudness: Option<Levelling>) -> Self {
        Self {
            by_kind_and_rate: HashMap::new(),
            loudness,
        }
    }

    /// What levels tracks like this, if they are to be.
    pub(super) fn for_track(&mut self, options: TrackOptions) -> Option<&mut Leveller> {
        match self.by_kind_and_rate.entry((options.kind, options.rate)) {
            Entry::Occupied(entry) => Some(entry.into_mut()),
            // A rate that loudness is not defined for stays as it is.
            Entry::Vacant(entry) => Some(entry.insert(Leveller::new(options.rate, self.loudness?).ok()?)),
        }
    }
}
