//! What the plan makes of real text on machines of different speeds, in a time that is counted by hand.

use crate::speech::Pauses;
use crate::speech::plan::Plan;
use crate::text::{Boundary, Language, Reader};
use std::time::Duration;

/// Phonemes of a second of speech.
const A_SECOND: f64 = 17.0;

/// Fifty answers of an assistant, one after the other.
const ANSWERS: &str = include_str!("../../../../fixtures/corpora/answers.txt");

struct Said {
    /// Phonemes, and what follows them.
    chunks: Vec<(usize, Boundary)>,
    /// How long the listener waits for the first, in seconds.
    first: f64,
    /// How long he hears nothing between two, in seconds.
    gaps: f64,
}

/// Has a text said by a machine that takes `rtf` seconds for one of speech.
fn said(reader: &Reader, text: &str, rtf: f64) -> Said {
    let mut chunks = reader.read(text, Language::AmericanEnglish).unwrap();
    let mut plan = Plan::default();
    // As if it had spoken before.
    plan.learn(100, Duration::from_secs_f64(100.0 * rtf / A_SECOND));
    for _ in 0..30 {
        plan.learn(100, Duration::from_secs_f64(100.0 * rtf / A_SECOND));
    }
    let mut said = Said {
        chunks: Vec::new(),
        first: 0.0,
        gaps: 0.0,
    };
    let mut ahead = 0.0;
    while let Some(chunk) = chunks.next_as(plan.wish(Some(Duration::from_secs_f64(ahead)))) {
        let phonemes = chunk.phonemes.len();
        let takes = phonemes as f64 * rtf / A_SECOND;
        if said.chunks.is_empty() {
            said.first = takes;
        } else {
            said.gaps += (takes - ahead).max(0.0);
        }
        let pause = Pauses::default().after(chunk.boundary).as_secs_f64();
        // The player has no room for more than half a minute.
        ahead = ((ahead - takes).max(0.0) + phonemes as f64 / A_SECOND + pause).min(30.0);
        plan.learn(phonemes, Duration::from_secs_f64(takes));
        said.chunks.push((phonemes, chunk.boundary));
    }
    said
}

#[test]
fn nobody_waits_between_chunks_up_to_half_of_real_time() {
    let reader = Reader::new();
    for rtf in [0.05, 0.1, 0.2, 0.35, 0.5] {
        let all = said(&reader, &ANSWERS.replace('\n', " "), rtf);
        assert!(all.gaps == 0.0, "{} s of silence at {rtf}", all.gaps);
        for line in ANSWERS.lines() {
            let one = said(&reader, line, rtf);
            assert!(one.gaps == 0.0, "{} s of silence at {rtf}: {line}", one.gaps);
        }
    }
}

#[test]
fn the_first_chunk_is_there_soon_and_only_what_must_be_is_cut() {
    let reader = Reader::new();
    let mut cut = 0;
    for line in ANSWERS.lines() {
        let one = said(&reader, line, 0.06);
        assert!(one.first <= 0.2, "{} s: {line}", one.first);
        let inside = one
            .chunks
            .iter()
            .filter(|(_, boundary)| *boundary < Boundary::Sentence);
        let inside = inside.count();
        assert!(inside <= 1, "{:?}: {line}", one.chunks);
        cut += inside;
        assert!(
            one.chunks.iter().all(|(phonemes, _)| *phonemes >= 2),
            "{:?}",
            one.chunks
        );
    }
    // Short ones are not cut at all.
    assert!((20..=45).contains(&cut), "{cut} of 50");
    let all = said(&reader, &ANSWERS.replace('\n', " "), 0.06);
    let inside = all
        .chunks
        .iter()
        .filter(|(_, boundary)| *boundary < Boundary::Sentence);
    assert!(inside.count() <= 1, "{:?}", all.chunks);
}
