//! What goes wrong between Dart and Rust: what is survived, and the one thing that is not.

use crate::isolate::Isolate;
use crate::library::{Answer, BRIDGE};
use crate::process::{aborts, alone};
use crate::schema::Type;
use crate::vm::Port;
use serde_json::json;

/// Arguments that are too short or too long, or no text, are a panic of generated code. Dart is told, and everything goes on.
#[test]
fn arguments_that_make_no_sense_are_answered_by_a_panic_and_everything_goes_on() {
    alone(
        "hazards::arguments_that_make_no_sense_are_answered_by_a_panic_and_everything_goes_on",
        || {
            let isolate = Isolate::attach();
            isolate.init(json!({"outputs": "Discard"})).unwrap();
            let function = BRIDGE.function("player_speak");
            let right = BRIDGE.arguments(
            function,
            &json!({"handle": {"generation": 1, "number": 1}, "request": crate::isolate::request("x", json!({}))}),
        );
            let mut no_text = right.clone();
            // Behind the handle and the length of the text is its first byte.
            no_text[4 + 8 + 4] = 0xff;
            let long = [&right[..], &[0; 3]].concat();
            for wrong in [&right[..5], &long, &no_text] {
                let port = Port::open();
                BRIDGE.start(function.number, port.number, wrong);
                let answer = BRIDGE.answer(&Type::Unit, &port.receive());
                assert!(matches!(answer, Answer::Panic(_)), "{answer:?}");
            }
            let sync = BRIDGE.function("runtime_level");
            let answer = BRIDGE.answer(&Type::Unit, &BRIDGE.call_sync(sync.number, &[1]));
            assert!(matches!(answer, Answer::Panic(_)), "{answer:?}");
            let (client, events) = isolate.client("after it");
            isolate.speak(&client, "Everything goes on.", json!({}));
            events.until("Finished");
        },
    );
}

/// A panic is answered to whoever asked. If he is gone, that panics again: on the thread of the commands, which must stay.
#[test]
fn a_panic_that_nobody_hears_of_does_not_end_the_thread_of_the_commands() {
    alone(
        "hazards::a_panic_that_nobody_hears_of_does_not_end_the_thread_of_the_commands",
        || {
            let isolate = Isolate::attach();
            let function = BRIDGE.function("player_heartbeat");
            for _ in 0..20 {
                let port = Port::open();
                port.close();
                BRIDGE.start(function.number, port.number, &[1, 2]);
            }
            assert_eq!(
                isolate.call("runtime_metrics", json!({})).unwrap_err()["reason"],
                "NotInitialised"
            );
        },
    );
}

/// Clients that never were, that are no more, and that are of another runtime.
#[test]
fn a_stale_handle_is_refused_by_every_call() {
    alone("hazards::a_stale_handle_is_refused_by_every_call", || {
        let isolate = Isolate::attach();
        isolate.init(json!({"outputs": "Discard"})).unwrap();
        let (gone, _events) = isolate.client("gone");
        isolate.ask("player_dispose_client", json!({"handle": gone}));
        let strangers = [
            gone.clone(),
            json!({"generation": 0, "number": 0}),
            json!({"generation": u32::MAX, "number": i64::MAX}),
            json!({"generation": 1, "number": -1}),
        ];
        for stranger in &strangers {
            for (name, arguments) in every_call_of(stranger) {
                let error = isolate.call(name, arguments).unwrap_err();
                assert_eq!(error["reason"], "StaleClient", "{name}: {error}");
            }
            let error = isolate
                .follow("player_events", json!({"handle": stranger}))
                .err()
                .unwrap();
            assert_eq!(error["reason"], "StaleClient");
            isolate.ask("player_dispose_client", json!({"handle": stranger}));
        }
    });
}

/// All functions of a client but that which disposes of it, and that which follows it.
fn every_call_of(client: &serde_json::Value) -> Vec<(&'static str, serde_json::Value)> {
    let names = BRIDGE
        .schema
        .functions
        .keys()
        .filter(|name| name.starts_with("player_"));
    let names = names.filter(|name| {
        !["player_create_client", "player_dispose_client", "player_events"].contains(&&***name)
    });
    let request = crate::isolate::request("Nobody says this.", json!({}));
    let clip = json!({"path": "x.wav", "gain_db": 0.0, "fade_in_micros": 0, "fade_out_micros": 0, "replaces": false});
    let call = |name: &'static String| {
        let mut arguments = json!({"handle": client});
        for (argument, _) in &BRIDGE.function(name).arguments[1..] {
            arguments[argument] = match &**argument {
                "request" if name == "player_clip" => clip.clone(),
                "request" => request.clone(),
                "utterance" | "file" | "utf8" | "time_micros" => json!(1),
                "piece" | "path" => json!("x"),
                "how" => json!("Fade"),
                "volume" => json!({"level": 1.0, "is_muted": false, "balance": 0.0}),
                other => panic!("give {other} a value here"),
            };
        }
        (&**name, arguments)
    };
    names.map(call).collect()
}

/// An answer to somebody who is gone is no trouble, nor is an isolate that begins the same runtime again.
#[test]
fn answers_to_closed_ports_are_dropped() {
    alone("hazards::answers_to_closed_ports_are_dropped", || {
        let isolate = Isolate::attach();
        isolate.init(json!({"outputs": "Discard"})).unwrap();
        for _ in 0..50 {
            drop(isolate.start("runtime_status", json!({})));
            drop(isolate.start("runtime_metrics", json!({})));
        }
        isolate.init(json!({"outputs": "Discard"})).unwrap();
        isolate.ask("runtime_status", json!({}));
    });
}

/// The one thing that cannot be survived: Dart of another interface that was not refused. That is what the hash is for.
#[test]
fn an_unknown_function_aborts_the_process() {
    let said = aborts("hazards::an_unknown_function_aborts_the_process", || {
        let _isolate = Isolate::attach();
        BRIDGE.call_sync(i32::MAX, &[]);
    });
    if let Some(said) = said {
        assert!(said.contains("unreachable"), "{said}");
    }
}
