//! Random sequences of everything that can be done with two plugins, held against a model: each is what the last one asked for.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::workshop::Workshop;
use crate::plugin::{Catalogue, Change, PluginError, Removal, Shadow};

const IDS: [&str; 2] = ["org.example.one", "org.example.two"];
/// Version and content of the packages of each plugin.
const PACKAGES: [(&str, &[u8]); 3] = [("1.0.0", b"one"), ("1.0.0", b"rebuilt"), ("2.0.0", b"two")];

#[derive(Debug, Clone, Copy)]
enum Step {
    Install(usize, usize),
    Enable(usize),
    Disable(usize),
    Uninstall(usize),
    /// Copies it to load from; kept until another step lets go of it.
    Shadow(usize),
    RemoveShadow,
    DropShadow,
    Sweep,
    /// Goes on as another process would.
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..2_usize, 0..3_usize).prop_map(|(id, package)| Step::Install(id, package)),
        2 => (0..2_usize).prop_map(Step::Enable),
        2 => (0..2_usize).prop_map(Step::Disable),
        2 => (0..2_usize).prop_map(Step::Uninstall),
        2 => (0..2_usize).prop_map(Step::Shadow),
        1 => Just(Step::RemoveShadow),
        1 => Just(Step::DropShadow),
        1 => Just(Step::Sweep),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..25)
}

/// A plugin: its package, and whether it is enabled.
type State = BTreeMap<usize, (usize, bool)>;

/// The packages, made once.
static SOURCES: LazyLock<(Workshop, Vec<Vec<PathBuf>>)> = LazyLock::new(|| {
    let workshop = Workshop::new();
    let of = |id| {
        PACKAGES
            .iter()
            .map(|(version, content)| workshop.package_of(id, version, content))
            .collect()
    };
    let sources = IDS.iter().map(|id| of(id)).collect();
    (workshop, sources)
});

struct Played {
    workshop: Workshop,
    catalogue: Catalogue,
    state: State,
    serial: u64,
    /// With the package that each was made of.
    shadows: Vec<(Shadow, usize)>,
}

impl Played {
    fn new() -> Self {
        let workshop = Workshop::new();
        Self {
            catalogue: workshop.catalogue(),
            workshop,
            state: State::new(),
            serial: 0,
            shadows: Vec::new(),
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Install(id, package) => self.install(id, package),
            Step::Enable(id) => self.switch(id, true),
            Step::Disable(id) => self.switch(id, false),
            Step::Uninstall(id) => match (self.catalogue.uninstall(IDS[id]), self.state.remove(&id)) {
                (Ok(gone), Some(_)) => {
                    self.serial += 1;
                    assert_eq!((gone.serial, gone.files), (self.serial, Removal::Removed));
                }
                (gone, before) => assert_absent(before, gone),
            },
            Step::Shadow(id) => match (self.catalogue.shadow(IDS[id]), self.state.get(&id)) {
                (Ok(shadow), Some((package, _))) => self.shadows.push((shadow, *package)),
                (shadow, before) => assert_absent(before, shadow),
            },
            Step::RemoveShadow => {
                if let Some((shadow, _)) = self.shadows.pop() {
                    let directory = shadow.directory();
                    shadow.remove().unwrap();
                    assert!(!directory.exists());
                }
            }
            Step::DropShadow => drop(self.shadows.pop()),
            Step::Sweep => assert_eq!(self.catalogue.sweep().unwrap().held, 0),
            Step::Reopen => self.catalogue = self.workshop.catalogue(),
        }
        self.check();
    }

    fn install(&mut self, id: usize, package: usize) {
        let installed = self.catalogue.install(&SOURCES.1[id][package]).unwrap();
        let before = self.state.get(&id).copied();
        let has_changed = before.is_none_or(|(before, _)| before != package);
        let is_as_expected = match (before, &installed.change) {
            (None, Change::Added) => true,
            (Some((before, _)), Change::Nothing) => before == package,
            (Some((before, _)), Change::Rebuilt { .. }) => before != package && before < 2 && package < 2,
            (Some((before, _)), Change::Updated { from, .. }) => from.to_string() == PACKAGES[before].0,
            _ => false,
        };
        assert!(is_as_expected, "{before:?} and {package}: {:?}", installed.change);
        if has_changed {
            self.serial += 1;
            assert_eq!(installed.serial, self.serial);
        }
        self.state
            .insert(id, (package, before.is_none_or(|(_, enabled)| enabled)));
    }

    fn switch(&mut self, id: usize, enabled: bool) {
        let switched = match enabled {
            true => self.catalogue.enable(IDS[id]),
            false => self.catalogue.disable(IDS[id]),
        };
        match (switched, self.state.get_mut(&id)) {
            (Ok(serial), Some((_, before))) if *before != enabled => {
                self.serial += 1;
                assert_eq!(serial, self.serial);
                *before = enabled;
            }
            (Ok(serial), Some(_)) => assert!(serial <= self.serial),
            (switched, before) => assert_absent(before, switched),
        }
    }

    /// The catalogue is what the model is.
    fn check(&self) {
        let found: State = self
            .catalogue
            .list()
            .unwrap()
            .into_iter()
            .map(|listed| {
                let plugin = listed.plugin.unwrap();
                assert_eq!(plugin, self.catalogue.get(&listed.id).unwrap());
                let content = fs::read(plugin.directory.join(super::workshop::LIBRARY)).unwrap();
                let version = plugin.manifest.version.to_string();
                let package = PACKAGES
                    .iter()
                    .position(|package| *package == (&version, &content))
                    .unwrap();
                let id = IDS.iter().position(|id| *id == listed.id).unwrap();
                (id, (package, plugin.is_enabled))
            })
            .collect();
        assert_eq!(found, self.state);
        for (shadow, package) in &self.shadows {
            assert_eq!(fs::read(shadow.library()).unwrap(), PACKAGES[*package].1);
        }
    }

    /// Nothing is left but what is needed.
    fn end(mut self) {
        self.shadows.clear();
        self.catalogue.sweep().unwrap();
        self.check();
        assert_eq!(
            self.workshop.files().len(),
            4 * self.state.len(),
            "{:?}",
            self.workshop.files()
        );
    }
}

fn assert_absent<T: std::fmt::Debug, S: std::fmt::Debug>(before: Option<S>, result: Result<T, PluginError>) {
    assert!(
        before.is_none() && matches!(result, Err(PluginError::NotInstalled { .. })),
        "{before:?} and {result:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_catalogue_is_what_the_last_change_asked_for(steps in steps()) {
        let mut played = Played::new();
        for step in steps {
            played.step(step);
        }
        played.end();
    }
}
