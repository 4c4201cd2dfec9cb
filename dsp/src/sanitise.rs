//! The gate at the entrance of the signal path: what is not a number that a device can play becomes silence.
//!
//! The limiter sends everything through it, so that NaN and infinity never reach a device, whatever a model
//! or a file delivers. Denormals go too: they are far below what can be heard, and on many processors an
//! operation on one takes a hundred times as long, just when speech has faded away.

/// Replaces NaN, infinities and denormals (below [`f32::MIN_POSITIVE`] in magnitude) by 0. All other samples
/// stay bit for bit.
pub fn sanitise(block: &mut [f32]) {
    for sample in block {
        *sample = sanitised(*sample);
    }
}

/// One sample of [`sanitise`].
pub(crate) fn sanitised(sample: f32) -> f32 {
    // Comparisons with NaN are false. There is no branch in this, so that loops over it vectorise.
    let playable = sample.abs() >= f32::MIN_POSITIVE && sample.abs() <= f32::MAX;
    if playable { sample } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_cannot_be_played_is_silence() {
        let mut block = [
            f32::NAN,
            -f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::from_bits(1),
            -f32::MIN_POSITIVE / 2.0,
            0.0,
        ];
        sanitise(&mut block);
        assert_eq!(block, [0.0; 7]);
    }

    #[test]
    fn the_smallest_and_the_largest_numbers_stay() {
        let mut block = [f32::MIN_POSITIVE, -f32::MIN_POSITIVE, f32::MAX, f32::MIN, 1.0];
        let before = block;
        sanitise(&mut block);
        assert_eq!(block, before);
    }

    proptest! {
        #[test]
        fn any_bits_come_out_normal_or_zero(bits in prop::collection::vec(any::<u32>(), 0..100)) {
            let before: Vec<f32> = bits.into_iter().map(f32::from_bits).collect();
            let mut after = before.clone();
            sanitise(&mut after);
            for (b, a) in before.iter().zip(&after) {
                prop_assert!(a.is_normal() || *a == 0.0);
                prop_assert!(!b.is_normal() || a.to_bits() == b.to_bits());
            }
        }
    }
}
