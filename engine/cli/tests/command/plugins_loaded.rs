//! Plugins that are loaded: when they are, how their outputs are found, and that they are closed however a call ends.
//!
//! With the plugin in C of `fixtures/plugins`, which counts what is asked of it in any process.

use std::process::Command;

use crate::compare::sounding;
use crate::compiled::{Build, Call, Lie, TimedPlugin};
use crate::packages::Place;
use crate::play::DEVICE;
use crate::program::{Running, run};
use crate::timed_output::TimedOutput;

const ID: &str = "org.utter.timed";

/// `UTTER_FAILURE_BUSY`.
const BUSY: i32 = 2;

/// The timed plugin, installed, and a device that is the system's default output.
struct Rig {
    place: Place,
    plugin: TimedPlugin,
    device: TimedOutput,
}

impl Rig {
    fn new(test: &str) -> Self {
        let rig = Self::empty(test);
        rig.install(&Build::default());
        rig
    }

    fn empty(test: &str) -> Self {
        let place = Place::new();
        let plugin = TimedPlugin::create(&place.outside().join("timed"));
        Self {
            device: TimedOutput::create(test, DEVICE),
            plugin,
            place,
        }
    }

    fn install(&self, build: &Build) {
        let package = self.plugin.package(build);
        run(self.utter(&["plugins", "install"]).arg(package)).code(0);
    }

    fn utter(&self, arguments: &[&str]) -> Command {
        let mut command = self.place.utter(arguments);
        self.device.give_to(&mut command);
        command
    }

    /// How often the plugin was started so far, in any process.
    fn starts(&self) -> u32 {
        self.plugin.plugin().arrived(Call::Init)
    }

    /// Every instance is closed and destroyed, and the plugin was told to end as often as to start.
    #[track_caller]
    fn assert_closed(&self) {
        let plugin = self.plugin.plugin();
        assert_eq!(plugin.arrived(Call::Init), plugin.arrived(Call::Deinit));
        assert_eq!(plugin.started(), 0);
        for target in 0..crate::compiled::TARGETS {
            let target = self.plugin.target(target);
            assert_eq!((target.open(), target.instances()), (0, 0));
        }
        let shadows = std::fs::read_dir(self.place.root().join("shadows"));
        let left = shadows.map_or(0, Iterator::count);
        assert_eq!(left, 0, "copies that were loaded");
    }

    fn end(self) {
        self.assert_closed();
        self.device.remove();
    }
}

fn clip(name: &str) -> String {
    format!("{}/../../fixtures/clips/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn no_plugin_is_loaded_where_none_is_asked_for() {
    let rig = Rig::new("no_plugin_is_loaded_where_none_is_asked_for");
    let sound = clip("wav_s16_44100_stereo.wav");
    for call in [
        &["say", "--phonemes", "jˈɛs."][..],
        &["say", "--output", "utter:null", "--phonemes", "jˈɛs."],
        &["say", "--output", "alsa:default", "--phonemes", "jˈɛs."],
        &["play", &sound],
        &["status"],
        &["status", "--metrics"],
        &["plugins", "list"],
        &["voices"],
    ] {
        run(&mut rig.utter(call)).code(0);
        assert_eq!(rig.starts(), 0, "{call:?}");
    }
    // That this could be seen:
    run(&mut rig.utter(&["outputs"])).quietly();
    assert_eq!(rig.starts(), 1);
    rig.end();
}

#[test]
fn outputs_of_plugins_are_listed_after_the_devices() {
    let rig = Rig::new("outputs_of_plugins_are_listed_after_the_devices");
    let outputs = run(&mut rig.utter(&["outputs", "--json"])).quietly().json();
    let field = |name: &str| -> Vec<_> {
        outputs
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row[name].clone())
            .collect()
    };
    assert_eq!(
        field("id"),
        [
            "alsa:default",
            "plugin:org.utter.timed/timed-0",
            "plugin:org.utter.timed/timed-1",
            "plugin:org.utter.timed/timed-2",
            "plugin:org.utter.timed/timed-3",
        ]
    );
    assert_eq!(field("is_default"), [true, false, false, false, false]);
    // The plugin is told from a device of the same name.
    let name = outputs[1]["name"].as_str().unwrap();
    assert!(name.ends_with(" (org.utter.timed)"), "{name}");
    let table = run(&mut rig.utter(&["outputs"])).quietly().stdout;
    assert!(table.contains("   plugin:org.utter.timed/timed-0  "), "{table}");

    let checks = run(&mut rig.utter(&["doctor", "--json"])).quietly().json();
    let last = checks.as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["what"], &last["ok"], &last["found"]),
        (
            &"plugin".into(),
            &true.into(),
            &"org.utter.timed 0.1.0, 4 outputs".into()
        )
    );

    run(&mut rig.utter(&["plugins", "disable", ID])).code(0);
    let outputs = run(&mut rig.utter(&["outputs", "--json"])).quietly().json();
    assert_eq!(outputs.as_array().unwrap().len(), 1);
    run(&mut rig.utter(&[
        "play",
        "--output",
        "plugin:org.utter.timed/timed-0",
        &clip("wav_s16_44100_stereo.wav"),
    ]))
    .code(3)
    .says(&["no output `plugin:org.utter.timed/timed-0`", "`utter outputs`"])
    .in_two_lines();
    rig.end();
}

#[test]
fn what_is_played_through_a_plugin_is_heard_on_its_target() {
    let rig = Rig::new("what_is_played_through_a_plugin_is_heard_on_its_target");
    let output = "plugin:org.utter.timed/timed-1";
    let sound = clip("vorbis_48000_mono.ogg");
    run(&mut rig.utter(&["play", "--output", output, &sound])).quietly();
    let heard: Vec<f32> = rig
        .plugin
        .captures(1)
        .iter()
        .flat_map(|one| one.channel(0))
        .collect();
    let (_, heard) = sounding(&heard);
    // Half a second.
    assert!((23_500..=24_200).contains(&heard.len()), "{} frames", heard.len());
    assert!(rig.device.captured().is_empty(), "the default output is silent");
    rig.assert_closed();

    // However it fails, it is closed.
    run(&mut rig.utter(&["play", "--output", output, &clip("README.md")]))
        .code(1)
        .says(&["not a sound file"])
        .in_two_lines();
    rig.assert_closed();
    rig.plugin.target(1).fail(Call::Open, BUSY);
    run(&mut rig.utter(&["play", "--output", output, &sound]))
        .code(1)
        .says(&["output `plugin:org.utter.timed/timed-1` is in use"])
        .in_two_lines();
    rig.end();
}

#[test]
fn an_interrupt_closes_the_plugin_too() {
    let rig = Rig::new("an_interrupt_closes_the_plugin_too");
    let long = "həlˈO wˈɜɹld! ".repeat(20);
    let call = [
        "say",
        "--output",
        "plugin:org.utter.timed/timed-0",
        "--phonemes",
        &long,
    ];
    let mut speaking = Running::start(&mut rig.utter(&call));
    speaking.wait_until("speaking", |_| {
        let captures = rig.plugin.captures(0);
        captures.iter().any(|one| !sounding(&one.channel(0)).1.is_empty())
    });
    speaking.interrupt();
    speaking.wait().code(130);
    rig.end();
}

#[test]
fn reloading_shows_whether_a_plugin_starts() {
    let rig = Rig::new("reloading_shows_whether_a_plugin_starts");
    let reloaded = run(&mut rig.utter(&["plugins", "reload", ID])).code(0);
    assert_eq!(
        reloaded.stderr,
        "utter: org.utter.timed 0.1.0 starts: generation 1 was loaded, and unloaded again\n"
    );
    assert_eq!(rig.starts(), 1);
    rig.assert_closed();

    rig.install(&Build::lying(Lie::AnotherId));
    run(&mut rig.utter(&["plugins", "reload", ID]))
        .code(1)
        .says(&[
            "its library is org.utter.another 0.1.0, and not org.utter.timed 0.1.0",
            "Tell the maker of the plugin",
        ])
        .in_two_lines();
    // What is wrong with it is told, and takes nothing from the rest.
    let outputs = run(&mut rig.utter(&["outputs", "--json"])).code(0);
    assert_eq!(outputs.json().as_array().unwrap().len(), 1);
    outputs.says(&["org.utter.another"]);
    let checks = run(&mut rig.utter(&["doctor", "--json"])).code(1).json();
    let last = checks.as_array().unwrap().last().unwrap();
    assert_eq!((&last["what"], &last["ok"]), (&"plugin".into(), &false.into()));
    rig.device.remove();
}
