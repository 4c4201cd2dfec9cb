//! The level of a clip, and its fades.

use std::sync::Arc;
use std::time::Duration;

use utter_dsp::Ramp;

use super::Clip;
use super::downmix::finite;

/// The loudest gain that is applied, in dB; more turns the last bit of a 24-bit file into a loud signal.
const MAX_GAIN_DB: f32 = 120.0;

/// How a clip is to sound. The default leaves it as it is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ClipOptions {
    /// Gain in dB: 0 leaves the level, −6 halves it, −∞ is silence. More than 120 counts as 120, what is no number as 0.
    pub gain_db: f32,
    /// How long it takes to come in from silence. Longer than the clip counts as its whole length.
    pub fade_in: Duration,
    /// How long it takes to go out to silence; it ends with the clip, and its last frame is 0. Longer than the clip counts
    /// as its whole length. Where both fades overlap, their gains multiply.
    pub fade_out: Duration,
}

impl ClipOptions {
    /// The frames of `clip` with the gain and the fades, which follow the law of [`Ramp`]. The same clip and options give
    /// the same frames, and the default options the clip's own, without a copy.
    pub fn apply(&self, clip: &Clip) -> Arc<[f32]> {
        let gain = self.gain();
        let [fade_in, fade_out] = [self.fade_in, self.fade_out].map(|fade| frames_of(fade, clip));
        if gain == 1.0 && fade_in == 0 && fade_out == 0 {
            return clip.frames.clone();
        }
        let mut frames = clip.frames.to_vec();
        let mut coming = Ramp::at(if fade_in == 0 { gain } else { 0.0 });
        coming.go_to(gain, fade_in);
        coming.apply(&mut frames);
        let mut going = Ramp::at(1.0);
        going.go_to(0.0, fade_out);
        let fading = frames.len() - fade_out as usize;
        going.apply(&mut frames[fading..]);
        // Floats may be as large as they like, and then not every gain leaves them finite.
        frames.iter_mut().for_each(|frame| *frame = finite(*frame));
        frames.into()
    }

    /// The gain as a factor.
    fn gain(&self) -> f32 {
        match self.gain_db.is_nan() {
            true => 1.0,
            false => 10_f32.powf(self.gain_db.min(MAX_GAIN_DB) / 20.0),
        }
    }
}

/// The frames that a fade takes, at most those of the clip.
fn frames_of(fade: Duration, clip: &Clip) -> u32 {
    let longest = clip.frames.len().min(u32::MAX as usize);
    // A float that is too large becomes the largest integer.
    (fade.as_secs_f64() * f64::from(clip.rate))
        .round()
        .min(longest as f64) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speech::clip::ClipFormat;
    use proptest::prelude::*;

    fn clip(frames: Vec<f32>) -> Clip {
        Clip {
            rate: 1000,
            frames: frames.into(),
            channels: 1,
            format: ClipFormat::Wav,
        }
    }

    fn options(gain_db: f32, fade_in: u64, fade_out: u64) -> ClipOptions {
        ClipOptions {
            gain_db,
            fade_in: Duration::from_millis(fade_in),
            fade_out: Duration::from_millis(fade_out),
        }
    }

    #[test]
    fn the_default_does_not_copy() {
        let clip = clip(vec![0.5; 10]);
        assert!(Arc::ptr_eq(&ClipOptions::default().apply(&clip), &clip.frames));
    }

    #[test]
    fn gain_is_in_decibels() {
        let clip = clip(vec![1.0, -0.5]);
        let louder = options(20.0, 0, 0).apply(&clip);
        assert!(
            (louder[0] - 10.0).abs() < 1e-5 && (louder[1] + 5.0).abs() < 1e-5,
            "{louder:?}"
        );
        assert_eq!(*options(f32::NEG_INFINITY, 0, 0).apply(&clip), [0.0, 0.0]);
        assert_eq!(*options(f32::NAN, 0, 0).apply(&clip), [1.0, -0.5]);
        assert!((options(f32::INFINITY, 0, 0).apply(&clip)[0] - 1e6).abs() < 1.0);
    }

    #[test]
    fn fades_follow_the_smoothstep() {
        let faded = options(0.0, 100, 50).apply(&clip(vec![1.0; 400]));
        let smoothstep = |t: f32| t * t * (3.0 - 2.0 * t);
        for (n, &gain) in faded.iter().enumerate() {
            let rising = smoothstep(((n + 1) as f32 / 100.0).min(1.0));
            let falling = 1.0 - smoothstep((n as f32 - 349.0).max(0.0) / 50.0);
            assert!((gain - rising * falling).abs() < 1e-6, "frame {n}: {gain}");
        }
        assert_eq!(faded[399], 0.0);
    }

    #[test]
    fn fades_longer_than_the_clip_take_all_of_it() {
        let clip = clip(vec![1.0; 64]);
        let longest = options(0.0, u64::MAX, u64::MAX).apply(&clip);
        assert_eq!(longest, options(0.0, 64, 64).apply(&clip));
        assert_eq!(longest[63], 0.0);
        assert!(longest.iter().all(|&gain| (0.0..=0.25 + 1e-6).contains(&gain)));
    }

    proptest! {
        /// Whatever the options and the frames, as many finite ones come out, and without gain none is larger.
        #[test]
        fn always_finite(
            frames in prop::collection::vec(prop::num::f32::NORMAL | prop::num::f32::ZERO, 1..200),
            gain_db in prop::num::f32::ANY, fade_in: u64, fade_out in 0_u64..400,
        ) {
            let clip = clip(frames);
            let applied = options(gain_db, fade_in, fade_out).apply(&clip);
            prop_assert_eq!(applied.len(), clip.frames.len());
            prop_assert!(applied.iter().all(|frame| frame.is_finite()));
            let quieter = options(gain_db.min(0.0), fade_in, fade_out).apply(&clip);
            prop_assert!(quieter.iter().zip(&*clip.frames).all(|(a, b)| a.abs() <= b.abs() || gain_db.is_nan()));
        }
    }
}
