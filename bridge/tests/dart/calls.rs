//! Every function, as an app calls it, and what it answers.

use crate::isolate::{CALLED, Isolate, request, with};
use crate::library::BRIDGE;
use crate::process::alone;
use crate::waiting::wait_until;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Discards what is heard, and makes no haste.
fn started() -> Isolate {
    let isolate = Isolate::attach();
    isolate.init(json!({"outputs": "Discard"})).unwrap();
    isolate
}

fn names(list: &Value, field: &str) -> Vec<String> {
    let items = list.as_array().unwrap().iter();
    items
        .map(|item| item[field].as_str().unwrap().to_owned())
        .collect()
}

/// One after the other.
#[test]
fn every_function_answers() {
    alone("calls::every_function_answers", || {
        let isolate = started();
        the_runtime_is_asked(&isolate);
        plugins_are_changed(&isolate);
        a_client_speaks(&isolate);
        a_text_is_written(&isolate);
        files_are_written(&isolate);
        it_ends(&isolate);
        let all: BTreeSet<String> = BRIDGE.schema.functions.keys().cloned().collect();
        assert_eq!(*CALLED.lock().unwrap(), all, "every function was called");
    });
}

fn the_runtime_is_asked(isolate: &Isolate) {
    let ask = |name| isolate.ask(name, json!({}));
    assert_eq!(ask("runtime_is_running"), true);
    assert_eq!(ask("runtime_warmup"), Value::Null);
    let status = ask("runtime_status");
    assert_eq!(status["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(
        (&status["is_warm"], &status["state"]["voice"]),
        (&json!(true), &json!("Ready"))
    );
    assert_eq!(status["artifacts"]["model"], "Kokoro-82M");
    let voices = ask("runtime_voices");
    assert_eq!(names(&voices, "name").len(), 54);
    let heart = voices
        .as_array()
        .unwrap()
        .iter()
        .find(|voice| voice["name"] == "af_heart")
        .unwrap();
    assert_eq!(
        (&heart["language"], &heart["reads_text"]),
        (&json!("en-US"), &json!(true))
    );
    assert_eq!(ask("runtime_outputs").as_array().unwrap().len(), 1);
    let metrics = names(&ask("runtime_metrics"), "name");
    assert!(
        metrics.contains(&"player_clients_active".to_owned()),
        "{metrics:?}"
    );
    assert_eq!(ask("runtime_cancel_calls"), Value::Null, "nothing waits");
    assert_eq!(
        isolate.ask("runtime_set_device", json!({"name": "cpu"})),
        Value::Null
    );
    assert_eq!(ask("runtime_release_memory"), Value::Null);
    assert_eq!(ask("runtime_status")["state"]["voice"], "Absent");
    let quiet = json!({"level": 0.5, "is_muted": false, "balance": -0.25});
    assert!(
        isolate
            .ask("runtime_set_volume", json!({"volume": quiet}))
            .is_i64()
    );
    assert_eq!(ask("runtime_status")["state"]["volume"], quiet);
    for name in ["runtime_pause_all", "runtime_resume_all"] {
        assert!(ask(name).is_i64(), "{name} gives a command's number");
    }
    assert!(isolate.ask("runtime_stop_all", json!({"how": "Now"})).is_i64());
    assert!(isolate.ask("runtime_set_output", json!({"id": null})).is_i64());
    assert!(ask("runtime_release_output").is_boolean());
    assert_eq!(
        ask("runtime_level"),
        json!({"peak": 0.0, "rms": 0.0}),
        "nothing is heard"
    );
}

/// None is installed here; `plugins` does with one what can be done.
fn plugins_are_changed(isolate: &Isolate) {
    assert_eq!(isolate.ask("runtime_plugins", json!({})), json!([]));
    let nowhere = json!({"path": "/no/such/plugin.zip"});
    let refused = isolate.call("runtime_install_plugin", nowhere).unwrap_err();
    assert!(
        refused["message"]
            .as_str()
            .unwrap()
            .contains("/no/such/plugin.zip"),
        "{refused}"
    );
    for call in ["enable", "disable", "reload", "uninstall"] {
        let name = format!("runtime_{call}_plugin");
        let error = isolate
            .call(&name, json!({"id": "org.example.nobody"}))
            .unwrap_err();
        assert_eq!(
            (&error["reason"], &error["message"]),
            (&json!("Plugin"), &json!("there is no plugin org.example.nobody")),
            "{name}"
        );
    }
}

fn a_client_speaks(isolate: &Isolate) {
    let (client, events) = isolate.client("the app");
    let of = |fields: Value| with(json!({"handle": client}), fields);
    let number = isolate.speak(
        &client,
        "Some words, to be heard for a while. And some more of them.",
        json!({}),
    );
    events.until("Word");
    let level = isolate.ask("runtime_level", json!({}));
    assert!(level["peak"].as_f64().unwrap() > 0.0, "{level}");
    assert!(isolate.ask("player_position", of(json!({}))).as_i64().unwrap() >= 0);
    isolate.ask("player_pause", of(json!({})));
    assert!(
        events.until("Paused").last().unwrap()["is_paused"]
            .as_bool()
            .unwrap()
    );
    let state = isolate.ask("player_state", of(json!({})));
    assert_eq!(
        (&state["is_paused"], &state["utterances"][0]["utterance"]),
        (&json!(true), &json!(number))
    );
    assert_eq!(state["utterances"][0]["phase"], "Speaking");
    isolate.ask("player_resume", of(json!({})));
    isolate.ask("player_seek", of(json!({"time_micros": 0})));
    isolate.ask("player_seek_to_word", of(json!({"utf8": 5})));
    isolate.ask("player_replay", of(json!({})));
    let volume = json!({"level": 0.25, "is_muted": true, "balance": 0.0});
    isolate.ask("player_set_volume", of(json!({"volume": volume})));
    assert_eq!(events.until("VolumeSet").last().unwrap()["volume"], volume);
    isolate.ask("player_skip", of(json!({})));
    events.until("Stopped");
    let clip = json!({
        "path": concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/clips/wav_f32_48000_mono.wav"),
        "gain_db": 0.0, "fade_in_micros": 0, "fade_out_micros": 0, "replaces": false,
    });
    isolate.ask("player_clip", of(json!({"request": clip})));
    assert_eq!(events.until("Queued").last().unwrap()["is_clip"], true);
    isolate.ask("player_stop", of(json!({"how": "Fade"})));
    events.until("Stopped");
    isolate.ask("player_heartbeat", of(json!({})));
    isolate.ask("player_dispose_client", of(json!({})));
    isolate.ask("player_dispose_client", of(json!({})));
    assert_eq!(events.rest().last().unwrap()["departure"], "Disposed");
}

fn a_text_is_written(isolate: &Isolate) {
    let (client, events) = isolate.client("an assistant");
    let of = |fields: Value| with(json!({"handle": client}), fields);
    let begin = |text: &str| {
        let request = request(text, json!({}));
        isolate.ask("player_speak_stream", of(json!({"request": request})))
    };
    let answer = begin("The answer ");
    isolate.ask(
        "player_push_text",
        of(json!({"utterance": answer, "piece": "is forty-two."})),
    );
    isolate.ask("player_finish_text", of(json!({"utterance": answer})));
    let told = events.until("Finished");
    let words = told.iter().filter(|event| event["kind"] == "Word").count();
    assert_eq!(words, 4, "all of it was said");
    let error = isolate
        .call(
            "player_push_text",
            of(json!({"utterance": answer, "piece": "more"})),
        )
        .unwrap_err();
    assert_eq!(error["reason"], "Cancelled");
    let other = begin("This is never finished, ");
    isolate.ask("player_cancel", of(json!({"utterance": other})));
    assert_eq!(events.until("Stopped").last().unwrap()["utterance"], other);
    isolate.ask("player_cancel", of(json!({"utterance": other})));
    isolate.ask("player_dispose_client", of(json!({})));
}

fn files_are_written(isolate: &Isolate) {
    let (client, _events) = isolate.client("a writer");
    let of = |fields: Value| with(json!({"handle": client}), fields);
    let folder = tempfile::tempdir().unwrap();
    let begin = |text: &str, name: &str| {
        let (request, path) = (request(text, json!({})), folder.path().join(name));
        let arguments = json!({"request": request, "path": path.to_str().unwrap()});
        isolate.ask("player_synthesize_to_file", of(arguments))
    };
    let file = begin("Naïve words in a file.", "words.wav");
    isolate.ask("player_file_progress", of(json!({"file": file})));
    let report = isolate.ask("player_file", of(json!({"file": file})));
    let words = report["words"].as_array().unwrap();
    assert_eq!(words.len(), 5);
    assert_eq!(words[1]["text"], json!({"start": 6, "end": 11, "utf8_start": 7}));
    assert!(words[4]["end_micros"].as_i64() <= report["duration_micros"].as_i64());
    let written = hound::WavReader::open(folder.path().join("words.wav")).unwrap();
    assert_eq!(
        i64::from(written.duration()) * 1_000_000 / 24_000,
        report["duration_micros"].as_i64().unwrap()
    );
    let told = isolate
        .call("player_file", of(json!({"file": file})))
        .unwrap_err();
    assert_eq!(told["reason"], "InvalidInput", "its end was told");
    let long = "This goes on and on, and nobody wants it. ".repeat(200);
    let given_up = begin(&long, "given-up.wav");
    isolate.ask("player_cancel_file", of(json!({"file": given_up})));
    let error = isolate
        .call("player_file", of(json!({"file": given_up})))
        .unwrap_err();
    assert_eq!(error["reason"], "Cancelled");
    let orphan = begin(&long, "orphan.wav");
    let waits = isolate.start("player_file", of(json!({"file": orphan})));
    isolate.ask("player_dispose_client", of(json!({})));
    // It asks beside the commands, so it may find the client gone.
    let reason = waits.answer().unwrap_err()["reason"].clone();
    assert!(
        reason == "Cancelled" || reason == "StaleClient",
        "a file ends with its client: {reason}"
    );
    // Who finds the client gone has not waited for the end of the file.
    wait_until("only the first is there", || {
        std::fs::read_dir(folder.path()).unwrap().count() == 1
    });
}

fn it_ends(isolate: &Isolate) {
    let (client, events) = isolate.client("the last");
    let runtime = isolate.follow("runtime_events", json!({})).unwrap();
    isolate.ask("runtime_prepare_hot_restart", json!({}));
    assert_eq!(events.rest().last().unwrap()["departure"], "HotRestart");
    let stale = isolate
        .call("player_heartbeat", json!({"handle": client}))
        .unwrap_err();
    assert_eq!(stale["reason"], "StaleClient");
    isolate.ask("runtime_shutdown", json!({}));
    isolate.ask("runtime_shutdown", json!({}));
    assert!(runtime.rest().iter().any(|event| event["kind"] == "ShuttingDown"));
    assert_eq!(isolate.ask("runtime_is_running", json!({})), false);
    assert_eq!(
        isolate.ask("runtime_level", json!({})),
        json!({"peak": 0.0, "rms": 0.0})
    );
    isolate.init(json!({"outputs": "Discard"})).unwrap();
    assert_eq!(isolate.ask("runtime_is_running", json!({})), true);
}
