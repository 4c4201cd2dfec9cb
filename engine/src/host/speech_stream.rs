//! An utterance whose text is still being written.

use super::client::Client;
use super::error::Error;
use crate::speech::{Outcome, TextWriter, UtteranceHandle, UtteranceId};

/// A text that is said while it is written, from [`Client::speak_stream`].
///
/// What is pushed is said as soon as nothing that may follow could change it; the utterance is over when
/// [`finish`](Self::finish) was called and the last word was heard. Clones are the same text. When the last is dropped the
/// text is finished, and said to its end.
#[derive(Debug, Clone)]
pub struct SpeechStream {
    pub(super) client: Client,
    pub(super) handle: UtteranceHandle,
    pub(super) writer: TextWriter,
}

impl SpeechStream {
    /// The utterance, as events name it.
    pub fn id(&self) -> UtteranceId {
        self.handle.id()
    }

    /// The utterance, to be waited for.
    pub fn handle(&self) -> &UtteranceHandle {
        &self.handle
    }

    /// How it ended, if it has.
    pub fn outcome(&self) -> Option<Outcome> {
        self.handle.outcome()
    }

    /// Adds a piece of the text: UTF-8, which may begin and end inside of a word or a character. Returns at once.
    ///
    /// # Errors
    ///
    /// [`QueueFull`](super::Reason::QueueFull) if more than [`UNREAD_TEXT`](crate::speech::UNREAD_TEXT) waits to be said,
    /// [`Cancelled`](super::Reason::Cancelled) if the utterance is over, and
    /// [`InvalidInput`](super::Reason::InvalidInput) if the text was finished. Nothing of the piece was taken then.
    pub fn push(&self, piece: impl AsRef<[u8]>) -> Result<(), Error> {
        Ok(self.writer.push(piece)?)
    }

    /// Nothing more will come.
    pub fn finish(&self) {
        self.writer.finish();
    }

    /// Ends the utterance: what is heard of it fades out, and the rest is not said. What else the client has asked for goes
    /// on. Does nothing if it is over.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub fn cancel(&self) -> Result<(), Error> {
        self.writer.finish();
        self.client.cancel(self.id())
    }
}
