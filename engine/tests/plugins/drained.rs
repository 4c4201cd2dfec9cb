//! Generations: another takes its place at once, and the old one goes with its last instance, without anybody asking.

use crate::compiled::Call;
use crate::workshop::{ID, Workshop, version, wait_until};
use std::time::Duration;
use utter::plugin::{GenerationPhase, PluginError};

#[test]
fn nothing_is_loaded_before_it_is_needed_and_nothing_is_left_behind() {
    let workshop = Workshop::new();
    assert_eq!(workshop.timed.plugin().arrived(Call::Init), 0);
    assert_eq!(workshop.plugins.targets().len(), 4);
    assert_eq!(workshop.timed.plugin().started(), 1);
    assert_eq!(workshop.shadows(), 1);
    assert!(workshop.plugins.close(Duration::from_secs(5)));
    assert_eq!(workshop.timed.plugin().started(), 0);
    assert_eq!(workshop.shadows(), 0);
    assert_eq!(workshop.told(), ["Installed", "Loaded", "Unloaded"]);
    let closed = workshop.plugins.create(ID, "timed-0").map(drop);
    assert!(matches!(closed, Err(PluginError::Closed)), "{closed:?}");
}

#[test]
fn the_old_one_drains_until_its_last_instance_is_closed() {
    let workshop = Workshop::new();
    let (first, second) = (
        workshop.plugins.create(ID, "timed-0").unwrap(),
        workshop.plugins.create(ID, "timed-1").unwrap(),
    );
    let old = std::sync::Arc::clone(first.generation());
    assert_eq!((old.phase(), old.instances()), (GenerationPhase::Active, (2, 0)));
    workshop.plugins.reload(ID).unwrap();
    assert_eq!(old.phase(), GenerationPhase::Draining);
    assert_eq!(workshop.plugins.draining(), (1, 0));
    assert!(!first.is_active());
    let new = workshop.plugins.create(ID, "timed-0").unwrap();
    assert!(new.is_active() && new.generation().phase() == GenerationPhase::Active);
    assert_eq!(workshop.timed.plugin().started(), 2, "both are loaded");
    first.close().unwrap();
    assert_eq!(old.phase(), GenerationPhase::Draining);
    second.close().unwrap();
    assert_eq!(old.phase(), GenerationPhase::Unloaded);
    assert_eq!(workshop.plugins.draining(), (0, 0));
    assert_eq!((workshop.timed.plugin().started(), workshop.shadows()), (1, 1));
    new.close().unwrap();
    assert_eq!(workshop.timed.plugin().started(), 1, "the active one stays");
}

#[test]
fn a_generation_without_instances_is_gone_when_the_reload_returns() {
    let workshop = Workshop::new();
    workshop.plugins.targets();
    for _ in 0..20 {
        workshop.plugins.reload(ID).unwrap();
        assert_eq!(workshop.timed.plugin().started(), 1);
    }
    assert_eq!(workshop.timed.plugin().arrived(Call::Init), 21);
    assert_eq!(workshop.plugins.draining(), (0, 0));
}

#[test]
fn disabling_and_removing_drain_as_well() {
    let workshop = Workshop::new();
    let output = workshop.plugins.create(ID, "timed-0").unwrap();
    workshop.plugins.disable(ID).unwrap();
    assert_eq!(workshop.plugins.draining(), (1, 0));
    let refused = workshop.plugins.create(ID, "timed-0").map(drop);
    assert!(
        matches!(refused, Err(PluginError::Disabled { .. })),
        "{refused:?}"
    );
    assert_eq!(workshop.plugins.targets(), []);
    workshop.plugins.enable(ID).unwrap();
    let other = workshop.plugins.create(ID, "timed-0").unwrap();
    workshop.plugins.uninstall(ID).unwrap();
    assert_eq!(workshop.plugins.draining(), (2, 0));
    let refused = workshop.plugins.create(ID, "timed-0").map(drop);
    assert!(
        matches!(refused, Err(PluginError::NotInstalled { .. })),
        "{refused:?}"
    );
    output.close().unwrap();
    other.close().unwrap();
    assert_eq!(workshop.plugins.draining(), (0, 0));
    assert_eq!((workshop.timed.plugin().started(), workshop.shadows()), (0, 0));
}

#[test]
fn another_binary_takes_the_place_of_one_that_is_loaded_as_it_is_installed() {
    let workshop = Workshop::new();
    let old = workshop.plugins.create(ID, "timed-0").unwrap();
    workshop.install(&version("0.2.0"));
    let new = workshop.plugins.create(ID, "timed-0").unwrap();
    assert!(!old.is_active() && new.is_active());
    let listed = workshop.plugins.list().unwrap();
    assert_eq!(listed[0].version, "0.2.0");
    assert_eq!(listed[0].generation, Some(new.generation().id()));
    old.close().unwrap();
    new.close().unwrap();
    // The same again changes nothing.
    let before = workshop.timed.plugin().arrived(Call::Init);
    workshop
        .plugins
        .install(&workshop.timed.package(&version("0.2.0")))
        .unwrap();
    workshop.plugins.targets();
    assert_eq!(workshop.timed.plugin().arrived(Call::Init), before);
}

#[test]
fn a_plugin_that_does_not_start_is_not_tried_again_until_something_of_it_changes() {
    let workshop = Workshop::new();
    workshop.timed.plugin().fail(Call::Init, 3);
    for _ in 0..3 {
        let refused = workshop.plugins.create(ID, "timed-0").map(drop);
        let refused = refused.unwrap_err();
        assert!(matches!(refused.first(), PluginError::Load { .. }), "{refused:?}");
    }
    assert_eq!(workshop.timed.plugin().arrived(Call::Init), 1);
    let listed = workshop.plugins.list().unwrap();
    assert!(listed[0].problem.is_some() && listed[0].generation.is_none());
    workshop.timed.plugin().succeed(Call::Init);
    workshop.plugins.reload(ID).unwrap();
    workshop.plugins.create(ID, "timed-0").unwrap().close().unwrap();
}

#[test]
fn a_reload_that_fails_leaves_the_old_one() {
    let workshop = Workshop::new();
    let output = workshop.plugins.create(ID, "timed-0").unwrap();
    workshop.timed.plugin().fail(Call::Init, 3);
    assert!(workshop.plugins.reload(ID).is_err());
    assert!(output.is_active());
    workshop.timed.plugin().succeed(Call::Init);
    output.close().unwrap();
    assert_eq!((workshop.timed.plugin().started(), workshop.shadows()), (1, 1));
}

#[test]
fn an_instance_that_somebody_forgets_is_closed() {
    let workshop = Workshop::new();
    drop(workshop.plugins.create(ID, "timed-0").unwrap());
    assert_eq!(workshop.timed.target(0).instances(), 0);
    workshop.plugins.disable(ID).unwrap();
    wait_until("it is unloaded", || workshop.timed.plugin().started() == 0);
}
