//! Copies to load from, and what a sweep leaves alone.

use std::fs::{self, File};

use super::workshop::{ID, LIBRARY, PROGRAM, Workshop};
use crate::plugin::{Fault, PluginError, Removal};

#[test]
fn a_shadow_outlives_the_package_that_it_was_made_of() {
    let workshop = Workshop::new();
    let catalogue = workshop.catalogue();
    catalogue.install(&workshop.package("1.0.0", b"one")).unwrap();
    let one = catalogue.shadow(ID).unwrap();
    let same = catalogue.shadow(ID).unwrap();
    assert_ne!(one.directory(), same.directory());
    catalogue.install(&workshop.package("2.0.0", b"two")).unwrap();
    let two = catalogue.shadow(ID).unwrap();
    assert_eq!(catalogue.uninstall(ID).unwrap().files, Removal::Removed);
    assert_eq!(catalogue.sweep().unwrap().leftovers, 0);
    for (shadow, content) in [(&one, b"one"), (&same, b"one"), (&two, b"two")] {
        assert_eq!(fs::read(shadow.library()).unwrap(), content);
        assert_eq!(shadow.library(), shadow.directory().join(LIBRARY));
        assert!(shadow.directory().join(PROGRAM).exists());
    }
    assert_eq!(one.digest(), same.digest());
    assert_eq!(two.manifest().version.to_string(), "2.0.0");
    for shadow in [one, same, two] {
        shadow.remove().unwrap();
    }
    assert!(workshop.files().is_empty(), "{:?}", workshop.files());
}

#[cfg(unix)]
#[test]
fn programs_of_a_shadow_can_be_run() {
    use std::os::unix::fs::PermissionsExt;
    let workshop = Workshop::new();
    let catalogue = workshop.catalogue();
    catalogue.install(&workshop.archive("1.0.0", b"one")).unwrap();
    let shadow = catalogue.shadow(ID).unwrap();
    let mode = shadow
        .directory()
        .join(PROGRAM)
        .metadata()
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o755);
    shadow.remove().unwrap();
}

#[test]
fn a_shadow_that_was_let_go_of_is_swept() {
    let workshop = Workshop::new();
    let catalogue = workshop.catalogue();
    catalogue.install(&workshop.package("1.0.0", b"one")).unwrap();
    let kept = catalogue.shadow(ID).unwrap();
    let before = workshop.files();
    drop(catalogue.shadow(ID).unwrap());
    assert_ne!(workshop.files(), before);
    let swept = workshop.catalogue().sweep().unwrap();
    assert_eq!((swept.leftovers, swept.packages, swept.held), (1, 0, 0));
    assert_eq!(workshop.files(), before);
    kept.remove().unwrap();
}

#[test]
fn a_changed_file_of_the_right_size_is_found_by_its_hash() {
    let workshop = Workshop::new();
    let catalogue = workshop.catalogue();
    let directory = catalogue
        .install(&workshop.package("1.0.0", b"one"))
        .unwrap()
        .plugin
        .directory;
    fs::write(directory.join(LIBRARY), b"eno").unwrap();
    assert!(catalogue.get(ID).is_ok(), "sizes alone are looked at");
    let before = workshop.files();
    let refused = catalogue.shadow(ID);
    let Err(PluginError::Damaged { reason, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert!(
        matches!(
            *reason,
            PluginError::File {
                fault: Fault::Hash,
                ..
            }
        ),
        "{reason}"
    );
    assert_eq!(workshop.files(), before, "nothing of the copy is left");
}

#[test]
fn a_package_that_is_being_copied_stays_until_a_later_sweep() {
    let workshop = Workshop::new();
    let catalogue = workshop.catalogue();
    for uninstall in [true, false] {
        let directory = catalogue
            .install(&workshop.package("1.0.0", b"one"))
            .unwrap()
            .plugin
            .directory;
        // As whoever copies it does.
        let held = File::open(directory.join("plugin.json")).unwrap();
        held.lock_shared().unwrap();
        if uninstall {
            assert_eq!(catalogue.uninstall(ID).unwrap().files, Removal::Deferred);
            assert!(catalogue.list().unwrap().is_empty(), "gone at once");
        } else {
            catalogue.install(&workshop.package("2.0.0", b"two")).unwrap();
        }
        assert_eq!(catalogue.sweep().unwrap().held, 1);
        assert!(directory.join(LIBRARY).exists());
        held.unlock().unwrap();
        assert_eq!(catalogue.sweep().unwrap().packages, 1);
        assert!(!directory.exists());
    }
}
