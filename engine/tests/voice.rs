//! The pipeline as its owner sees it, with the real voice: finding it, speaking with it, and what a failed or cancelled call
//! leaves behind. Needs a built voice (`UTTER_ARTIFACTS`, or the default place).
//!
//! Kernels divide their work so that no sum depends on the number of threads, and every stage writes what it reads. Equality
//! below is therefore equality of every bit.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::cell::Cell;
use std::path::Path;

use utter::voice::artifacts::{self, ArtifactsDir, ArtifactsError};
use utter::voice::{Device, KokoroPipeline, Noise, PipelineOptions, SAMPLE_RATE, Synthesis, VoiceError};

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
