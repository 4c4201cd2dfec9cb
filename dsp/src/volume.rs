//! What people set, volume and balance, as gains.
//!
//! Called when a command arrives, not for every frame: a [`Ramp`](crate::Ramp) moves the signal to the new
//! gain.

/// The gain for a volume from 0 (silent) to 1 (untouched, exactly 1.0), such that equal steps of the volume
/// sound like equal steps.
///
/// The gain is the cube of the volume, as in PulseAudio and most desktops since: −18 dB in the middle, −60 dB at
/// 0.1, and silence at 0 without a special case. An exponential over 60 dB would be even in decibels, but people
/// hear loudness about as the 0.6th power of the gain (Stevens 1957): −30 dB in the middle is not half as loud,
/// but an eighth. Volumes beyond 0 and 1 count as these, and NaN as 0: what cannot be understood must not be loud.
pub fn taper(volume: f32) -> f32 {
    let volume = match volume.is_nan() {
        true => 0.0,
        false => volume.clamp(0.0, 1.0),
    };
    volume * volume * volume
}

/// The gains for left and right for a balance from −1 (left only) over 0 (both exactly 1.0) to 1 (right only).
///
/// Only the far side becomes quieter, in proportion: the near one keeps its level. Balances beyond −1 and 1
/// count as these, NaN as 0.
pub fn balance(balance: f32) -> (f32, f32) {
    let balance = match balance.is_nan() {
        true => 0.0,
        false => balance.clamp(-1.0, 1.0),
    };
    (1.0 - balance.max(0.0), 1.0 + balance.min(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn db(gain: f32) -> f32 {
        20.0 * gain.log10()
    }

    #[test]
    fn the_ends_are_exact_and_the_middle_is_minus_18_db() {
        assert_eq!((taper(0.0), taper(1.0)), (0.0, 1.0));
        assert!((db(taper(0.5)) + 18.06).abs() < 0.01);
        assert!((db(taper(0.1)) + 60.0).abs() < 0.01);
    }

    /// Heard as the 0.6th power of the gain, the upper half of the way makes 2.5 times the difference of the lower; it
    /// would be 7 times by an exponential over 60 dB.
    #[test]
    fn equal_steps_are_heard_as_about_equal() {
        let loudness = |volume: f32| taper(volume).powf(0.6);
        let ratio = (loudness(1.0) - loudness(0.5)) / loudness(0.5);
        assert!((1.0..2.5).contains(&ratio), "{ratio}");
    }

    #[test]
    fn nonsense_is_silent_or_central() {
        assert_eq!(taper(f32::NAN), 0.0);
        assert_eq!(taper(-3.0), 0.0);
        assert_eq!(taper(f32::INFINITY), 1.0);
        assert_eq!(balance(f32::NAN), (1.0, 1.0));
        assert_eq!(balance(f32::NEG_INFINITY), (1.0, 0.0));
    }

    #[test]
    fn balance_turns_down_the_far_side_only() {
        assert_eq!(balance(0.0), (1.0, 1.0));
        assert_eq!(balance(-0.0), (1.0, 1.0));
        assert_eq!(balance(0.25), (0.75, 1.0));
        assert_eq!(balance(-1.0), (1.0, 0.0));
        assert_eq!(balance(1.0), (0.0, 1.0));
    }

    proptest! {
        #[test]
        fn louder_is_louder(volume in 0.0_f32..0.99, step in 1e-3_f32..0.01) {
            prop_assert!(taper(volume + step) > taper(volume));
        }

        #[test]
        fn any_bits_give_gains_from_0_to_1(bits in any::<u32>()) {
            let any = f32::from_bits(bits);
            let (left, right) = balance(any);
            for gain in [taper(any), left, right] {
                prop_assert!((0.0..=1.0).contains(&gain));
            }
            prop_assert_eq!(left.max(right), 1.0);
        }
    }
}
