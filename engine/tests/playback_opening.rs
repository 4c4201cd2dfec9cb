//! That nothing waits for an output that takes long to open: every call, while it does.
#![allow(clippy::unwrap_used, reason = "what a test relies on may fail it")]

use parking_lot::{Condvar, Mutex};
use std::sync::Arc;
use std::time::{Duration, Instant};
use utter::playback::output::{
    NullOutput, OutputBackend, OutputConfig, OutputError, OutputHealth, OutputId, OutputInfo, OutputRequest,
    OutputSelection, OutputStream,
};
use utter::playback::{
    Interrupt, OpenReason, PlaybackEvent, Player, PlayerOptions, QueueOptions, Renderer, Seek, Stop,
    TrackKind, TrackOptions, Volume,
};

const OPTIONS: TrackOptions = TrackOptions {
    kind: TrackKind::Speech,
    rate: 24_000,
    gain: 1.0,
};

/// No other call takes longer than this.
const PROMPT: Duration = Duration::from_millis(100);

/// Opens when it is let, or after a time in which everything else is done.
#[derive(Default)]
struct SlowOutput {
    output: NullOutput,
    gate: Mutex<Gate>,
    changed: Condvar,
}

#[derive(Default)]
struct Gate {
    is_asked: bool,
    is_open: bool,
}

impl SlowOutput {
    fn wait_until_asked(&self) {
        let mut gate = self.gate.lock();
        while !gate.is_asked {
            assert!(
                !self
                    .changed
                    .wait_for(&mut gate, Duration::from_secs(20))
                    .timed_out(),
                "it is opened for the first track"
            );
        }
    }

    fn let_open(&self) {
        self.gate.lock().is_open = true;
        self.changed.notify_all();
    }
}

impl OutputBackend for SlowOutput {
    fn outputs(&self) -> Result<Vec<OutputInfo>, OutputError> {
        self.output.outputs()
    }

    fn default_output(&self) -> Result<Option<OutputId>, OutputError> {
        self.output.default_output()
    }

    fn negotiate(
        &self,
        selection: &OutputSelection,
        request: &OutputRequest,
    ) -> Result<OutputConfig, OutputError> {
        self.output.negotiate(selection, request)
    }

    fn open(
        &self,
        config: &OutputConfig,
        renderer: Renderer,
        health: Arc<OutputHealth>,
    ) -> Result<Box<dyn OutputStream>, OutputError> {
        let mut gate = self.gate.lock();
        gate.is_asked = true;
        self.changed.notify_all();
        let deadline = Instant::now() + Duration::from_secs(5);
        while !gate.is_open && !self.changed.wait_until(&mut gate, deadline).timed_out() {}
        drop(gate);
        self.output.open(config, renderer, health)
    }
}

/// Every call of a player and a queue, and how long each took.
fn call_all(player: &Player) -> Vec<(&'static str, Duration)> {
    let mut took = Vec::new();
    let mut call = |name: &'static str, f: &mut dyn FnMut()| {
        let since = Instant::now();
        f();
        took.push((name, since.elapsed()));
    };
    let mut queue = None;
    call("add_queue", &mut || {
        queue = player.add_queue(QueueOptions::default()).ok()
    });
    let queue = queue.unwrap();
    call("events", &mut || drop(player.events()));
    call("push", &mut || {
        let mut track = player.add_track(OPTIONS).unwrap();
        track.push(vec![0.25; 2_400]).unwrap();
        let mut urgent = queue.add_urgent(OPTIONS, Interrupt::Resume).unwrap();
        urgent.push(vec![0.25; 2_400]).unwrap();
    });
    call("pause", &mut || {
        let _ = player.pause().unwrap();
    });
    call("resume", &mut || {
        let _ = player.resume().unwrap();
    });
    call("set_volume", &mut || {
        let _ = player.set_volume(Volume::default()).unwrap();
    });
    call("skip", &mut || {
        let _ = player.skip().unwrap();
    });
    call("seek", &mut || {
        let _ = player.seek(Seek::Time(Duration::ZERO));
    });
    call("replay", &mut || {
        let _ = player.replay();
    });
    call("look", &mut || {
        let _ = (
            player.output(),
            player.mode(),
            player.counters(),
            player.load(),
            player.position(),
        );
        let _ = (player.is_paused(), player.volume(), player.route());
    });
    call("queue", &mut || {
        queue.pause().unwrap();
        queue.resume().unwrap();
        queue.set_volume(Volume::default()).unwrap();
        let _ = (
            queue.position(),
            queue.unheard(),
            queue.has_room(false),
            queue.is_paused(),
        );
        queue.skip().unwrap();
        queue.stop(Stop::Now).unwrap();
    });
    call("remove", &mut || {
        let _ = queue.remove().unwrap();
    });
    call("release", &mut || {
        let _ = player.release_output();
    });
    call("stop", &mut || {
        let _ = player.stop(Stop::Fade);
    });
    took
}

#[test]
fn nothing_waits_for_an_output_that_takes_long_to_open() {
    let backend = Arc::new(SlowOutput::default());
    let options = PlayerOptions::default();
    let player = Player::closed(Arc::clone(&backend) as _, &OutputSelection::Default, &options).unwrap();
    let events = player.events();
    let mut first = player.add_track(OPTIONS).unwrap();
    first.push(vec![0.25; 2_400]).unwrap();
    backend.wait_until_asked();
    let rounds: Vec<_> = (0..5).map(|_| call_all(&player)).collect();
    assert!(
        player.output().is_none(),
        "all of that was done before it had opened"
    );
    for (call, (name, _)) in rounds[0].iter().enumerate() {
        // The best of five: what waits for the output does so each time, what a busy machine delays does not.
        let best = rounds.iter().map(|round| round[call].1).min().unwrap();
        assert!(best < PROMPT, "{name} took {best:?}");
    }
    let mut track = player.add_track(OPTIONS).unwrap();
    track.push(vec![0.25; 2_400]).unwrap();
    track.finish();
    backend.let_open();
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut is_open = false;
    while Instant::now() < deadline {
        match events.next_within(Duration::from_millis(100)) {
            Some(PlaybackEvent::OutputOpened(open)) => {
                assert_eq!(open.reason, OpenReason::First);
                is_open = true;
            }
            Some(PlaybackEvent::TrackEnded { .. }) => break,
            _ => {}
        }
    }
    assert!(is_open);
    player.wait_until_drained().unwrap();
    player.close();
}

#[test]
fn a_player_closes_while_its_output_opens() {
    let backend = Arc::new(SlowOutput::default());
    let options = PlayerOptions::default();
    let player = Player::closed(Arc::clone(&backend) as _, &OutputSelection::Default, &options).unwrap();
    let _track = player.add_track(OPTIONS).unwrap();
    backend.wait_until_asked();
    player.close();
    assert!(!backend.gate.lock().is_open, "it did not wait for that");
    backend.let_open();
}

#[test]
fn the_bell_rings_when_there_is_room_again() {
    let options = PlayerOptions {
        ahead: Duration::from_millis(50),
        ..PlayerOptions::default()
    };
    let player = Player::closed(
        Arc::new(NullOutput::default()),
        &OutputSelection::Default,
        &options,
    )
    .unwrap();
    let (ring, rung) = std::sync::mpsc::channel();
    player.set_bell(Arc::new(move || {
        let _ = ring.send(());
    }));
    let queue = player.add_queue(QueueOptions::default()).unwrap();
    let mut track = queue.add_track(OPTIONS).unwrap();
    track.push(vec![0.25; 2_400]).unwrap();
    while !track.has_room() {
        rung.recv_timeout(Duration::from_secs(20)).unwrap();
    }
    // And when something has come to its end.
    track.push(vec![0.25; 2_400]).unwrap();
    while rung.try_recv().is_ok() {}
    queue.stop(Stop::Now).unwrap();
    rung.recv_timeout(Duration::from_secs(20)).unwrap();
    assert!(!track.is_wanted());
}
