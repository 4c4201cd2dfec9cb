//! Hot restarts: an isolate dies without a word while it speaks, another begins, and its finalizers run when they like.

use crate::isolate::{Finalizers, Isolate, Stream};
use crate::timed_output::{Device, TimedOutput, with_device};
use procfs::process::Process;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const RESTARTS: usize = 50;

/// From here on nothing may grow: what is loaded, opened and started once is there.
const SETTLED: usize = 10;

/// Resident memory may differ by this after all of them. Five seconds of audio at the device's rate, which one queue may keep, are
/// a megabyte; forty queues that are not freed are more than this.
const MEMORY: u64 = 24 << 20;

#[derive(Debug)]
struct Census {
    threads: u64,
    files: usize,
    resident: u64,
}

impl Census {
    /// Once what ends by itself has ended: threads of tokio's that have had nothing to do for a second.
    fn take(expected: Option<&Self>) -> Self {
        let begin = Instant::now();
        loop {
            std::thread::sleep(Duration::from_millis(1_500));
            let process = Process::myself().unwrap();
            let status = process.status().unwrap();
            let census = Self {
                threads: status.threads,
                files: process.fd_count().unwrap(),
                resident: status.vmrss.unwrap() << 10,
            };
            let is_as_expected =
                expected.is_none_or(|e| census.threads <= e.threads && census.files <= e.files);
            if is_as_expected || begin.elapsed() > Duration::from_secs(15) {
                return census;
            }
        }
    }
}

/// An isolate that speaks, and what it follows.
struct Life {
    isolate: Isolate,
    client: Value,
    events: Stream,
    runtime: Stream,
}

impl Life {
    fn begin(cycle: usize) -> Self {
        let isolate = Isolate::attach();
        isolate.init(json!({})).unwrap();
        let runtime = isolate.follow("runtime_events", json!({})).unwrap();
        let (client, events) = isolate.client(&format!("life {cycle}"));
        let life = Self {
            isolate,
            client,
            events,
            runtime,
        };
        life.speaks(cycle);
        life
    }

    /// Until a word is heard, and every event came once.
    fn speaks(&self, cycle: usize) {
        let text = format!(
            "This is life number {cycle}. It goes on for a while, and then it is cut off without a word."
        );
        let number = self.isolate.speak(&self.client, &text, json!({}));
        let told = self.events.until("Word");
        let numbers: Vec<i64> = told.iter().filter_map(|event| event["number"].as_i64()).collect();
        assert!(
            numbers.windows(2).all(|pair| pair[1] == pair[0] + 1),
            "{numbers:?}"
        );
        let strange = told
            .iter()
            .find(|event| event["utterance"].as_i64().is_some_and(|n| n != number));
        assert_eq!(strange, None, "nothing is told of others");
    }

    /// Its ports close; nobody is told.
    fn die(self) -> (Finalizers, Stream, Stream) {
        self.events.close();
        self.runtime.close();
        (self.isolate.die(), self.events, self.runtime)
    }
}

#[test]
fn fifty_hot_restarts_while_speaking_leave_nothing_behind() {
    // As a real card, and no faster.
    let device = Device {
        speed: 1,
        ..Device::default()
    };
    with_device(
        "restarts::fifty_hot_restarts_while_speaking_leave_nothing_behind",
        device,
        |output| {
            let mut late: Vec<Finalizers> = Vec::new();
            let mut dead: Vec<(Stream, Stream)> = Vec::new();
            let mut settled = None;
            let mut life = Life::begin(0);
            for cycle in 1..=RESTARTS {
                if cycle % 5 == 0 {
                    life.isolate.ask("runtime_prepare_hot_restart", json!({}));
                }
                let heard_before = output.captured().len();
                let (finalizers, events, runtime) = life.die();
                dead.push((events, runtime));
                late.push(finalizers);
                life = Life::begin(cycle);
                is_heard(output, heard_before, cycle);
                // Some at once, some three lives later.
                while late.len() > cycle % 4 {
                    late.remove(0).run();
                }
                if cycle == SETTLED {
                    settled = Some(Census::take(None));
                }
            }
            let settled = settled.unwrap();
            let at_the_end = Census::take(Some(&settled));
            assert!(
                at_the_end.threads <= settled.threads,
                "{settled:?}, then {at_the_end:?}"
            );
            assert!(
                at_the_end.files <= settled.files,
                "{settled:?}, then {at_the_end:?}"
            );
            assert!(
                at_the_end.resident <= settled.resident + MEMORY,
                "{settled:?}, then {at_the_end:?}"
            );
            println!("settled: {settled:?}; after {RESTARTS} restarts: {at_the_end:?}");
            only_the_last_is_there(&life, &dead);
        },
    );
}

/// What the device has played since is not silence.
fn is_heard(output: &TimedOutput, since: usize, cycle: usize) {
    let begin = Instant::now();
    let sounds = || {
        output.captured()[since..]
            .iter()
            .any(|sample| sample.abs() > 0.01)
    };
    while !sounds() {
        assert!(
            begin.elapsed() < Duration::from_secs(20),
            "life {cycle} is not heard"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn only_the_last_is_there(life: &Life, dead: &[(Stream, Stream)]) {
    let status = life.isolate.ask("runtime_status", json!({}));
    assert_eq!(status["subscriptions"], 2);
    let clients = status["clients"].as_array().unwrap();
    assert_eq!(clients.len(), 1, "{clients:#?}");
    assert_eq!(clients[0]["client"], life.client);
    for (events, runtime) in dead {
        // What was being posted, and the end of the stream.
        assert!(
            events.refused() <= 3,
            "{} events to a dead port",
            events.refused()
        );
        assert!(
            runtime.refused() <= 3,
            "{} events to a dead port",
            runtime.refused()
        );
    }
    let metrics = life.isolate.ask("runtime_metrics", json!({}));
    let value = |name: &str| {
        let metric = metrics
            .as_array()
            .unwrap()
            .iter()
            .find(|metric| metric["name"] == name);
        metric.unwrap()["value"].as_f64().unwrap()
    };
    assert_eq!(
        value("runtime_host_inits_total"),
        1.0,
        "all of them had the same runtime"
    );
    assert_eq!(value("player_clients_active"), 1.0);
    assert_eq!(value("playback_underruns_total"), 0.0);
}
