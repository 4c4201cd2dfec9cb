//! `utter say --out --captions`.

use std::fs;
use std::path::Path;

use crate::program::{run, samples, utter};

const TEXT: &str = "The weather is fine today, and the birds sing in the trees. Is it not so? Yes & no.";

/// Says the text into files of `folder`; what the captions are.
fn captions(folder: &Path, name: &str) -> String {
    let (sound, captions) = (folder.join("speech.wav"), folder.join(name));
    let mut say = utter(["say", "--out"]);
    run(say.arg(sound).arg("--captions").arg(&captions).args(["--", TEXT])).quietly();
    fs::read_to_string(captions).unwrap()
}

/// Seconds of `00:00:01,500` or `00:00:01.500`.
fn seconds(time: &str) -> f64 {
    let parts: Vec<f64> = time
        .replace(',', ".")
        .split(':')
        .map(|part| part.parse().unwrap())
        .collect();
    parts[0] * 3_600.0 + parts[1] * 60.0 + parts[2]
}

/// When each cue is shown, and its lines.
fn cues(file: &str) -> Vec<(f64, f64, Vec<String>)> {
    let cues = file.split("\n\n").filter(|cue| cue.contains(" --> "));
    cues.map(|cue| {
        let mut lines = cue.lines().skip_while(|line| !line.contains(" --> "));
        let (start, end) = lines.next().unwrap().split_once(" --> ").unwrap();
        (seconds(start), seconds(end), lines.map(str::to_owned).collect())
    })
    .collect()
}

#[test]
fn captions_have_the_text_at_the_times_of_the_sound() {
    let folder = tempfile::tempdir().unwrap();
    let srt = captions(folder.path(), "speech.srt");
    let length = samples(&folder.path().join("speech.wav")).len() as f64 / 24_000.0;
    let shown = cues(&srt);
    let lines: Vec<&str> = shown
        .iter()
        .flat_map(|cue| cue.2.iter().map(String::as_str))
        .collect();
    assert_eq!(lines.join(" "), TEXT);
    assert!(lines.iter().all(|line| line.chars().count() <= 42), "{lines:?}");
    let mut at = 0.0;
    for (start, end, _) in &shown {
        assert!(at <= *start && start < end, "{srt}");
        at = *end;
    }
    // The last stays for a second if the sound does not.
    assert!(at <= length + 1.0 && at >= length - 0.5, "{at} s of {length} s");

    let vtt = captions(folder.path(), "speech.vtt");
    assert!(vtt.starts_with("WEBVTT\n\n") && vtt.contains("&amp;"), "{vtt}");
    let times: Vec<_> = cues(&vtt).into_iter().map(|cue| (cue.0, cue.1)).collect();
    assert_eq!(times, shown.iter().map(|cue| (cue.0, cue.1)).collect::<Vec<_>>());
    // Every word but those with which cues begin.
    let within = vtt.matches("<00:").count();
    assert!((10..=16).contains(&within), "{within} of 17 words: {vtt}");

    let json: serde_json::Value = serde_json::from_str(&captions(folder.path(), "speech.json")).unwrap();
    assert!((json["duration"].as_f64().unwrap() - length).abs() < 1e-3);
    let sentences = json["sentences"].as_array().unwrap();
    let words: Vec<_> = sentences
        .iter()
        .flat_map(|sentence| sentence["words"].as_array().unwrap())
        .collect();
    assert_eq!(words[1]["text"], "weather");
    assert_eq!(
        (&words[1]["utf8"], &words[1]["utf16"]),
        (&[4, 11].into(), &[4, 11].into())
    );
    let symbols = words[1]["phonemes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|phoneme| phoneme["symbol"].as_str().unwrap());
    assert_eq!(symbols.collect::<String>(), "wɛðəɹ");
    let mut at = 0.0;
    for word in words {
        let (start, end) = (word["start"].as_f64().unwrap(), word["end"].as_f64().unwrap());
        assert!(at <= start && start < end && end <= length, "{word}");
        at = end;
    }
    assert_eq!(
        fs::read_dir(&folder).unwrap().count(),
        4,
        "nothing half done is left"
    );
}
