//! The real voice, which writes a file while it says something else, is released and comes back: the file is bit for bit what
//! it is alone, and a chunk is given up within 150 ms. Needs a built voice (`UTTER_ARTIFACTS`, or the default place).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test relies on may fail it"
)]

use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use utter::playback::Interrupt;
use utter::playback::output::{NullOutput, OutputSelection, WavEncoding};
use utter::playback::{Player, PlayerOptions};
use utter::speech::{
    CancelFlag, Delivery, Event, Events, FileHandle, FileOutcome, MarkOptions, Mode, Rendered, SpeakOptions,
    Speaker, Utterance, VoiceState, kokoro_loader, read_text, render,
};
use utter::text::{Language, ReadOptions, Reader};
use utter::voice::artifacts::default_base;
use utter::voice::{Device, KokoroPipeline, PipelineOptions};

const TEXT: &str = "The quick brown fox jumps over the lazy dog, and then it runs away from the hunters, who have been \
    looking for it since the early morning. They did not find it. It sleeps in a hollow tree until the sun has set, and \
    then it goes home.";

const URGENT: SpeakOptions = SpeakOptions {
    mode: Mode::Enqueue,
    urgent: Some(Interrupt::Resume),
    marks: MarkOptions::NONE,
};

fn utterance(reader: &Arc<Reader>, text: &str) -> Utterance {
    Utterance {
        chunks: read_text(
            Arc::clone(reader),
            text.into(),
            Language::AmericanEnglish,
            &ReadOptions::default(),
        )
        .unwrap(),
        delivery: Delivery {
            seed: 5,
            ..Delivery::default()
        },
    }
}

fn start() -> (Speaker, Events) {
    let output = Arc::new(NullOutput::new(48_000, 2));
    let player = Player::open(output, &OutputSelection::Default, &PlayerOptions::default()).unwrap();
    Speaker::start_with_loader(player, kokoro_loader(None, PipelineOptions::default())).unwrap()
}

fn wait_for(events: &Events, is_it: impl Fn(&Event) -> bool) {
    loop {
        let event = events
            .recv_timeout(Duration::from_secs(60))
            .expect("the event comes");
        if is_it(&event) {
            return;
        }
    }
}

fn written(file: &FileHandle) -> Rendered {
    match file.wait() {
        FileOutcome::Written(rendered) => rendered,
        other => panic!("{other:?}"),
    }
}

fn frames(path: &Path) -> Vec<f32> {
    let mut reader = hound::WavReader::open(path).unwrap();
    reader.samples().map(Result::unwrap).collect()
}

#[test]
fn a_file_that_was_interrupted_is_what_it_is_alone() {
    let reader = Arc::new(Reader::new());
    let mut voice = KokoroPipeline::load_from_artifacts_dir(&default_base().unwrap(), Device::Cpu).unwrap();
    let mut alone = Vec::new();
    let never = CancelFlag::never();
    let rendered = render(&mut voice, utterance(&reader, TEXT), &never, &mut alone).unwrap();
    drop(voice);

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("speech.wav");
    let (speaker, events) = start();
    assert_eq!(speaker.voice().state, VoiceState::Absent);
    speaker.warm_up().wait().unwrap();
    assert!(speaker.voice().is_warm);
    let file = speaker
        .write_file(utterance(&reader, TEXT), &path, WavEncoding::Float32)
        .unwrap();
    wait_for(&events, |event| matches!(event, Event::FileStarted { .. }));
    let mut times = Vec::new();
    for n in 0..8 {
        // At other places of a synthesis each time.
        thread::sleep(Duration::from_millis(30 * n + 7));
        let since = Instant::now();
        let spoken = speaker.queue().speak(utterance(&reader, "Yes."), URGENT).unwrap();
        wait_for(
            &events,
            |event| matches!(event, Event::Started { utterance } if *utterance == spoken.id()),
        );
        times.push(since.elapsed());
        wait_for(
            &events,
            |event| matches!(event, Event::Synthesised { utterance } if *utterance == spoken.id()),
        );
    }
    speaker.release().wait().unwrap();
    assert!(
        file.completion().result().is_none(),
        "there was something to interrupt"
    );
    assert_eq!(written(&file), rendered);
    assert!(frames(&path) == alone, "every bit");
    println!("given up after {times:?}");
    assert!(
        times.iter().all(|time| *time <= Duration::from_millis(150)),
        "{times:?}"
    );
    assert!(speaker.close().is_some());
}
