//! Channel layout: speech onto the channels of a device.
//!
//! Called by the renderer for every block. Speech has one channel, and two once balance has given left and
//! right gains of their own; devices have one or more.

/// Writes `mono` into `interleaved`, which holds `channels` samples a frame, converting each sample with
/// `convert`.
///
/// * one channel: the signal;
/// * two and more: the signal, at full level, on the first two (front left and right in every layout that
///   WASAPI, Core Audio and ALSA use), silence on the others. A centre channel is left alone: whether one
///   exists, and where in the order, differs between platforms, and front left and right together are heard
///   as the centre.
///
/// `silence` is what the device takes for silence (0, or the middle of an unsigned format). Frames beyond the
/// shorter of the two slices are left as they are. With `channels` 0 nothing is written.
pub fn spread_mono<T: Copy>(
    mono: &[f32],
    channels: usize,
    interleaved: &mut [T],
    silence: T,
    convert: impl Fn(f32) -> T,
) {
    if channels == 0 {
        return;
    }
    for (&sample, frame) in mono.iter().zip(interleaved.chunks_exact_mut(channels)) {
        let (front, rest) = frame.split_at_mut(channels.min(2));
        front.fill(convert(sample));
        rest.fill(silence);
    }
}

/// Writes `left` and `right` into `interleaved`, which holds `channels` samples a frame, converting each sample
/// with `convert`.
///
/// * one channel: the mean of both, which for equal ones is each of them, bit for bit. A device with one
///   channel has no balance: to keep one from making it quieter, give it the signal before balance, with
///   [`spread_mono`];
/// * two and more: the first two, and `silence` on the others, as [`spread_mono`] does it and for the same
///   reasons.
///
/// Frames beyond the shortest of the three slices are left as they are. With `channels` 0 nothing is written.
pub fn spread_stereo<T: Copy>(
    left: &[f32],
    right: &[f32],
    channels: usize,
    interleaved: &mut [T],
    silence: T,
    convert: impl Fn(f32) -> T,
) {
    if channels == 0 {
        return;
    }
    let pairs = left.iter().zip(right);
    for ((&left, &right), frame) in pairs.zip(interleaved.chunks_exact_mut(channels)) {
        match frame {
            [only] => *only = convert(0.5 * left + 0.5 * right),
            [front_left, front_right, rest @ ..] => {
                *front_left = convert(left);
                *front_right = convert(right);
                rest.fill(silence);
            }
            [] => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spread(mono: &[f32], channels: usize) -> Vec<f32> {
        let mut out = vec![9.0; mono.len() * channels];
        spread_mono(mono, channels, &mut out, 0.0, |x| x);
        out
    }

    #[test]
    fn each_channel_count_gets_its_layout() {
        assert_eq!(spread(&[0.5, -0.25], 1), [0.5, -0.25]);
        assert_eq!(spread(&[0.5, -0.25], 2), [0.5, 0.5, -0.25, -0.25]);
        assert_eq!(spread(&[0.5], 6), [0.5, 0.5, 0.0, 0.0, 0.0, 0.0]);
    }

    fn spread_both(left: &[f32], right: &[f32], channels: usize) -> Vec<f32> {
        let mut out = vec![9.0; left.len() * channels];
        spread_stereo(left, right, channels, &mut out, 0.0, |x| x);
        out
    }

    #[test]
    fn left_and_right_keep_their_sides() {
        assert_eq!(spread_both(&[0.5, -0.25], &[0.75, 0.0], 1), [0.625, -0.125]);
        assert_eq!(
            spread_both(&[0.5, -0.25], &[0.75, 0.0], 2),
            [0.5, 0.75, -0.25, 0.0]
        );
        assert_eq!(spread_both(&[0.5], &[0.75], 4), [0.5, 0.75, 0.0, 0.0]);
    }

    proptest! {
        /// Without balance, it does not matter which of the two is called.
        #[test]
        fn equal_sides_are_mono(
            mono in prop::collection::vec(-1.0_f32..1.0, 0..50),
            channels in 0_usize..9,
        ) {
            prop_assert_eq!(spread_both(&mono, &mono, channels), spread(&mono, channels));
        }

        /// However the stream is cut.
        #[test]
        fn blocks_do_not_show(
            left in prop::collection::vec(-1.0_f32..1.0, 50),
            right in prop::collection::vec(-1.0_f32..1.0, 50),
            channels in 1_usize..9,
            cut in 0_usize..50,
        ) {
            let mut pieces = spread_both(&left[..cut], &right[..cut], channels);
            pieces.extend(spread_both(&left[cut..], &right[cut..], channels));
            prop_assert_eq!(pieces, spread_both(&left, &right, channels));
        }
    }

    #[test]
    fn silence_of_an_unsigned_format_is_its_middle() {
        let mut out = [0_u8; 3];
        spread_mono(&[1.0], 3, &mut out, 128, |_| 255);
        assert_eq!(out, [255, 255, 128]);
    }

    #[test]
    fn uneven_lengths_and_no_channels_are_harmless() {
        let mut out = [7.0; 3];
        spread_mono(&[1.0, 2.0, 3.0], 2, &mut out, 0.0, |x| x);
        assert_eq!(out, [1.0, 1.0, 7.0]);
        spread_mono(&[1.0], 0, &mut out, 0.0, |x| x);
        spread_stereo(&[3.0], &[3.0], 0, &mut out, 0.0, |x| x);
        assert_eq!(out, [1.0, 1.0, 7.0]);
        spread_stereo(&[3.0, 4.0], &[5.0], 2, &mut out, 0.0, |x| x);
        assert_eq!(out, [3.0, 5.0, 7.0]);
    }
}
