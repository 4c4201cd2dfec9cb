//! Speech at the loudness that was asked for, while it is still being made.
//!
//! A file can be measured and then turned up or down. Speech that streams cannot: when its first word is
//! heard, the second is not there yet. The leveller therefore begins with what such speech is *expected* to
//! measure (a voice is always about as loud), and believes the measurement more and more. Off unless asked
//! for; run before the [`Limiter`](crate::Limiter), which takes what becomes too loud.
//!
//! Every 100 ms of the stream it estimates the loudness as the mean, weighted by time, of the expected one
//! (counting as [`PRIOR_SECONDS`]) and the integrated one of all so far (counting as the seconds it rests on,
//! pauses left out). The gain in dB is the target less the estimate, within its bounds, and goes there by
//! 2 dB a second at most, in a straight line over the next 100 ms: no step, nothing that pumps from word to
//! word. It depends on the samples alone, not on time or on how the stream is cut.

use crate::loudness::gain_to_target_db;
use crate::{LoudnessError, LoudnessMeter};

/// How much the expected loudness counts for.
const PRIOR_SECONDS: f64 = 4.0;

/// The most that the gain moves, in dB a second.
const SLOPE_DB: f64 = 2.0;

/// Times a second that the gain is set.
const STEPS: u32 = 10;

/// What a [`Leveller`] should do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Levelling {
    /// The loudness to reach, in LUFS of one channel (see [`LoudnessMeter`]): −19 is usual for speech that
    /// both loudspeakers play, and sounds as loud as −16 in stereo.
    pub target_lufs: f64,
    /// What the speech measures as it comes, as far as known beforehand: an earlier measurement of the voice,
    /// or the target, which leaves the beginning alone.
    pub expected_lufs: f64,
    /// The gain stays within this, up and down, in dB.
    pub greatest_gain_db: f64,
}

impl Levelling {
    /// To −19 LUFS, expecting that, by 12 dB at most.
    pub const DEFAULT: Self = Self {
        target_lufs: -19.0,
        expected_lufs: -19.0,
        greatest_gain_db: 12.0,
    };
}

impl Default for Levelling {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Loudness normalisation of one channel as it streams by, in place and without delay. One for each voice, for
/// as long as it speaks: what it learnt from one utterance holds for the next.
///
/// The gain is the target less an estimate of the speech's loudness, within its bounds. The estimate begins as
/// [`Levelling::expected_lufs`], which counts as much as 4 s of measured speech, and is renewed every 100 ms;
/// the gain follows it by 2 dB a second at most. A wrong expectation is corrected by two thirds in 10 s.
#[derive(Debug)]
pub struct Leveller {
    levelling: Levelling,
    meter: LoudnessMeter,
    /// The gain in dB at the end of the present step.
    gain_db: f64,
    /// The gain at the step's beginning and end.
    from: f32,
    to: f32,
    /// Frames of a step, and those of the present one that are done.
    step: usize,
    elapsed: usize,
}

impl Leveller {
    /// Makes a leveller for a stream with `rate` frames a second.
    ///
    /// # Errors
    ///
    /// [`LoudnessError::UnsupportedRate`] for less than 8 kHz or more than 2.8 MHz;
    /// [`LoudnessError::NotALevel`] if `levelling` holds NaN, an infinity or a negative bound.
    pub fn new(rate: u32, levelling: Levelling) -> Result<Self, LoudnessError> {
        let Levelling {
            target_lufs,
            expected_lufs,
            greatest_gain_db,
        } = levelling;
        let levels = [target_lufs, expected_lufs, greatest_gain_db];
        if !levels.into_iter().all(f64::is_finite) || greatest_gain_db < 0.0 {
            return Err(LoudnessError::NotALevel {
                expected_lufs,
                target_lufs,
                greatest_gain_db,
            });
        }
        let mut leveller = Self {
            levelling,
            meter: LoudnessMeter::new(rate)?,
            gain_db: 0.0,
            from: 1.0,
            to: 1.0,
            step: (rate / STEPS) as usize,
            elapsed: 0,
        };
        leveller.begin();
        Ok(leveller)
    }

    /// Brings a block to its level. NaN and infinities stay what they are, but are not measured.
    pub fn process(&mut self, block: &mut [f32]) {
        let mut rest = block;
        while !rest.is_empty() {
            let frames = rest.len().min(self.step - self.elapsed);
            let (now, later) = rest.split_at_mut(frames);
            self.meter.measure(now);
            self.apply(now);
            if self.elapsed == self.step {
                self.next_step();
            }
            rest = later;
        }
    }

    /// The loudness of the speech as it comes, in LUFS: what was expected, corrected by what was measured. It
    /// is what to expect of the same voice the next time.
    pub fn estimated_lufs(&self) -> f64 {
        let expected = self.levelling.expected_lufs;
        let Some(measured) = self.meter.integrated() else {
            return expected;
        };
        let seconds = self.meter.gated_seconds();
        (expected * PRIOR_SECONDS + measured * seconds) / (PRIOR_SECONDS + seconds)
    }

    /// The gain that it is going to, in dB.
    pub fn gain_db(&self) -> f64 {
        self.gain_db
    }

    /// Forgets what it measured, and begins with the expected loudness again. The gain steps there at once.
    pub fn reset(&mut self) {
        self.meter.reset();
        self.begin();
    }

    fn begin(&mut self) {
        self.gain_db = self.wanted_db();
        self.to = amplitude(self.gain_db);
        self.from = self.to;
        self.elapsed = 0;
    }

    fn wanted_db(&self) -> f64 {
        let Levelling {
            target_lufs,
            greatest_gain_db,
            ..
        } = self.levelling;
        gain_to_target_db(self.estimated_lufs(), target_lufs, greatest_gain_db)
    }

    fn next_step(&mut self) {
        let most = SLOPE_DB / f64::from(STEPS);
        self.gain_db += (self.wanted_db() - self.gain_db).clamp(-most, most);
        self.from = self.to;
        self.to = amplitude(self.gain_db);
        self.elapsed = 0;
    }

    fn apply(&mut self, block: &mut [f32]) {
        let slope = (self.to - self.from) / self.step as f32;
        for (frame, sample) in (self.elapsed + 1..).zip(block.iter_mut()) {
            *sample *= self.from + slope * frame as f32;
        }
        self.elapsed += block.len();
    }
}

fn amplitude(db: f64) -> f32 {
    10.0_f64.powf(db / 20.0) as f32
}
