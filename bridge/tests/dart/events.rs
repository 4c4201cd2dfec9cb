//! Every kind of event of a client, from what brings it about, as it is heard on a device.

use crate::isolate::{Isolate, with};
use crate::library::BRIDGE;
use crate::timed_output::{Device, with_device};
use crate::witness::Witness;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// How its kind describes an event: which fields are there beside the number.
fn fields_of(kind: &str) -> &'static [&'static str] {
    match kind {
        "Snapshot" => &["snapshot"],
        "Queued" => &["is_clip", "utterance"],
        "Prepared" | "Resumed" | "Replayed" => &["time_micros", "utterance"],
        "Started" | "Finished" => &["utterance"],
        "Sentence" | "WordEnd" => &["text", "time_micros", "utterance"],
        "Word" => &["end_micros", "text", "time_micros", "utterance"],
        "Phoneme" => &["end_micros", "name", "text", "time_micros", "utterance"],
        "Viseme" => &["end_micros", "text", "time_micros", "utterance", "viseme"],
        "Bookmark" => &["name", "text", "time_micros", "utterance"],
        "Progress" => &["heard_micros", "made_micros", "utterance"],
        "Interrupted" => &["heard_micros", "utterance"],
        "Stopped" => &["heard", "utterance"],
        "Failed" => &["error", "utterance"],
        "Paused" => &["is_paused"],
        "VolumeSet" => &["volume"],
        "Obeyed" => &["command"],
        "LeaseRunsOut" => &["time_micros"],
        "LeaseRenewed" => &[],
        "Departed" => &["departure"],
        "Lagged" | "Alive" => panic!("{kind} has no number, and is seen in `streams`"),
        other => panic!("what {other} has is to be said here"),
    }
}

/// Checks what is in an event.
fn is_as_described(event: &Value) {
    let kind = event["kind"].as_str().unwrap();
    if kind == "Alive" {
        return;
    }
    let fields = event.as_object().unwrap().iter();
    let there =
        fields.filter(|(name, value)| !value.is_null() && !["kind", "number"].contains(&name.as_str()));
    let mut there: Vec<&str> = there.map(|(name, _)| name.as_str()).collect();
    there.sort_unstable();
    assert_eq!(there, fields_of(kind), "{event:#}");
    assert!(event["number"].is_i64(), "{event:#}");
}

#[test]
fn every_kind_of_event_is_told_as_it_is_described() {
    with_device(
        "events::every_kind_of_event_is_told_as_it_is_described",
        Device::default(),
        |_| {
            let isolate = Isolate::attach();
            let settings =
                json!({"lease_millis": 300, "grace_millis": 60_000, "progress_interval_micros": 50_000});
            isolate.init(settings).unwrap();
            let (client, events) = isolate.client("witness");
            let mut witness = Witness::of(events, is_as_described);
            it_is_late(&isolate, &client, &mut witness);
            it_speaks(&isolate, &client, &mut witness);
            it_is_interrupted(&isolate, &client, &mut witness);
            it_is_commanded(&isolate, &client, &mut witness);
            isolate.ask("player_dispose_client", json!({"handle": client}));
            assert_eq!(witness.until("Departed")["departure"], "Disposed");
            let mut all: BTreeSet<String> = BRIDGE.schema.enums["PlayerEventKind"].iter().cloned().collect();
            // `streams` sees these.
            assert!(all.remove("Lagged") && all.remove("Alive"));
            assert_eq!(witness.seen, all, "every kind was seen");
        },
    );
}

fn it_is_late(isolate: &Isolate, client: &Value, witness: &mut Witness) {
    witness.until("LeaseRunsOut");
    isolate.ask("player_heartbeat", json!({"handle": client}));
    witness.until("LeaseRenewed");
}

fn it_speaks(isolate: &Isolate, client: &Value, witness: &mut Witness) {
    let text = "<speak>Naïve <mark name='here'/>words 😀 here.</speak>";
    let how = json!({"kind": "Ssml", "tells_phonemes": true, "visemes": "Oculus"});
    let number = isolate.speak(client, text, how);
    assert_eq!(
        witness.until("Word")["text"],
        json!({"start": 7, "end": 12, "utf8_start": 7})
    );
    let bookmark = witness.until("Bookmark");
    assert_eq!(
        (&bookmark["name"], &bookmark["utterance"]),
        (&json!("here"), &json!(number))
    );
    witness.until("Word");
    let last = witness.until("Word");
    let place = text.encode_utf16().count() - "here.</speak>".len();
    assert_eq!(last["text"]["start"], place, "counted as Dart counts");
    assert!(last["end_micros"].as_i64() > last["time_micros"].as_i64());
    witness.until("Finished");
    isolate.ask("player_replay", json!({"handle": client}));
    witness.until("Replayed");
}

/// Another client has something urgent to say.
fn it_is_interrupted(isolate: &Isolate, client: &Value, witness: &mut Witness) {
    let number = isolate.speak(
        client,
        "One two three four five six seven eight nine ten eleven twelve.",
        json!({"replaces": true}),
    );
    while witness.until("Word")["utterance"] != number {}
    let (other, others) = isolate.client("urgent");
    isolate.speak(&other, "Now.", json!({"urgent": "Resume"}));
    let at = witness.until("Interrupted")["heard_micros"].as_i64().unwrap();
    let from = witness.until("Resumed")["time_micros"].as_i64().unwrap();
    assert!(from <= at, "it goes on at the beginning of a word");
    others.until("Finished");
    isolate.ask("player_dispose_client", json!({"handle": other}));
    witness.until("Progress");
}

fn it_is_commanded(isolate: &Isolate, client: &Value, witness: &mut Witness) {
    let of = |fields: Value| with(json!({"handle": client}), fields);
    isolate.ask("player_pause", of(json!({})));
    assert_eq!(witness.until("Paused")["is_paused"], true);
    let volume = json!({"level": 0.5, "is_muted": false, "balance": 0.5});
    let command = isolate.ask("player_set_volume", of(json!({"volume": volume})));
    assert_eq!(witness.until("VolumeSet")["volume"], volume);
    isolate.ask("player_resume", of(json!({})));
    while witness.until("Obeyed")["command"].as_i64() < command.as_i64() {}
    isolate.ask("player_stop", of(json!({"how": "Fade"})));
    let heard = witness.until("Stopped")["heard"].clone();
    let text = "One two three four five six seven eight nine ten eleven twelve.";
    assert_eq!(
        heard["text"]["end"], heard["unheard"]["start"],
        "all of the text is in one of both"
    );
    assert!(text.ends_with(heard["unheard_text"].as_str().unwrap()));
    let clip = json!({"path": "/no/such/clip.wav", "gain_db": 0.0, "fade_in_micros": 0, "fade_out_micros": 0, "replaces": false});
    isolate.ask("player_clip", of(json!({"request": clip})));
    assert_eq!(witness.until("Failed")["error"]["reason"], "File");
}
