//! The text front end: a sentence to phonemes, and the dictionaries that this takes.
//!
//! What is measured is what a speaker asks for: the sentence found and normalised, its words pronounced, and the chunk made.

use std::cell::LazyCell;
use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use utter::text::{Language, Reader};
use utter_benches::SENTENCES;

const ENGLISH: [(&str, Language); 2] = [
    ("US", Language::AmericanEnglish),
    ("GB", Language::BritishEnglish),
];

/// Loads the dictionary of `language`.
fn load(reader: &Reader, language: Language) {
    reader
        .load(language)
        .unwrap_or_else(|error| panic!("{error}: {}", error.hint()));
}

fn phonemes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("phonemes");
    for (name, language) in ENGLISH {
        // For those that are chosen only.
        let reader = LazyCell::new(|| {
            let reader = Reader::new();
            load(&reader, language);
            reader
        });
        for sentence in SENTENCES {
            group.throughput(Throughput::Bytes(sentence.text.len() as u64));
            group.bench_function(BenchmarkId::new(name, sentence.name), |bencher| {
                let reader = &*reader;
                bencher.iter(|| {
                    reader
                        .read(black_box(sentence.text), language)
                        .map(Iterator::count)
                });
            });
        }
    }
    group.finish();
}

fn dictionary(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("dictionary");
    group.sample_size(10);
    for (name, language) in ENGLISH {
        group.bench_function(name, |bencher| {
            // One at a time, as a program does.
            bencher.iter_batched(
                Reader::new,
                |reader| {
                    load(&reader, language);
                    reader
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, phonemes, dictionary);
criterion_main!(benches);
