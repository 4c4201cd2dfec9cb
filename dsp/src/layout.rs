//! Channel layout: one channel of speech onto the channels of a device.
//!
//! Called by the renderer for every block. Never mixes down: speech has one channel, devices have one or
//! more.

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

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(out, [1.0, 1.0, 7.0]);
    }
}
