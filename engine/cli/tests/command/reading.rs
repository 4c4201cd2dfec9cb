//! How text is read, as the command is told: markup, Markdown, the user's lexicon, pauses, languages.

use std::fs;
use std::path::Path;

use crate::program::{run, samples, utter};

/// The phonemes of all chunks.
fn phonemes(arguments: &[&str]) -> Vec<String> {
    let report = run(utter(["phonemes", "--json"]).args(arguments))
        .quietly()
        .json();
    let chunks = report["chunks"].as_array().unwrap().iter();
    chunks
        .map(|chunk| chunk["phonemes"].as_str().unwrap().to_string())
        .collect()
}

fn seconds(path: &Path) -> f64 {
    samples(path).len() as f64 / 24_000.0
}

#[test]
fn a_lexicon_goes_before_the_dictionary_and_tells_what_is_wrong_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("names.txt");
    fs::write(&path, "nginx = engine x\nSiobhán /ʃəvˈɔn/\n").unwrap();
    let lexicon = path.to_str().unwrap();
    assert_eq!(
        phonemes(&["--lexicon", lexicon, "Siobhán runs nginx."]),
        ["ʃəvˈɔn ɹˈʌnz ˈɛnʤən ˈɛks."]
    );
    fs::write(&path, "nginx = engine x\ngif /gɪf/\n").unwrap();
    run(utter(["say", "--lexicon", lexicon, "Hello."])
        .arg("--out")
        .arg(folder.path().join("a.wav")))
    .code(2)
    .says(&["names.txt:2:6", "U+0261"]);
    run(&mut utter(["phonemes", "--lexicon", "nowhere.txt", "Hello."]))
        .code(2)
        .says(&["nowhere.txt cannot be read"]);
}

#[test]
fn markdown_emoji_and_languages_are_options() {
    assert_eq!(phonemes(&["**Very** `good` 🚀"]), ["vˈɛɹi ɡˈʊd"]);
    assert_eq!(
        phonemes(&["--code", "skipped", "--emoji", "named", "**Very** `good` 🚀"]),
        ["vˈɛɹi ɹˈɑkət"]
    );
    assert_eq!(phonemes(&["--language", "en-GB", "tomato"]), ["təmˈɑːtQ"]);
    assert_eq!(phonemes(&["--voice", "bf_emma", "tomato"]), ["təmˈɑːtQ"]);
    assert_eq!(phonemes(&["--voice", "ff_siwis", "Bonjour."]), ["bɔ̃ʒˈuʁ."]);
}

#[test]
fn markup_is_read_where_it_is_asked_for_and_refused_where_it_is_wrong() {
    let ssml = "<speak>One <break time='300ms'/><sub alias='two'>2</sub>.</speak>";
    assert_eq!(phonemes(&["--markup", "ssml", ssml]), ["wˈʌn", "tˈu."]);
    assert!(
        phonemes(&[ssml])[0].contains("spˈik"),
        "plain text is never markup"
    );
    let inline = "A [tomato](/təmˈɑtO/).";
    assert_eq!(phonemes(&["--markup", "inline", inline]), ["ɐ təmˈɑtO."]);
    let wrong = "<speak>One <brake/> two.</speak>";
    run(&mut utter(["phonemes", "--markup", "ssml", wrong]))
        .code(2)
        .says(&["line 1, column 12", "brake"]);
    assert_eq!(phonemes(&["--markup", "ssml", "--lenient", wrong]), ["wˈʌn tˈu."]);
    // Before a file is begun: an older one stays.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("said.wav");
    fs::write(&path, "older").unwrap();
    for (text, told) in [(wrong, "brake"), ("<speak></speak>", "nothing to be heard")] {
        run(utter(["say", "--markup", "ssml", text, "--out"]).arg(&path))
            .code(2)
            .says(&[told]);
        let files: Vec<_> = fs::read_dir(&folder).unwrap().collect();
        assert_eq!(
            (files.len(), fs::read_to_string(&path).unwrap().as_str()),
            (1, "older")
        );
    }
}

#[test]
fn silences_and_pauses_are_as_long_as_they_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let said = |name: &str, arguments: &[&str]| {
        let path = folder.path().join(name);
        run(utter(["say", "--out"]).arg(&path).args(arguments)).quietly();
        seconds(&path)
    };
    let plain = said("plain.wav", &["It is all here. That is all of it."]);
    let longer = said(
        "longer.wav",
        &["--pauses", "sentence=1380", "It is all here. That is all of it."],
    );
    assert!((longer - plain - 1.0).abs() < 0.01, "{plain} and {longer} s");
    let ssml = "<speak>It is all here. <break time='1380ms'/>That is all of it.</speak>";
    let broken = said("broken.wav", &["--markup", "ssml", ssml]);
    assert!((broken - longer).abs() < 0.01, "{broken} and {longer} s");
}
