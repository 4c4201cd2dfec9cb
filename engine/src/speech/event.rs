//! What a speaker tells about its work.

use super::error::SpeechError;
use super::loading::{LoadError, LoadReason, LoadStep};
use super::utterance::UtteranceId;
use super::writing::{FileId, FileOutcome, FileProgress};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// Events that can wait to be read.
const CAPACITY: usize = 256;

/// Something that happened to an utterance on its way to its track, to a file, or to the voice. Being heard comes later:
/// [`PlaybackEvent`](crate::playback::PlaybackEvent) tells that, and the
/// [`UtteranceHandle`](super::UtteranceHandle) how it ended. The number of an utterance tells its track and its queue.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// Its first chunk is being synthesised.
    Started {
        /// The utterance.
        utterance: UtteranceId,
    },
    /// Its first frames are ready for the device.
    FirstAudio {
        /// The utterance.
        utterance: UtteranceId,
        /// Since it was asked for.
        after: Duration,
    },
    /// A chunk was synthesised.
    ChunkReady {
        /// The utterance.
        utterance: UtteranceId,
        /// The chunk's place in it, from 0.
        chunk: usize,
        /// Where the chunk came from: UTF-8 bytes of the text.
        source: Range<usize>,
        /// Its frames, at the voice's rate.
        frames: usize,
        /// How long synthesis took.
        took: Duration,
    },
    /// All its frames are made.
    Synthesised {
        /// The utterance.
        utterance: UtteranceId,
    },
    /// It was stopped while it waited or was synthesised. One that was all synthesised by then is only told so
    /// by its handle.
    Stopped {
        /// The utterance.
        utterance: UtteranceId,
    },
    /// It failed. What was made of it until then is still heard.
    Failed {
        /// The utterance.
        utterance: UtteranceId,
        /// Why.
        error: SpeechError,
    },
    /// The first chunk of a file is being synthesised.
    FileStarted {
        /// The file.
        file: FileId,
    },
    /// A chunk was written.
    FileProgress {
        /// The file.
        file: FileId,
        /// How far it is.
        progress: FileProgress,
    },
    /// A file is there, was cancelled, or failed.
    FileEnded {
        /// The file.
        file: FileId,
        /// Which of these.
        outcome: FileOutcome,
    },
    /// The voice is being loaded. Told with every step.
    VoiceLoading {
        /// Why.
        reason: LoadReason,
        /// What is done now.
        step: LoadStep,
    },
    /// The voice was loaded, and is what speaks from now on.
    VoiceReady {
        /// Why it was loaded.
        reason: LoadReason,
        /// How long that took.
        took: Duration,
    },
    /// The voice has spoken once, unheard, as it was asked to.
    VoiceWarm {
        /// How long that took.
        took: Duration,
    },
    /// The voice could not be loaded. One that was there before goes on.
    VoiceFailed {
        /// Why it was to be loaded.
        reason: LoadReason,
        /// What was wrong.
        error: LoadError,
    },
    /// The voice is not in memory any more. It comes back when it is needed.
    VoiceReleased,
}

/// Where events come out. 256 can wait to be read. When they do, further ones are dropped and counted in the
/// log: the inference thread waits for nobody. How an utterance ended is never lost, since its handle knows.
pub type Events = mpsc::Receiver<Event>;

/// Told every event by the thread on which it happens.
pub(crate) type Tap = Arc<dyn Fn(&Event) + Send + Sync>;

#[derive(Clone)]
pub(super) struct EventSender {
    sender: mpsc::SyncSender<Event>,
    dropped: Arc<AtomicU64>,
    tap: Option<Tap>,
}

pub(super) fn events() -> (EventSender, Events) {
    let (sender, events) = mpsc::sync_channel(CAPACITY);
    let dropped = Arc::default();
    let sender = EventSender {
        sender,
        dropped,
        tap: None,
    };
    (sender, events)
}

impl EventSender {
    /// One that tells `tap`, where none may be lost.
    pub(super) fn to(tap: Tap) -> Self {
        Self {
            tap: Some(tap),
            ..events().0
        }
    }

    pub(super) fn send(&self, event: Event) {
        if let Some(tap) = &self.tap {
            tap(&event);
        }
        match self.sender.try_send(event) {
            Ok(()) => {
                let dropped = self.dropped.swap(0, Ordering::Relaxed);
                if dropped > 0 {
                    tracing::warn!(dropped, "events were not read in time");
                }
            }
            // Whoever has dropped the receiver wants none.
            Err(mpsc::TrySendError::Disconnected(_)) => {}
            Err(mpsc::TrySendError::Full(_)) => {
                self.dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}
