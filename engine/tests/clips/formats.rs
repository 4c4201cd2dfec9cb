//! Every format against the formula of its signal.

use proptest::prelude::*;

use crate::fixtures::{LOSSLESS, LOSSY, UNTAGGED, decode_bytes, decode_fixture, signal, snr};

#[test]
fn lossless_formats_come_out_as_they_went_in() {
    for (fixture, bits) in LOSSLESS {
        let (name, channels, rate, frames) = fixture;
        let clip = decode_fixture(fixture);
        let signal = signal(channels, rate, frames);
        // Half a step of rounding in each channel, of which six together weigh 2.42; and that of f32.
        let weight = if channels == 6 { 2.42 } else { 1.0 };
        let step = weight * 0.5_f64.powi(bits as i32) + 6e-8;
        let worst = clip
            .frames
            .iter()
            .zip(&signal)
            .map(|(&f, s)| (f64::from(f) - s).abs())
            .fold(0.0, f64::max);
        assert!(worst <= step * 1.001, "{name}: {worst:e} of {step:e}");
        let snr = snr(&clip.frames, &signal);
        eprintln!("{name}: {snr:.1} dB");
        assert!(
            snr >= if bits >= 24 {
                90.0
            } else {
                6.0 * f64::from(bits) - 24.0
            },
            "{name}: {snr:.1} dB"
        );
    }
}

/// That it is good without a search for the best alignment shows that delay and padding are cut off to the frame.
#[test]
fn lossy_formats_come_close_and_begin_and_end_with_the_signal() {
    for (fixture, least) in LOSSY {
        let (name, channels, rate, frames) = fixture;
        let snr = snr(&decode_fixture(fixture).frames, &signal(channels, rate, frames));
        eprintln!("{name}: {snr:.1} dB");
        assert!(snr >= least, "{name}: {snr:.1} dB");
    }
}

/// LAME puts 576 frames of delay before it, the filterbank of the decoder 529, and the last packet is filled up.
#[test]
fn mp3_without_a_tag_keeps_its_delay_and_padding() {
    let clip = decode_fixture((UNTAGGED, 1, 22_050, 22 * 576));
    let signal = signal(1, 22_050, 11_025);
    let snr = snr(&clip.frames[576 + 529..], &signal);
    assert!(snr >= 20.0, "{snr:.1} dB");
}

#[test]
fn floats_beyond_one_stay_and_what_is_no_number_goes() {
    let mut file = std::io::Cursor::new(Vec::new());
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
    let samples = [4.0_f32, -1e30, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.5];
    samples
        .iter()
        .for_each(|&sample| writer.write_sample(sample).unwrap());
    writer.finalize().unwrap();
    assert_eq!(
        *decode_bytes(file.get_ref()).unwrap().frames,
        [4.0, -1e30, 0.0, 0.0, 0.0, 0.5]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever 16-bit stereo is written by another crate, its mean is read, to the bit.
    #[test]
    fn stereo_of_any_content_is_its_mean(samples in prop::collection::vec(any::<[i16; 2]>(), 1..3000), rate in 4000_u32..=384_000) {
        let mut file = std::io::Cursor::new(Vec::new());
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: rate,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
        samples.iter().flatten().for_each(|&sample| writer.write_sample(sample).unwrap());
        writer.finalize().unwrap();
        let clip = decode_bytes(file.get_ref()).unwrap();
        prop_assert_eq!(clip.rate, rate);
        let means: Vec<f32> = samples.iter().map(|&[l, r]| (i32::from(l) + i32::from(r)) as f32 / 65_536.0).collect();
        prop_assert_eq!(&*clip.frames, means.as_slice());
    }
}
