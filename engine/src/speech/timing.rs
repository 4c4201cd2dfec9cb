//! When each word of a chunk sounds.
//!
//! A voice tells in a [`Timing`] when it meant each phoneme to begin; `for_each_chunk` makes [`Marks`] of it,
//! for the track that is played and for [`render`](super::render()). Between words that run into each other
//! the voice is believed. At a mark of punctuation it is not, nor where it pauses without one, since a voice counts
//! the silence there as part of the phonemes around it; words begin and end there where the sound does.

use super::trim::Levels;
use super::utterance::Chunk;
use crate::text::{Bookmark, VisemeSet, Word};
use std::ops::Range;

/// Frames in 1 ms.
const MS: usize = super::SAMPLE_RATE as usize / 1_000;

/// The shortest silence at a mark that is a pause: 60 ms. The closure of a stop inside a word is shorter.
const PAUSE_AT_MARK: usize = 60 * MS;

/// The same between words without a mark: 100 ms. A weak fricative behind the closure of a stop is shorter.
const PAUSE: usize = 100 * MS;

/// The same ahead of a word that begins with a stop: 150 ms. Its own closure is shorter, also behind another stop ("box
/// beside": 120 ms).
const PAUSE_BEFORE_STOP: usize = 150 * MS;

/// Sounds that begin with a silence of their own.
const STOPS: [char; 8] = ['p', 't', 'k', 'b', 'd', 'ɡ', 'ʧ', 'ʤ'];

/// When the phonemes of a chunk sound, as the voice that made the sound tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timing {
    /// The first frame of each phoneme in the chunk's own audio, in order; empty if the voice cannot tell.
    pub starts: Vec<usize>,
    /// Where the last phoneme ends.
    pub end: usize,
}

impl Timing {
    /// The timing of a voice that cannot tell.
    pub fn unknown() -> Self {
        Self::default()
    }

    /// Where a phoneme begins, or the last one ends.
    fn start(&self, phoneme: usize) -> usize {
        self.starts.get(phoneme).copied().unwrap_or(self.end)
    }
}

/// A word, and when it sounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpokenWord {
    /// Where it stands: UTF-8 bytes of the utterance's text.
    pub source: Range<usize>,
    /// Its frames, at [`SAMPLE_RATE`](super::SAMPLE_RATE). Words are in order and do not overlap; one that the
    /// voice swallows has none.
    pub frames: Range<usize>,
    /// What of it sounds when, in order and without gaps. Stress and length have no time of their own.
    pub phonemes: Vec<SpokenPhoneme>,
}

/// A phoneme, and when it sounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpokenPhoneme {
    /// One of [`SYMBOLS`](crate::text::SYMBOLS) that is [a sound](VisemeSet::of).
    pub symbol: char,
    /// Its frames, as those of its word.
    pub frames: Range<usize>,
}

/// What sounds when within the frames of a chunk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// From the first to the last frame that can be heard; empty if none can.
    pub(super) sound: Range<usize>,
    /// The chunk's words, all within `sound`; none if the voice does not tell when they are, or is silent.
    pub(super) words: Vec<SpokenWord>,
    /// The frames of the chunk's bookmarks, in order.
    pub(super) bookmarks: Vec<usize>,
}

impl Marks {
    /// The same marks when only `kept` of the frames are left, the first of them at `at`.
    pub(super) fn moved(mut self, kept: &Range<usize>, at: usize) -> Self {
        let move_range = |range: &mut Range<usize>| {
            for frame in [&mut range.start, &mut range.end] {
                *frame = (*frame).clamp(kept.start, kept.end) - kept.start + at;
            }
        };
        move_range(&mut self.sound);
        for frame in &mut self.bookmarks {
            *frame = (*frame).clamp(kept.start, kept.end) - kept.start + at;
        }
        for word in &mut self.words {
            move_range(&mut word.frames);
            let phonemes = word.phonemes.iter_mut();
            phonemes.for_each(|phoneme| move_range(&mut phoneme.frames));
        }
        self
    }
}

/// The words of a chunk in its own audio, of which `sound` can be heard. None if `timing` is not of this chunk.
pub(super) fn spoken_words(
    chunk: &Chunk,
    timing: &Timing,
    levels: &Levels,
    sound: &Range<usize>,
) -> Vec<SpokenWord> {
    let symbols: Vec<char> = chunk.phonemes.chars().collect();
    if timing.starts.len() != symbols.len() {
        return Vec::new();
    }
    let mut words = Vec::with_capacity(chunk.words.len());
    let mut start = sound.start;
    for (i, word) in chunk.words.iter().enumerate() {
        let (end, next_start) = match chunk.words.get(i + 1) {
            None => (sound.end, sound.end),
            Some(next) => border(word, next, &symbols, timing, levels),
        };
        // What a voice tells is put in order here, so that nobody else need doubt it.
        let end = end.clamp(start, sound.end);
        words.push(SpokenWord {
            source: word.source.clone(),
            phonemes: spoken_phonemes(word, &symbols, timing, &(start..end)),
            frames: start..end,
        });
        start = next_start.clamp(end, sound.end);
    }
    words
}

/// When the bookmarks of a chunk are reached: with the word behind each, or with the end of its sound.
pub(super) fn bookmark_frames(chunk: &Chunk, words: &[SpokenWord], sound: &Range<usize>) -> Vec<usize> {
    let frame = |bookmark: &Bookmark| {
        let behind = chunk
            .words
            .iter()
            .position(|word| word.phonemes.end > bookmark.phoneme);
        match behind {
            Some(0) => sound.start,
            Some(word) => words.get(word).map_or(sound.start, |word| word.frames.start),
            None => sound.end,
        }
    };
    chunk.bookmarks.iter().map(frame).collect()
}

/// The phonemes of a word that has these frames. What only marks one belongs to it: stress stands ahead of it, the rest behind.
fn spoken_phonemes(
    word: &Word,
    symbols: &[char],
    timing: &Timing,
    frames: &Range<usize>,
) -> Vec<SpokenPhoneme> {
    let mut phonemes: Vec<SpokenPhoneme> = Vec::new();
    let mut stress = None;
    for place in word.phonemes.clone() {
        let Some(&symbol) = symbols.get(place) else { break };
        let start = timing.start(place).clamp(frames.start, frames.end);
        if is_sound(symbol) {
            let start = stress.take().unwrap_or(start);
            let before = phonemes.last_mut().map(|last| &mut last.frames);
            let start = match before {
                Some(before) => {
                    before.end = start.max(before.start);
                    before.end
                }
                // Whatever the voice says, a word begins with its first phoneme and ends with its last.
                None => frames.start,
            };
            phonemes.push(SpokenPhoneme {
                symbol,
                frames: start..frames.end,
            });
        } else if matches!(symbol, 'ˈ' | 'ˌ') {
            stress = Some(start);
        }
    }
    phonemes
}

/// Whether a symbol is something that a mouth does.
fn is_sound(symbol: char) -> bool {
    !VisemeSet::Microsoft.of(symbol).is_empty()
}

/// Where a word ends, and where the next begins.
fn border(word: &Word, next: &Word, symbols: &[char], timing: &Timing, levels: &Levels) -> (usize, usize) {
    let between = symbols
        .get(word.phonemes.end..next.phonemes.start)
        .unwrap_or_default();
    let spoken = symbols.get(next.phonemes.clone()).unwrap_or_default();
    let stress = spoken
        .iter()
        .take_while(|symbol| matches!(symbol, 'ˈ' | 'ˌ'))
        .count();
    let shortest = match spoken.get(stress) {
        _ if between.iter().any(|&symbol| symbol != ' ') => PAUSE_AT_MARK,
        Some(first) if STOPS.contains(first) => PAUSE_BEFORE_STOP,
        _ => PAUSE,
    };
    // A silence begins within the last sound ahead of it, and is over within the first one behind it.
    let last = timing.start(word.phonemes.end.saturating_sub(1));
    let behind = timing.start(next.phonemes.start + stress + 1);
    if let Some(silence) = levels.silence_within(last..behind, shortest) {
        return (silence.start, silence.end);
    }
    (timing.start(word.phonemes.end), timing.start(next.phonemes.start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Boundary;
    use proptest::prelude::*;

    /// A chunk of words of which each comes with what stands between it and the next.
    fn chunk(words: &[(&str, &str)]) -> Chunk {
        let (mut phonemes, mut spans) = (String::new(), Vec::new());
        for (word, between) in words {
            let (source, start) = (phonemes.len(), phonemes.chars().count());
            phonemes.push_str(word);
            spans.push(Word {
                source: source..phonemes.len(),
                phonemes: start..phonemes.chars().count(),
            });
            phonemes.push_str(between);
        }
        Chunk {
            source: 0..phonemes.len(),
            phonemes,
            words: spans,
            boundary: Boundary::Sentence,
            ..Chunk::default()
        }
    }

    /// Phonemes of 1000 frames each, from frame 2000 on.
    fn timing(chunk: &Chunk) -> Timing {
        let count = chunk.phonemes.chars().count();
        Timing {
            starts: (0..count).map(|n| 2_000 + 1_000 * n).collect(),
            end: 2_000 + 1_000 * count,
        }
    }

    /// Ones, but for these silences.
    fn audio(frames: usize, silences: &[Range<usize>]) -> Vec<f32> {
        let is_silent = |n: &usize| silences.iter().any(|silence| silence.contains(n));
        (0..frames)
            .map(|n| if is_silent(&n) { 0.0 } else { 1.0 })
            .collect()
    }

    fn frames(chunk: &Chunk, timing: &Timing, audio: &[f32]) -> Vec<Range<usize>> {
        let levels = Levels::of(audio);
        let sound = levels.sounding().unwrap();
        let words = spoken_words(chunk, timing, &levels, &sound);
        words.into_iter().map(|word| word.frames).collect()
    }

    #[test]
    fn words_that_run_into_each_other_are_where_the_voice_says() {
        let chunk = chunk(&[("abˈc", " "), ("dɛ", " "), ("f", "")]);
        let audio = audio(14_400, &[0..1_200, 12_000..14_400]);
        // The first begins and the last ends with the sound. A space has its own time here.
        assert_eq!(
            frames(&chunk, &timing(&chunk), &audio),
            [1_200..6_000, 7_000..9_000, 10_000..12_000]
        );
    }

    #[test]
    fn at_a_mark_words_end_and_begin_with_the_sound() {
        let chunk = chunk(&[("abc", ", "), ("def", ".")]);
        // The silence begins within the last phoneme before the mark, and ends within the space behind it.
        let audio = audio(14_400, &[0..1_200, 4_320..6_480, 10_800..14_400]);
        assert_eq!(
            frames(&chunk, &timing(&chunk), &audio),
            [1_200..4_320, 6_480..10_800]
        );
    }

    #[test]
    fn a_mark_without_a_silence_changes_nothing() {
        let chunk = chunk(&[("abc", ", "), ("def", ".")]);
        let audio = audio(14_400, &[0..1_200, 4_320..5_040, 10_800..14_400]);
        assert_eq!(
            frames(&chunk, &timing(&chunk), &audio),
            [1_200..5_000, 7_000..10_800]
        );
    }

    #[test]
    fn a_pause_without_a_mark_is_one_if_it_is_longer_than_the_closure_of_a_stop() {
        let pause = |next: &str, ms: usize| {
            let chunk = chunk(&[("abc", " "), (next, ".")]);
            let audio = audio(14_400, &[0..1_200, 4_320..4_320 + ms * MS, 10_800..14_400]);
            frames(&chunk, &timing(&chunk), &audio)
        };
        assert_eq!(pause("ˈæd", 100), [1_200..4_320, 6_720..10_800]);
        assert_eq!(pause("ˈæd", 95), [1_200..5_000, 6_000..10_800]);
        // A stop may be closed for so long.
        assert_eq!(pause("ba", 105), [1_200..5_000, 6_000..10_800]);
    }

    #[test]
    fn stress_belongs_to_the_phoneme_behind_it_and_length_to_the_one_before() {
        let chunk = chunk(&[("kˈɑːt", " "), ("ˈA", "")]);
        let audio = audio(14_400, &[0..1_200, 12_000..14_400]);
        let levels = Levels::of(&audio);
        let words = spoken_words(&chunk, &timing(&chunk), &levels, &(1_200..12_000));
        let phonemes: Vec<_> = words.into_iter().flat_map(|word| word.phonemes).collect();
        let expected = [
            ('k', 1_200..3_000),
            ('ɑ', 3_000..6_000),
            ('t', 6_000..7_000),
            ('A', 8_000..12_000),
        ];
        let expected = expected.map(|(symbol, frames)| SpokenPhoneme { symbol, frames });
        assert_eq!(phonemes, expected);
    }

    #[test]
    fn a_voice_that_cannot_tell_has_no_words() {
        let chunk = chunk(&[("abc", "")]);
        let levels = Levels::of(&[1.0; 2_400]);
        assert_eq!(spoken_words(&chunk, &Timing::unknown(), &levels, &(0..2_400)), []);
    }

    #[test]
    fn a_bookmark_is_reached_with_the_word_behind_it() {
        let mut chunk = chunk(&[("abc", " "), ("de", ".")]);
        let bookmark = |phoneme| Bookmark {
            phoneme,
            source: 0,
            name: "here".into(),
        };
        chunk.bookmarks = [0, 3, 4, 7].map(bookmark).to_vec();
        let spoken = |frames| SpokenWord {
            source: 0..1,
            frames,
            phonemes: vec![],
        };
        let words = [spoken(2_000..5_000), spoken(6_000..8_000)];
        let frames = bookmark_frames(&chunk, &words, &(1_000..9_000));
        assert_eq!(frames, [1_000, 6_000, 6_000, 9_000]);
    }

    #[test]
    fn marks_move_with_the_frames_that_are_kept() {
        let marks = Marks {
            sound: 1_000..5_000,
            words: vec![SpokenWord {
                source: 0..3,
                frames: 1_000..3_000,
                phonemes: vec![SpokenPhoneme {
                    symbol: 'a',
                    frames: 1_500..3_000,
                }],
            }],
            bookmarks: vec![3_000],
        };
        let moved = marks.moved(&(900..5_100), 240);
        assert_eq!(
            (moved.sound.clone(), moved.bookmarks.as_slice()),
            (340..4_340, [2_340].as_slice())
        );
        assert_eq!(moved.words[0].frames, 340..2_340);
        assert_eq!(moved.words[0].phonemes[0].frames, 840..2_340);
    }

    proptest! {
        #[test]
        fn whatever_a_voice_tells_words_are_in_order_within_the_sound(
            words in prop::collection::vec(
                ("[abˈɛ]{1,4}", prop_oneof![Just(" "), Just(", "), Just("—"), Just("")]),
                0..8,
            ),
            starts in prop::collection::vec(0_usize..30_000, 60),
            is_in_order: bool,
            silences in prop::collection::vec((0_usize..24_000, 0_usize..3_000), 0..6),
        ) {
            let words: Vec<_> = words.iter().map(|(word, between)| (word.as_str(), *between)).collect();
            let chunk = chunk(&words);
            let mut starts = starts[..chunk.phonemes.chars().count().min(60)].to_vec();
            if is_in_order {
                starts.sort_unstable();
            }
            let timing = Timing { starts, end: 20_000 };
            let silences: Vec<_> = silences.iter().map(|&(at, length)| at..at + length).collect();
            let levels = Levels::of(&audio(24_000, &silences));
            let Some(sound) = levels.sounding() else { return Ok(()) };
            let spoken = spoken_words(&chunk, &timing, &levels, &sound);
            prop_assert_eq!(spoken.len(), chunk.words.len());
            let mut at = sound.start;
            for (spoken, word) in spoken.iter().zip(&chunk.words) {
                prop_assert_eq!(&spoken.source, &word.source);
                prop_assert!(at <= spoken.frames.start && spoken.frames.start <= spoken.frames.end);
                at = spoken.frames.end;
                let mut within = spoken.frames.start;
                for phoneme in &spoken.phonemes {
                    prop_assert_eq!(phoneme.frames.start, within);
                    prop_assert!(within <= phoneme.frames.end);
                    within = phoneme.frames.end;
                }
                prop_assert!(spoken.phonemes.is_empty() || within == at);
            }
            if let (Some(first), Some(last)) = (spoken.first(), spoken.last()) {
                prop_assert_eq!(first.frames.start, sound.start);
                prop_assert_eq!(last.frames.end, sound.end);
            }
        }
    }
}
