//! How frames come into the ring.

use super::super::feed::{Cursor, Fed, Feed};
use super::super::playlist::Playlist;
use super::super::realtime::ring::ring;
use super::super::timeline::Timeline;
use super::super::track::{Track, TrackId, TrackKind, TrackOptions, Wanted};
use super::super::valve::{Inlet, Valve};
use super::{numbered, rig::RATE, rig::Rig, steady};
use std::sync::Arc;

/// A callback that comes just when the first frames are there must find enough for itself, and for those that come while
/// the feed is held up: the renderer starts with the first frame that it sees.
#[test]
fn the_first_frames_come_together() {
    let (writer, _reader) = ring(RATE as usize);
    let (commands, _obeyed) = rtrb::RingBuffer::new(1);
    let valve = Valve::new();
    let inlet = Inlet {
        writer,
        commands,
        rate: RATE,
    };
    let epoch = valve.connect(Some(inlet));
    let mut playlist = Playlist::default();
    let options = TrackOptions {
        kind: TrackKind::Clip,
        rate: 24_000,
        gain: 1.0,
    };
    let (id, wanted) = (TrackId(0), Wanted::new(Arc::default(), 0));
    let mut track = Track::new(id, options, wanted, Box::new(|_, _| {}));
    track.push(numbered(24_000).into());
    playlist.add(track);
    let mut feed = Feed::new(RATE, 384, None, epoch, Some(Cursor { track: id, frame: 0 }));
    feed.accept(24_000).unwrap();
    let mut timeline = Timeline::new(RATE);

    // With room for a single frame it is full after the first push.
    while feed.feed(&playlist, &mut timeline, &valve, 1, 0) == Fed::More {}
    let first = valve.produced();
    assert!(first >= u64::from(RATE) / 10, "{first} frames at first");
    // When there is more in the ring than the renderer can use up meanwhile, every block comes when it is ready.
    while feed.feed(&playlist, &mut timeline, &valve, 1, first) == Fed::More {}
    let second = valve.produced();
    assert!(
        (first + 1..first + 4_096).contains(&second),
        "{} frames then",
        second - first
    );
}

/// What was flushed stays in the ring until the renderer has obeyed, and two flushes fill it. Where it goes on then must not
/// begin with the few frames that fit.
#[test]
fn the_first_frames_come_together_when_the_ring_is_full_of_what_was_flushed() {
    let mut rig = Rig::new();
    rig.play(&steady(10 * RATE as usize));
    rig.turn(9_600);
    rig.stop();
    rig.play(&steady(10 * RATE as usize));
    // 200 frames are used up before the device obeys.
    rig.render("one", 200);
    rig.stop();
    rig.play(&steady(10 * RATE as usize));
    assert!(rig.counters().queued > 2 * u64::from(RATE) - 1_000, "it is full");
    for _ in 0..10 {
        rig.turn(960);
    }
    assert_eq!(rig.counters().underruns, 0);
}
