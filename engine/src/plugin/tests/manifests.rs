//! What a `plugin.json` may say, and where an error says that it stands.

use serde_json::{Value, json};

use crate::plugin::{ABI, Capability, Digest, LARGEST_FILE, LARGEST_MANIFEST, Manifest, PluginError, TARGET};

const TRIPLE: &str = "x86_64-unknown-linux-gnu";

fn file(path: &str, size: u64) -> Value {
    json!({ "path": path, "sha256": "0".repeat(64), "size": size })
}

fn manifest() -> Value {
    json!({
        "format": 1, "id": "org.utter.asio", "name": "ASIO", "version": "0.1.0-beta.1+5", "abi": 1,
        "licence": "MIT OR Apache-2.0", "capabilities": ["output"],
        "targets": { TRIPLE: { "library": file("lib/libutter_asio.so", 4), "files": [file("bin/host", 5)] } }
    })
}

fn parse(manifest: &Value) -> Result<Manifest, PluginError> {
    Manifest::parse(manifest.to_string().as_bytes())
}

/// The manifest with one value in another's place; a place is a JSON pointer.
fn with(place: &str, value: Value) -> Result<Manifest, PluginError> {
    let mut manifest = manifest();
    *manifest.pointer_mut(place).unwrap() = value;
    parse(&manifest)
}

#[test]
fn a_manifest_says_what_a_package_is() {
    let json = manifest().to_string();
    let manifest = Manifest::parse(json.as_bytes()).unwrap();
    assert_eq!(manifest.id, "org.utter.asio");
    assert_eq!(manifest.version.to_string(), "0.1.0-beta.1+5");
    assert_eq!(manifest.capabilities, [Capability::Output]);
    assert_eq!(manifest.digest, Digest::of(json.as_bytes()));
    let files = &manifest.targets[TRIPLE];
    assert_eq!(files.library.path, "lib/libutter_asio.so");
    assert_eq!((files.files[0].size, files.files[0].executable), (5, false));
    assert_eq!(
        manifest.directory_name(),
        format!(
            "org.utter.asio-0.1.0-beta.1+5-{}",
            Digest::of(json.as_bytes()).short()
        )
    );
}

#[test]
fn fields_that_are_not_known_are_passed_over() {
    let mut newer = manifest();
    newer["homepage"] = "https://example.org".into();
    newer["targets"][TRIPLE]["library"]["signature"] = "…".into();
    assert!(parse(&newer).is_ok());
}

#[test]
fn an_error_says_where_it_is() {
    let target = format!("/targets/{TRIPLE}");
    let two = |one: &str, other: &str| json!([file(one, 1), file(other, 1)]);
    for (place, value, at) in [
        ("/id", json!("asio"), "id"),
        ("/id", json!("../../etc"), "id"),
        ("/name", json!(""), "name"),
        ("/name", json!("two\nlines"), "name"),
        ("/name", json!("x".repeat(129)), "name"),
        ("/licence", json!(" "), "licence"),
        ("/version", json!("1.0"), "version"),
        ("/version", json!("1.0.0/../.."), "version"),
        ("/version", json!(format!("1.0.0-{}", "x".repeat(43))), "version"),
        ("/capabilities", json!([]), "capabilities"),
        ("/capabilities", json!(["output", "output"]), "capabilities"),
        ("/targets", json!({}), "targets"),
        (
            "/targets",
            json!({ "../x": { "library": file("a", 1) } }),
            "targets",
        ),
        (
            &format!("{target}/library/path"),
            json!("../x.so"),
            "library.path",
        ),
        (
            &format!("{target}/library/path"),
            json!("plugin.json"),
            "library.path",
        ),
        (
            &format!("{target}/library/path"),
            json!("Plugin.JSON"),
            "library.path",
        ),
        (
            &format!("{target}/library/path"),
            json!("plugin.json/x"),
            "library.path",
        ),
        (
            &format!("{target}/library/size"),
            json!(LARGEST_FILE + 1),
            "library.size",
        ),
        (&format!("{target}/files"), two("a", "a"), "files[1].path"),
        (&format!("{target}/files"), two("a", "A"), "files[1].path"),
        (&format!("{target}/files"), two("lib", "x"), "files[0].path"),
        (&format!("{target}/files"), two("Lib", "x"), "files[0].path"),
        (&format!("{target}/files"), two("a/b", "A"), "files[1].path"),
        (
            &format!("{target}/files"),
            two("lib/libutter_asio.so/x", "b"),
            "files[0].path",
        ),
        (
            &format!("{target}/files"),
            json!([file("a", LARGEST_FILE), file("b", LARGEST_FILE)]),
            "files[1].size",
        ),
        (
            &format!("{target}/files"),
            json!(vec![file("a", 1); 256]),
            "files",
        ),
    ] {
        let refused = with(place, value.clone());
        let Err(PluginError::Manifest { at: found, why }) = &refused else {
            panic!("{place} {value}: {refused:?}");
        };
        assert!(
            found.ends_with(at) && !why.is_empty(),
            "{place}: {found}, not {at}"
        );
    }
}

#[test]
fn what_is_no_manifest_is_refused() {
    let large = format!("{{\"x\": \"{}\"}}", "x".repeat(LARGEST_MANIFEST));
    let mut twice = manifest().to_string();
    twice.replace_range(..1, "{\"id\": \"org.example.other\",");
    let target = format!("\"{TRIPLE}\":");
    let targets_twice = manifest().to_string().replace(
        &target,
        &format!("{target}{{\"library\":{}}},{target}", file("a", 1)),
    );
    for bad in [
        "",
        "{",
        "[]",
        "null",
        "{\"format\": 1}",
        &large,
        &twice,
        &targets_twice,
    ] {
        let refused = Manifest::parse(bad.as_bytes());
        assert!(
            matches!(refused, Err(PluginError::Manifest { .. })),
            "{:.100} {refused:?}",
            bad
        );
    }
    let refused = with(&format!("/targets/{TRIPLE}/library/sha256"), json!("AB"));
    assert!(refused.unwrap_err().to_string().contains("64 lower-case"));
}

#[test]
fn what_this_engine_cannot_use_is_told_apart_from_what_is_wrong() {
    let format = with("/format", json!(2)).unwrap_err();
    assert!(matches!(format, PluginError::Format { found: 2 }), "{format}");
    assert!(matches!(
        Manifest::parse(b"{\"format\": 7}"),
        Err(PluginError::Format { found: 7 })
    ));
    let capability = with("/capabilities", json!(["output", "telepathy"])).unwrap_err();
    assert_eq!(
        capability.to_string(),
        "plugin.json, capabilities: this engine knows no \"telepathy\""
    );
    assert!(capability.hint().starts_with("Update Utter"));
    let abi = with("/abi", json!(ABI + 1)).unwrap().check_usable();
    assert!(matches!(abi, Err(PluginError::Abi { .. })));
    let mut elsewhere = manifest();
    elsewhere["targets"] = json!({ "riscv128-unknown-plan9": { "library": file("a", 1) } });
    let target = parse(&elsewhere).unwrap().check_usable().unwrap_err();
    assert_eq!(
        target.to_string(),
        format!("it has no library for {TARGET}, only for riscv128-unknown-plan9")
    );
}
