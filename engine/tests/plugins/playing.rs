//! Speech through an output of a plugin: complete, wherever it goes and whatever becomes of the plugin.

use crate::compiled::{Call, Capture};
use crate::sweep_heard::{Part, part};
use crate::sweep_voice::{SweepVoice, say, utterance};
use crate::workshop::{ID, Workshop, version, wait_until};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;
use utter::playback::output::{NullOutput, OutputBackend, OutputId, OutputRouter, OutputSelection};
use utter::playback::{OpenReason, PlaybackEvent, PlaybackEvents, Player, PlayerOptions};
use utter::speech::{Outcome, SAMPLE_RATE, Speaker, UtteranceHandle};

/// What is said, in chunks of odd lengths: 2.4 s.
const CHUNKS: [usize; 3] = [31_007, 479, 26_114];
const SAID: f64 = 57_600.0 / SAMPLE_RATE as f64;

struct Speech {
    speaker: Speaker,
    player: Player,
    events: PlaybackEvents,
}

fn id(target: usize) -> OutputSelection {
    OutputSelection::Id(OutputId::new(format!("plugin:{ID}/timed-{target}")))
}

impl Speech {
    fn open(workshop: &Workshop, route: &OutputSelection) -> Self {
        for target in 0..2 {
            workshop.timed.target(target).wait_for_frames(true);
        }
        let router = OutputRouter::new(Arc::new(NullOutput::default()), workshop.plugins.clone());
        let player = Player::open(Arc::new(router), route, &PlayerOptions::default()).unwrap();
        let events = player.events();
        let (speaker, _) = Speaker::start(player.clone(), Box::new(SweepVoice::default())).unwrap();
        Self {
            speaker,
            player,
            events,
        }
    }

    /// Says the sweep, and waits until so much of it is heard.
    fn begin(&self, heard: Duration) -> UtteranceHandle {
        let spoken = self
            .speaker
            .speak(utterance(CHUNKS.into_iter().map(say)))
            .unwrap();
        wait_until("it speaks", || {
            self.player
                .position()
                .is_some_and(|position| position.time > heard)
        });
        spoken
    }

    /// Hears the rest, and closes everything.
    fn end(self, spoken: &UtteranceHandle) -> Vec<String> {
        let outcome = spoken.wait();
        assert!(matches!(outcome, Outcome::Finished), "{outcome:?}");
        self.player.wait_until_drained().unwrap();
        let told = self.told();
        let counters = self.player.counters();
        assert_eq!(
            counters.produced,
            counters.rendered + counters.discarded + counters.queued
        );
        self.player.close();
        told
    }

    fn told(&self) -> Vec<String> {
        let events = std::iter::from_fn(|| self.events.try_next());
        let told = events.filter_map(|event| match event {
            PlaybackEvent::OutputLost { reason, .. } => Some(format!("lost: {reason:?}")),
            PlaybackEvent::OutputOpened(open) => match open.reason {
                OpenReason::First => None,
                OpenReason::Route(_) => Some("route".into()),
                reason => Some(format!("{reason:?}")),
            },
            PlaybackEvent::RouteFailed { .. } => Some("route failed".into()),
            _ => None,
        });
        told.collect()
    }
}

/// Frames behind which a fade of 8 ms, and what the resampler has not known before it, are over.
fn settled(rate: u32) -> usize {
    rate as usize / 50
}

fn clean(capture: &Capture, near: Range<f64>) -> Part {
    let (part, snr) = part(&capture.channel(0), capture.rate, settled(capture.rate), near);
    println!("{part:?}, {snr:.1} dB");
    assert!(snr > 60.0, "no frame is lost or doubled inside: {snr:.1} dB");
    part
}

fn assert_whole(part: &Part) {
    assert!(part.from.abs() < 1e-4, "{part:?}");
    assert!((part.to - SAID).abs() < 1e-3, "{part:?}");
}

#[test]
fn what_is_said_is_what_the_plugin_was_given() {
    let workshop = Workshop::new();
    let speech = Speech::open(&workshop, &id(0));
    let spoken = speech.begin(Duration::from_millis(100));
    speech.end(&spoken);
    wait_until("it is closed", || workshop.timed.target(0).instances() == 0);
    let captures = workshop.timed.captures(0);
    assert_eq!(captures.len(), 1);
    assert_whole(&clean(&captures[0], 0.0..0.1));
    assert_eq!(workshop.timed.target(0).overlaps(), 0);
    // It was closed, and then destroyed.
    assert_eq!(workshop.timed.target(0).arrived(Call::Close), 1);
    assert_eq!(workshop.timed.target(0).arrived(Call::Destroy), 1);
}

#[test]
fn outputs_of_plugins_are_among_the_others() {
    let workshop = Workshop::new();
    let router = OutputRouter::new(Arc::new(NullOutput::default()), workshop.plugins.clone());
    let outputs = router.outputs().unwrap();
    assert_eq!(outputs.len(), 5);
    assert!(outputs[0].is_default && outputs.iter().filter(|output| output.is_default).count() == 1);
    assert_eq!(outputs[1].id.as_str(), format!("plugin:{ID}/timed-0"));
    assert_eq!(
        router.default_output().unwrap(),
        Some(OutputId::new(NullOutput::ID))
    );
    // What was negotiated and is never opened is closed.
    let request = utter::playback::output::OutputRequest {
        period: Duration::from_millis(20),
    };
    router.negotiate(&id(0), &request).unwrap();
    assert_eq!(workshop.timed.target(0).instances(), 1);
    router.close();
    assert_eq!(workshop.timed.target(0).instances(), 0);
}

#[test]
fn routes_go_from_one_to_the_other_and_back_while_it_speaks() {
    let workshop = Workshop::new();
    let speech = Speech::open(&workshop, &id(0));
    let spoken = speech.begin(Duration::from_millis(500));
    speech.player.set_route(id(1));
    wait_until("it plays there", || speech.player.route() == id(1));
    std::thread::sleep(Duration::from_millis(500));
    speech.player.set_route(id(0));
    wait_until("it is back", || speech.player.route() == id(0));
    let told = speech.end(&spoken);
    assert_eq!(told, ["route", "route"]);
    wait_until("all are closed", || {
        workshop.timed.target(0).instances() + workshop.timed.target(1).instances() == 0
    });
    let (first, second) = (workshop.timed.captures(0), workshop.timed.captures(1));
    assert_eq!((first.len(), second.len()), (2, 1));
    let one = clean(&first[0], 0.0..0.1);
    let two = clean(&second[0], one.to - 0.2..one.to + 0.2);
    let three = clean(&first[1], two.to - 0.2..two.to + 0.2);
    for (before, after) in [(&one, &two), (&two, &three)] {
        let both = before.to - after.from;
        assert!(
            (both - 0.008).abs() < 1e-3,
            "the fade, and nothing else, is on both: {both}"
        );
    }
    assert!((three.to - SAID).abs() < 1e-3);
}

#[test]
fn a_route_that_the_plugin_refuses_changes_nothing() {
    let workshop = Workshop::new();
    workshop.timed.target(1).fail(Call::Open, 2);
    let speech = Speech::open(&workshop, &id(0));
    let spoken = speech.begin(Duration::from_millis(300));
    speech.player.set_route(id(1));
    let told = speech.end(&spoken);
    assert_eq!(told, ["route failed"]);
    wait_until("it is closed", || workshop.timed.target(0).instances() == 0);
    assert_whole(&clean(&workshop.timed.captures(0)[0], 0.0..0.1));
}

#[test]
fn a_reload_while_it_speaks_is_not_heard() {
    let workshop = Workshop::new();
    let speech = Speech::open(&workshop, &id(0));
    let spoken = speech.begin(Duration::from_millis(500));
    workshop.install(&version("0.2.0"));
    wait_until("the old one is unloaded", || {
        workshop.plugins.draining() == (0, 0)
    });
    assert_eq!(workshop.timed.plugin().started(), 1);
    let told = speech.end(&spoken);
    assert_eq!(told, ["Followed"]);
    wait_until("it is closed", || workshop.timed.target(0).instances() == 0);
    let captures = workshop.timed.captures(0);
    assert_eq!(captures.len(), 2);
    let one = clean(&captures[0], 0.0..0.1);
    let two = clean(&captures[1], one.to - 0.2..one.to + 0.2);
    assert!((one.to - two.from - 0.008).abs() < 1e-3, "{one:?} {two:?}");
    assert!((two.to - SAID).abs() < 1e-3);
}

#[test]
fn a_reload_of_a_device_that_only_one_may_have_costs_a_moment_and_no_frame() {
    let workshop = Workshop::new();
    let speech = Speech::open(&workshop, &id(0));
    let spoken = speech.begin(Duration::from_millis(500));
    // The new generation finds the device in use, until the old one has left it.
    workshop.timed.target(0).fail(Call::Open, 2);
    workshop.plugins.reload(ID).unwrap();
    wait_until("it was tried", || {
        workshop.timed.target(0).arrived(Call::Open) >= 2
    });
    wait_until("the old one has left it", || workshop.timed.target(0).open() == 0);
    workshop.timed.target(0).succeed(Call::Open);
    let told = speech.end(&spoken);
    assert_eq!(
        told.first().map(String::as_str),
        Some("lost: Reconfigured"),
        "{told:?}"
    );
    assert_eq!(workshop.plugins.draining(), (0, 0));
}

#[test]
fn a_plugin_that_is_removed_while_it_speaks_gives_way_to_the_default_output() {
    let workshop = Workshop::new();
    let speech = Speech::open(&workshop, &id(0));
    let spoken = speech.begin(Duration::from_millis(500));
    workshop.plugins.uninstall(ID).unwrap();
    let told = speech.end(&spoken);
    assert_eq!(told, ["lost: Reconfigured", "Recovered"]);
    assert_eq!(workshop.plugins.draining(), (0, 0));
    assert_eq!((workshop.timed.plugin().started(), workshop.shadows()), (0, 0));
}

#[test]
fn every_way_to_lose_it_ends_on_an_output_that_plays_from_the_frame_that_was_lost() {
    // Disconnected, reconfigured, failed.
    for state in [3, 4, 5] {
        let workshop = Workshop::new();
        let speech = Speech::open(&workshop, &id(0));
        let spoken = speech.begin(Duration::from_millis(500));
        workshop.timed.target(0).change_state(state);
        let told = speech.end(&spoken);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].starts_with("lost") && told[1] == "Recovered", "{told:?}");
        wait_until("it is closed", || workshop.timed.target(0).instances() == 0);
        let captures = workshop.timed.captures(0);
        assert_eq!(captures.len(), 2);
        let one = clean(&captures[0], 0.0..0.1);
        let two = clean(&captures[1], one.to - 0.2..one.to + 0.2);
        let twice = one.to - two.from;
        println!("{:.1} ms are heard twice", twice * 1e3);
        assert!((0.0..0.065).contains(&twice), "nothing is lost: {twice}");
        assert!((two.to - SAID).abs() < 1e-3);
    }
}

#[test]
fn a_reset_that_the_driver_wants_keeps_the_instance() {
    let workshop = Workshop::new();
    let speech = Speech::open(&workshop, &id(0));
    let spoken = speech.begin(Duration::from_millis(500));
    workshop.timed.target(0).change_state(2);
    wait_until("it is reset", || {
        workshop.timed.target(0).arrived(Call::Reset) == 1
    });
    let told = speech.end(&spoken);
    assert_eq!(told, Vec::<String>::new());
    assert_eq!(workshop.timed.plugin().arrived(Call::Create), 1);
}

#[test]
fn one_that_hangs_while_it_plays_is_left_behind_and_replaced() {
    for call in [Call::Write, Call::Status] {
        let workshop = Workshop::new();
        let speech = Speech::open(&workshop, &id(0));
        let spoken = speech.begin(Duration::from_millis(300));
        workshop.timed.target(0).hang(call);
        let told = speech.end(&spoken);
        assert_eq!(told[0], "lost: Stalled", "{told:?}");
        assert_eq!(told.last().map(String::as_str), Some("Recovered"), "{told:?}");
        wait_until("it is quarantined", || workshop.plugins.draining().1 >= 1);
        workshop.timed.target(0).release();
        wait_until("it is closed", || workshop.timed.target(0).instances() == 0);
        wait_until("it is counted", || workshop.plugins.draining() == (0, 0));
        assert_eq!(workshop.timed.target(0).overlaps(), 0);
    }
}
