//! Packages of plugins, which may come from anywhere: what their fuzz targets check, over the seed corpus.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::path::Path;
use std::time::{Duration, Instant};

use utter::plugin::invariants;

/// However an archive is made, it does not keep anybody for longer: its seeds are small, and what they inflate to is limited.
const LONGEST: Duration = Duration::from_secs(20);

/// Runs `target` over its seeds; their names begin with what is to come of them.
fn seeds(name: &str, target: fn(&[u8]) -> bool) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/corpus")
        .join(name);
    let mut outcomes = [0, 0];
    for seed in std::fs::read_dir(folder).unwrap() {
        let path = seed.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let start = Instant::now();
        let accepted = target(&std::fs::read(&path).unwrap());
        assert!(start.elapsed() < LONGEST, "{name}/{file}");
        // What a fuzzer adds has a hash for a name.
        if file.starts_with("accepted") || file.starts_with("refused") {
            assert_eq!(accepted, file.starts_with("accepted"), "{name}/{file}");
            outcomes[usize::from(accepted)] += 1;
        }
    }
    assert!(outcomes[0] >= 8 && outcomes[1] >= 3, "{name}: {outcomes:?}");
}

#[test]
fn manifests() {
    seeds("plugin_manifest", invariants::fuzz_plugin_manifest);
}

#[test]
fn archives() {
    seeds("plugin_archive", invariants::fuzz_plugin_archive);
}
