//! `utter say --out`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::program::{run, samples, utter};

/// Two seconds, which are said in one piece.
const SENTENCE: &str = "The weather is fine today.";

/// Says `text` into a file of `folder`.
#[track_caller]
fn render(folder: &TempDir, name: &str, options: &[&str], text: &str) -> PathBuf {
    let path = folder.path().join(name);
    let mut say = utter(["say", "--out"]);
    run(say.arg(&path).args(options).args(["--", text])).quietly();
    path
}

fn seconds(path: &Path) -> f64 {
    samples(path).len() as f64 / 24_000.0
}

#[test]
fn a_seed_makes_the_audio_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let say = |name: &str, options: &[&str]| fs::read(render(&folder, name, options, SENTENCE)).unwrap();
    let one = say("one.wav", &["--seed", "1"]);
    assert!(
        say("again.wav", &["--seed", "1"]) == one,
        "the same, byte for byte"
    );
    let two = say("two.wav", &["--seed", "2"]);
    assert!(two != one, "another seed is heard");
    assert_eq!(two.len(), one.len(), "but it is spoken as fast");
    // Without noise there is nothing for the seed to change.
    let silent = say("silent.wav", &["--noise", "0", "--seed", "1"]);
    assert!(say("silent_again.wav", &["--noise", "0", "--seed", "2"]) == silent);
    assert!(silent != one);
}

#[test]
fn speed_changes_how_long_it_takes() {
    let folder = tempfile::tempdir().unwrap();
    let normal = seconds(&render(&folder, "normal.wav", &[], SENTENCE));
    assert!((1.2..=3.0).contains(&normal), "five words in {normal} s");
    let fast = seconds(&render(&folder, "fast.wav", &["--speed", "2"], SENTENCE));
    // Durations are whole steps of 25 ms for each of 26 tokens, of which the shortest cannot be halved.
    assert!((0.4..=0.65).contains(&(fast / normal)), "{fast} s of {normal} s");
}

#[test]
fn standard_input_is_the_same_as_an_argument() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("{SENTENCE} Okay, here we go.\nGood morning!");
    let given = render(&folder, "given.wav", &[], &text);
    // Three sentences, each with its own pause.
    assert!((3.5..=8.0).contains(&seconds(&given)), "{} s", seconds(&given));
    let file = folder.path().join("text.txt");
    fs::write(&file, &text).unwrap();
    let piped = folder.path().join("piped.wav");
    run(utter(["say", "-", "--out"])
        .arg(&piped)
        .stdin(File::open(file).unwrap()))
    .quietly();
    assert!(fs::read(piped).unwrap() == fs::read(given).unwrap());
}

#[test]
fn every_other_language_speaks_phonemes() {
    let folder = tempfile::tempdir().unwrap();
    let voices = run(&mut utter(["voices", "--json"])).quietly().json();
    let mut tags = Vec::new();
    for voice in voices.as_array().unwrap() {
        let (name, tag) = (voice["name"].as_str().unwrap(), voice["tag"].as_str().unwrap());
        if tag.starts_with("en") || tags.contains(&tag) {
            continue;
        }
        tags.push(tag);
        let said = samples(&render(
            &folder,
            "said.wav",
            &["--voice", name, "--phonemes"],
            "mˈa na mi.",
        ));
        let (loudest, seconds) = (
            said.iter().fold(0.0_f32, |a, s| a.max(s.abs())),
            said.len() as f64 / 24_000.0,
        );
        println!("{name} ({tag}): {seconds:.2} s, up to {loudest:.2}");
        assert!(
            (0.05..=1.0).contains(&loudest) && (0.6..=3.0).contains(&seconds),
            "{name}"
        );
    }
    assert_eq!(tags, ["es", "fr", "hi", "it", "ja", "pt-BR", "zh"]);
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_no_file_and_keeps_an_older_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("speech.wav");
    fs::write(&path, "older").unwrap();
    let text = "This takes a while, and it goes on and on. ".repeat(200);
    let mut say = crate::program::Running::start(utter(["say", &text, "--out"]).arg(&path));
    say.wait_until("writing", |_| {
        let mut files = fs::read_dir(&folder).unwrap();
        // A quarter of a second of speech beside the older file.
        files.any(|file| file.unwrap().metadata().is_ok_and(|file| file.len() > 12_000))
    });
    say.interrupt();
    let ended = say.wait().code(130);
    assert_eq!(ended.stderr, "");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing half done");
    assert_eq!(fs::read(&path).unwrap(), b"older");
}
