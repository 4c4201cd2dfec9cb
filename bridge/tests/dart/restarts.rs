//! Hot restarts: an isolate dies without a word while it speaks, another begins, and its finalizers run when they like.

use crate::isolate::{Finalizers, Isolate, Stream};
use crate::timed_output::{Device, TimedOutput, samples_path, with_device};
use procfs::process::Process;
use serde_json::{Value, json};
use std::ops::Range;
use std::time::{Duration, Instant};

const RESTARTS: usize = 50;

/// From here on nothing may grow: what is loaded, opened and started once is there.
const SETTLED: usize = 10;

/// Resident memory may differ by this after all of them. The audio of a life is a megabyte at the device's rate; that of forty of
/// which nothing is freed is five times as much.
const MEMORY: u64 = 8 << 20;

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

impl Census {
    fn is_no_more_than(&self, settled: &Self) {
        assert!(self.threads <= settled.threads, "{settled:?}, then {self:?}");
        assert!(self.files <= settled.files, "{settled:?}, then {self:?}");
        assert!(
            self.resident <= settled.resident + MEMORY,
            "{settled:?}, then {self:?}"
        );
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

    /// Until its third word is heard, and every event came once.
    fn speaks(&self, cycle: usize) {
        let text = format!(
            "This is life number {cycle}. It goes on for a while, and then it is cut off without a word."
        );
        let number = self.isolate.speak(&self.client, &text, json!({}));
        let told: Vec<Value> = (0..3).flat_map(|_| self.events.until("Word")).collect();
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
    let test = "restarts::fifty_hot_restarts_while_speaking_leave_nothing_behind";
    with_device(test, device, |output| {
        let mut past = Past::default();
        let mut life = Life::begin(0);
        for cycle in 1..=SETTLED {
            life = past.restart(life, cycle, output);
        }
        let settled = Census::take(None);
        for cycle in SETTLED + 1..=RESTARTS {
            life = past.restart(life, cycle, output);
        }
        let at_the_end = Census::take(Some(&settled));
        println!("settled: {settled:?}; after {RESTARTS} restarts: {at_the_end:?}");
        at_the_end.is_no_more_than(&settled);
        only_the_last_is_there(&life, &past.streams);
        every_life_is_heard(output, &past.lives);
    });
}

/// What those that are dead have left.
#[derive(Default)]
struct Past {
    finalizers: Vec<Finalizers>,
    streams: Vec<(Stream, Stream)>,
    /// What the device played while each began and spoke, in bytes.
    lives: Vec<Range<usize>>,
}

impl Past {
    /// One dies and another begins. Every fifth is announced; finalizers run at once, or up to three lives later.
    fn restart(&mut self, life: Life, cycle: usize, output: &TimedOutput) -> Life {
        if cycle.is_multiple_of(5) {
            life.isolate.ask("runtime_prepare_hot_restart", json!({}));
        }
        let begin = played(output);
        let (finalizers, events, runtime) = life.die();
        self.streams.push((events, runtime));
        self.finalizers.push(finalizers);
        let life = Life::begin(cycle);
        self.lives.push(begin..played(output));
        while self.finalizers.len() > cycle % 4 {
            self.finalizers.remove(0).run();
        }
        life
    }
}

/// The bytes that the device has played; not what they are, since the memory of this process is looked at.
fn played(output: &TimedOutput) -> usize {
    let file = std::fs::metadata(samples_path(output.directory(), 0));
    file.map_or(0, |file| file.len() as usize)
}

/// From the end of one life to the third word of the next there are two words, and not only the fade of what was cut off.
fn every_life_is_heard(output: &TimedOutput, lives: &[Range<usize>]) {
    let captured = output.captured();
    for (cycle, life) in lives.iter().enumerate() {
        let life = &captured[life.start / size_of::<f32>()..life.end / size_of::<f32>()];
        let sounding = life.iter().filter(|sample| sample.abs() > 0.01).count();
        // 50 ms of both channels; the longest fade takes 8.
        assert!(
            sounding > 4_800,
            "life {} is heard in {sounding} samples",
            cycle + 1
        );
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
