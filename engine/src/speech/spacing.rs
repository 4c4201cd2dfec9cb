//! Chunks one behind the other, with the pauses that are asked for.
//!
//! `for_each_chunk` has one [`Spacing`] for an utterance and gives it the audio of each chunk. What the voice
//! has put around the sound is cut off but for margins, which count as part of the pauses; the rest of a pause
//! are zeros ahead of the next chunk. So a pause need not be known before the chunk that it follows has gone
//! to the device, and nothing waits for the chunk after it.

use std::ops::Range;
use utter_dsp::Ramp;

/// What is kept ahead of the first sound, 30 ms: the onset of a fricative rises out of silence.
const LEAD: usize = 720;

/// What is kept behind the last sound, 60 ms: decays are slower than onsets.
const TAIL: usize = 1_440;

/// How long the edges that were cut are faded, 5 ms. They are some 60 dB below full scale as it is.
const FADE: usize = 120;

/// The least that is faded where the margin is shorter, 1 ms.
const SHORTEST_FADE: usize = 24;

/// The silence that lies between the chunks of an utterance.
#[derive(Debug, Default)]
pub(super) struct Spacing {
    /// Frames of silence that are still to come before the next sound; `None` ahead of the first.
    owed: Option<usize>,
    /// Frames of silence that are there since the last sound.
    paid: usize,
}

/// Where the audio of a chunk has gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed {
    /// The frames of the chunk's own audio that were kept.
    pub(super) kept: Range<usize>,
    /// Where the first of them is now.
    pub(super) at: usize,
}

impl Spacing {
    /// Appends `audio`, of which `sound` can be heard, to `frames`, with what is missing of the pause ahead of
    /// it. `pause` frames of silence follow the sound; all of them are there when it `is_last`.
    pub(super) fn place(
        &mut self,
        frames: &mut Vec<f32>,
        audio: &[f32],
        sound: Range<usize>,
        pause: usize,
        is_last: bool,
    ) -> Placed {
        let lead = LEAD.min(sound.start).min(self.owed.unwrap_or(LEAD));
        // Margins share a short pause as they share a long one: two thirds for the decay.
        let room = if is_last { pause } else { pause - pause / 3 };
        let tail = TAIL.min(audio.len() - sound.end).min(room);
        let kept = sound.start - lead..sound.end + tail;

        let silence = self.owed.map_or(0, |owed| owed - lead);
        frames.resize(frames.len() + silence, 0.0);
        let at = frames.len();
        frames.extend_from_slice(&audio[kept.clone()]);
        if kept.start > 0 {
            fade(&mut frames[at..], lead, 0.0);
        }
        if kept.end < audio.len() {
            fade(&mut frames[at..], tail, 1.0);
        }
        self.owed = Some(pause - tail);
        self.paid = tail;
        if is_last {
            frames.resize(frames.len() + pause - tail, 0.0);
            self.owed = Some(0);
            self.paid = pause;
        }
        Placed { kept, at }
    }

    /// At least so much silence is between the last sound and the next, or ahead of the first.
    pub(super) fn at_least(&mut self, pause: usize) {
        let missing = pause.saturating_sub(self.paid);
        self.owed = Some(self.owed.unwrap_or(0).max(missing));
    }

    /// A chunk without a sound: only the pause behind it counts, if it is longer than the one ahead of it.
    pub(super) fn pass(&mut self, pause: usize) {
        self.owed = self.owed.map(|owed| owed.max(pause));
    }
}

/// Fades `block` in from a gain of 0, or out from 1, within its margin.
fn fade(block: &mut [f32], margin: usize, from: f32) {
    let length = margin.clamp(SHORTEST_FADE, FADE).min(block.len());
    let edge = if from > 0.0 {
        block.len() - length..block.len()
    } else {
        0..length
    };
    let mut ramp = Ramp::at(from);
    // At most 120.
    ramp.go_to(1.0 - from, length as u32);
    ramp.apply(&mut block[edge]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Noise of ±`soft` around ones.
    fn chunk(before: usize, sound: usize, behind: usize) -> (Vec<f32>, Range<usize>) {
        const SOFT: f32 = 1e-3;
        let mut audio = vec![SOFT; before];
        audio.resize(before + sound, 1.0);
        audio.resize(before + sound + behind, SOFT);
        (audio, before..before + sound)
    }

    /// All frames, and where the sounds lie in them.
    fn join(chunks: &[(usize, usize, usize, usize)], has_end: bool) -> (Vec<f32>, Vec<Range<usize>>) {
        let (mut spacing, mut frames, mut sounds) = (Spacing::default(), Vec::new(), Vec::new());
        for (i, &(before, sound, behind, pause)) in chunks.iter().enumerate() {
            let (audio, sound) = chunk(before, sound, behind);
            let is_last = has_end && i + 1 == chunks.len();
            let placed = spacing.place(&mut frames, &audio, sound.clone(), pause, is_last);
            let start = placed.at + sound.start - placed.kept.start;
            sounds.push(start..start + sound.len());
        }
        (frames, sounds)
    }

    #[test]
    fn silence_around_and_between_chunks_is_what_is_asked_for() {
        let (frames, sounds) = join(
            &[(6_000, 2_400, 9_600, 8_400), (6_000, 2_400, 9_600, 2_400)],
            true,
        );
        assert_eq!(sounds, [720..3_120, 11_520..13_920]);
        assert_eq!(frames.len(), 13_920 + 2_400);
        // The margin behind the first, zeros, the margin ahead of the second.
        assert_eq!(frames[4_559], 0.0);
        assert_eq!(frames[4_400], 1e-3);
        assert!(frames[4_560..10_800].iter().all(|&x| x == 0.0));
        assert_eq!(frames[10_920], 1e-3);
    }

    #[test]
    fn what_is_not_cut_is_left_as_it_is() {
        let (frames, sounds) = join(&[(100, 1_000, 200, 300), (0, 500, 0, 0)], true);
        assert_eq!(sounds, [100..1_100, 1_400..1_900]);
        let (first, _) = chunk(100, 1_000, 200);
        assert!(frames[..1_300] == first);
        assert!(frames[1_300..1_400].iter().all(|&x| x == 0.0));
        assert!(frames[1_400..] == [1.0; 500]);
    }

    #[test]
    fn without_pauses_sound_follows_sound_and_is_hardly_touched() {
        let (frames, sounds) = join(&[(6_000, 2_400, 9_600, 0), (6_000, 2_400, 9_600, 0)], true);
        assert_eq!(sounds, [720..3_120, 3_120..5_520]);
        assert_eq!(frames.len(), 5_520);
        let touched = frames[720..].iter().filter(|&&x| x < 1.0).count();
        assert!(touched <= 3 * SHORTEST_FADE, "{touched} frames");
    }

    #[test]
    fn a_chunk_without_a_sound_leaves_the_longer_pause() {
        let (audio, sound) = chunk(0, 1_000, 0);
        for (pauses, gap) in [([2_400, 1_200], 2_400), ([1_200, 2_400], 2_400)] {
            let (mut spacing, mut frames) = (Spacing::default(), Vec::new());
            spacing.pass(50_000);
            spacing.place(&mut frames, &audio, sound.clone(), pauses[0], false);
            spacing.pass(pauses[1]);
            let placed = spacing.place(&mut frames, &audio, sound.clone(), 0, true);
            assert_eq!((placed.at, frames.len()), (1_000 + gap, 2_000 + gap));
        }
    }

    /// Of a voice: some, or more than the margin.
    fn silence(margin: usize) -> impl Strategy<Value = usize> {
        prop_oneof![1 => 0..=margin, 6 => margin + 1..3 * margin]
    }

    proptest! {
        #[test]
        fn every_pause_is_exact_and_no_sound_is_lost(
            chunks in prop::collection::vec(
                (silence(LEAD), 60_usize..3_000, silence(TAIL), 0_usize..5_000),
                1..6,
            ),
            has_end: bool,
        ) {
            let (frames, sounds) = join(&chunks, has_end);
            prop_assert!(sounds[0].start <= LEAD);
            for (i, (pair, chunk)) in sounds.windows(2).zip(&chunks).enumerate() {
                prop_assert_eq!(pair[1].start - pair[0].end, chunk.3, "behind chunk {}", i);
            }
            let (last, silence) = (&sounds[sounds.len() - 1], frames.len() - sounds[sounds.len() - 1].end);
            if has_end {
                prop_assert_eq!(silence, chunks[chunks.len() - 1].3);
            } else {
                prop_assert!(silence <= TAIL);
            }
            prop_assert!(last.end <= frames.len());
            for sound in &sounds {
                let inner = &frames[sound.start + SHORTEST_FADE..sound.end - SHORTEST_FADE];
                prop_assert!(inner.iter().all(|&x| x == 1.0));
            }
            // Where something is cut off, what is left of it comes and goes smoothly.
            let is_cut = |&(before, _, behind, _): &(usize, usize, usize, usize)| before > LEAD && behind > TAIL;
            let is_quiet = |n: usize| !sounds.iter().any(|sound| sound.contains(&n));
            for n in 1..frames.len() {
                let step = (frames[n] - frames[n - 1]).abs();
                let may_step = !chunks.iter().all(is_cut) || !is_quiet(n) || !is_quiet(n - 1);
                prop_assert!(may_step || step <= 1.5e-3 / SHORTEST_FADE as f32, "{step} at {n}");
            }
        }
    }
}
