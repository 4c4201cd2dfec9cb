//! Killed before every single change of the file system, nothing is half-made.
//!
//! The test starts itself again as a child, which does one thing to a catalogue and is killed before the n-th change; n goes over all
//! of them. After each, this process finds the plugin as it was or as it was to be, whole, so that it can be copied and loaded;
//! a sweep leaves nothing behind; and doing it again succeeds.

use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::workshop::{ID, Workshop};
use crate::plugin::{Catalogue, PluginError};

/// Set for the child: before which change it is killed, what it does, in which directory, and with what.
const KILLED_BEFORE: &str = "UTTER_TEST_KILLED_BEFORE";
const DEED: &str = "UTTER_TEST_DEED";
const ROOT: &str = "UTTER_TEST_ROOT";
const SOURCE: &str = "UTTER_TEST_SOURCE";

static CHANGES: AtomicUsize = AtomicUsize::new(0);
static DEADLY: LazyLock<Option<usize>> = LazyLock::new(|| std::env::var(KILLED_BEFORE).ok()?.parse().ok());

/// Counts a change of the file system that is about to be made; `disk` calls it.
pub(in crate::plugin) fn step() {
    if *DEADLY == Some(CHANGES.fetch_add(1, Ordering::SeqCst)) {
        #[cfg(unix)]
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        std::process::abort();
    }
}

/// What a child does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Install,
    Disable,
    Uninstall,
    Shadow,
    Sweep,
}

impl Deed {
    fn name(self) -> String {
        format!("{self:?}")
    }

    fn of(name: &str) -> Option<Self> {
        let all = [
            Self::Install,
            Self::Disable,
            Self::Uninstall,
            Self::Shadow,
            Self::Sweep,
        ];
        all.into_iter().find(|deed| deed.name() == name)
    }

    fn act(self, catalogue: &Catalogue, source: &std::path::Path) -> Result<(), PluginError> {
        match self {
            Self::Install => catalogue.install(source).map(drop),
            Self::Disable => catalogue.disable(ID).map(drop),
            Self::Uninstall => catalogue.uninstall(ID).map(drop),
            Self::Shadow => catalogue.shadow(ID)?.remove(),
            Self::Sweep => catalogue.sweep().map(drop),
        }
    }
}

/// In the child: does what it was started for. Says whether this was the child.
fn acted_as_child() -> bool {
    let Some(deed) = std::env::var(DEED).ok().and_then(|name| Deed::of(&name)) else {
        return false;
    };
    let path = |name| PathBuf::from(std::env::var_os(name).unwrap());
    deed.act(&Catalogue::open(path(ROOT)), &path(SOURCE)).unwrap();
    true
}

/// What can be told of the plugin, by loading it: version and content, and whether it is enabled.
fn state(catalogue: &Catalogue) -> Option<(String, Vec<u8>, bool)> {
    let plugin = match catalogue.get(ID) {
        Err(PluginError::NotInstalled { .. }) => return None,
        plugin => plugin.unwrap(),
    };
    let shadow = catalogue.shadow(ID).unwrap();
    let content = std::fs::read(shadow.library()).unwrap();
    shadow.remove().unwrap();
    Some((plugin.manifest.version.to_string(), content, plugin.is_enabled))
}

/// Has a child do `deed` after `prepare`, killed before each change in turn. `least` is a number of changes under which the
/// hook would have seen nothing.
fn kill_at_every_point(test: &str, deed: Deed, least: usize, prepare: impl Fn(&Workshop)) {
    let mut changes = 0;
    loop {
        let workshop = Workshop::new();
        let source = workshop.archive("2.0.0", b"the new one");
        prepare(&workshop);
        let catalogue = workshop.catalogue();
        let (old, old_files) = (state(&catalogue), workshop.files());
        let child = Command::new(std::env::current_exe().unwrap())
            .args([
                &format!("plugin::tests::interruption::{test}"),
                "--exact",
                "--nocapture",
            ])
            .env(KILLED_BEFORE, changes.to_string())
            .env(DEED, deed.name())
            .env(ROOT, catalogue.root())
            .env(SOURCE, &source)
            .output()
            .unwrap();
        let was_killed = !child.status.success();
        let told = format!(
            "{}{}",
            String::from_utf8_lossy(&child.stdout),
            String::from_utf8_lossy(&child.stderr)
        );
        assert!(!told.contains("panicked"), "{told}");
        assert!(
            was_killed || told.contains("1 passed"),
            "there is no test {test}: {told}"
        );

        let found = state(&catalogue);
        let swept = catalogue.sweep().unwrap();
        assert_eq!(swept.held, 0, "the killed process holds nothing");
        let files = workshop.files();
        deed.act(&catalogue, &source)
            .or_else(ignore_that_it_is_gone)
            .unwrap();
        catalogue.sweep().unwrap();
        let (new, new_files) = (state(&catalogue), workshop.files());
        let told = format!("killed before change {changes}");
        if found == old && deed != Deed::Sweep {
            assert!(files == old_files || files == new_files, "{told}: {files:?}");
        } else {
            assert_eq!(files, new_files, "{told}");
        }
        assert!(found == old || found == new, "{told}: {found:?}");
        if !was_killed {
            assert_eq!(found, new, "it came to its end");
            break;
        }
        changes += 1;
    }
    println!("{deed:?}: {changes} changes");
    assert!(changes >= least, "only {changes} changes were seen");
}

fn ignore_that_it_is_gone(error: PluginError) -> Result<(), PluginError> {
    match error {
        PluginError::NotInstalled { .. } => Ok(()),
        error => Err(error),
    }
}

fn with_the_old_one(workshop: &Workshop) {
    workshop
        .catalogue()
        .install(&workshop.package("1.0.0", b"the old one"))
        .unwrap();
    workshop.catalogue().disable(ID).unwrap();
    workshop.catalogue().enable(ID).unwrap();
}

#[test]
fn an_update_that_is_killed_leaves_the_old_plugin_or_the_new_one() {
    if acted_as_child() {
        return;
    }
    // A staging directory with its lock, three files and their directories, a serial, a registration, and the removal of the
    // old package and of the staging directory.
    let test = "an_update_that_is_killed_leaves_the_old_plugin_or_the_new_one";
    kill_at_every_point(test, Deed::Install, 35, with_the_old_one);
}

#[test]
fn a_first_installation_that_is_killed_leaves_no_plugin_or_a_whole_one() {
    if acted_as_child() {
        return;
    }
    let test = "a_first_installation_that_is_killed_leaves_no_plugin_or_a_whole_one";
    kill_at_every_point(test, Deed::Install, 30, |_| {});
}

#[test]
fn a_plugin_that_is_being_switched_or_removed_when_killed_is_as_it_was_or_as_it_was_to_be() {
    if acted_as_child() {
        return;
    }
    let test = "a_plugin_that_is_being_switched_or_removed_when_killed_is_as_it_was_or_as_it_was_to_be";
    kill_at_every_point(test, Deed::Disable, 8, with_the_old_one);
    kill_at_every_point(test, Deed::Uninstall, 15, with_the_old_one);
}

#[test]
fn a_shadow_or_a_sweep_that_is_killed_harms_no_plugin() {
    if acted_as_child() {
        return;
    }
    let test = "a_shadow_or_a_sweep_that_is_killed_harms_no_plugin";
    kill_at_every_point(test, Deed::Shadow, 20, with_the_old_one);
    kill_at_every_point(test, Deed::Sweep, 15, |workshop| {
        with_the_old_one(workshop);
        drop(workshop.catalogue().shadow(ID).unwrap());
        let package = workshop.catalogue().get(ID).unwrap().directory;
        let unneeded = package.with_file_name("org.example.gone-1.0.0-0123456789abcdef");
        std::fs::create_dir(&unneeded).unwrap();
        std::fs::write(unneeded.join("plugin.json"), b"{}").unwrap();
    });
}
