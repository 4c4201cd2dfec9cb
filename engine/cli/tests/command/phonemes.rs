//! `utter phonemes`: each row says what is read and why.

use std::fs::File;
use std::io::{Seek, Write};

use crate::program::{run, utter};

/// The rows of a call, each as its columns, which are two spaces or more apart.
fn rows(text: &str) -> Vec<Vec<String>> {
    let table = run(&mut utter(["phonemes", text])).quietly().stdout;
    let columns = |line: &str| {
        let columns = line.split("  ").map(str::trim);
        columns
            .filter(|column| !column.is_empty())
            .map(String::from)
            .collect()
    };
    table.lines().map(columns).collect()
}

#[track_caller]
fn has_row(text: &str, row: &[&str]) {
    let rows = rows(text);
    assert!(rows.iter().any(|found| found == row), "{row:?} in {rows:#?}");
}

#[test]
fn words_are_shown_with_what_they_are_read_as_and_how_that_was_found() {
    has_row(
        "I have read it.",
        &["read", "7–11", "read", "ɹˈɛd", "gold", "VBN"],
    );
    has_row(
        "I read it every day.",
        &["read", "2–6", "read", "ɹˈid", "gold", "VB"],
    );
    let three = "θɹˈi dˈɑləɹz ænd fˈɪfti sˈɛnts";
    let dollars = [
        "$3.50",
        "0–5",
        "three dollars and fifty cents",
        three,
        "written-form",
    ];
    has_row("$3.50", &dollars);
    has_row(
        "It was 2024.",
        &["2024", "7–11", "2024", "twˈɛnti twˈɛnti fˈɔɹ", "number", "CD"],
    );
    has_row(
        "OpenAI said so.",
        &["OpenAI", "0–6", "OpenAI", "ˌOpᵊnˈAˌI", "parts", "NNP"],
    );
    has_row(
        "It runs kubectl.",
        &[
            "kubectl",
            "8–15",
            "kubectl",
            "kˈub sˌitˌiˈɛl",
            "letter-to-sound",
            "JJ",
        ],
    );
    has_row(
        "Zbigniew is here.",
        &[
            "Zbigniew",
            "0–8",
            "Zbigniew",
            "zbˈɪɡnjˌu",
            "letter-to-sound",
            "NNP",
        ],
    );
    has_row(
        "The GPU is new.",
        &["GPU", "4–7", "GPU", "ʤˌipˌijˈu", "spelled", "NNP"],
    );
}

#[test]
fn the_whole_table_of_a_sentence() {
    let table = run(&mut utter(["phonemes", "It costs $3."])).quietly().stdout;
    let expected = "\
It costs $3.
= It costs three dollars.

WORD   BYTES  READ AS        PHONEMES      FOUND         TAG
It     0–2    It             ˌɪt           gold          PRP
costs  3–8    costs          kˈɔsts        silver        VBZ
$3     9–11   three dollars  θɹˈi dˈɑləɹz  written-form
.      11–12  .              .             mark          .

CHUNK  BYTES  COUNT  BOUNDARY  PAUSE   PHONEMES
1      0–12   24     end       100 ms  ˌɪt kˈɔsts θɹˈi dˈɑləɹz.
";
    assert_eq!(table, expected);
}

#[test]
fn json_has_the_same() {
    let mut call = utter([
        "phonemes",
        "--lang",
        "en-GB",
        "--json",
        "Dr. Lee.\n\nYes, he can't.",
    ]);
    let report = run(&mut call).quietly().json();
    assert_eq!(report["language"], "en-GB");
    let sentences = report["sentences"].as_array().unwrap();
    assert_eq!(sentences.len(), 2);
    assert_eq!(sentences[0]["written"], "Doctor Lee.");
    let word = &sentences[1]["words"][3];
    assert_eq!(
        word,
        &serde_json::json!({
            "text": "can't", "bytes": [18, 23], "written": "can't", "phonemes": "kˈɑːnt", "origin": "gold", "tag": "RB",
        })
    );
    let chunk = &report["chunks"][0];
    assert_eq!(
        (chunk["boundary"].as_str(), chunk["pause_ms"].as_u64()),
        (Some("paragraph"), Some(700))
    );
    let count = chunk["phonemes"].as_str().unwrap().chars().count();
    assert_eq!(chunk["count"].as_u64(), Some(count as u64));
}

#[test]
fn standard_input_is_read_and_what_cannot_be_read_is_refused() {
    let mut file: File = tempfile::tempfile().unwrap();
    file.write_all(b"Hello.").unwrap();
    file.rewind().unwrap();
    let table = run(utter(["phonemes", "-"]).stdin(file)).quietly().stdout;
    assert!(table.starts_with("Hello.\n\nWORD"), "{table}");
    run(&mut utter(["phonemes", "…"])).code(2).in_two_lines();
    run(&mut utter(["phonemes", "--lang", "ja", "x"]))
        .code(2)
        .in_two_lines();
    let unknown = run(&mut utter(["phonemes", "--lang", "xx", "x"])).code(2);
    assert!(
        unknown.stderr.contains("there are en-US, en-GB, es"),
        "{unknown:?}"
    );
}
