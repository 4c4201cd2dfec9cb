//! Clips among utterances: order, stops, errors, on a device that is turned by hand.
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
use std::io::Cursor;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use sweep_voice::{SweepVoice, say, sweep_frames, utterance};
use utter::playback::output::OutputSelection;
use utter::playback::{PlaybackEvent, Player, PlayerOptions, TrackKind};
use utter::speech::clip::{ClipError, ClipOptions, ClipSource};
use utter::speech::{Outcome, Speaker, SpeechError};

/// The voice's rate, so that frames come through bit for bit.
const RATE: u32 = 24_000;

fn start(voice: SweepVoice) -> (HandOutput, Speaker) {
    let output = HandOutput::new(RATE);
    let options = PlayerOptions {
        // The device is turned when the test gets round to it.
        stalled_after: Duration::from_secs(1_000),
        ..PlayerOptions::default()
    };
    let player = Player::open(Arc::new(output.clone()), &OutputSelection::Default, &options).unwrap();
    let (speaker, _) = Speaker::start(player, Box::new(voice)).unwrap();
    (output, speaker)
}

/// A WAV file of these frames.
fn wav(frames: &[f32], rate: u32) -> Vec<u8> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: rate,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
    frames
        .iter()
        .for_each(|&frame| writer.write_sample(frame).unwrap());
    writer.finalize().unwrap();
    bytes.into_inner()
}

fn source(bytes: Vec<u8>) -> ClipSource {
    ClipSource::Bytes(bytes.into())
}

/// A ramp up, far below the limiter's ceiling.
fn chime(frames: usize) -> Vec<f32> {
    (0..frames).map(|n| (n + 1) as f32 / 65_536.0).collect()
}

fn turn_when(output: &HandOutput, speaker: &Speaker, there: u64, frames: usize) -> Vec<f32> {
    let since = Instant::now();
    while speaker.player().counters().queued < there {
        assert!(since.elapsed() < Duration::from_secs(20), "never fed");
        thread::sleep(Duration::from_millis(1));
    }
    output.turn(frames)
}

fn drain(output: &HandOutput, speaker: &Speaker) {
    let player = speaker.player();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| player.wait_until_drained());
        while !waiting.is_finished() {
            output.turn(100);
            thread::sleep(Duration::from_millis(1));
        }
    });
}

#[test]
fn a_clip_is_heard_between_utterances_without_a_seam() {
    let (output, speaker) = start(SweepVoice::default());
    let events = speaker.player().events();
    let before = speaker.speak(utterance([say(1_000)])).unwrap();
    let clip = speaker
        .clip(source(wav(&chime(2_000), RATE)), ClipOptions::default())
        .unwrap();
    let after = speaker.speak(utterance([say(1_000)])).unwrap();
    let heard = turn_when(&output, &speaker, 4_000, 4_000);
    let said = sweep_frames(2_000, RATE);
    assert_eq!(heard[..1_000], said[..1_000]);
    assert_eq!(heard[1_000..3_000], chime(2_000));
    assert_eq!(heard[3_000..], said[1_000..]);
    drain(&output, &speaker);
    for handle in [before, clip, after] {
        assert!(matches!(handle.wait(), Outcome::Finished));
    }
    let kinds: Vec<TrackKind> = std::iter::from_fn(|| events.try_next())
        .filter_map(|event| match event {
            PlaybackEvent::TrackStarted { kind, .. } => Some(kind),
            _ => None,
        })
        .collect();
    assert_eq!(kinds, [TrackKind::Speech, TrackKind::Clip, TrackKind::Speech]);
    assert_eq!(speaker.player().counters().underruns, 0);
}

#[test]
fn a_clip_of_another_rate_takes_as_long_as_it_should_and_is_kept_decoded() {
    let (output, speaker) = start(SweepVoice::default());
    let clip = source(wav(&chime(6_000), 12_000));
    for _ in 0..3 {
        speaker.clip(clip.clone(), ClipOptions::default()).unwrap();
    }
    let end = speaker.speak(utterance([say(100)])).unwrap();
    let mut heard = turn_when(&output, &speaker, 20_000, 20_000);
    heard.extend(turn_when(&output, &speaker, 16_100, 16_100));
    // Three times half a second, and then the sweep's first frame.
    assert_eq!(heard[36_000..36_050], sweep_frames(50, RATE));
    drain(&output, &speaker);
    assert!(matches!(end.wait(), Outcome::Finished));
    let kept = speaker.clips().status();
    assert_eq!((kept.hits, kept.misses, kept.clips), (2, 1, 1));
}

#[test]
fn a_broken_clip_is_an_error_and_disturbs_nothing_else() {
    let (output, speaker) = start(SweepVoice::default());
    let mut cut = wav(&chime(2_000), RATE);
    cut.truncate(cut.len() / 2);
    let before = speaker.speak(utterance([say(1_000)])).unwrap();
    let broken = speaker.clip(source(cut), ClipOptions::default()).unwrap();
    let missing = speaker
        .clip(
            ClipSource::Path("no such file.wav".into()),
            ClipOptions::default(),
        )
        .unwrap();
    let after = speaker.speak(utterance([say(1_000)])).unwrap();
    assert_eq!(
        turn_when(&output, &speaker, 2_000, 2_000),
        sweep_frames(2_000, RATE)
    );
    drain(&output, &speaker);
    let error = |outcome| match outcome {
        Outcome::Failed(SpeechError::Clip { source, .. }) => source,
        other => panic!("{other:?}"),
    };
    assert!(matches!(error(broken.wait()), ClipError::Truncated { .. }));
    assert!(matches!(error(missing.wait()), ClipError::Unreadable(_)));
    assert!(matches!(before.wait(), Outcome::Finished) && matches!(after.wait(), Outcome::Finished));
    assert_eq!(speaker.player().counters().underruns, 0);
}

#[test]
fn a_stop_ends_clips_as_it_ends_utterances() {
    let (voice, gate) = SweepVoice::gated();
    let (output, speaker) = start(voice);
    let speaking = speaker.speak(utterance([say(1_000)])).unwrap();
    let clip = speaker
        .clip(source(wav(&chime(2_000), RATE)), ClipOptions::default())
        .unwrap();
    speaker.stop();
    drop(gate);
    assert!(matches!(speaking.wait(), Outcome::Stopped) && matches!(clip.wait(), Outcome::Stopped));
    let next = speaker
        .clip(source(wav(&chime(500), RATE)), ClipOptions::default())
        .unwrap();
    assert_eq!(turn_when(&output, &speaker, 500, 500), chime(500));
    drain(&output, &speaker);
    assert!(matches!(next.wait(), Outcome::Finished));
}
