//! A model of what a client may see, and calls at random that are held against it.
//!
//! The model knows whether a client is attached, whether it is paused, how loud it is, and what it has asked for. After each
//! call the client must say the same; its events must come without a gap, belong to what it has asked for, in an order that
//! makes sense, and add up to the state that it says it has; each utterance must end once, as its handle says.

use crate::rig::{NEVER, Rig};
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::{Duration, Instant};
use utter::host::{Client, ClientEvent, ClientOptions, ClientState, Departure, Followed, Reason, Speak};
use utter::host::{Subscription, Update};
use utter::playback::{CommandId, Interrupt, Seek, Stop, Volume};
use utter::speech::{Outcome, UtteranceHandle, UtteranceId};

/// Something that is done. An index chooses the client.
#[derive(Debug, Clone)]
pub enum Act {
    Attach,
    Detach(Index),
    Restart,
    Speak(Index, usize, Way),
    Stop(Index, Stop),
    Pause(Index),
    Resume(Index),
    Skip(Index),
    Seek(Index, u64),
    Replay(Index),
    SetVolume(Index, u8),
    StopAll,
    Wait(u64),
}

/// How something is said.
#[derive(Debug, Clone, Copy)]
pub enum Way {
    Enqueue,
    Replace,
    Urgent(Interrupt),
    Broken,
}

pub fn act() -> impl Strategy<Value = Act> {
    let client = any::<Index>;
    let way = prop_oneof![
        6 => Just(Way::Enqueue),
        1 => Just(Way::Replace),
        1 => Just(Way::Urgent(Interrupt::Resume)),
        1 => Just(Way::Urgent(Interrupt::Discard)),
        1 => Just(Way::Broken),
    ];
    let stop = prop_oneof![Just(Stop::Now), Just(Stop::Fade), Just(Stop::Drain)];
    prop_oneof![
        2 => Just(Act::Attach),
        1 => client().prop_map(Act::Detach),
        1 => Just(Act::Restart),
        8 => (client(), 1_usize..12, way).prop_map(|(client, length, way)| Act::Speak(client, length, way)),
        3 => (client(), stop).prop_map(|(client, stop)| Act::Stop(client, stop)),
        2 => client().prop_map(Act::Pause),
        3 => client().prop_map(Act::Resume),
        1 => client().prop_map(Act::Skip),
        1 => (client(), 0_u64..1_000).prop_map(|(client, time)| Act::Seek(client, time)),
        1 => client().prop_map(Act::Replay),
        1 => (client(), any::<u8>()).prop_map(|(client, level)| Act::SetVolume(client, level)),
        1 => Just(Act::StopAll),
        3 => (0_u64..30).prop_map(Act::Wait),
    ]
}

/// Who else has a say in what becomes of the clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    Nobody,
    /// They announce restarts, and stop everything.
    Interfere,
}

/// Clients, and what is known of them.
pub struct Model<'a> {
    rig: &'a Rig,
    others: Others,
    clients: Vec<Known>,
    /// Calls that were made, and those of them that were refused, for a reason that the model knows.
    pub calls: u64,
    pub refused: u64,
}

/// What is known of a client.
struct Known {
    client: Client,
    log: Log,
    asked: Vec<UtteranceHandle>,
    commands: Vec<CommandId>,
    gone: Option<Departure>,
    is_paused: bool,
    volume: Volume,
}

impl<'a> Model<'a> {
    pub fn new(rig: &'a Rig, others: Others) -> Self {
        Self {
            rig,
            others,
            clients: Vec::new(),
            calls: 0,
            refused: 0,
        }
    }

    /// Does something, and holds what comes of it against what is known.
    pub fn act(&mut self, act: &Act) {
        self.calls += 1;
        match act {
            Act::Attach => self.attach(),
            Act::Restart => {
                self.rig.host.prepare_hot_restart().unwrap();
                for known in &mut self.clients {
                    known.gone.get_or_insert(Departure::HotRestart);
                }
            }
            Act::StopAll => {
                self.rig.host.stop_all(Stop::Fade).unwrap();
                for known in &mut self.clients {
                    known.is_paused = false;
                }
            }
            Act::Wait(time) => thread::sleep(Duration::from_millis(*time)),
            // A second time, or after its end, it does nothing.
            Act::Detach(client) => self.with(client, |known| {
                known.client.detach();
                known.gone.get_or_insert(Departure::Detached);
                known.client.heartbeat()
            }),
            Act::Speak(client, length, way) => self.with(client, |known| known.speak(*length, *way)),
            Act::Stop(client, how) => self.with(client, |known| {
                known.commands.push(known.client.stop(*how)?);
                known.is_paused &= *how == Stop::Drain;
                Ok(())
            }),
            Act::Pause(client) => self.with(client, |known| {
                known.commands.push(known.client.pause()?);
                known.is_paused = true;
                Ok(())
            }),
            Act::Resume(client) => self.with(client, |known| {
                known.commands.push(known.client.resume()?);
                known.is_paused = false;
                Ok(())
            }),
            Act::Skip(client) => self.with(client, |known| {
                known.commands.push(known.client.skip()?);
                Ok(())
            }),
            Act::Seek(client, time) => self.with(client, |known| {
                known.log.was_moved = true;
                let to = Seek::Time(Duration::from_millis(*time));
                known.commands.push(known.client.seek(to)?);
                Ok(())
            }),
            Act::Replay(client) => self.with(client, |known| {
                known.log.was_moved = true;
                known.commands.push(known.client.replay()?);
                Ok(())
            }),
            Act::SetVolume(client, level) => self.with(client, |known| {
                known.volume.level = f32::from(*level) / 255.0;
                known.commands.push(known.client.set_volume(known.volume)?);
                Ok(())
            }),
        }
    }

    fn attach(&mut self) {
        let (number, generation) = match self.rig.host.attach(ClientOptions::default()) {
            Ok(client) => {
                let id = client.id();
                self.clients.push(Known::of(client));
                (id.number, id.generation)
            }
            Err(error) => {
                assert_eq!(error.reason(), Reason::QueueFull, "{error}");
                self.refused += 1;
                return;
            }
        };
        let earlier = &self.clients[..self.clients.len() - 1];
        assert!(earlier.iter().all(|other| {
            let other = other.client.id();
            other.number < number && other.generation <= generation
        }));
    }

    fn with(&mut self, at: &Index, call: impl FnOnce(&mut Known) -> Result<(), utter::host::Error>) {
        let others = self.others;
        if self.clients.is_empty() {
            return;
        }
        let at = at.index(self.clients.len());
        let known = &mut self.clients[at];
        let reason = call(known).err().map(|error| error.reason());
        match reason {
            Some(Reason::StaleClient) if others == Others::Interfere => {
                known.gone.get_or_insert(Departure::HotRestart);
            }
            Some(Reason::StaleClient) => assert!(known.gone.is_some(), "it is attached"),
            Some(Reason::QueueFull | Reason::InvalidInput) => self.refused += 1,
            Some(reason) => panic!("{reason:?}"),
            None => assert_eq!(known.gone, None, "it is gone, and acts"),
        }
        known.log.read();
        known.agrees(others);
    }

    /// Has all come to an end, and looks at what came of it.
    pub fn finish(mut self) {
        let others = self.others;
        for known in &mut self.clients {
            known.finish(others);
        }
    }
}

impl Known {
    fn of(client: Client) -> Self {
        let log = match client.events() {
            Ok(events) => Log::of(events),
            // A restart has come between.
            Err(error) => {
                assert_eq!(error.reason(), Reason::StaleClient);
                Log::default()
            }
        };
        Self {
            gone: log.events.is_none().then_some(Departure::HotRestart),
            log,
            asked: Vec::new(),
            commands: Vec::new(),
            is_paused: false,
            volume: Volume::default(),
            client,
        }
    }

    fn speak(&mut self, length: usize, way: Way) -> Result<(), utter::host::Error> {
        let speak = Speak::phonemes("a".repeat(length));
        let handle = self.client.speak(match way {
            Way::Enqueue => speak,
            Way::Replace => speak.replace(),
            Way::Urgent(interrupt) => speak.urgent(interrupt),
            Way::Broken => speak.voice("af_broken"),
        })?;
        if matches!(way, Way::Replace) {
            self.is_paused = false;
        }
        self.asked.push(handle);
        Ok(())
    }

    /// Holds what the client says of itself against what is known.
    fn agrees(&self, others: Others) {
        let state = match self.client.state() {
            Ok(state) => state,
            Err(error) => {
                assert_eq!(error.reason(), Reason::StaleClient);
                assert!(self.gone.is_some() || others == Others::Interfere);
                return;
            }
        };
        assert_eq!(self.gone, None);
        assert_eq!(state.departure, None);
        assert_eq!(state.volume, self.volume);
        if others == Others::Nobody {
            assert_eq!(state.is_paused, self.is_paused);
        }
        for utterance in state.utterances.keys() {
            assert!(self.asked.iter().any(|handle| handle.id() == *utterance));
        }
    }

    /// Whether the end of each utterance and the effect of each command was told.
    fn is_all_told(&self) -> bool {
        let mut asked = self.asked.iter();
        let mut commands = self.commands.iter();
        asked.all(|handle| self.log.has_ended(handle.id()))
            && (self.log.has_lagged || commands.all(|command| self.log.obeyed.contains(command)))
    }

    fn finish(&mut self, others: Others) {
        match self.client.stop(Stop::Fade) {
            Ok(command) => self.commands.push(command),
            Err(_) => assert!(self.gone.is_some() || others == Others::Interfere),
        }
        for handle in &self.asked {
            assert!(handle.wait_within(NEVER).is_some(), "each has an end");
        }
        let Some(since) = self.log.events.is_some().then(Instant::now) else {
            return;
        };
        // An end is told a moment after it came about.
        while self.gone.is_none() && !self.is_all_told() {
            assert!(since.elapsed() < NEVER, "each end is told");
            self.log.read_within(Duration::from_millis(20));
            if self.client.heartbeat().is_err() {
                assert_eq!(others, Others::Interfere);
                self.gone = Some(Departure::HotRestart);
            }
        }
        if self.gone.is_none() {
            let state = self.client.state();
            self.log.read();
            // What it adds up to is what it says, if nobody has ended it just now.
            if let Ok(state) = state {
                assert!(state.utterances.is_empty(), "{state:?}");
                assert_eq!(self.log.state.volume, state.volume);
            }
            self.client.detach();
            self.gone = Some(Departure::Detached);
        }
        self.log.read_to_the_end();
        let departure = self.log.state.departure.expect("it is told that it is gone");
        if others == Others::Nobody {
            assert_eq!(Some(departure), self.gone);
        }
        let mut obeyed = self.log.obeyed.iter();
        assert!(obeyed.all(|command| self.commands.contains(command)), "its own");
        self.log.agrees_with(&self.asked);
    }
}

/// The events of a client, read and checked.
#[derive(Default)]
struct Log {
    events: Option<Subscription<ClientState>>,
    last: Option<u64>,
    state: ClientState,
    seen: BTreeMap<UtteranceId, Seen>,
    told: Vec<ClientEvent>,
    obeyed: BTreeSet<CommandId>,
    has_lagged: bool,
    /// It has gone to another place: what was heard may be heard again.
    was_moved: bool,
}

/// How far an utterance is, by what was told of it.
#[derive(Debug, Clone, PartialEq)]
enum Seen {
    Queued,
    Prepared,
    Started,
    Interrupted,
    Finished,
    Stopped,
    Failed,
}

impl Seen {
    fn is_over(&self) -> bool {
        matches!(self, Self::Finished | Self::Stopped | Self::Failed)
    }
}

impl Log {
    fn of(events: Subscription<ClientState>) -> Self {
        Self {
            events: Some(events),
            ..Self::default()
        }
    }

    fn read(&mut self) {
        while self.read_within(Duration::ZERO) {}
    }

    fn read_to_the_end(&mut self) {
        while self.events.as_ref().is_some_and(|events| !events.is_over()) {
            assert!(self.read_within(NEVER) || self.events.as_ref().is_some_and(Subscription::is_over));
        }
    }

    /// Reads one update; whether there was one.
    fn read_within(&mut self, timeout: Duration) -> bool {
        let Some(events) = &mut self.events else {
            return false;
        };
        match events.next_within(timeout) {
            None => return false,
            Some(Update::Snapshot { number, state }) => {
                assert!(self.last.is_none_or(|last| number >= last));
                self.last = Some(number);
                self.state = state;
            }
            Some(Update::Change { number, change }) => {
                assert_eq!(Some(number), self.last.map(|last| last + 1), "without a gap");
                assert_eq!(self.state.departure, None, "nothing follows: {change:?}");
                self.last = Some(number);
                self.enter(&change);
                self.state.apply(&change);
            }
            Some(Update::Lagged { .. }) => self.has_lagged = true,
        }
        true
    }

    fn enter(&mut self, change: &ClientEvent) {
        self.told.push(change.clone());
        let (utterance, next) = match change {
            ClientEvent::Queued { utterance, .. } => {
                let earlier = self.seen.insert(*utterance, Seen::Queued);
                assert_eq!(earlier, None, "queued once");
                return;
            }
            ClientEvent::Prepared { utterance, .. } => (utterance, Some(Seen::Prepared)),
            ClientEvent::Started { utterance } => (utterance, Some(Seen::Started)),
            ClientEvent::Mark { utterance, .. }
            | ClientEvent::Bookmark { utterance, .. }
            | ClientEvent::Progress { utterance, .. } => (utterance, None),
            ClientEvent::Interrupted { utterance, .. } => (utterance, Some(Seen::Interrupted)),
            ClientEvent::Replayed { .. } => return assert!(self.was_moved, "it has not gone back"),
            ClientEvent::Resumed { utterance, .. } => (utterance, Some(Seen::Started)),
            ClientEvent::Finished { utterance } => (utterance, Some(Seen::Finished)),
            ClientEvent::Stopped { utterance, .. } => (utterance, Some(Seen::Stopped)),
            ClientEvent::Failed { utterance, .. } => (utterance, Some(Seen::Failed)),
            ClientEvent::Obeyed { command, .. } => {
                assert!(self.obeyed.insert(*command), "{command:?} has two effects");
                return;
            }
            _ => return,
        };
        let Some(seen) = self.seen.get_mut(utterance) else {
            assert!(self.has_lagged, "nobody asked for it: {change:?}");
            return;
        };
        let is_order = match &next {
            None => *seen == Seen::Started,
            Some(Seen::Prepared) => *seen == Seen::Queued,
            Some(Seen::Interrupted) => *seen == Seen::Started,
            Some(Seen::Started) if matches!(change, ClientEvent::Resumed { .. }) => {
                *seen == Seen::Interrupted
            }
            Some(Seen::Started) => matches!(seen, Seen::Queued | Seen::Prepared),
            Some(_) => !seen.is_over(),
        };
        let is_again = self.was_moved && !next.as_ref().is_some_and(Seen::is_over);
        assert!(
            is_order || is_again || self.has_lagged,
            "{change:?} after {seen:?}; what was told last, the newest first: {:#?}",
            self.told.iter().rev().take(30).collect::<Vec<_>>()
        );
        if let Some(next) = next.filter(|_| !seen.is_over()) {
            *seen = next;
        }
    }

    fn has_ended(&self, utterance: UtteranceId) -> bool {
        let seen = self.seen.get(&utterance);
        seen.is_some_and(Seen::is_over)
            || (self.has_lagged && !self.state.utterances.contains_key(&utterance))
    }

    /// Whether ends are told as the handles have them, and nothing else was.
    fn agrees_with(&self, asked: &[UtteranceHandle]) {
        for handle in asked {
            let Some(seen) = self.seen.get(&handle.id()) else {
                assert!(self.has_lagged, "it was queued");
                continue;
            };
            let is_same = match handle.outcome().expect("it is over") {
                Outcome::Finished => *seen == Seen::Finished,
                Outcome::Stopped => *seen == Seen::Stopped,
                Outcome::Failed(_) => *seen == Seen::Failed,
            };
            // What ends with its client is told as the client's end.
            assert!(
                is_same || !seen.is_over() || self.has_lagged,
                "{seen:?}, and {:?}",
                handle.outcome()
            );
        }
        assert!(
            self.seen
                .keys()
                .all(|seen| asked.iter().any(|handle| handle.id() == *seen))
        );
    }
}
