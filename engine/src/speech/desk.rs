//! The desk: where jobs and requests wait for the inference thread, and where it takes the next from.
//!
//! Handles put them here from any thread, and the thread takes them out; a job that has more to be made comes back between two
//! chunks. The lock is held while queues are asked for their supply, never while anything is made. What waits is bounded:
//! [`PENDING_UTTERANCES`] jobs of a queue, as many files, and [`PENDING_IN_ALL`] of all together; jobs that were begun do
//! not count, of which a queue has two at most, an urgent one and another. More are refused.

use super::bell::Bell;
use super::completion::{Promise, promise};
use super::error::{Interruption, SpeakError};
use super::event::EventSender;
use super::job::{End, Job};
use super::loading::{LoadError, VoiceRequest, VoiceResult};
use super::schedule::{Candidate, Choice, Class, Schedule};
use super::source::Readiness;
use super::synthesizer::{CancelFlag, CancelSwitch};
use super::voice_slot::Request;
use crate::playback::QueueId;
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Instant;

/// Utterances and clips of one queue that can wait to be begun, and files. Any more are refused with
/// [`SpeakError::QueueFull`].
pub const PENDING_UTTERANCES: usize = 64;

/// Utterances, clips and files of all queues together that can wait to be begun.
pub const PENDING_IN_ALL: usize = 256;

/// Requests to the voice that can wait. Any more are refused with [`LoadError::QueueFull`].
pub const PENDING_REQUESTS: usize = 64;

pub(super) struct Desk {
    state: Mutex<State>,
    pub(super) bell: Arc<Bell>,
}

struct State {
    /// In the order in which they were asked for, but the one that is being made.
    jobs: Vec<Job>,
    /// The number of the next job.
    next: u64,
    requests: Vec<Request>,
    schedule: Schedule,
    in_hand: Option<InHand>,
    /// `None` once it is closed.
    events: Option<EventSender>,
}

/// What the thread is about.
struct InHand {
    choice: Choice,
    /// Has it given up.
    give_up: CancelSwitch,
}

/// What there is to do.
pub(super) enum Next {
    /// A step of a job, to be given up when the flag is set.
    Step(Job, CancelFlag),
    /// To warm the voice up, to be given up when the flag is set.
    WarmUp(CancelFlag),
    /// Nothing, until the bell rings: also when there is room again for jobs that wait for some. Or until a job can go on that
    /// waits for text.
    Nothing(Option<Instant>),
}

/// How things are with the voice.
#[derive(Debug, Clone, Copy)]
pub(super) struct VoiceOnDesk {
    pub(super) is_there: bool,
    pub(super) is_to_be_warmed: bool,
}

/// What the first jobs of all queues and classes need.
#[derive(Default)]
struct Waiting {
    /// Those that need nothing.
    runnable: Vec<Candidate>,
    /// Some have room, and would need a voice.
    needs_voice: bool,
    /// When the first of those that wait for text can go on.
    until: Option<Instant>,
}

impl Desk {
    pub(super) fn new(events: EventSender) -> Self {
        Self {
            state: Mutex::new(State {
                jobs: Vec::new(),
                next: 0,
                requests: Vec::new(),
                schedule: Schedule::default(),
                in_hand: None,
                events: Some(events),
            }),
            bell: Arc::default(),
        }
    }

    /// Adds the job that `make` makes, with its number, to those of `queue`. It is made under the lock, so that tracks are in
    /// the order of jobs. With `replaces` none of the queue count as waiting: `make` stops them.
    pub(super) fn add<R>(
        &self,
        queue: Option<QueueId>,
        replaces: bool,
        make: impl FnOnce(u64) -> Result<(Job, R), SpeakError>,
    ) -> Result<R, SpeakError> {
        let mut state = self.state.lock();
        let events = state.events.clone().ok_or(SpeakError::Closed)?;
        // Those that were stopped take no room, and need not pile up.
        let is_long = state.jobs.len() >= PENDING_IN_ALL;
        let stopped = if is_long { state.take_stopped() } else { Vec::new() };
        let added = state.add(queue, replaces, make);
        drop(state);
        for job in stopped {
            job.work.end(End::Cut(Interruption::Stopped), &events);
        }
        if added.is_ok() {
            self.bell.ring();
        }
        added
    }

    /// Leaves a request to the voice. One that is refused is over at once.
    pub(super) fn ask(&self, request: impl FnOnce(Promise<VoiceResult>) -> Request) -> VoiceRequest {
        let (promise, completion) = promise();
        let mut state = self.state.lock();
        if state.events.is_none() {
            drop(state);
            promise.keep(Err(LoadError::Closed));
        } else if state.requests.len() >= PENDING_REQUESTS {
            drop(state);
            promise.keep(Err(LoadError::QueueFull));
        } else {
            state.requests.push(request(promise));
            drop(state);
            self.bell.ring();
        }
        completion
    }

    /// Takes the requests to the voice.
    pub(super) fn take_requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.state.lock().requests)
    }

    /// Takes the jobs that nobody wants any more.
    pub(super) fn take_stopped(&self) -> Vec<Job> {
        self.state.lock().take_stopped()
    }

    /// Takes the jobs that need the voice.
    pub(super) fn take_voiced(&self) -> Vec<Job> {
        let mut state = self.state.lock();
        state.jobs.extract_if(.., |job| job.work.needs_voice()).collect()
    }

    /// What is to be done next, and whether somebody waits for a voice that is not there.
    pub(super) fn next(&self, voice: VoiceOnDesk) -> (Next, bool) {
        let mut state = self.state.lock();
        let waiting = state.waiting(voice.is_there);
        let chosen = state.schedule.choose(&waiting.runnable);
        let (flag, give_up) = CancelFlag::with_switch();
        // What is heard goes ahead of the warm-up, which goes ahead of files: it is what they would do themselves.
        let is_speech = chosen.is_some_and(|choice| choice.class > Class::File);
        if voice.is_to_be_warmed && !is_speech {
            let choice = Choice {
                order: 0,
                class: Class::File,
                yields_to: Some(Class::Speech),
            };
            state.in_hand = Some(InHand { choice, give_up });
            return (Next::WarmUp(flag), waiting.needs_voice);
        }
        let taken = chosen.and_then(|choice| Some((choice, state.take(choice.order)?)));
        let next = match taken {
            Some((choice, job)) => {
                state.in_hand = Some(InHand { choice, give_up });
                Next::Step(job, flag)
            }
            None => Next::Nothing(waiting.until),
        };
        (next, waiting.needs_voice)
    }

    /// What was in hand is not any more; a job that has more to be made comes back.
    pub(super) fn put_back(&self, job: Option<Job>, made: Option<Class>) {
        let mut state = self.state.lock();
        state.in_hand = None;
        if let Some(job) = job {
            let place = state.jobs.partition_point(|other| other.order < job.order);
            state.jobs.insert(place, job);
        }
        if let Some(class) = made {
            let files_wait = state.jobs.iter().any(|job| job.class == Class::File);
            state.schedule.made(class, files_wait);
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state.lock().events.is_none()
    }

    /// Takes no more, and has the thread end.
    pub(super) fn close(&self) {
        let mut state = self.state.lock();
        state.events = None;
        if let Some(in_hand) = &state.in_hand {
            in_hand.give_up.set();
        }
        drop(state);
        self.bell.ring();
    }

    /// Takes all that waits.
    pub(super) fn clear(&self) -> (Vec<Job>, Vec<Request>) {
        let mut state = self.state.lock();
        (
            std::mem::take(&mut state.jobs),
            std::mem::take(&mut state.requests),
        )
    }
}

impl State {
    fn add<R>(
        &mut self,
        queue: Option<QueueId>,
        replaces: bool,
        make: impl FnOnce(u64) -> Result<(Job, R), SpeakError>,
    ) -> Result<R, SpeakError> {
        let waiting = |job: &&Job| !job.is_begun && !job.is_stopped();
        let of_queue = self.jobs.iter().filter(|job| job.queue() == queue);
        let in_queue = of_queue.filter(waiting).count();
        let in_all = self.jobs.iter().filter(waiting).count();
        let (in_queue, in_all) = match replaces {
            true => (0, in_all - in_queue),
            false => (in_queue, in_all),
        };
        if in_queue >= PENDING_UTTERANCES || in_all >= PENDING_IN_ALL {
            return Err(SpeakError::QueueFull);
        }
        let (job, made) = make(self.next)?;
        self.next += 1;
        if let Some(in_hand) = &self.in_hand
            && job.readiness(Instant::now()) == Readiness::Ready
            && in_hand.choice.yields(&job.candidate())
        {
            in_hand.give_up.set();
        }
        self.jobs.push(job);
        Ok(made)
    }

    /// Asks for the supply of the first job of each queue and class.
    fn waiting(&self, has_voice: bool) -> Waiting {
        let mut seen: Vec<(Option<QueueId>, Class)> = Vec::new();
        let mut waiting = Waiting::default();
        let now = Instant::now();
        for job in &self.jobs {
            let place = (job.queue(), job.class);
            if seen.contains(&place) {
                continue;
            }
            seen.push(place);
            let time = match job.readiness(now) {
                Readiness::Ready => Some(now),
                Readiness::At(time) => Some(time),
                Readiness::WhenTold => None,
            };
            if time.is_none_or(|time| time > now) {
                // Its voice is to be there when the text comes.
                waiting.needs_voice |= !has_voice && job.work.needs_voice();
                waiting.until = waiting.until.into_iter().chain(time).min();
                continue;
            }
            let candidate = job.candidate();
            match candidate.has_room {
                // The player rings when there is some.
                false => {}
                true if has_voice || !job.work.needs_voice() => waiting.runnable.push(candidate),
                true => waiting.needs_voice = true,
            }
        }
        waiting
    }

    fn take(&mut self, order: u64) -> Option<Job> {
        let place = self.jobs.iter().position(|job| job.order == order)?;
        Some(self.jobs.remove(place))
    }

    fn take_stopped(&mut self) -> Vec<Job> {
        self.jobs.extract_if(.., |job| job.is_stopped()).collect()
    }
}
