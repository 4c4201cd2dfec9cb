//! The verdict: what was found, in numbers, and a check for each thing that must hold.

use std::fmt;

use serde::Serialize;
use utter::host::RuntimeHost;

use super::SETTLING;
use super::census::Census;
use super::exchange::Exchanged;
use super::findings::Findings;
use super::growth::Growth;
#[cfg(target_os = "linux")]
use super::killed_host::KilledHost;
use super::ledger::Seen;
use super::memory::Memory;
use crate::arguments::{Damage, StressOptions};
use crate::failure::Failure;

/// Names that are shown of a list.
const SHOWN: usize = 3;

/// What came of it. This is what `--json` shows.
#[derive(Debug, Serialize)]
pub struct Verdict {
    /// Whether no check has failed.
    good: bool,
    /// Cycles that were judged, and those before them.
    cycles: usize,
    settling: u32,
    /// What was asked for.
    seconds: f64,
    seed: u64,
    inject: Option<Damage>,
    /// Runtimes that were started.
    runtimes: u64,
    clients: Clients,
    growth: Grown,
    memory: Option<Memory>,
    events: Seen,
    frames: Frames,
    plugins: Plugins,
    /// Of the plugin that was exchanged, if there was one.
    exchanged: Option<Exchanged>,
    /// Of a program that was killed while it spoke through it.
    #[cfg(target_os = "linux")]
    killed_host: Option<KilledHost>,
    /// Cycles in which nothing was heard.
    mute: u64,
    /// Whether an utterance was heard to its end after all of it.
    speaks: bool,
    checks: Vec<Check>,
}

#[derive(Debug, Serialize)]
struct Clients {
    /// Those that are attached in the end, though all are gone.
    attached: Vec<String>,
    evicted: u64,
    /// How long it took until all that a cycle left were gone, at most, in seconds.
    slowest_to_go: f64,
    /// Calls of those that were gone which were not refused.
    obeyed: u64,
}

/// `None` is what this system does not tell.
#[derive(Debug, Serialize)]
struct Grown {
    threads: Option<Growth>,
    file_descriptors: Option<Growth>,
    child_processes: Option<Growth>,
    shared_memory: Option<Growth>,
}

#[derive(Debug, Serialize)]
struct Frames {
    produced: u64,
    rendered: u64,
    discarded: u64,
    queued: u64,
    underruns: u64,
}

#[derive(Debug, Serialize)]
struct Plugins {
    asio_sidecar_spawns_total: u64,
    asio_sidecar_running: u64,
    plugin_generations_draining: u64,
}

/// Something that must hold.
#[derive(Debug, Serialize)]
struct Check {
    what: &'static str,
    /// `None` if it could not be judged.
    good: Option<bool>,
    found: String,
}

impl Verdict {
    /// Judges what was found.
    pub fn of(
        host: &RuntimeHost,
        options: &StressOptions,
        findings: &Findings,
        speaks: bool,
    ) -> Result<Self, Failure> {
        let (status, metrics) = (host.status()?, host.metrics()?);
        let attached = status.clients.into_iter();
        let attached = attached.map(|client| format!("{} (client {})", client.name, client.id));
        let grown = |count: fn(&Census) -> Option<u64>| Growth::of(&all(&findings.taken, count)?);
        let mut verdict = Self {
            good: false,
            cycles: findings.taken.len(),
            settling: SETTLING,
            seconds: options.seconds,
            seed: options.seed,
            inject: options.inject,
            runtimes: metrics.runtime_host_inits_total,
            clients: Clients {
                attached: attached.collect(),
                evicted: metrics.player_clients_evicted_total,
                slowest_to_go: findings.slowest.as_secs_f64(),
                obeyed: findings.obeyed,
            },
            growth: Grown {
                threads: grown(|census| census.threads),
                file_descriptors: grown(|census| census.file_descriptors),
                child_processes: grown(|census| census.child_processes),
                shared_memory: grown(|census| census.shared_memory),
            },
            memory: all(&findings.taken, |census| census.resident_kib).and_then(Memory::of),
            events: findings.seen.clone(),
            frames: Frames {
                produced: status.counters.produced,
                rendered: status.counters.rendered,
                discarded: status.counters.discarded,
                queued: status.counters.queued,
                underruns: status.counters.underruns,
            },
            plugins: Plugins {
                asio_sidecar_spawns_total: metrics.asio_sidecar_spawns_total,
                asio_sidecar_running: metrics.asio_sidecar_running,
                plugin_generations_draining: metrics.plugin_generations_draining,
            },
            exchanged: findings.exchanged.clone(),
            #[cfg(target_os = "linux")]
            killed_host: findings.killed_host.clone(),
            mute: findings.mute,
            speaks,
            checks: Vec::new(),
        };
        verdict.checks = verdict.checks(&findings.staying);
        verdict.good = verdict.checks.iter().all(|check| check.good != Some(false));
        Ok(verdict)
    }

    /// Whether no check has failed.
    pub fn is_good(&self) -> bool {
        self.good
    }

    fn checks(&self, staying: &[String]) -> Vec<Check> {
        let (growth, seen, frames) = (&self.growth, &self.events, &self.frames);
        let accounted = frames.rendered + frames.discarded + frames.queued;
        let mut checks = vec![
            Check::new(
                "one runtime",
                self.runtimes == 1,
                format!("{} started", self.runtimes),
            ),
            self.clients.are_gone(staying),
            Check::new(
                "the gone are refused",
                self.clients.obeyed == 0,
                format!("{} of their calls obeyed", self.clients.obeyed),
            ),
            Check::growth("threads", growth.threads),
            Check::growth("file descriptors", growth.file_descriptors),
            Check::growth("child processes", growth.child_processes),
            Check::growth("shared memory", growth.shared_memory),
            Check::memory(self.memory.as_ref()),
            Check::new("events came once", seen.each_came_once(), seen.events_told()),
            Check::new(
                "utterances ended once",
                seen.each_ended_once(),
                seen.utterances_told(),
            ),
            Check::new(
                "frames are accounted for",
                frames.produced == accounted,
                format!(
                    "{} produced; {} rendered, {} discarded, {} queued",
                    frames.produced, frames.rendered, frames.discarded, frames.queued
                ),
            ),
        ];
        match &self.exchanged {
            Some(exchanged) => checks.extend(exchanged.checks()),
            None => checks.push(self.plugins.check()),
        }
        #[cfg(target_os = "linux")]
        if self.exchanged.is_some() {
            checks.push(KilledHost::check(self.killed_host.as_ref()));
        }
        checks.push(self.speech());
        checks
    }

    fn speech(&self) -> Check {
        let found = match (self.mute, self.speaks) {
            (0, true) => "heard in every cycle, and to its end after the last".into(),
            (0, false) => "not heard to its end after the last cycle".into(),
            (mute, _) => format!("nothing heard in {mute} cycles"),
        };
        Check::new("speech still works", self.mute == 0 && self.speaks, found)
    }
}

/// What each census has counted; `None` if one of them could not.
fn all(taken: &[Census], count: fn(&Census) -> Option<u64>) -> Option<Vec<u64>> {
    taken.iter().map(count).collect()
}

impl Clients {
    fn are_gone(&self, staying: &[String]) -> Check {
        let found = match (&*self.attached, staying) {
            ([], []) => format!("the slowest took {:.1} s", self.slowest_to_go),
            ([], stayed) => format!("too late: {}", list(stayed)),
            (attached, _) => format!("{} still attached: {}", attached.len(), list(attached)),
        };
        Check::new(
            "clients are gone",
            self.attached.is_empty() && staying.is_empty(),
            found,
        )
    }
}

fn list(names: &[String]) -> String {
    let mut shown = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        shown.push_str(", …");
    }
    shown
}

impl Plugins {
    fn check(&self) -> Check {
        let Self {
            asio_sidecar_spawns_total: spawned,
            asio_sidecar_running: running,
            plugin_generations_draining: draining,
        } = self;
        Check::new(
            "no plugin is left",
            spawned + running + draining == 0,
            format!("{spawned} sidecars started, {running} running; {draining} generations draining"),
        )
    }
}

impl Exchanged {
    fn checks(&self) -> Vec<Check> {
        let done = format!(
            "{} changes, {} killed, {} stopped; heard through it in {} cycles",
            self.changes, self.kills, self.stops, self.cycles_heard
        );
        vec![
            Check::new("the plugin was used", self.cycles_heard > 0, done),
            Check::new(
                "one sidecar for a route",
                self.most_processes <= 1,
                format!("{} at most", self.most_processes),
            ),
            Check::new(
                "one ring for a route",
                self.most_rings <= 1,
                format!("{} at most", self.most_rings),
            ),
            Check::new(
                "generations drain",
                self.unsettled == 0 && self.draining == 0,
                format!(
                    "the slowest took {:.1} s; {} did not; {} drain in the end",
                    self.slowest_to_settle, self.unsettled, self.draining
                ),
            ),
            Check::new(
                "no plugin is left",
                self.left + self.quarantined == 0,
                format!(
                    "{} processes and rings, {} that hang",
                    self.left, self.quarantined
                ),
            ),
        ]
    }
}

#[cfg(target_os = "linux")]
impl KilledHost {
    fn check(found: Option<&Self>) -> Check {
        let what = "a killed host is swept";
        let Some(found) = found else {
            return Check::new(what, false, "it never came to speak");
        };
        Check::new(
            what,
            found.is_good(),
            format!(
                "{} processes ended with it in {:.2} s, {} did not; {} directories swept, {} left",
                found.processes, found.outlived, found.survivors, found.swept, found.left
            ),
        )
    }
}

impl Check {
    fn new(what: &'static str, good: bool, found: impl Into<String>) -> Self {
        Self {
            what,
            good: Some(good),
            found: found.into(),
        }
    }

    fn unknown(what: &'static str) -> Self {
        Self {
            what,
            good: None,
            found: "not measured here".into(),
        }
    }

    fn growth(what: &'static str, growth: Option<Growth>) -> Self {
        match growth {
            Some(growth) => Self::new(what, growth.is_none(), growth.to_string()),
            None => Self::unknown(what),
        }
    }

    fn memory(memory: Option<&Memory>) -> Self {
        match memory {
            Some(memory) => Self::new("memory", memory.is_flat(), memory.to_string()),
            None => Self::unknown("memory"),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.checks {
            let mark = match check.good {
                Some(true) => "pass",
                Some(false) => "FAIL",
                None => "-   ",
            };
            writeln!(formatter, "{mark}  {:<24}  {}", check.what, check.found)?;
        }
        let failed = self
            .checks
            .iter()
            .filter(|check| check.good == Some(false))
            .count();
        match failed {
            0 => writeln!(formatter, "{} restarts: all is well", self.cycles),
            1 => writeln!(formatter, "{} restarts: 1 check FAILED", self.cycles),
            failed => writeln!(formatter, "{} restarts: {failed} checks FAILED", self.cycles),
        }
    }
}
