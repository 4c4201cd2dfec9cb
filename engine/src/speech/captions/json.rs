//! Sentences and words as JSON, for programs: places in both countings, times in seconds, phonemes.

use super::super::SAMPLE_RATE;
use super::super::render::Rendered;
use super::super::timing::SpokenWord;
use super::super::transcript::Transcript;
use super::time::milliseconds;
use serde::Serialize;
use std::ops::Range;

#[derive(Serialize)]
struct File<'t> {
    /// Of the audio, in seconds.
    duration: f64,
    sentences: Vec<Sentence<'t>>,
}

#[derive(Serialize)]
struct Part<'t> {
    text: &'t str,
    /// The first place and the one behind the last.
    utf8: [usize; 2],
    utf16: [usize; 2],
    /// In seconds.
    start: f64,
    end: f64,
}

#[derive(Serialize)]
struct Sentence<'t> {
    #[serde(flatten)]
    part: Part<'t>,
    words: Vec<Word<'t>>,
}

#[derive(Serialize)]
struct Word<'t> {
    #[serde(flatten)]
    part: Part<'t>,
    phonemes: Vec<Phoneme>,
}

#[derive(Serialize)]
struct Phoneme {
    symbol: char,
    start: f64,
    end: f64,
}

pub(super) fn write(text: &str, rendered: &Rendered) -> String {
    let transcript = Transcript::of(text);
    let part = |source: &Range<usize>, frames: &Range<usize>| {
        let range = transcript.range(source);
        Part {
            text: text.get(range.utf8.clone()).unwrap_or_default(),
            utf8: [range.utf8.start, range.utf8.end],
            utf16: [range.utf16.start, range.utf16.end],
            start: seconds(frames.start),
            end: seconds(frames.end),
        }
    };
    let word = |word: &SpokenWord| Word {
        part: part(&word.source, &word.frames),
        phonemes: word
            .phonemes
            .iter()
            .map(|phoneme| Phoneme {
                symbol: phoneme.symbol,
                start: seconds(phoneme.frames.start),
                end: seconds(phoneme.frames.end),
            })
            .collect(),
    };
    let mut rest = &rendered.words[..];
    let mut sentences = Vec::new();
    for source in &rendered.sentences {
        let (its, after) = rest.split_at(rest.partition_point(|word| word.source.start < source.end));
        rest = after;
        if let (Some(first), Some(last)) = (its.first(), its.last()) {
            sentences.push(Sentence {
                part: part(source, &(first.frames.start..last.frames.end)),
                words: its.iter().map(word).collect(),
            });
        }
    }
    let file = File {
        duration: rendered.frames as f64 / f64::from(SAMPLE_RATE),
        sentences,
    };
    // There is nothing in it that cannot be written.
    let mut json = serde_json::to_string_pretty(&file).unwrap_or_default();
    json.push('\n');
    json
}

fn seconds(frame: usize) -> f64 {
    milliseconds(frame) as f64 / 1_000.0
}
