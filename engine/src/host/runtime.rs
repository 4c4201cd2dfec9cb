//! The runtime: what one process has of everything, and how it begins and ends.
//!
//! It owns the player, the speaker, the sessions and the host's thread. Whoever calls it does so from a thread of his own;
//! nothing here waits for a device, a voice or another caller, but `start` and `shut_down`.

use super::commands::Commands;
use super::config::RuntimeConfig;
use super::error::Error;
use super::keeper::Keeper;
use super::metrics::Metrics;
use super::parts::Parts;
use super::runtime_events::{RuntimeEvent, RuntimePhase, RuntimeState, VoiceState};
use super::session::{ClientId, Departure, Session, Sessions};
use super::speak::Speak;
use super::spoken::Spoken;
use super::topic::Topic;
use super::translate;
use crate::playback::{CommandId, Level, PlaybackError, Player, QueueOptions, Stop, TrackKind, TrackQueue};
use crate::speech::clip::{ClipOptions, ClipSource};
use crate::speech::{
    FileHandle, SpeakError, SpeakOptions, Speaker, TextWriter, Utterance, UtteranceHandle, VoiceRequest,
};
use crate::text::Reader;
use crate::voice::artifacts::ArtifactsError;
use parking_lot::Mutex;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant};

/// How long the fade of what is heard may take to be heard, when it is shut down.
const FADES_WITHIN: Duration = Duration::from_millis(150);

/// How long plugins may take to be unloaded, when it is shut down: an output of one may be in the middle of closing.
const UNLOADS_WITHIN: Duration = Duration::from_secs(4);

/// Runtimes that were started in this process.
static INITS: AtomicU64 = AtomicU64::new(0);

/// A runtime.
pub(super) struct Runtime {
    pub(super) config: RuntimeConfig,
    pub(super) parts: Parts,
    pub(super) player: Player,
    /// Until it is shut down.
    speaker: Mutex<Option<Speaker>>,
    /// Held while everything is paused, resumed or stopped, or its volume set.
    transport: Mutex<()>,
    sessions: Sessions,
    pub(super) spoken: Spoken,
    pub(super) commands: Commands,
    pub(super) topic: Topic<RuntimeState>,
    pub(super) metrics: Metrics,
    /// How loud it was last.
    pub(super) level: Mutex<Level>,
    reader: Arc<Reader>,
    keeper: Keeper,
}

impl Runtime {
    /// Starts its threads. Nothing is opened or loaded.
    pub(super) fn start(config: RuntimeConfig, parts: Parts) -> Result<Arc<Self>, Error> {
        let player = Player::closed(Arc::clone(&parts.outputs), &config.route, &config.player)?;
        // What happens is told to the runtime, which is made of those that tell.
        let link = Arc::<OnceLock<Weak<Self>>>::default();
        let speaker = Speaker::start_with_tap(player.clone(), (parts.loader)(config.device), {
            let link = Arc::clone(&link);
            Arc::new(move |event| with(&link, |runtime| translate::speech(runtime, event)))
        });
        let speaker = speaker.inspect_err(|_| player.close())?;
        player.set_tap({
            let link = Arc::clone(&link);
            Arc::new(move |event| with(&link, |runtime| translate::playback(runtime, event)))
        });
        let inits = INITS.fetch_add(1, Ordering::Relaxed) + 1;
        let state = RuntimeState {
            phase: RuntimePhase::Running,
            voice: VoiceState::Absent,
            device: config.device,
            output: None,
            route: config.route.clone(),
            latency: None,
            is_paused: false,
            volume: player.volume(),
            clients: Default::default(),
            underruns: 0,
            losses: 0,
        };
        if let Some(plugins) = &parts.plugins {
            let link = Arc::clone(&link);
            plugins.set_listener(move |event| {
                with(&link, |runtime| runtime.topic.change(RuntimeEvent::Plugin(event)));
            });
        }
        let runtime = Arc::new_cyclic(|this: &Weak<Self>| Self {
            transport: Mutex::default(),
            sessions: Sessions::new(config.clients),
            spoken: Spoken::default(),
            commands: Commands::default(),
            topic: Topic::new(state, || {}),
            metrics: Metrics::new(inits),
            level: Mutex::default(),
            reader: Arc::new(Reader::new().allowing_espeak(config.espeak)),
            keeper: Keeper::new(Weak::clone(this)),
            speaker: Mutex::new(Some(speaker)),
            player,
            parts,
            config,
        });
        // It was empty.
        let _ = link.set(Arc::downgrade(&runtime));
        if let Err(error) = runtime.keeper.start() {
            runtime.shut_down();
            return Err(error);
        }
        tracing::info!(inits, device = ?runtime.config.device, "runtime started");
        Ok(runtime)
    }

    /// Ends all of it: clients, utterances, threads, the voice and the output. When it returns nothing is left.
    pub(super) fn shut_down(&self) {
        let begin = Instant::now();
        self.topic.change(RuntimeEvent::Phase(RuntimePhase::ShuttingDown));
        let sessions = self.sessions.close();
        let stop = self.player.stop(Stop::Fade);
        // What was handed to the device is still heard, so nothing is cut off.
        if self.player.output().is_some() {
            self.player.wait_for(stop, FADES_WITHIN);
        }
        for session in sessions {
            self.end(&session, Departure::ShutDown);
        }
        self.keeper.stop();
        let speaker = self.speaker.lock().take();
        if let Some(speaker) = speaker {
            drop(speaker.close());
        }
        self.player.close();
        self.parts.outputs.close();
        if let Some(plugins) = &self.parts.plugins {
            plugins.close(UNLOADS_WITHIN);
        }
        self.count();
        self.topic.close();
        tracing::info!(took = ?begin.elapsed(), "runtime shut down");
    }

    /// Brings what is counted elsewhere to the metrics.
    pub(super) fn count(&self) {
        self.metrics.played(&self.player.counters());
        if let Some(plugins) = &self.parts.plugins {
            self.metrics.plugins(plugins.holdings(), plugins.draining());
        }
    }

    pub(super) fn with_speaker<R>(&self, ask: impl FnOnce(&Speaker) -> R) -> Result<R, Error> {
        let speaker = self.speaker.lock();
        speaker.as_ref().map(ask).ok_or_else(Error::shutting_down)
    }

    /// Attaches a client. Starts nothing, and opens nothing.
    pub(super) fn attach(self: &Arc<Self>, options: super::ClientOptions) -> Result<ClientId, Error> {
        let session = self.sessions.attach(|id| {
            let queue = self.player.add_queue(QueueOptions {
                volume: options.volume,
                ..QueueOptions::default()
            })?;
            let speech = self.with_speaker(|speaker| speaker.queue_on(&queue))?;
            let look = self.keeper.bell();
            Ok(Session::new(
                id,
                options.name,
                queue,
                speech,
                Instant::now(),
                move || look.ring(),
            ))
        })?;
        let active = self.sessions.len();
        self.metrics.clients(active);
        let (client, name) = (session.id, session.name.clone());
        tracing::info!(%client, name, active, "client attached");
        self.topic.change(RuntimeEvent::ClientAttached { client, name });
        self.keeper.bell().ring();
        Ok(client)
    }

    pub(super) fn session(&self, id: ClientId) -> Result<Arc<Session>, Error> {
        self.sessions.get(id)
    }

    pub(super) fn sessions(&self) -> Vec<Arc<Session>> {
        self.sessions.all()
    }

    pub(super) fn detach(&self, id: ClientId) {
        if let Ok(session) = self.sessions.get(id) {
            self.end(&session, Departure::Detached);
        }
    }

    /// Ends a client, for this reason, unless it has ended already.
    pub(super) fn end(&self, session: &Session, departure: Departure) {
        if !session.depart(departure) {
            return;
        }
        self.sessions.remove(session.id);
        let active = self.sessions.len();
        let (client, name) = (session.id, &session.name);
        match departure {
            Departure::LeaseExpired | Departure::EventsAbandoned => {
                tracing::warn!(%client, name, active, reason = %departure, "client evicted");
            }
            _ => tracing::info!(%client, name, active, reason = %departure, "client detached"),
        }
        self.metrics.clients(active);
        self.metrics.departed(departure);
        self.topic
            .change(RuntimeEvent::ClientDeparted { client, departure });
        // Last, so that who is told finds everything done.
        session.close_events(departure);
        self.spoken.forget(session.id);
    }

    /// Begins a new generation of clients, and ends the old ones.
    pub(super) fn prepare_hot_restart(&self) {
        let old = self.sessions.roll();
        tracing::info!(clients = old.len(), "hot restart announced");
        for session in old {
            self.end(&session, Departure::HotRestart);
        }
    }

    /// What a client wants to be said, read. That may take a while for much, so it is done before the client acts.
    pub(super) fn prepare(&self, speak: Speak) -> Result<(Utterance, SpeakOptions), Error> {
        self.check_voice(&speak)?;
        speak.prepare(&self.reader)
    }

    /// The same for a text that is still being written.
    pub(super) fn prepare_stream(
        &self,
        speak: Speak,
    ) -> Result<(Utterance, SpeakOptions, TextWriter), Error> {
        self.check_voice(&speak)?;
        speak.prepare_stream(&self.reader)
    }

    /// Refuses at once what can be no voice, with the names that are near. One that could be is looked for where it speaks.
    fn check_voice(&self, speak: &Speak) -> Result<(), Error> {
        let blend = speak.reading_voice().and_then(|voice| voice.parse().ok());
        let Some(name) = blend.and_then(|blend| self.config.unheard_of(&blend)) else {
            return Ok(());
        };
        let inventory = self.parts.inventory.as_ref().and_then(|find| find().ok());
        let known = inventory.map_or_else(Vec::new, |inventory| inventory.voices);
        Err(ArtifactsError::UnknownVoice { name, known }.into())
    }

    pub(super) fn speak(
        &self,
        session: &Arc<Session>,
        utterance: Utterance,
        options: SpeakOptions,
    ) -> Result<UtteranceHandle, Error> {
        self.ask(session, TrackKind::Speech, || {
            session.speech.speak(utterance, options)
        })
    }

    pub(super) fn clip(
        &self,
        session: &Arc<Session>,
        source: ClipSource,
        clip: ClipOptions,
        options: SpeakOptions,
    ) -> Result<UtteranceHandle, Error> {
        self.ask(session, TrackKind::Clip, || {
            session.speech.clip(source, clip, options)
        })
    }

    /// Asks for something to be heard, and tells that before anything else can be told of it.
    fn ask(
        &self,
        session: &Arc<Session>,
        kind: TrackKind,
        ask: impl FnOnce() -> Result<UtteranceHandle, SpeakError>,
    ) -> Result<UtteranceHandle, Error> {
        let handle = self
            .spoken
            .add(session, kind, ask, |told| translate::deal(self, told))?;
        // What replaces what was asked for before ends a pause, too.
        session.tell_pause();
        let utterance = handle.id();
        tracing::debug!(client = %session.id, %utterance, ?kind, "queued");
        Ok(handle)
    }

    /// Gives a command to the queue of a client, which [acts](Session::act), and tells what has changed by it.
    pub(super) fn command<E>(
        &self,
        session: &Arc<Session>,
        give: impl FnOnce(&TrackQueue) -> Result<CommandId, E>,
    ) -> Result<CommandId, Error>
    where
        Error: From<E>,
    {
        let giver = Some(Arc::clone(session));
        let command = self
            .commands
            .give(giver, || give(&session.queue), translate::tell(self))?;
        session.tell_pause();
        Ok(command)
    }

    /// Gives a command for everything that is heard, and tells what has changed by it.
    pub(super) fn command_all(
        &self,
        give: impl FnOnce(&Player) -> Result<CommandId, PlaybackError>,
    ) -> Result<CommandId, Error> {
        // One after the other, so that what is told last is true.
        let _transport = self.transport.lock();
        let command = self
            .commands
            .give(None, || give(&self.player), translate::tell(self))?;
        let (is_paused, volume) = (self.player.is_paused(), self.player.volume());
        self.topic
            .change_if(|state| (state.is_paused != is_paused).then_some(RuntimeEvent::Paused(is_paused)));
        self.topic
            .change_if(|state| (state.volume != volume).then_some(RuntimeEvent::VolumeSet(volume)));
        Ok(command)
    }

    /// Ends what all clients have asked for, and every pause.
    pub(super) fn stop_all(&self, how: Stop) -> Result<CommandId, Error> {
        let command = self.command_all(|player| Ok(player.stop(how)))?;
        self.sessions().iter().for_each(|session| session.was_stopped());
        Ok(command)
    }

    /// Loads the voice and the dictionaries, and has the voice speak once, unheard.
    pub(super) fn warm_up(&self) -> Result<VoiceRequest, Error> {
        for language in &self.config.languages {
            if let Err(error) = self.reader.load(*language) {
                tracing::warn!(%error, language = language.tag(), "text in it will not be read");
            }
        }
        self.with_speaker(Speaker::warm_up)
    }

    /// Writes speech into a file.
    pub(super) fn synthesize(&self, speak: Speak, path: PathBuf) -> Result<FileHandle, Error> {
        let encoding = speak.wav_encoding();
        let (utterance, _) = self.prepare(speak)?;
        Ok(self.with_speaker(|speaker| speaker.write_file(utterance, path, encoding))??)
    }
}

/// Does something with the runtime behind `link`, if there is one already, and still.
fn with(link: &OnceLock<Weak<Runtime>>, act: impl FnOnce(&Runtime)) {
    if let Some(runtime) = link.get().and_then(Weak::upgrade) {
        act(&runtime);
    }
}
