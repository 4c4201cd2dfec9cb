//! A device that opens slowly, and a synthesis that takes long, hold up nobody.

use crate::rig::{NEVER, Rig, config};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};
use utter::host::{Client, ClientOptions, RuntimeHost, Speak};
use utter::playback::output::{
    NullOutput, OutputBackend, OutputConfig, OutputError, OutputHealth, OutputId, OutputInfo, OutputRequest,
    OutputSelection, OutputStream,
};
use utter::playback::{Renderer, Stop, Volume};
use utter::speech::Outcome;

/// No command takes longer than this.
const SOON: Duration = Duration::from_millis(100);

/// What a call is tried so often: the best counts, since the machine may hold up one.
const TRIES: usize = 3;

/// Opens after five seconds.
struct SlowOutput(NullOutput);

impl OutputBackend for SlowOutput {
    fn outputs(&self) -> Result<Vec<OutputInfo>, OutputError> {
        self.0.outputs()
    }

    fn default_output(&self) -> Result<Option<OutputId>, OutputError> {
        self.0.default_output()
    }

    fn negotiate(
        &self,
        selection: &OutputSelection,
        request: &OutputRequest,
    ) -> Result<OutputConfig, OutputError> {
        self.0.negotiate(selection, request)
    }

    fn open(
        &self,
        config: &OutputConfig,
        renderer: Renderer,
        health: Arc<OutputHealth>,
    ) -> Result<Box<dyn OutputStream>, OutputError> {
        thread::sleep(Duration::from_secs(5));
        self.0.open(config, renderer, health)
    }
}

/// Makes every call that there is, and asserts that each returns soon.
fn all_return_soon(host: &RuntimeHost, client: &Client) {
    let calls: [(&str, &dyn Fn()); 12] = [
        ("attach", &|| {
            host.attach(ClientOptions::default()).unwrap().detach()
        }),
        ("status", &|| drop(host.status().unwrap())),
        ("metrics", &|| {
            host.metrics().unwrap();
        }),
        ("set_volume", &|| {
            host.set_volume(Volume::default()).unwrap();
        }),
        ("warm_up", &|| drop(host.warm_up().unwrap())),
        ("speak", &|| drop(client.speak(Speak::phonemes("aɪ")))),
        ("pause", &|| {
            client.pause().unwrap();
        }),
        ("resume", &|| {
            client.resume().unwrap();
        }),
        ("position", &|| {
            client.position().unwrap();
        }),
        ("state", &|| drop(client.state().unwrap())),
        ("heartbeat", &|| client.heartbeat().unwrap()),
        ("stop", &|| {
            client.stop(Stop::Fade).unwrap();
        }),
    ];
    for (name, call) in calls {
        let times = (0..TRIES).map(|_| {
            let begin = Instant::now();
            call();
            begin.elapsed()
        });
        let best = times.min().unwrap();
        assert!(best < SOON, "{name} took {best:?}");
    }
}

#[test]
fn a_device_that_takes_five_seconds_to_open_holds_up_no_other_call() {
    let rig = Rig::on(Arc::new(SlowOutput(NullOutput::default())), config());
    let (one, two) = (rig.client("one"), rig.client("two"));
    let spoken = one.speak(Speak::phonemes("aɪ")).unwrap();
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(1) {
        all_return_soon(&rig.host, &two);
    }
    assert!(spoken.outcome().is_none(), "it still opens");
    assert!(matches!(spoken.wait_within(NEVER), Some(Outcome::Finished)));
}

#[test]
fn a_synthesis_that_takes_long_holds_up_no_other_call() {
    let rig = Rig::new(config());
    rig.delay.store(3_000, Ordering::SeqCst);
    let (one, two) = (rig.client("one"), rig.client("two"));
    let spoken = one.speak(Speak::phonemes("aɪ")).unwrap();
    crate::rig::wait_until("it is being made", || rig.is_working.load(Ordering::SeqCst));
    all_return_soon(&rig.host, &two);
    assert!(spoken.outcome().is_none(), "it is still being made");
    let begin = Instant::now();
    rig.host.shutdown();
    assert!(begin.elapsed() < Duration::from_secs(1), "it is given up");
}
