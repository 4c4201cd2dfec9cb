//! That a player leaves nothing behind: no thread, no handle, whichever way it ends.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "what a test relies on may fail it")]

use std::fs;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use utter::playback::output::{NullOutput, OutputSelection};
use utter::playback::{PlaybackError, Player, PlayerOptions, PushError, TrackKind, TrackOptions};

const OPTIONS: TrackOptions = TrackOptions {
    kind: TrackKind::Speech,
    rate: 24_000,
    gain: 1.0,
};

fn open() -> Player {
    let options = PlayerOptions {
        period: Duration::from_millis(5),
        // So that the device thread exists, too.
        look_interval: Duration::from_millis(1),
        ..PlayerOptions::default()
    };
    Player::open(
        Arc::new(NullOutput::default()),
        &OutputSelection::Default,
        &options,
    )
    .unwrap()
}

fn entries(directory: &str) -> usize {
    fs::read_dir(directory).unwrap().count()
}

fn threads_and_handles() -> (usize, usize) {
    (entries("/proc/self/task"), entries("/proc/self/fd"))
}

/// One test, since threads are counted for the whole process.
#[test]
fn a_hundred_players_leave_no_thread_and_no_handle_behind() {
    open().close();
    // The first one's device thread may still be there: one of a hundred does not matter, a hundred would.
    let before = threads_and_handles();
    for n in 0..100 {
        let player = open();
        let events = player.events();
        let mut track = player.add_track(OPTIONS).unwrap();
        track.push(vec![0.25; 24_000]).unwrap();
        if n % 3 == 0 {
            thread::sleep(Duration::from_millis(3));
        }
        if n % 2 == 0 {
            // A clone that outlives the end, and a writer that does not know of it.
            let clone = player.clone();
            player.close();
            assert_eq!(track.push(vec![0.25; 10]), Err(PushError::Closed));
            assert!(matches!(clone.add_track(OPTIONS), Err(PlaybackError::Closed)));
            assert!(matches!(clone.wait_until_drained(), Err(PlaybackError::Closed)));
            clone.close();
            assert!(events.is_closed());
        }
    }
    // The device thread ends by itself, and nobody waits for it.
    let since = Instant::now();
    let is_more = |(threads, handles): (usize, usize)| threads > before.0 || handles > before.1;
    while is_more(threads_and_handles()) {
        assert!(
            since.elapsed() < Duration::from_secs(20),
            "{before:?} became {:?}",
            threads_and_handles()
        );
        thread::sleep(Duration::from_millis(5));
    }
}
