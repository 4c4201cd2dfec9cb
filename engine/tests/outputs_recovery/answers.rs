//! How long commands took to answer.

use std::collections::BTreeMap;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};
use utter::playback::Player;

/// A command answers within this time.
const ANSWERS: Duration = Duration::from_millis(100);

/// The longest time that each command took.
#[derive(Default)]
pub struct Answers(BTreeMap<&'static str, Duration>);

impl Answers {
    /// Gives a command.
    pub fn time<R>(&mut self, command: &'static str, give: impl FnOnce() -> R) -> R {
        let since = Instant::now();
        let answer = give();
        let longest = self.0.entry(command).or_default();
        *longest = since.elapsed().max(*longest);
        answer
    }

    /// That all were fast enough.
    pub fn check(&self) {
        println!("longest commands: {:?}", self.0);
        let worst = self.0.values().max().unwrap();
        assert!(*worst <= ANSWERS, "{:?}", self.0);
    }
}

/// Gives commands that change nothing that is heard, for as long as `body` runs.
pub fn while_commanding<R>(player: &Player, body: impl FnOnce() -> R) -> (R, Answers) {
    thread::scope(|scope| {
        // It is dropped if `body` panics, too.
        let (running, is_over) = mpsc::channel::<()>();
        let commands = scope.spawn(move || {
            let mut answers = Answers::default();
            while is_over.recv_timeout(Duration::from_millis(5)) == Err(RecvTimeoutError::Timeout) {
                answers.time("position", || player.position());
                answers.time("counters", || player.counters());
                answers.time("volume", || {
                    // There is room for 128; a device that does not ask for frames takes none of them.
                    let _ = player.set_volume(player.volume());
                });
                answers.time("load", || player.load());
            }
            answers
        });
        let result = body();
        drop(running);
        (result, commands.join().unwrap())
    })
}
