//! How many instructions a sentence takes: a guard of the speed of the kernels that no clock and no busy machine can disturb.
//!
//! A child speaks the sentence on one thread under callgrind, which counts while it does so: loading is left out. The voice is
//! one of its own (`UTTER_COUNTED_ARTIFACTS`; `make test` builds it), the same kernels compiled without fused multiply-adds:
//! valgrind computes those in software, which takes minutes for half a second of speech. Each is two instructions here.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail where it stands"
)]

use std::process::Command;

use utter::voice::artifacts::{self, ArtifactsDir};
use utter::voice::{KokoroPipeline, Noise, PipelineOptions, Synthesis};

/// Millions of instructions that the sentence takes. Whoever means to change it writes down what the test says.
const MILLIONS: f64 = 5_275.0;

/// What a change may cost, or save, before somebody has to look at it: less than ALBERT's widest products take. Runs differ by
/// less than one in ten thousand; compilers of Rust by more, but one in a hundred is all that they compile of it.
const MARGIN: f64 = 0.015;

/// "Okay.", with the silence around it that is cut off later: enough for every kernel, and short.
const SENTENCE: Synthesis<'_> = Synthesis {
    phonemes: "ˌOkˈA.",
    voice: "af_heart",
    speed: 1.0,
    noise: Noise {
        seed: 0,
        amplitude: 1.0,
    },
};

/// Samples that come of it: 57 frames of 25 ms. With another length the count says nothing about the kernels.
const SAMPLES: usize = 57 * 600;

/// Where the voice is that is counted.
const VARIABLE: &str = "UTTER_COUNTED_ARTIFACTS";

/// The voice, its files hashed where they were not: that is nothing to do under valgrind.
fn voice() -> ArtifactsDir {
    let base = std::env::var(VARIABLE)
        .unwrap_or_else(|_| panic!("{VARIABLE} is not set: run `make test`, which builds that voice"));
    let voice = artifacts::resolve(base.as_ref()).unwrap_or_else(|error| panic!("{error}\n{}", error.hint()));
    let fused = voice
        .manifest()
        .target
        .features
        .iter()
        .any(|feature| feature == "fma");
    assert!(
        !fused,
        "{base} has fused multiply-adds, which take valgrind minutes: run `make test`"
    );
    voice
}

/// What is counted: callgrind knows it by this name.
#[inline(never)]
fn speak_counted(pipeline: &mut KokoroPipeline) -> usize {
    pipeline.synthesize(&SENTENCE, &|| false).unwrap().samples.len()
}

/// The child.
#[test]
#[ignore = "it is what is counted, and counts nothing"]
fn child() {
    let options = PipelineOptions {
        threads: Some(1),
        ..PipelineOptions::default()
    };
    let mut pipeline = KokoroPipeline::load(voice(), options).unwrap();
    assert_eq!(
        speak_counted(&mut pipeline),
        SAMPLES,
        "the sentence has another length"
    );
}

/// Millions of instructions, by a child under callgrind.
fn count() -> f64 {
    let child = std::env::current_exe().unwrap();
    let output = Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--callgrind-out-file=/dev/null",
            "--toggle-collect=*speak_counted*",
        ])
        .arg(child)
        .args(["--exact", "child", "--ignored", "--nocapture", "--test-threads=1"])
        .output()
        .expect(
            "valgrind counts the instructions: `apt-get install valgrind`, which `make test` does for root",
        );
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{}{told}",
        String::from_utf8_lossy(&output.stdout)
    );
    // "==123== Collected : 1234567890"
    let collected = told.lines().find_map(|line| line.split_once("Collected :"));
    let (_, collected) = collected.unwrap_or_else(|| panic!("callgrind does not tell its count:\n{told}"));
    collected.trim().parse::<f64>().unwrap() / 1e6
}

#[test]
fn a_sentence_takes_as_many_instructions_as_ever() {
    voice();
    let millions = count();
    println!("{millions:.1} million instructions");
    let change = millions / MILLIONS - 1.0;
    assert!(
        change.abs() <= MARGIN,
        "a sentence takes {millions:.1} million instructions instead of {MILLIONS}, {:+.1} %: \
         if that is meant, it is the new number for MILLIONS",
        change * 100.0
    );
}
