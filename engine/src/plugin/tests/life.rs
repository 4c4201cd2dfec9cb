//! Installing, replacing, switching and removing, one after the other.

use std::fs;

use super::workshop::{ID, LIBRARY, PROGRAM, Workshop};
use crate::plugin::{Change, PluginError, Removal, Swept};

#[test]
fn what_asks_for_a_plugin_that_is_not_there_creates_nothing() {
    let workshop = Workshop::new();
    let catalogue = workshop.catalogue();
    assert!(catalogue.list().unwrap().is_empty());
    assert_eq!(catalogue.sweep().unwrap(), Swept::default());
    for refused in [
        catalogue.get(ID).map(drop),
        catalogue.enable(ID).map(drop),
        catalogue.disable(ID).map(drop),
        catalogue.uninstall(ID).map(drop),
        catalogue.shadow(ID).map(drop),
    ] {
        assert!(
            matches!(refused, Err(PluginError::NotInstalled { .. })),
            "{refused:?}"
        );
    }
    assert!(!catalogue.root().exists());
}

#[test]
fn a_directory_and_an_archive_of_it_are_the_same_plugin() {
    let workshop = Workshop::new();
    let catalogue = workshop.catalogue();
    let added = catalogue.install(&workshop.package("1.0.0", b"one")).unwrap();
    assert_eq!((added.change, added.serial), (Change::Added, 1));
    assert!(added.plugin.is_enabled);
    assert_eq!(fs::read(added.plugin.directory.join(LIBRARY)).unwrap(), b"one");
    let again = catalogue.install(&workshop.archive("1.0.0", b"one")).unwrap();
    assert_eq!((again.change, again.serial), (Change::Nothing, 1));
    assert_eq!(again.plugin, added.plugin);
    let name = added.plugin.directory.file_name().unwrap().to_str().unwrap();
    assert!(
        name.starts_with("org.example.output-1.0.0-") && name.len() == "org.example.output-1.0.0-".len() + 16
    );
    let inside = [
        format!("packages/{name}/{PROGRAM}"),
        format!("packages/{name}/{LIBRARY}"),
    ];
    let rest = [format!("packages/{name}/plugin.json"), format!("{ID}.json")];
    let mut expected = [inside, rest].concat();
    expected.sort_unstable();
    assert_eq!(
        workshop.files(),
        expected,
        "what is not listed is not copied, and nothing else is left"
    );
}

#[cfg(unix)]
#[test]
fn programs_can_be_run_and_libraries_cannot() {
    use std::os::unix::fs::PermissionsExt;
    let workshop = Workshop::new();
    // The modes at the origin do not matter: an archive that was made on Windows has none.
    for source in [
        workshop.package("1.0.0", b"one"),
        workshop.archive("2.0.0", b"two"),
    ] {
        let plugin = workshop.catalogue().install(&source).unwrap().plugin;
        let mode = |path: &str| {
            plugin
                .directory
                .join(path)
                .metadata()
                .unwrap()
                .permissions()
                .mode()
                & 0o777
        };
        assert_eq!(
            (mode(PROGRAM), mode(LIBRARY), mode("plugin.json")),
            (0o755, 0o644, 0o644)
        );
    }
}

#[test]
fn another_version_replaces_it_and_another_binary_of_one_version_is_noticed() {
    let workshop = Workshop::new();
    let catalogue = workshop.catalogue();
    let one = catalogue
        .install(&workshop.package("1.0.0", b"one"))
        .unwrap()
        .plugin;
    let two = catalogue.install(&workshop.package("1.1.0", b"two")).unwrap();
    let digest = one.manifest.digest;
    let from = one.manifest.version.clone();
    assert_eq!((two.change, two.serial), (Change::Updated { from, digest }, 2));
    let digest = two.plugin.manifest.digest;
    let three = catalogue.install(&workshop.package("1.1.0", b"three")).unwrap();
    assert_eq!((three.change, three.serial), (Change::Rebuilt { digest }, 3));
    assert_ne!(three.plugin.directory, two.plugin.directory);
    assert_eq!(catalogue.get(ID).unwrap(), three.plugin);
    assert!(!one.directory.exists() && !two.plugin.directory.exists());
    assert_eq!(
        catalogue.sweep().unwrap(),
        Swept::default(),
        "nothing was left to sweep"
    );
}

#[test]
fn a_plugin_stays_disabled_over_an_update_and_is_enabled_when_it_is_new() {
    let workshop = Workshop::new();
    let catalogue = workshop.catalogue();
    catalogue.install(&workshop.package("1.0.0", b"one")).unwrap();
    assert_eq!(catalogue.disable(ID).unwrap(), 2);
    assert_eq!(catalogue.disable(ID).unwrap(), 2, "nothing has changed");
    assert!(!workshop.catalogue().get(ID).unwrap().is_enabled);
    let update = catalogue.install(&workshop.package("2.0.0", b"two")).unwrap();
    assert!(!update.plugin.is_enabled);
    assert_eq!(catalogue.enable(ID).unwrap(), 4);
    assert!(workshop.catalogue().get(ID).unwrap().is_enabled);
    catalogue.disable(ID).unwrap();
    assert_eq!(catalogue.uninstall(ID).unwrap().serial, 6);
    let added = catalogue.install(&workshop.package("2.0.0", b"two")).unwrap();
    assert_eq!((added.change, added.serial), (Change::Added, 7));
    assert!(added.plugin.is_enabled);
}

#[test]
fn an_uninstalled_plugin_is_gone_with_its_files() {
    let workshop = Workshop::new();
    let catalogue = workshop.catalogue();
    let other = workshop.package_of("org.example.other", "1.0.0", b"other");
    catalogue.install(&other).unwrap();
    let before = workshop.files();
    catalogue.install(&workshop.package("1.0.0", b"one")).unwrap();
    let gone = catalogue.uninstall(ID).unwrap();
    assert_eq!((gone.serial, gone.files), (3, Removal::Removed));
    assert_eq!(workshop.files(), before);
    for refused in [
        catalogue.uninstall(ID).map(|_| ()),
        catalogue.enable(ID).map(|_| ()),
        catalogue.disable(ID).map(|_| ()),
        catalogue.get(ID).map(|_| ()),
        catalogue.shadow(ID).map(|_| ()),
    ] {
        let Err(PluginError::NotInstalled { installed, .. }) = refused else {
            panic!("it is not installed: {refused:?}");
        };
        assert_eq!(installed, ["org.example.other"]);
    }
}

#[test]
fn a_damaged_plugin_is_listed_as_such_and_mended_by_installing_it_again() {
    let workshop = Workshop::new();
    let catalogue = workshop.catalogue();
    catalogue
        .install(&workshop.package_of("org.example.other", "1.0.0", b"other"))
        .unwrap();
    let source = workshop.archive("1.0.0", b"one");
    let installed = catalogue.install(&source).unwrap().plugin;
    fs::write(installed.directory.join(LIBRARY), b"longer than it was").unwrap();
    let listed = catalogue.list().unwrap();
    let ids: Vec<&str> = listed.iter().map(|listed| listed.id.as_str()).collect();
    assert_eq!(ids, ["org.example.other", ID]);
    assert!(listed[0].plugin.is_ok());
    let Err(PluginError::Damaged { reason, .. }) = &listed[1].plugin else {
        panic!("{:?}", listed[1]);
    };
    assert_eq!(
        reason.to_string(),
        "lib/liboutput.so: it does not have the 3 bytes that plugin.json says"
    );
    assert!(matches!(catalogue.enable(ID), Err(PluginError::Damaged { .. })));
    assert_eq!(catalogue.disable(ID).unwrap(), 3, "that can be done in any case");
    let mended = catalogue.install(&source).unwrap();
    assert_eq!((mended.change, mended.serial), (Change::Mended, 4));
    assert!(!mended.plugin.is_enabled);
    assert_eq!(fs::read(installed.directory.join(LIBRARY)).unwrap(), b"one");

    fs::remove_dir_all(&installed.directory).unwrap();
    assert!(matches!(catalogue.get(ID), Err(PluginError::Damaged { .. })));
    assert_eq!(catalogue.install(&source).unwrap().change, Change::Mended);
    fs::remove_dir_all(&installed.directory).unwrap();
    assert_eq!(catalogue.uninstall(ID).unwrap().files, Removal::Removed);
}

#[test]
fn a_registration_that_cannot_be_read_harms_no_other_plugin_and_can_be_replaced_or_removed() {
    let workshop = Workshop::new();
    let catalogue = workshop.catalogue();
    let source = workshop.package("1.0.0", b"one");
    catalogue
        .install(&workshop.package_of("org.example.other", "1.0.0", b"other"))
        .unwrap();
    let registration = catalogue.root().join(format!("{ID}.json"));
    for remove in [false, true] {
        let directory = catalogue.install(&source).unwrap().plugin.directory;
        fs::write(&registration, "{").unwrap();
        let listed = catalogue.list().unwrap();
        assert!(listed[0].plugin.is_ok());
        assert!(
            matches!(listed[1].plugin, Err(PluginError::Registration { .. })),
            "{listed:?}"
        );
        assert!(matches!(
            catalogue.disable(ID),
            Err(PluginError::Registration { .. })
        ));
        assert_eq!(catalogue.sweep().unwrap(), Swept::default());
        assert!(directory.exists(), "its package may be needed");
        if remove {
            assert_eq!(catalogue.uninstall(ID).unwrap().files, Removal::Deferred);
            assert_eq!(catalogue.sweep().unwrap().packages, 1);
            assert!(!directory.exists());
        } else {
            assert_eq!(catalogue.install(&source).unwrap().change, Change::Added);
        }
    }
    assert_eq!(catalogue.list().unwrap().len(), 1);
}
