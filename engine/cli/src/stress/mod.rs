//! `utter stress`: hot restarts while speaking, again and again, through the public API.
//!
//! Every cycle finds the runtime as a fresh isolate would, attaches clients, has them speak, and leaves them in the middle
//! of it: by detaching, by vanishing without a word, or after announcing it. In the end nothing may have grown, every event
//! have come once, and speech must still work.

mod census;
mod cycle;
mod damage;
mod exchange;
mod findings;
mod growth;
#[cfg(target_os = "linux")]
mod killed_host;
mod ledger;
mod left;
mod memory;
mod processes;
mod route;
mod verdict;
mod witness;

use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use utter::host::{ClientOptions, Outputs, RuntimeConfig, RuntimeHost, Speak};
use utter::playback::output::OutputSelection;
use utter::plugin::Plugins;
use utter::speech::Outcome;

use crate::arguments::{Damage, StressOptions};
use crate::failure::{Failure, Kind};
use crate::interrupt::Interrupt;
use crate::progress::{bar, spinner};
use crate::table::{show_json, write};
use crate::voice;
use cycle::Cycle;
use damage::Injected;
use exchange::Exchange;
use findings::{Departing, Findings};
use left::Left;
use verdict::Verdict;

/// A client that vanishes is gone after both. Short, since every third cycle waits for it; and longer than a busy machine
/// may keep a thread that calls from doing so.
const LEASE: Duration = Duration::from_millis(1_500);
const GRACE: Duration = Duration::from_secs(1);

/// Cycles before those that are judged, one with each end: the dictionary is loaded in them, and buffers grow to what they
/// need.
const SETTLING: u32 = 3;

/// How long the last utterance may take, and the last clients to go.
const PATIENCE: Duration = Duration::from_secs(30);

pub fn run(
    artifacts: Option<&Path>,
    plugins: Option<&Plugins>,
    options: &StressOptions,
) -> Result<ExitCode, Failure> {
    voice::find(artifacts)?;
    let mut exchange = exchange(options)?;
    let (outputs, route) = match &exchange {
        Some(exchange) => (Outputs::Null, OutputSelection::Id(exchange.route().clone())),
        None => route::of(plugins, options.output.as_deref())?,
    };
    let installed = plugins.map(Plugins::root);
    let root = exchange
        .as_ref()
        .map_or(installed, |exchange| Some(exchange.root()));
    let config = RuntimeConfig {
        artifacts: artifacts.map(Path::to_owned),
        threads: options.threads.threads,
        outputs,
        route,
        plugins: root.map(Path::to_owned),
        lease: LEASE,
        grace: GRACE,
        ..RuntimeConfig::default()
    };
    let interrupt = Interrupt::catch();
    let host = RuntimeHost::init(config.clone())?;
    let verdict = stress(&host, &config, options, exchange.as_mut(), &interrupt);
    // Whatever came of it, nothing is in the middle of a kernel when the process ends.
    host.shutdown();
    let Some(verdict) = verdict? else {
        return Ok(Kind::Interrupted.into());
    };
    match options.json {
        true => show_json(&verdict)?,
        false => write(&verdict.to_string())?,
    }
    Ok(match verdict.is_good() {
        true => ExitCode::SUCCESS,
        false => Kind::Failed.into(),
    })
}

/// The plugin that is exchanged, if there is one.
fn exchange(options: &StressOptions) -> Result<Option<Exchange>, Failure> {
    let needs_plugin = options.inject.is_some_and(Damage::is_of_plugins);
    match &options.plugin {
        Some(package) => Exchange::prepare(package, options).map(Some),
        None if needs_plugin => Err(Failure::new(
            Kind::Usage,
            "this damage is done to a plugin, and there is none",
            "say which with --plugin PACKAGE",
        )),
        None => Ok(None),
    }
}

/// Runs all cycles. `None` if it was interrupted.
fn stress(
    host: &RuntimeHost,
    config: &RuntimeConfig,
    options: &StressOptions,
    mut exchange: Option<&mut Exchange>,
    interrupt: &Interrupt,
) -> Result<Option<Verdict>, Failure> {
    if !warm_up(host, interrupt)? {
        return Ok(None);
    }
    let mut random = Pcg64Mcg::seed_from_u64(options.seed);
    let mut injected = Injected::new(options.inject);
    let mut findings = Findings::default();
    let mut left = Left::default();
    let all = options.cycles + SETTLING;
    let shown = bar(u64::from(all), "Restarting");
    for number in 0..all {
        let cycle = Cycle {
            number,
            is_judged: number >= SETTLING,
            config,
            lasts: Duration::from_secs_f64(options.seconds * random.random_range(0.5..1.5)),
            interrupt,
        };
        left = cycle.run(
            left,
            &mut random,
            &mut injected,
            exchange.as_deref_mut(),
            &mut findings,
        )?;
        if interrupt.came() {
            return Ok(None);
        }
        if !findings.staying.is_empty() {
            break;
        }
        shown.inc(1);
    }
    shown.finish_and_clear();
    see_off(host, left, interrupt, &mut findings)?;
    let speaks = speaks(host, interrupt)?;
    if let Some(exchange) = exchange {
        exchange.end(host)?;
        #[cfg(target_os = "linux")]
        {
            findings.killed_host =
                killed_host::kill_a_host(exchange.root(), exchange.route(), config.artifacts.as_deref());
        }
        findings.exchanged = Some(exchange.found.clone());
    }
    if interrupt.came() {
        return Ok(None);
    }
    Verdict::of(host, options, &findings, speaks).map(Some)
}

/// Loads the voice; `false` if that was interrupted.
fn warm_up(host: &RuntimeHost, interrupt: &Interrupt) -> Result<bool, Failure> {
    let shown = spinner("Loading the voice");
    let request = host.warm_up()?;
    while !interrupt.came() {
        if let Some(loaded) = request.wait_within(Duration::from_millis(50)) {
            loaded.map_err(utter::host::Error::from)?;
            shown.finish_and_clear();
            return Ok(true);
        }
    }
    Ok(false)
}

/// Waits until what the last cycle has left is gone.
fn see_off(
    host: &RuntimeHost,
    left: Left,
    interrupt: &Interrupt,
    findings: &mut Findings,
) -> Result<(), Failure> {
    let leaving = left.finalize();
    while !interrupt.came() && findings.look(host, &leaving, PATIENCE)? == Departing::Going {
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// Whether speech works.
fn speaks(host: &RuntimeHost, interrupt: &Interrupt) -> Result<bool, Failure> {
    let client = host.attach(ClientOptions::named("last"))?;
    let spoken = client.speak(Speak::text("Still here."))?;
    let since = Instant::now();
    let outcome = loop {
        let outcome = spoken.wait_within(Duration::from_millis(50));
        if outcome.is_some() || interrupt.came() || since.elapsed() > PATIENCE {
            break outcome;
        }
        client.heartbeat()?;
    };
    client.detach();
    Ok(matches!(outcome, Some(Outcome::Finished)))
}
