//! `utter say` through cpal's real ALSA host, on the timed test output.
//!
//! What the output has played is held against what `--out` writes, twice: in the whole band against the file resampled by the
//! engine's resampler, and below 11 kHz, where that is flat, against the file resampled by the tests' own. The file has 16
//! bits, whose rounding lies some 75 dB below speech; 60 dB is what must be reached.

use std::process::Stdio;

use utter_dsp::Resampler;

use crate::capture::offset;
use crate::compare::{low_pass, resample, snr_db, sounding};
use crate::program::{Running, run, samples, utter};
use crate::timed_output::{Device, TimedOutput};

/// Three chunks of some four seconds in all.
/// Its sentences are so short that they are chunks on any machine: what is heard is then what `--out` writes, which is made of
/// whole sentences.
const TEXT: &str = "The weather was fine. She walked all the way home. Okay, here we go.";

/// Some ten seconds of the same kind.
const LONG_TEXT: &str = "The weather was fine. She walked all the way home. Okay, here we go. It is not far away. \
    Nobody saw her leave. They were all at home. The lights were out.";

/// Plays in real time.
pub const DEVICE: Device = Device {
    rate: 48_000,
    channels: 2,
    format: "FLOAT_LE",
    has_xruns: false,
    speed: 1,
};

/// What `--out` writes.
fn rendered(output: &TimedOutput, text: &str) -> Vec<f32> {
    let path = output.directory().join("rendered.wav");
    run(utter(["say", text, "--out"]).arg(&path)).quietly();
    samples(&path)
}

/// Resampled by the engine's resampler.
fn resampled(samples: &[f32], rate: u32) -> Vec<f32> {
    let mut resampler = Resampler::new(24_000, rate).unwrap();
    let mut frames = vec![0.0; resampler.output_frames(samples.len() as u64) as usize];
    let progress = resampler.process(samples, &mut frames);
    assert_eq!(progress.consumed, samples.len());
    let rest = resampler.finish(&mut frames[progress.produced..]);
    assert_eq!(progress.produced + rest, frames.len());
    frames
}

/// Says [`TEXT`], which is made much faster than it is said: a chunk would have to take five times as long as usual to be
/// late.
fn plays_what_is_rendered(test: &str, device: Device) {
    let output = TimedOutput::create(test, device);
    let ended = Running::start(output.give_to(&mut utter(["-v", "say", TEXT])))
        .wait()
        .code(0);
    for told in [
        "voice loaded",
        "first audio",
        "chunk=2",
        "underruns=0 xruns=0 losses=0",
    ] {
        assert!(ended.stderr.contains(told), "no {told:?} in {}", ended.stderr);
    }
    assert_heard(&output, &device);
    if device.channels > 1 {
        assert_eq!(
            output.captured_channel(1),
            output.captured_channel(0),
            "left and right are the same"
        );
    }
    output.remove();
}

/// Silence, then what `--out` writes of [`TEXT`] without a gap, then silence.
fn assert_heard(output: &TimedOutput, device: &Device) {
    assert_plays(output, device, &rendered(output, TEXT));
}

/// The output has played silence, then a rendering without a gap, then silence.
pub fn assert_plays(output: &TimedOutput, device: &Device, rendered: &[f32]) {
    let expected = resampled(rendered, device.rate);
    let front = output.captured_channel(0);
    let start = offset(&expected, &front);
    let heard = start..start + expected.len();
    let whole = snr_db(&expected, &front[heard.clone()]);
    let below = |signal: &[f32]| low_pass(signal, device.rate, 10_600.0);
    let independent = resample(rendered, 24_000, device.rate);
    let within = snr_db(&below(&independent), &below(&front[heard.clone()]));
    println!(
        "{} Hz, {} channels, {}: {whole:.1} dB, independently {within:.1} dB",
        device.rate, device.channels, device.format
    );
    assert!(
        whole >= 60.0 && within >= 60.0,
        "only {whole:.1} and {within:.1} dB"
    );
    let is_silent = |signal: &[f32]| signal.iter().all(|&x| x == 0.0);
    assert!(is_silent(&front[..heard.start]) && is_silent(&front[heard.end..]));
}

macro_rules! plays_what_is_rendered {
    ($($test:ident: $rate:literal Hz, $channels:literal channels, $format:literal;)*) => {$(
        #[test]
        fn $test() {
            let device = Device { rate: $rate, channels: $channels, format: $format, ..DEVICE };
            plays_what_is_rendered(stringify!($test), device);
        }
    )*};
}

plays_what_is_rendered! {
    says_at_48000_hz_in_stereo: 48_000 Hz, 2 channels, "FLOAT_LE";
    says_at_48000_hz_in_mono: 48_000 Hz, 1 channels, "FLOAT_LE";
    says_at_44100_hz_in_stereo: 44_100 Hz, 2 channels, "FLOAT_LE";
    says_at_44100_hz_in_mono: 44_100 Hz, 1 channels, "FLOAT_LE";
    says_in_16_bits: 48_000 Hz, 2 channels, "S16_LE";
}

/// What a program writes, in pieces that are cut anywhere, is heard before it is all there, and sounds as if it had come at once.
#[test]
fn says_what_is_written_to_it_while_it_is_written() {
    let output = TimedOutput::create("says_what_is_written_to_it_while_it_is_written", DEVICE);
    // A sentence is only known to be one by what follows.
    let call = ["-v", "say", "--flush-after", "60000", "-"];
    let mut say = Running::start(output.give_to(utter(call).stdin(Stdio::piped())));
    let begun = TEXT.find("walked").unwrap();
    for piece in TEXT.as_bytes()[..begun].chunks(5) {
        say.write(piece);
    }
    say.wait_until("first audio", |told| told.contains("first audio"));
    for piece in TEXT.as_bytes()[begun..].chunks(3) {
        say.write(piece);
    }
    say.end_input();
    let ended = say.wait().code(0);
    assert!(
        ended.stderr.contains("underruns=0 xruns=0 losses=0"),
        "{}",
        ended.stderr
    );
    assert_heard(&output, &DEVICE);
    output.remove();
}

/// What was there is said after a while in which nothing came, its sentence complete or not.
#[test]
fn says_what_is_there_when_nothing_comes() {
    let output = TimedOutput::create("says_what_is_there_when_nothing_comes", DEVICE);
    let call = ["-v", "say", "--flush-after", "50", "-"];
    let mut say = Running::start(output.give_to(utter(call).stdin(Stdio::piped())));
    say.write(b"Nobody knows what");
    say.wait_until("first audio", |told| told.contains("first audio"));
    say.end_input();
    let ended = say.wait().code(0);
    assert!(ended.stderr.contains("all of it is made"), "{}", ended.stderr);
    output.remove();
}

/// The chunks come while earlier ones are heard. On a machine that is too slow for that they come late, which is said, and
/// all are heard even so.
#[test]
fn speaks_while_the_next_chunk_is_made() {
    let output = TimedOutput::create("speaks_while_the_next_chunk_is_made", DEVICE);
    let ended = run(output.give_to(&mut utter(["say", TEXT]))).code(0);
    if ended.stderr.is_empty() {
        assert_heard(&output, &DEVICE);
    } else {
        println!("{}", ended.stderr);
        ended.says(&["speech came too late and was interrupted"]);
        let frames = resampled(&rendered(&output, TEXT), DEVICE.rate).len();
        let heard = output.captured_channel(0).iter().filter(|&&x| x != 0.0).count();
        // Of 200 000 frames some hundreds are silent; a chunk would be 60 000.
        assert!(heard > frames - 8_000, "{heard} of {frames} frames");
    }
    output.remove();
}

#[test]
fn an_interrupt_fades_out_within_8_ms() {
    let output = TimedOutput::create("an_interrupt_fades_out_within_8_ms", DEVICE);
    let mut speaking = Running::start(output.give_to(&mut utter(["say", LONG_TEXT])));
    // In the middle of the first chunk.
    speaking.wait_until("speaking", |_| {
        sounding(&output.captured_channel(0)).1.len() > 30_000
    });
    speaking.interrupt();
    let ended = speaking.wait().code(130);
    assert_eq!(ended.stderr, "");

    let expected = resampled(&rendered(&output, LONG_TEXT), DEVICE.rate);
    let front = output.captured_channel(0);
    // Only its beginning was heard.
    let start = offset(&expected[..30_000], &front);
    let (first, heard) = sounding(&front);
    // The last frame of the fade is silent.
    let end = first + heard.len() + 1;
    let fade = 384;
    assert!(end - start < expected.len() / 2, "stopped long before the end");
    let snr = snr_db(&expected[..end - fade - start], &front[start..end - fade]);
    println!(
        "{snr:.1} dB in the {:.2} s before the fade",
        (end - start) as f64 / 48_000.0
    );
    assert!(snr >= 60.0, "only {snr:.1} dB before the fade");
    for n in 0..fade {
        let t = (n + 1) as f32 / fade as f32;
        let gain = 1.0 - t * t * (3.0 - 2.0 * t);
        let (e, a) = (expected[end - fade - start + n], front[end - fade + n]);
        assert!(
            (e * gain - a).abs() < 1e-3,
            "frame {n} of the fade is {a} instead of {}",
            e * gain
        );
    }
    output.remove();
}

#[test]
fn an_output_that_vanishes_is_an_error() {
    let output = TimedOutput::create("an_output_that_vanishes_is_an_error", DEVICE);
    let mut speaking = Running::start(output.give_to(&mut utter(["say", TEXT])));
    speaking.wait_until("speaking", |_| !sounding(&output.captured()).1.is_empty());
    output.vanish();
    let lost = std::time::Instant::now();
    let ended = speaking
        .wait()
        .code(1)
        .says(&["the output is lost: the device is gone", "choose another output"]);
    // A warning when it is lost, and what came of it, in two lines, when none was found.
    assert_eq!(ended.stderr.lines().count(), 3, "{}", ended.stderr);
    // At worst the chunk that is being made, of two seconds, is made to its end.
    assert!(lost.elapsed().as_secs() < 30, "it took {:?}", lost.elapsed());
    output.remove();
}

#[test]
fn everything_is_well_with_a_voice_and_an_output() {
    let output = TimedOutput::create("everything_is_well_with_a_voice_and_an_output", DEVICE);
    let checks = run(output.give_to(&mut utter(["doctor", "--json"])))
        .quietly()
        .json();
    let names: Vec<_> = checks
        .as_array()
        .unwrap()
        .iter()
        .map(|check| check["what"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["voice", "synthesis", "text", "output"]);
    assert!(checks.as_array().unwrap().iter().all(|check| check["ok"] == true));

    let outputs = run(output.give_to(&mut utter(["outputs", "--json"])))
        .quietly()
        .json();
    assert_eq!(outputs[0]["id"], "alsa:default");
    assert_eq!(outputs[0]["is_default"], true);
    assert_eq!(outputs[0]["formats"][0]["lowest_rate"], 48_000);
    let table = run(output.give_to(&mut utter(["outputs"]))).quietly().stdout;
    assert!(
        table.contains("*  alsa:default  ") && table.contains("48000 Hz"),
        "{table}"
    );

    let status = run(output.give_to(&mut utter(["status", "--json"])))
        .quietly()
        .json();
    assert_eq!(status["output"]["rate"], 48_000);
    assert_eq!(status["output"]["format"], "F32");
    output.remove();
}

#[test]
fn files_are_played_one_after_the_other_and_a_broken_one_is_told() {
    let output = TimedOutput::create("files_are_played_one_after_the_other", DEVICE);
    let clip = |name: &str| format!("{}/../../fixtures/clips/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut played = utter(["play", "--gain", "-6"]);
    // The long one first: on a busy machine the other one may take longer to be decoded than 50 ms.
    played.args([clip("vorbis_48000_mono.ogg"), clip("wav_s16_44100_stereo.wav")]);
    run(output.give_to(&mut played)).code(0);
    let heard = output.captured_channel(0);
    let (_, sound) = sounding(&heard);
    // 500 ms and 50 ms; a clip begins and ends with frames that are nearly silent.
    assert!((25_900..=26_400).contains(&sound.len()), "{} frames", sound.len());
    let loudest = sound.iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
    assert!((0.05..0.6).contains(&loudest), "{loudest}");

    run(output.give_to(&mut utter(["play", &clip("README.md")])))
        .code(1)
        .says(&["not a sound file", "WAV"])
        .in_two_lines();
    run(output.give_to(&mut utter(["play", "nowhere.wav"])))
        .code(2)
        .says(&["nowhere.wav", "the path"])
        .in_two_lines();
    output.remove();
}
