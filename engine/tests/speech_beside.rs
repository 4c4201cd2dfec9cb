//! What a speaker does beside speaking, on its own thread: files, and a voice that comes and goes. A device that is turned by
//! hand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test relies on may fail it"
)]

#[path = "../../fixtures/audio/hand_output.rs"]
mod hand_output;
#[path = "../../fixtures/audio/sweep_voice.rs"]
mod sweep_voice;

use hand_output::HandOutput;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::TryRecvError;
use std::time::Duration;
use sweep_voice::{SweepVoice, chunk, say, sweep_frames, utterance};
use utter::playback::output::{OutputSelection, WavEncoding};
use utter::playback::{Player, PlayerOptions, Stop};
use utter::speech::{
    Event, Events, FileOutcome, LoadError, Mode, Outcome, SAMPLE_RATE, SpeakOptions, Speaker, Synthesizer,
    VoiceLoader, VoiceState,
};

fn player() -> (HandOutput, Player) {
    let output = HandOutput::new(SAMPLE_RATE);
    let options = PlayerOptions {
        // The device is turned when the test gets round to it.
        stalled_after: Duration::from_secs(1_000),
        ..PlayerOptions::default()
    };
    let player = Player::open(Arc::new(output.clone()), &OutputSelection::Default, &options).unwrap();
    (output, player)
}

/// A loader of sweeping voices, and how many of them it has loaded.
fn loader() -> (VoiceLoader, Arc<AtomicUsize>) {
    let loaded = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&loaded);
    let loader: VoiceLoader = Arc::new(move |_, _| {
        counted.fetch_add(1, Ordering::Relaxed);
        Ok(Box::new(SweepVoice::default()) as Box<dyn Synthesizer>)
    });
    (loader, loaded)
}

fn wait_for(events: &Events, is_it: impl Fn(&Event) -> bool) {
    loop {
        let event = events
            .recv_timeout(Duration::from_secs(20))
            .expect("the event comes");
        if is_it(&event) {
            return;
        }
    }
}

#[test]
fn a_file_is_written_while_nobody_turns_the_device() {
    let (_output, player) = player();
    let (speaker, events) = Speaker::start(player, Box::new(SweepVoice::default())).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("speech.wav");
    let file = speaker
        .write_file(utterance([say(1_000), say(500)]), &path, WavEncoding::Float32)
        .unwrap();
    let FileOutcome::Written(rendered) = file.wait() else {
        panic!("{:?}", file.wait());
    };
    assert_eq!((rendered.chunks, rendered.frames), (2, 1_500));
    let mut reader = hound::WavReader::open(&path).unwrap();
    let frames: Vec<f32> = reader.samples().map(Result::unwrap).collect();
    assert_eq!(frames, sweep_frames(1_500, SAMPLE_RATE));

    let endless = speaker
        .write_file(utterance([chunk("until cancelled")]), &path, WavEncoding::Float32)
        .unwrap();
    wait_for(
        &events,
        |event| matches!(event, Event::FileStarted { file } if *file == endless.id()),
    );
    endless.cancel();
    assert!(matches!(endless.wait(), FileOutcome::Cancelled));
}

#[test]
fn the_voice_is_loaded_on_first_use_released_and_loaded_again() {
    let (output, player) = player();
    let (loader, loaded) = loader();
    let (speaker, events) = Speaker::start_with_loader(player, loader).unwrap();
    assert_eq!(speaker.voice().state, VoiceState::Absent);
    for times in 1..=3 {
        let spoken = speaker.speak(utterance([say(100)])).unwrap();
        wait_for(&events, |event| matches!(event, Event::Synthesised { .. }));
        assert_eq!(
            (loaded.load(Ordering::Relaxed), speaker.voice().state),
            (times, VoiceState::Ready)
        );
        while spoken.wait_within(Duration::from_millis(1)).is_none() {
            output.turn(100);
        }
        assert!(matches!(spoken.wait(), Outcome::Finished));
        speaker.release().wait().unwrap();
        assert_eq!(speaker.voice().state, VoiceState::Absent);
    }
    let warm = speaker.warm_up();
    assert!(matches!(warm.wait_within(Duration::from_secs(20)), Some(Ok(()))));
    assert!(speaker.close().is_some());
    // The threads held the other end.
    assert!(events.try_iter().count() < 256);
    assert!(matches!(events.try_recv(), Err(TryRecvError::Disconnected)));
}

#[test]
fn a_speaker_that_is_dropped_leaves_nobody_waiting() {
    let (_output, player) = player();
    let (speaker, events) = Speaker::start(player, Box::new(SweepVoice::default())).unwrap();
    let endless = speaker.speak(utterance([chunk("until cancelled")])).unwrap();
    wait_for(&events, |event| matches!(event, Event::Started { .. }));
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("speech.wav");
    let file = speaker
        .write_file(utterance([say(10)]), &path, WavEncoding::Pcm16)
        .unwrap();
    let (loader, _) = loader();
    let rebuilt = speaker.rebuild(loader);
    drop(speaker);
    assert!(matches!(endless.wait(), Outcome::Stopped));
    assert!(matches!(file.wait(), FileOutcome::Cancelled));
    assert!(matches!(rebuilt.wait(), Err(LoadError::Closed)));
}

#[test]
fn a_replacement_is_heard_instead() {
    let (output, player) = player();
    let (speaker, events) = Speaker::start(player, Box::new(SweepVoice::default())).unwrap();
    let old = speaker.speak(utterance([chunk("until cancelled")])).unwrap();
    wait_for(&events, |event| matches!(event, Event::Started { .. }));
    let options = SpeakOptions {
        mode: Mode::Replace,
        ..SpeakOptions::default()
    };
    let new = speaker.queue().speak(utterance([say(100)]), options).unwrap();
    assert!(matches!(old.wait(), Outcome::Stopped));
    while new.wait_within(Duration::from_millis(1)).is_none() {
        output.turn(100);
    }
    assert!(matches!(new.wait(), Outcome::Finished));
    let stopped = speaker.speak(utterance([chunk("until cancelled")])).unwrap();
    speaker.queue().stop(Stop::Now).unwrap();
    assert!(matches!(stopped.wait(), Outcome::Stopped));
}
