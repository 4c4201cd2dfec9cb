//! Clients that share one output.

use crate::rig::{Follower, NEVER, Rig, config, impatient, wait_until};
use std::time::Duration;
use utter::host::{ClientEvent, Reason, Speak};
use utter::playback::{Interrupt, Stop};
use utter::speech::Outcome;

/// Something of so many half seconds.
fn long(halves: usize) -> Speak {
    Speak::phonemes("aɪ".repeat(5 * halves))
}

#[test]
fn clients_take_turns_in_the_order_in_which_they_asked() {
    let rig = Rig::new(config());
    let (one, two) = (rig.client("one"), rig.client("two"));
    let first = one.speak(long(1)).unwrap();
    let second = two.speak(long(1)).unwrap();
    let third = one.speak(long(1)).unwrap();
    assert!(matches!(first.wait(), Outcome::Finished));
    assert!(second.outcome().is_none() && third.outcome().is_none());
    assert!(matches!(second.wait(), Outcome::Finished));
    assert!(third.outcome().is_none());
    assert!(matches!(third.wait(), Outcome::Finished));
}

#[test]
fn a_stop_touches_ones_own_utterances_only() {
    let rig = Rig::new(config());
    let (one, two) = (rig.client("one"), rig.client("two"));
    let (mine, other) = (one.speak(long(20)).unwrap(), two.speak(long(1)).unwrap());
    one.stop(Stop::Fade).unwrap();
    assert!(matches!(mine.wait_within(NEVER), Some(Outcome::Stopped)));
    assert!(matches!(other.wait_within(NEVER), Some(Outcome::Finished)));
    let (mine, other) = (one.speak(long(20)).unwrap(), two.speak(long(20)).unwrap());
    rig.host.stop_all(Stop::Fade).unwrap();
    assert!(matches!(mine.wait_within(NEVER), Some(Outcome::Stopped)));
    assert!(matches!(other.wait_within(NEVER), Some(Outcome::Stopped)));
}

#[test]
fn what_is_urgent_interrupts_and_what_it_interrupts_goes_on() {
    let rig = Rig::new(config());
    let (one, two) = (rig.client("one"), rig.client("two"));
    let mut events = Follower::of(&one);
    let spoken = one.speak(long(4)).unwrap();
    events.until(|event| matches!(event, ClientEvent::Started { .. }));
    let alert = two.speak(long(1).urgent(Interrupt::Resume)).unwrap();
    events.until(|event| matches!(event, ClientEvent::Interrupted { .. }));
    assert!(matches!(alert.wait_within(NEVER), Some(Outcome::Finished)));
    assert!(spoken.outcome().is_none());
    events.until(|event| matches!(event, ClientEvent::Finished { .. }));
    let spoken = one.speak(long(20)).unwrap();
    events.until(|event| matches!(event, ClientEvent::Started { .. }));
    two.speak(long(1).urgent(Interrupt::Discard)).unwrap();
    assert!(matches!(spoken.wait_within(NEVER), Some(Outcome::Stopped)));
    events.end();
}

#[test]
fn a_replacement_stops_what_was_before_it() {
    let rig = Rig::new(config());
    let client = rig.client("one");
    let old = [client.speak(long(20)).unwrap(), client.speak(long(20)).unwrap()];
    let new = client.speak(long(1).replace()).unwrap();
    for old in old {
        assert!(matches!(old.wait_within(NEVER), Some(Outcome::Stopped)));
    }
    assert!(matches!(new.wait_within(NEVER), Some(Outcome::Finished)));
}

#[test]
fn a_client_that_pauses_leaves_the_output_to_others() {
    let rig = Rig::new(config());
    let (one, two) = (rig.client("one"), rig.client("two"));
    let paused = one.speak(long(3)).unwrap();
    wait_until("it is heard", || one.position().unwrap().is_some());
    one.pause().unwrap();
    let other = two.speak(long(1)).unwrap();
    assert!(matches!(other.wait_within(NEVER), Some(Outcome::Finished)));
    assert!(paused.outcome().is_none());
    one.resume().unwrap();
    assert!(matches!(paused.wait_within(NEVER), Some(Outcome::Finished)));
}

#[test]
fn a_client_that_is_heard_outlives_its_lease_until_it_is_silent() {
    let rig = Rig::new(impatient());
    let client = rig.client("busy");
    let lease = rig.config.lease + rig.config.grace;
    let spoken = client.speak(long(4)).unwrap();
    assert!(spoken.wait_within(2 * lease).is_none(), "it takes longer");
    assert_eq!(rig.host.status().unwrap().clients.len(), 1);
    assert!(matches!(spoken.wait_within(NEVER), Some(Outcome::Finished)));
    wait_until("it is evicted", || rig.host.status().unwrap().clients.is_empty());
    assert_eq!(client.heartbeat().unwrap_err().reason(), Reason::StaleClient);
    let paused = rig.client("paused");
    paused.speak(long(4)).unwrap();
    paused.pause().unwrap();
    wait_until("one that waits for itself, too", || {
        rig.host.status().unwrap().clients.is_empty()
    });
}

#[test]
fn a_client_whose_events_nobody_follows_any_more_is_evicted_at_once() {
    let rig = Rig::new(config());
    let (gone, there) = (rig.client("gone"), rig.client("there"));
    let spoken = gone.speak(long(20)).unwrap();
    drop(gone.events().unwrap());
    assert!(matches!(spoken.wait_within(NEVER), Some(Outcome::Stopped)));
    assert_eq!(gone.heartbeat().unwrap_err().reason(), Reason::StaleClient);
    there.events().unwrap().end();
    std::thread::sleep(Duration::from_millis(50));
    there.heartbeat().unwrap();
}
