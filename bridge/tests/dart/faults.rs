//! What happens to the runtime and its outputs, as everybody is told: devices that come, go and refuse, a voice that is loaded
//! again or cannot be. What takes half a minute or a slow machine to bring about is tested where it is translated.

use crate::isolate::Isolate;
use crate::library::BRIDGE;
use crate::timed_output::{Device, Operation, TimedOutput, with_devices};
use crate::witness::Witness;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

/// Not brought about here: they are seen in `streams` and `plugins`, or are translated in `convert::runtime_events`.
const ELSEWHERE: [&str; 6] = ["Lagged", "Alive", "Plugin", "OutputGivenUp", "Underrun", "Xrun"];

#[test]
fn what_happens_to_outputs_and_voice_is_told_to_everybody() {
    let test = "faults::what_happens_to_outputs_and_voice_is_told_to_everybody";
    let devices = [("default", Device::default()), ("other", Device::default())];
    with_devices(test, devices, |[first, second]| {
        let folder = tempfile::tempdir().unwrap();
        let voice = folder.path().join("voice");
        let built = std::env::var_os("UTTER_ARTIFACTS").expect("`make test` says where the voice is");
        std::os::unix::fs::symlink(built, &voice).unwrap();
        let isolate = Isolate::attach();
        isolate
            .init(json!({"artifacts": voice.to_str().unwrap()}))
            .unwrap();
        let events = isolate.follow("runtime_events", json!({})).unwrap();
        let mut witness = Witness::of(events, |_| {});
        an_output_that_is_taken(&isolate, &mut witness, first);
        outputs_change(&isolate, &mut witness, [first, second]);
        everything_is_commanded(&isolate, &mut witness);
        isolate.ask("runtime_set_device", json!({"name": "cpu"}));
        assert_eq!(witness.until("DeviceSet")["name"], "cpu");
        std::fs::remove_file(&voice).unwrap();
        let refused = isolate
            .call("runtime_set_device", json!({"name": "cpu"}))
            .unwrap_err();
        assert_eq!(refused["reason"], "MissingArtifacts");
        assert_eq!(witness.until("DeviceFailed")["error"], refused);
        isolate.ask("runtime_shutdown", json!({}));
        witness.until("ShuttingDown");
        let mut all: BTreeSet<String> = BRIDGE.schema.enums["RuntimeEventKind"].iter().cloned().collect();
        assert!(ELSEWHERE.iter().all(|kind| all.remove(*kind)));
        assert_eq!(
            witness.seen.intersection(&all).count(),
            all.len(),
            "{:?}",
            all.difference(&witness.seen)
        );
    });
}

/// A system that does not answer is waited for by nobody but who asked, and not by him if he gives up.
#[test]
fn calls_that_wait_can_be_given_up_and_hold_up_no_other() {
    let test = "faults::calls_that_wait_can_be_given_up_and_hold_up_no_other";
    with_devices(test, [("default", Device::default())], |[output]| {
        let isolate = Isolate::attach();
        isolate.init(json!({})).unwrap();
        output.hang(Operation::Open);
        let list = || isolate.start("runtime_outputs", json!({}));
        let lists = [list(), list()];
        assert_eq!(
            lists[0].answer_within(Duration::from_millis(300)),
            None,
            "the device hangs"
        );
        let (client, _events) = isolate.client("patient");
        isolate.speak(&client, "This waits for an output.", json!({}));
        isolate.ask("runtime_warmup", json!({}));
        isolate.ask("runtime_cancel_calls", json!({}));
        for list in lists {
            assert_eq!(list.answer().unwrap_err()["reason"], "Cancelled");
        }
        output.release();
        assert_eq!(
            isolate
                .ask("runtime_outputs", json!({}))
                .as_array()
                .unwrap()
                .len(),
            1
        );
    });
}

fn an_output_that_is_taken(isolate: &Isolate, witness: &mut Witness, output: &TimedOutput) {
    output.occupy();
    let (client, events) = isolate.client("early");
    assert_eq!(witness.until("ClientAttached")["name"], "early");
    isolate.speak(&client, "Nobody hears this.", json!({}));
    assert_eq!(
        events.until("Failed").last().unwrap()["error"]["reason"],
        "Output"
    );
    assert_eq!(witness.until("Warning")["error"]["reason"], "Output");
    output.come_back();
    isolate.ask("player_dispose_client", json!({"handle": client}));
    assert_eq!(witness.until("ClientDeparted")["departure"], "Disposed");
}

fn outputs_change(isolate: &Isolate, witness: &mut Witness, [first, second]: [&TimedOutput; 2]) {
    let (client, events) = isolate.client("speaker");
    let text = "These words are heard on one output after the other, and none of them is lost. ".repeat(3);
    isolate.speak(&client, &text, json!({}));
    let opened = witness.until("OutputOpened");
    assert_eq!(opened["output"]["id"], first.id());
    assert_eq!(
        (&opened["output"]["sample_rate"], &opened["output"]["format"]),
        (&json!(48_000), &json!("F32"))
    );
    witness.until("Latency");
    events.until("Word");
    isolate.ask("runtime_set_output", json!({"id": second.id()}));
    assert_eq!(witness.until("RouteSet")["route"], second.id());
    let command = isolate.ask("runtime_set_output", json!({"id": "no such output"}));
    let failed = witness.until("RouteFailed");
    assert_eq!(
        (&failed["command"], &failed["error"]["reason"]),
        (&command, &json!("Output"))
    );
    second.vanish();
    assert_eq!(witness.until("OutputLost")["loss"], "Disconnected");
    assert_eq!(
        witness.until("OutputOpened")["output"]["id"],
        first.id(),
        "it goes on where it can"
    );
    events.until("Finished");
    assert_eq!(isolate.ask("runtime_release_output", json!({})), true);
    witness.until("OutputReleased");
}

fn everything_is_commanded(isolate: &Isolate, witness: &mut Witness) {
    isolate.ask("runtime_pause_all", json!({}));
    assert_eq!(witness.until("Paused")["is_paused"], true);
    isolate.ask("runtime_resume_all", json!({}));
    assert_eq!(witness.until("Paused")["is_paused"], false);
    let volume = json!({"level": 0.5, "is_muted": false, "balance": 0.0});
    isolate.ask("runtime_set_volume", json!({"volume": volume}));
    assert_eq!(witness.until("VolumeSet")["volume"], volume);
    let command = isolate.ask("runtime_stop_all", json!({"how": "Fade"}));
    while witness.until("Obeyed")["command"] != command {}
}
