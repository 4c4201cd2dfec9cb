//! What a speaker tells about its work.

use super::error::SpeechError;
use super::utterance::UtteranceId;
use std::ops::Range;
use std::sync::mpsc;
use std::time::Duration;

/// Events that can wait to be read.
const CAPACITY: usize = 256;

/// Something that happened to an utterance on its way to its track. Being heard comes later:
/// [`PlaybackEvent`](crate::playback::PlaybackEvent) tells that, and the
/// [`UtteranceHandle`](super::UtteranceHandle) how it ended.
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
}

/// Where events come out. 256 can wait to be read. When they do, further ones are dropped and counted in the
/// log: the inference thread waits for nobody. How an utterance ended is never lost, since its handle knows.
pub type Events = mpsc::Receiver<Event>;

pub(super) struct EventSender {
    sender: mpsc::SyncSender<Event>,
    dropped: u64,
}

pub(super) fn events() -> (EventSender, Events) {
    let (sender, events) = mpsc::sync_channel(CAPACITY);
    (EventSender { sender, dropped: 0 }, events)
}

impl EventSender {
    pub(super) fn send(&mut self, event: Event) {
        match self.sender.try_send(event) {
            Ok(()) if self.dropped > 0 => {
                tracing::warn!(dropped = self.dropped, "events were not read in time");
                self.dropped = 0;
            }
            // Whoever has dropped the receiver wants none.
            Ok(()) | Err(mpsc::TrySendError::Disconnected(_)) => {}
            Err(mpsc::TrySendError::Full(_)) => self.dropped += 1,
        }
    }
}
