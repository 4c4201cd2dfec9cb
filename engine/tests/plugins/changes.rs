//! Changes from many threads: what was asked for last is how it is in the end, on the disk and in the process.

use crate::workshop::{ID, Workshop, version, wait_until};
use std::sync::{Arc, Barrier};
use std::thread;
use utter::plugin::PluginError;

/// What a thread asks for.
#[derive(Debug, Clone, Copy)]
enum Wish {
    Install,
    Reload,
    Uninstall,
}

#[test]
fn twenty_changes_at_once_end_as_the_last_one_wanted() {
    let workshop = Arc::new(Workshop::new());
    let packages: Vec<_> = ["0.1.0", "0.2.0", "0.3.0"]
        .map(|number| (number, workshop.timed.package(&version(number))))
        .into();
    for round in 0..5 {
        let barrier = Arc::new(Barrier::new(20));
        let threads: Vec<_> = (0..20)
            .map(|number| {
                let wish = [Wish::Install, Wish::Reload, Wish::Install, Wish::Uninstall][number % 4];
                let (version, package) = packages[(number + round) % packages.len()].clone();
                let (workshop, barrier) = (Arc::clone(&workshop), Arc::clone(&barrier));
                thread::spawn(move || {
                    barrier.wait();
                    match wish {
                        Wish::Install => {
                            let installed = workshop.plugins.install(&package).unwrap();
                            Some((installed.serial, Some(version)))
                        }
                        Wish::Uninstall => match workshop.plugins.uninstall(ID) {
                            Ok(uninstalled) => Some((uninstalled.serial, None)),
                            Err(PluginError::NotInstalled { .. }) => None,
                            Err(error) => panic!("{error}"),
                        },
                        Wish::Reload => match workshop.plugins.reload(ID) {
                            Ok(_) | Err(PluginError::NotInstalled { .. }) => None,
                            Err(error) => panic!("{error}"),
                        },
                    }
                })
            })
            .collect();
        let done: Vec<_> = threads
            .into_iter()
            .filter_map(|thread| thread.join().unwrap())
            .collect();
        let (_, last) = *done.iter().max_by_key(|(serial, _)| *serial).unwrap();
        let listed = workshop.plugins.list().unwrap();
        assert_eq!(
            listed.first().map(|state| state.version.as_str()),
            last,
            "{done:?}"
        );
        match workshop.plugins.create(ID, "timed-0") {
            Ok(output) => {
                assert!(last.is_some());
                assert_eq!(
                    listed[0].generation.unwrap_or(output.generation().id()),
                    output.generation().id()
                );
                assert_eq!(output.generation().version(), last.unwrap());
                output.close().unwrap();
            }
            Err(error) => assert!(last.is_none(), "{error}"),
        }
        let loaded = u32::from(last.is_some());
        wait_until("the others are unloaded", || {
            workshop.timed.plugin().started() == loaded
        });
        assert_eq!(workshop.plugins.draining(), (0, 0));
        assert_eq!(workshop.shadows(), loaded as usize);
    }
}
