//! The pipeline as its owner sees it, with the real voice: finding it, speaking with it, and what a failed or cancelled call
//! leaves behind. Needs a built voice (`UTTER_ARTIFACTS`, or the default place).
//!
//! Kernels divide their work so that no sum depends on the number of threads, and every stage writes what it reads. Equality
//! below is therefore equality of every bit.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;

use utter::playback::output::{NullOutput, OutputSelection};
use utter::playback::{Player, PlayerOptions};
use utter::speech::{Delivery, Outcome, Speaker, Utterance, kokoro_loader, read_phonemes};
use utter::text::Reader;
use utter::voice::artifacts::{self, ArtifactsDir, ArtifactsError};
use utter::voice::{
    Device, KokoroPipeline, Noise, PipelineOptions, SAMPLE_RATE, Synthesis, VoiceError, VoiceFile, VoicePack,
};

/// Samples in an alignment frame, the unit of durations.
const FRAME: usize = SAMPLE_RATE as usize / 40;

const HELLO: Synthesis<'_> = Synthesis {
    phonemes: "həlˈO wˈɜɹld.",
    voice: "af_heart",
    speed: 1.0,
    noise: Noise {
        seed: 1,
        amplitude: 1.0,
    },
};

const LONG: Synthesis<'_> = Synthesis {
    phonemes: "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˌOvəɹ ðə lˈAzi dˈɔɡ, ænd ɹˈʌnz əwˈA.",
    ..HELLO
};

/// What one call made.
#[derive(PartialEq)]
struct Spoken {
    samples: Vec<f32>,
    durations: Vec<usize>,
}

impl std::fmt::Debug for Spoken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "{} samples, durations {:?}",
            self.samples.len(),
            self.durations
        )
    }
}

fn voice() -> ArtifactsDir {
    let base = artifacts::default_base().unwrap_or_else(|error| panic!("{error}\n{}", error.hint()));
    artifacts::resolve(&base).unwrap_or_else(|error| panic!("{error}\n{}", error.hint()))
}

fn pipeline(threads: usize) -> KokoroPipeline {
    let options = PipelineOptions {
        threads: Some(threads),
        ..PipelineOptions::default()
    };
    KokoroPipeline::load(voice(), options).unwrap()
}

/// Speaks, and checks what holds for all speech.
fn speak(pipeline: &mut KokoroPipeline, request: &Synthesis<'_>) -> Spoken {
    let speech = pipeline.synthesize(request, &|| false).unwrap();
    let tokens = request.phonemes.chars().count() + 2;
    assert_eq!(speech.durations.len(), tokens);
    assert!(speech.durations.iter().all(|&frames| frames >= 1));
    assert_eq!(
        speech.durations.iter().sum::<usize>() * FRAME,
        speech.samples.len()
    );
    assert!(speech.samples.iter().all(|sample| sample.is_finite()));
    Spoken {
        samples: speech.samples.to_vec(),
        durations: speech.durations.to_vec(),
    }
}

/// The level of the whole, in dB below full scale.
fn level(samples: &[f32]) -> f64 {
    let power = samples.iter().map(|s| f64::from(s * s)).sum::<f64>() / samples.len() as f64;
    10.0 * power.log10()
}

#[test]
#[cfg(unix)]
fn the_voice_is_found_in_every_place_of_a_bundle() {
    let places = [
        "",
        "tvm_output",
        "Resources",
        "Resources/tvm_output",
        "Contents/Resources",
        "Contents/Resources/tvm_output",
    ];
    let voice = voice();
    for above in ["", ".."] {
        for place in places {
            let folder = tempfile::tempdir().unwrap();
            let app = folder.path().join("app");
            let base = app.join("base");
            let link = if above.is_empty() {
                base.join(place)
            } else {
                app.join(place)
            };
            if (above, place) == ("..", "") {
                // The parent itself is the voice, and the base a folder that is not there.
                std::os::unix::fs::symlink(voice.path(), &app).unwrap();
            } else {
                // A path that ends in a slash would be a folder to follow, not a link to make.
                let link: std::path::PathBuf = link.components().collect();
                std::fs::create_dir_all(link.parent().unwrap()).unwrap();
                std::os::unix::fs::symlink(voice.path(), &link).unwrap();
                std::fs::create_dir_all(&base).unwrap();
            }
            let found = KokoroPipeline::load_from_artifacts_dir(&base, Device::Cpu)
                .unwrap_or_else(|error| panic!("{above}/{place}: {error}"));
            assert_eq!(found.artifacts().path(), voice.path(), "{above}/{place}");
        }
    }
}

#[test]
fn a_voice_that_is_nowhere_is_answered_with_every_place() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("app/base");
    std::fs::create_dir_all(base.join("Resources")).unwrap();
    let error = KokoroPipeline::load_from_artifacts_dir(&base, Device::Cpu).unwrap_err();
    assert!(
        matches!(error, VoiceError::Artifacts(ArtifactsError::NotFound { .. })),
        "{error}"
    );
    let (message, places) = (error.to_string(), artifacts::candidates(&base));
    assert_eq!(places.len(), 12);
    for place in places {
        assert!(
            message.contains(&format!("{}: there is no", place.display())),
            "{}: {message}",
            place.display()
        );
    }
    assert!(error.hint().contains("make voice"), "{}", error.hint());
}

#[test]
fn a_refused_call_changes_nothing() {
    let mut pipeline = pipeline(2);
    let good = speak(&mut pipeline, &HELLO);
    let long = "ə".repeat(511);
    let refused = |phonemes, voice, speed| Synthesis {
        phonemes,
        voice,
        speed,
        ..HELLO
    };
    type Expected = fn(&VoiceError) -> bool;
    let unknown_voice: Expected = |e| matches!(e, VoiceError::Artifacts(ArtifactsError::UnknownVoice { .. }));
    let speed: Expected = |e| matches!(e, VoiceError::Speed(_));
    let cases: [(Synthesis<'_>, Expected); 9] = [
        (refused("hə☃lO", "af_heart", 1.0), |e| {
            matches!(e, VoiceError::UnknownPhoneme { symbol: '☃' })
        }),
        (refused(&long, "af_heart", 1.0), |e| {
            matches!(
                e,
                VoiceError::TooLong {
                    count: 511,
                    limit: 510
                }
            )
        }),
        (refused(HELLO.phonemes, "xx_nobody", 1.0), unknown_voice),
        (refused(HELLO.phonemes, "../weights", 1.0), unknown_voice),
        (refused(HELLO.phonemes, "af_heart", 0.49), speed),
        (refused(HELLO.phonemes, "af_heart", 2.01), speed),
        (refused(HELLO.phonemes, "af_heart", -1.0), speed),
        (refused(HELLO.phonemes, "af_heart", f32::NAN), speed),
        (refused(HELLO.phonemes, "af_heart", f32::INFINITY), speed),
    ];
    for (request, expected) in cases {
        let error = pipeline.synthesize(&request, &|| false).unwrap_err();
        assert!(expected(&error) && !error.is_cancelled(), "{error}");
        assert!(!error.hint().is_empty());
        assert_eq!(speak(&mut pipeline, &HELLO), good, "after: {error}");
    }
}

#[test]
fn a_cancelled_call_ends_at_once_and_changes_nothing() {
    let mut pipeline = pipeline(2);
    let good = speak(&mut pipeline, &HELLO);
    let asked = Cell::new(0);
    pipeline
        .synthesize(&HELLO, &|| {
            asked.set(asked.get() + 1);
            false
        })
        .unwrap();
    let kernels = asked.get();
    println!("asked {kernels} times");
    // The vocoder alone has 48 convolutions, each with a norm.
    assert!(kernels > 100, "asked {kernels} times");
    for last in [1, 2, kernels / 4, kernels / 2, kernels - 1, kernels] {
        asked.set(0);
        let error = pipeline
            .synthesize(&LONG, &|| {
                asked.set(asked.get() + 1);
                asked.get() >= last
            })
            .unwrap_err();
        assert!(error.is_cancelled(), "{error}");
        assert_eq!(asked.get(), last, "nothing runs after the answer");
        assert_eq!(
            speak(&mut pipeline, &HELLO),
            good,
            "after kernel {last} of {kernels}"
        );
    }
}

#[test]
fn a_seed_repeats_whatever_was_spoken_before() {
    let mut pipeline = pipeline(2);
    let (long, short) = (speak(&mut pipeline, &LONG), speak(&mut pipeline, &HELLO));
    assert_eq!(speak(&mut pipeline, &LONG), long);
    let other = Synthesis {
        voice: "bm_george",
        speed: 1.3,
        ..LONG
    };
    speak(&mut pipeline, &other);
    assert_eq!(speak(&mut pipeline, &HELLO), short);
    let noise = Noise {
        seed: 2,
        ..HELLO.noise
    };
    let another = speak(&mut pipeline, &Synthesis { noise, ..HELLO });
    assert_eq!(another.durations, short.durations, "noise is only in the sound");
    assert_ne!(another.samples, short.samples);
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let spoken = [1, 2, 3].map(|threads| {
        let mut pipeline = pipeline(threads);
        assert_eq!(pipeline.threads(), threads);
        [&HELLO, &LONG].map(|request| speak(&mut pipeline, request))
    });
    assert_eq!(spoken[0], spoken[1], "one thread and two");
    assert_eq!(spoken[0], spoken[2], "one thread and three");
}

#[test]
fn nothing_one_and_the_most_phonemes_are_spoken() {
    let mut pipeline = pipeline(2);
    for phonemes in ["", "a", " ", "."] {
        speak(&mut pipeline, &Synthesis { phonemes, ..HELLO });
    }
    let most: String = LONG.phonemes.chars().cycle().take(510).collect();
    let request = Synthesis {
        phonemes: &most,
        speed: 2.0,
        ..HELLO
    };
    let spoken = speak(&mut pipeline, &request);
    // English has 10 to 20 sounds a second, here at twice the speed.
    let seconds = spoken.samples.len() as f64 / f64::from(SAMPLE_RATE);
    assert!((12.0..26.0).contains(&seconds), "{seconds} s");
}

#[test]
fn every_voice_speaks() {
    let mut pipeline = pipeline(2);
    let names: Vec<String> = pipeline.artifacts().voice_names().map(str::to_owned).collect();
    assert_eq!(names.len(), 54);
    for voice in &names {
        let request = Synthesis {
            phonemes: "həlˈO.",
            voice,
            ..HELLO
        };
        let spoken = speak(&mut pipeline, &request);
        let level = level(&spoken.samples);
        let peak = spoken.samples.iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
        let seconds = spoken.samples.len() as f64 / f64::from(SAMPLE_RATE);
        println!("{voice}: {level:.1} dB, peak {peak:.2}, {seconds:.2} s");
        // A word between silences. Silence, a wrong gain or noise would be far outside.
        assert!((-36.0..-14.0).contains(&level), "{voice}: {level:.1} dB");
        assert!((0.1..1.1).contains(&peak), "{voice}: peak {peak}");
        assert!((0.5..2.5).contains(&seconds), "{voice}: {seconds} s");
    }
}

#[test]
fn speed_divides_durations() {
    let mut pipeline = pipeline(2);
    let at = |pipeline: &mut KokoroPipeline, speed| speak(pipeline, &Synthesis { speed, ..LONG }).durations;
    let [slow, even, fast] = [0.5, 1.0, 2.0].map(|speed| at(&mut pipeline, speed));
    for ((slow, even), fast) in slow.iter().zip(&even).zip(&fast) {
        // Of one real duration d: round(2d) and 2 round(d) are at most 1.5 apart, being integers 1; so are the other two.
        assert!(
            slow.abs_diff(2 * even) <= 1 && even.abs_diff(2 * fast) <= 1,
            "{slow} {even} {fast}"
        );
    }
}

#[test]
fn the_device_is_the_processor() {
    assert_eq!("cpu".parse::<Device>().unwrap(), Device::Cpu);
    let error = "cuda".parse::<Device>().unwrap_err();
    assert!(error.to_string().contains("`cuda`"), "{error}");
    assert!(KokoroPipeline::load_from_artifacts_dir(Path::new("/nowhere"), Device::Cpu).is_err());
}

/// The durations and the timbre both come from the style, so a blend differs from its voices in both.
#[test]
fn a_blend_speaks_as_none_of_its_voices() {
    let mut pipeline = pipeline(2);
    let mut say = |voice| speak(&mut pipeline, &Synthesis { voice, ..LONG });
    let (heart, adam) = (say("af_heart"), say("am_adam"));
    let even = say("af_heart:1,am_adam:1");
    assert_ne!(even.samples, heart.samples);
    assert_ne!(even.samples, adam.samples);
    let level = level(&even.samples);
    assert!((-36.0..-14.0).contains(&level), "{level:.1} dB");
    assert_eq!(say("af_heart:2, am_adam:2"), even, "weights are proportions");
    assert_eq!(say("af_heart,am_adam"), even);
    assert_ne!(say("af_heart:0.9,am_adam:0.1").samples, even.samples);
    for alone in ["af_heart:0.3", "af_heart,af_heart", " af_heart "] {
        assert_eq!(say(alone), heart, "{alone}");
    }
    // A good part of one voice is nearer to it than to the other.
    let distance = |one: &Spoken, other: &Spoken| -> usize {
        let durations = one.durations.iter().zip(&other.durations);
        durations.map(|(one, other)| one.abs_diff(*other)).sum()
    };
    let mostly = say("af_heart:0.9,am_adam:0.1");
    assert!(distance(&mostly, &heart) < distance(&mostly, &adam));
}

#[test]
fn what_is_no_blend_is_refused_with_its_reason() {
    let mut pipeline = pipeline(2);
    let mut refuse = |voice| {
        let request = Synthesis { voice, ..HELLO };
        pipeline.synthesize(&request, &|| false).unwrap_err()
    };
    for voice in ["", "af_heart:0", "af_heart:0.5,am_adam", "af_heart,"] {
        let error = refuse(voice);
        assert!(matches!(error, VoiceError::Blend(_)), "{error}");
    }
    let error = refuse("af_heart:0.5,am_adma:0.5");
    assert_eq!(error.to_string(), "there is no voice \"am_adma\"");
    assert!(error.hint().contains("am_adam"), "{}", error.hint());
}

/// A file with the styles of `voice`, as NumPy writes it.
fn pack_of(voice_name: &str, path: &Path) {
    let found = voice();
    let (styles, shape) = (found.voice(voice_name).unwrap(), found.manifest().style);
    let header = format!(
        "{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, 1, {}), }}\n",
        shape.rows, shape.width
    );
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    file.extend(header.as_bytes());
    for row in 0..shape.rows {
        let style = styles.style(row).row();
        file.extend(style.iter().flat_map(|value| value.to_le_bytes()));
    }
    std::fs::write(path, file).unwrap();
}

#[test]
fn a_voice_of_the_users_own_speaks_after_every_load() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grandma.npy");
    pack_of("bf_emma", &path);
    let options = PipelineOptions {
        threads: Some(2),
        voice_files: vec![VoiceFile::new("bf_grandma", &path).unwrap()],
        ..PipelineOptions::default()
    };
    let loader = kokoro_loader(None, options.clone());
    for _ in 0..2 {
        let mut pipeline = KokoroPipeline::load(voice(), options.clone()).unwrap();
        let mut say = |voice| speak(&mut pipeline, &Synthesis { voice, ..HELLO });
        assert_eq!(say("bf_grandma"), say("bf_emma"));
        assert_eq!(say("bf_grandma,af_heart"), say("bf_emma,af_heart"));
        assert_eq!(pipeline.voices().names().last(), Some("bf_grandma"));
    }
    let speaker = Speaker::start_with_loader(silent(), loader).unwrap().0;
    for _ in 0..2 {
        let reader = Arc::new(Reader::new());
        let delivery = Delivery {
            voice: "bf_grandma:0.5,af_heart:0.5".into(),
            ..Delivery::default()
        };
        let chunks = read_phonemes(&reader, "jˈɛs.").unwrap();
        let outcome = speaker.speak(Utterance { chunks, delivery }).unwrap().wait();
        assert!(matches!(outcome, Outcome::Finished), "{outcome:?}");
        speaker.release().wait().unwrap();
    }
    // It is read at every load, so what is wrong with it then is told then.
    std::fs::remove_file(&path).unwrap();
    let error = speaker.warm_up().wait().unwrap_err();
    assert!(error.to_string().contains("the voice bf_grandma: "), "{error}");
    assert!(error.to_string().contains("grandma.npy"), "{error}");
    speaker.close();
}

fn silent() -> Player {
    let output = Arc::new(NullOutput::new(48_000, 2));
    Player::open(output, &OutputSelection::Default, &PlayerOptions::default()).unwrap()
}

#[test]
fn a_voice_of_the_users_own_takes_nobodys_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("voice.npy");
    pack_of("bf_emma", &path);
    let load = |name: &str| {
        let options = PipelineOptions {
            voice_files: vec![VoiceFile::new(name, &path).unwrap()],
            ..PipelineOptions::default()
        };
        KokoroPipeline::load(voice(), options)
    };
    let error = load("af_heart").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the voice af_heart: there is a voice af_heart already"
    );
    let mut pipeline = load("grandma").unwrap();
    let pack = VoicePack::read(&path, pipeline.artifacts().manifest().style).unwrap();
    assert!(pipeline.add_voice("grandma", pack.clone()).is_err());
    pipeline.add_voice("grandpa", pack).unwrap();
    let one = speak(
        &mut pipeline,
        &Synthesis {
            voice: "grandma",
            ..HELLO
        },
    );
    assert_eq!(
        speak(
            &mut pipeline,
            &Synthesis {
                voice: "grandpa",
                ..HELLO
            }
        ),
        one
    );
}
