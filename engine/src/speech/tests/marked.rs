//! What markup asks for beside words, as it is heard: who says it, how fast and how loud, silences and recordings.

use super::super::*;
use crate::playback::output::{FrameSink, SinkError, WavEncoding, WavFile};
use crate::text::{Language, Markup, ReadOptions, Reader, Strictness};
use std::path::Path;
use std::sync::Arc;

/// Frames of a phoneme, all of them at this level.
const FRAMES: usize = 240;
const LEVEL: f32 = 0.25;

/// Says every phoneme as long and as loud, and remembers who was to say it and how fast.
#[derive(Default)]
struct Told {
    asked: Vec<(String, f32)>,
}

impl Synthesizer for Told {
    fn synthesize(
        &mut self,
        request: &SynthesisRequest<'_>,
        _: &CancelFlag,
        frames: &mut Vec<f32>,
    ) -> Result<Timing, SynthesisError> {
        self.asked.push((request.voice.into(), request.speed));
        frames.resize(request.phonemes.chars().count() * FRAMES, LEVEL);
        Ok(Timing::unknown())
    }

    fn has_voice(&self, name: &str) -> bool {
        name != "nobody"
    }
}

#[derive(Default)]
struct Frames(Vec<f32>);

impl FrameSink for Frames {
    fn write(&mut self, frames: &[f32]) -> Result<(), SinkError> {
        self.0.extend_from_slice(frames);
        Ok(())
    }
}

fn heard(inside: &str, recordings: Recordings) -> (Vec<f32>, Vec<(String, f32)>) {
    let marked = Marked {
        markup: Markup::Ssml,
        strictness: Strictness::Strict,
        recordings,
    };
    let text = format!("<speak>{inside}</speak>");
    let language = Language::AmericanEnglish;
    let reader = Arc::new(Reader::new());
    let chunks = read_markup(reader, text, marked, language, &ReadOptions::default()).unwrap();
    let delivery = Delivery {
        pauses: Pauses::NONE,
        ..Delivery::default()
    };
    let (mut voice, mut sink) = (Told::default(), Frames::default());
    let utterance = Utterance { chunks, delivery };
    render(&mut voice, utterance, &CancelFlag::never(), &mut sink).unwrap();
    (sink.0, voice.asked)
}

/// Runs of silence and of sound, in milliseconds; edges are faded, so levels are those in the middle.
fn runs(frames: &[f32]) -> Vec<(f32, usize)> {
    let mut runs: Vec<(bool, Vec<f32>)> = Vec::new();
    for frame in frames {
        let is_sound = *frame != 0.0;
        match runs.last_mut() {
            Some((last, run)) if *last == is_sound => run.push(*frame),
            _ => runs.push((is_sound, vec![*frame])),
        }
    }
    let middle = |run: &[f32]| run[run.len() / 2];
    runs.iter()
        .map(|(_, run)| (middle(run), run.len() * 1_000 / SAMPLE_RATE as usize))
        .collect()
}

#[test]
fn silences_are_heard_ahead_between_and_behind() {
    let (frames, _) = heard(
        "<break time='1s'/>Go,<break time='500ms'/> go!<break time='250ms'/>",
        Recordings::NONE,
    );
    // "ɡˈO," has four phonemes of 10 ms, as has "ɡˌO!".
    assert_eq!(
        runs(&frames),
        [(0.0, 1_000), (LEVEL, 40), (0.0, 500), (LEVEL, 40), (0.0, 250)]
    );
}

#[test]
fn who_says_it_how_fast_and_how_loud() {
    let (frames, asked) = heard(
        "Go <voice name='am_adam'><prosody rate='200%' volume='-6dB'>go</prosody></voice> \
         <voice name='nobody'>go</voice> <prosody volume='+12dB'>go</prosody>",
        Recordings::NONE,
    );
    let expected = [
        ("af_heart", 1.0),
        ("am_adam", 2.0),
        ("af_heart", 1.0),
        ("af_heart", 1.0),
    ];
    assert_eq!(asked, expected.map(|(voice, speed)| (voice.to_string(), speed)));
    let levels: Vec<f32> = frames.chunks(3 * FRAMES).map(|run| run[run.len() / 2]).collect();
    assert!((levels[1] - LEVEL * 0.501).abs() < 1e-3, "{levels:?}");
    assert_eq!(levels[2], LEVEL);
    assert!((levels[3] - LEVEL * 3.981).abs() < 1e-3, "{levels:?}");
}

#[test]
fn what_would_be_too_loud_is_as_loud_as_can_be() {
    let mut audio = [0.5, -0.25];
    super::super::chunks::amplify(&mut audio, 12.0);
    assert_eq!(audio, [1.0, -0.5]);
}

fn record(path: &Path, rate: u32) {
    let mut file = WavFile::create(path, rate, WavEncoding::default()).unwrap();
    file.write(&vec![0.5; rate as usize / 10]).unwrap();
    file.finish().unwrap();
}

#[test]
fn a_recording_is_heard_in_its_place_or_else_its_text() {
    let folder = tempfile::tempdir().unwrap();
    record(&folder.path().join("bell.wav"), 48_000);
    let text = "Go. <audio src='bell.wav'>Go.</audio> <audio src='../bell.wav'>Go.</audio>";
    let (frames, asked) = heard(text, Recordings::of(folder.path()));
    assert_eq!(asked.len(), 2, "the recording needs no voice");
    let recorded = frames.iter().filter(|frame| (**frame - 0.5).abs() < 0.01).count();
    assert!((2_300..=2_400).contains(&recorded), "{recorded} frames of 2400");
    let (_, asked) = heard(text, Recordings::NONE);
    assert_eq!(asked.len(), 1, "three short sentences in one");
}

#[test]
fn a_recording_that_cannot_be_decoded_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bell.wav"), "no sound").unwrap();
    let (frames, asked) = heard(
        "<audio src='bell.wav'>x</audio>Go!",
        Recordings::of(folder.path()),
    );
    assert_eq!((asked.len(), runs(&frames)), (1, vec![(LEVEL, 40)]));
}
