//! Sessions: the clients that are attached, and what each is entitled to.
//!
//! A client is a number and a generation; everything about it is here. Whoever acts for one has its session's life in
//! hand while he does, for as long as it takes to put something into a queue; so a client that is being evicted either had
//! its call done before, and it ends with it, or is told that it is stale. Nothing of it happens afterwards.

use super::client_events::{ClientEvent, ClientState};
use super::error::Error;
use super::kept::Kept;
use super::lease::{Death, Signs, Terms, Verdict};
use super::topic::Topic;
use crate::playback::TrackQueue;
use crate::speech::SpeechQueue;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Instant;

/// Numbers the clients of a process. One that was given is never given again, not even by another runtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId {
    /// How many hot restarts there were before it.
    pub generation: u32,
    /// Its number.
    pub number: u64,
}

impl fmt::Display for ClientId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.generation, self.number)
    }
}

/// Why a client is no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Departure {
    /// It said so.
    Detached,
    /// It was silent for its lease and the grace.
    LeaseExpired,
    /// Nobody follows its events any more, and nobody said why.
    EventsAbandoned,
    /// A hot restart was announced.
    HotRestart,
    /// The runtime is shut down.
    ShutDown,
}

impl fmt::Display for Departure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Detached => "it has detached",
            Self::LeaseExpired => "it was silent for longer than its lease",
            Self::EventsAbandoned => "nobody follows its events any more",
            Self::HotRestart => "a hot restart was announced",
            Self::ShutDown => "the runtime was shut down",
        })
    }
}

impl From<Death> for Departure {
    fn from(death: Death) -> Self {
        match death {
            Death::Silent => Self::LeaseExpired,
            Death::Abandoned => Self::EventsAbandoned,
        }
    }
}

/// A client that is attached, or was.
pub(super) struct Session {
    pub(super) id: ClientId,
    pub(super) name: String,
    pub(super) attached_at: Instant,
    pub(super) queue: TrackQueue,
    pub(super) speech: SpeechQueue,
    pub(super) topic: Topic<ClientState>,
    /// Its lock is the last that is taken.
    pub(super) kept: Mutex<Kept>,
    is_abandoned: Arc<AtomicBool>,
    life: Mutex<Life>,
}

struct Life {
    last_seen: Instant,
    was_warned: bool,
    departure: Option<Departure>,
}

impl Session {
    pub(super) fn new(
        id: ClientId,
        name: String,
        queue: TrackQueue,
        speech: SpeechQueue,
        now: Instant,
        look: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let is_abandoned = Arc::<AtomicBool>::default();
        let state = ClientState {
            volume: queue.volume(),
            ..ClientState::default()
        };
        let topic = Topic::new(state, {
            let is_abandoned = Arc::clone(&is_abandoned);
            move || {
                is_abandoned.store(true, Ordering::Release);
                look();
            }
        });
        Self {
            id,
            name,
            attached_at: now,
            queue,
            speech,
            topic,
            kept: Mutex::default(),
            is_abandoned,
            life: Mutex::new(Life {
                last_seen: now,
                was_warned: false,
                departure: None,
            }),
        }
    }

    /// Has `act` do something for the client, which lives for as long, and has shown that it does.
    ///
    /// # Errors
    ///
    /// [`Reason::StaleClient`](super::Reason::StaleClient) if it is no more; nothing was done then.
    pub(super) fn act<R>(&self, act: impl FnOnce() -> Result<R, Error>) -> Result<R, Error> {
        let mut life = self.life.lock();
        if let Some(departure) = life.departure {
            return Err(Error::stale(self.id, departure));
        }
        life.last_seen = Instant::now();
        if std::mem::take(&mut life.was_warned) {
            self.topic.change(ClientEvent::LeaseRenewed);
        }
        act()
    }

    /// Tells whether its queue is paused, if that has changed: a stop ends a pause.
    pub(super) fn tell_pause(&self) {
        // Not asked in there: the player may tell something of its own first, which goes to the same topic.
        let is_paused = self.queue.is_paused();
        let has_changed = |state: &ClientState| state.is_paused != is_paused;
        self.topic
            .change_if(|state| has_changed(state).then_some(ClientEvent::Paused(is_paused)));
    }

    /// Somebody else has stopped everything.
    pub(super) fn was_stopped(&self) {
        let _life = self.life.lock();
        self.tell_pause();
    }

    /// When it called last.
    pub(super) fn last_seen(&self) -> Instant {
        self.life.lock().last_seen
    }

    /// Judges its lease, and warns it if it is late. Gives when to look again, or what it died of.
    pub(super) fn judge(&self, terms: &Terms, now: Instant) -> Result<Instant, Death> {
        let mut life = self.life.lock();
        let signs = Signs {
            last_seen: life.last_seen,
            is_speaking: self
                .topic
                .look(|state| !state.utterances.is_empty() && !state.is_paused),
            is_abandoned: self.is_abandoned.load(Ordering::Acquire),
            was_warned: life.was_warned,
        };
        match terms.judge(&signs, now) {
            Verdict::Lives(until) => Ok(until),
            Verdict::Dead(death) => Err(death),
            Verdict::IsLate(dead_at) => {
                life.was_warned = true;
                let within = dead_at.saturating_duration_since(now);
                tracing::info!(client = %self.id, name = self.name, ?within, "client is late");
                self.topic.change(ClientEvent::LeaseRunsOut { within });
                Ok(dead_at)
            }
        }
    }

    /// Ends it, for one reason; `false` if it has ended already. What it has queued is stopped by a fade. Its events go on
    /// until they are [closed](Self::close_events).
    pub(super) fn depart(&self, departure: Departure) -> bool {
        {
            let mut life = self.life.lock();
            if life.departure.is_some() {
                return false;
            }
            life.departure = Some(departure);
        }
        // Nobody acts for it any more.
        let _ = self.queue.remove();
        let mut kept = std::mem::take(&mut *self.kept.lock());
        kept.end();
        true
    }

    /// Ends its events with the reason for which it has departed.
    pub(super) fn close_events(&self, departure: Departure) {
        self.topic.change(ClientEvent::Departed(departure));
        self.topic.close();
    }
}

/// The clients that are attached.
pub(super) struct Sessions {
    table: Mutex<Table>,
}

struct Table {
    room: usize,
    is_closed: bool,
    sessions: HashMap<ClientId, Arc<Session>>,
}

/// The number of the next client, for all runtimes that this process ever has.
static NEXT_NUMBER: AtomicU64 = AtomicU64::new(1);

/// The generation of clients that attach now.
static GENERATION: AtomicU32 = AtomicU32::new(1);

impl Sessions {
    /// No clients, and room for so many.
    pub(super) fn new(room: usize) -> Self {
        Self {
            table: Mutex::new(Table {
                room,
                is_closed: false,
                sessions: HashMap::new(),
            }),
        }
    }

    /// Attaches a client, for whose number `make` makes the session.
    pub(super) fn attach(
        &self,
        make: impl FnOnce(ClientId) -> Result<Session, Error>,
    ) -> Result<Arc<Session>, Error> {
        let mut table = self.table.lock();
        if table.is_closed {
            return Err(Error::shutting_down());
        }
        if table.sessions.len() >= table.room {
            return Err(Error::too_many_clients(table.room));
        }
        // Under the lock, so that a hot restart finds it here or has rolled the generation before.
        let id = ClientId {
            generation: GENERATION.load(Ordering::Relaxed),
            number: NEXT_NUMBER.fetch_add(1, Ordering::Relaxed),
        };
        let session = Arc::new(make(id)?);
        table.sessions.insert(id, Arc::clone(&session));
        Ok(session)
    }

    /// The session of a client.
    ///
    /// # Errors
    ///
    /// [`Reason::StaleClient`](super::Reason::StaleClient) if it is not attached.
    pub(super) fn get(&self, id: ClientId) -> Result<Arc<Session>, Error> {
        let table = self.table.lock();
        let session = table.sessions.get(&id).cloned();
        session.ok_or_else(|| match id.generation < GENERATION.load(Ordering::Relaxed) {
            true => Error::stale(id, Departure::HotRestart),
            false => Error::stale(id, "it is not attached"),
        })
    }

    /// All that are attached, the oldest first.
    pub(super) fn all(&self) -> Vec<Arc<Session>> {
        let mut all: Vec<_> = self.table.lock().sessions.values().cloned().collect();
        all.sort_by_key(|session| session.id);
        all
    }

    pub(super) fn len(&self) -> usize {
        self.table.lock().sessions.len()
    }

    /// Forgets one that has departed.
    pub(super) fn remove(&self, id: ClientId) {
        self.table.lock().sessions.remove(&id);
    }

    /// Begins a new generation, and gives the clients of the old ones, which are not attached any more.
    pub(super) fn roll(&self) -> Vec<Arc<Session>> {
        let mut table = self.table.lock();
        GENERATION.fetch_add(1, Ordering::Relaxed);
        table.sessions.drain().map(|(_, session)| session).collect()
    }

    /// Nobody attaches any more; gives those that were.
    pub(super) fn close(&self) -> Vec<Arc<Session>> {
        let mut table = self.table.lock();
        table.is_closed = true;
        table.sessions.drain().map(|(_, session)| session).collect()
    }
}
