//! What is counted, and how it reaches whoever collects it.
//!
//! Everything goes through the `metrics` facade, so a program chooses its own recorder, or none; there it is counted for the
//! process. The runtime's status has the numbers of that runtime. Counters that live elsewhere (those of playback) are brought
//! here when the host's thread comes by, and whenever the status is asked for.

use super::session::Departure;
use crate::playback::Counters;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use parking_lot::Mutex;
use serde::Serialize;
use std::time::Duration;
use utter_plugin::Holdings;

/// The numbers of a runtime, of this moment. Each is a metric of the same name, but for the seconds, which are sums of
/// histograms there. Those that end in `total` only grow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct MetricsSnapshot {
    /// Runtimes that were started in this process.
    pub runtime_host_inits_total: u64,
    /// Clients that are attached.
    pub player_clients_active: u64,
    /// Clients that were evicted: their lease ran out, or nobody followed their events any more.
    pub player_clients_evicted_total: u64,
    /// Utterances and clips that were heard to their end.
    pub utterances_finished_total: u64,
    /// Those that were stopped, skipped or replaced.
    pub utterances_stopped_total: u64,
    /// Those that failed.
    pub utterances_failed_total: u64,
    /// Chunks that were synthesised.
    pub synthesis_chunks_total: u64,
    /// Seconds of audio that were synthesised.
    pub synthesis_audio_seconds_total: f64,
    /// Seconds that this took.
    pub synthesis_busy_seconds_total: f64,
    /// Frames that were given to the ring.
    pub playback_frames_produced_total: u64,
    /// Frames that the device was given.
    pub playback_frames_rendered_total: u64,
    /// Frames that were discarded by stops, skips and seeks.
    pub playback_frames_discarded_total: u64,
    /// Times that frames came too late.
    pub playback_underruns_total: u64,
    /// Times that the device was not served in time.
    pub playback_xruns_total: u64,
    /// Outputs that were lost.
    pub output_losses_total: u64,
    /// Processes for isolated outputs that were started.
    pub asio_sidecar_spawns_total: u64,
    /// Such processes that run.
    pub asio_sidecar_running: u64,
    /// Generations of plugins that wait for their last instance to be closed.
    pub plugin_generations_draining: u64,
    /// Instances of plugins that do not close, and other calls of them that hang.
    pub plugin_instances_quarantined: u64,
}

/// The numbers, kept.
pub(super) struct Metrics(Mutex<MetricsSnapshot>);

impl Metrics {
    /// Nothing is counted yet, but that this is the `inits`th runtime.
    pub(super) fn new(inits: u64) -> Self {
        describe();
        register();
        counter!("runtime_host_inits_total").absolute(inits);
        gauge!("player_clients_active").set(0.0);
        Self(Mutex::new(MetricsSnapshot {
            runtime_host_inits_total: inits,
            ..MetricsSnapshot::default()
        }))
    }

    pub(super) fn snapshot(&self) -> MetricsSnapshot {
        *self.0.lock()
    }

    pub(super) fn clients(&self, active: usize) {
        self.0.lock().player_clients_active = active as u64;
        gauge!("player_clients_active").set(active as f64);
    }

    pub(super) fn departed(&self, departure: Departure) {
        if matches!(departure, Departure::LeaseExpired | Departure::EventsAbandoned) {
            self.0.lock().player_clients_evicted_total += 1;
            counter!("player_clients_evicted_total").increment(1);
        }
    }

    pub(super) fn finished(&self) {
        self.0.lock().utterances_finished_total += 1;
        counter!("utterances_finished_total").increment(1);
    }

    pub(super) fn stopped(&self) {
        self.0.lock().utterances_stopped_total += 1;
        counter!("utterances_stopped_total").increment(1);
    }

    pub(super) fn failed(&self) {
        self.0.lock().utterances_failed_total += 1;
        counter!("utterances_failed_total").increment(1);
    }

    /// A chunk was synthesised: so much audio, in so much time.
    pub(super) fn synthesised(&self, audio: Duration, took: Duration) {
        let mut numbers = self.0.lock();
        numbers.synthesis_chunks_total += 1;
        numbers.synthesis_audio_seconds_total += audio.as_secs_f64();
        numbers.synthesis_busy_seconds_total += took.as_secs_f64();
        drop(numbers);
        counter!("synthesis_chunks_total").increment(1);
        histogram!("synthesis_audio_seconds").record(audio.as_secs_f64());
        histogram!("synthesis_busy_seconds").record(took.as_secs_f64());
    }

    /// The first frames of an utterance were there, so long after it was asked for.
    pub(super) fn first_audio(&self, after: Duration) {
        histogram!("first_audio_seconds").record(after.as_secs_f64());
    }

    /// What playback has counted. The process may have had other players before, so what is told is what came to it.
    pub(super) fn played(&self, counters: &Counters) {
        let came = {
            let mut numbers = self.0.lock();
            let came = |kept: &mut u64, now: u64| {
                let more = now.saturating_sub(*kept);
                *kept += more;
                more
            };
            [
                came(&mut numbers.playback_frames_produced_total, counters.produced),
                came(&mut numbers.playback_frames_rendered_total, counters.rendered),
                came(&mut numbers.playback_frames_discarded_total, counters.discarded),
                came(&mut numbers.playback_underruns_total, counters.underruns),
                came(&mut numbers.playback_xruns_total, counters.xruns),
                came(&mut numbers.output_losses_total, counters.losses),
            ]
        };
        for (name, more) in OF_PLAYBACK.into_iter().zip(came) {
            counter!(name).increment(more);
        }
    }

    /// What plugins hold outside, and how many generations drain, and instances hang.
    pub(super) fn plugins(&self, holdings: Holdings, (draining, stuck): (usize, usize)) {
        let started = {
            let mut numbers = self.0.lock();
            let more = holdings
                .processes_started
                .saturating_sub(numbers.asio_sidecar_spawns_total);
            numbers.asio_sidecar_spawns_total += more;
            numbers.asio_sidecar_running = holdings.processes.into();
            numbers.plugin_generations_draining = draining as u64;
            numbers.plugin_instances_quarantined = stuck as u64;
            more
        };
        counter!("asio_sidecar_spawns_total").increment(started);
        gauge!("asio_sidecar_running").set(f64::from(holdings.processes));
        gauge!("plugin_generations_draining").set(draining as f64);
        gauge!("plugin_instances_quarantined").set(stuck as f64);
    }
}

/// The counters that playback keeps, in the order in which they are brought here.
const OF_PLAYBACK: [&str; 6] = [
    "playback_frames_produced_total",
    "playback_frames_rendered_total",
    "playback_frames_discarded_total",
    "playback_underruns_total",
    "playback_xruns_total",
    "output_losses_total",
];

/// Counters of everything else.
const COUNTERS: [&str; 6] = [
    "player_clients_evicted_total",
    "utterances_finished_total",
    "utterances_stopped_total",
    "utterances_failed_total",
    "synthesis_chunks_total",
    "asio_sidecar_spawns_total",
];

const GAUGES: [&str; 3] = [
    "asio_sidecar_running",
    "plugin_generations_draining",
    "plugin_instances_quarantined",
];

/// Has the recorder know all of them, so that one that was never counted is 0 and not missing.
fn register() {
    for name in COUNTERS.into_iter().chain(OF_PLAYBACK) {
        counter!(name).increment(0);
    }
    for name in GAUGES {
        gauge!(name).set(0.0);
    }
}

/// Says what each metric is.
fn describe() {
    describe_counter!(
        "runtime_host_inits_total",
        "Runtimes that were started in this process."
    );
    describe_gauge!("player_clients_active", "Clients that are attached.");
    describe_counter!("player_clients_evicted_total", "Clients that were evicted.");
    describe_counter!(
        "utterances_finished_total",
        "Utterances and clips that were heard to their end."
    );
    describe_counter!(
        "utterances_stopped_total",
        "Utterances and clips that were stopped, skipped or replaced."
    );
    describe_counter!("utterances_failed_total", "Utterances and clips that failed.");
    describe_counter!("synthesis_chunks_total", "Chunks that were synthesised.");
    describe_histogram!(
        "synthesis_audio_seconds",
        Unit::Seconds,
        "How much audio a chunk is."
    );
    describe_histogram!(
        "synthesis_busy_seconds",
        Unit::Seconds,
        "How long the synthesis of a chunk took."
    );
    describe_histogram!(
        "first_audio_seconds",
        Unit::Seconds,
        "From when an utterance was asked for until its first frames were there."
    );
    describe_counter!(
        "playback_frames_produced_total",
        "Frames that were given to the ring."
    );
    describe_counter!(
        "playback_frames_rendered_total",
        "Frames that the device was given."
    );
    describe_counter!(
        "playback_frames_discarded_total",
        "Frames that were discarded by stops, skips and seeks."
    );
    describe_counter!("playback_underruns_total", "Times that frames came too late.");
    describe_counter!(
        "playback_xruns_total",
        "Times that the device was not served in time."
    );
    describe_counter!("output_losses_total", "Outputs that were lost.");
    describe_counter!(
        "asio_sidecar_spawns_total",
        "Processes for isolated outputs that were started."
    );
    describe_gauge!("asio_sidecar_running", "Processes for isolated outputs that run.");
    describe_gauge!(
        "plugin_generations_draining",
        "Generations of plugins that wait to be unloaded."
    );
    describe_gauge!(
        "plugin_instances_quarantined",
        "What hangs in plugins and was left behind."
    );
}
