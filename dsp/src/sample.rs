//! From `f32` to the integers that devices and WAV files take.

/// The signed integer of `BITS` bits (2 to 32) nearest to `sample`, full scale being ±1.0.
///
/// Rounds to the nearest, halves to even, so that the error has no offset; clips to the range, in which +1.0
/// becomes the largest value and -1.0 the smallest. NaN becomes silence. For an unsigned format add
/// 2<sup>BITS-1</sup>.
///
/// There is no dither: speech that ends in digital silence should end in digital silence.
pub fn quantise<const BITS: u32>(sample: f32) -> i32 {
    // 32 bits do not fit the mantissa of an f32, and full scale must not round up past the largest value.
    let scale = (1_u64 << (BITS - 1)) as f64;
    let scaled = (f64::from(sample) * scale).round_ties_even();
    // A float-to-integer cast saturates, and takes NaN to 0.
    scaled.clamp(-scale, scale - 1.0) as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rounds_and_clips() {
        assert_eq!(quantise::<16>(0.0), 0);
        assert_eq!(quantise::<16>(1.0), 32_767);
        assert_eq!(quantise::<16>(-1.0), -32_768);
        assert_eq!(quantise::<16>(7.0), 32_767);
        assert_eq!(quantise::<16>(f32::NEG_INFINITY), -32_768);
        assert_eq!(quantise::<16>(f32::NAN), 0);
        assert_eq!(quantise::<16>(1.6 / 32_768.0), 2);
        assert_eq!(quantise::<16>(-1.6 / 32_768.0), -2);
        assert_eq!(quantise::<16>(2.5 / 32_768.0), 2);
        assert_eq!(quantise::<8>(1.0), 127);
        assert_eq!(quantise::<24>(1.0), (1 << 23) - 1);
        assert_eq!(quantise::<32>(1.0), i32::MAX);
        assert_eq!(quantise::<32>(-1.0), i32::MIN);
    }

    proptest! {
        #[test]
        fn error_is_at_most_half_a_step(sample in -1.0_f32..0.9999) {
            let back = f64::from(quantise::<16>(sample)) / 32_768.0;
            prop_assert!((back - f64::from(sample)).abs() <= 0.5 / 32_768.0);
        }

        #[test]
        fn is_monotonic(a in any::<f32>(), b in any::<f32>()) {
            prop_assume!(a <= b);
            prop_assert!(quantise::<32>(a) <= quantise::<32>(b));
        }
    }
}
