//! Plugins, as an app has them: installed, played through, exchanged while they speak, left behind when they hang, and removed; with a
//! real library in C whose behaviour the tests choose.

use crate::compiled::{Build, Call, Lie, TimedPlugin};
use crate::isolate::{Isolate, Stream};
use crate::library::BRIDGE;
use crate::process::alone;
use crate::waiting::wait_until;
use crate::witness::Witness;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

const ID: &str = "org.utter.timed";

const LONG: &str =
    "This is said for so long that whatever becomes of the plugin becomes of it in the middle of a word.";

/// A directory with plugins, and a plugin to be installed there.
struct Workshop {
    directory: TempDir,
    timed: TimedPlugin,
}

impl Workshop {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let timed = TimedPlugin::create(&directory.path().join("timed"));
        timed.target(0).wait_for_frames(true);
        Self { directory, timed }
    }

    fn root(&self) -> PathBuf {
        self.directory.path().join("plugins")
    }

    /// A new isolate, with the runtime that there is. What is not played by a plugin is discarded.
    fn isolate(&self) -> Isolate {
        let isolate = Isolate::attach();
        let settings = json!({"outputs": "Discard", "plugins": text(&self.root())});
        isolate.init(settings).unwrap();
        isolate
    }

    fn install(&self, isolate: &Isolate, build: &Build) -> Value {
        let package = self.timed.package(build);
        isolate.ask("runtime_install_plugin", json!({"path": text(&package)}))
    }

    /// Copies of libraries that are on the disk.
    fn shadows(&self) -> usize {
        std::fs::read_dir(self.root().join("shadows")).map_or(0, Iterator::count)
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn output(target: usize) -> String {
    format!("plugin:{ID}/timed-{target}")
}

fn version(version: &str) -> Build {
    Build {
        version: version.into(),
        ..Build::default()
    }
}

fn quiet() -> Value {
    json!({"level": 0.5, "is_muted": false, "balance": 0.0})
}

fn by_id() -> Value {
    json!({"id": ID})
}

fn metric(isolate: &Isolate, name: &str) -> f64 {
    let metrics = isolate.ask("runtime_metrics", json!({}));
    let mut metrics = metrics.as_array().unwrap().iter();
    let metric = metrics.find(|metric| metric["name"] == name);
    metric.unwrap_or_else(|| panic!("no {name} is counted"))["value"]
        .as_f64()
        .unwrap()
}

/// The next event of this kind that is told of the plugin.
fn told(witness: &mut Witness, kind: &str) -> Value {
    loop {
        let event = witness.until("Plugin");
        if event["plugin"]["kind"] == kind {
            return event;
        }
    }
}

/// The next generation that comes or goes.
fn told_of_generation(witness: &mut Witness) -> (Value, Value) {
    loop {
        let plugin = witness.until("Plugin")["plugin"].clone();
        if !plugin["generation"].is_null() {
            return (plugin["kind"].clone(), plugin["generation"].clone());
        }
    }
}

/// What its kind describes, and nothing else, is in an event of a plugin.
fn is_as_described(event: &Value) {
    if event["kind"] != "Plugin" {
        return assert_eq!(event["plugin"], Value::Null, "{event:#}");
    }
    let plugin = &event["plugin"];
    assert_eq!(plugin["plugin"], ID, "{event:#}");
    assert!(event["number"].is_i64(), "{event:#}");
    let described: &[&str] = match plugin["kind"].as_str().unwrap() {
        "Installed" => &["version"],
        "Enabled" | "Disabled" | "Uninstalled" | "Failed" => &[],
        "Loaded" | "Unloaded" | "Recovered" => &["generation"],
        "Hangs" => &["generation", "hangs_in"],
        other => panic!("what {other} has is to be said here"),
    };
    let fields = plugin.as_object().unwrap().iter();
    let there = fields.filter(|(_, value)| !value.is_null());
    let there: BTreeSet<&str> = there.map(|(name, _)| name.as_str()).collect();
    let all: BTreeSet<&str> = described.iter().copied().chain(["kind", "plugin"]).collect();
    assert_eq!(there, all, "{event:#}");
    assert_eq!(event["error"].is_null(), plugin["kind"] != "Failed", "{event:#}");
}

#[test]
fn a_plugin_is_installed_played_through_exchanged_and_removed() {
    alone(
        "plugins::a_plugin_is_installed_played_through_exchanged_and_removed",
        || {
            let workshop = Workshop::new();
            let isolate = workshop.isolate();
            let events = isolate.follow("runtime_events", json!({})).unwrap();
            let mut witness = Witness::of(events, is_as_described);
            it_is_installed(&workshop, &isolate, &mut witness);
            let (client, spoken) = isolate.client("speaker");
            isolate.ask("runtime_set_output", json!({"id": output(0)}));
            // Compiled before it speaks.
            let newer = workshop.timed.package(&version("0.2.0"));
            let number = isolate.speak(&client, &LONG.repeat(8), json!({}));
            until_heard(&spoken, 2);
            it_is_exchanged(&workshop, &isolate, &mut witness, &newer);
            until_heard(&spoken, 2);
            it_is_removed(&workshop, &isolate, &mut witness);
            // What was told before is read, so these are heard elsewhere.
            isolate.ask("player_set_volume", json!({"handle": client, "volume": quiet()}));
            spoken.until("VolumeSet");
            until_heard(&spoken, 2);
            isolate.ask("player_stop", json!({"handle": client, "how": "Now"}));
            let end = spoken.until("Stopped");
            assert_eq!(end.last().unwrap()["utterance"], number, "it went on elsewhere");
            wait_until("it is unloaded", || workshop.timed.plugin().started() == 0);
            assert_eq!(workshop.timed.target(0).instances(), 0);
            assert_eq!(workshop.timed.target(0).overlaps(), 0);
            assert_eq!(isolate.ask("runtime_plugins", json!({})), json!([]));
            isolate.ask("runtime_shutdown", json!({}));
            assert_eq!(workshop.shadows(), 0);
        },
    );
}

fn it_is_installed(workshop: &Workshop, isolate: &Isolate, witness: &mut Witness) {
    assert_eq!(isolate.ask("runtime_plugins", json!({})), json!([]));
    let installed = workshop.install(isolate, &Build::default());
    let expected = json!({
        "id": ID, "version": "0.1.0", "is_enabled": true, "change": "Added", "previous_version": null,
    });
    assert_eq!(installed, expected);
    assert_eq!(told(witness, "Installed")["plugin"]["version"], "0.1.0");
    let listed = isolate.ask("runtime_plugins", json!({}))[0].clone();
    assert_eq!(
        (&listed["name"], &listed["licence"], &listed["is_enabled"]),
        (&json!("Timed plugin"), &json!("MIT OR Apache-2.0"), &json!(true))
    );
    assert_eq!(listed["digest"].as_str().unwrap().len(), 64, "SHA-256");
    assert_eq!(
        (&listed["generation"], &listed["instances"], &listed["problem"]),
        (&Value::Null, &json!(0), &Value::Null),
        "nothing is loaded to be listed"
    );
    let outputs = isolate.ask("runtime_outputs", json!({}));
    let outputs: Vec<&str> = outputs
        .as_array()
        .unwrap()
        .iter()
        .map(|output| output["id"].as_str().unwrap())
        .collect();
    assert_eq!(outputs.len(), 5, "{outputs:?}");
    assert!((0..4).all(|target| outputs.contains(&output(target).as_str())));
    told(witness, "Loaded");
}

/// Reloaded, and replaced by another version, while it speaks.
fn it_is_exchanged(workshop: &Workshop, isolate: &Isolate, witness: &mut Witness, newer: &Path) {
    let listed = || isolate.ask("runtime_plugins", json!({}))[0].clone();
    wait_until("one output of it is in use", || listed()["instances"] == 1);
    let old = listed()["generation"].clone();
    let new = isolate.ask("runtime_reload_plugin", by_id());
    assert!(new.as_i64() > old.as_i64());
    // The old one may be gone before anybody is told of the new one.
    let pair = [told_of_generation(witness), told_of_generation(witness)];
    assert!(pair.contains(&(json!("Loaded"), new.clone())), "{pair:?}");
    assert!(pair.contains(&(json!("Unloaded"), old)), "{pair:?}");
    let updated = isolate.ask("runtime_install_plugin", json!({"path": text(newer)}));
    assert_eq!(
        (&updated["change"], &updated["previous_version"]),
        (&json!("Updated"), &json!("0.1.0"))
    );
    assert_eq!(told(witness, "Unloaded")["plugin"]["generation"], new);
    wait_until("one plays", || {
        workshop.timed.plugin().started() == 1 && workshop.timed.target(0).open() == 1
    });
    assert_eq!(metric(isolate, "plugin_generations_draining"), 0.0);
}

fn it_is_removed(workshop: &Workshop, isolate: &Isolate, witness: &mut Witness) {
    let is_gone = isolate.ask("runtime_uninstall_plugin", by_id());
    assert!(is_gone.is_boolean());
    told(witness, "Uninstalled");
    wait_until("it plays elsewhere", || workshop.timed.target(0).open() == 0);
}

/// So many words.
fn until_heard(events: &Stream, words: usize) {
    (0..words).for_each(|_| drop(events.until("Word")));
}

#[test]
fn every_kind_of_event_of_a_plugin_is_told_as_it_is_described() {
    alone(
        "plugins::every_kind_of_event_of_a_plugin_is_told_as_it_is_described",
        || {
            let workshop = Workshop::new();
            let isolate = workshop.isolate();
            let events = isolate.follow("runtime_events", json!({})).unwrap();
            let mut witness = Witness::of(events, is_as_described);
            let mut seen = BTreeSet::new();
            let mut comes = |witness: &mut Witness, kind: &str| {
                seen.insert(kind.to_owned());
                told(witness, kind)
            };
            workshop.install(&isolate, &Build::default());
            comes(&mut witness, "Installed");
            let generation = isolate.ask("runtime_reload_plugin", by_id());
            assert_eq!(comes(&mut witness, "Loaded")["plugin"]["generation"], generation);
            // A call that lists its outputs does not return, until it does after all.
            workshop.timed.plugin().hang(Call::ListTargets);
            assert_eq!(
                isolate
                    .ask("runtime_outputs", json!({}))
                    .as_array()
                    .unwrap()
                    .len(),
                1
            );
            let hangs = comes(&mut witness, "Hangs");
            assert_eq!(hangs["plugin"]["generation"], generation);
            assert!(!hangs["plugin"]["hangs_in"].as_str().unwrap().is_empty());
            assert_eq!(metric(&isolate, "plugin_instances_quarantined"), 1.0);
            workshop.timed.plugin().release();
            comes(&mut witness, "Recovered");
            isolate.ask("runtime_disable_plugin", by_id());
            assert_eq!(
                comes(&mut witness, "Unloaded")["plugin"]["generation"],
                generation
            );
            comes(&mut witness, "Disabled");
            isolate.ask("runtime_enable_plugin", by_id());
            comes(&mut witness, "Enabled");
            let rebuilt = workshop.install(&isolate, &Build::lying(Lie::NoSymbol));
            assert_eq!(rebuilt["change"], "Rebuilt");
            isolate.ask("runtime_outputs", json!({}));
            let failed = comes(&mut witness, "Failed");
            assert_eq!(failed["error"]["reason"], "Plugin");
            let listed = isolate.ask("runtime_plugins", json!({}))[0].clone();
            assert_eq!(listed["problem"], failed["error"]["message"]);
            assert_eq!(listed["hint"], failed["error"]["hint"]);
            assert_eq!(isolate.ask("runtime_uninstall_plugin", by_id()), true);
            comes(&mut witness, "Uninstalled");
            let all: BTreeSet<String> = BRIDGE.schema.enums["PluginEventKind"].iter().cloned().collect();
            assert_eq!(seen, all, "every kind was seen");
        },
    );
}

/// Somebody else is changing the plugins: who waits for him can give up, and others are answered meanwhile.
#[test]
fn a_wait_for_who_changes_the_plugins_can_be_given_up() {
    alone(
        "plugins::a_wait_for_who_changes_the_plugins_can_be_given_up",
        || {
            let workshop = Workshop::new();
            let isolate = workshop.isolate();
            workshop.install(&isolate, &Build::default());
            // As another process has it.
            let lock = std::fs::File::open(workshop.root().join(".lock")).unwrap();
            lock.lock().unwrap();
            let calls = ["disable", "uninstall"];
            let calls = calls.map(|call| isolate.start(&format!("runtime_{call}_plugin"), by_id()));
            for call in &calls {
                assert_eq!(call.answer_within(Duration::from_millis(200)), None);
            }
            let listed = isolate.ask("runtime_plugins", json!({}));
            assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
            isolate.ask("runtime_cancel_calls", json!({}));
            for call in calls {
                assert_eq!(call.answer().unwrap_err()["reason"], "Cancelled");
            }
            lock.unlock().unwrap();
            wait_until("what was asked for is done", || {
                isolate.ask("runtime_plugins", json!({})) == json!([])
            });
        },
    );
}

const RESTARTS: usize = 6;

/// An isolate dies without a word while it speaks through a plugin, which the next one reloads.
#[test]
fn hot_restarts_while_a_plugin_plays_leave_no_generation_and_no_instance() {
    alone(
        "plugins::hot_restarts_while_a_plugin_plays_leave_no_generation_and_no_instance",
        || {
            let workshop = Workshop::new();
            let first = workshop.isolate();
            workshop.install(&first, &Build::default());
            first.ask("runtime_set_output", json!({"id": output(0)}));
            let mut life = first;
            for cycle in 0..RESTARTS {
                let (client, events) = life.client(&format!("life {cycle}"));
                life.speak(&client, LONG, json!({}));
                until_heard(&events, 2);
                wait_until("it plays, and nothing else", || {
                    workshop.timed.target(0).open() == 1
                });
                events.close();
                let finalizers = life.die();
                life = workshop.isolate();
                if cycle.is_multiple_of(2) {
                    life.ask("runtime_reload_plugin", by_id());
                }
                finalizers.run();
            }
            wait_until("only the last generation is there", || {
                workshop.timed.plugin().started() == 1 && metric(&life, "plugin_generations_draining") == 0.0
            });
            assert_eq!(metric(&life, "plugin_instances_quarantined"), 0.0);
            wait_until("the dead are gone, and the output with them", || {
                life.ask("runtime_release_output", json!({}));
                workshop.timed.target(0).instances() == 0
            });
            assert_eq!(life.ask("runtime_plugins", json!({}))[0]["instances"], 0);
            assert_eq!(metric(&life, "player_clients_active"), 0.0);
            assert_eq!(workshop.shadows(), 1, "the copy of the one that is loaded");
            life.ask("runtime_shutdown", json!({}));
            assert_eq!(workshop.timed.plugin().started(), 0);
            assert_eq!(workshop.timed.target(0).overlaps(), 0);
            assert_eq!(workshop.shadows(), 0);
        },
    );
}
