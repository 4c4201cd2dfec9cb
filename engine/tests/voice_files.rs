//! The files of a voice, and of a voice of the user's own, that may come from anywhere: what their fuzz targets check, over the seed corpus.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::path::Path;

use utter::voice::{artifacts::invariants, pack};

/// Runs `target` over its seeds; their names begin with what is to come of them. (A new interface number makes new seeds
/// necessary: the accepted ones name it.)
fn seeds(name: &str, target: fn(&[u8]) -> bool) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/corpus")
        .join(name);
    let mut outcomes = [0, 0];
    for seed in std::fs::read_dir(folder).unwrap() {
        let path = seed.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let accepted = target(&std::fs::read(&path).unwrap());
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
    seeds("manifest", invariants::fuzz_manifest);
}

#[test]
fn indexes() {
    seeds("index", invariants::fuzz_index);
}

#[test]
fn voice_packs() {
    seeds("voice_pack", pack::invariants::fuzz_pack);
}
