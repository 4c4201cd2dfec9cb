//! The speaker: the handle of the inference thread.
//!
//! Whoever wants to speak, the command or the host, holds one. Nothing that it does waits for inference,
//! except closing.

use super::clip::{ClipCache, ClipOptions, ClipSource};
use super::desk::Desk;
use super::error::SpeakError;
use super::event::{EventSender, Events, Tap, events};
use super::inference::Inference;
use super::loading::{VoiceLoader, VoiceRequest, VoiceStatus};
use super::plan::Plan;
use super::progress::UtteranceHandle;
use super::queue::{SpeakOptions, SpeechQueue};
use super::synthesizer::Synthesizer;
use super::utterance::Utterance;
use super::voice_slot::{Request, VoiceSlot};
use super::writing::{FileHandle, write_file};
use crate::playback::output::WavEncoding;
use crate::playback::{CommandId, PlaybackError, Player, QueueId, Stop, TrackQueue};
use parking_lot::Mutex;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

/// Says utterances and plays clips on a player, and writes speech into files beside.
pub struct Speaker {
    desk: Arc<Desk>,
    player: Player,
    first: SpeechQueue,
    clips: Arc<ClipCache>,
    voice: Arc<Mutex<VoiceStatus>>,
    thread: Option<JoinHandle<Option<Box<dyn Synthesizer>>>>,
}

impl Speaker {
    /// Starts the inference thread with `synthesizer`, for `player`. The events are those of all utterances. The voice stays
    /// until it is rebuilt: it cannot be released, since nothing would bring it back.
    ///
    /// # Errors
    ///
    /// [`SpeakError::Thread`] if there is no thread.
    pub fn start(player: Player, synthesizer: Box<dyn Synthesizer>) -> Result<(Self, Events), SpeakError> {
        Self::begin(player, Some(synthesizer), None)
    }

    /// The same without a voice: `loader` loads it when something is first to be said, or it is to be warm.
    ///
    /// # Errors
    ///
    /// [`SpeakError::Thread`] if there is no thread.
    pub fn start_with_loader(player: Player, loader: VoiceLoader) -> Result<(Self, Events), SpeakError> {
        Self::begin(player, None, Some(loader))
    }

    /// The same, and `tap` is told every event as it happens; it must not wait.
    pub(crate) fn start_with_tap(player: Player, loader: VoiceLoader, tap: Tap) -> Result<Self, SpeakError> {
        Self::start_telling(player, None, Some(loader), EventSender::to(tap))
    }

    fn begin(
        player: Player,
        voice: Option<Box<dyn Synthesizer>>,
        loader: Option<VoiceLoader>,
    ) -> Result<(Self, Events), SpeakError> {
        let (sender, events) = events();
        Ok((Self::start_telling(player, voice, loader, sender)?, events))
    }

    fn start_telling(
        player: Player,
        voice: Option<Box<dyn Synthesizer>>,
        loader: Option<VoiceLoader>,
        sender: EventSender,
    ) -> Result<Self, SpeakError> {
        let clips = Arc::<ClipCache>::default();
        let status = Arc::<Mutex<VoiceStatus>>::default();
        let desk = Arc::new(Desk::new(sender.clone()));
        let bell = Arc::clone(&desk.bell);
        let inference = Inference {
            plan: Plan::default(),
            desk: Arc::clone(&desk),
            slot: VoiceSlot::new(voice, loader, sender.clone(), bell, Arc::clone(&status)),
            clips: Arc::clone(&clips),
            events: sender,
        };
        let first = player.queue(QueueId::FIRST).map_err(PlaybackError::from)?;
        player.set_bell({
            let bell = Arc::clone(&desk.bell);
            Arc::new(move || bell.ring())
        });
        let thread = thread::Builder::new()
            .name("utter-inference".into())
            .spawn(move || inference.run());
        let thread = thread.map_err(|error| SpeakError::Thread(Arc::new(error)))?;
        let speaker = Self {
            first: SpeechQueue::new(QueueId::FIRST, Arc::new(first), Arc::clone(&desk)),
            desk,
            player,
            clips,
            voice: status,
            thread: Some(thread),
        };
        Ok(speaker)
    }

    /// The queue that is there from the beginning: the one that [`speak`](Self::speak) and [`clip`](Self::clip) use.
    pub fn queue(&self) -> &SpeechQueue {
        &self.first
    }

    /// What is said on a queue of the player.
    pub fn queue_on(&self, queue: &TrackQueue) -> SpeechQueue {
        SpeechQueue::new(queue.id(), Arc::new(queue.clone()), Arc::clone(&self.desk))
    }

    /// Says `utterance` after all that was asked for before.
    ///
    /// # Errors
    ///
    /// As for [`SpeechQueue::speak`].
    pub fn speak(&self, utterance: Utterance) -> Result<UtteranceHandle, SpeakError> {
        self.first.speak(utterance, SpeakOptions::default())
    }

    /// Plays a sound file after all that was asked for before, as if it were an utterance. It is decoded when its turn
    /// comes, all of it before anything is heard, so one that is damaged is not heard at all; its outcome tells why.
    ///
    /// # Errors
    ///
    /// As for [`SpeechQueue::speak`].
    pub fn clip(&self, source: ClipSource, options: ClipOptions) -> Result<UtteranceHandle, SpeakError> {
        self.first.clip(source, options, SpeakOptions::default())
    }

    /// Writes `utterance` into a WAV file at `path`, 24 kHz mono, in the time that what is said leaves, and at least one
    /// chunk after four of those. The frames are those of [`render`](super::render()). Until it is whole, nothing is
    /// there under this name.
    ///
    /// # Errors
    ///
    /// [`SpeakError::QueueFull`] if [`PENDING_UTTERANCES`](super::PENDING_UTTERANCES) files wait already, or
    /// [`PENDING_IN_ALL`](super::PENDING_IN_ALL) jobs; [`SpeakError::Closed`]. Whether it can be written is in its outcome.
    pub fn write_file(
        &self,
        utterance: Utterance,
        path: impl Into<PathBuf>,
        encoding: WavEncoding,
    ) -> Result<FileHandle, SpeakError> {
        write_file(&self.desk, utterance, path.into(), encoding)
    }

    /// The clips that are kept decoded.
    pub fn clips(&self) -> &Arc<ClipCache> {
        &self.clips
    }

    /// How things are with the voice.
    pub fn voice(&self) -> VoiceStatus {
        *self.voice.lock()
    }

    /// Has the voice loaded, if it is not, and speak once, unheard, so that the next call has no first-call cost. What is to
    /// be said meanwhile goes ahead of it.
    pub fn warm_up(&self) -> VoiceRequest {
        self.desk.ask(Request::WarmUp)
    }

    /// Drops the voice, between two chunks, to give its memory back. It is loaded again when it is needed, which is at once
    /// if something is still to be said. Decoded clips stay: [`clips`](Self::clips) can be told to forget them.
    pub fn release(&self) -> VoiceRequest {
        self.desk.ask(Request::Release)
    }

    /// Loads another voice, which takes the place of the one that is there when it stands; until then, and if it fails, that
    /// one goes on. For that time both are in memory. `loader` is also what brings it back from then on.
    pub fn rebuild(&self, loader: VoiceLoader) -> VoiceRequest {
        self.desk.ask(|promise| Request::Rebuild(loader, promise))
    }

    /// Silences by a fade of 8 ms and drops everything that was asked for before. What is asked for
    /// afterwards is said. Returns at once. For other ways to stop, and the rest of the transport, there is the
    /// [`player`](Self::player).
    pub fn stop(&self) -> CommandId {
        self.player.stop(Stop::Fade)
    }

    /// The player that is spoken on.
    pub fn player(&self) -> &Player {
        &self.player
    }

    /// Stops, ends the threads, and gives the voice back; `None` if the thread is gone, or there was no voice. Waits for the
    /// synthesis in hand to give up, and for a voice that is being loaded. Files that are not written are cancelled. The
    /// player stays open. On the inference thread itself, as in what is called when something is done, nothing is waited
    /// for: the thread ends when it has returned from there.
    pub fn close(mut self) -> Option<Box<dyn Synthesizer>> {
        self.retire();
        let thread = self.thread.take()?;
        match thread.thread().id() == thread::current().id() {
            true => None,
            false => thread.join().ok()?,
        }
    }

    fn retire(&self) {
        self.desk.close();
        self.stop();
    }
}

impl Drop for Speaker {
    /// As [`close`](Self::close), but does not wait for the thread.
    fn drop(&mut self) {
        if self.thread.is_some() {
            self.retire();
        }
    }
}
