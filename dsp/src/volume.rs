//! What people set, volume and balance, as gains.
//!
//! Called when a command arrives, not for every frame: a [`Ramp`](crate::Ramp) moves the signal to the new
//! gain.

/// The range of a volume control: what is left at its foot, in dB.
const RANGE_DB: f64 = 60.0;

/// The gain for a volume from 0 (silent) to 1 (untouched, exactly 1.0), such that equal steps of the volume
/// sound like equal steps.
///
/// The gain is 10<sup>3(volume - 1)</sup>: 60 dB over the whole way, thus −6 dB at 0.9 and −30 dB in the
/// middle. As that never is silence, the last of it is a straight line to 0, the tangent that goes through the
/// origin: it leaves the curve without a corner at 0.145, at −51.3 dB. Volumes beyond 0 and 1 count as these,
/// and NaN as 0: what cannot be understood must not be loud.
pub fn taper(volume: f32) -> f32 {
    if volume >= 1.0 {
        return 1.0;
    }
    let volume = f64::from(volume.max(0.0)); // `max` takes NaN to 0
    let steepness = RANGE_DB / 20.0 * std::f64::consts::LN_10;
    let exponential = |volume: f64| (steepness * (volume - 1.0)).exp();
    let foot = 1.0 / steepness;
    let gain = match volume < foot {
        true => exponential(foot) * (volume / foot),
        false => exponential(volume),
    };
    gain as f32
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
    fn the_ends_are_exact_and_the_middle_is_minus_30_db() {
        assert_eq!(taper(0.0), 0.0);
        assert_eq!(taper(1.0), 1.0);
        assert!((db(taper(0.5)) + 30.0).abs() < 1e-3);
        assert!((db(taper(0.9)) + 6.0).abs() < 1e-3);
        assert!((db(taper(0.144_765)) + 51.314).abs() < 1e-2);
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
        /// Louder is louder, and a hundredth of the way is never more than 0.61 dB above the foot.
        #[test]
        fn taper_rises_evenly(volume in 0.0_f32..1.0, step in 1e-4_f32..0.01) {
            let (lower, upper) = (taper(volume), taper(volume + step));
            prop_assert!((0.0..=1.0).contains(&lower));
            prop_assert!(upper > lower);
            if volume > 0.15 {
                prop_assert!(db(upper) - db(lower) < 60.0 * step + 0.01);
            }
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
