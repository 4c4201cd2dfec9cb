//! The inference thread: makes a chunk of one job, then of another, as the [schedule](super::schedule) says.
//!
//! It owns the voice. Between two chunks it looks at what has come meanwhile; when there is nothing to do, it sleeps on its
//! [bell](super::bell). It waits for nothing else, and uses no CPU meanwhile.

use super::clip::ClipCache;
use super::desk::{Desk, Next, VoiceOnDesk};
use super::error::{Interruption, SpeechError};
use super::event::EventSender;
use super::job::{End, Job, Step, Tools};
use super::loading::LoadError;
use super::plan::Plan;
use super::synthesizer::{CancelFlag, Synthesizer};
use super::voice_slot::VoiceSlot;
use std::sync::Arc;
use std::time::Instant;

pub(super) struct Inference {
    pub(super) desk: Arc<Desk>,
    pub(super) slot: VoiceSlot,
    pub(super) clips: Arc<ClipCache>,
    pub(super) events: EventSender,
    pub(super) plan: Plan,
}

/// What a round has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Round {
    /// Something was done, and there may be more.
    Worked,
    /// There is nothing to do until the bell rings, or until that time.
    Idle(Option<Instant>),
    /// The desk is closed.
    Over,
}

impl Inference {
    /// Works until the desk is closed, and gives the voice back.
    pub(super) fn run(mut self) -> Option<Box<dyn Synthesizer>> {
        loop {
            match self.round() {
                Round::Worked => {}
                Round::Idle(until) => self.desk.bell.wait(until),
                Round::Over => return self.close(),
            }
        }
    }

    /// Deals with what has come, and makes one chunk at most.
    pub(super) fn round(&mut self) -> Round {
        if self.desk.is_closed() {
            return Round::Over;
        }
        for request in self.desk.take_requests() {
            self.slot.take(request);
        }
        if let Err(error) = self.slot.look() {
            self.fail_voiced(&error);
        }
        for job in self.desk.take_stopped() {
            self.end(job, End::Cut(Interruption::Stopped));
        }
        let voice = VoiceOnDesk {
            is_there: self.slot.has_voice(),
            is_to_be_warmed: self.slot.is_to_be_warmed(),
        };
        let (next, needs_voice) = self.desk.next(voice);
        if needs_voice && let Err(error) = self.slot.need() {
            self.fail_voiced(&error);
        }
        match next {
            Next::Step(job, give_up) => self.step(job, give_up),
            Next::WarmUp(give_up) => {
                self.slot.warm_up(&give_up);
                self.desk.put_back(None, None);
            }
            Next::Nothing(until) => return Round::Idle(until),
        }
        Round::Worked
    }

    /// Takes one step of a job.
    fn step(&mut self, mut job: Job, give_up: CancelFlag) {
        let stopped = job.work.stopped();
        if !job.is_begun && !stopped.is_set() {
            job.is_begun = true;
            job.work.begin(&self.events);
        }
        let cancel = CancelFlag::either(stopped.clone(), give_up);
        let class = job.class;
        let ahead = job.supply().map(|supply| supply.ahead);
        let result = job.work.step(Tools {
            voice: self.slot.voice(),
            clips: &self.clips,
            events: &self.events,
            plan: &mut self.plan,
            ahead,
            cancel: &cancel,
        });
        match result {
            Ok(Step::GivenUp) if stopped.is_set() => self.cut(job, Interruption::Stopped),
            Ok(Step::GivenUp) => {
                tracing::debug!(order = job.order, "given up for another, to be made again");
                self.desk.put_back(Some(job), None);
            }
            Ok(Step::Made) => self.desk.put_back(Some(job), Some(class)),
            Ok(Step::Waits) => self.desk.put_back(Some(job), None),
            Ok(Step::Done) => {
                self.desk.put_back(None, Some(class));
                self.end(job, End::Done);
            }
            Err(why) => self.cut(job, why),
        }
    }

    fn cut(&mut self, job: Job, why: Interruption) {
        self.desk.put_back(None, None);
        self.end(job, End::Cut(why));
    }

    fn end(&self, job: Job, end: End) {
        job.work.end(end, &self.events);
    }

    /// There is no voice for those who wait for one.
    fn fail_voiced(&mut self, error: &LoadError) {
        for job in self.desk.take_voiced() {
            let error = SpeechError::Voice(error.clone());
            self.end(job, End::Cut(Interruption::Failed(error)));
        }
    }

    fn close(self) -> Option<Box<dyn Synthesizer>> {
        let (jobs, requests) = self.desk.clear();
        // Their promises tell that it is closed.
        drop(requests);
        for job in jobs {
            self.end(job, End::Cut(Interruption::Stopped));
        }
        self.slot.close()
    }
}
