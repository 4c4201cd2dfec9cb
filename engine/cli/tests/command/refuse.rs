//! What cannot be done: exit codes, and what is said about it.

use std::fs::{self, File};
use std::path::Path;

use crate::program::{run, utter};

/// A call on a system where alsa-lib knows no device.
#[cfg(target_os = "linux")]
fn without_outputs(arguments: &[&str], folder: &tempfile::TempDir) -> std::process::Command {
    let configuration = folder.path().join("asound.conf");
    fs::write(&configuration, "").unwrap();
    let mut command = utter(arguments);
    command.env("ALSA_CONFIG_PATH", configuration);
    command
}

#[cfg(target_os = "linux")]
#[test]
fn no_output_device_points_to_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| run(&mut without_outputs(arguments, &folder));
    run(&["say", "Hello."])
        .code(3)
        .says(&["no output device", "--out speech.wav"])
        .in_two_lines();
    run(&["say", "--output", "kitchen", "Hello."])
        .code(3)
        .says(&["no output `kitchen`", "`utter outputs`"])
        .in_two_lines();

    let listed = run(&["outputs"]).code(0).says(&["there is no output device"]);
    assert_eq!(listed.stdout, "");
    assert_eq!(run(&["outputs", "--json"]).quietly().stdout, "[]\n");
    assert!(run(&["status", "--json"]).quietly().json()["output"].is_null());

    let checks = run(&["doctor", "--json"]).code(1).json();
    let output = checks.as_array().unwrap().last().unwrap();
    assert_eq!(
        (&output["what"], &output["ok"]),
        (&"output".into(), &false.into())
    );
    assert!(output["mend"].as_str().unwrap().contains("--out"), "{output}");
}

/// What is wrong with the call is said before anything is opened: here even before an output that is not there.
#[test]
fn a_wrong_call_is_refused_first() {
    let refused = |arguments: &[&str]| run(&mut utter([&["say"], arguments].concat())).code(2);
    refused(&["--voice", "af_haert", "Hello."])
        .says(&[
            "there is no voice \"af_haert\"",
            "Did you mean af_heart",
            "`utter voices` lists all 54",
        ])
        .in_two_lines();
    refused(&["--voice", "heart", "Hello."])
        .says(&["there is no voice \"heart\"", "Did you mean af_heart?"])
        .in_two_lines();
    refused(&["--voice", "af_heart:0.7,am_adma:0.3", "Hello."])
        .says(&["there is no voice \"am_adma\"", "am_adam"])
        .in_two_lines();
    refused(&["--voice", "af_heart:0.7,am_adam", "Hello."])
        .says(&[
            "some voices of the blend have a weight",
            "af_heart:0.7,am_adam:0.3",
        ])
        .in_two_lines();
    refused(&["--voice", "jf_alpha:0.6,af_heart:0.4", "Hello."])
        .says(&["text in Japanese cannot be read yet"])
        .in_two_lines();
    refused(&["--voice", "jf_alpha", "Hello."])
        .says(&["text in Japanese cannot be read yet", "`--phonemes`"])
        .in_two_lines();
    refused(&["--phonemes", "hgl"])
        .says(&[
            "'g' (U+0067) at character 1 is not a phoneme",
            "Write ɡ (U+0261) for it",
        ])
        .in_two_lines();
    for silent in ["", "  \n", "… !", "🎉🎉", "\u{7}\u{1b}"] {
        refused(&["--", silent])
            .says(&["there is nothing to say"])
            .in_two_lines();
    }
    for (option, value) in [("--speed", "3"), ("--noise", "-1"), ("--threads", "0")] {
        let shown = refused(&[&format!("{option}={value}"), "Hello."]).stderr;
        assert!(shown.contains(option) && shown.contains(value), "{shown}");
    }
    let shown = refused(&["--out", "-", "Hello."]).stderr;
    assert!(
        shown.contains("a WAV file cannot go to standard output"),
        "{shown}"
    );
    refused(&["--captions", "speech.srt", "Hello."])
        .says(&["captions are of a file", "`--out speech.wav`"])
        .in_two_lines();
    let shown = refused(&["--out", "speech.wav", "--captions", "speech.txt", "Hello."]).stderr;
    assert!(shown.contains("ends in .srt, .vtt or .json"), "{shown}");
    // What is heard while it comes cannot be known before; what is whole can.
    let nothing = run(&mut utter(["say", "--phonemes", "-"])).code(2);
    nothing.says(&["there is nothing to say"]).in_two_lines();
    let nothing = run(&mut utter(["say", "--out", "nothing.wav", "-"])).code(2);
    nothing.says(&["there is nothing to say"]).in_two_lines();
}

#[test]
fn a_file_that_holds_no_voice_is_refused_with_what_helps() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |content: &[u8]| {
        let path = folder.path().join("grandma.pt");
        fs::write(&path, content).unwrap();
        let mut say = utter(["say", "Hello.", "--voice", "grandma", "--voice-file"]);
        run(say.arg(&path)).code(2)
    };
    refused(b"PK\x03\x04")
        .says(&[
            "the voice grandma: it is a file of PyTorch",
            "numpy.save('voice.npy'",
        ])
        .in_two_lines();
    refused(b"Hello.")
        .says(&["the voice grandma: it has 6 bytes", "Kokoro 1.0"])
        .in_two_lines();
    let mut voices = utter(["voices", "--voice-file", "af_grandma=no/such/file.npy"]);
    run(&mut voices)
        .code(2)
        .says(&[
            "the voice af_grandma: no/such/file.npy cannot be read",
            "See that the file is there",
        ])
        .in_two_lines();
}

#[test]
fn a_file_that_cannot_be_written_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing").join("speech.wav");
    run(utter(["say", "Hello.", "--out"]).arg(&path))
        .code(1)
        .says(&["cannot write", "speech.wav", "See that the directory exists"])
        .in_two_lines();
    let (out, captions) = (folder.path().join("speech.wav"), path.with_extension("vtt"));
    run(utter(["say", "Hello.", "--out"])
        .arg(&out)
        .arg("--captions")
        .arg(&captions))
    .code(1)
    .says(&["cannot write", "speech.vtt", "See that the directory exists"])
    .in_two_lines();
    assert!(!out.exists(), "nothing half done");
}

#[cfg(target_os = "linux")]
#[test]
fn a_pipe_cannot_hold_a_file() {
    run(&mut utter(["say", "--out", "/dev/stdout", "Hello."]))
        .code(1)
        .says(&[
            "cannot write a WAV file into",
            "Give the name of an ordinary file",
        ])
        .in_two_lines();
}

#[test]
fn a_missing_voice_names_the_places_and_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().canonicalize().unwrap();
    let mut say = utter(["say", "Hello.", "--artifacts"]);
    let ended = run(say.arg(&place))
        .code(4)
        .says(&["no usable voice", "make voice"]);
    for below in ["tvm_output", "Resources", "Contents/Resources/tvm_output"] {
        let tried = place.join(below).display().to_string();
        assert!(ended.stderr.contains(&tried), "no {tried} in {ended:#?}");
    }

    // Nothing was ever built.
    let mut say = utter(["say", "Hello."]);
    run(say.env("UTTER_CACHE", &place).env_remove("UTTER_ARTIFACTS"))
        .code(4)
        .says(&["no voice has been built", "Build it with `make voice`"])
        .in_two_lines();

    let status = run(utter(["status", "--json", "--artifacts"]).arg(&place)).code(4);
    let shown = status.json();
    assert!(shown["voice"].is_null() && shown["threads"].as_u64() > Some(0));
    status.says(&["no usable voice"]);
}

#[cfg(unix)]
#[test]
fn a_damaged_voice_names_the_file_and_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let status = run(&mut utter(["status", "--json"])).code(0).json();
    let voice = Path::new(status["voice"]["artifacts"].as_str().unwrap());
    let copy = folder.path().canonicalize().unwrap().join("voice");
    fs::create_dir(&copy).unwrap();
    for file in fs::read_dir(voice).unwrap() {
        let file = file.unwrap();
        std::os::unix::fs::symlink(file.path(), copy.join(file.file_name())).unwrap();
    }
    let damaged = copy.join("weights.bin");
    fs::remove_file(&damaged).unwrap();
    File::create(&damaged).unwrap().set_len(1_000).unwrap();
    let mend = format!("UTTER_ARTIFACTS={} make voice", copy.display());
    for call in [&["say", "Hello."][..], &["voices"], &["bench"]] {
        // The record of files that were right goes elsewhere than into the person's own cache.
        let mut call = utter(call);
        run(call
            .env("UTTER_CACHE", folder.path().join("cache"))
            .arg("--artifacts")
            .arg(&copy))
        .code(4)
        .says(&["weights.bin is damaged: it has 1000 bytes instead of", &mend]);
    }
}

#[test]
fn a_recording_that_cannot_be_written_names_its_file() {
    let say = |output: &str| run(&mut utter(&["say", "--output", output, "Hello."]));
    say("wav:no/such/place.wav")
        .code(1)
        .says(&["\"no/such/place.wav\"", "No such file", "its directory exists"])
        .in_two_lines();
    say("wav:")
        .code(2)
        .says(&["`wav:` names no file", "--output wav:played.wav"])
        .in_two_lines();
}
