//! Files beside speech: their share, their frames, their ends.

use super::rig::{HandVoice, Rig, said, say};
use crate::playback::output::{SinkError, WavEncoding};
use crate::speech::writing::write_file;
use crate::speech::{
    CancelFlag, Event, FileHandle, FileOutcome, FileProgress, Rendered, SpeakError, SpeakOptions,
    SpeechError, render,
};
use std::fs;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

struct Files {
    rig: Rig,
    voice: HandVoice,
    directory: TempDir,
}

impl Files {
    fn new() -> Self {
        let voice = HandVoice::default();
        Self {
            rig: Rig::new(voice.clone()),
            voice,
            directory: tempfile::tempdir().unwrap(),
        }
    }

    fn write(&self, chunks: &[&str]) -> FileHandle {
        let path = self.directory.path().join("speech.wav");
        write_file(&self.rig.desk, say(chunks), path, WavEncoding::Float32).unwrap()
    }

    /// What is in the directory.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.directory.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect()
    }

    fn frames(&self) -> Vec<f32> {
        read(&self.directory.path().join("speech.wav"))
    }
}

fn read(path: &Path) -> Vec<f32> {
    let mut reader = hound::WavReader::open(path).unwrap();
    reader.samples().map(Result::unwrap).collect()
}

fn written(handle: &FileHandle) -> Rendered {
    match handle.completion().result() {
        Some(FileOutcome::Written(rendered)) => rendered,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_is_there_when_it_is_whole_and_is_what_render_gives() {
    let mut files = Files::new();
    let handle = files.write(&["a2400", "b1200"]);
    assert!(files.names().is_empty(), "begun with its first chunk");
    files.rig.inference.round();
    let half = FileProgress {
        chunks: 1,
        duration: Duration::from_millis(100),
    };
    assert_eq!(handle.progress(), half);
    assert_eq!(files.names().len(), 1);
    assert!(
        !files.names().contains(&"speech.wav".into()),
        "not under its name"
    );
    files.rig.work();
    assert_eq!(files.names(), ["speech.wav"]);

    let mut frames = Vec::new();
    let never = CancelFlag::never();
    let rendered = render(&mut files.voice, say(&["a2400", "b1200"]), &never, &mut frames).unwrap();
    assert_eq!((files.frames(), written(&handle)), (frames, rendered));
    let told: Vec<String> = files
        .rig
        .told()
        .iter()
        .map(|event| match event {
            Event::FileStarted { .. } => "started".into(),
            Event::FileProgress { progress, .. } => format!("{} chunks", progress.chunks),
            Event::FileEnded {
                outcome: FileOutcome::Written(_),
                ..
            } => "written".into(),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(told, ["started", "1 chunks", "2 chunks", "written"]);
}

#[test]
fn every_fifth_chunk_is_one_of_the_file_and_speech_goes_ahead_otherwise() {
    let mut files = Files::new();
    let (queue, _) = files.rig.queue(1_000);
    let handle = files.write(&["x1", "y1"]);
    let chunks: Vec<String> = ('a'..='j').map(|name| format!("{name}1")).collect();
    let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
    queue.speak(say(&chunks), SpeakOptions::default()).unwrap();
    files.rig.work();
    let asked = files.voice.asked();
    assert_eq!(
        asked,
        [
            "a1", "b1", "c1", "d1", "x1", "e1", "f1", "g1", "h1", "y1", "i1", "j1"
        ]
    );
    assert_eq!(files.frames(), said(&["x1", "y1"]));
    assert_eq!(written(&handle).chunks, 2);
}

#[test]
fn speech_interrupts_a_chunk_of_a_file_but_not_one_that_is_due() {
    let mut files = Files::new();
    let (queue, _) = files.rig.queue(1_000);
    let handle = files.write(&["x4", "y4"]);
    let say_more = |chunks: &'static [&'static str]| {
        let queue = queue.clone();
        move || drop(queue.speak(say(chunks), SpeakOptions::default()).unwrap())
    };
    files.voice.during("x4", say_more(&["a1", "b1", "c1", "d1"]));
    files.rig.inference.round();
    assert_eq!(files.voice.asked(), ["x4!"]);
    // The fifth is due, and what comes now waits for it.
    files.voice.during("x4", say_more(&["e1"]));
    files.rig.work();
    assert_eq!(files.voice.asked(), ["a1", "b1", "c1", "d1", "x4", "e1", "y4"]);
    assert_eq!(files.frames(), said(&["x4", "y4"]));
    assert_eq!(written(&handle).chunks, 2);
}

#[test]
fn files_are_written_one_after_the_other() {
    let mut files = Files::new();
    let both = [files.write(&["a1", "b1"]), files.write(&["c1"])];
    assert!(both[0].id() < both[1].id());
    files.rig.work();
    assert_eq!(files.voice.asked(), ["a1", "b1", "c1"]);
    assert_eq!(files.frames(), said(&["c1"]), "the last one stays");
}

#[test]
fn a_cancelled_file_leaves_nothing_and_an_older_one_in_its_place() {
    let mut files = Files::new();
    let older = files.write(&["o1"]);
    files.rig.work();
    assert_eq!(written(&older).frames, 1);
    let handle = files.write(&["a1", "b1", "c1"]);
    let waiting = files.write(&["d1"]);
    files.voice.during("b1", {
        let (handle, waiting) = (handle.clone(), waiting.clone());
        move || {
            handle.cancel();
            waiting.cancel();
        }
    });
    files.rig.work();
    assert_eq!(files.voice.asked(), ["o1", "a1", "b1!"]);
    assert!(matches!(handle.wait(), FileOutcome::Cancelled));
    assert!(matches!(waiting.wait(), FileOutcome::Cancelled));
    assert_eq!(
        (files.names(), files.frames()),
        (vec!["speech.wav".into()], said(&["o1"]))
    );
    older.cancel();
    assert_eq!(written(&older).frames, 1, "what is over stays");
}

#[test]
fn a_file_that_is_cancelled_with_its_last_chunk_is_not_there() {
    let mut files = Files::new();
    let mut voice = HandVoice::default();
    voice.is_stubborn = true;
    files.rig = Rig::new(voice.clone());
    let handle = files.write(&["a1"]);
    voice.during("a1", {
        let handle = handle.clone();
        move || handle.cancel()
    });
    files.rig.work();
    assert!(matches!(handle.wait(), FileOutcome::Cancelled));
    assert!(files.names().is_empty());
}

#[test]
fn a_place_that_cannot_be_written_is_found_before_anything_is_made() {
    let mut files = Files::new();
    let path = files.directory.path().join("nowhere/speech.wav");
    let handle = write_file(&files.rig.desk, say(&["a1"]), path, WavEncoding::Pcm16).unwrap();
    files.rig.work();
    let FileOutcome::Failed(SpeechError::Sink(error)) = handle.wait() else {
        panic!("{:?}", handle.wait());
    };
    assert!(matches!(&*error, SinkError::File { .. }), "{error}");
    assert!(files.voice.asked().is_empty());
}

#[test]
fn closing_cancels_files_and_too_many_are_refused() {
    let files = Files::new();
    let handles: Vec<FileHandle> = (0..64).map(|_| files.write(&["a1"])).collect();
    let path = files.directory.path().join("other.wav");
    assert!(matches!(
        write_file(&files.rig.desk, say(&["a1"]), path, WavEncoding::Pcm16),
        Err(SpeakError::QueueFull)
    ));
    files.rig.desk.close();
    drop(files.rig.inference.run());
    let is_cancelled = |handle: &FileHandle| matches!(handle.wait(), FileOutcome::Cancelled);
    assert!(handles.iter().all(is_cancelled));
}
