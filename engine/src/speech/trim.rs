//! Which part of a chunk can be heard.
//!
//! A voice surrounds every chunk with silence: a good 200 ms before and 400 ms behind it. `for_each_chunk`
//! asks here where sound begins and ends; `spacing` cuts, `timing` looks for the silences between words.
//! Nothing here changes a sample.

use std::ops::Range;

/// What becomes of the silence that a voice puts around a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Trim {
    /// It is cut off, and the pauses are those of [`Pauses`](super::Pauses).
    #[default]
    Silence,
    /// Every frame is kept as the voice made it. Chunks follow each other directly; their own silence is the
    /// pause.
    Keep,
}

/// Frames over which a level is taken: 5 ms, half a period of the lowest voice.
const WINDOW: usize = 120;

/// What is softer than the loudest moment by this much is not heard as part of it: 50 dB. The softest sounds
/// that belong to speech, the onset of an /h/ or /f/ and the release of a /p/, are 25 to 45 dB below vowels.
const SOUND: f64 = 1e-5;

/// However loud the chunk, nothing above this level is silence: −62 dBFS.
const AUDIBLE: f64 = 6.3e-7;

/// A chunk that never gets louder than this is silent altogether: −80 dBFS.
const SILENT: f64 = 1e-8;

/// Between words a decay or a breath may be this much louder than what counts as silence around a chunk: 40 dB
/// below the loudest moment.
const PAUSE: f64 = 1e-4;

/// The level of a chunk's audio over time.
pub(super) struct Levels {
    /// The mean power of each window; the last may be a shorter one.
    powers: Vec<f64>,
    loudest: f64,
    frames: usize,
}

impl Levels {
    pub(super) fn of(frames: &[f32]) -> Self {
        let power = |window: &[f32]| {
            let sum: f64 = window.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
            sum / window.len() as f64
        };
        let powers: Vec<f64> = frames.chunks(WINDOW).map(power).collect();
        Self {
            loudest: powers.iter().copied().fold(0.0, f64::max),
            powers,
            frames: frames.len(),
        }
    }

    /// From the first to the last window that can be heard, in frames; `None` if there is none.
    pub(super) fn sounding(&self) -> Option<Range<usize>> {
        if self.loudest < SILENT {
            return None;
        }
        let threshold = (self.loudest * SOUND).min(AUDIBLE);
        let is_heard = |&power: &f64| power >= threshold;
        let first = self.powers.iter().position(is_heard)?;
        let last = self.powers.iter().rposition(is_heard)?;
        Some(first * WINDOW..self.frames.min((last + 1) * WINDOW))
    }

    /// The longest silence among these frames, if it has `shortest` frames or more.
    pub(super) fn silence_within(&self, frames: Range<usize>, shortest: usize) -> Option<Range<usize>> {
        let windows = frames.start.div_ceil(WINDOW)..(frames.end / WINDOW).min(self.powers.len());
        let first = windows.start;
        let threshold = self.loudest * PAUSE;
        let silences = self
            .powers
            .get(windows)?
            .split(|&power| power >= threshold)
            // The windows that split take a place each.
            .scan(first, |at, silence| {
                let start = *at;
                *at += silence.len() + 1;
                Some(start..start + silence.len())
            });
        let longest = silences.max_by_key(Range::len)?;
        (longest.len() * WINDOW >= shortest).then(|| longest.start * WINDOW..longest.end * WINDOW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A tone of 1 kHz at `db` below full scale.
    fn tone(frames: usize, db: f64) -> impl Iterator<Item = f32> {
        let amplitude = 10_f64.powf(-db / 20.0) * std::f64::consts::SQRT_2;
        (0..frames).map(move |n| (amplitude * (n as f64 * std::f64::consts::TAU / 24.0).sin()) as f32)
    }

    fn sound(parts: &[(usize, f64)]) -> Vec<f32> {
        parts.iter().flat_map(|&(frames, db)| tone(frames, db)).collect()
    }

    #[test]
    fn weak_onsets_and_decays_belong_to_the_sound_and_what_lies_beyond_does_not() {
        let chunk = sound(&[
            (2_400, 100.0),
            (600, 55.0),
            (4_800, 20.0),
            (1_200, 60.0),
            (2_400, 75.0),
        ]);
        assert_eq!(Levels::of(&chunk).sounding(), Some(2_400..9_000));
    }

    #[test]
    fn nothing_louder_than_62_db_below_full_scale_is_silence() {
        // In a loud chunk, 50 dB below the loudest moment would be −56 dBFS.
        let chunk = sound(&[(1_200, 61.0), (2_400, 6.0), (1_200, 63.0)]);
        assert_eq!(Levels::of(&chunk).sounding(), Some(0..3_600));
    }

    #[test]
    fn a_silent_chunk_has_no_sound() {
        assert_eq!(Levels::of(&[]).sounding(), None);
        assert_eq!(Levels::of(&[0.0; 1_000]).sounding(), None);
        assert_eq!(Levels::of(&sound(&[(1_000, 81.0)])).sounding(), None);
        // A whisper is a sound.
        assert_eq!(Levels::of(&sound(&[(1_000, 70.0)])).sounding(), Some(0..1_000));
        assert_eq!(Levels::of(&[0.5]).sounding(), Some(0..1));
    }

    #[test]
    fn the_longest_silence_between_words_is_found_and_a_closure_is_none() {
        let chunk = sound(&[
            (2_400, 20.0),
            (1_200, 90.0),
            (2_400, 20.0),
            (3_600, 65.0),
            (2_400, 20.0),
        ]);
        let levels = Levels::of(&chunk);
        let silence_within = |frames| levels.silence_within(frames, 1_440);
        assert_eq!(silence_within(0..chunk.len()), Some(6_000..9_600));
        assert_eq!(silence_within(0..7_440), Some(6_000..7_440));
        assert_eq!(silence_within(0..7_439), None, "below 60 ms");
        assert_eq!(silence_within(7_000..usize::MAX), Some(7_080..9_600));
        // The voice may tell times that are out of order.
        let reversed = Range {
            start: 10_000,
            end: 9_000,
        };
        assert_eq!(silence_within(reversed), None);
        assert_eq!(silence_within(50_000..60_000), None);
    }

    proptest! {
        #[test]
        fn what_is_no_sound_is_soft(
            parts in prop::collection::vec((1_usize..2_000, 0.0..110.0_f64), 0..8),
        ) {
            let chunk = sound(&parts);
            let kept = Levels::of(&chunk).sounding().unwrap_or(0..0);
            prop_assert!(kept.end <= chunk.len());
            for (n, sample) in chunk.iter().enumerate() {
                // Up to −62 dBFS over 5 ms: a single sample among silent ones has √120 of that.
                prop_assert!(kept.contains(&n) || sample.abs() <= 8e-4 * 11.0, "{sample} at {n}");
            }
        }

        #[test]
        fn silences_lie_where_they_are_looked_for(
            parts in prop::collection::vec((1_usize..2_000, 0.0..110.0_f64), 0..8),
            start in 0_usize..10_000,
            length in 0_usize..10_000,
        ) {
            if let Some(silence) = Levels::of(&sound(&parts)).silence_within(start..start + length, 1_440) {
                prop_assert!(start <= silence.start && silence.end <= start + length);
                prop_assert!(silence.len() >= 1_440);
            }
        }
    }
}
