//! The voice of a runtime: how it comes, goes, and makes way for another, while clients speak.

use crate::rig::{NEVER, Rig, config, wait_until};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use utter::host::{Reason, RuntimeEvent, RuntimeState, Speak, Subscription, Update, VoiceState};
use utter::speech::Outcome;

/// The changes up to the first that `is_last` says.
fn until(
    events: &mut Subscription<RuntimeState>,
    is_last: impl Fn(&RuntimeEvent) -> bool,
) -> Vec<RuntimeEvent> {
    let mut changes = Vec::new();
    while !changes.last().is_some_and(&is_last) {
        match events.next_within(NEVER).expect("a change comes") {
            Update::Snapshot { .. } => {}
            Update::Change { change, .. } => changes.push(change),
            Update::Lagged { missed } => panic!("{missed} were missed"),
        }
    }
    changes
}

/// What is told of the voice, in short.
fn of_voice(changes: &[RuntimeEvent]) -> Vec<&'static str> {
    let mut told: Vec<&str> = changes
        .iter()
        .filter_map(|change| match change {
            RuntimeEvent::Voice(VoiceState::Absent) => Some("absent"),
            RuntimeEvent::Voice(VoiceState::Loading(_)) => Some("loading"),
            RuntimeEvent::Voice(VoiceState::Ready) => Some("ready"),
            RuntimeEvent::Voice(VoiceState::Failed(_)) => Some("failed"),
            RuntimeEvent::Rebuilding(_) => Some("rebuilding"),
            RuntimeEvent::DeviceSet(_) => Some("device"),
            RuntimeEvent::DeviceFailed { .. } => Some("no device"),
            _ => None,
        })
        .collect();
    told.dedup();
    told
}

#[test]
fn everybody_is_told_of_the_voice_and_of_the_output() {
    let rig = Rig::new(config());
    let mut events = rig.host.events().unwrap();
    let client = rig.client("one");
    client.speak(Speak::phonemes("a")).unwrap().wait();
    let told = until(&mut events, |change| {
        matches!(change, RuntimeEvent::OutputOpened(_))
    });
    assert!(matches!(&told[0], RuntimeEvent::ClientAttached { name, .. } if name == "one"));
    assert!(!of_voice(&told).contains(&"failed"));
    rig.host.release_memory().unwrap().wait().unwrap();
    let more = until(&mut events, |change| {
        matches!(change, RuntimeEvent::Voice(VoiceState::Absent))
    });
    let told: Vec<_> = told.into_iter().chain(more).collect();
    assert_eq!(of_voice(&told), ["loading", "ready", "absent"]);
    client.detach();
    until(&mut events, |change| {
        matches!(change, RuntimeEvent::ClientDeparted { .. })
    });
    wait_until("nothing is heard", || rig.host.release_output().unwrap());
    until(&mut events, |change| {
        matches!(change, RuntimeEvent::OutputReleased)
    });
    let state = rig.host.status().unwrap().state;
    assert!(state.output.is_none() && state.clients.is_empty());
    rig.host.shutdown();
    until(&mut events, |change| matches!(change, RuntimeEvent::Phase(_)));
    events.end();
}

#[test]
fn another_device_takes_over_when_its_voice_stands_and_the_old_one_speaks_until_then() {
    let rig = Rig::new(config());
    let client = rig.client("one");
    let say = || client.speak(Speak::phonemes("a")).unwrap().wait_within(NEVER);
    assert!(matches!(say(), Some(Outcome::Finished)));
    let mut events = rig.host.events().unwrap();
    rig.load_time.store(600, Ordering::SeqCst);
    let request = rig.host.set_device("cpu").unwrap();
    wait_until("it is being loaded", || rig.loads.load(Ordering::SeqCst) == 2);
    // Long before the other one stands.
    assert!(matches!(say(), Some(Outcome::Finished)));
    assert!(request.result().is_none(), "it is still being loaded");
    assert!(request.wait().is_ok());
    let told = until(&mut events, |change| matches!(change, RuntimeEvent::DeviceSet(_)));
    assert_eq!(of_voice(&told), ["rebuilding", "ready", "device"]);
    assert!(matches!(say(), Some(Outcome::Finished)));
    assert_eq!(rig.host.status().unwrap().counters.underruns, 0);
    assert_eq!(rig.loads.load(Ordering::SeqCst), 2);
    events.end();
}

#[test]
fn the_old_voice_stays_if_the_other_cannot_be_loaded() {
    let rig = Rig::new(config());
    let client = rig.client("one");
    let say = || client.speak(Speak::phonemes("a")).unwrap().wait_within(NEVER);
    assert!(matches!(say(), Some(Outcome::Finished)));
    rig.load_fails.store(true, Ordering::SeqCst);
    let mut events = rig.host.events().unwrap();
    let error = rig.host.set_device("cpu").unwrap().wait().unwrap_err();
    assert_eq!(utter::host::Error::from(error).reason(), Reason::Tvm);
    let told = until(&mut events, |change| {
        matches!(change, RuntimeEvent::DeviceFailed { .. })
    });
    assert_eq!(of_voice(&told), ["rebuilding", "no device"]);
    events.end();
    assert!(matches!(say(), Some(Outcome::Finished)));
    let status = rig.host.status().unwrap();
    assert!(
        matches!(status.state.voice, VoiceState::Ready),
        "{:?}",
        status.state.voice
    );
    assert_eq!(status.voice.state, utter::speech::VoiceState::Ready);
}

#[test]
fn a_voice_that_cannot_be_loaded_fails_what_needs_it_and_is_tried_again() {
    let rig = Rig::new(config());
    let client = rig.client("one");
    let say = || client.speak(Speak::phonemes("a")).unwrap().wait_within(NEVER);
    rig.load_fails.store(true, Ordering::SeqCst);
    assert!(matches!(say(), Some(Outcome::Failed(_))));
    wait_until("that is told", || {
        matches!(rig.host.status().unwrap().state.voice, VoiceState::Failed(_))
    });
    rig.load_fails.store(false, Ordering::SeqCst);
    assert!(matches!(say(), Some(Outcome::Finished)));
}

#[test]
fn memory_is_given_back_while_others_speak_and_what_is_said_is_said_to_its_end() {
    let rig = Rig::new(config());
    let client = rig.client("one");
    let spoken = client.speak(Speak::phonemes("a".repeat(20))).unwrap();
    wait_until("it is heard", || client.position().unwrap().is_some());
    for _ in 0..5 {
        rig.host
            .release_memory()
            .unwrap()
            .wait_within(NEVER)
            .unwrap()
            .unwrap();
    }
    assert!(matches!(spoken.wait_within(NEVER), Some(Outcome::Finished)));
    assert_eq!(rig.host.status().unwrap().counters.underruns, 0);
}

#[test]
fn a_shutdown_while_the_voice_is_loaded_waits_for_that_and_no_longer() {
    let rig = Rig::new(config());
    rig.load_time.store(500, Ordering::SeqCst);
    let request = rig.host.warm_up().unwrap();
    let spoken = rig.client("one").speak(Speak::phonemes("a")).unwrap();
    wait_until("it is being loaded", || rig.loads.load(Ordering::SeqCst) == 1);
    let begin = Instant::now();
    rig.host.shutdown();
    // The fade of an output that there is not, the load, and some time for a busy machine.
    assert!(begin.elapsed() < Duration::from_secs(5));
    assert!(request.result().is_some_and(|result| result.is_err()));
    assert!(matches!(
        spoken.outcome(),
        Some(Outcome::Stopped | Outcome::Failed(_))
    ));
}
