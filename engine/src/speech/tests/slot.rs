//! The voice that comes and goes: loaded, warmed, released, rebuilt, while jobs go on.

use super::rig::{HandVoice, Rig, said, say};
use crate::speech::clip::{ClipOptions, ClipSource};
use crate::speech::voice_slot::Request;
use crate::speech::{
    Event, FileOutcome, LoadError, LoadReason, LoadRequest, LoadStep, Outcome, SpeakOptions, SpeechError,
    Synthesizer, VoiceLoader, VoiceRequest, VoiceState,
};
use crate::voice::VoiceError;
use parking_lot::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// A loader that loads when the test lets it.
struct HandLoader {
    loader: VoiceLoader,
    /// Lets it load once: a voice, or an error.
    gate: mpsc::Sender<Result<HandVoice, VoiceError>>,
    calls: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<LoadRequest>>>,
}

impl HandLoader {
    fn new() -> Self {
        let (gate, passed) = mpsc::channel();
        let passed = Mutex::new(passed);
        let calls = Arc::<AtomicUsize>::default();
        let requests = Arc::<Mutex<Vec<LoadRequest>>>::default();
        let loader: VoiceLoader = {
            let (calls, requests) = (Arc::clone(&calls), Arc::clone(&requests));
            Arc::new(move |request: &LoadRequest, tell: &mut dyn FnMut(LoadStep)| {
                requests.lock().push(request.clone());
                calls.fetch_add(1, Ordering::Relaxed);
                tell(LoadStep::Finding);
                let loaded = passed.lock().recv().expect("the test lets it load")?;
                tell(LoadStep::Loading);
                Ok(Box::new(loaded) as Box<dyn Synthesizer>)
            })
        };
        Self {
            loader,
            gate,
            calls,
            requests,
        }
    }

    fn let_in(&self, voice: &HandVoice) {
        self.gate.send(Ok(voice.clone())).unwrap();
    }

    fn refuse(&self) {
        self.gate.send(Err(missing())).unwrap();
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

fn missing() -> VoiceError {
    "cuda".parse::<crate::voice::Device>().unwrap_err()
}

fn setup() -> (Rig, HandLoader, HandVoice) {
    let loader = HandLoader::new();
    let rig = Rig::with_loader(Arc::clone(&loader.loader));
    (rig, loader, HandVoice::default())
}

impl Rig {
    fn is(&self, state: VoiceState) -> bool {
        self.status.lock().state == state
    }

    fn warm_up(&self) -> VoiceRequest {
        self.desk.ask(Request::WarmUp)
    }

    fn release(&self) -> VoiceRequest {
        self.desk.ask(Request::Release)
    }

    fn rebuild(&self, loader: &HandLoader) -> VoiceRequest {
        let loader = Arc::clone(&loader.loader);
        self.desk.ask(|promise| Request::Rebuild(loader, promise))
    }

    /// Works until a request is done; whether it went well.
    fn finish(&mut self, request: &VoiceRequest) -> Result<(), LoadError> {
        self.work_until(|_| request.result().is_some());
        request.wait()
    }
}

fn options() -> SpeakOptions {
    SpeakOptions::default()
}

#[test]
fn the_voice_is_loaded_when_something_is_first_to_be_said() {
    let (mut rig, loader, voice) = setup();
    let (queue, heard) = rig.queue(1_000);
    rig.work();
    assert!(rig.is(VoiceState::Absent) && loader.calls() == 0);
    queue.speak(say(&["a10"]), options()).unwrap();
    rig.work();
    assert!(rig.is(VoiceState::Loading));
    loader.let_in(&voice);
    rig.work_until(|_| heard.is_complete(0));
    assert!(rig.is(VoiceState::Ready));
    assert_eq!(heard.frames(0), said(&["a10"]));
    queue.speak(say(&["b10"]), options()).unwrap();
    rig.work();
    assert_eq!((voice.asked().len(), loader.calls()), (2, 1));
    let told = rig.told();
    let use_steps: Vec<LoadStep> = told
        .iter()
        .filter_map(|event| match event {
            Event::VoiceLoading {
                reason: LoadReason::Use,
                step,
            } => Some(*step),
            _ => None,
        })
        .collect();
    assert_eq!(use_steps, [LoadStep::Finding, LoadStep::Loading]);
    let is_ready = |event: &Event| matches!(event, Event::VoiceReady { .. });
    assert_eq!(told.iter().filter(|event| is_ready(event)).count(), 1);
}

#[test]
fn what_needs_no_voice_waits_for_none() {
    let (mut rig, loader, voice) = setup();
    let ((one, heard), (two, _)) = (rig.queue(1_000), rig.queue(1_000));
    one.speak(say(&["a10"]), options()).unwrap();
    rig.work();
    let broken = ClipSource::Bytes(vec![0; 100].into());
    let clip = two.clip(broken, ClipOptions::default(), options()).unwrap();
    rig.work();
    assert!(clip.outcome().is_some() && rig.is(VoiceState::Loading));
    loader.let_in(&voice);
    rig.work_until(|_| heard.is_complete(0));
}

#[test]
fn a_voice_that_cannot_be_loaded_fails_what_waits_for_it_and_is_tried_again() {
    let (mut rig, loader, voice) = setup();
    let ((one, _), (two, heard)) = (rig.queue(1_000), rig.queue(1_000));
    let speech = [&one, &two].map(|queue| queue.speak(say(&["a10"]), options()).unwrap());
    let warm = rig.warm_up();
    let path = std::path::PathBuf::from("never begun.wav");
    let file =
        crate::speech::writing::write_file(&rig.desk, say(&["a10"]), path, Default::default()).unwrap();
    rig.work();
    loader.refuse();
    rig.work_until(|_| file.completion().result().is_some());
    for handle in speech {
        let outcome = handle.outcome();
        assert!(
            matches!(
                &outcome,
                Some(Outcome::Failed(SpeechError::Voice(LoadError::Voice(error))))
                    if matches!(**error, VoiceError::Device { .. })
            ),
            "{outcome:?}"
        );
    }
    assert!(matches!(warm.result(), Some(Err(LoadError::Voice(_)))));
    assert!(matches!(file.wait(), FileOutcome::Failed(SpeechError::Voice(_))));
    assert!(rig.is(VoiceState::Absent));

    two.speak(say(&["b10"]), options()).unwrap();
    loader.let_in(&voice);
    rig.work_until(|_| heard.is_complete(1));
    assert_eq!(heard.frames(1), said(&["b10"]));
}

#[test]
fn a_loader_that_panics_is_an_error() {
    let loader: VoiceLoader = Arc::new(|_: &LoadRequest, _: &mut dyn FnMut(LoadStep)| panic!("told to"));
    let mut rig = Rig::with_loader(loader);
    let warm = rig.warm_up();
    assert!(matches!(rig.finish(&warm), Err(LoadError::Panicked)));
}

#[test]
fn a_released_voice_comes_back_when_it_is_needed() {
    let (mut rig, loader, voice) = setup();
    let (queue, heard) = rig.queue(15);
    queue.speak(say(&["a10", "b10", "c10"]), options()).unwrap();
    rig.work();
    loader.let_in(&voice);
    rig.work_until(|_| !heard.frames(0).is_empty());
    rig.work();
    // There is no room for the third chunk, so nothing needs the voice now.
    let released = rig.release();
    rig.work();
    assert!(matches!(released.result(), Some(Ok(()))));
    assert!(rig.is(VoiceState::Absent));
    assert_eq!(loader.calls(), 1);
    heard.hear(20);
    loader.let_in(&voice);
    rig.work_until(|_| heard.is_complete(0));
    assert_eq!(loader.calls(), 2);
    assert_eq!(heard.frames(0), said(&["a10", "b10", "c10"]));
    let is_released = |event: &Event| matches!(event, Event::VoiceReleased);
    assert_eq!(rig.told().iter().filter(|event| is_released(event)).count(), 1);
}

#[test]
fn a_voice_that_was_released_on_its_way_is_not_kept_unless_somebody_needs_it() {
    let (mut rig, loader, voice) = setup();
    let (queue, heard) = rig.queue(1_000);
    let warm = rig.warm_up();
    rig.work();
    let released = rig.release();
    rig.work();
    assert!(matches!(warm.result(), Some(Err(LoadError::Superseded))));
    assert!(matches!(released.result(), Some(Ok(()))));
    loader.let_in(&voice);
    rig.work_until(|rig| rig.is(VoiceState::Absent));
    assert_eq!(voice.asked(), Vec::<String>::new());

    let _ = rig.warm_up();
    rig.work();
    let _ = rig.release();
    queue.speak(say(&["a10"]), options()).unwrap();
    rig.work();
    loader.let_in(&voice);
    rig.work_until(|_| heard.is_complete(0));
    assert!(rig.is(VoiceState::Ready));
    assert_eq!(loader.calls(), 2);
}

#[test]
fn a_voice_without_a_loader_is_not_released() {
    let mut rig = Rig::new(HandVoice::default());
    let released = rig.release();
    assert!(matches!(rig.finish(&released), Err(LoadError::NoLoader)));
    assert!(rig.is(VoiceState::Ready));
}

#[test]
fn the_old_voice_goes_on_until_the_new_one_stands() {
    let (old, new) = (HandVoice::default(), HandVoice::default());
    let (mut rig, loader) = (Rig::new(old.clone()), HandLoader::new());
    let (queue, heard) = rig.queue(1_000);
    let rebuilt = rig.rebuild(&loader);
    queue.speak(say(&["a10"]), options()).unwrap();
    rig.work();
    assert!(rig.status.lock().is_rebuilding && rig.is(VoiceState::Ready));
    assert_eq!(old.asked(), ["a10"]);
    loader.let_in(&new);
    rig.finish(&rebuilt).unwrap();
    assert!(!rig.status.lock().is_rebuilding);
    queue.speak(say(&["b10"]), options()).unwrap();
    rig.work();
    assert_eq!((old.asked().len(), new.asked()), (0, vec!["b10".into()]));
    assert_eq!(heard.frames(1), said(&["b10"]));
    assert_eq!(loader.requests.lock()[0].reason, LoadReason::Rebuild);
    // The new loader is what brings it back.
    rig.finish(&rig.release()).unwrap();
    let warm = rig.warm_up();
    loader.let_in(&new);
    rig.finish(&warm).unwrap();
    assert_eq!(loader.calls(), 2);
}

#[test]
fn an_utterance_goes_on_with_the_new_voice_in_the_middle() {
    let (old, new) = (HandVoice::default(), HandVoice::default());
    let (mut rig, loader) = (Rig::new(old.clone()), HandLoader::new());
    let (queue, heard) = rig.queue(15);
    queue.speak(say(&["a10", "b10", "c10"]), options()).unwrap();
    rig.work();
    let rebuilt = rig.rebuild(&loader);
    loader.let_in(&new);
    rig.work();
    while rebuilt.result().is_none() {
        rig.desk.bell.wait(None);
        rig.work();
    }
    heard.hear(20);
    rig.work();
    assert_eq!((old.asked().len(), new.asked().len()), (2, 1));
    assert_eq!(heard.frames(0), said(&["a10", "b10", "c10"]));
}

#[test]
fn a_rebuild_that_fails_changes_nothing() {
    let old = HandVoice::default();
    let (mut rig, loader) = (Rig::new(old.clone()), HandLoader::new());
    let (queue, heard) = rig.queue(1_000);
    let rebuilt = rig.rebuild(&loader);
    loader.refuse();
    assert!(matches!(rig.finish(&rebuilt), Err(LoadError::Voice(_))));
    queue.speak(say(&["a10"]), options()).unwrap();
    rig.work();
    assert_eq!((old.asked().len(), heard.frames(0)), (1, said(&["a10"])));
    assert!(matches!(rig.finish(&rig.release()), Err(LoadError::NoLoader)));
}

#[test]
fn of_rebuilds_that_wait_only_the_last_is_carried_out() {
    let mut rig = Rig::new(HandVoice::default());
    let loaders = [HandLoader::new(), HandLoader::new(), HandLoader::new()];
    let requests: Vec<VoiceRequest> = loaders.iter().map(|loader| rig.rebuild(loader)).collect();
    let voice = HandVoice::default();
    loaders[0].let_in(&voice);
    loaders[2].let_in(&voice);
    assert!(matches!(rig.finish(&requests[2]), Ok(())));
    assert!(matches!(requests[0].result(), Some(Ok(()))));
    assert!(matches!(requests[1].result(), Some(Err(LoadError::Superseded))));
    assert_eq!(loaders.map(|loader| loader.calls()), [1, 0, 1]);
}

#[test]
fn a_warm_up_is_done_once_and_gives_way_to_speech() {
    let (mut rig, loader, voice) = setup();
    let (queue, _) = rig.queue(1_000);
    let (first, second) = (rig.warm_up(), rig.warm_up());
    voice.during("warm", move || {
        drop(queue.speak(say(&["a10"]), options()).unwrap())
    });
    loader.let_in(&voice);
    rig.finish(&first).unwrap();
    assert_eq!(voice.asked(), ["warm!", "a10", "warm"]);
    assert!(matches!(second.result(), Some(Ok(()))));
    assert!(rig.status.lock().is_warm);
    rig.finish(&rig.warm_up()).unwrap();
    assert_eq!(voice.asked(), Vec::<String>::new());
    rig.finish(&rig.release()).unwrap();
    assert!(!rig.status.lock().is_warm);
}

#[test]
fn too_many_requests_are_refused() {
    let rig = Rig::new(HandVoice::default());
    let waiting: Vec<VoiceRequest> = (0..64).map(|_| rig.warm_up()).collect();
    assert!(matches!(rig.warm_up().result(), Some(Err(LoadError::QueueFull))));
    assert!(waiting.iter().all(|request| request.result().is_none()));
}

#[test]
fn closing_waits_for_the_loader_and_tells_whoever_waits() {
    let (mut rig, loader, voice) = setup();
    let warm = rig.warm_up();
    let (tell, told) = mpsc::channel();
    warm.on_done(move |result| tell.send(result.clone()).unwrap());
    rig.work();
    while loader.calls() == 0 {
        std::thread::yield_now();
    }
    rig.desk.close();
    let asked_late = rig.warm_up();
    assert!(matches!(asked_late.result(), Some(Err(LoadError::Closed))));
    let request = loader.requests.lock()[0].clone();
    let closing = std::thread::spawn(move || rig.inference.run().is_some());
    // It is told that it is not needed any more, and comes to its end all the same.
    while !request.cancel.is_set() {
        std::thread::yield_now();
    }
    loader.let_in(&voice);
    assert!(!closing.join().unwrap());
    let result = told.recv_timeout(Duration::from_secs(60)).unwrap();
    assert!(matches!(result, Err(LoadError::Closed)));
}
