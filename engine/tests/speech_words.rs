//! Words and pauses with the real voice: what is marked is where it sounds, and what is cut off is silence. Needs a
//! built voice (`UTTER_ARTIFACTS`, or the default place).

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::sync::Arc;
use std::time::Duration;

use utter::speech::{
    CancelFlag, Delivery, Pauses, Rendered, SpokenWord, Trim, Utterance, read_phonemes, read_text, render,
};
use utter::text::{Language, ReadOptions, Reader};
use utter::voice::artifacts::default_base;
use utter::voice::{ALIGNMENT_FRAME, Device, KokoroPipeline, Noise, Synthesis};

/// Four of high and low voices, two accents.
const VOICES: [&str; 4] = ["af_heart", "am_michael", "bf_emma", "bm_george"];

/// Sentences that begin and end softly, with /h/, /f/, /θ/, stops and sibilants.
const SOFT: [&str; 5] = [
    "He has half a hat.",
    "Four of five friends fell off.",
    "Think of both the paths and the truth.",
    "Put that cup back up.",
    "How far is it?",
];

/// Frames in 1 ms.
const MS: usize = 24;

struct Voice {
    pipeline: KokoroPipeline,
    reader: Arc<Reader>,
}

impl Voice {
    fn load() -> Self {
        let base = default_base().unwrap();
        Self {
            pipeline: KokoroPipeline::load_from_artifacts_dir(&base, Device::Cpu).unwrap(),
            reader: Arc::new(Reader::new()),
        }
    }

    fn say(&mut self, text: &str, delivery: Delivery) -> (Vec<f32>, Rendered) {
        let language = if delivery.voice.starts_with('b') {
            Language::BritishEnglish
        } else {
            Language::AmericanEnglish
        };
        let chunks = read_text(
            Arc::clone(&self.reader),
            text.to_owned(),
            language,
            &ReadOptions::default(),
        )
        .unwrap();
        let utterance = Utterance { chunks, delivery };
        let mut frames = Vec::new();
        let rendered = render(&mut self.pipeline, utterance, &CancelFlag::never(), &mut frames).unwrap();
        (frames, rendered)
    }
}

fn delivery(voice: &str) -> Delivery {
    Delivery {
        voice: voice.into(),
        ..Delivery::default()
    }
}

/// The power of each 5 ms, in dB of full scale.
fn levels(frames: &[f32]) -> Vec<f64> {
    let level = |window: &[f32]| {
        let power = window.iter().map(|x| f64::from(x * x)).sum::<f64>() / window.len() as f64;
        10.0 * (power + 1e-20).log10()
    };
    frames.chunks(5 * MS).map(level).collect()
}

fn loudest(frames: &[f32]) -> f64 {
    levels(frames).into_iter().fold(-200.0, f64::max)
}

#[test]
fn every_word_has_its_place_in_the_sound() {
    let mut voice = Voice::load();
    let text = "The quick brown fox jumps over the lazy dog, and then it runs away from the hunters.";
    let (frames, rendered) = voice.say(text, delivery("af_heart"));
    let spoken: Vec<&str> = rendered
        .words
        .iter()
        .map(|word| &text[word.source.clone()])
        .collect();
    let written: Vec<&str> = text
        .split(' ')
        .map(|word| word.trim_end_matches([',', '.']))
        .collect();
    assert_eq!(spoken, written);
    assert_eq!(rendered.frames as usize, frames.len());
    for word in &rendered.words {
        let length = word.frames.len() / MS;
        // From "the" to "hunters".
        assert!((40..=900).contains(&length), "{word:?} takes {length} ms");
        let level = loudest(&frames[word.frames.clone()]);
        assert!(level > -30.0, "{word:?} is no louder than {level:.1} dBFS");
    }
    for pair in rendered.words.windows(2) {
        let gap = pair[1].frames.start - pair[0].frames.end;
        let is_comma = &text[pair[0].source.clone()] == "dog";
        assert!(
            if is_comma { gap >= 60 * MS } else { gap == 0 },
            "{gap} frames behind {pair:?}"
        );
    }
    let (first, last) = (&rendered.words[0], &rendered.words[spoken.len() - 1]);
    // Hardly any silence ahead, and behind what is asked for.
    assert!(first.frames.start <= 30 * MS, "{first:?}");
    assert_eq!(frames.len() - last.frames.end, 100 * MS);
}

#[test]
fn words_begin_where_the_durations_say() {
    let mut voice = Voice::load();
    let phonemes = "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˌOvəɹ ðə lˈAzi dˈɔɡ.";
    let request = Synthesis {
        phonemes,
        voice: "af_heart",
        speed: 1.0,
        noise: Noise {
            seed: 0,
            amplitude: 1.0,
        },
    };
    let speech = voice.pipeline.synthesize(&request, &|| false).unwrap();
    let (samples, durations) = (speech.samples.to_vec(), speech.durations.to_vec());
    let utterance = Utterance {
        chunks: read_phonemes(&voice.reader, phonemes).unwrap(),
        delivery: Delivery {
            trim: Trim::Keep,
            ..delivery("af_heart")
        },
    };
    let mut frames = Vec::new();
    let rendered = render(&mut voice.pipeline, utterance, &CancelFlag::never(), &mut frames).unwrap();
    assert!(frames == samples, "nothing is cut, nothing added");
    assert_eq!(rendered.words.len(), 9);
    let spaces = phonemes
        .chars()
        .enumerate()
        .filter(|(_, symbol)| *symbol == ' ')
        .map(|(n, _)| n);
    for (word, space) in rendered.words[1..].iter().zip(spaces) {
        // The token that wraps the phonemes comes first.
        let predicted = durations[..=space].iter().sum::<usize>() * ALIGNMENT_FRAME;
        let early = predicted - word.frames.start;
        assert_eq!(early, 30 * MS, "{word:?}");
    }
}

/// Where a sibilant ends near the end of `word`: where what is above 4 kHz or so has fallen half way, in dB.
fn end_of_sibilant(frames: &[f32], word: &SpokenWord) -> usize {
    let high = |at: usize| {
        let window = &frames[at - 4 * MS..at + 4 * MS];
        // A third difference: 18 dB more for each octave.
        let differences = window
            .windows(4)
            .map(|x| f64::from(x[3] - 3.0 * x[2] + 3.0 * x[1] - x[0]));
        10.0 * (differences.map(|d| d * d).sum::<f64>() + 1e-12).log10()
    };
    let near: Vec<f64> = (word.frames.end - 120 * MS..word.frames.end + 100 * MS)
        .step_by(MS)
        .map(high)
        .collect();
    let loudest = (0..150).max_by(|&a, &b| near[a].total_cmp(&near[b])).unwrap();
    let softest = near[loudest..].iter().copied().fold(f64::INFINITY, f64::min);
    let half = f64::midpoint(near[loudest], softest);
    let fallen = near[loudest..].iter().position(|&level| level < half).unwrap();
    word.frames.end - 120 * MS + (loudest + fallen) * MS
}

#[test]
fn words_end_where_their_last_sound_does() {
    // Each /s/ or /z/ is followed by a vowel or a nasal, so that it can be told where it ends.
    let text = "This evening the house on the hills across our river has many guests, as always in June.";
    let mut voice = Voice::load();
    let mut errors = Vec::new();
    for name in VOICES {
        let (frames, rendered) = voice.say(text, delivery(name));
        let with_sibilant = rendered.words.iter().filter(|word| {
            ["This", "house", "hills", "across", "has", "as"].contains(&&text[word.source.clone()])
        });
        for word in with_sibilant {
            let late = end_of_sibilant(&frames, word) as i64 - word.frames.end as i64;
            errors.push(late / MS as i64);
        }
    }
    errors.sort_unstable();
    println!("sibilants end this much after their words, in ms: {errors:?}");
    assert_eq!(errors.len(), 6 * VOICES.len());
    let median = errors[errors.len() / 2];
    // Durations are whole steps of 25 ms.
    assert!(median.abs() <= 15, "{median} ms");
    let near = errors.iter().filter(|error| error.abs() <= 40).count();
    assert!(near * 10 >= errors.len() * 8, "{errors:?}");
}

#[test]
fn pauses_are_exact_from_sound_to_sound() {
    let mut voice = Voice::load();
    let text = "She opened the window. It was raining hard.\n\nHalf of the house was dark.";
    for speed in [1.0, 2.0] {
        let (frames, rendered) = voice.say(
            text,
            Delivery {
                speed,
                ..delivery("af_heart")
            },
        );
        assert_eq!(rendered.chunks, 3);
        let pauses: Vec<_> = rendered
            .words
            .windows(2)
            .filter(|pair| text[pair[0].source.end..].starts_with('.'))
            .map(|pair| pair[0].frames.end..pair[1].frames.start)
            .collect();
        let tempo = speed as usize;
        assert_eq!(
            pauses.iter().map(ExactSizeIterator::len).collect::<Vec<_>>(),
            [380 * MS / tempo, 700 * MS / tempo]
        );
        for pause in pauses {
            let level = loudest(&frames[pause.clone()]);
            assert!(level < -60.0, "{level:.1} dBFS in a pause");
            let margins = 90 * MS;
            let zeros = frames[pause.clone()].iter().filter(|&&x| x == 0.0).count();
            assert!(zeros + margins >= pause.len(), "{zeros} zeros in {pause:?}");
            let sound = loudest(&frames[pause.end..pause.end + 100 * MS]);
            assert!(sound > -40.0, "{sound:.1} dBFS behind a pause");
        }
    }
    let long = Delivery {
        pauses: Pauses {
            sentence: Duration::from_secs(2),
            ..Pauses::NONE
        },
        ..delivery("af_heart")
    };
    let (frames, rendered) = voice.say(text, long);
    let gap = |n: usize| rendered.words[n + 1].frames.start - rendered.words[n].frames.end;
    assert_eq!((gap(3), gap(7)), (2_000 * MS, 0));
    assert_eq!(rendered.words.last().unwrap().frames.end, frames.len());
}

#[test]
fn what_is_cut_off_cannot_be_heard() {
    let mut voice = Voice::load();
    let (mut most, mut saved, mut all) = (-200.0_f64, 0, 0);
    for name in ["af_heart", "bm_george"] {
        for text in SOFT {
            let (kept, _) = voice.say(
                text,
                Delivery {
                    trim: Trim::Keep,
                    ..delivery(name)
                },
            );
            let (cut, rendered) = voice.say(text, delivery(name));
            let sound = rendered.words[0].frames.start..rendered.words[rendered.words.len() - 1].frames.end;
            let core = &cut[sound.clone()];
            let at = kept
                .windows(core.len())
                .position(|window| window == core)
                .expect("the sound itself is not touched");
            // All but the sound, the margins included: more than is cut off.
            let level = loudest(&kept[..at]).max(loudest(&kept[at + core.len()..]));
            assert!(level < -60.0, "{name}, {text:?}: {level:.1} dBFS");
            most = most.max(level);
            saved += kept.len() - cut.len();
            all += kept.len();
            let step = cut[0].abs().max(cut[cut.len() - 1].abs());
            assert!(
                step < 1e-4,
                "{name}, {text:?}: begins or ends with a step of {step}"
            );
        }
    }
    let seconds = |frames: usize| frames as f64 / 24_000.0;
    println!(
        "{:.1} of {:.1} s are cut off, nowhere above {most:.1} dBFS",
        seconds(saved),
        seconds(all)
    );
    // A sentence of two seconds has a good half second of silence around it.
    assert!(saved * 100 >= all * 15, "only {:.1} s", seconds(saved));
}
