//! The invariants of the host, each a test of its name.

use crate::rig::{Follower, NEVER, Rig, config, impatient, wait_until};
use std::sync::atomic::Ordering;
use utter::host::{Client, ClientEvent, Error, Reason, RuntimeConfig, RuntimeHost, Speak};
use utter::speech::Outcome;

/// What a process has of something that it could leak.
#[cfg(target_os = "linux")]
mod count {
    pub fn threads() -> usize {
        std::fs::read_dir("/proc/self/task").unwrap().count()
    }

    pub fn handles() -> usize {
        std::fs::read_dir("/proc/self/fd").unwrap().count()
    }

    /// Resident memory, in KiB.
    pub fn memory() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

/// By how much memory may grow in a hundred cycles, in KiB: less than a tenth of what one of them allocates each time.
#[cfg(target_os = "linux")]
const GROWTH: u64 = 2_048;

/// `init` is idempotent, `shutdown` frees everything, and `init` works again after it.
#[cfg(target_os = "linux")]
#[test]
fn one_process_has_one_runtime_host() {
    let threads = count::threads();
    let rig = Rig::new(config());
    rig.host.shutdown();
    let cycle = |number: usize| {
        let host = RuntimeHost::init_with_parts(rig.config.clone(), rig.parts.clone()).unwrap();
        let again = RuntimeHost::init_with_parts(rig.config.clone(), rig.parts.clone()).unwrap();
        let client = host.attach(Default::default()).unwrap();
        assert_eq!(again.status().unwrap().clients.len(), 1, "it is the same");
        let mut events = Follower::of(&client);
        let spoken = client.speak(Speak::phonemes("a".repeat(2))).unwrap();
        // Some end in the middle of speech, some after it, some at once.
        match number % 3 {
            0 => drop(events.until(|event| matches!(event, ClientEvent::Started { .. }))),
            1 => assert!(matches!(spoken.wait_within(NEVER), Some(Outcome::Finished))),
            _ => {}
        }
        host.shutdown();
        assert!(spoken.outcome().is_some(), "nothing is left");
    };
    // The thread of a device ends by itself, and nobody waits for it.
    let settled = || {
        wait_until("the threads have ended", || count::threads() == threads);
        (count::handles(), count::memory())
    };
    (0..10).for_each(cycle);
    let (handles, memory) = settled();
    (0..100).for_each(cycle);
    let after = settled();
    assert_eq!(after.0, handles, "file descriptors");
    let grown = after.1.saturating_sub(memory);
    assert!(grown <= GROWTH, "{grown} KiB more");
}

/// Nor loads anything.
#[cfg(target_os = "linux")]
#[test]
fn attaching_a_client_starts_no_thread_loads_nothing_and_opens_nothing() {
    let rig = Rig::new(config());
    let before = (count::threads(), count::handles());
    let clients: Vec<_> = (0..32).map(|n| rig.client(&n.to_string())).collect();
    let events: Vec<_> = clients.iter().map(|client| client.events().unwrap()).collect();
    assert_eq!((count::threads(), count::handles()), before);
    assert_eq!(rig.loads.load(Ordering::SeqCst), 0);
    assert!(rig.host.status().unwrap().state.output.is_none());
    drop((clients, events));
}

#[test]
fn correctness_needs_no_finaliser_no_drop_timing_and_no_hot_restart_hook() {
    let rig = Rig::new(impatient());
    for _ in 0..8 {
        let client = rig.client("lost");
        let events = client.events().unwrap();
        client.speak(Speak::phonemes("aɪ")).unwrap();
        // Nothing of them is ever dropped.
        std::mem::forget((client, events));
    }
    wait_until("they are gone", || rig.host.status().unwrap().clients.is_empty());
    let client = rig.client("alive");
    let spoken = client.speak(Speak::phonemes("aɪ")).unwrap();
    assert!(matches!(spoken.wait_within(NEVER), Some(Outcome::Finished)));
}

/// It fails with `StaleClient`, and nothing happens.
#[test]
fn a_command_from_a_client_that_is_gone_never_acts() {
    let rig = Rig::new(config());
    let (gone, old) = (rig.client("gone"), rig.client("old"));
    gone.detach();
    gone.detach();
    rig.host.prepare_hot_restart().unwrap();
    let other = rig.client("other");
    let spoken = other.speak(Speak::phonemes("aɪ".repeat(5))).unwrap();
    // One that only ever had a number is no different.
    let number = Client::of(gone.id());
    let stale = |result: Result<(), Error>| assert_eq!(result.unwrap_err().reason(), Reason::StaleClient);
    for client in [gone, old, number] {
        stale(client.speak(Speak::phonemes("aɪ")).map(drop));
        stale(
            client
                .clip(
                    std::path::PathBuf::from("no.wav"),
                    Default::default(),
                    Default::default(),
                )
                .map(drop),
        );
        stale(client.stop(Default::default()).map(drop));
        stale(client.pause().map(drop));
        stale(client.resume().map(drop));
        stale(client.skip().map(drop));
        stale(client.seek(utter::playback::Seek::Word(0)).map(drop));
        stale(client.replay().map(drop));
        stale(client.set_volume(Default::default()).map(drop));
        stale(client.position().map(drop));
        stale(client.state().map(drop));
        stale(client.events().map(drop));
        stale(client.heartbeat());
        client.detach();
    }
    assert!(matches!(spoken.wait_within(NEVER), Some(Outcome::Finished)));
    wait_until("it is counted", || {
        rig.host.metrics().unwrap().utterances_finished_total == 1
    });
    let status = rig.host.status().unwrap();
    assert_eq!(status.clients.len(), 1);
    assert_eq!(status.metrics.utterances_stopped_total, 0);
}

/// With a hint for whoever must act; what went wrong is never text to be matched, and speech goes on afterwards.
#[test]
fn errors_are_reasons_with_a_hint_never_text_to_be_matched() {
    let folder = tempfile::tempdir().unwrap();
    let seen = |error: &Error, reason: Reason| {
        assert_eq!(error.reason(), reason, "{error}");
        assert!(
            !error.to_string().is_empty() && !error.hint().is_empty(),
            "{error:?}"
        );
    };
    let rig = Rig::new(RuntimeConfig {
        clients: 2,
        ..config()
    });
    let client = rig.client("one");
    let works = || {
        let spoken = client.speak(Speak::phonemes("a")).unwrap();
        assert!(matches!(spoken.wait_within(NEVER), Some(Outcome::Finished)));
    };
    let speak = |speak| client.speak(speak).err().unwrap();
    seen(
        &speak(Speak::text("Hello.").voice("nobody")),
        Reason::InvalidVoice,
    );
    seen(&speak(Speak::phonemes("hgl")), Reason::InvalidInput);
    seen(
        &rig.host.set_device("abacus").err().unwrap(),
        Reason::InvalidDevice,
    );
    let gone = rig.client("two");
    seen(
        &rig.host.attach(Default::default()).unwrap_err(),
        Reason::QueueFull,
    );
    gone.detach();
    seen(&gone.heartbeat().unwrap_err(), Reason::StaleClient);
    works();
    let mut events = Follower::of(&client);
    client.speak(Speak::phonemes("a").voice("af_broken")).unwrap();
    let clip = folder.path().join("no.wav");
    client.clip(clip, Default::default(), Default::default()).unwrap();
    for reason in [Reason::Tvm, Reason::File] {
        let told = events.until(|event| matches!(event, ClientEvent::Failed { .. }));
        match told.last() {
            Some(ClientEvent::Failed { error, .. }) => seen(error, reason),
            other => panic!("{other:?}"),
        }
    }
    works();
    let other = RuntimeHost::init(RuntimeConfig::default()).unwrap_err();
    seen(&other, Reason::OtherConfiguration);
    rig.host.shutdown();
    seen(&client.heartbeat().unwrap_err(), Reason::NotInitialised);
    let missing = RuntimeHost::init(RuntimeConfig {
        artifacts: Some(folder.path().to_owned()),
        ..config()
    });
    let missing = missing.unwrap();
    let error = missing.warm_up().unwrap().wait().unwrap_err();
    seen(&error.into(), Reason::MissingArtifacts);
    missing.shutdown();
}
