//! The place of the voice on the inference thread: empty, being filled, or filled.
//!
//! A voice is loaded on a thread of its own, one at a time, so that clips, stops and whatever else is asked go on meanwhile;
//! the inference thread looks in between two chunks, and is rung for when it is there. Requests are dealt with in their
//! order:
//!
//! * the first use, or a warm-up, loads the voice if there is none;
//! * a rebuild loads another beside the one that goes on, which leaves when the other stands; if that fails, it stays. While
//!   one loads, the next rebuild waits; of several that wait only the last is carried out;
//! * a release drops the voice between two chunks. What still needs it has it loaded again. A voice that is being loaded
//!   when nobody needs it any more is dropped when it arrives.

use super::bell::Bell;
use super::completion::Promise;
use super::event::{Event, EventSender};
use super::loading::{
    LoadError, LoadReason, LoadRequest, LoadStep, VoiceLoader, VoiceResult, VoiceState, VoiceStatus,
};
use super::synthesizer::{CancelFlag, CancelSwitch, SynthesisError, Synthesizer};
use parking_lot::Mutex;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Something that is asked of the voice.
pub(super) enum Request {
    /// To be there, and to have spoken once.
    WarmUp(Promise<VoiceResult>),
    /// To be dropped until it is needed.
    Release(Promise<VoiceResult>),
    /// To leave its place to the one that this loader loads.
    Rebuild(VoiceLoader, Promise<VoiceResult>),
}

type Voice = Box<dyn Synthesizer>;

pub(super) struct VoiceSlot {
    voice: Option<Voice>,
    loader: Option<VoiceLoader>,
    loading: Option<Loading>,
    /// The rebuild that waits for what is being loaded.
    next: Option<(VoiceLoader, Promise<VoiceResult>)>,
    /// Those who wait for a warm voice.
    warm_ups: Vec<Promise<VoiceResult>>,
    is_warm: bool,
    /// Nobody has needed the voice since it was released.
    is_released: bool,
    events: EventSender,
    bell: Arc<Bell>,
    /// For whoever asks.
    status: Arc<Mutex<VoiceStatus>>,
}

/// A voice on its way.
struct Loading {
    thread: JoinHandle<()>,
    arrival: mpsc::Receiver<(Result<Voice, LoadError>, Duration)>,
    cancel: CancelSwitch,
    /// `None` if it is loaded to be used.
    rebuild: Option<(VoiceLoader, Promise<VoiceResult>)>,
}

impl Loading {
    fn reason(&self) -> LoadReason {
        match self.rebuild {
            Some(_) => LoadReason::Rebuild,
            None => LoadReason::Use,
        }
    }
}

impl VoiceSlot {
    pub(super) fn new(
        voice: Option<Voice>,
        loader: Option<VoiceLoader>,
        events: EventSender,
        bell: Arc<Bell>,
        status: Arc<Mutex<VoiceStatus>>,
    ) -> Self {
        let slot = Self {
            voice,
            loader,
            loading: None,
            next: None,
            warm_ups: Vec::new(),
            is_warm: false,
            is_released: false,
            events,
            bell,
            status,
        };
        slot.publish();
        slot
    }

    /// The voice, if it is there.
    pub(super) fn voice(&mut self) -> Option<&mut (dyn Synthesizer + 'static)> {
        self.voice.as_deref_mut()
    }

    pub(super) fn has_voice(&self) -> bool {
        self.voice.is_some()
    }

    /// Whether somebody waits for the voice that is there to be warm.
    pub(super) fn is_to_be_warmed(&self) -> bool {
        self.voice.is_some() && !self.warm_ups.is_empty()
    }

    /// Takes a request. What can be done at once is done.
    pub(super) fn take(&mut self, request: Request) {
        match request {
            Request::WarmUp(promise) if self.is_warm => promise.keep(Ok(())),
            Request::WarmUp(promise) => {
                self.warm_ups.push(promise);
                self.need_for_warm_ups();
            }
            Request::Release(promise) => {
                let released = self.release();
                self.publish();
                promise.keep(released);
            }
            Request::Rebuild(loader, promise) => {
                self.is_released = false;
                if let Some((_, superseded)) = self.next.replace((loader, promise)) {
                    superseded.keep(Err(LoadError::Superseded));
                }
                self.begin_next();
                self.publish();
            }
        }
    }

    /// Somebody needs the voice: it is loaded if there is none.
    ///
    /// # Errors
    ///
    /// [`LoadError`] if that cannot even be begun.
    pub(super) fn need(&mut self) -> VoiceResult {
        self.is_released = false;
        if self.voice.is_some() || self.loading.is_some() {
            return Ok(());
        }
        let loader = self.loader.clone().ok_or(LoadError::NoLoader)?;
        let begun = self.begin(&loader, None);
        self.publish();
        begun
    }

    /// Looks whether what is being loaded has arrived. The error is for those who wait to be spoken.
    pub(super) fn look(&mut self) -> VoiceResult {
        let Some(loading) = &self.loading else {
            return Ok(());
        };
        let arrived = match loading.arrival.try_recv() {
            Ok(arrived) => arrived,
            Err(mpsc::TryRecvError::Empty) => return Ok(()),
            Err(mpsc::TryRecvError::Disconnected) => (Err(LoadError::Panicked), Duration::ZERO),
        };
        let Some(loading) = self.loading.take() else {
            return Ok(());
        };
        let result = self.arrived(loading, arrived);
        self.begin_next();
        self.publish();
        if !self.warm_ups.is_empty() {
            self.need_for_warm_ups();
        }
        result
    }

    fn need_for_warm_ups(&mut self) {
        if let Err(error) = self.need() {
            self.fail_warm_ups(&error);
        }
    }

    fn arrived(&mut self, loading: Loading, arrived: (Result<Voice, LoadError>, Duration)) -> VoiceResult {
        let reason = loading.reason();
        if loading.thread.join().is_err() {
            tracing::error!("the thread that loads the voice has panicked");
        }
        let (loaded, took) = arrived;
        match loaded {
            Ok(voice) => {
                tracing::info!(?reason, ?took, "voice loaded");
                self.events.send(Event::VoiceReady { reason, took });
                self.is_warm = false;
                self.voice = Some(voice);
                if self.is_released {
                    self.drop_voice();
                }
                // Whoever is told may look at once.
                self.publish();
                if let Some((loader, promise)) = loading.rebuild {
                    self.loader = Some(loader);
                    promise.keep(Ok(()));
                }
                Ok(())
            }
            Err(error) => {
                tracing::warn!(?reason, %error, "voice not loaded");
                self.events.send(Event::VoiceFailed {
                    reason,
                    error: error.clone(),
                });
                self.publish();
                if let Some((_, promise)) = loading.rebuild {
                    promise.keep(Err(error));
                    return Ok(());
                }
                self.fail_warm_ups(&error);
                Err(error)
            }
        }
    }

    /// Has the voice speak once, unheard, unless `cancel` is set before it is done. Then it is to be done again.
    pub(super) fn warm_up(&mut self, cancel: &CancelFlag) {
        let Some(voice) = &mut self.voice else {
            return;
        };
        let begin = Instant::now();
        self.events.send(Event::VoiceLoading {
            reason: LoadReason::Use,
            step: LoadStep::WarmingUp,
        });
        let warmed = catch_unwind(AssertUnwindSafe(|| voice.warm_up(cancel)));
        let error = match warmed {
            Ok(Ok(())) => {
                let took = begin.elapsed();
                tracing::info!(?took, "voice warm");
                self.events.send(Event::VoiceWarm { took });
                self.is_warm = true;
                self.publish();
                return self.warm_ups.drain(..).for_each(|promise| promise.keep(Ok(())));
            }
            Ok(Err(SynthesisError::Cancelled)) => return,
            Ok(Err(SynthesisError::Failed(error))) => LoadError::WarmUp(Arc::from(error)),
            Err(_) => LoadError::Panicked,
        };
        tracing::warn!(%error, "voice not warm");
        self.fail_warm_ups(&error);
    }

    /// Ends everything, waits for what is being loaded, and gives the voice back.
    pub(super) fn close(mut self) -> Option<Voice> {
        if let Some(loading) = self.loading.take() {
            loading.cancel.set();
            if loading.thread.join().is_err() {
                tracing::error!("the thread that loads the voice has panicked");
            }
        }
        let voice = self.voice.take();
        self.is_warm = false;
        self.publish();
        voice
    }

    fn release(&mut self) -> VoiceResult {
        if self.loader.is_none() {
            return Err(LoadError::NoLoader);
        }
        self.is_released = true;
        self.fail_warm_ups(&LoadError::Superseded);
        self.drop_voice();
        Ok(())
    }

    fn drop_voice(&mut self) {
        self.is_warm = false;
        if self.voice.take().is_some() {
            tracing::info!("voice released");
            self.events.send(Event::VoiceReleased);
        }
    }

    fn fail_warm_ups(&mut self, error: &LoadError) {
        let failed = self.warm_ups.drain(..);
        failed.for_each(|promise| promise.keep(Err(error.clone())));
    }

    /// Begins with the rebuild that waits, if nothing is being loaded.
    fn begin_next(&mut self) {
        if self.loading.is_none()
            && let Some((loader, promise)) = self.next.take()
            && let Err(error) = self.begin(&loader.clone(), Some((loader, promise)))
        {
            tracing::warn!(%error, "voice not loaded");
        }
    }

    /// Has a thread load a voice.
    fn begin(
        &mut self,
        loader: &VoiceLoader,
        rebuild: Option<(VoiceLoader, Promise<VoiceResult>)>,
    ) -> VoiceResult {
        let (tell, arrival) = mpsc::channel();
        let (flag, cancel) = CancelFlag::with_switch();
        let reason = match rebuild {
            Some(_) => LoadReason::Rebuild,
            None => LoadReason::Use,
        };
        let request = LoadRequest { reason, cancel: flag };
        let (loader, events, bell) = (Arc::clone(loader), self.events.clone(), Arc::clone(&self.bell));
        let thread = thread::Builder::new().name("utter-loader".into()).spawn(move || {
            let begin = Instant::now();
            let loaded = load(&loader, &request, &events);
            // Nobody takes it when the speaker was closed meanwhile.
            let _ = tell.send((loaded, begin.elapsed()));
            bell.ring();
        });
        match thread {
            Ok(thread) => {
                self.loading = Some(Loading {
                    thread,
                    arrival,
                    cancel,
                    rebuild,
                });
                Ok(())
            }
            Err(error) => {
                let error = LoadError::Thread(Arc::new(error));
                if let Some((_, promise)) = rebuild {
                    promise.keep(Err(error.clone()));
                }
                Err(error)
            }
        }
    }

    fn publish(&self) {
        *self.status.lock() = VoiceStatus {
            state: match (&self.voice, &self.loading) {
                (Some(_), _) => VoiceState::Ready,
                (None, Some(_)) => VoiceState::Loading,
                (None, None) => VoiceState::Absent,
            },
            is_rebuilding: self
                .loading
                .as_ref()
                .is_some_and(|loading| loading.rebuild.is_some()),
            is_warm: self.is_warm,
        };
    }
}

fn load(loader: &VoiceLoader, request: &LoadRequest, events: &EventSender) -> Result<Voice, LoadError> {
    let reason = request.reason;
    let mut tell = |step: LoadStep| events.send(Event::VoiceLoading { reason, step });
    match catch_unwind(AssertUnwindSafe(|| loader(request, &mut tell))) {
        Ok(loaded) => Ok(loaded?),
        Err(_) => Err(LoadError::Panicked),
    }
}
