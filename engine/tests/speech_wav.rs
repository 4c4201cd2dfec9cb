//! Rendering to WAV files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test relies on may fail it"
)]

#[path = "../../fixtures/audio/sweep_voice.rs"]
mod sweep_voice;

use std::fs;
use std::path::{Path, PathBuf};
use sweep_voice::{SweepVoice, chunk, say, sweep_frames, utterance};
use utter::playback::output::{SinkError, WavEncoding, WavFile};
use utter::speech::{CancelFlag, SAMPLE_RATE, render};

fn directory(test: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    directory
}

#[test]
fn a_file_holds_the_frames_of_the_voice() {
    let directory = directory("a_file_holds_the_frames_of_the_voice");
    let expected = sweep_frames(3_000, SAMPLE_RATE);
    for encoding in [WavEncoding::Pcm16, WavEncoding::Float32] {
        let path = directory.join("speech.wav");
        let mut file = WavFile::create(&path, SAMPLE_RATE, encoding).unwrap();
        let spoken = utterance([say(1_000), say(2_000)]);
        render(
            &mut SweepVoice::default(),
            spoken,
            &CancelFlag::never(),
            &mut file,
        )
        .unwrap();
        file.finish().unwrap();

        let mut reader = hound::WavReader::open(&path).unwrap();
        assert_eq!(
            (reader.spec().channels, reader.spec().sample_rate),
            (1, SAMPLE_RATE)
        );
        match encoding {
            WavEncoding::Float32 => {
                assert_eq!(
                    reader.samples::<f32>().map(Result::unwrap).collect::<Vec<_>>(),
                    expected
                );
            }
            WavEncoding::Pcm16 => {
                let samples: Vec<i16> = reader.samples().map(Result::unwrap).collect();
                assert_eq!(samples.len(), expected.len());
                for (sample, frame) in samples.iter().zip(&expected) {
                    assert!((f32::from(*sample) - frame * 32_768.0).abs() <= 0.5);
                }
            }
        }
    }
    fs::remove_dir_all(directory).unwrap();
}

#[test]
fn what_is_not_finished_leaves_nothing_and_spoils_nothing() {
    let directory = directory("what_is_not_finished_leaves_nothing_and_spoils_nothing");
    let path = directory.join("speech.wav");
    fs::write(&path, "older").unwrap();
    let mut file = WavFile::create(&path, SAMPLE_RATE, WavEncoding::Pcm16).unwrap();
    let spoken = utterance([say(1_000), chunk("fail")]);
    assert!(
        render(
            &mut SweepVoice::default(),
            spoken,
            &CancelFlag::never(),
            &mut file
        )
        .is_err()
    );
    drop(file);
    assert_eq!(fs::read(&path).unwrap(), b"older");
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);
    fs::remove_dir_all(directory).unwrap();
}

#[cfg(unix)]
#[test]
fn links_and_devices_are_written_through() {
    use std::os::unix::fs::FileTypeExt;
    let directory = directory("links_and_devices_are_written_through");
    let (target, link) = (directory.join("target.wav"), directory.join("link.wav"));
    fs::write(&target, "older").unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    WavFile::create(&link, SAMPLE_RATE, WavEncoding::Pcm16)
        .unwrap()
        .finish()
        .unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(hound::WavReader::open(&target).unwrap().len(), 0);

    WavFile::create(Path::new("/dev/null"), SAMPLE_RATE, WavEncoding::Pcm16)
        .unwrap()
        .finish()
        .unwrap();
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    fs::remove_dir_all(directory).unwrap();
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let path = Path::new("no such directory/speech.wav");
    let error = WavFile::create(path, SAMPLE_RATE, WavEncoding::Pcm16)
        .err()
        .unwrap();
    assert!(matches!(&error, SinkError::File { path: named, .. } if named == path));
    assert!(
        error.to_string().contains("no such directory/speech.wav"),
        "{error}"
    );
}
