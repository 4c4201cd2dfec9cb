//! The plugins of a process: what is installed, what of it is loaded, and what may be unloaded.
//!
//! Whatever changes something is a job of one thread, `utter-plugins`, which does one after the other in the order in which
//! they were asked for: so the last one decides. It begins with the first job and ends with [`Plugins::close`]. After every
//! change it brings what is loaded in line with the catalogue. Nobody else waits for it: instances are given from a table, and
//! what is listed is asked of the plugins themselves.
//!
//! A plugin is loaded when its outputs are first listed or one of them is first used. A library that could not be loaded is
//! tried again when the plugin is reloaded, enabled or installed.

use super::catalogue::Catalogue;
use super::error::PluginError;
use super::generation::{Generation, GenerationId, GenerationPhase, Told};
use super::instance::PluginOutput;
use super::library::Descriptor;
use super::load_error::LoadError;
use super::outlook::{PluginEvent, PluginState};
use super::registered::{Installed, Listed, Registered, Uninstalled};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender, TrySendError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use utter_plugin::{Holdings, Target};

/// Jobs that can wait. One more is refused with [`PluginError::TooMany`].
const JOBS: usize = 64;

/// How often leftovers are looked at while there are some.
const SWEEPS_EVERY: Duration = Duration::from_secs(10);

/// Numbers of generations are never given again in a process, whoever loads them.
static GENERATIONS: AtomicU64 = AtomicU64::new(1);

/// The plugins of a process. Clones are the same.
#[derive(Clone)]
pub struct Plugins {
    shared: Arc<Shared>,
}

type Job = Box<dyn FnOnce(&Shared) + Send>;

struct Shared {
    catalogue: Catalogue,
    table: Mutex<Table>,
    listener: Mutex<Option<Listener>>,
    worker: Mutex<Worker>,
}

type Listener = Arc<dyn Fn(PluginEvent) + Send + Sync>;

#[derive(Default)]
struct Worker {
    jobs: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
    is_closed: bool,
}

/// What is loaded.
#[derive(Default)]
struct Table {
    active: BTreeMap<String, Loaded>,
    /// Why a plugin could not be loaded, until something of it changes.
    failed: BTreeMap<String, Arc<PluginError>>,
    /// Generations that give nothing any more, until they are unloaded.
    retired: Vec<Arc<Generation>>,
    /// Processes that were started by generations that are gone.
    started_before: u64,
}

#[derive(Clone)]
struct Loaded {
    generation: Arc<Generation>,
    /// Of the package that it was loaded from.
    digest: super::Digest,
}

impl Plugins {
    /// The plugins that are installed in a catalogue. Loads nothing and starts nothing.
    pub fn new(catalogue: Catalogue) -> Self {
        Self {
            shared: Arc::new(Shared {
                catalogue,
                table: Mutex::default(),
                listener: Mutex::default(),
                worker: Mutex::default(),
            }),
        }
    }

    /// Has `listener` hear what happens, on whatever thread that is. Before that, nobody does. It must not ask for a change, nor for
    /// targets or an instance: it may be told on the thread that would have to do that.
    pub fn set_listener(&self, listener: impl Fn(PluginEvent) + Send + Sync + 'static) {
        *self.shared.listener.lock() = Some(Arc::new(listener));
    }

    /// Where they are installed.
    pub fn root(&self) -> &Path {
        self.shared.catalogue.root()
    }

    /// Installs a plugin from a directory or an archive, over the one of the same id. One that was loaded gives way to the new
    /// one at once.
    ///
    /// # Errors
    ///
    /// What is wrong with the package; then nothing has changed.
    pub fn install(&self, source: &Path) -> Result<Installed, PluginError> {
        let source = source.to_owned();
        self.job(move |shared| {
            let installed = shared.catalogue.install(&source)?;
            let id = &installed.plugin.manifest.id;
            shared.align(id);
            shared.tell(PluginEvent::Installed {
                plugin: id.clone(),
                version: installed.plugin.manifest.version.to_string(),
            });
            Ok(installed)
        })
    }

    /// Has a plugin be used.
    ///
    /// # Errors
    ///
    /// That it is not installed, or cannot be changed.
    pub fn enable(&self, id: &str) -> Result<u64, PluginError> {
        self.set_enabled(id, true)
    }

    /// Has a plugin not be used. What plays through it is moved to another output.
    ///
    /// # Errors
    ///
    /// As [`Plugins::enable`].
    pub fn disable(&self, id: &str) -> Result<u64, PluginError> {
        self.set_enabled(id, false)
    }

    fn set_enabled(&self, id: &str, is_enabled: bool) -> Result<u64, PluginError> {
        let id = id.to_owned();
        self.job(move |shared| {
            let serial = match is_enabled {
                true => shared.catalogue.enable(&id)?,
                false => shared.catalogue.disable(&id)?,
            };
            shared.align(&id);
            shared.tell(match is_enabled {
                true => PluginEvent::Enabled { plugin: id },
                false => PluginEvent::Disabled { plugin: id },
            });
            Ok(serial)
        })
    }

    /// Loads a plugin anew: a new generation is active when this returns, the old one is unloaded when nothing of it is in use
    /// any more.
    ///
    /// # Errors
    ///
    /// That it is not installed, not enabled, or cannot be loaded; then the old one goes on.
    pub fn reload(&self, id: &str) -> Result<GenerationId, PluginError> {
        let id = id.to_owned();
        self.job(move |shared| {
            let registered = shared.catalogue.get(&id)?;
            if !registered.is_enabled {
                return Err(PluginError::Disabled { id });
            }
            let loaded = shared.load(&registered)?;
            let generation = loaded.generation.id;
            shared.activate(&id, Some(loaded));
            shared.tell(PluginEvent::Loaded {
                plugin: id,
                generation,
            });
            Ok(generation)
        })
    }

    /// Removes a plugin. What plays through it is moved to another output.
    ///
    /// # Errors
    ///
    /// That it is not installed, or cannot be changed.
    pub fn uninstall(&self, id: &str) -> Result<Uninstalled, PluginError> {
        let id = id.to_owned();
        self.job(move |shared| {
            let uninstalled = shared.catalogue.uninstall(&id)?;
            shared.align(&id);
            shared.tell(PluginEvent::Uninstalled { plugin: id });
            Ok(uninstalled)
        })
    }

    /// All plugins that are installed, and those that are still loaded.
    ///
    /// # Errors
    ///
    /// [`PluginError::Io`] when the directory cannot be read.
    pub fn list(&self) -> Result<Vec<PluginState>, PluginError> {
        let listed = self.shared.catalogue.list()?;
        let table = self.shared.table.lock();
        let state = |listed: Listed| {
            let generation = table.active.get(&listed.id).map(|loaded| &loaded.generation);
            let failed = table.failed.get(&listed.id);
            PluginState::new(listed, generation.map(AsRef::as_ref), failed.map(AsRef::as_ref))
        };
        Ok(listed.into_iter().map(state).collect())
    }

    /// The targets of all plugins that are enabled, with the ids of the plugins. One that fails is left out, with a warning.
    pub fn targets(&self) -> Vec<(String, Target)> {
        let Ok(listed) = self.shared.catalogue.list() else {
            return Vec::new();
        };
        let enabled = listed
            .into_iter()
            .filter(|listed| listed.plugin.as_ref().is_ok_and(|plugin| plugin.is_enabled));
        let targets = enabled.flat_map(|listed| {
            let targets = self.loaded(&listed.id).and_then(|generation| {
                let targets = generation.targets();
                targets.map_err(|error| PluginError::load(&listed.id, error))
            });
            let targets = targets.unwrap_or_else(|error| {
                tracing::warn!(plugin = listed.id, %error, "its outputs are not listed");
                Vec::new()
            });
            targets.into_iter().map(move |target| (listed.id.clone(), target))
        });
        targets.collect()
    }

    /// An instance of a plugin, for a target of it.
    ///
    /// # Errors
    ///
    /// That there is no such plugin, that it is disabled, or cannot be loaded, or refuses.
    pub fn create(&self, id: &str, target: &str) -> Result<PluginOutput, PluginError> {
        let mut attempts = 0;
        loop {
            let created = self.loaded(id)?.create(target);
            match created {
                // Another took its place in this moment.
                Err(LoadError::Draining) if attempts < 3 => attempts += 1,
                created => return created.map_err(|error| PluginError::load(id, error)),
            }
        }
    }

    /// The generation of a plugin that is active, loaded if none is.
    fn loaded(&self, id: &str) -> Result<Arc<Generation>, PluginError> {
        if let Some(loaded) = self.shared.table.lock().active.get(id) {
            return Ok(Arc::clone(&loaded.generation));
        }
        let id = id.to_owned();
        self.job(move |shared| shared.need(&id))
    }

    /// What all of them hold outside.
    pub fn holdings(&self) -> Holdings {
        let mut table = self.shared.table.lock();
        table.forget_unloaded();
        let generations: Vec<_> = table.generations().cloned().collect();
        let started_before = table.started_before;
        drop(table);
        let mut all = Holdings {
            processes_started: started_before,
            ..Holdings::default()
        };
        for held in generations.iter().map(Generation::holdings) {
            all.processes += held.processes;
            all.processes_started += held.processes_started;
            all.rings += held.rings;
        }
        all
    }

    /// Generations that wait for their last instance to be closed, and instances that do not close.
    pub fn draining(&self) -> (usize, usize) {
        let mut table = self.shared.table.lock();
        table.forget_unloaded();
        let draining = table
            .retired
            .iter()
            .filter(|generation| generation.phase() == GenerationPhase::Draining);
        let stuck = table.generations().map(|generation| generation.instances().1);
        (draining.count(), stuck.sum())
    }

    /// Gives nothing any more, unloads what is not in use, and waits until `patience` is over for what is. Whether everything is
    /// unloaded. Instances are to be closed before.
    pub fn close(&self, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        let thread = {
            let mut worker = self.shared.worker.lock();
            worker.is_closed = true;
            worker.jobs = None;
            worker.thread.take()
        };
        if let Some(thread) = thread
            && thread.thread().id() != thread::current().id()
            && thread.join().is_err()
        {
            tracing::error!("the thread of the plugins has panicked");
        }
        let ids: Vec<String> = self.shared.table.lock().active.keys().cloned().collect();
        ids.iter().for_each(|id| self.shared.activate(id, None));
        loop {
            let left = {
                let mut table = self.shared.table.lock();
                table.forget_unloaded();
                table.retired.len()
            };
            if left == 0 {
                return true;
            }
            if Instant::now() >= until {
                tracing::warn!(left, "generations of plugins are left behind");
                return false;
            }
            thread::sleep(LOOK);
        }
    }

    /// Does a job on the thread of the plugins, and waits for it.
    fn job<R: Send + 'static>(
        &self,
        job: impl FnOnce(&Shared) -> Result<R, PluginError> + Send + 'static,
    ) -> Result<R, PluginError> {
        let (sender, answer) = mpsc::sync_channel(1);
        let job: Job = Box::new(move |shared| {
            // Whoever asked may be gone.
            let _ = sender.send(job(shared));
        });
        match self.jobs()?.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => return Err(PluginError::TooMany),
            Err(TrySendError::Disconnected(_)) => return Err(PluginError::Closed),
        }
        answer.recv().map_err(|_| PluginError::Closed)?
    }

    /// The way to the thread, which is started if there is none.
    fn jobs(&self) -> Result<SyncSender<Job>, PluginError> {
        let mut worker = self.shared.worker.lock();
        if worker.is_closed {
            return Err(PluginError::Closed);
        }
        if let Some(jobs) = &worker.jobs {
            return Ok(jobs.clone());
        }
        let (jobs, todo) = mpsc::sync_channel(JOBS);
        let shared = Arc::clone(&self.shared);
        let thread = thread::Builder::new()
            .name("utter-plugins".into())
            .spawn(move || work(&shared, &todo))
            .map_err(|error| PluginError::NoThread(error.to_string()))?;
        (worker.jobs, worker.thread) = (Some(jobs.clone()), Some(thread));
        Ok(jobs)
    }
}

/// How often it is looked whether everything is unloaded.
const LOOK: Duration = Duration::from_millis(5);

/// Does jobs, and sweeps now and then, until nobody can give any.
fn work(shared: &Shared, todo: &mpsc::Receiver<Job>) {
    let mut has_leftovers = shared.sweep();
    loop {
        let job = match has_leftovers {
            true => todo.recv_timeout(SWEEPS_EVERY),
            false => todo.recv().map_err(RecvTimeoutError::from),
        };
        match job {
            Ok(job) => {
                job(shared);
                has_leftovers = true;
            }
            Err(RecvTimeoutError::Timeout) => has_leftovers = shared.sweep(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

impl Shared {
    /// Removes what nobody needs any more; whether something is left that somebody holds.
    fn sweep(&self) -> bool {
        match self.catalogue.sweep() {
            Ok(swept) => swept.held > 0,
            Err(error) => {
                tracing::warn!(%error, "leftovers of plugins cannot be removed");
                true
            }
        }
    }

    /// Brings what is loaded of a plugin in line with the catalogue.
    fn align(&self, id: &str) {
        let registered = self.catalogue.get(id).ok().filter(|plugin| plugin.is_enabled);
        let (active, _) = {
            let mut table = self.table.lock();
            table.failed.remove(id);
            (table.active.get(id).cloned(), ())
        };
        let Some(active) = active else { return };
        let Some(registered) = registered else {
            return self.activate(id, None);
        };
        if registered.manifest.digest == active.digest {
            return;
        }
        match self.load(&registered) {
            Ok(loaded) => {
                let generation = loaded.generation.id;
                self.activate(id, Some(loaded));
                self.tell(PluginEvent::Loaded {
                    plugin: id.into(),
                    generation,
                });
            }
            // The old one is not what is installed.
            Err(error) => {
                self.failed(id, error);
                self.activate(id, None);
            }
        }
    }

    /// The active generation of a plugin, loaded if need be.
    fn need(&self, id: &str) -> Result<Arc<Generation>, PluginError> {
        {
            let table = self.table.lock();
            if let Some(loaded) = table.active.get(id) {
                return Ok(Arc::clone(&loaded.generation));
            }
            if let Some(error) = table.failed.get(id) {
                return Err(PluginError::again(error));
            }
        }
        let registered = self.catalogue.get(id)?;
        if !registered.is_enabled {
            return Err(PluginError::Disabled { id: id.into() });
        }
        let loaded = self.load(&registered).map_err(|error| self.failed(id, error))?;
        let generation = Arc::clone(&loaded.generation);
        self.activate(id, Some(loaded));
        self.tell(PluginEvent::Loaded {
            plugin: id.into(),
            generation: generation.id,
        });
        Ok(generation)
    }

    /// Remembers why a plugin could not be loaded.
    fn failed(&self, id: &str, error: PluginError) -> PluginError {
        tracing::warn!(plugin = id, %error, "a plugin is not loaded");
        let error = Arc::new(error);
        self.table.lock().failed.insert(id.into(), Arc::clone(&error));
        self.tell(PluginEvent::Failed {
            plugin: id.into(),
            error: Arc::clone(&error),
        });
        PluginError::again(&error)
    }

    /// Loads the package of a plugin, from a private copy.
    fn load(&self, registered: &Registered) -> Result<Loaded, PluginError> {
        let manifest = &registered.manifest;
        let shadow = self.catalogue.shadow(&manifest.id)?;
        let id = GenerationId(GENERATIONS.fetch_add(1, Ordering::Relaxed));
        let plugin = Descriptor {
            id: shadow.manifest().id.clone(),
            version: shadow.manifest().version.to_string(),
        };
        let digest = shadow.digest();
        let (library, directory) = (shadow.library().to_owned(), shadow.directory());
        let listener = self.listener.lock().clone();
        let name = plugin.id.clone();
        let generation = Generation::load(
            id,
            plugin,
            &library,
            &directory,
            Box::new(move || {
                if let Err(error) = shadow.remove() {
                    tracing::warn!(%error, "the copy of a plugin is left for the next sweep");
                }
            }),
            Box::new(move |generation, told| {
                if let Some(listener) = &listener {
                    listener(event(&name, generation, told));
                }
            }),
        );
        let generation = generation.map_err(|error| PluginError::load(&manifest.id, error))?;
        tracing::info!(plugin = manifest.id, version = %manifest.version, generation = %id, "plugin loaded");
        Ok(Loaded { generation, digest })
    }

    /// Has `loaded` give instances from now on, and what did so until now no more.
    fn activate(&self, id: &str, loaded: Option<Loaded>) {
        let old = {
            let mut table = self.table.lock();
            table.forget_unloaded();
            let old = match loaded {
                Some(loaded) => {
                    table.failed.remove(id);
                    table.active.insert(id.to_owned(), loaded)
                }
                None => table.active.remove(id),
            };
            table
                .retired
                .extend(old.as_ref().map(|old| Arc::clone(&old.generation)));
            old
        };
        if let Some(old) = old {
            old.generation.drain();
        }
    }

    fn tell(&self, event: PluginEvent) {
        let listener = self.listener.lock().clone();
        if let Some(listener) = listener {
            listener(event);
        }
    }
}

impl Table {
    fn generations(&self) -> impl Iterator<Item = &Arc<Generation>> {
        let active = self.active.values().map(|loaded| &loaded.generation);
        active.chain(&self.retired)
    }

    fn forget_unloaded(&mut self) {
        let started = &mut self.started_before;
        self.retired.retain(|generation| {
            let is_left = generation.phase() != GenerationPhase::Unloaded;
            if !is_left {
                *started += generation.holdings().processes_started;
            }
            is_left
        });
    }
}

fn event(plugin: &str, generation: GenerationId, told: Told) -> PluginEvent {
    let plugin = plugin.to_owned();
    match told {
        Told::Unloaded => PluginEvent::Unloaded { plugin, generation },
        Told::Quarantined { what } => PluginEvent::Hangs {
            plugin,
            generation,
            what,
        },
        Told::Recovered => PluginEvent::Recovered { plugin, generation },
        Told::Stuck(error) => PluginEvent::Failed {
            error: Arc::new(PluginError::load(&plugin, error)),
            plugin,
        },
    }
}
