//! Packages that are refused, after which nothing has changed and nothing is left.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::workshop::{ID, LIBRARY, PROGRAM, Workshop};
use crate::plugin::{Fault, PluginError, TARGET};

/// Installs what `damage` has made of a package, over another one, and gives the error.
fn refuse(damage: impl Fn(&Path)) -> PluginError {
    let workshop = Workshop::new();
    let catalogue = workshop.catalogue();
    let before = catalogue
        .install(&workshop.package("1.0.0", b"one"))
        .unwrap()
        .plugin;
    let files = workshop.files();
    let package = workshop.package("2.0.0", b"two");
    damage(&package);
    let Err(error) = catalogue.install(&package) else {
        panic!("it was installed");
    };
    assert_eq!(catalogue.get(ID).unwrap(), before);
    assert_eq!(workshop.files(), files);
    assert!(!error.hint().is_empty());
    error
}

/// Changes a value in the manifest of a package.
fn change(package: &Path, place: &str, value: Value) {
    let path = package.join("plugin.json");
    let mut manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    *manifest.pointer_mut(place).unwrap() = value;
    fs::write(&path, manifest.to_string()).unwrap();
}

#[track_caller]
fn assert_fault(error: &PluginError, file: &str, expected: Fault) {
    let PluginError::File { file: found, fault } = error else {
        panic!("{error}");
    };
    assert_eq!((found.as_str(), *fault), (file, expected));
}

#[test]
fn files_that_are_not_as_listed_are_refused() {
    let error = refuse(|package| fs::write(package.join(LIBRARY), b"owt").unwrap());
    assert_fault(&error, LIBRARY, Fault::Hash);
    for content in [&b"tw"[..], b"two!", b""] {
        let error = refuse(|package| fs::write(package.join(LIBRARY), content).unwrap());
        assert_fault(&error, LIBRARY, Fault::Size { expected: 3 });
    }
    let error = refuse(|package| fs::remove_file(package.join(PROGRAM)).unwrap());
    assert_fault(&error, PROGRAM, Fault::Missing);
    let error = refuse(|package| fs::remove_dir_all(package.join("lib")).unwrap());
    assert_fault(&error, LIBRARY, Fault::Missing);
    let error = refuse(|package| {
        fs::remove_file(package.join(LIBRARY)).unwrap();
        fs::create_dir(package.join(LIBRARY)).unwrap();
    });
    assert_fault(&error, LIBRARY, Fault::Irregular);
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_not_followed() {
    use std::os::unix::fs::symlink;
    // To a file of the right content, so that nothing but the link is wrong.
    let error = refuse(|package| {
        fs::rename(package.join(LIBRARY), package.join("elsewhere")).unwrap();
        symlink(package.join("elsewhere"), package.join(LIBRARY)).unwrap();
    });
    assert_fault(&error, LIBRARY, Fault::Irregular);
    let error = refuse(|package| {
        fs::rename(package.join("lib"), package.join("elsewhere")).unwrap();
        symlink("elsewhere", package.join("lib")).unwrap();
    });
    assert_fault(&error, LIBRARY, Fault::Irregular);
    let error = refuse(|package| {
        fs::rename(package.join("plugin.json"), package.join("elsewhere")).unwrap();
        symlink("elsewhere", package.join("plugin.json")).unwrap();
    });
    assert_fault(&error, "plugin.json", Fault::Irregular);
    // Nobody waits for somebody to write into it.
    let error = refuse(|package| {
        fs::remove_file(package.join(PROGRAM)).unwrap();
        let made = std::process::Command::new("mkfifo")
            .arg(package.join(PROGRAM))
            .status()
            .unwrap();
        assert!(made.success());
    });
    assert_fault(&error, PROGRAM, Fault::Irregular);
}

#[test]
fn what_is_not_for_this_engine_is_refused() {
    let error = refuse(|package| change(package, "/abi", json!(2)));
    assert!(matches!(error, PluginError::Abi { found: 2 }), "{error}");
    let error = refuse(|package| {
        let path = package.join("plugin.json");
        let manifest = fs::read_to_string(&path)
            .unwrap()
            .replace(TARGET, "sparc-sun-solaris");
        fs::write(&path, manifest).unwrap();
    });
    assert!(matches!(error, PluginError::Target { .. }), "{error}");
    let error = refuse(|package| change(package, "/capabilities", json!(["input"])));
    assert!(matches!(error, PluginError::Capability { .. }), "{error}");
    let library = format!("/targets/{TARGET}/library/path");
    let error = refuse(|package| change(package, &library, json!("../../elsewhere")));
    assert!(matches!(error, PluginError::Manifest { .. }), "{error}");
}

#[test]
fn what_is_no_package_is_refused() {
    let workshop = Workshop::new();
    let catalogue = workshop.catalogue();
    fs::create_dir(workshop.path("empty")).unwrap();
    fs::write(workshop.path("text"), "PX, a text").unwrap();
    fs::write(workshop.path("nothing"), "").unwrap();
    for name in ["empty", "text", "nothing", "not there"] {
        let refused = catalogue.install(&workshop.path(name));
        assert!(
            matches!(refused, Err(PluginError::NotAPackage { .. })),
            "{name}: {refused:?}"
        );
    }
    assert!(
        !catalogue.root().exists(),
        "the manifest is read before anything is made"
    );
}

#[test]
fn ids_that_are_paths_reach_no_file() {
    let workshop = Workshop::new();
    let catalogue = workshop.catalogue();
    catalogue.install(&workshop.package("1.0.0", b"one")).unwrap();
    for id in [
        "../plugins/org.example.output",
        "",
        ".",
        "/etc/passwd",
        "org.example.output.json/",
        "ORG.EXAMPLE.OUTPUT",
    ] {
        assert!(matches!(catalogue.get(id), Err(PluginError::Id { .. })), "{id}");
        assert!(
            matches!(catalogue.uninstall(id), Err(PluginError::Id { .. })),
            "{id}"
        );
        assert!(
            matches!(catalogue.enable(id), Err(PluginError::Id { .. })),
            "{id}"
        );
        assert!(
            matches!(catalogue.shadow(id), Err(PluginError::Id { .. })),
            "{id}"
        );
    }
}
