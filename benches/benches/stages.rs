//! A sentence from phonemes to audio: all of it, and each stage of the pipeline, at three lengths, on one thread and on two.
//!
//! A stage cannot be run alone. The pipeline speaks the whole sentence every time, and its own account of where the time went
//! is what counts; the rest is waited for and left out.

use std::cell::{LazyCell, RefCell};
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main};
use utter::text::{Language, Reader};
use utter::voice::{KokoroPipeline, Noise, StageTimes, Synthesis};
use utter_benches::{SENTENCES, THREADS, pipeline, voice};

/// Seconds of a call that are counted.
type Counted = fn(&StageTimes) -> f64;

const PARTS: [(&str, Counted); 8] = [
    ("synthesis", StageTimes::total),
    ("stage albert", |times| times.albert),
    ("stage duration", |times| times.duration),
    ("stage prosody", |times| times.prosody),
    ("stage text", |times| times.text),
    ("stage decoder", |times| times.decoder),
    ("stage source", |times| times.source),
    ("stage vocoder", |times| times.vocoder),
];

/// What a text is spoken as.
fn phonemes(reader: &Reader, text: &str) -> String {
    match reader.read(text, Language::AmericanEnglish) {
        Ok(chunks) => chunks.map(|chunk| chunk.symbols()).collect(),
        Err(error) => panic!("{error}: {}", error.hint()),
    }
}

/// Speaks a sentence; tells where the time went.
fn speak(pipeline: &mut KokoroPipeline, phonemes: &str) -> StageTimes {
    let request = Synthesis {
        phonemes,
        voice: "af_heart",
        speed: 1.0,
        noise: Noise::default(),
    };
    match pipeline.synthesize(&request, &|| false) {
        Ok(speech) => speech.times,
        Err(error) => panic!("{error}: {}", error.hint()),
    }
}

fn stages(criterion: &mut Criterion) {
    let Some(voice) = voice("stages") else { return };
    // It loads its dictionary, and each pipeline is loaded, for the first bench that is chosen.
    let reader = Reader::new();
    let pipelines = THREADS.map(|(name, threads)| {
        let voice = &voice;
        let pipeline = LazyCell::new(move || RefCell::new(pipeline(voice, threads)));
        (name, pipeline)
    });
    for (part, counted) in PARTS {
        let mut group = criterion.benchmark_group(part);
        group.sampling_mode(SamplingMode::Flat).sample_size(10);
        for (threads, pipeline) in &pipelines {
            for sentence in SENTENCES {
                group
                    .warm_up_time(Duration::from_millis(100 * sentence.seconds))
                    .measurement_time(Duration::from_secs(2 * sentence.seconds));
                group.bench_function(BenchmarkId::new(*threads, sentence.name), |bencher| {
                    let phonemes = phonemes(&reader, sentence.text);
                    let mut pipeline = pipeline.borrow_mut();
                    let mut once = |_| Duration::from_secs_f64(counted(&speak(&mut pipeline, &phonemes)));
                    bencher.iter_custom(|calls| (0..calls).map(&mut once).sum());
                });
            }
        }
        group.finish();
    }
}

criterion_group!(benches, stages);
criterion_main!(benches);
