//! The client: a handle to a session, light enough to be lost.
//!
//! It holds two numbers and no resources. Whoever has it asks; whether it is still attached is found out with every call. It
//! may be cloned, forgotten or dropped, and nothing happens: a client ends by `detach`, or when its lease runs out.

use super::client_events::{ClientEvent, ClientState};
use super::error::Error;
use super::place;
use super::runtime::Runtime;
use super::session::{ClientId, Session};
use super::speak::Speak;
use super::speech_stream::SpeechStream;
use super::topic::Subscription;
use crate::playback::{CommandId, Position, Seek, Stop, TrackQueue, Volume};
use crate::speech::clip::{ClipOptions, ClipSource};
use crate::speech::{FileHandle, FileId, SpeakOptions, UtteranceHandle, UtteranceId};
use std::path::PathBuf;
use std::sync::{Arc, Weak};

/// How a client attaches.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ClientOptions {
    /// What it is called in the log and in events.
    pub name: String,
    /// How loud it is at first.
    pub volume: Volume,
}

impl ClientOptions {
    /// A client of this name.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }
}

/// A client of the runtime. See [`RuntimeHost::attach`](super::RuntimeHost::attach).
///
/// Every call of it proves that the client lives. Calls of one that was detached or evicted, or that is of a generation
/// before the last hot restart, fail with [`Reason::StaleClient`](super::Reason::StaleClient), and nothing happens.
#[derive(Debug, Clone)]
pub struct Client {
    runtime: Weak<Runtime>,
    id: ClientId,
}

impl Client {
    pub(super) fn new(runtime: &Arc<Runtime>, id: ClientId) -> Self {
        Self {
            runtime: Arc::downgrade(runtime),
            id,
        }
    }

    /// The client of that number, of the runtime that runs: for callers that can only keep numbers.
    pub fn of(id: ClientId) -> Self {
        Self {
            runtime: place::running().map_or_else(Weak::new, |runtime| Arc::downgrade(&runtime)),
            id,
        }
    }

    /// Its number.
    pub fn id(&self) -> ClientId {
        self.id
    }

    fn runtime(&self) -> Result<Arc<Runtime>, Error> {
        self.runtime.upgrade().ok_or_else(Error::not_initialised)
    }

    fn act<R>(&self, act: impl FnOnce(&Runtime, &Arc<Session>) -> Result<R, Error>) -> Result<R, Error> {
        let runtime = self.runtime()?;
        let session = runtime.session(self.id)?;
        session.act(|| act(&runtime, &session))
    }

    /// Gives a command to its queue.
    fn command<E>(&self, give: impl FnOnce(&TrackQueue) -> Result<CommandId, E>) -> Result<CommandId, Error>
    where
        Error: From<E>,
    {
        self.act(|runtime, session| runtime.command(session, give))
    }

    /// Says something, after what this client has asked for before. Returns at once.
    ///
    /// # Errors
    ///
    /// [`Reason::InvalidInput`](super::Reason::InvalidInput), [`InvalidVoice`](super::Reason::InvalidVoice),
    /// [`QueueFull`](super::Reason::QueueFull), [`Output`](super::Reason::Output) if there has been none for long.
    pub fn speak(&self, speak: Speak) -> Result<UtteranceHandle, Error> {
        self.heartbeat()?;
        let (utterance, options) = self.runtime()?.prepare(speak)?;
        self.act(|runtime, session| runtime.speak(session, utterance, options))
    }

    /// Says a text while it is written, after what this client has asked for before: `speak` is how, and its text is what
    /// the text begins with; [`SpeechStream::push`] adds to it. Returns at once.
    ///
    /// # Errors
    ///
    /// As for [`speak`](Self::speak); [`InvalidInput`](super::Reason::InvalidInput) for phonemes.
    pub fn speak_stream(&self, speak: Speak) -> Result<SpeechStream, Error> {
        self.heartbeat()?;
        let (utterance, options, writer) = self.runtime()?.prepare_stream(speak)?;
        let handle = self.act(|runtime, session| runtime.speak(session, utterance, options))?;
        Ok(SpeechStream {
            client: self.clone(),
            handle,
            writer,
        })
    }

    /// The same for a caller that can only keep the utterance's number: the client keeps the text, to which
    /// [`push_text`](Self::push_text) adds, and which [`finish_text`](Self::finish_text) ends.
    ///
    /// # Errors
    ///
    /// As for [`speak_stream`](Self::speak_stream).
    pub fn open_text(&self, speak: Speak) -> Result<UtteranceHandle, Error> {
        let text = self.speak_stream(speak)?;
        let handle = text.handle().clone();
        self.act(|_, session| {
            session.kept.lock().add_text(text);
            Ok(handle)
        })
    }

    /// Adds a piece to a text that the client keeps, as [`SpeechStream::push`] does.
    ///
    /// # Errors
    ///
    /// As for [`SpeechStream::push`]; [`Cancelled`](super::Reason::Cancelled) as well if there is no such text any more.
    pub fn push_text(&self, utterance: UtteranceId, piece: impl AsRef<[u8]>) -> Result<(), Error> {
        self.act(|_, session| {
            let text = session.kept.lock().text(utterance)?;
            text.push(piece)
        })
    }

    /// Nothing more will come of a text that the client keeps. Does nothing if there is none.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub fn finish_text(&self, utterance: UtteranceId) -> Result<(), Error> {
        self.act(|_, session| {
            let text = session.kept.lock().take_text(utterance);
            if let Some(text) = text {
                text.finish();
            }
            Ok(())
        })
    }

    /// The utterance or clip of this client that has a number: what [`UtteranceId::number`] gave.
    ///
    /// # Errors
    ///
    /// None but those of every call. Whether there ever was one is not looked at.
    pub fn utterance(&self, number: u64) -> Result<UtteranceId, Error> {
        self.act(|_, session| Ok(session.speech.utterance(number)))
    }

    /// Ends one utterance of this client, its text included if that is still written. What is heard of it fades out. Does
    /// nothing if it is over.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub fn cancel(&self, utterance: UtteranceId) -> Result<(), Error> {
        self.finish_text(utterance)?;
        self.act(|_, session| Ok(session.queue.cancel(utterance.track())?))
    }

    /// Writes speech into a WAV file, beside what is said, as [`RuntimeHost::synthesize`](super::RuntimeHost::synthesize) does;
    /// but the file is given up when the client ends, and [`file`](Self::file) finds it by its number.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn synthesize(&self, speak: Speak, destination: impl Into<PathBuf>) -> Result<FileHandle, Error> {
        self.heartbeat()?;
        let file = self.runtime()?.synthesize(speak, destination.into())?;
        let kept = self.act(|_, session| {
            session.kept.lock().add_file(file.clone());
            Ok(())
        });
        // The client has ended meanwhile, and nobody would give it up.
        kept.inspect_err(|_| file.cancel())?;
        Ok(file)
    }

    /// A file of this client: the one of this number ([`FileId::number`]), from when it was asked for until it is
    /// [forgotten](Self::forget_file).
    ///
    /// # Errors
    ///
    /// [`Reason::InvalidInput`](super::Reason::InvalidInput) if there is none.
    pub fn file(&self, file: FileId) -> Result<FileHandle, Error> {
        self.act(|_, session| session.kept.lock().file(file))
    }

    /// Keeps a file no more, whose end was told. Does nothing if there is none.
    pub fn forget_file(&self, file: FileId) {
        // A client that has ended keeps nothing.
        let _ = self.act(|_, session| {
            session.kept.lock().forget_file(file);
            Ok(())
        });
    }

    /// Plays a sound file as if it were an utterance.
    ///
    /// # Errors
    ///
    /// As for [`speak`](Self::speak). What is wrong with the file is told by its outcome.
    pub fn clip(
        &self,
        source: impl Into<ClipSource>,
        clip: ClipOptions,
        options: SpeakOptions,
    ) -> Result<UtteranceHandle, Error> {
        let source = source.into();
        self.act(|runtime, session| runtime.clip(session, source, clip, options))
    }

    /// Ends what this client has asked for, and a pause of it. What others say goes on.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub fn stop(&self, how: Stop) -> Result<CommandId, Error> {
        self.command(|queue| queue.stop(how))
    }

    /// Fades out, and leaves the output to others, until it is [resumed](Self::resume).
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub fn pause(&self) -> Result<CommandId, Error> {
        self.command(TrackQueue::pause)
    }

    /// Goes on where it was paused, when it is its turn.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub fn resume(&self) -> Result<CommandId, Error> {
        self.command(TrackQueue::resume)
    }

    /// Leaves the utterance that is heard, or would be the next, of this client.
    ///
    /// # Errors
    ///
    /// [`Reason::InvalidInput`](super::Reason::InvalidInput) if there is none.
    pub fn skip(&self) -> Result<CommandId, Error> {
        self.command(TrackQueue::skip)
    }

    /// Goes to a place in the utterance of this client that is heard, or was heard last.
    ///
    /// # Errors
    ///
    /// [`Reason::InvalidInput`](super::Reason::InvalidInput) if that is not there.
    pub fn seek(&self, to: Seek) -> Result<CommandId, Error> {
        self.command(|queue| queue.seek(to))
    }

    /// Says the last sentence of this client again, and what comes after it.
    ///
    /// # Errors
    ///
    /// [`Reason::InvalidInput`](super::Reason::InvalidInput) if there is none.
    pub fn replay(&self) -> Result<CommandId, Error> {
        self.command(TrackQueue::replay)
    }

    /// Sets the volume of this client, on top of that of the runtime.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub fn set_volume(&self, volume: Volume) -> Result<CommandId, Error> {
        self.act(|runtime, session| {
            let command = runtime.command(session, |queue| queue.set_volume(volume))?;
            session.topic.change(ClientEvent::VolumeSet(volume));
            Ok(command)
        })
    }

    /// How far what is heard of this client is, or was.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub fn position(&self) -> Result<Option<Position>, Error> {
        self.act(|_, session| Ok(session.queue.position()))
    }

    /// How things stand with it.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub fn state(&self) -> Result<ClientState, Error> {
        self.act(|_, session| Ok(session.topic.state()))
    }

    /// Follows what happens to it: a snapshot, and then every change. Dropping the subscription without
    /// [`end`](Subscription::end) is taken for the death of the client.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub fn events(&self) -> Result<Subscription<ClientState>, Error> {
        self.act(|_, session| Ok(session.topic.subscribe()))
    }

    /// Proves that it lives, and does nothing else.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub fn heartbeat(&self) -> Result<(), Error> {
        self.act(|_, _| Ok(()))
    }

    /// Ends the client: what it has queued is stopped by a fade. A second time it does nothing.
    pub fn detach(&self) {
        if let Ok(runtime) = self.runtime() {
            runtime.detach(self.id);
        }
    }
}
