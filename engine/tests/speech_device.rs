//! End to end through cpal's real ALSA host: what the timed test output has played is what a WAV file gets.
//!
//! The reference is the WAV file, resampled by the tests' own resampler. All of it must agree to 60 dB. The
//! sweep begins and ends abruptly, which two resamplers may see differently; between these edges only the
//! rounding to 16 bits in the file (and in some devices) is left, and it must agree to 85 dB.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test relies on may fail it"
)]

#[path = "../../fixtures/audio/compare.rs"]
mod compare;
#[path = "../../fixtures/audio/sweep_voice.rs"]
mod sweep_voice;
#[path = "../../fixtures/audio/timed_output.rs"]
mod timed_output;

use compare::{resample, snr_db, sounding};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use sweep_voice::{SweepVoice, say, utterance};
use timed_output::{Device, TimedOutput, with_device};
use utter::playback::output::{
    CpalBackend, LossReason, OutputBackend, OutputSelection, SampleFormat, WavEncoding, WavFile, find_output,
};
use utter::playback::{Mode, PlaybackError, Player, PlayerOptions};
use utter::speech::{CancelFlag, Chunk, Events, Outcome, SAMPLE_RATE, Speaker, SpeechError, render};

/// Chunks of odd lengths, 3.7 s in all: three long ones, and some of a few frames, which are shorter than a
/// period.
const CHUNKS: [usize; 6] = [31_007, 1, 479, 24_593, 13, 32_707];

/// The resamplers' filters are no longer than this at any rate here.
const EDGE: usize = 2_048;

fn chunks() -> impl Iterator<Item = Chunk> {
    CHUNKS.into_iter().map(say)
}

/// What a WAV file gets, at the device's rate.
fn reference(directory: &Path, rate: u32) -> Vec<f32> {
    let path = directory.join("reference.wav");
    let mut file = WavFile::create(&path, SAMPLE_RATE, WavEncoding::Pcm16).unwrap();
    render(
        &mut SweepVoice::default(),
        utterance(chunks()),
        &CancelFlag::never(),
        &mut file,
    )
    .unwrap();
    file.finish().unwrap();
    let mut reader = hound::WavReader::open(path).unwrap();
    let samples: Vec<f32> = reader
        .samples::<i16>()
        .map(|sample| f32::from(sample.unwrap()) / 32_768.0)
        .collect();
    assert_eq!(samples.len(), CHUNKS.iter().sum::<usize>());
    resample(&samples, SAMPLE_RATE, rate)
}

fn open(voice: SweepVoice) -> (Speaker, Events) {
    open_with(voice, &PlayerOptions::default())
}

fn open_with(voice: SweepVoice, options: &PlayerOptions) -> (Speaker, Events) {
    let backend = Arc::new(CpalBackend::new());
    let player = Player::open(backend, &OutputSelection::Default, options).unwrap();
    Speaker::start(player, Box::new(voice)).unwrap()
}

/// Frames of a fade of 8 ms.
fn fade(device: &Device) -> usize {
    (0.008 * f64::from(device.rate)).round() as usize
}

fn assert_same(what: &str, expected: &[f32], actual: &[f32]) {
    let snr = snr_db(expected, actual);
    let inner = EDGE..expected.len() - EDGE;
    let inner_snr = snr_db(&expected[inner.clone()], &actual[inner]);
    println!("{what}: {snr:.1} dB, without the edges {inner_snr:.1} dB");
    assert!(snr >= 60.0, "{what}: only {snr:.1} dB");
    assert!(
        inner_snr >= 85.0,
        "{what}: only {inner_snr:.1} dB without the edges"
    );
}

fn plays_what_is_rendered(output: &TimedOutput, device: &Device) {
    let (speaker, _events) = open(SweepVoice::default());
    let spoken = speaker.speak(utterance(chunks())).unwrap();
    let outcome = spoken.wait();
    assert!(matches!(outcome, Outcome::Finished), "{outcome:?}");
    // What was not played by now is lost: the wait was for the last frame to be heard.
    speaker.player().close();

    let expected = reference(output.directory(), device.rate);
    let front = output.captured_channel(0);
    let (start, _) = sounding(&front);
    let end = start + expected.len();
    assert_same("captured against rendered", &expected, &front[start..end]);
    assert!(front[end..].iter().all(|&x| x == 0.0), "silence after the end");
    if device.channels > 1 {
        assert_eq!(output.captured_channel(1), front, "left and right are the same");
    }
    for channel in 2..device.channels.into() {
        assert!(
            output.captured_channel(channel).iter().all(|&x| x == 0.0),
            "channel {channel} is silent"
        );
    }
    let counters = speaker.player().counters();
    assert_eq!(
        (
            counters.underruns,
            counters.xruns,
            counters.queued,
            counters.discarded
        ),
        (0, 0, 0, 0)
    );
    assert_eq!(
        (counters.produced, counters.rendered),
        (expected.len() as u64, expected.len() as u64)
    );
}

macro_rules! plays_what_is_rendered {
    ($($test:ident: $rate:literal Hz, $channels:literal channels, $format:literal;)*) => {$(
        #[test]
        fn $test() {
            let device = Device { rate: $rate, channels: $channels, format: $format, ..Device::default() };
            with_device(stringify!($test), device, |output| plays_what_is_rendered(output, &device));
        }
    )*};
}

plays_what_is_rendered! {
    plays_at_48000_hz_in_stereo: 48_000 Hz, 2 channels, "FLOAT_LE";
    plays_at_44100_hz_in_stereo: 44_100 Hz, 2 channels, "FLOAT_LE";
    plays_at_48000_hz_in_mono: 48_000 Hz, 1 channels, "FLOAT_LE";
    plays_at_44100_hz_in_mono: 44_100 Hz, 1 channels, "FLOAT_LE";
    plays_in_16_bits_at_48000_hz: 48_000 Hz, 2 channels, "S16_LE";
    plays_in_16_bits_at_44100_hz_in_mono: 44_100 Hz, 1 channels, "S16_LE";
    plays_in_32_bits: 48_000 Hz, 2 channels, "S32_LE";
    plays_in_24_bits: 44_100 Hz, 2 channels, "S24_LE";
    plays_in_unsigned_16_bits: 48_000 Hz, 1 channels, "U16_LE";
    plays_at_the_voices_own_rate: 24_000 Hz, 1 channels, "FLOAT_LE";
    plays_on_the_front_of_a_surround_device: 96_000 Hz, 6 channels, "FLOAT_LE";
}

/// The second chunk comes only when the device has run dry.
#[test]
fn starvation_is_counted_and_faded_and_no_frame_is_lost() {
    let device = Device::default();
    with_device(
        "starvation_is_counted_and_faded_and_no_frame_is_lost",
        device,
        |output| {
            let (voice, gate) = SweepVoice::gated();
            let (speaker, _events) = open(voice);
            let spoken = speaker.speak(utterance(chunks())).unwrap();
            gate.send(()).unwrap();
            while speaker.player().mode() != Mode::Starved {
                thread::sleep(Duration::from_millis(1));
            }
            let starving_since = speaker.player().counters().device_frames;
            while speaker.player().counters().device_frames < starving_since + 4_800 {
                thread::sleep(Duration::from_millis(1));
            }
            drop(gate);
            assert!(matches!(spoken.wait(), Outcome::Finished));
            speaker.player().close();

            let counters = speaker.player().counters();
            assert_eq!(counters.underruns, 1);
            let expected = reference(output.directory(), device.rate);
            assert_eq!(
                (counters.produced, counters.rendered),
                (expected.len() as u64, expected.len() as u64)
            );

            let front = output.captured_channel(0);
            let (_, heard) = sounding(&front);
            let silence = heard
                .windows(1_000)
                .position(|frames| frames.iter().all(|&x| x == 0.0))
                .expect("a silence");
            let resumed = silence + heard[silence..].iter().position(|&x| x != 0.0).unwrap();
            let fade = fade(&device);
            // The last frame of the fade is silent already.
            let before = silence + 1 - fade;
            let after = &heard[resumed..];
            assert_eq!(
                counters.underrun_frames as usize,
                resumed - before,
                "counted to the frame"
            );
            assert_eq!(
                before + after.len(),
                expected.len(),
                "no frame is lost or doubled"
            );
            assert_same("before the underrun", &expected[..before], &heard[..before]);
            assert_same("after it", &expected[before + fade..], &after[fade..]);
            let largest = heard[before - 1..silence]
                .windows(2)
                .map(|pair| (pair[1] - pair[0]).abs())
                .fold(0.0, f32::max);
            assert!(
                largest <= 1.5 * 0.5 / fade as f32 + 1e-6,
                "faded, not cut: steps of {largest}"
            );
        },
    );
}

#[test]
fn a_stop_fades_within_8_ms_and_nothing_comes_after_it() {
    let device = Device {
        speed: 1,
        ..Device::default()
    };
    with_device(
        "a_stop_fades_within_8_ms_and_nothing_comes_after_it",
        device,
        |output| {
            let (speaker, _events) = open(SweepVoice::default());
            let spoken = speaker.speak(utterance(chunks())).unwrap();
            while speaker.player().counters().rendered < 20_000 {
                thread::sleep(Duration::from_millis(1));
            }
            speaker.stop();
            let stopped_at = speaker.player().counters().device_frames as usize;
            assert!(matches!(spoken.wait(), Outcome::Stopped));
            speaker.player().wait_until_drained().unwrap();
            speaker.player().close();

            let front = output.captured_channel(0);
            let (start, heard) = sounding(&front);
            let (fade, period) = (fade(&device), 960);
            // A callback may have been under way at the call; the next one begins the fade.
            assert!(
                start + heard.len() <= stopped_at + period + fade,
                "silent after one period and the fade"
            );
            let counters = speaker.player().counters();
            assert_eq!(
                counters.rendered as usize,
                heard.len() + 1,
                "the last frame of the fade is silent"
            );
            assert_eq!(counters.produced, counters.rendered + counters.discarded);
            assert_eq!((counters.queued, counters.underruns), (0, 0));

            // What is told is what the device had played when it was stopped, and not what it still had: a buffer and the fade.
            let told = spoken.heard().unwrap().time.as_secs_f64();
            let played = heard.len() as f64 / f64::from(device.rate);
            println!("stopped at {told:.3} s, and {played:.3} s were played in the end");
            assert!(told <= played && told >= played - 0.25, "{told} of {played} s");

            let expected = reference(output.directory(), device.rate);
            let before = heard.len() + 1 - fade;
            assert_same("before the stop", &expected[..before], &heard[..before]);
            for (n, (e, a)) in expected[before..].iter().zip(&heard[before..]).enumerate() {
                let t = (n + 1) as f32 / fade as f32;
                let gain = 1.0 - t * t * (3.0 - 2.0 * t);
                assert!((e * gain - a).abs() < 1e-3, "frame {n} of the fade");
            }
        },
    );
}

#[test]
fn a_second_utterance_follows_a_stop_at_once() {
    let device = Device::default();
    with_device("a_second_utterance_follows_a_stop_at_once", device, |output| {
        let (speaker, _events) = open(SweepVoice::default());
        let first = speaker.speak(utterance([say(240_000)])).unwrap();
        while speaker.player().counters().rendered < 20_000 {
            thread::sleep(Duration::from_millis(1));
        }
        speaker.stop();
        let second = speaker.speak(utterance([say(12_000)])).unwrap();
        assert!(matches!(first.wait(), Outcome::Stopped));
        assert!(matches!(second.wait(), Outcome::Finished));
        speaker.player().close();
        let counters = speaker.player().counters();
        assert_eq!(counters.produced, counters.rendered + counters.discarded);
        let front = output.captured_channel(0);
        let (_, heard) = sounding(&front);
        let last = &heard[heard.len() - 23_000..];
        assert!(
            last.iter().filter(|&&x| x == 0.0).count() < 100,
            "the second one is whole"
        );
    });
}

#[test]
fn a_device_that_vanishes_for_good_fails_the_utterance() {
    with_device(
        "a_device_that_vanishes_for_good_fails_the_utterance",
        Device::default(),
        |output| {
            let options = PlayerOptions {
                give_up_after: Duration::from_millis(500),
                ..PlayerOptions::default()
            };
            let (speaker, _events) = open_with(SweepVoice::default(), &options);
            let spoken = speaker.speak(utterance([say(480_000)])).unwrap();
            while speaker.player().counters().rendered < 4_800 {
                thread::sleep(Duration::from_millis(1));
            }
            output.vanish();
            let outcome = spoken.wait();
            let lost = PlaybackError::OutputLost(LossReason::Disconnected).to_string();
            assert!(
                matches!(&outcome, Outcome::Failed(SpeechError::Playback(error)) if error.to_string() == lost),
                "{outcome:?}"
            );
            assert!(speaker.close().is_some(), "the voice survives");
        },
    );
}

#[test]
fn the_default_output_is_listed_with_what_it_takes() {
    let device = Device {
        format: "S16_LE",
        ..Device::default()
    };
    with_device("the_default_output_is_listed_with_what_it_takes", device, |_| {
        let backend = Arc::new(CpalBackend::new());
        let outputs = backend.outputs().unwrap();
        assert_eq!(outputs.len(), 1, "{outputs:?}");
        assert_eq!(outputs[0].id.as_str(), "alsa:default");
        assert!(outputs[0].is_default);
        let formats = outputs[0].formats[0];
        assert_eq!(
            (formats.channels, formats.lowest_rate, formats.highest_rate),
            (2, 48_000, 48_000)
        );
        assert_eq!(formats.format, SampleFormat::I16);

        let found = find_output(backend.as_ref(), "default").unwrap();
        let player =
            Player::open(backend, &OutputSelection::Id(found.id), &PlayerOptions::default()).unwrap();
        let open = player.output().unwrap();
        assert_eq!((open.config.rate, open.config.channels), (48_000, 2));
        assert_eq!(open.config.format, SampleFormat::I16);
        assert_eq!(open.period, Some(PlayerOptions::default().period));
    });
}

#[test]
fn no_output_at_all_is_said_clearly() {
    with_device("no_output_at_all_is_said_clearly", Device::default(), |output| {
        output.vanish();
        let backend = Arc::new(CpalBackend::new());
        assert!(backend.outputs().unwrap().is_empty());
        match Player::open(backend, &OutputSelection::Default, &PlayerOptions::default()) {
            Err(PlaybackError::Output(error)) => assert!(error.is_no_output(), "{error}"),
            other => panic!("{:?}", other.err()),
        }
    });
}
