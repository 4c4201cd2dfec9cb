//! End to end with a foreign listener: through cpal, ALSA and a PulseAudio server, recorded by `parec`.
//!
//! The other tests of outputs hear with our own test device. What only that device would forgive shows here.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test relies on may fail it"
)]

#[path = "../../fixtures/audio/capture.rs"]
mod capture;
#[path = "../../fixtures/audio/compare.rs"]
mod compare;
#[path = "../../fixtures/audio/pulse_output.rs"]
mod pulse_output;
#[path = "../../fixtures/audio/sweep_voice.rs"]
mod sweep_voice;
#[path = "../../fixtures/audio/watched_backend.rs"]
mod watched_backend;

use compare::{resample, snr_db};
use pulse_output::{PACKAGES, RATE, with_pulse};
use std::sync::Arc;
use std::time::{Duration, Instant};
use sweep_voice::{SweepVoice, say, sweep_frames, utterance};
use utter::playback::output::{CpalBackend, LossReason, OutputSelection};
use utter::playback::{Player, PlayerOptions};
use utter::speech::{Outcome, SAMPLE_RATE, Speaker};
use watched_backend::WatchedBackend;

/// Frames of the voice in each chunk: 2.5 s in all.
const CHUNKS: [usize; 4] = [31_007, 1, 479, 28_513];

/// Long enough that no other program's work makes the server's buffer run dry.
const PERIOD: Duration = Duration::from_millis(100);

fn open() -> (Player, Arc<WatchedBackend<CpalBackend>>) {
    let backend = Arc::new(WatchedBackend::new(CpalBackend::new()));
    let options = PlayerOptions {
        period: PERIOD,
        ..PlayerOptions::default()
    };
    let player =
        Player::open(Arc::clone(&backend) as _, &OutputSelection::Default, &options).expect(PACKAGES);
    (player, backend)
}

#[test]
fn a_foreign_listener_hears_what_is_meant() {
    with_pulse("a_foreign_listener_hears_what_is_meant", |server| {
        let recording = server.record();
        let (player, _) = open();
        let config = player.output().unwrap().config;
        assert_eq!((config.rate, config.channels), (RATE, 2));
        let (speaker, _events) = Speaker::start(player, Box::new(SweepVoice::default())).unwrap();
        let spoken = speaker.speak(utterance(CHUNKS.into_iter().map(say))).unwrap();
        let outcome = spoken.wait();
        assert!(matches!(outcome, Outcome::Finished), "{outcome:?}");
        let counters = speaker.player().counters();
        let recorded = recording.finish_after(Duration::from_millis(500));
        speaker.player().close();
        assert_eq!((counters.underruns, counters.xruns), (0, 0));

        let said = sweep_frames(CHUNKS.iter().sum(), SAMPLE_RATE);
        let expected = resample(&said, SAMPLE_RATE, RATE);
        let start = capture::offset(&expected, &recorded[0]);
        let heard = start..start + expected.len();
        let snr = snr_db(&expected, &recorded[0][heard.clone()]);
        println!("{snr:.1} dB, {start} frames after the recording began");
        assert!(snr >= 60.0, "only {snr:.1} dB");
        // A gap of a single frame anywhere would shift all that follows. Here nothing does, to the end.
        let tail = heard.end - 4_800 - 512..heard.end - 512;
        let tail_snr = snr_db(
            &expected[tail.start - start..tail.end - start],
            &recorded[0][tail],
        );
        assert!(
            tail_snr >= 60.0,
            "only {tail_snr:.1} dB in the last tenth of a second"
        );
        assert_eq!(recorded[0], recorded[1], "left and right are the same");
        let outside = |frames: &[f32]| frames.iter().all(|frame| frame.abs() < 1e-6);
        assert!(outside(&recorded[0][..heard.start.saturating_sub(512)]));
        assert!(outside(&recorded[0][heard.end + 512..]));
    });
}

#[test]
fn a_server_that_dies_is_an_output_that_is_lost() {
    with_pulse("a_server_that_dies_is_an_output_that_is_lost", |mut server| {
        let (player, backend) = open();
        while player.counters().device_frames == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
        server.kill();
        let died = Instant::now();
        while backend.health().lost().is_none() {
            assert!(died.elapsed() < Duration::from_secs(5), "it is not noticed");
            std::thread::sleep(Duration::from_millis(1));
        }
        println!("noticed after {:?}", died.elapsed());
        assert_eq!(backend.health().lost(), Some(LossReason::ErrorStorm));
        let closing = Instant::now();
        player.close();
        println!("closed in {:?}", closing.elapsed());
    });
}
