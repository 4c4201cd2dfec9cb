//! Plugins of a runtime: its clients come and go, and nothing of a plugin stays.

use crate::workshop::{ID, Workshop, wait_until};
use std::sync::Arc;
use std::time::Duration;
use utter::host::{
    ClientOptions, Outputs, Parts, Reason, RuntimeConfig, RuntimeEvent, RuntimeHost, Speak, Update,
};
use utter::playback::output::{NullOutput, OutputId, OutputRouter, OutputSelection};
use utter::plugin::PluginEvent;
use utter::speech::{CancelFlag, SynthesisError, SynthesisRequest, Synthesizer, Timing, VoiceLoader};

/// A voice: a phoneme is 50 ms of a tone.
struct Tones;

impl Synthesizer for Tones {
    fn synthesize(
        &mut self,
        request: &SynthesisRequest<'_>,
        _: &CancelFlag,
        frames: &mut Vec<f32>,
    ) -> Result<Timing, SynthesisError> {
        let phonemes = request.phonemes.chars().count();
        frames.extend((0..phonemes * 1_200).map(|n| 0.25 * (n as f32 * 0.1).sin()));
        Ok(Timing {
            starts: (0..phonemes).map(|n| n * 1_200).collect(),
            end: phonemes * 1_200,
        })
    }
}

/// A runtime that speaks through the plugin; tests that share a process take turns.
struct Stage {
    host: RuntimeHost,
    workshop: Workshop,
    _alone: std::sync::MutexGuard<'static, ()>,
}

static ONE: std::sync::Mutex<()> = std::sync::Mutex::new(());

impl Stage {
    fn new(lease: Duration) -> Self {
        let alone = ONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let workshop = Workshop::new();
        workshop.timed.target(0).wait_for_frames(true);
        let loader: VoiceLoader = Arc::new(|_, _| Ok(Box::new(Tones)));
        let devices = Arc::new(NullOutput::default());
        let parts = Parts {
            outputs: Arc::new(OutputRouter::new(devices, workshop.plugins.clone())),
            plugins: Some(workshop.plugins.clone()),
            loader: Arc::new(move |_| Arc::clone(&loader)),
            inventory: None,
        };
        let config = RuntimeConfig {
            outputs: Outputs::Null,
            route: OutputSelection::Id(OutputId::new(format!("plugin:{ID}/timed-0"))),
            lease,
            grace: Duration::from_millis(100),
            ..RuntimeConfig::default()
        };
        Self {
            host: RuntimeHost::init_with_parts(config, parts).unwrap(),
            workshop,
            _alone: alone,
        }
    }

    fn plays(&self) -> bool {
        self.workshop.timed.target(0).open() == 1
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.host.shutdown();
    }
}

const LONG: &str =
    "This is said for so long that whoever asked for it is gone before it has come to its end.";

#[test]
fn a_shutdown_unloads_everything_while_it_speaks() {
    let stage = Stage::new(Duration::from_secs(15));
    let client = stage.host.attach(ClientOptions::named("test")).unwrap();
    client.speak(Speak::text(LONG)).unwrap();
    wait_until("it speaks", || stage.plays());
    stage.host.shutdown();
    assert_eq!(stage.workshop.timed.target(0).instances(), 0);
    assert_eq!(stage.workshop.timed.plugin().started(), 0);
    assert_eq!(stage.workshop.shadows(), 0);
}

#[test]
fn whoever_vanishes_leaves_no_generation_draining() {
    let stage = Stage::new(Duration::from_millis(150));
    // One is detached, one is evicted when its lease runs out, one goes with a hot restart.
    for how in 0..3 {
        let client = stage.host.attach(ClientOptions::named("test")).unwrap();
        client.speak(Speak::text(LONG)).unwrap();
        wait_until("it speaks", || stage.plays());
        stage.workshop.plugins.reload(ID).unwrap();
        match how {
            0 => client.detach(),
            1 => {}
            _ => stage.host.prepare_hot_restart().unwrap(),
        }
        wait_until("nothing drains", || {
            let metrics = stage.host.metrics().unwrap();
            metrics.plugin_generations_draining == 0 && stage.workshop.timed.plugin().started() == 1
        });
        wait_until("it is gone", || stage.host.status().unwrap().clients.is_empty());
        assert_eq!(stage.host.metrics().unwrap().plugin_instances_quarantined, 0);
    }
}

#[test]
fn what_becomes_of_plugins_is_told_and_what_they_hold_is_counted() {
    let stage = Stage::new(Duration::from_secs(15));
    let mut events = stage.host.events().unwrap();
    let plugins = stage.host.plugins().unwrap();
    plugins.reload(ID).unwrap();
    plugins.disable(ID).unwrap();
    let mut told = Vec::new();
    while told.len() < 3 {
        if let Some(Update::Change { change, .. }) = events.next_within(crate::workshop::NEVER)
            && let RuntimeEvent::Plugin(event) = change
        {
            told.push(event);
        }
    }
    assert!(matches!(told[0], PluginEvent::Loaded { .. }), "{told:?}");
    assert!(matches!(told[1], PluginEvent::Unloaded { .. }), "{told:?}");
    assert!(matches!(told[2], PluginEvent::Disabled { .. }), "{told:?}");
    let refused: utter::host::Error = plugins.reload(ID).unwrap_err().into();
    assert_eq!(refused.reason(), Reason::Plugin);
    assert!(!refused.hint().is_empty());
    plugins.enable(ID).unwrap();
    stage.workshop.timed.plugin().set_holdings(1, 3, 1);
    plugins.targets();
    let metrics = stage.host.metrics().unwrap();
    assert_eq!(
        (metrics.asio_sidecar_running, metrics.asio_sidecar_spawns_total),
        (1, 3)
    );
    plugins.disable(ID).unwrap();
    let metrics = stage.host.metrics().unwrap();
    assert_eq!(
        (metrics.asio_sidecar_running, metrics.asio_sidecar_spawns_total),
        (0, 3)
    );
}
