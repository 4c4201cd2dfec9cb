//! A job: something that the inference thread makes chunk by chunk, among other jobs.
//!
//! What a job does in a step, and what is told when it ends, is its [`Work`]: speech to be heard, a clip, a file. Between two
//! steps it waits on the [desk](super::desk) and holds nothing of the thread's.

use super::clip::ClipCache;
use super::error::Interruption;
use super::event::EventSender;
use super::plan::Plan;
use super::schedule::{Candidate, Class};
use super::source::Readiness;
use super::stage::{Stage, Supply};
use super::synthesizer::{CancelFlag, Synthesizer};
use crate::playback::QueueId;
use std::sync::Arc;
use std::time::{Duration, Instant};

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

    /// When a step can come to something, with so much of its queue left to be heard; `None` if nobody listens.
    fn readiness(&self, _now: Instant, _ahead: Option<Duration>) -> Readiness {
        Readiness::Ready
    }

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
    /// What the voice costs.
    pub(super) plan: &'a mut Plan,
    /// How much of its queue is made and not heard; `None` if nobody listens.
    pub(super) ahead: Option<Duration>,
    /// Set when the step is to be given up: to be taken again, or since nobody wants the rest.
    pub(super) cancel: &'a CancelFlag,
}

/// What a step has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// There is more to be made.
    Made,
    /// Nothing was made, since nothing is there yet.
    Waits,
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

    /// How things are with its queue, if it has one.
    pub(super) fn supply(&self) -> Option<Supply> {
        let is_urgent = self.class == Class::Urgent;
        self.place.as_ref().map(|place| place.stage.supply(is_urgent))
    }

    /// When a step of it comes to something. Asks its queue.
    pub(super) fn readiness(&self, now: Instant) -> Readiness {
        let ahead = self.supply().map(|supply| supply.ahead);
        self.work.readiness(now, ahead)
    }

    /// What the schedule has to know of it. Asks its queue.
    pub(super) fn candidate(&self) -> Candidate {
        let supply = self.supply();
        Candidate {
            order: self.order,
            class: self.class,
            has_room: supply.is_none_or(|supply| supply.has_room),
            is_dry: supply.is_some_and(|supply| supply.is_dry),
        }
    }
}
