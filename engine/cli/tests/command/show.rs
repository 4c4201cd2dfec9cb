//! The commands that show things: voices, status, bench, completions.

use std::fs;

use crate::program::{run, utter};

#[test]
fn voices_are_listed() {
    let table = run(&mut utter(["voices"])).quietly().stdout;
    assert_eq!(table.lines().count(), 1 + 54, "{table}");
    assert!(table.lines().all(|line| line.split_whitespace().count() >= 5));
    let heart = table.lines().find(|line| line.starts_with("af_heart ")).unwrap();
    assert!(
        heart.contains("American English") && heart.ends_with("text, phonemes"),
        "{heart}"
    );

    let json = run(&mut utter(["voices", "--json"])).quietly().json();
    let voices = json.as_array().unwrap();
    assert_eq!(voices.len(), 54);
    let readers = voices.iter().filter(|voice| voice["reads_text"] == true);
    assert_eq!(readers.count(), 41, "all but 5 Japanese and 8 Chinese ones");
    let by_espeak = voices.iter().filter(|voice| voice["through"] == "espeak-ng");
    assert_eq!(by_espeak.count(), 13);
    let gender = |which: &str| voices.iter().filter(|voice| voice["gender"] == which).count();
    assert_eq!(gender("female") + gender("male"), 54);
}

/// Their styles are those of another voice, which lies as numbers alone where the artifacts are.
#[test]
fn voices_of_ones_own_are_listed_and_speak() {
    let status = run(&mut utter(["status", "--json"])).code(0).json();
    let artifacts = status["voice"]["artifacts"].as_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grandma.bin");
    fs::copy(format!("{artifacts}/voices/bf_emma.bin"), &path).unwrap();
    let british = format!("bf_grandma={}", path.display());
    let own = ["--voice-file", &british, "--voice-file", path.to_str().unwrap()];
    let listed = run(utter(["voices", "--json"]).args(own)).quietly().json();
    let voices = listed.as_array().unwrap();
    assert_eq!(voices.len(), 54 + 2);
    let shown = |voice: &serde_json::Value| {
        ["name", "tag", "gender"].map(|field| voice[field].as_str().unwrap_or("none").to_owned())
    };
    assert_eq!(shown(&voices[54]), ["bf_grandma", "en-GB", "female"]);
    assert_eq!(shown(&voices[55]), ["grandma", "en-US", "none"]);

    let say = |voice: &str| {
        let wav = folder.path().join("said.wav");
        let mut say = utter(["say", "--phonemes", "jˈɛs.", "--voice", voice, "--out"]);
        run(say.arg(&wav).args(own)).quietly();
        fs::read(wav).unwrap()
    };
    assert!(say("bf_grandma") == say("bf_emma"), "every bit");
    assert!(
        say("grandma:0.5,af_heart:0.5") == say("bf_emma,af_heart"),
        "every bit"
    );
    assert!(say("grandma:0.5,af_heart:0.5") != say("bf_emma"));
}

#[test]
fn status_tells_what_is_used() {
    let status = run(&mut utter(["status", "--json", "--threads", "3"]))
        .code(0)
        .json();
    assert_eq!(status["utter"], env!("CARGO_PKG_VERSION"));
    assert_eq!(
        (status["device"].as_str(), status["threads"].as_u64()),
        (Some("cpu"), Some(3))
    );
    let voice = &status["voice"];
    assert_eq!(
        (voice["names"].as_u64(), voice["sample_rate"].as_u64()),
        (Some(54), Some(24_000))
    );
    for version in ["tvm", "tvm_ffi"] {
        let version = voice[version].as_str().unwrap();
        assert!(version.split('.').count() >= 3, "{version}");
    }
    let table = run(&mut utter(["status"])).code(0).stdout;
    for name in [
        "utter",
        "artifacts",
        "model",
        "compiled by",
        "for",
        "device",
        "output",
    ] {
        assert!(
            table.lines().any(|line| line.starts_with(name)),
            "no {name} in {table}"
        );
    }
}

#[test]
fn bench_measures_each_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lines.txt");
    fs::write(&file, "Okay, here we go.\n\nThe weather is fine today.\n").unwrap();
    let mut bench = utter(["bench", "--repeat", "1", "--threads", "2", "--json", "--file"]);
    let report = run(bench.arg(&file)).quietly().json();
    assert_eq!(
        (report["threads"].as_u64(), report["repeat"].as_u64()),
        (Some(2), Some(1))
    );
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    assert!((0.0..60.0).contains(&number(&report["load_s"])), "{report}");
    assert!((0.0..60.0).contains(&number(&report["dictionary_s"])), "{report}");
    for call in ["first_call_s", "tenth_call_s"] {
        assert!((0.001..60.0).contains(&number(&report[call])), "{call}: {report}");
    }
    if cfg!(target_os = "linux") {
        // The weights alone are 92 MB, of which each pass reads nearly all.
        assert!(
            (92.0..4_000.0).contains(&number(&report["peak_rss_mb"])),
            "{report}"
        );
    }
    let lines = report["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 2);
    for line in lines {
        let [tokens, audio, wall, rtf, first] =
            ["tokens", "audio_s", "wall_s", "rtf", "first_audio_s"].map(|name| number(&line[name]));
        assert!(
            (15.0..40.0).contains(&tokens) && (1.0..3.0).contains(&audio),
            "{line}"
        );
        // One chunk, and in it every token but the two that wrap it.
        let phonemes = line["phonemes"].as_array().unwrap();
        assert_eq!(phonemes.len(), 1, "{line}");
        assert_eq!(
            phonemes[0].as_str().unwrap().chars().count() as f64,
            tokens - 2.0,
            "{line}"
        );
        // Figures are rounded to a tenth of a millisecond.
        assert!(wall > 0.0 && (rtf - wall / audio).abs() < 2e-4, "{line}");
        assert!(first > 0.0 && first <= wall + 1e-4, "{line}");
        let stages = line["stages"].as_object().unwrap();
        assert_eq!(
            stages.keys().collect::<Vec<_>>(),
            [
                "albert", "duration", "prosody", "text", "decoder", "source", "vocoder"
            ]
        );
        let sum: f64 = stages.values().map(number).sum();
        assert!(
            stages.values().all(|stage| number(stage) > 0.0) && sum <= wall + 1e-3,
            "{line}"
        );
    }

    fs::write(&file, "həlˈO wˈɜɹld!\nhellg\n").unwrap();
    run(utter(["bench", "--phonemes", "--file"]).arg(&file))
        .code(2)
        .says(&["line 2: 'g' (U+0067)"])
        .in_two_lines();
}

#[test]
fn completions_are_for_every_shell() {
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&mut utter(["completions", shell])).quietly().stdout;
        assert!(
            script.contains("utter") && script.contains("speed"),
            "{shell}: {script}"
        );
    }
    run(&mut utter(["completions", "dos"])).code(2);
}

/// In the shell itself: a script that only looks right is no use.
#[cfg(target_os = "linux")]
#[test]
fn bash_completes_commands_and_options() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("utter.bash");
    fs::write(&script, run(&mut utter(["completions", "bash"])).stdout).unwrap();
    let complete = |words: &str, last: &str| {
        let words_before = words.split(' ').next_back().unwrap();
        let count = words.split(' ').count();
        let call = format!(
            "source '{}'; COMP_WORDS=({words} {last}); COMP_CWORD={count}; _utter utter '{last}' '{words_before}'; \
             echo \"${{COMPREPLY[@]}}\"",
            script.display()
        );
        let bash = std::process::Command::new("bash")
            .args(["-c", &call])
            .output()
            .unwrap();
        assert!(bash.status.success(), "{bash:?}");
        String::from_utf8(bash.stdout).unwrap()
    };
    assert_eq!(complete("utter", "sa"), "say\n");
    assert_eq!(complete("utter say", "--sp"), "--speed\n");
}

#[test]
fn bench_tells_what_each_kernel_did() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lines.txt");
    fs::write(&file, "həlˈO wˈɜɹld!\n").unwrap();
    let mut bench = utter([
        "bench",
        "--phonemes",
        "--kernels",
        "--repeat",
        "1",
        "--json",
        "--file",
    ]);
    let report = run(bench.arg(&file)).quietly().json();
    let kernels = report["kernels"].as_array().unwrap();
    assert_eq!(kernels.len(), 37, "every kernel of the library is used: {report}");
    let shares: f64 = kernels
        .iter()
        .map(|kernel| kernel["share"].as_f64().unwrap())
        .sum();
    assert!((shares - 1.0).abs() < 1e-9, "{shares}");
    // One round of one line: ALBERT's layer twelve times, from 768 numbers a token to 2048, and six LSTMs.
    let kernel = |name: &str| kernels.iter().find(|kernel| kernel["name"] == name).unwrap();
    let calls = |name: &str| kernel(name)["calls"].as_u64().unwrap();
    assert_eq!((calls("product_gelu"), calls("recurrence")), (12, 6));
    let tokens = report["lines"][0]["tokens"].as_f64().unwrap();
    let operations = kernel("product_gelu")["gflop"].as_f64().unwrap() * 1e9;
    assert!(
        (operations / (12.0 * tokens * 768.0 * 2048.0 * 2.0) - 1.0).abs() < 1e-9,
        "{operations}"
    );
}
