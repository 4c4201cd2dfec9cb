//! Watches a player: what it says of the playhead when it is asked, what it tells of it without, and marks.

use crate::timed_output::now;
use crate::track::play_tone;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use utter::playback::{PlaybackEvent, PlaybackEvents, Player};

/// What the player said, and when it was asked and had answered.
pub struct Said {
    pub asked: Duration,
    pub answered: Duration,
    pub frame: u64,
}

/// What was seen while a track was played.
#[derive(Default)]
pub struct Seen {
    pub positions: Vec<Said>,
    pub position_events: Vec<Said>,
    pub marks: Vec<Said>,
}

/// Plays a tone for `seconds`, and asks all the while.
pub fn watch(player: &Player, seconds: u32) -> Seen {
    let events = player.events();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let listener = scope.spawn(|| listen(&events, &is_over));
        let watcher = scope.spawn(|| ask(player, &is_over));
        play_tone(player, seconds);
        is_over.store(true, Ordering::Relaxed);
        let mut seen = listener.join().unwrap();
        seen.positions = watcher.join().unwrap();
        seen
    })
}

/// All that is told until it is over.
fn listen(events: &PlaybackEvents, is_over: &AtomicBool) -> Seen {
    let mut seen = Seen::default();
    while !is_over.load(Ordering::Relaxed) {
        let event = events.next_within(Duration::from_millis(100));
        let at = now();
        let said = |frame| Said {
            asked: at,
            answered: at,
            frame,
        };
        match event {
            Some(PlaybackEvent::Position(position)) => {
                seen.position_events.push(said(position.frame));
            }
            Some(PlaybackEvent::Mark { mark, .. }) => seen.marks.push(said(mark.frame)),
            _ => {}
        }
    }
    seen
}

/// All that is answered until it is over.
fn ask(player: &Player, is_over: &AtomicBool) -> Vec<Said> {
    let mut positions = Vec::new();
    for n in 0_u64.. {
        let asked = now();
        let position = player.position();
        let answered = now();
        if let Some(position) = position {
            let frame = position.frame;
            positions.push(Said {
                asked,
                answered,
                frame,
            });
        }
        // At all moments of a period alike.
        thread::sleep(Duration::from_micros(2_000 + n * 997 % 3_000));
        if is_over.load(Ordering::Relaxed) {
            break;
        }
    }
    positions
}
