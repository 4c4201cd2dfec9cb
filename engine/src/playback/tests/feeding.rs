//! How frames come into the ring, seen by somebody who looks all the time, as a callback may at any moment.

use super::super::feed::{Cursor, Fed, Feed};
use super::super::playlist::Playlist;
use super::super::realtime::ring::ring;
use super::super::timeline::Timeline;
use super::super::track::{TrackKind, TrackOptions, Wanted};
use super::super::valve::{Inlet, Valve};
use super::{numbered, rig::RATE};
use std::sync::Arc;
use std::thread;

/// A renderer that comes just when the first frames are there must find enough for its callback, and for those that
/// come while the feed is held up: it starts with the first frame that it sees.
#[test]
fn the_first_frames_come_together() {
    let (writer, reader) = ring(RATE as usize);
    let (commands, _) = rtrb::RingBuffer::new(1);
    let valve = Valve::new();
    let inlet = Inlet {
        writer,
        commands,
        rate: RATE,
    };
    let (epoch, _, _) = valve.connect(Some(inlet));
    let mut playlist = Playlist::default();
    let options = TrackOptions {
        kind: TrackKind::Clip,
        rate: 24_000,
        gain: 1.0,
    };
    let track = playlist.add(options, Wanted::new(Arc::default(), 0), Box::new(|_| {}));
    playlist.get_mut(track).unwrap().push(numbered(24_000).into());
    let mut feed = Feed::new(RATE, 384, None, epoch, Some(Cursor { track, frame: 0 }));
    feed.accept(24_000).unwrap();

    let seen = thread::spawn(move || {
        loop {
            match reader.available() {
                0 => std::hint::spin_loop(),
                available => return available,
            }
        }
    });
    let mut timeline = Timeline::new(RATE);
    let room = u64::from(RATE) / 2;
    while feed.feed(&playlist, &mut timeline, &valve, room, 0) == Fed::More {}
    let seen = seen.join().unwrap();
    assert!(seen >= RATE as usize / 10, "{seen} frames at first");
}
