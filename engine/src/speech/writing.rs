//! Speech into a file as the work of a job, beside what is said.
//!
//! The frames are those of [`render`](super::render()), bit for bit, whatever was said between two chunks. The file is begun
//! with the first chunk and gets its name when all of it is there; one that is cancelled or fails leaves nothing behind.

use super::SAMPLE_RATE;
use super::bell::Bell;
use super::chunks::{Prepared, Script, Stepped};
use super::completion::{Abandoned, Completion, Promise, promise};
use super::desk::Desk;
use super::error::{Interruption, SpeakError, SpeechError};
use super::event::{Event, EventSender};
use super::job::{End, Job, Step, Tools, Work};
use super::render::Rendered;
use super::schedule::Class;
use super::source::Readiness;
use super::synthesizer::{CancelFlag, CancelSwitch};
use super::transcript::Transcript;
use super::utterance::Utterance;
use crate::playback::output::{WavEncoding, WavFile};
use crate::text::{TextRange, Wish};
use parking_lot::Mutex;
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Numbers the files of a speaker, in the order in which they were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub(super) u64);

impl FileId {
    /// The file of a number that [`number`](Self::number) gave. Whether there is one is not looked at.
    pub fn of_number(number: u64) -> Self {
        Self(number)
    }

    /// Its number, which no other of the same speaker has.
    pub fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How a file ended.
#[derive(Debug, Clone)]
pub enum FileOutcome {
    /// It is there, whole.
    Written(Rendered),
    /// It was cancelled, or the speaker closed. There is no file, or the one that was there before.
    Cancelled,
    /// It could not be written. There is no file, or the one that was there before.
    Failed(SpeechError),
}

impl Abandoned for FileOutcome {
    fn abandoned() -> Self {
        Self::Cancelled
    }
}

/// How far a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FileProgress {
    /// Chunks that were written.
    pub chunks: usize,
    /// How long their audio is.
    pub duration: Duration,
}

/// Follows a file that is being written. Clones follow the same; dropping them changes nothing.
#[derive(Clone)]
pub struct FileHandle {
    id: FileId,
    progress: Arc<Mutex<FileProgress>>,
    cancel: CancelSwitch,
    completion: Completion<FileOutcome>,
    bell: Arc<Bell>,
    /// What it says; none if that has no text.
    transcript: Option<Transcript>,
}

impl FileHandle {
    /// The file.
    pub fn id(&self) -> FileId {
        self.id
    }

    /// How far it is.
    pub fn progress(&self) -> FileProgress {
        *self.progress.lock()
    }

    /// Where a part of its text stands, in bytes and in UTF-16: for the words of what was written, which are in bytes. Without a
    /// text both are the bytes.
    pub fn text_range(&self, bytes: &Range<usize>) -> TextRange {
        Transcript::range_in(self.transcript.as_ref(), bytes)
    }

    /// Gives it up, between two kernels if a chunk of it is being made. Does nothing if it is over.
    pub fn cancel(&self) {
        self.cancel.set();
        self.bell.ring();
    }

    /// How it ends: to be waited for, or told.
    pub fn completion(&self) -> &Completion<FileOutcome> {
        &self.completion
    }

    /// Waits until it is over.
    pub fn wait(&self) -> FileOutcome {
        self.completion.wait()
    }
}

/// Puts a file on the desk.
pub(super) fn write_file(
    desk: &Desk,
    utterance: Utterance,
    path: PathBuf,
    encoding: WavEncoding,
) -> Result<FileHandle, SpeakError> {
    desk.add(None, false, |order| {
        let bell = Arc::clone(&desk.bell);
        let (writing, handle) = Writing::new(FileId(order), utterance, path, encoding, bell);
        let job = Job {
            order,
            class: Class::File,
            place: None,
            is_begun: false,
            work: Box::new(writing),
        };
        Ok((job, handle))
    })
}

/// The work.
struct Writing {
    id: FileId,
    script: Script,
    path: PathBuf,
    encoding: WavEncoding,
    /// There from the first chunk on.
    file: Option<WavFile>,
    rendered: Rendered,
    stopped: CancelFlag,
    progress: Arc<Mutex<FileProgress>>,
    promise: Promise<FileOutcome>,
}

impl Writing {
    fn new(
        id: FileId,
        utterance: Utterance,
        path: PathBuf,
        encoding: WavEncoding,
        bell: Arc<Bell>,
    ) -> (Self, FileHandle) {
        let (stopped, cancel) = CancelFlag::with_switch();
        let (promise, completion) = promise();
        let progress = Arc::<Mutex<FileProgress>>::default();
        let transcript = utterance.chunks.transcript();
        let writing = Self {
            id,
            script: Script::new(utterance),
            path,
            encoding,
            file: None,
            rendered: Rendered::default(),
            stopped,
            progress: Arc::clone(&progress),
            promise,
        };
        let handle = FileHandle {
            id,
            progress,
            cancel,
            completion,
            bell,
            transcript,
        };
        (writing, handle)
    }

    fn begin_file(&mut self) -> Result<(), Interruption> {
        if self.file.is_none() {
            self.file = Some(WavFile::create(&self.path, SAMPLE_RATE, self.encoding)?);
        }
        Ok(())
    }

    /// Gives the file its name.
    fn finish(&mut self) -> Result<(), Interruption> {
        match self.file.take() {
            Some(file) => Ok(file.finish()?),
            None => Ok(()),
        }
    }
}

impl Work for Writing {
    fn stopped(&self) -> CancelFlag {
        self.stopped.clone()
    }

    fn needs_voice(&self) -> bool {
        true
    }

    fn readiness(&self, now: Instant, _: Option<Duration>) -> Readiness {
        self.script.readiness(now, None)
    }

    fn begin(&mut self, events: &EventSender) {
        events.send(Event::FileStarted { file: self.id });
    }

    fn step(&mut self, tools: Tools<'_>) -> Result<Step, Interruption> {
        let Some(voice) = tools.voice else {
            return Ok(Step::GivenUp);
        };
        // Before anything is computed for a place that cannot be written.
        self.begin_file()?;
        let audio = match self.script.step(voice, tools.cancel, Wish::WHOLE)? {
            Stepped::Made(audio) => audio,
            Stepped::GivenUp => return Ok(Step::GivenUp),
            Stepped::Later => return Ok(Step::Waits),
            Stepped::Over => {
                self.finish()?;
                return Ok(Step::Done);
            }
        };
        if let Some(file) = &mut self.file {
            self.rendered.take(audio, file)?;
        }
        let progress = FileProgress {
            chunks: self.rendered.chunks,
            duration: self.rendered.duration(),
        };
        *self.progress.lock() = progress;
        tools.events.send(Event::FileProgress {
            file: self.id,
            progress,
        });
        if self.script.prepare(Wish::WHOLE)? != Prepared::Over {
            return Ok(Step::Made);
        }
        if self.stopped.is_set() {
            return Err(Interruption::Stopped);
        }
        self.finish()?;
        Ok(Step::Done)
    }

    fn end(self: Box<Self>, end: End, events: &EventSender) {
        let Self {
            id,
            path,
            file,
            rendered,
            promise,
            ..
        } = *self;
        // What is not finished is removed before it is told.
        drop(file);
        let outcome = match end {
            End::Done => {
                tracing::info!(file = %id, path = %path.display(), seconds = rendered.duration().as_secs_f64(), "file written");
                FileOutcome::Written(rendered)
            }
            End::Cut(Interruption::Stopped) => FileOutcome::Cancelled,
            End::Cut(Interruption::Failed(error)) => {
                tracing::info!(file = %id, path = %path.display(), %error, "file failed");
                FileOutcome::Failed(error)
            }
        };
        events.send(Event::FileEnded {
            file: id,
            outcome: outcome.clone(),
        });
        promise.keep(outcome);
    }
}
