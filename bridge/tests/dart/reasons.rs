//! Every reason for an error that a call can bring about, with its hint. Those that cannot be brought about from here (`Tvm`,
//! `System`, `Internal`) are translated by the same line as the others, which `convert::error` tests for all.

use crate::isolate::{Isolate, request, with};
use crate::process::alone;
use serde_json::{Value, json};

/// Checks an error, and that it says something.
fn is(reason: &str, result: Result<Value, Value>) {
    let error = result.expect_err(reason);
    assert_eq!(error["reason"], reason, "{error}");
    for field in ["message", "hint"] {
        assert!(!error[field].as_str().unwrap().is_empty(), "{error}");
    }
}

fn loud() -> Value {
    json!({"level": 1.0, "is_muted": false, "balance": 0.0})
}

/// Those that are of one plugin.
const PLUGIN_CALLS: [&str; 5] = [
    "runtime_install_plugin",
    "runtime_enable_plugin",
    "runtime_disable_plugin",
    "runtime_reload_plugin",
    "runtime_uninstall_plugin",
];

/// Arguments with a plugin that there is not.
fn of_nobody(call: &str) -> Value {
    match call {
        "runtime_install_plugin" => json!({"path": "/no/such/plugin.zip"}),
        _ => json!({"id": "org.example.nobody"}),
    }
}

#[test]
fn without_a_runtime_every_call_of_it_is_refused() {
    alone("reasons::without_a_runtime_every_call_of_it_is_refused", || {
        let isolate = Isolate::attach();
        let calls = [
            "warmup",
            "release_memory",
            "status",
            "outputs",
            "voices",
            "plugins",
            "metrics",
            "release_output",
        ];
        for name in calls
            .into_iter()
            .chain(["pause_all", "resume_all", "prepare_hot_restart"])
        {
            is(
                "NotInitialised",
                isolate.call(&format!("runtime_{name}"), json!({})),
            );
        }
        for name in PLUGIN_CALLS {
            is("NotInitialised", isolate.call(name, of_nobody(name)));
        }
        is(
            "NotInitialised",
            isolate.call("player_create_client", json!({"name": "x", "volume": loud()})),
        );
        is(
            "NotInitialised",
            isolate.call(
                "player_heartbeat",
                json!({"handle": {"generation": 1, "number": 1}}),
            ),
        );
        let error = isolate.follow("runtime_events", json!({})).err().unwrap();
        assert_eq!(error["reason"], "NotInitialised");
        isolate.ask("runtime_shutdown", json!({}));
    });
}

#[test]
fn what_is_asked_for_wrongly_says_why() {
    alone("reasons::what_is_asked_for_wrongly_says_why", || {
        let isolate = Isolate::attach();
        is("InvalidInput", isolate.init(json!({"threads": 0})));
        is("InvalidDevice", isolate.init(json!({"device": "gpu"})));
        isolate.init(json!({"outputs": "Discard", "clients": 2})).unwrap();
        is("OtherConfiguration", isolate.init(json!({"outputs": "Discard"})));
        is(
            "InvalidDevice",
            isolate.call("runtime_set_device", json!({"name": "gpu"})),
        );
        let (client, events) = isolate.client("one");
        let (_other, _events) = isolate.client("two");
        is(
            "QueueFull",
            isolate.call("player_create_client", json!({"name": "three", "volume": loud()})),
        );
        let speak = |text: &str, how| {
            isolate.call(
                "player_speak",
                json!({"handle": client, "request": request(text, how)}),
            )
        };
        is("InvalidVoice", speak("Hello.", json!({"voice": "nobody"})));
        is("InvalidInput", speak("Hello.", json!({"speed": 9.0})));
        is("InvalidInput", speak("Hello.", json!({"language": "tlh"})));
        is(
            "InvalidInput",
            speak("Hello.", json!({"lexicon": "no equals sign"})),
        );
        is("InvalidInput", speak("Hello.", json!({"quiet_millis": -1})));
        is("InvalidInput", speak("?!", json!({})));
        is(
            "InvalidInput",
            speak("<speak><p></speak>", json!({"kind": "Ssml"})),
        );
        let shrill = json!({"level": 2.0, "is_muted": false, "balance": 0.0});
        is(
            "InvalidInput",
            isolate.call("player_set_volume", json!({"handle": client, "volume": shrill})),
        );
        is(
            "InvalidInput",
            isolate.call("player_seek", json!({"handle": client, "time_micros": -1})),
        );
        is(
            "InvalidInput",
            isolate.call("player_skip", json!({"handle": client})),
        );
        let stream = request("h", json!({"kind": "Phonemes"}));
        is(
            "InvalidInput",
            isolate.call(
                "player_speak_stream",
                json!({"handle": client, "request": stream}),
            ),
        );
        for name in PLUGIN_CALLS {
            is("Plugin", isolate.call(name, of_nobody(name)));
        }
        a_file_that_cannot_be_written(&isolate, &client);
        clips_without_a_file(&isolate, &client, &events);
        too_much_is_asked_for(&isolate, &client);
        is(
            "InvalidInput",
            isolate.call("runtime_set_volume", json!({"volume": shrill})),
        );
    });
}

fn a_file_that_cannot_be_written(isolate: &Isolate, client: &Value) {
    let nowhere =
        json!({"handle": client, "request": request("Hello.", json!({})), "path": "/no/such/folder/x.wav"});
    let file = isolate.ask("player_synthesize_to_file", nowhere);
    is(
        "File",
        isolate.call("player_file", json!({"handle": client, "file": file})),
    );
}

fn clips_without_a_file(isolate: &Isolate, client: &Value, events: &crate::isolate::Stream) {
    let clip = json!({
        "path": "/no/such/clip.wav", "gain_db": 0.0, "fade_in_micros": 0, "fade_out_micros": 0, "replaces": false,
    });
    isolate.ask("player_clip", json!({"handle": client, "request": clip}));
    is(
        "File",
        Err(events.until("Failed").last().unwrap()["error"].clone()),
    );
    let backwards = with(clip, json!({"fade_in_micros": -1}));
    is(
        "InvalidInput",
        isolate.call("player_clip", json!({"handle": client, "request": backwards})),
    );
}

/// More than can wait, and more than can be unread.
fn too_much_is_asked_for(isolate: &Isolate, client: &Value) {
    isolate.ask("player_pause", json!({"handle": client}));
    let text = "So many words that nobody will hear all of them. ".repeat(50);
    let speak = || {
        isolate.call(
            "player_speak",
            json!({"handle": client, "request": request(&text, json!({}))}),
        )
    };
    let refused = (0..200)
        .find_map(|_| speak().err())
        .expect("there is an end of it");
    is("QueueFull", Err(refused));
    isolate.ask("player_stop", json!({"handle": client, "how": "Now"}));
    let begin = request("", json!({}));
    let utterance = isolate.ask("player_speak_stream", json!({"handle": client, "request": begin}));
    let piece = "a".repeat(600_000);
    let push = || {
        isolate.call(
            "player_push_text",
            json!({"handle": client, "utterance": utterance, "piece": piece}),
        )
    };
    let refused = (0..4).find_map(|_| push().err()).expect("there is an end of it");
    is("QueueFull", Err(refused));
}

#[test]
fn artifacts_that_are_missing_or_damaged_say_so() {
    alone("reasons::artifacts_that_are_missing_or_damaged_say_so", || {
        let isolate = Isolate::attach();
        let folder = tempfile::tempdir().unwrap();
        let settings = json!({"outputs": "Discard", "artifacts": folder.path().to_str().unwrap()});
        isolate.init(settings).unwrap();
        is("MissingArtifacts", isolate.call("runtime_warmup", json!({})));
        is("MissingArtifacts", isolate.call("runtime_voices", json!({})));
        let status = isolate.ask("runtime_status", json!({}));
        assert_eq!(status["artifacts_error"]["reason"], "MissingArtifacts");
        with_a_file_cut_short(folder.path());
        is("DamagedArtifacts", isolate.call("runtime_warmup", json!({})));
        let (client, events) = isolate.client("nobody");
        isolate.speak(&client, "Hello.", json!({}));
        is(
            "DamagedArtifacts",
            Err(events.until("Failed").last().unwrap()["error"].clone()),
        );
    });
}

/// All of the voice, but for one file, which has lost its end.
fn with_a_file_cut_short(folder: &std::path::Path) {
    let voice = std::env::var_os("UTTER_ARTIFACTS").expect("`make test` says where the voice is");
    let files = std::fs::read_dir(voice).unwrap().map(|entry| entry.unwrap());
    for file in files {
        let place = folder.join(file.file_name());
        if file.file_name() == "vocab.json" {
            let text = std::fs::read(file.path()).unwrap();
            std::fs::write(place, &text[..text.len() - 1]).unwrap();
        } else {
            std::os::unix::fs::symlink(file.path(), place).unwrap();
        }
    }
}

/// A call that waits when the runtime ends.
#[test]
fn what_waits_when_the_runtime_ends_is_told_so() {
    alone("reasons::what_waits_when_the_runtime_ends_is_told_so", || {
        let isolate = Isolate::attach();
        for _ in 0..50 {
            isolate.init(json!({"outputs": "Discard"})).unwrap();
            let warmup = isolate.start("runtime_warmup", json!({}));
            let metrics = isolate.ask("runtime_metrics", json!({}));
            assert!(metrics.is_array(), "others are answered meanwhile");
            isolate.ask("runtime_shutdown", json!({}));
            match warmup.answer() {
                // It was quick, or had not begun.
                Ok(_) => {}
                Err(error) if error["reason"] == "NotInitialised" => {}
                refused => return is("ShuttingDown", refused),
            }
        }
        panic!("no warm-up was given up");
    });
}
