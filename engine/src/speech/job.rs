//! A job: something that the inference thread makes chunk by chunk, among other jobs.
//!
//! What a job does in a step, and what is told when it ends, is its [`Work`]: speech to be heard, a clip, a file. Between two
//! steps it waits on the [desk](super::desk) and holds nothing of the thread's.

use super::clip::ClipCache;
use super::error::Interruption;
use super::event::EventSender;
use super::schedule::{Candidate, Class};
use super::stage::Stage;
use super::synthesizer::{CancelFlag, Synthesizer};
use crate::playback::QueueId;
use std::sync::Arc;

/// A job on its way.
pub(super) struct Job {
    /// Its number, in the order in which jobs were asked for.
    pub(super) order: u64,
    pub(super) class: Class,
    /// Where it is heard; `None` for a file.
    pub(super) place: Option<Place>,
    /// Whether a step of it was taken.
    pub(super) is_begun: bool,
    pub(super) work: Box<dyn Work>,
}

/// A queue of a player.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) queue: QueueId,
    pub(super) stage: Arc<dyn Stage>,
}

/// What a job does.
pub(super) trait Work: Send {
    /// A flag that is set when nobody wants the rest.
    fn stopped(&self) -> CancelFlag;

    /// Whether a step needs the voice.
    fn needs_voice(&self) -> bool;

    /// Told before the first step.
    fn begin(&mut self, events: &EventSender);

    /// Makes one chunk, or as much as is made at once.
    fn step(&mut self, tools: Tools<'_>) -> Result<Step, Interruption>;

    /// Told when there will be no further step.
    fn end(self: Box<Self>, end: End, events: &EventSender);
}

/// What a step is taken with.
pub(super) struct Tools<'a> {
    /// There if the work needs it.
    pub(super) voice: Option<&'a mut (dyn Synthesizer + 'static)>,
    pub(super) clips: &'a ClipCache,
    pub(super) events: &'a EventSender,
    /// Set when the step is to be given up: to be taken again, or since nobody wants the rest.
    pub(super) cancel: &'a CancelFlag,
}

/// What a step has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// There is more to be made.
    Made,
    /// All is made.
    Done,
    /// It was given up, and can be taken again.
    GivenUp,
}

/// How a job ends.
pub(super) enum End {
    /// All is made.
    Done,
    /// It was stopped, or failed.
    Cut(Interruption),
}

impl Job {
    pub(super) fn queue(&self) -> Option<QueueId> {
        self.place.as_ref().map(|place| place.queue)
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.work.stopped().is_set()
    }

    /// What the schedule has to know of it. Asks its queue.
    pub(super) fn candidate(&self) -> Candidate {
        let supply = self.place.as_ref().map(|place| {
            let is_urgent = self.class == Class::Urgent;
            place.stage.supply(is_urgent)
        });
        Candidate {
            order: self.order,
            class: self.class,
            has_room: supply.is_none_or(|supply| supply.has_room),
            is_dry: supply.is_some_and(|supply| supply.is_dry),
        }
    }
}
