//! Many change one plugin at once: the changes have an order, and what stands at the end is what the last one asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Barrier;

use super::workshop::{ID, Workshop};
use crate::plugin::{Catalogue, Change, PluginError};

/// Set for children: the directory of the test, and which of them it is.
const ROOT: &str = "UTTER_TEST_ROOT";
const NUMBER: &str = "UTTER_TEST_NUMBER";
/// What each line begins with in which a child tells what it has done.
const TOLD: &str = "told ";

/// Changes that are made at once.
const CHANGES: usize = 20;

/// What somebody asked for. Installations come first, since one can have the number of a switch that changed nothing after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    Install(usize),
    Enable,
    Disable,
    Uninstall,
}

impl Asked {
    /// The n-th thing to ask for, which is not the same for neighbours.
    fn number(n: usize) -> Self {
        match n % 5 {
            0 | 3 => Self::Install(n % 3),
            1 => Self::Disable,
            2 => Self::Uninstall,
            _ => Self::Enable,
        }
    }

    /// Asks for it, and gives the serial and whether something changed; `None` if there was no plugin to change.
    fn act(self, catalogue: &Catalogue, sources: &[PathBuf]) -> Option<u64> {
        let serial = match self {
            Self::Install(source) => catalogue.install(&sources[source]).map(|installed| {
                assert_ne!(installed.change, Change::Mended, "nothing was damaged");
                installed.serial
            }),
            Self::Enable => catalogue.enable(ID),
            Self::Disable => catalogue.disable(ID),
            Self::Uninstall => catalogue.uninstall(ID).map(|uninstalled| uninstalled.serial),
        };
        match serial {
            Err(PluginError::NotInstalled { .. }) => None,
            serial => Some(serial.unwrap()),
        }
    }
}

/// The packages that are installed, three of two versions.
fn sources(workshop: &Workshop) -> Vec<PathBuf> {
    vec![
        workshop.archive("1.0.0", b"one"),
        workshop.package("1.0.0", b"rebuilt"),
        workshop.package("2.0.0", b"two"),
    ]
}

/// Does what was asked for in the order of the serials, and holds the end against what is in the catalogue.
fn check(catalogue: &Catalogue, done: &[(u64, Asked)], workshop: &Workshop) {
    let serials: BTreeSet<u64> = done.iter().map(|(serial, _)| *serial).collect();
    let expected: BTreeSet<u64> = (1..=serials.len() as u64).collect();
    assert_eq!(serials, expected, "every change has a number of its own");
    let mut in_order = BTreeMap::<u64, Vec<Asked>>::new();
    for (serial, asked) in done {
        in_order.entry(*serial).or_default().push(*asked);
    }
    let mut state = None;
    for (serial, mut all) in in_order {
        all.sort_unstable();
        for asked in all {
            state = match (asked, state) {
                (Asked::Install(source), before) => Some((source, before.is_none_or(|(_, enabled)| enabled))),
                (Asked::Enable, Some((source, _))) => Some((source, true)),
                (Asked::Disable, Some((source, _))) => Some((source, false)),
                (Asked::Uninstall, Some(_)) => None,
                (_, None) => panic!("{serial}: {asked:?} has changed what was not there: {done:?}"),
            };
        }
    }
    let content = |source: usize| [&b"one"[..], b"rebuilt", b"two"][source].to_vec();
    let expected = state.map(|(source, enabled)| (content(source), enabled));
    let found = match catalogue.get(ID) {
        Err(PluginError::NotInstalled { .. }) => None,
        plugin => {
            let plugin = plugin.unwrap();
            let shadow = catalogue.shadow(ID).unwrap();
            let content = std::fs::read(shadow.library()).unwrap();
            shadow.remove().unwrap();
            Some((content, plugin.is_enabled))
        }
    };
    assert_eq!(found, expected, "{done:?}");
    catalogue.sweep().unwrap();
    let expected = if found.is_some() { 4 } else { 0 };
    assert_eq!(workshop.files().len(), expected, "{:?}", workshop.files());
}

/// Asks for `numbers` at once, a thread each.
fn at_once(catalogue: &Catalogue, sources: &[PathBuf], numbers: &[usize]) -> Vec<(u64, Asked)> {
    let start = Barrier::new(numbers.len());
    std::thread::scope(|scope| {
        let threads: Vec<_> = numbers
            .iter()
            .map(|&number| {
                let (catalogue, start) = (catalogue.clone(), &start);
                scope.spawn(move || {
                    let asked = Asked::number(number);
                    start.wait();
                    asked.act(&catalogue, sources).map(|serial| (serial, asked))
                })
            })
            .collect();
        threads
            .into_iter()
            .filter_map(|thread| thread.join().unwrap())
            .collect()
    })
}

#[test]
fn twenty_changes_at_once_end_as_the_last_one_asked() {
    for round in 0..5 {
        let workshop = Workshop::new();
        let sources = sources(&workshop);
        let catalogue = workshop.catalogue();
        let numbers: Vec<usize> = (round..round + CHANGES).collect();
        let done = at_once(&catalogue, &sources, &numbers);
        assert!(!done.is_empty());
        check(&catalogue, &done, &workshop);
    }
}

#[test]
fn readers_find_a_whole_plugin_or_none_while_others_change_it() {
    let workshop = Workshop::new();
    let sources = sources(&workshop);
    let catalogue = workshop.catalogue();
    let is_done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut whole = 0;
            while !is_done.load(std::sync::atomic::Ordering::SeqCst) {
                // Opened anew: a reader has nothing in common with those who change it.
                match workshop.catalogue().shadow(ID) {
                    Err(PluginError::NotInstalled { .. }) => {}
                    shadow => {
                        shadow.unwrap().remove().unwrap();
                        whole += 1;
                    }
                }
                for listed in workshop.catalogue().list().unwrap() {
                    listed.plugin.unwrap();
                }
            }
            whole
        });
        for number in 0..60 {
            Asked::number(number).act(&catalogue, &sources);
        }
        Asked::Install(0).act(&catalogue, &sources);
        catalogue.shadow(ID).unwrap().remove().unwrap();
        is_done.store(true, std::sync::atomic::Ordering::SeqCst);
        assert!(reader.join().unwrap() > 0, "the reader has seen it");
    });
}

#[test]
fn changes_of_several_processes_end_as_the_last_one_asked() {
    let sources_in = |directory: &Path| -> Vec<PathBuf> {
        let lines = std::fs::read_to_string(directory.join("sources")).unwrap();
        lines.lines().map(PathBuf::from).collect()
    };
    if let Some(directory) = std::env::var_os(ROOT).map(PathBuf::from) {
        let number: usize = std::env::var(NUMBER).unwrap().parse().unwrap();
        let numbers: Vec<usize> = (number * 5..number * 5 + 5).collect();
        let catalogue = Catalogue::open(directory.join("plugins"));
        for (serial, asked) in at_once(&catalogue, &sources_in(&directory), &numbers) {
            let number = numbers
                .iter()
                .find(|number| Asked::number(**number) == asked)
                .unwrap();
            println!("\n{TOLD}{serial} {number}");
        }
        return;
    }
    let workshop = Workshop::new();
    let sources: Vec<String> = sources(&workshop)
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    std::fs::write(workshop.path("sources"), sources.join("\n")).unwrap();
    let test = "plugin::tests::concurrency::changes_of_several_processes_end_as_the_last_one_asked";
    let children: Vec<_> = (0..4)
        .map(|number| {
            Command::new(std::env::current_exe().unwrap())
                .args([test, "--exact", "--nocapture"])
                .env(ROOT, workshop.path(""))
                .env(NUMBER, number.to_string())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let mut done = Vec::new();
    for child in children {
        let output = child.wait_with_output().unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && told.contains("1 passed"), "{told}");
        for line in told.lines().filter_map(|line| line.strip_prefix(TOLD)) {
            let (serial, number) = line.split_once(' ').unwrap();
            done.push((serial.parse().unwrap(), Asked::number(number.parse().unwrap())));
        }
    }
    assert!(!done.is_empty());
    check(&workshop.catalogue(), &done, &workshop);
}
