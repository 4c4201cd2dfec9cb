//! What a mouth does while words are spoken: the phonemes and visemes of a chunk as marks of its track.
//!
//! Made for utterances that ask for it ([`MarkOptions`]), by the inference thread, of the times of a chunk's words; nothing is
//! made while they are heard. A chunk has at most 510 phonemes, so that it has at most as many marks of phonemes, and of
//! visemes two for each and a silence behind each word.

use super::timing::SpokenWord;
use crate::text::VisemeSet;
use std::ops::Range;

/// What is marked beside sentences and words. Nothing, by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct MarkOptions {
    /// Each phoneme: [`MarkKind::Phoneme`](crate::playback::MarkKind::Phoneme).
    pub phonemes: bool,
    /// Each viseme of this set: [`MarkKind::Viseme`](crate::playback::MarkKind::Viseme).
    pub visemes: Option<VisemeSet>,
}

impl MarkOptions {
    /// Sentences and words alone.
    pub const NONE: Self = Self {
        phonemes: false,
        visemes: None,
    };
}

/// A shape of the mouth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) viseme: u8,
    /// When it is seen.
    pub(super) frames: Range<usize>,
    /// The word; of a silence the place behind the word before it.
    pub(super) source: Range<usize>,
}

/// The shapes for the words of a chunk, which has `frames` frames: in order, no two neighbours the same, with silence wherever
/// no word is. The frames ahead of the first word are the silence of the chunk before, or of the beginning.
pub(super) fn shapes(words: &[SpokenWord], frames: usize, set: VisemeSet) -> Vec<Shape> {
    let mut shapes: Vec<Shape> = Vec::new();
    let starts = words.iter().skip(1).map(|word| word.frames.start);
    for (word, next) in words.iter().zip(starts.chain([frames])) {
        for phoneme in &word.phonemes {
            let visemes = set.of(phoneme.symbol);
            let parts = visemes.len().max(1);
            let length = phoneme.frames.len();
            for (part, viseme) in visemes.iter().enumerate() {
                let at = |part: usize| phoneme.frames.start + length * part / parts;
                add(&mut shapes, *viseme, at(part)..at(part + 1), &word.source);
            }
        }
        let behind = word.source.end..word.source.end;
        add(&mut shapes, VisemeSet::SILENCE, word.frames.end..next, &behind);
    }
    shapes
}

/// Adds a shape, or the time of one that is the same as the last.
fn add(shapes: &mut Vec<Shape>, viseme: u8, frames: Range<usize>, source: &Range<usize>) {
    if frames.is_empty() {
        return;
    }
    match shapes.last_mut() {
        Some(last) if last.viseme == viseme && last.frames.end == frames.start => {
            last.frames.end = frames.end
        }
        _ => shapes.push(Shape {
            viseme,
            frames,
            source: source.clone(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speech::SpokenPhoneme;

    /// A word of phonemes of 100 frames each.
    fn word(at: usize, phonemes: &str, source: Range<usize>) -> SpokenWord {
        let phonemes: Vec<_> = phonemes
            .chars()
            .enumerate()
            .map(|(n, symbol)| SpokenPhoneme {
                symbol,
                frames: at + 100 * n..at + 100 * (n + 1),
            })
            .collect();
        SpokenWord {
            source,
            frames: at..at + 100 * phonemes.len(),
            phonemes,
        }
    }

    fn seen(words: &[SpokenWord], frames: usize, set: VisemeSet) -> Vec<(u8, Range<usize>)> {
        let shapes = shapes(words, frames, set).into_iter();
        shapes.map(|shape| (shape.viseme, shape.frames)).collect()
    }

    #[test]
    fn the_same_shape_is_seen_once_and_silence_between() {
        // "bump map", and then a pause: the m and the p of "bump" are one, and so is the m of "map".
        let words = [word(50, "bʌmp", 0..4), word(450, "mæp", 5..8)];
        assert_eq!(
            seen(&words, 1_000, VisemeSet::Microsoft),
            [
                (21, 50..150),
                (1, 150..250),
                (21, 250..550),
                (1, 550..650),
                (21, 650..750),
                (0, 750..1_000)
            ]
        );
        let apart = [word(50, "bʌ", 0..2), word(450, "b", 3..4)];
        assert_eq!(
            seen(&apart, 550, VisemeSet::Microsoft),
            [(21, 50..150), (1, 150..250), (0, 250..450), (21, 450..550)]
        );
    }

    #[test]
    fn a_diphthong_is_divided_where_it_is_two_shapes() {
        let words = [word(0, "bI", 0..2)];
        assert_eq!(
            seen(&words, 200, VisemeSet::Microsoft),
            [(21, 0..100), (11, 100..200)]
        );
        assert_eq!(
            seen(&words, 200, VisemeSet::Oculus),
            [(1, 0..100), (10, 100..150), (12, 150..200)]
        );
    }

    #[test]
    fn what_takes_no_time_is_not_seen() {
        let mut words = [word(0, "b", 0..1), word(100, "s", 2..3)];
        words[1].frames = 100..100;
        words[1].phonemes[0].frames = 100..100;
        assert_eq!(seen(&words, 150, VisemeSet::Oculus), [(1, 0..100), (0, 100..150)]);
    }
}
