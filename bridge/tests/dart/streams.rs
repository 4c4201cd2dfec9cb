//! Streams of events: their numbers, their ends, and what becomes of those that nobody reads.

use crate::isolate::{Isolate, Stream};
use crate::process::alone;
use crate::waiting::wait_until;
use serde_json::{Value, json};

fn started() -> Isolate {
    let isolate = Isolate::attach();
    isolate.init(json!({"outputs": "Discard"})).unwrap();
    isolate
}

fn subscriptions(isolate: &Isolate) -> u64 {
    isolate.ask("runtime_status", json!({}))["subscriptions"]
        .as_u64()
        .unwrap()
}

/// Every number once, one after the other, from that of the snapshot on.
fn are_without_a_gap(events: &[Value]) {
    let numbers: Vec<i64> = events
        .iter()
        .filter_map(|event| event["number"].as_i64())
        .collect();
    for pair in numbers.windows(2) {
        assert_eq!(pair[1], pair[0] + 1, "{numbers:?}");
    }
}

#[test]
fn a_snapshot_comes_first_and_then_every_change_once() {
    alone(
        "streams::a_snapshot_comes_first_and_then_every_change_once",
        || {
            let isolate = started();
            let runtime = isolate.follow("runtime_events", json!({})).unwrap();
            let (client, events) = isolate.client("one");
            isolate.speak(&client, "Words that are heard.", json!({}));
            events.until("Started");
            let late = isolate
                .follow("player_events", json!({"handle": client}))
                .unwrap();
            isolate.ask("player_stop", json!({"handle": client, "how": "Now"}));
            isolate.ask("player_dispose_client", json!({"handle": client}));
            let late = late.rest();
            are_without_a_gap(&late);
            assert_eq!(late[0]["kind"], "Snapshot");
            assert_eq!(late[0]["snapshot"]["utterances"][0]["phase"], "Speaking");
            assert_eq!(late.last().unwrap()["kind"], "Departed");
            isolate.ask("runtime_shutdown", json!({}));
            let runtime = runtime.rest();
            are_without_a_gap(&runtime);
            for kind in [
                "ClientAttached",
                "Voice",
                "OutputOpened",
                "ClientDeparted",
                "ShuttingDown",
            ] {
                assert!(runtime.iter().any(|event| event["kind"] == kind), "no {kind}");
            }
            assert_eq!(isolate.ask("runtime_is_running", json!({})), false);
        },
    );
}

/// Nobody waits for one who does not read; he is told that he lags, and how things are.
#[test]
fn who_does_not_read_is_told_that_he_lags() {
    alone("streams::who_does_not_read_is_told_that_he_lags", || {
        let isolate = started();
        let (client, events) = isolate.client("slow");
        events.until("Snapshot");
        let held = events.hold();
        for step in 0..600 {
            let volume = json!({"level": f64::from(step) / 1000.0, "is_muted": false, "balance": 0.0});
            isolate.ask("player_set_volume", json!({"handle": client, "volume": volume}));
        }
        drop(held);
        let told = events.until("Lagged");
        assert!(told.last().unwrap()["missed"].as_i64().unwrap() > 0);
        let snapshot = events.next().unwrap();
        assert_eq!(snapshot["kind"], "Snapshot");
        assert!(
            snapshot["snapshot"]["volume"]["level"].as_f64().unwrap() > 0.5,
            "it is of now"
        );
    });
}

/// A client is evicted when its stream is found to be dead, which the next isolate's beginning does; a stream of the runtime is
/// just closed.
#[test]
fn an_isolate_that_begins_finds_the_dead_streams_of_the_one_before() {
    alone(
        "streams::an_isolate_that_begins_finds_the_dead_streams_of_the_one_before",
        || {
            let old = started();
            let (client, events) = old.client("old");
            let runtime = old.follow("runtime_events", json!({})).unwrap();
            assert_eq!(subscriptions(&old), 2);
            events.close();
            runtime.close();
            let refused = |stream: &Stream| stream.refused();
            assert_eq!(
                (refused(&events), refused(&runtime)),
                (0, 0),
                "nothing has happened since"
            );
            let finalizers = old.die();
            let new = started();
            wait_until("both are closed", || subscriptions(&new) == 0);
            wait_until("the client is gone", || {
                let stale = new.call("player_heartbeat", json!({"handle": client}));
                stale.is_err_and(|error| error["reason"] == "StaleClient")
            });
            // One event, and the end of the stream.
            assert!(
                refused(&events) <= 2 && refused(&runtime) <= 2,
                "nothing more is posted to them"
            );
            finalizers.run();
            let (client, events) = new.client("new");
            new.speak(&client, "It speaks.", json!({}));
            events.until("Finished");
        },
    );
}

/// Streams that live are asked, too, and go on.
#[test]
fn a_second_isolate_takes_nothing_from_the_first() {
    alone("streams::a_second_isolate_takes_nothing_from_the_first", || {
        let first = started();
        let (client, events) = first.client("first");
        let runtime = first.follow("runtime_events", json!({})).unwrap();
        let second = started();
        assert_eq!(events.until("Alive").len(), 2);
        runtime.until("Alive");
        let (other, others) = second.client("second");
        first.speak(&client, "Both of them speak.", json!({}));
        second.speak(&other, "One after the other.", json!({}));
        are_without_a_gap(&events.until("Finished"));
        are_without_a_gap(&others.until("Finished"));
        second.die().run();
        first.speak(&client, "And one goes on.", json!({}));
        events.until("Finished");
    });
}

/// Commands take effect in the order in which they were given, though nobody waited for an answer.
#[test]
fn commands_keep_their_order() {
    alone("streams::commands_keep_their_order", || {
        let isolate = started();
        let (client, events) = isolate.client("eager");
        let volume = |step: i32| json!({"level": f64::from(step) / 128.0, "is_muted": false, "balance": 0.0});
        let set = |step| {
            isolate.start(
                "player_set_volume",
                json!({"handle": client, "volume": volume(step)}),
            )
        };
        let calls: Vec<_> = (1..=100).map(set).collect();
        calls.into_iter().for_each(|call| drop(call.answer().unwrap()));
        let mut levels = Vec::new();
        while levels.len() < 100 {
            let event = events.next().unwrap();
            if event["kind"] == "VolumeSet" {
                levels.push(event["volume"]["level"].as_f64().unwrap() * 128.0);
            }
        }
        assert!(levels.is_sorted(), "{levels:?}");
    });
}
