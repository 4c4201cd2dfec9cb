//! Many clients at once, in any order: nothing panics, nothing is lost, nobody is left.

use crate::model::{Act, Model, Others, act};
use crate::rig::{NEVER, Rig, config};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::thread;
use utter::host::{RuntimeConfig, Speak};
use utter::playback::Stop;
use utter::speech::Outcome;

#[test]
fn a_thousand_clients_come_and_go_while_one_speaks() {
    let rig = Rig::new(config());
    let speaker = rig.client("speaker");
    let spoken = speaker.speak(Speak::phonemes("aɪ".repeat(40))).unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..250 {
                    let client = rig.client("passing");
                    let mut events = client.events().unwrap();
                    assert!(events.try_next().is_some(), "a snapshot");
                    events.end();
                    client.detach();
                }
            });
        }
    });
    let status = rig.host.status().unwrap();
    assert_eq!(status.clients.len(), 1);
    assert_eq!(status.counters.underruns, 0);
    speaker.stop(Stop::Fade).unwrap();
    spoken.wait();
}

/// Whether every frame that was made was heard, discarded or still waits.
fn is_accounted_for(rig: &Rig) -> bool {
    let counters = rig.host.status().unwrap().counters;
    counters.produced == counters.rendered + counters.discarded + counters.queued
}

/// Whether speech works, and nothing is left of those that were there before.
fn is_as_new(rig: &Rig) {
    rig.host.prepare_hot_restart().unwrap();
    let last = rig.client("last");
    let spoken = last.speak(Speak::phonemes("a")).unwrap();
    assert!(matches!(spoken.wait_within(NEVER), Some(Outcome::Finished)));
    assert_eq!(rig.host.status().unwrap().clients.len(), 1);
    assert!(is_accounted_for(rig));
    last.detach();
}

#[test]
fn ten_thousand_calls_of_eight_threads_agree_with_the_model() {
    let rig = Rig::new(RuntimeConfig {
        clients: 32,
        ..config()
    });
    let calls: Vec<(u64, u64)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| a_thousand_calls(&rig))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let (calls, refused) = calls
        .iter()
        .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    assert_eq!(calls, 10_000);
    assert!(refused < calls / 2, "{refused} of {calls} did nothing");
    is_as_new(&rig);
}

/// The calls of one thread; gives how many there were, and how many were refused.
fn a_thousand_calls(rig: &Rig) -> (u64, u64) {
    let mut model = Model::new(rig, Others::Interfere);
    let mut runner = TestRunner::default();
    for number in 0..1_250 {
        match act().new_tree(&mut runner).unwrap().current() {
            // With all threads at it nobody would live for long.
            Act::Restart | Act::StopAll if number % 16 != 0 => model.act(&Act::Attach),
            other => model.act(&other),
        }
    }
    let calls = (model.calls, model.refused);
    model.finish();
    calls
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, max_shrink_time: 60_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_one_thread_calls_agrees_with_the_model(acts in vec(act(), 1..60)) {
        let rig = Rig::new(config());
        let mut model = Model::new(&rig, Others::Nobody);
        acts.iter().for_each(|act| model.act(act));
        model.finish();
        is_as_new(&rig);
    }
}
