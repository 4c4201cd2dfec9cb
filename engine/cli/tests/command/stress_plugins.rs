//! `utter stress --plugin`: the isolated output is exchanged, killed and stopped while it is spoken through, and nothing is left;
//! each damage to it is found.

use serde_json::Value;

use crate::isolated::Rig;
use crate::program::run;

/// Runs a few short cycles, with damage if any, and gives the exit code and the verdict.
fn stress(test: &str, cycles: &str, damage: Option<&str>) -> Value {
    let rig = Rig::with_nothing_installed(test);
    let package = rig.pack();
    let mut stress = rig.utter(&[
        "stress",
        "--json",
        "--seconds",
        "0.3",
        "--seed",
        "7",
        "--cycles",
        cycles,
    ]);
    stress.arg("--plugin").arg(package);
    if let Some(damage) = damage {
        stress.args(["--inject", damage]);
    }
    let ended = run(&mut stress);
    let verdict = ended.json();
    // A verdict says more than an exit code.
    assert_eq!(
        failed(&verdict).is_empty(),
        damage.is_none(),
        "{verdict:#}\n{}",
        ended.stderr
    );
    ended.code(i32::from(damage.is_some()));
    rig.device.remove();
    verdict
}

/// The checks that have failed.
fn failed(verdict: &Value) -> Vec<&str> {
    let checks = verdict["checks"].as_array().unwrap().iter();
    let failed = checks.filter(|check| check["good"] == false);
    failed.map(|check| check["what"].as_str().unwrap()).collect()
}

#[test]
fn a_plugin_that_is_exchanged_and_killed_leaves_nothing() {
    let verdict = stress("a_plugin_that_is_exchanged_and_killed", "12", None);
    let done = &verdict["exchanged"];
    let number = |name: &str| done[name].as_u64().unwrap();
    assert!(number("changes") >= 3, "{done}");
    assert!(number("kills") + number("stops") >= 2, "{done}");
    assert!(number("cycles_heard") >= 3, "{done}");
    let killed = &verdict["killed_host"];
    assert_eq!(
        (&killed["processes"], &killed["left"]),
        (&1.into(), &0.into()),
        "{killed}"
    );
    assert!(killed["swept"].as_u64() >= Some(1), "{killed}");
}

#[track_caller]
fn is_found(test: &str, damage: &str, check: &str) {
    let verdict = stress(test, "3", Some(damage));
    assert!(failed(&verdict).contains(&check), "{verdict:#}");
}

#[test]
fn an_output_that_keeps_its_process_is_found() {
    is_found(
        "an_output_that_keeps_its_process",
        "leak-sidecar",
        "one sidecar for a route",
    );
}

#[test]
fn an_output_that_keeps_its_ring_is_found() {
    is_found(
        "an_output_that_keeps_its_ring",
        "leak-ring",
        "one ring for a route",
    );
}

#[test]
fn an_output_that_keeps_its_library_is_found() {
    is_found(
        "an_output_that_keeps_its_library",
        "stuck-generation",
        "generations drain",
    );
}

#[test]
fn damage_to_a_plugin_needs_one() {
    let refused = run(&mut crate::program::utter(["stress", "--inject", "leak-ring"])).code(2);
    assert!(refused.stderr.contains("--plugin PACKAGE"), "{}", refused.stderr);
}
