//! When words are told, against when they are heard: in what a device has played, by its energy, and in three lines
//! that were labelled by hand. With the real voice (`UTTER_ARTIFACTS`, or the default place).
//!
//! The bounds are 25 ms on average and 60 ms at most: sound and text that are apart by less look simultaneous.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test relies on may fail it"
)]

#[path = "../../fixtures/audio/timed_output.rs"]
mod timed_output;
#[path = "../../fixtures/audio/timed_tests.rs"]
mod timed_tests;

use std::sync::Arc;
use std::time::Duration;
use timed_output::{Device, with_device};
use timed_tests::{DEVICE, open};
use utter::playback::output::OutputSelection;
use utter::playback::{MarkKind, PlaybackEvent, PlayerOptions};
use utter::speech::{CancelFlag, Delivery, Event, Events, Speaker, Trim, Utterance, read_text, render};
use utter::text::{Language, ReadOptions, Reader};
use utter::voice::artifacts::default_base;
use utter::voice::{self, KokoroPipeline};

/// Lines with words whose beginnings the energy shows: `^` before a word that follows a pause and so begins where it
/// becomes louder; `_` before one whose stop closes behind another sound, where it becomes softer; `~` before a sibilant
/// behind a vowel or a pause, where what is above 4 kHz becomes louder.
const LINES: [&str; 9] = [
    "^Take the car. ^Kick the ball. ^Tell the boy. ^Push the door. ^Cut the cake.",
    "^Take ten, ^pick two, keep four, ^cut six.",
    "^Kate, ^Tom, ^Pete, ^Chris, and Paul _came to _tea.",
    "^Peter took the _parcel to the _town by _train.",
    "The _cat kept its tail on top of the _cushion.",
    "^Ten people paid for two _tickets to _Paris.",
    "~She ~sells sea shells, ~so she ~says.",
    "^Please put the _papers back on the _kitchen _table.",
    "The boy put the _key in the ~small box beside the door.",
];

const LABELS: &str = include_str!("../../fixtures/words/onsets.txt");

/// On average, in ms.
const MEAN: f64 = 25.0;
const MOST: f64 = 60.0;

/// How far from where a word was told its beginning is looked for, in ms: beyond what is allowed, and not so far that it would
/// be that of another word.
const NEAR: usize = 80;

fn pipeline() -> KokoroPipeline {
    KokoroPipeline::load_from_artifacts_dir(&default_base().unwrap(), voice::Device::Cpu).unwrap()
}

fn utterance(reader: &Arc<Reader>, voice: &str, text: &str, trim: Trim) -> Utterance {
    Utterance {
        chunks: read_text(
            Arc::clone(reader),
            text.to_owned(),
            Language::AmericanEnglish,
            &ReadOptions::default(),
        )
        .unwrap(),
        delivery: Delivery {
            voice: voice.into(),
            trim,
            ..Delivery::default()
        },
    }
}

/// Distances in ms, judged.
fn check(what: &str, errors: &[f64]) {
    let mean = errors.iter().map(|error| error.abs()).sum::<f64>() / errors.len() as f64;
    let most = errors.iter().fold(0.0, |most: f64, error| most.max(error.abs()));
    println!(
        "{what}: {} words, {mean:.1} ms on average, {most:.1} ms at most",
        errors.len()
    );
    assert!(mean <= MEAN, "{what}: {mean:.1} ms on average");
    assert!(most <= MOST, "{what}: {most:.1} ms");
}

#[test]
fn words_begin_where_a_person_has_labelled_them() {
    let (mut pipeline, reader) = (pipeline(), Arc::new(Reader::new()));
    let mut errors = Vec::new();
    for paragraph in LABELS.trim_end().split("\n\n") {
        let [head, text, labels] = paragraph.lines().collect::<Vec<_>>()[..] else {
            panic!("three lines: {paragraph}");
        };
        let (voice, length) = head.split_once(' ').unwrap();
        let mut frames = Vec::new();
        let said = utterance(&reader, voice, text, Trim::Keep);
        let rendered = render(&mut pipeline, said, &CancelFlag::never(), &mut frames).unwrap();
        let length: usize = length.parse().unwrap();
        assert_eq!(
            frames.len(),
            length,
            "the voice speaks otherwise than when {text:?} was labelled"
        );
        let labels: Vec<f64> = labels.split(' ').map(|label| label.parse().unwrap()).collect();
        assert_eq!(labels.len(), rendered.words.len());
        for (word, label) in rendered.words.iter().zip(labels) {
            let told = word.frames.start as f64 / 24.0;
            println!(
                "{:>8}: {told:6.0} told, {label:6.0} labelled",
                &text[word.source.clone()]
            );
            errors.push(told - label);
        }
    }
    check("labelled", &errors);
}

/// A word whose beginning the energy shows.
struct Shown {
    start: usize,
    how: char,
}

/// The text of a marked line, and its marked words.
fn unmarked(line: &str) -> (String, Vec<Shown>) {
    let (mut text, mut shown) = (String::new(), Vec::new());
    for c in line.chars() {
        match c {
            '^' | '_' | '~' => shown.push(Shown {
                start: text.len(),
                how: c,
            }),
            c => text.push(c),
        }
    }
    (text, shown)
}

/// Where within [`NEAR`] of frame `told` a word begins, by the energy.
fn onset(samples: &[f32], told: usize, how: char, ms: usize) -> usize {
    // What is compared on either side. A sibilant lasts, and the release of a stop does not.
    let side = if how == '~' { 25 * ms } else { 10 * ms };
    let level = |from: usize| {
        let window = &samples[from..from + side];
        let power = match how {
            // A third difference: 18 dB more for each octave.
            '~' => window
                .windows(4)
                .map(|x| f64::from(x[3] - 3.0 * x[2] + 3.0 * x[1] - x[0]).powi(2))
                .sum::<f64>(),
            _ => window.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>(),
        };
        // What is softer than 60 dB below full scale is silence, and up there vowels have something above 50 dB.
        let silence = if how == '~' { 1e-5 } else { 1e-6 };
        10.0 * (power / window.len() as f64 + silence).log10()
    };
    let sign = if how == '_' { -1.0 } else { 1.0 };
    let first = told.saturating_sub(NEAR * ms).max(side);
    let steepness = |at: usize| sign * (level(at) - level(at - side));
    let places = (first..told + NEAR * ms).step_by(ms);
    places
        .max_by(|a, b| steepness(*a).total_cmp(&steepness(*b)))
        .unwrap()
}

/// Speaks a line; the words that were told, and when.
fn speak(speaker: &Speaker, events: &Events, said: Utterance) -> Vec<(usize, Duration)> {
    let player = speaker.player();
    let told = player.events();
    // Nothing is heard while the voice computes: what it does to the machine is another matter.
    player.pause().unwrap();
    speaker.speak(said).unwrap();
    while !matches!(
        events.recv_timeout(Duration::from_secs(60)).expect("it is made"),
        Event::Synthesised { .. }
    ) {}
    player.resume().unwrap();
    let mut words = Vec::new();
    loop {
        let event = told.next_within(Duration::from_secs(60)).expect("it is heard");
        let at = timed_output::now();
        match event {
            PlaybackEvent::Mark { mark, .. } if mark.kind == MarkKind::Word => {
                words.push((mark.source.start, at));
            }
            PlaybackEvent::TrackEnded { .. } => return words,
            _ => {}
        }
    }
}

#[test]
fn words_are_told_when_their_sound_is_captured() {
    let device = Device {
        channels: 1,
        ..DEVICE
    };
    with_device("words_are_told_when_their_sound_is_captured", device, |output| {
        let player = open(&OutputSelection::Default, &PlayerOptions::default());
        let (speaker, events) = Speaker::start(player, Box::new(pipeline())).unwrap();
        let reader = Arc::new(Reader::new());
        let lines = LINES.map(unmarked);
        let told = lines.each_ref().map(|(text, _)| {
            speak(
                &speaker,
                &events,
                utterance(&reader, "af_heart", text, Trim::Silence),
            )
        });
        speaker.player().close();
        let capture = output.captures().remove(0);
        let ms = device.rate as usize / 1_000;
        let (mut behind_pauses, mut running) = (Vec::new(), Vec::new());
        for ((text, shown), told) in lines.iter().zip(&told) {
            for Shown { start, how } in shown {
                let (_, at) = told.iter().find(|(word, _)| word == start).expect("it was told");
                let told = capture.played_at(*at) as usize;
                let heard = onset(&capture.samples, told, *how, ms);
                let error = (told as f64 - heard as f64) / ms as f64;
                let word: String = text[*start..].chars().take_while(|c| c.is_alphabetic()).collect();
                println!("{how}{word:<8} told {error:6.1} ms late");
                if *how == '^' {
                    &mut behind_pauses
                } else {
                    &mut running
                }
                .push(error);
            }
        }
        check("behind pauses", &behind_pauses);
        check("in running speech", &running);
        behind_pauses.append(&mut running);
        check("all", &behind_pauses);
    });
}
