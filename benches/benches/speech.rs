//! The way of a sentence, step by step: text to phonemes, phonemes to audio, audio to the device's rate.
//!
//! The second needs a built voice (`make voice`).

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use utter::text::{Language, Reader};
use utter::voice::artifacts::default_base;
use utter::voice::{Device, KokoroPipeline, Noise, SAMPLE_RATE, Synthesis};
use utter_dsp::Resampler;

const TEXT: &str = "The quick brown fox jumps over the lazy dog, and then it runs away from the hunters.";
const PHONEMES: &str =
    "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˌOvəɹ ðə lˈAzi dˈɔɡ, ænd ðˈɛn ɪt ɹˈʌnz əwˈA fɹʌm ðə hˈʌntəɹz.";

fn text(criterion: &mut Criterion) {
    let reader = Reader::new();
    // The dictionary is not part of the measurement.
    if let Err(error) = reader.load(Language::AmericanEnglish) {
        panic!("{error}");
    }
    let mut group = criterion.benchmark_group("text");
    group.throughput(Throughput::Bytes(TEXT.len() as u64));
    group.bench_function("sentence to phonemes", |bencher| {
        bencher.iter(|| {
            reader
                .read(black_box(TEXT), Language::AmericanEnglish)
                .map(Iterator::count)
        });
    });
    group.finish();
}

fn voice(criterion: &mut Criterion) {
    let base = default_base().unwrap_or_else(|error| panic!("{error}\n{}", error.hint()));
    let mut pipeline = KokoroPipeline::load_from_artifacts_dir(&base, Device::Cpu)
        .unwrap_or_else(|error| panic!("{error}\n{}", error.hint()));
    let mut group = criterion.benchmark_group("voice");
    group.measurement_time(Duration::from_secs(15)).sample_size(15);
    for (name, phonemes) in [("one word", "jˈɛs."), ("5.3 s of speech", PHONEMES)] {
        let request = Synthesis {
            phonemes,
            voice: "af_heart",
            speed: 1.0,
            noise: Noise::default(),
        };
        group.bench_function(name, |bencher| {
            bencher.iter(|| match pipeline.synthesize(black_box(&request), &|| false) {
                Ok(speech) => speech.samples.len(),
                Err(error) => panic!("{error}\n{}", error.hint()),
            });
        });
    }
    group.finish();
}

fn resampling(criterion: &mut Criterion) {
    let second: Vec<f32> = (0..SAMPLE_RATE).map(|n| (n as f32 * 0.05).sin()).collect();
    let mut group = criterion.benchmark_group("one second resampled");
    for rate in [44_100, 48_000] {
        let mut resampler = match Resampler::new(SAMPLE_RATE, rate) {
            Ok(resampler) => resampler,
            Err(error) => panic!("{error}"),
        };
        let mut out = vec![0.0; 8_192];
        group.bench_function(format!("to {rate} Hz"), |bencher| {
            bencher.iter(|| {
                let mut rest = black_box(&second[..]);
                while !rest.is_empty() {
                    rest = &rest[resampler.process(rest, &mut out).consumed..];
                }
                while resampler.finish(&mut out) > 0 {}
                resampler.reset();
            });
        });
    }
    group.finish();
}

criterion_group!(benches, text, voice, resampling);
criterion_main!(benches);
