//! What clients are told.

use crate::rig::{Follower, NEVER, Rig, config};
use std::sync::atomic::Ordering;
use utter::host::{ClientEvent, Departure, Reason, Speak, UNREAD_CHANGES, Update};
use utter::playback::Volume;

fn kinds(events: &[ClientEvent]) -> Vec<&'static str> {
    events
        .iter()
        .filter_map(|event| match event {
            ClientEvent::Queued { .. } => Some("queued"),
            ClientEvent::Prepared { .. } => Some("prepared"),
            ClientEvent::Started { .. } => Some("started"),
            ClientEvent::Finished { .. } => Some("finished"),
            ClientEvent::Stopped { .. } => Some("stopped"),
            ClientEvent::Failed { .. } => Some("failed"),
            ClientEvent::Departed(_) => Some("departed"),
            _ => None,
        })
        .collect()
}

#[test]
fn a_client_is_told_of_its_utterances_in_order_and_of_nobody_elses() {
    let rig = Rig::new(config());
    let (one, two) = (rig.client("one"), rig.client("two"));
    let mut events = Follower::of(&one);
    let mut others = Follower::of(&two);
    one.speak(Speak::phonemes("aɪ aɪ")).unwrap();
    let told = events.until(|event| matches!(event, ClientEvent::Finished { .. }));
    assert_eq!(kinds(&told), ["queued", "prepared", "started", "finished"]);
    two.detach();
    let told = others.until(|event| matches!(event, ClientEvent::Departed(_)));
    assert_eq!(kinds(&told), ["departed"]);
    assert!(others.is_over(), "nothing follows");
    events.end();
}

#[test]
fn failures_and_stops_are_told_with_their_reasons_and_how_far_it_was_heard() {
    let rig = Rig::new(config());
    let client = rig.client("one");
    let mut events = Follower::of(&client);
    client.speak(Speak::phonemes("aɪ").voice("af_broken")).unwrap();
    let told = events.until(|event| matches!(event, ClientEvent::Failed { .. }));
    let Some(ClientEvent::Failed { error, .. }) = told.last() else {
        panic!("{told:?}");
    };
    assert_eq!(error.reason(), Reason::Tvm);
    client.speak(Speak::phonemes("aɪ".repeat(50))).unwrap();
    events.until(|event| matches!(event, ClientEvent::Progress { heard, .. } if heard.as_millis() > 200));
    client.stop(utter::playback::Stop::Fade).unwrap();
    let told = events.until(|event| matches!(event, ClientEvent::Stopped { .. }));
    let Some(ClientEvent::Stopped { heard, .. }) = told.last() else {
        panic!("{told:?}");
    };
    assert!((200..2_000).contains(&heard.time.as_millis()), "{heard:?}");
    events.end();
}

#[test]
fn one_who_does_not_read_is_told_that_he_lags_and_how_things_are() {
    let rig = Rig::new(config());
    let client = rig.client("one");
    let mut events = client.events().unwrap();
    let volume = |n: usize| Volume {
        level: n as f32 / 1_000.0,
        ..Volume::default()
    };
    let all = UNREAD_CHANGES + 44;
    for n in 0..all {
        client.set_volume(volume(n)).unwrap();
    }
    let Some(Update::Lagged { missed }) = events.next_within(NEVER) else {
        panic!("it lags");
    };
    let Some(Update::Snapshot { number, state }) = events.next_within(NEVER) else {
        panic!("a snapshot follows");
    };
    assert_eq!(state.volume, volume(all - 1));
    assert!(missed as usize >= all && number >= all as u64);
    client.set_volume(volume(7)).unwrap();
    let told = loop {
        if let Update::Change { number, change } = events.next_within(NEVER).unwrap()
            && let ClientEvent::VolumeSet(volume) = change
        {
            break (number, volume);
        }
    };
    assert!(told.0 > number);
    assert_eq!(told.1, volume(7));
    events.end();
}

#[test]
fn an_eviction_is_told_with_its_reason() {
    let rig = Rig::new(crate::rig::impatient());
    let client = rig.client("one");
    let mut events = Follower::of(&client);
    let told = events.until(|event| matches!(event, ClientEvent::Departed(_)));
    assert!(
        told.iter()
            .any(|event| matches!(event, ClientEvent::LeaseRunsOut { .. })),
        "{told:?}"
    );
    assert!(matches!(
        told.last(),
        Some(ClientEvent::Departed(Departure::LeaseExpired))
    ));
    assert_eq!(client.heartbeat().unwrap_err().reason(), Reason::StaleClient);
    assert_eq!(rig.host.metrics().unwrap().player_clients_evicted_total, 1);
    assert_eq!(rig.loads.load(Ordering::SeqCst), 0);
}
