//! `utter plugins`, with packages whose libraries nobody loads.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::packages::{ID, Place, archive};
use crate::program::{run, utter};

/// Packs a plugin, and returns its directory.
fn packed(place: &Place, name: &str, version: &str, library: &str) -> std::path::PathBuf {
    let directory = place.directory(name, library);
    run(&mut place.pack(&directory, version)).code(0);
    directory
}

/// The states of what is listed, by ids.
fn states(place: &Place) -> Vec<(String, bool)> {
    let listed = run(&mut place.utter(&["plugins", "list", "--json"]))
        .quietly()
        .json();
    let state = |plugin: &serde_json::Value| {
        let id = plugin["id"].as_str().unwrap().to_owned();
        (id, plugin["is_enabled"].as_bool().unwrap())
    };
    listed.as_array().unwrap().iter().map(state).collect()
}

#[test]
fn a_plugin_is_packed_installed_listed_switched_and_removed() {
    let place = Place::new();
    let directory = place.directory("fake", "library");
    let zip = place.outside().join("fake.zip");
    let told = run(place.pack(&directory, "0.1.0").arg("--zip").arg(&zip)).code(0);
    assert_eq!(told.stdout, "");
    let target = target(&directory);
    told.says(&[
        "plugin.json: org.example.fake 0.1.0 for ",
        &target,
        "\nutter: wrote ",
        "fake.zip",
    ]);

    run(&mut place.utter(&["plugins", "list"]))
        .code(0)
        .says(&["no plugin is installed in ", "`utter plugins install PATH`"]);
    let installed = run(place.utter(&["plugins", "install"]).arg(&zip)).code(0);
    assert_eq!(installed.stderr, "utter: installed org.example.fake 0.1.0\n");
    let list = || run(&mut place.utter(&["plugins", "list"])).quietly().stdout;
    assert_eq!(
        list(),
        "ID                NAME         VERSION  STATE    LICENCE\n\
         org.example.fake  Fake output  0.1.0    enabled  MIT\n"
    );
    let listed = run(&mut place.utter(&["plugins", "list", "--json"]))
        .quietly()
        .json();
    let digest = listed[0]["sha256"].as_str().unwrap();
    assert_eq!(digest.len(), 64);
    let expected = json!([{
        "id": ID, "name": "Fake output", "version": "0.1.0", "licence": "MIT", "capabilities": ["output"],
        "is_enabled": true, "sha256": digest, "problem": null,
    }]);
    assert_eq!(listed, expected);

    let change = |what: &str, told: &str| {
        let changed = run(&mut place.utter(&["plugins", what, ID])).code(0);
        assert_eq!((changed.stdout.as_str(), changed.stderr.as_str()), ("", told));
    };
    change("disable", "utter: disabled org.example.fake\n");
    assert!(list().contains("  disabled  "), "{}", list());
    change("enable", "utter: enabled org.example.fake\n");
    assert_eq!(states(&place), [(ID.to_owned(), true)]);
    change("uninstall", "utter: uninstalled org.example.fake\n");
    assert_eq!(states(&place), []);
}

/// The triple that a directory was packed for.
fn target(directory: &Path) -> String {
    let manifest = fs::read(directory.join("plugin.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    manifest["targets"]
        .as_object()
        .unwrap()
        .keys()
        .next()
        .unwrap()
        .clone()
}

#[test]
fn what_an_installation_changes_is_told() {
    let place = Place::new();
    let install = |name: &str, version: &str, library: &str| {
        let directory = packed(&place, name, version, library);
        run(place.utter(&["plugins", "install"]).arg(directory))
            .code(0)
            .stderr
    };
    assert_eq!(
        install("a", "0.1.0", "a"),
        "utter: installed org.example.fake 0.1.0\n"
    );
    assert_eq!(
        install("a", "0.1.0", "a"),
        "utter: org.example.fake 0.1.0 is installed already\n"
    );
    assert_eq!(
        install("b", "0.1.0", "b"),
        "utter: installed org.example.fake 0.1.0 (instead of another build of it)\n"
    );
    assert_eq!(
        install("c", "0.2.0", "c"),
        "utter: installed org.example.fake 0.2.0 (updated from 0.1.0)\n"
    );
    assert_eq!(
        install("a", "0.1.0", "a"),
        "utter: installed org.example.fake 0.1.0 (instead of the newer 0.2.0)\n"
    );
    run(&mut place.utter(&["plugins", "disable", ID])).code(0);
    let disabled = install("c", "0.2.0", "c");
    assert!(
        disabled.ends_with("utter: it is disabled; `utter plugins enable org.example.fake` has it used\n"),
        "{disabled}"
    );
    let mut again = place.utter(&["plugins", "install", "--json"]);
    let report = run(again.arg(place.outside().join("a"))).quietly().json();
    let digest = &report["sha256"];
    let expected = json!({
        "id": ID, "name": "Fake output", "version": "0.1.0", "change": "updated", "from": "0.2.0",
        "is_enabled": false, "sha256": digest,
    });
    assert_eq!(report, expected);
}

#[test]
fn what_is_refused_changes_nothing_and_says_why() {
    let place = Place::new();
    let outside = place.outside();
    let refused = |path: &Path, expected: &[&str]| {
        run(place.utter(&["plugins", "install"]).arg(path))
            .code(1)
            .says(expected)
            .in_two_lines();
        assert_eq!(states(&place), [], "{}", path.display());
    };

    let text = outside.join("plugin.zip");
    fs::write(&text, "no archive").unwrap();
    refused(
        &text,
        &["plugin.zip is no plugin", "a zip archive with a plugin.json"],
    );
    let empty = outside.join("empty");
    fs::create_dir(&empty).unwrap();
    refused(&empty, &["is no plugin", "plugin.json"]);

    let elsewhere = place.directory("elsewhere", "library");
    run(place
        .pack(&elsewhere, "0.1.0")
        .args(["--target", "z80-sinclair-spectrum"]))
    .code(0);
    refused(
        &elsewhere,
        &[
            "it has no library for ",
            "only for z80-sinclair-spectrum",
            "Ask the plugin's author",
        ],
    );

    let changed = packed(&place, "changed", "0.1.0", "library");
    fs::write(changed.join("lib/fake.so"), "Library").unwrap();
    refused(&changed, &["lib/fake.so: its SHA-256", "Get the plugin again"]);

    let whole = packed(&place, "whole", "0.1.0", "library");
    let manifest = fs::read(whole.join("plugin.json")).unwrap();
    let traversal = outside.join("traversal.zip");
    let entries: [(&str, &[u8]); 4] = [
        ("plugin.json", &manifest),
        ("lib/fake.so", b"library"),
        ("LICENSE", b"Do as you please.\n"),
        ("../../outside", b"Boo"),
    ];
    archive(&traversal, &entries);
    refused(&traversal, &["../../outside", "Get the plugin again"]);
    assert!(!outside.join("outside").exists() && !outside.parent().unwrap().join("outside").exists());
    // Without that entry it is a good one.
    archive(&traversal, &entries[..3]);
    run(place.utter(&["plugins", "install"]).arg(&traversal)).code(0);
    run(&mut place.utter(&["plugins", "uninstall", ID])).code(0);

    run(&mut place.utter(&["plugins", "install", "no/such/place.zip"]))
        .code(2)
        .says(&["no/such/place.zip: No such file", "Check the path"])
        .in_two_lines();
    run(&mut place.utter(&["plugins", "install"])).code(2);
}

#[test]
fn an_unknown_plugin_is_answered_with_one_that_is_near() {
    let place = Place::new();
    let directory = packed(&place, "fake", "0.1.0", "library");
    run(place.utter(&["plugins", "install"]).arg(directory)).code(0);
    for what in ["enable", "disable", "reload", "uninstall"] {
        run(&mut place.utter(&["plugins", what, "org.example.fkae"]))
            .code(2)
            .says(&[
                "there is no plugin org.example.fkae",
                "Did you mean org.example.fake?",
                "`utter plugins list`",
            ])
            .in_two_lines();
        run(&mut place.utter(&["plugins", what, "../../etc"]))
            .code(2)
            .says(&["\"../../etc\" is no id of a plugin"])
            .in_two_lines();
    }
    assert_eq!(states(&place), [(ID.to_owned(), true)]);
}

#[test]
fn a_damaged_plugin_is_listed_with_what_mends_it() {
    let place = Place::new();
    let directory = packed(&place, "fake", "0.1.0", "library");
    let install = || {
        run(place.utter(&["plugins", "install"]).arg(&directory))
            .code(0)
            .stderr
    };
    install();
    let package = fs::read_dir(place.root().join("packages")).unwrap().next();
    fs::remove_file(package.unwrap().unwrap().path().join("lib/fake.so")).unwrap();

    let listed = run(&mut place.utter(&["plugins", "list"])).code(0);
    assert!(listed.stdout.contains("  damaged"), "{}", listed.stdout);
    let hint = format!("Install {ID} again, or remove it with `utter plugins uninstall {ID}`");
    listed
        .says(&[
            "the plugin org.example.fake is damaged: lib/fake.so: it is missing",
            &hint,
        ])
        .in_two_lines();
    let listed = run(&mut place.utter(&["plugins", "list", "--json"]))
        .quietly()
        .json();
    let problem = listed[0]["problem"]["message"].as_str().unwrap();
    assert!(problem.ends_with("lib/fake.so: it is missing"), "{problem}");

    let mended = install();
    assert!(
        mended.ends_with("utter: installed org.example.fake 0.1.0 (it was damaged)\n"),
        "{mended}"
    );
    run(&mut place.utter(&["plugins", "list"])).quietly();
}

#[test]
fn a_library_that_is_none_does_not_start() {
    let place = Place::new();
    let directory = packed(&place, "fake", "0.1.0", "library");
    run(place.utter(&["plugins", "install"]).arg(directory)).code(0);
    let reload = || run(&mut place.utter(&["plugins", "reload", ID])).code(1);
    reload()
        .says(&[
            "the plugin org.example.fake: the system does not load it",
            "made for this system",
        ])
        .in_two_lines();
    run(&mut place.utter(&["plugins", "disable", ID])).code(0);
    reload()
        .says(&[
            "is disabled",
            "Enable it with `utter plugins enable org.example.fake`",
        ])
        .in_two_lines();
}

#[test]
fn what_cannot_be_packed_is_refused() {
    let place = Place::new();
    let directory = place.directory("fake", "library");
    let refused = |arguments: &[&str], code: i32, expected: &[&str]| {
        run(place.pack(&directory, "0.1.0").args(arguments))
            .code(code)
            .says(expected)
            .in_two_lines();
        assert!(!directory.join("plugin.json").exists(), "{arguments:?}");
    };
    refused(&["--file", "README"], 1, &["README: it is missing"]);
    refused(&["--program", "../fake"], 1, &["plugin.json, ../fake"]);
    refused(&["--target", "a b"], 1, &["\"a b\" is no triple"]);
    let mut elsewhere = place.pack(&place.outside().join("nowhere"), "0.1.0");
    run(&mut elsewhere).code(2).says(&["nowhere: No such file"]);
    let version = run(&mut place.pack(&directory, "1.0")).code(2);
    assert!(version.stderr.contains("as in 0.1.0"), "{}", version.stderr);
    run(&mut place.utter(&["plugins", "pack"])).code(2);
}

#[test]
fn libraries_for_several_targets_are_packed_one_after_the_other() {
    let place = Place::new();
    let directory = place.directory("fake", "library");
    run(place.pack(&directory, "0.1.0").args(["--program", "LICENSE"])).code(1);
    fs::write(directory.join("driver"), "program").unwrap();
    run(place.pack(&directory, "0.1.0").args(["--program", "driver"])).code(0);
    let here = target(&directory);
    fs::write(directory.join("lib/fake.dll"), "other library").unwrap();
    let other = |version: &str, add: &[&str]| {
        let mut pack = place.utter(&["plugins", "pack", "--id", ID, "--name", "Fake output"]);
        pack.args([
            "--version",
            version,
            "--licence",
            "MIT",
            "--library",
            "lib/fake.dll",
        ]);
        run(pack
            .args(["--target", "x86_64-pc-windows-msvc"])
            .args(add)
            .arg(&directory))
    };
    other("0.2.0", &["--add"])
        .code(2)
        .says(&["is of org.example.fake 0.1.0", "the same --id and --version"])
        .in_two_lines();
    other("0.1.0", &["--add"])
        .code(0)
        .says(&[&here, "x86_64-pc-windows-msvc"]);
    let manifest = fs::read(directory.join("plugin.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    let target = &manifest["targets"][&here];
    assert_eq!(target["library"]["path"], "lib/fake.so");
    let files = target["files"].as_array().unwrap();
    let kinds: Vec<_> = files
        .iter()
        .map(|file| (file["path"].as_str().unwrap(), file["executable"] == true))
        .collect();
    assert_eq!(kinds, [("driver", true), ("LICENSE", false)]);
    run(place.utter(&["plugins", "install"]).arg(&directory)).code(0);
    // Without it there is only this one.
    other("0.1.0", &[]).code(0);
    run(place.utter(&["plugins", "install"]).arg(&directory))
        .code(1)
        .says(&["only for x86_64-pc-windows-msvc"]);
}

#[test]
fn plugins_are_where_the_call_or_the_environment_says() {
    let place = Place::new();
    let directory = packed(&place, "fake", "0.1.0", "library");
    let other = place.outside().join("other");
    // The option comes first, before or after the subcommand.
    let mut install = place.utter(&["plugins", "install"]);
    run(install.arg(directory).arg("--plugins").arg(&other)).code(0);
    assert_eq!(states(&place), []);
    let mut list = utter(["--plugins".as_ref(), other.as_os_str()]);
    let listed = run(list.args(["plugins", "list", "--json"])).quietly().json();
    assert_eq!(listed[0]["id"], ID);
    let mut status = utter(["status", "--json", "--plugins"]);
    let status = run(status.arg(&other)).code(0).json();
    assert_eq!(
        status["plugins"],
        json!([{"id": ID, "version": "0.1.0", "is_enabled": true}])
    );
}

#[test]
fn the_help_says_what_each_subcommand_is_for() {
    let help = |arguments: &[&str]| run(&mut utter(arguments)).quietly().stdout;
    let all = help(&["plugins", "--help"]);
    for (name, does) in [
        ("list", "List the plugins"),
        ("install", "Install a plugin"),
        ("enable", "Have a plugin be used"),
        ("disable", "Have a plugin not be used"),
        ("reload", "Load a plugin, to see that it starts"),
        ("uninstall", "Remove a plugin"),
        ("pack", "Make a plugin of a directory"),
    ] {
        assert!(
            all.lines()
                .any(|line| line.trim_start().starts_with(name) && line.contains(does)),
            "no {name} in {all}"
        );
        assert!(help(&["plugins", name, "--help"]).contains("Usage: utter plugins"));
    }
    assert!(all.contains("install those that you trust"), "{all}");
    let reload = help(&["plugins", "reload", "--help"]);
    assert!(reload.contains("Other programs that run keep"), "{reload}");
    assert!(help(&["--help"]).contains("plugins"));
}
