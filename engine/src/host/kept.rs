//! What is kept for a client that only has numbers: texts that it is still writing, and files that are written for it.
//!
//! A caller behind a boundary, such as Dart, cannot hold a [`SpeechStream`] or a [`FileHandle`]. Its session holds them, so they
//! end with the client, whatever becomes of the caller. Asked by [`Client`](super::Client) under its session's life.

use super::error::{Error, Reason};
use super::speech_stream::SpeechStream;
use crate::speech::{FileHandle, FileId, UtteranceId};
use std::collections::BTreeMap;

/// Files that are kept of those that are over; the oldest is forgotten for another.
const FILES_OVER: usize = 64;

/// What is kept for a client.
#[derive(Default)]
pub(super) struct Kept {
    texts: BTreeMap<UtteranceId, SpeechStream>,
    files: BTreeMap<FileId, FileHandle>,
}

impl Kept {
    pub(super) fn add_text(&mut self, text: SpeechStream) {
        self.texts.retain(|_, text| text.outcome().is_none());
        self.texts.insert(text.id(), text);
    }

    /// A text that is being written.
    ///
    /// # Errors
    ///
    /// [`Reason::Cancelled`] if there is none of that number: it is over, was finished, or never was.
    pub(super) fn text(&self, utterance: UtteranceId) -> Result<SpeechStream, Error> {
        let text = self.texts.get(&utterance).cloned();
        text.ok_or_else(|| {
            Error::new(
                Reason::Cancelled,
                format_args!("no text of utterance {utterance} is being written"),
                "begin a new one for what is still to be said",
            )
        })
    }

    pub(super) fn take_text(&mut self, utterance: UtteranceId) -> Option<SpeechStream> {
        self.texts.remove(&utterance)
    }

    pub(super) fn add_file(&mut self, file: FileHandle) {
        let is_over = |file: &FileHandle| file.completion().result().is_some();
        let over: Vec<_> = self.files.iter().filter(|(_, file)| is_over(file)).collect();
        let oldest = over.first().map(|(id, _)| **id);
        if let Some(oldest) = oldest.filter(|_| over.len() >= FILES_OVER) {
            self.files.remove(&oldest);
        }
        self.files.insert(file.id(), file);
    }

    /// A file that is being written, or was.
    ///
    /// # Errors
    ///
    /// [`Reason::InvalidInput`] if there is none of that number, or its end was told.
    pub(super) fn file(&self, file: FileId) -> Result<FileHandle, Error> {
        self.files.get(&file).cloned().ok_or_else(|| {
            Error::new(
                Reason::InvalidInput,
                format_args!("this client has no file {file}"),
                "ask for a file once, before or after its end",
            )
        })
    }

    pub(super) fn forget_file(&mut self, file: FileId) {
        self.files.remove(&file);
    }

    /// The client has ended: its files are given up. Its texts end with its queue.
    pub(super) fn end(&mut self) {
        self.texts.clear();
        for file in std::mem::take(&mut self.files).into_values() {
            file.cancel();
        }
    }
}
