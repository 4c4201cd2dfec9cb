//! A runtime for tests: an output that discards, and a voice that makes tones as fast as it is told.
//!
//! A process has one runtime, so tests that share a process take turns.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use utter::host::{
    Client, ClientEvent, ClientOptions, ClientState, Outputs, Parts, RuntimeConfig, RuntimeHost,
    Subscription, Update,
};
use utter::playback::output::{NullOutput, OutputBackend};
use utter::speech::{
    CancelFlag, LoadStep, SynthesisError, SynthesisRequest, Synthesizer, Timing, VoiceLoader,
};
use utter::voice::VoiceError;

/// What comes for certain is not waited for longer than this.
pub const NEVER: Duration = Duration::from_secs(20);

static ONE: Mutex<()> = Mutex::new(());

/// The voice of tests: a phoneme is 50 ms of a tone.
pub struct Tones {
    pub delay: Arc<AtomicU64>,
    pub is_working: Arc<AtomicBool>,
}

impl Synthesizer for Tones {
    fn synthesize(
        &mut self,
        request: &SynthesisRequest<'_>,
        cancel: &CancelFlag,
        frames: &mut Vec<f32>,
    ) -> Result<Timing, SynthesisError> {
        self.is_working.store(true, Ordering::SeqCst);
        let until = Instant::now() + Duration::from_millis(self.delay.load(Ordering::SeqCst));
        while Instant::now() < until {
            if cancel.is_set() {
                self.is_working.store(false, Ordering::SeqCst);
                return Err(SynthesisError::Cancelled);
            }
            thread::sleep(Duration::from_millis(1));
        }
        self.is_working.store(false, Ordering::SeqCst);
        if request.voice == "af_broken" {
            return Err(SynthesisError::Failed("it is broken".into()));
        }
        let phonemes = request.phonemes.chars().count();
        frames.extend((0..phonemes * 1_200).map(|n| 0.25 * (n as f32 * 0.1).sin()));
        Ok(Timing {
            starts: (0..phonemes).map(|n| n * 1_200).collect(),
            end: phonemes * 1_200,
        })
    }
}

/// A runtime of the test's own.
pub struct Rig {
    pub host: RuntimeHost,
    pub config: RuntimeConfig,
    pub parts: Parts,
    /// How long a chunk takes, in ms.
    pub delay: Arc<AtomicU64>,
    pub is_working: Arc<AtomicBool>,
    /// How often the voice was loaded.
    pub loads: Arc<AtomicU64>,
    /// How long that takes, in ms.
    pub load_time: Arc<AtomicU64>,
    /// Whether it fails.
    pub load_fails: Arc<AtomicBool>,
    _alone: MutexGuard<'static, ()>,
}

/// With leases so short that a test can wait for them.
pub fn impatient() -> RuntimeConfig {
    RuntimeConfig {
        lease: Duration::from_millis(150),
        grace: Duration::from_millis(100),
        ..config()
    }
}

pub fn config() -> RuntimeConfig {
    RuntimeConfig {
        outputs: Outputs::Null,
        ..RuntimeConfig::default()
    }
}

impl Rig {
    pub fn new(config: RuntimeConfig) -> Self {
        Self::on(Arc::new(NullOutput::default()), config)
    }

    pub fn on(outputs: Arc<dyn OutputBackend>, config: RuntimeConfig) -> Self {
        let alone = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(left) = RuntimeHost::running() {
            left.shutdown();
        }
        let (delay, is_working, loads) = (Arc::default(), Arc::default(), Arc::<AtomicU64>::default());
        let (load_time, load_fails) = (Arc::<AtomicU64>::default(), Arc::<AtomicBool>::default());
        let loader: VoiceLoader = Arc::new({
            let (delay, is_working, loads) =
                (Arc::clone(&delay), Arc::clone(&is_working), Arc::clone(&loads));
            let (load_time, load_fails) = (Arc::clone(&load_time), Arc::clone(&load_fails));
            move |_, progress| {
                progress(LoadStep::Finding);
                loads.fetch_add(1, Ordering::SeqCst);
                thread::sleep(Duration::from_millis(load_time.load(Ordering::SeqCst)));
                if load_fails.load(Ordering::SeqCst) {
                    return Err(VoiceError::Weights {
                        name: "all".into(),
                        reason: "they are wrong on purpose".into(),
                    });
                }
                Ok(Box::new(Tones {
                    delay: Arc::clone(&delay),
                    is_working: Arc::clone(&is_working),
                }))
            }
        });
        let parts = Parts {
            outputs,
            plugins: None,
            loader: Arc::new(move |_| Arc::clone(&loader)),
            inventory: None,
        };
        let host = RuntimeHost::init_with_parts(config.clone(), parts.clone()).unwrap();
        Self {
            host,
            config,
            parts,
            delay,
            is_working,
            loads,
            load_time,
            load_fails,
            _alone: alone,
        }
    }

    pub fn client(&self, name: &str) -> Client {
        self.host.attach(ClientOptions::named(name)).unwrap()
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.host.shutdown();
    }
}

/// Waits until `condition` is met.
pub fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let since = Instant::now();
    while !condition() {
        assert!(since.elapsed() < NEVER, "never: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Follows a client's events, and asserts that nothing is left out and nothing comes twice.
pub struct Follower {
    events: Subscription<ClientState>,
    last: Option<u64>,
}

impl Follower {
    pub fn of(client: &Client) -> Self {
        Self {
            events: client.events().unwrap(),
            last: None,
        }
    }

    /// The changes up to the first that `is_last` says.
    pub fn until(&mut self, is_last: impl Fn(&ClientEvent) -> bool) -> Vec<ClientEvent> {
        let mut changes = Vec::new();
        loop {
            match self.events.next_within(NEVER).expect("an event comes") {
                Update::Snapshot { number, .. } => {
                    assert_eq!(self.last, None, "one snapshot, at the beginning");
                    self.last = Some(number);
                }
                Update::Change { number, change } => {
                    assert_eq!(Some(number), self.last.map(|last| last + 1), "without a gap");
                    self.last = Some(number);
                    let is_over = is_last(&change);
                    changes.push(change);
                    if is_over {
                        return changes;
                    }
                }
                Update::Lagged { missed } => panic!("{missed} were missed"),
            }
        }
    }

    /// Whether nothing more comes.
    pub fn is_over(&mut self) -> bool {
        self.events.next_within(NEVER).is_none()
    }

    pub fn end(self) {
        self.events.end();
    }
}
