//! Things that happen at once: clients that attach while a restart is announced, runtimes that are started and ended by many.

use crate::rig::{NEVER, Rig, config};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use utter::host::{Client, ClientOptions, Reason, RuntimeHost, Speak};
use utter::speech::Outcome;

const RESTARTS: u32 = 300;

#[test]
fn attaching_while_restarts_are_announced_gives_clients_of_either_generation_and_never_one_between() {
    let rig = Rig::new(config());
    let first = rig.client("first").id().generation;
    let (announced, is_over) = (AtomicU32::new(0), AtomicBool::new(false));
    let clients: Mutex<Vec<Client>> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !is_over.load(Ordering::SeqCst) {
                    let before = first + announced.load(Ordering::SeqCst);
                    let Ok(client) = rig.host.attach(ClientOptions::named("racing")) else {
                        continue;
                    };
                    assert!(
                        client.id().generation >= before,
                        "the restart was over before it came"
                    );
                    // It acts, or is told that it is gone; a restart may come at any moment.
                    match client.speak(Speak::phonemes("a")) {
                        Ok(_) => {}
                        Err(error) => assert!(
                            matches!(error.reason(), Reason::StaleClient | Reason::QueueFull),
                            "{error}"
                        ),
                    }
                    clients.lock().unwrap().push(client);
                }
            });
        }
        for _ in 0..RESTARTS {
            rig.host.prepare_hot_restart().unwrap();
            announced.fetch_add(1, Ordering::SeqCst);
            thread::yield_now();
        }
        is_over.store(true, Ordering::SeqCst);
    });
    let clients = clients.into_inner().unwrap();
    let numbers: BTreeSet<u64> = clients.iter().map(|client| client.id().number).collect();
    assert_eq!(numbers.len(), clients.len(), "no number is given twice");
    let now = first + RESTARTS;
    let attached: BTreeSet<_> = rig
        .host
        .status()
        .unwrap()
        .clients
        .iter()
        .map(|client| client.id)
        .collect();
    for client in &clients {
        let is_old = client.id().generation < now;
        assert_eq!(attached.contains(&client.id()), !is_old);
        assert_eq!(client.heartbeat().is_err(), is_old);
    }
    rig.host.prepare_hot_restart().unwrap();
    let last = rig.client("last");
    let spoken = last.speak(Speak::phonemes("a")).unwrap();
    assert!(
        matches!(spoken.wait_within(NEVER), Some(Outcome::Finished)),
        "nobody else is in its way"
    );
    assert_eq!(rig.host.status().unwrap().clients.len(), 1);
}

#[test]
fn whoever_starts_and_ends_the_runtime_at_once_finds_it_whole_or_gone() {
    let rig = Rig::new(config());
    thread::scope(|scope| {
        for number in 0..6 {
            let rig = &rig;
            scope.spawn(move || {
                for turn in 0..40 {
                    let host = RuntimeHost::init_with_parts(rig.config.clone(), rig.parts.clone()).unwrap();
                    if (turn + number) % 6 == 0 {
                        host.shutdown();
                        continue;
                    }
                    let spoken = host
                        .attach(ClientOptions::default())
                        .and_then(|client| client.speak(Speak::phonemes("a")));
                    match spoken {
                        Ok(spoken) => {
                            assert!(spoken.wait_within(NEVER).is_some(), "it ends with its runtime")
                        }
                        // Somebody else has ended it meanwhile.
                        Err(error) => assert!(
                            matches!(
                                error.reason(),
                                Reason::NotInitialised
                                    | Reason::ShuttingDown
                                    | Reason::StaleClient
                                    | Reason::QueueFull
                            ),
                            "{error}: {:?}",
                            error.reason()
                        ),
                    }
                }
            });
        }
    });
    let host = RuntimeHost::init_with_parts(rig.config.clone(), rig.parts.clone()).unwrap();
    host.prepare_hot_restart().unwrap();
    let client = host.attach(ClientOptions::default()).unwrap();
    let spoken = client.speak(Speak::phonemes("a")).unwrap();
    assert!(matches!(spoken.wait_within(NEVER), Some(Outcome::Finished)));
    host.shutdown();
    assert!(RuntimeHost::running().is_none());
}
