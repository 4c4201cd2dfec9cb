//! `utter stress`: a clean run passes, and each damage makes its check fail and no other.
//!
//! Few and short cycles: a leak in each of nine is found as well as in fifty. The sounds go nowhere, in real time.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::program::{Ended, Running, run, utter};

const SHORT: [&str; 5] = ["stress", "--cycles", "6", "--seconds", "0.2"];

/// Runs a few cycles, with damage if any.
fn stress(damage: Option<&str>) -> Ended {
    let mut stress = utter(SHORT);
    stress.arg("--json");
    if let Some(damage) = damage {
        stress.args(["--inject", damage]);
    }
    run(&mut stress)
}

/// The checks that have failed.
fn failed(verdict: &Value) -> Vec<&str> {
    let checks = verdict["checks"].as_array().unwrap().iter();
    checks
        .filter(|check| check["good"] == false)
        .map(|check| check["what"].as_str().unwrap())
        .collect()
}

/// Damage makes exactly this check fail; gives what was found, in numbers.
#[track_caller]
fn is_found(damage: &str, check: &str) -> Value {
    let ended = stress(Some(damage)).code(1);
    assert_eq!(ended.stderr, "");
    let verdict = ended.json();
    assert_eq!(failed(&verdict), [check], "{verdict:#}");
    assert_eq!(
        (&verdict["good"], &verdict["inject"]),
        (&false.into(), &damage.into())
    );
    verdict
}

#[test]
fn a_clean_run_passes_and_tells_what_it_saw() {
    let verdict = stress(None).quietly().json();
    assert_eq!(failed(&verdict), [""; 0], "{verdict:#}");
    assert_eq!(
        (&verdict["good"], &verdict["inject"]),
        (&true.into(), &Value::Null)
    );
    assert_eq!((&verdict["cycles"], &verdict["runtimes"]), (&6.into(), &1.into()));
    // Of nine cycles three abandon three clients each, of which one goes when its lease of two and a half seconds is over.
    assert_eq!(verdict["clients"]["evicted"], 9);
    let slowest = verdict["clients"]["slowest_to_go"].as_f64().unwrap();
    assert!((2.0..20.0).contains(&slowest), "{slowest} s");
    let number = |group: &str, name: &str| verdict[group][name].as_u64().unwrap();
    assert_eq!(number("events", "subscriptions"), 2 * 9);
    assert!(
        number("events", "started") >= 9 && number("events", "events") >= 100,
        "{verdict:#}"
    );
    assert!(number("events", "finished") + number("events", "stopped") <= number("events", "queued"));
    let gone = number("frames", "rendered") + number("frames", "discarded") + number("frames", "queued");
    assert_eq!(number("frames", "produced"), gone);
    // The last utterance alone is half a second at 48 kHz.
    assert!(number("frames", "rendered") > 24_000, "{verdict:#}");
    for plugin in [
        "asio_sidecar_spawns_total",
        "asio_sidecar_running",
        "plugin_generations_draining",
    ] {
        assert_eq!(number("plugins", plugin), 0);
    }
    if cfg!(target_os = "linux") {
        assert!(
            verdict["growth"]["threads"]["late"].as_u64() > Some(4),
            "{verdict:#}"
        );
        assert_eq!(verdict["memory"]["resident_kib"].as_array().unwrap().len(), 6);
        assert_eq!(verdict["memory"]["is_rough"], true, "six cycles are few");
    }
}

#[test]
fn a_thread_that_is_left_in_every_cycle_is_found() {
    let verdict = is_found("leak-thread", "threads");
    let count = |when: &str| verdict["growth"]["threads"][when].as_u64().unwrap();
    // From the second cycle that is judged to the fifth: one each.
    assert!((1..=4).contains(&(count("late") - count("early"))), "{verdict:#}");
}

/// As people see it.
#[test]
fn a_file_that_is_left_open_in_every_cycle_is_found() {
    let shown = run(utter(SHORT).args(["--inject", "leak-fd"])).code(1).stdout;
    let failed: Vec<&str> = shown.lines().filter(|line| line.starts_with("FAIL  ")).collect();
    let [failed] = failed[..] else {
        panic!("one check fails: {shown}");
    };
    assert!(
        failed.starts_with("FAIL  file descriptors  ") && failed.contains(" in the end"),
        "{shown}"
    );
    assert!(shown.ends_with("\n6 restarts: 1 check FAILED\n"), "{shown}");
}

#[test]
fn a_client_that_never_goes_is_found() {
    let verdict = is_found("leak-client", "clients are gone");
    let attached = verdict["clients"]["attached"].as_array().unwrap();
    // Announced restarts end those of before, too; the ninth cycle is one, and leaks once more behind it.
    assert!(!attached.is_empty() && attached.len() <= 9, "{attached:?}");
    assert!(
        attached
            .iter()
            .all(|client| client.as_str().unwrap().starts_with("leaked (client "))
    );
}

#[test]
fn an_event_that_comes_twice_is_found() {
    let verdict = is_found("duplicate-event", "events came once");
    let events = &verdict["events"];
    assert_eq!(
        events["repeated"], events["events"],
        "every single one came twice"
    );
}

#[test]
fn a_megabyte_that_is_never_freed_is_found() {
    let verdict = is_found("leak-memory", "memory");
    let slope = verdict["memory"]["slope_kib"].as_f64().unwrap();
    assert!((900.0..1_300.0).contains(&slope), "{slope} KiB a cycle of 1024");
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_and_shuts_the_runtime_down() {
    let mut stress = Running::start(&mut utter(["-v", "stress", "--cycles", "1000"]));
    stress.wait_until("speaking", |told| told.contains("first audio"));
    stress.interrupt();
    let ended = stress.wait().code(130);
    assert_eq!(ended.stdout, "", "half a run is no verdict");
    assert!(ended.stderr.contains("runtime shut down"), "{ended:#?}");
}

#[cfg(target_os = "linux")]
#[test]
fn it_plays_on_a_device_if_it_is_asked_to() {
    use crate::timed_output::{Device, TimedOutput};
    let device = Device {
        speed: 1,
        ..Device::default()
    };
    let output = TimedOutput::create("it_plays_on_a_device_if_it_is_asked_to", device);
    let mut stress = utter([
        "stress",
        "--cycles",
        "3",
        "--seconds",
        "0.2",
        "--output",
        "default",
    ]);
    let shown = run(output.give_to(&mut stress)).quietly().stdout;
    let (checks, verdict) = shown.trim_end().rsplit_once('\n').unwrap();
    assert!(
        checks
            .lines()
            .all(|line| line.starts_with("pass  ") && line.len() < 120),
        "{shown}"
    );
    assert!(checks.contains("(roughly: "), "{shown}");
    assert_eq!(verdict, "3 restarts: all is well");
    let heard = output
        .captured_channel(0)
        .iter()
        .filter(|&&frame| frame != 0.0)
        .count();
    assert!(heard > 24_000, "{heard} frames");
    output.remove();
}

#[test]
fn what_it_cannot_run_on_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    run(utter(SHORT).arg("--artifacts").arg(folder.path()))
        .code(4)
        .says(&["no usable voice", "make voice"]);
    run(utter(SHORT).args(["--output", "wav:"]))
        .code(2)
        .says(&["`wav:` names no file"])
        .in_two_lines();
    for wrong in [
        ["--cycles", "2"],
        ["--seconds", "0"],
        ["--seconds", "nan"],
        ["--inject", "leak"],
    ] {
        let shown = run(utter(["stress"]).args(wrong)).code(2).stderr;
        assert!(shown.contains(wrong[0]) && shown.contains(wrong[1]), "{shown}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_is_not_there_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let configuration = folder.path().join("asound.conf");
    std::fs::write(&configuration, "").unwrap();
    let stress = |output: &str| {
        run(utter(SHORT)
            .args(["--output", output])
            .env("ALSA_CONFIG_PATH", &configuration))
    };
    stress("default")
        .code(3)
        .says(&["no output device", "leave out --output"])
        .in_two_lines();
    stress("kitchen")
        .code(3)
        .says(&["no output `kitchen`", "`utter outputs`"])
        .in_two_lines();
}

/// Every number of a runtime is there with what it is of, even if nothing was counted yet.
#[test]
fn metrics_are_shown_as_prometheus_reads_them() {
    let shown = run(&mut utter(["status", "--metrics"])).quietly().stdout;
    let mut metrics = BTreeMap::<&str, (String, &str, f64)>::new();
    for block in shown.split("\n\n") {
        let lines: Vec<&str> = block.lines().collect();
        let [help, kind, sample] = lines[..] else {
            panic!("{block:?} has other than a help, a type and a sample");
        };
        let (name, value) = sample.split_once(' ').unwrap();
        let about = help.strip_prefix(&format!("# HELP {name} ")).unwrap();
        let kind = kind.strip_prefix(&format!("# TYPE {name} ")).unwrap();
        let is_name = |letter: char| letter.is_ascii_lowercase() || letter == '_';
        assert!(
            name.chars().all(is_name) && about.len() > 10 && about.ends_with('.'),
            "{block}"
        );
        assert_eq!(kind == "counter", name.ends_with("_total"), "{block}");
        assert!(kind == "counter" || kind == "gauge", "{block}");
        let earlier = metrics.insert(name, (about.into(), kind, value.parse().unwrap()));
        assert_eq!(earlier, None, "{name} once");
    }
    let snapshot = serde_json::to_value(utter::host::MetricsSnapshot::default()).unwrap();
    for name in snapshot.as_object().unwrap().keys() {
        // These are the sums of histograms, which have no samples yet.
        if name.ends_with("_seconds_total") {
            continue;
        }
        let expected = f64::from(name == "runtime_host_inits_total");
        let (_, _, value) = metrics
            .get(name.as_str())
            .unwrap_or_else(|| panic!("no {name} in {shown}"));
        assert_eq!(*value, expected, "{name}");
    }
    // Nothing of it needs a voice.
    let folder = tempfile::tempdir().unwrap();
    let without = run(utter(["status", "--metrics", "--artifacts"]).arg(folder.path())).quietly();
    assert_eq!(without.stdout, shown);
    run(&mut utter(["status", "--metrics", "--json"])).code(2);
}
