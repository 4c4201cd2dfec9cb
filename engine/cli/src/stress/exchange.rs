//! A plugin that is spoken through while it is exchanged, and while what it has started is killed.
//!
//! It is installed in a directory of the run's own. In every cycle, while something is heard, one thing is done to it at random:
//! it is loaded anew, removed and installed again, disabled and enabled again, or a process that it has started is killed or
//! stopped. Before the cycle is judged it must have settled: one process for the one route, one ring, and no generation that
//! drains.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use serde::Serialize;
use tempfile::TempDir;
use utter::host::RuntimeHost;
use utter::playback::output::{NullOutput, OutputBackend, OutputId, OutputRouter};
use utter::plugin::{Catalogue, PluginError, PluginOutput, Plugins, Request};

use super::processes;
use crate::arguments::{Damage, StressOptions};
use crate::failure::{Failure, Kind};

/// How long the plugin may take to settle: an output that hangs is found out in half a second, and what hung is ended in two.
const SETTLES_WITHIN: Duration = Duration::from_secs(10);

/// How long, once it did not: what is wrong is known, and need not be waited for as long again.
const SETTLES_AGAIN_WITHIN: Duration = Duration::from_secs(2);

/// How long it may take until what was held by the output is gone, once that is closed.
const CLOSES_WITHIN: Duration = Duration::from_secs(5);

/// A plugin that is exchanged.
pub struct Exchange {
    root: TempDir,
    package: PathBuf,
    id: String,
    route: OutputId,
    damage: Option<Damage>,
    /// Its own, so that the same is done in the same cycle whatever else takes how long.
    random: Pcg64Mcg,
    /// What the damage holds on to.
    held: Vec<PluginOutput>,
    /// Since when it has not settled.
    unsettled: Option<Instant>,
    pub found: Exchanged,
}

/// What was done, and what was found.
#[derive(Debug, Default, Clone, Serialize)]
pub struct Exchanged {
    /// Times that it was loaded anew, removed and installed, disabled and enabled.
    pub changes: u64,
    /// Processes of it that were killed, and stopped.
    pub kills: u64,
    pub stops: u64,
    /// Cycles in which it was heard through its output.
    pub cycles_heard: u64,
    /// Of its processes and rings, the most that there were in a cycle that had settled.
    pub most_processes: u64,
    pub most_rings: u64,
    /// How long it took to settle, at most, in seconds.
    pub slowest_to_settle: f64,
    /// Cycles in which it did not.
    pub unsettled: u64,
    /// Generations that drain in the end, and instances that hang.
    pub draining: u64,
    pub quarantined: u64,
    /// Processes and rings that are left when the output is closed.
    pub left: u64,
}

impl Exchange {
    /// Installs a package, and finds the output to speak through: the one that was typed, or the first.
    pub fn prepare(package: &Path, options: &StressOptions) -> Result<Self, Failure> {
        let root = TempDir::with_prefix("utter-stress-").map_err(|error| {
            Failure::new(
                Kind::Failed,
                format!("no temporary directory: {error}"),
                "make room on the disk",
            )
        })?;
        let plugins = Plugins::new(Catalogue::open(root.path()));
        let chosen = choose(&plugins, package, options.output.as_deref());
        plugins.close(CLOSES_WITHIN);
        let (id, route) = chosen?;
        Ok(Self {
            root,
            package: package.to_owned(),
            id,
            route,
            damage: options.inject.filter(|damage| damage.is_of_plugins()),
            random: Pcg64Mcg::seed_from_u64(options.seed),
            held: Vec::new(),
            unsettled: None,
            found: Exchanged::default(),
        })
    }

    /// Where it is installed.
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// The output to speak through.
    pub fn route(&self) -> &OutputId {
        &self.route
    }

    /// Does something to it, at random, and the damage of a cycle if there is one.
    pub fn act(&mut self, host: &RuntimeHost) -> Result<(), Failure> {
        let plugins = host.plugins()?;
        let output = host.status()?.state.output;
        let is_heard = output.is_some_and(|output| output.config.id == self.route);
        self.found.cycles_heard += u64::from(is_heard);
        self.unsettled = Some(Instant::now());
        self.injure(&plugins);
        match self.random.random_range(0..100) {
            0..30 => {
                plugins.reload(&self.id).map_err(utter::host::Error::from)?;
                self.found.changes += 1;
            }
            30..50 => {
                plugins.uninstall(&self.id).map_err(utter::host::Error::from)?;
                plugins.install(&self.package).map_err(utter::host::Error::from)?;
                self.found.changes += 1;
            }
            50..60 => {
                plugins.disable(&self.id).map_err(utter::host::Error::from)?;
                plugins.enable(&self.id).map_err(utter::host::Error::from)?;
                self.found.changes += 1;
            }
            60..80 => self.found.kills += processes::kill_one_child(),
            80..90 => self.found.stops += processes::stop_one_child(),
            _ => {}
        }
        Ok(())
    }

    /// Looks whether it has settled, or had long enough for that.
    pub fn look(&mut self, host: &RuntimeHost) -> Result<bool, Failure> {
        let Some(since) = self.unsettled else {
            return Ok(true);
        };
        let held = host.plugins()?.holdings();
        let (draining, _) = host.plugins()?.draining();
        let has_settled = draining == 0 && held.processes <= 1 && held.rings <= 1;
        let patience = match self.found.unsettled {
            0 => SETTLES_WITHIN,
            _ => SETTLES_AGAIN_WITHIN,
        };
        if !has_settled && since.elapsed() < patience {
            return Ok(false);
        }
        self.unsettled = None;
        self.found.unsettled += u64::from(!has_settled);
        self.found.slowest_to_settle = self.found.slowest_to_settle.max(since.elapsed().as_secs_f64());
        self.found.most_processes = self.found.most_processes.max(held.processes.into());
        self.found.most_rings = self.found.most_rings.max(held.rings.into());
        Ok(true)
    }

    /// Closes the output, when nothing is to be heard any more, and counts what is left.
    pub fn end(&mut self, host: &RuntimeHost) -> Result<(), Failure> {
        let plugins = host.plugins()?;
        let since = Instant::now();
        loop {
            host.release_output()?;
            let (held, (draining, quarantined)) = (plugins.holdings(), plugins.draining());
            let left = u64::from(held.processes) + u64::from(held.rings);
            if left + draining as u64 + quarantined as u64 == 0 || since.elapsed() > CLOSES_WITHIN {
                self.found.left = left;
                (self.found.draining, self.found.quarantined) = (draining as u64, quarantined as u64);
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Holds on to an instance, as far as the damage goes: it is there, it has a process, it has a ring.
    fn injure(&mut self, plugins: &Plugins) {
        let target = self
            .route
            .as_str()
            .split_once('/')
            .map_or("", |(_, target)| target);
        let Some(damage) = self.damage else { return };
        // In a cycle in which there is none, it is not damaged.
        let Ok(mut output) = plugins.create(&self.id, target) else {
            return;
        };
        let request = Request {
            rate: None,
            channels: None,
            period: Duration::from_millis(20),
        };
        if damage != Damage::StuckGeneration
            && let Ok(format) = output.negotiate(&request)
            && damage == Damage::LeakRing
        {
            let _ = output.open(&format);
        }
        self.held.push(output);
    }
}

/// Installs the package, and chooses an output of it.
fn choose(plugins: &Plugins, package: &Path, typed: Option<&str>) -> Result<(String, OutputId), Failure> {
    let failed = |error: PluginError| Failure::from(utter::host::Error::from(error));
    let id = plugins.install(package).map_err(failed)?.plugin.manifest.id;
    let router = OutputRouter::new(std::sync::Arc::new(NullOutput::default()), plugins.clone());
    if let Some(typed) = typed {
        let found = utter::playback::output::find_output(&router, typed)?;
        return Ok((id, found.id));
    }
    let outputs = router.outputs()?;
    let of_plugin = outputs
        .into_iter()
        .find(|output| output.id.as_str() != NullOutput::ID);
    match of_plugin {
        Some(output) => Ok((id, output.id)),
        None => Err(Failure::new(
            Kind::NoOutput,
            format!("the plugin {id} has no output here"),
            "connect a device, or start the sound server",
        )),
    }
}
