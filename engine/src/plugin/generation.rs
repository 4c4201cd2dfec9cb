//! A generation: one loaded binary of a plugin, from its start until it is unloaded.
//!
//! It counts what uses it: instances, and calls that are under way. While it is *active* it gives instances. When it is
//! *drained*, because another takes its place or the plugin is disabled, it gives none any more, and with the last that is
//! closed it is unloaded, by whoever closed it, without anybody asking. An instance that does not close is *quarantined*: it
//! keeps its library loaded, and nothing else; should it close after all, it counts as closed.
//!
//! The ledger is a lock that is held for a few instructions. No call of the plugin is made under it.

use super::deadline::{NoResult, within};
use super::instance::PluginOutput;
use super::library::{Descriptor, PluginLibrary};
use super::load_error::LoadError;
use super::outputs::OutputCalls;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use utter_plugin::{Holdings, Target};

/// How long a plugin may take to list its targets.
const LISTS_WITHIN: Duration = Duration::from_secs(5);

/// How long it may take to make an instance; ten times what it should, since the machine may be busy.
const CREATES_WITHIN: Duration = Duration::from_secs(1);

/// How long it may take to say what it holds, which it should know; the rest is for a machine that is busy.
const ANSWERS_WITHIN: Duration = Duration::from_secs(2);

/// Which generation of all plugins of a process: a number that is never given again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GenerationId(pub(super) u64);

impl GenerationId {
    /// The number.
    pub fn number(self) -> u64 {
        self.0
    }
}

impl std::fmt::Display for GenerationId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

/// How a generation is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GenerationPhase {
    /// It gives instances.
    Active,
    /// It waits for its last instance to be closed.
    Draining,
    /// It is kept by instances that do not close, and only by them.
    Quarantined,
    /// It is gone.
    Unloaded,
}

/// What a generation tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// An instance does not close, or hangs in another call.
    Quarantined { what: &'static str },
    /// An instance closed after all.
    Recovered,
    /// It was unloaded.
    Unloaded,
    /// It could not be stopped.
    Stuck(LoadError),
}

/// Hears what a generation tells, on whatever thread that happens.
pub(super) type Listener = Box<dyn Fn(GenerationId, Told) + Send + Sync>;

/// What is done when a generation was unloaded: its private copy is removed.
pub(super) type Cleanup = Box<dyn FnOnce() + Send>;

/// One loaded binary.
pub struct Generation {
    pub(super) id: GenerationId,
    pub(super) plugin: Descriptor,
    calls: OutputCalls,
    /// Whether it still gives instances; for the pump, which takes no lock.
    is_active: AtomicBool,
    ledger: Mutex<Ledger>,
    listener: Listener,
}

struct Ledger {
    /// Until it is unloaded.
    loaded: Option<(PluginLibrary, Cleanup)>,
    is_draining: bool,
    /// What uses it, by number.
    uses: BTreeMap<u64, Use>,
    /// The next use's number.
    next: u64,
    is_unloaded: bool,
    /// What it held when it was asked last.
    held: Holdings,
}

/// Something that uses a generation.
struct Use {
    /// An instance, and not only a call.
    is_instance: bool,
    /// It hangs in the plugin, and was left behind.
    is_stuck: bool,
}

impl Ledger {
    /// The library, if nothing needs it any more.
    fn take_unused(&mut self) -> Option<(PluginLibrary, Cleanup)> {
        let is_unused = self.is_draining && self.uses.is_empty();
        if is_unused { self.loaded.take() } else { None }
    }

    fn admit(&mut self, is_instance: bool) -> u64 {
        let number = self.next;
        self.next += 1;
        let new = Use {
            is_instance,
            is_stuck: false,
        };
        self.uses.insert(number, new);
        number
    }
}

impl Generation {
    /// Loads and starts the library at `library`. `cleanup` is called when it was unloaded, or could not be loaded.
    pub(super) fn load(
        id: GenerationId,
        plugin: Descriptor,
        library: &Path,
        directory: &Path,
        cleanup: Cleanup,
        listener: Listener,
    ) -> Result<Arc<Self>, LoadError> {
        let loaded = match PluginLibrary::load(library, directory, &plugin) {
            Ok(loaded) => loaded,
            Err(error) => {
                cleanup();
                return Err(error);
            }
        };
        Ok(Arc::new(Self {
            id,
            plugin,
            calls: loaded.calls,
            is_active: AtomicBool::new(true),
            ledger: Mutex::new(Ledger {
                loaded: Some((loaded, cleanup)),
                is_draining: false,
                uses: BTreeMap::new(),
                next: 1,
                is_unloaded: false,
                held: Holdings::default(),
            }),
            listener,
        }))
    }

    /// Its functions. Only for who is in its ledger.
    pub(super) fn calls(&self) -> &OutputCalls {
        &self.calls
    }

    /// Whether it still gives instances. Wait-free.
    pub(super) fn is_active(&self) -> bool {
        self.is_active.load(Ordering::Acquire)
    }

    /// Its number.
    pub fn id(&self) -> GenerationId {
        self.id
    }

    /// The version of the plugin.
    pub fn version(&self) -> &str {
        &self.plugin.version
    }

    /// How it is doing.
    pub fn phase(&self) -> GenerationPhase {
        let ledger = self.ledger.lock();
        let is_stuck = !ledger.uses.is_empty() && ledger.uses.values().all(|used| used.is_stuck);
        match () {
            () if ledger.is_unloaded => GenerationPhase::Unloaded,
            () if !ledger.is_draining => GenerationPhase::Active,
            () if is_stuck => GenerationPhase::Quarantined,
            () => GenerationPhase::Draining,
        }
    }

    /// Instances that can be used, and what hangs.
    pub fn instances(&self) -> (usize, usize) {
        let ledger = self.ledger.lock();
        let count = |is_it: fn(&Use) -> bool| ledger.uses.values().filter(|used| is_it(used)).count();
        (
            count(|used| used.is_instance && !used.is_stuck),
            count(|used| used.is_stuck),
        )
    }

    /// The plugin's targets.
    pub(super) fn targets(self: &Arc<Self>) -> Result<Vec<Target>, LoadError> {
        let number = self.admit(false)?;
        let (this, theirs) = (Arc::clone(self), Arc::clone(self));
        let targets = within(
            "utter-plugin-list",
            LISTS_WITHIN,
            move || this.calls.targets(),
            move |_| theirs.released(number),
        );
        let targets = self.came_back(targets, number, "list its targets")?;
        self.released(number);
        targets
    }

    /// An instance for a target.
    pub(super) fn create(self: &Arc<Self>, target: &str) -> Result<PluginOutput, LoadError> {
        let number = self.admit(true)?;
        let (this, theirs, target) = (Arc::clone(self), Arc::clone(self), target.to_owned());
        let created = within(
            "utter-plugin-create",
            CREATES_WITHIN,
            move || this.calls.create(&target),
            move |created| {
                if let Ok(handle) = created {
                    theirs.calls.destroy(handle);
                }
                theirs.released(number);
            },
        );
        match self.came_back(created, number, "create an output")? {
            Ok(handle) => Ok(PluginOutput::new(Arc::clone(self), number, handle)),
            Err(error) => {
                self.released(number);
                Err(error)
            }
        }
    }

    /// What it holds outside; if it was unloaded, what it had held last. One that does not answer is not asked again.
    pub(super) fn holdings(self: &Arc<Self>) -> Holdings {
        let number = {
            let mut ledger = self.ledger.lock();
            let is_asked = ledger.uses.values().any(|used| used.is_stuck);
            if ledger.loaded.is_none() || is_asked {
                return ledger.held;
            }
            ledger.admit(false)
        };
        let (this, theirs) = (Arc::clone(self), Arc::clone(self));
        let held = within(
            "utter-plugin-ask",
            ANSWERS_WITHIN,
            move || this.calls.holdings(),
            move |_| theirs.released(number),
        );
        match self.came_back(held, number, "say what it holds") {
            Ok(held) => {
                self.ledger.lock().held = held;
                self.released(number);
                held
            }
            Err(_) => self.ledger.lock().held,
        }
    }

    /// What a call has given, if it came back; otherwise it is quarantined.
    pub(super) fn came_back<R>(
        &self,
        result: Result<R, NoResult>,
        number: u64,
        what: &'static str,
    ) -> Result<R, LoadError> {
        let error = match result {
            Ok(result) => return Ok(result),
            Err(NoResult::Late) => LoadError::Late(what),
            Err(NoResult::Panicked) => LoadError::Entry("a call of it has panicked"),
            Err(NoResult::NoThread(error)) => LoadError::NoThread(error),
        };
        self.quarantine(number, what);
        Err(error)
    }

    /// Gives no instance any more. It is unloaded with the last one, which may be now.
    pub(super) fn drain(self: &Arc<Self>) {
        self.is_active.store(false, Ordering::Release);
        let unused = {
            let mut ledger = self.ledger.lock();
            ledger.is_draining = true;
            ledger.take_unused()
        };
        self.unload(unused);
    }

    /// A call has ended, or an instance was closed and destroyed.
    pub(super) fn released(self: &Arc<Self>, number: u64) {
        let (was_stuck, unused) = {
            let mut ledger = self.ledger.lock();
            let was_stuck = ledger.uses.remove(&number).is_some_and(|used| used.is_stuck);
            (was_stuck, ledger.take_unused())
        };
        if was_stuck {
            tracing::info!(plugin = self.plugin.id, generation = %self.id, "what hung in a plugin has come back");
            (self.listener)(self.id, Told::Recovered);
        }
        self.unload(unused);
    }

    /// Something hangs: it is not counted as usable any more.
    pub(super) fn quarantine(&self, number: u64, what: &'static str) {
        let was_usable = {
            let mut ledger = self.ledger.lock();
            // It may have come back meanwhile.
            let used = ledger.uses.get_mut(&number);
            used.is_some_and(|used| !std::mem::replace(&mut used.is_stuck, true))
        };
        if was_usable {
            tracing::error!(plugin = self.plugin.id, generation = %self.id, what,
                "a plugin hangs; what hangs is left behind");
            (self.listener)(self.id, Told::Quarantined { what });
        }
    }

    fn admit(&self, is_instance: bool) -> Result<u64, LoadError> {
        let mut ledger = self.ledger.lock();
        if ledger.is_draining {
            return Err(LoadError::Draining);
        }
        Ok(ledger.admit(is_instance))
    }

    fn unload(&self, unused: Option<(PluginLibrary, Cleanup)>) {
        let Some((library, cleanup)) = unused else { return };
        let last = self.calls.holdings();
        self.ledger.lock().held.processes_started = last.processes_started;
        let told = match library.unload() {
            Ok(()) => {
                cleanup();
                Told::Unloaded
            }
            Err(error) => {
                tracing::error!(plugin = self.plugin.id, generation = %self.id, %error, "a plugin does not stop");
                Told::Stuck(error)
            }
        };
        {
            let mut ledger = self.ledger.lock();
            (ledger.is_unloaded, ledger.held.processes, ledger.held.rings) = (true, 0, 0);
        }
        tracing::debug!(plugin = self.plugin.id, generation = %self.id, "a generation ends");
        (self.listener)(self.id, told);
    }
}
