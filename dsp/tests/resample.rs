//! What the resampler promises, measured: frame counts, alignment, signal-to-noise ratio, and that the size
//! of the pieces makes no difference.

use proptest::prelude::*;
use std::f64::consts::TAU;
use utter_dsp::Resampler;

/// Pushes `input` through in pieces of the given sizes (used in turn), and takes the output in pieces of
/// another size.
fn resample(resampler: &mut Resampler, input: &[f32], sizes: &[usize], room: usize) -> Vec<f32> {
    let mut output = Vec::new();
    let mut block = vec![0.0; room];
    let mut rest = input;
    for &size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let mut piece = &rest[..size.min(rest.len())];
        rest = &rest[piece.len()..];
        while !piece.is_empty() {
            let progress = resampler.process(piece, &mut block);
            assert!(progress.consumed + progress.produced > 0, "must get on");
            output.extend_from_slice(&block[..progress.produced]);
            piece = &piece[progress.consumed..];
        }
    }
    loop {
        let frames = resampler.finish(&mut block);
        if frames == 0 {
            return output;
        }
        output.extend_from_slice(&block[..frames]);
    }
}

fn sine(frequency: f64, rate: u32, frames: usize) -> Vec<f32> {
    (0..frames)
        .map(|n| (0.7 * (TAU * frequency * n as f64 / f64::from(rate)).cos()) as f32)
        .collect()
}

/// Signal-to-noise ratio in dB of `actual` against `expected`, the first and last `edge` frames left out.
fn snr_db(expected: &[f32], actual: &[f32], edge: usize) -> f64 {
    assert_eq!(expected.len(), actual.len());
    let inner = edge..expected.len() - edge;
    let (mut signal, mut noise) = (0.0, 0.0);
    for (e, a) in expected[inner.clone()].iter().zip(&actual[inner]) {
        signal += f64::from(*e).powi(2);
        noise += (f64::from(*e) - f64::from(*a)).powi(2);
    }
    10.0 * (signal / noise).log10()
}

/// A second of a sine, resampled, is the same sine sampled at the other rate. The edges are left out: there
/// the sine starts and stops abruptly, and what a band-limited signal does then is a matter of definition.
#[test]
fn a_sine_stays_a_sine() {
    for rate_out in [
        16_000,
        22_050,
        32_000,
        44_100,
        48_000,
        88_200,
        96_000,
        176_400,
        192_000_u32,
    ] {
        let nyquist = f64::from(rate_out.min(24_000)) / 2.0;
        for frequency in [100.0, 1_000.0, 5_000.0, 9_000.0, 10_000.0] {
            if frequency > 0.85 * nyquist {
                continue;
            }
            let mut resampler = Resampler::new(24_000, rate_out).unwrap();
            let output = resample(&mut resampler, &sine(frequency, 24_000, 24_000), &[600], 1_024);
            let expected = sine(frequency, rate_out, rate_out as usize);
            let snr = snr_db(&expected, &output, rate_out as usize / 20);
            println!("24000 to {rate_out} Hz, {frequency} Hz: {snr:.1} dB");
            assert!(
                snr >= 120.0,
                "24000 to {rate_out} Hz, {frequency} Hz: only {snr:.1} dB"
            );
        }
    }
}

/// What lies above the new Nyquist frequency must go, not fold down.
#[test]
fn nothing_folds_down() {
    let mut resampler = Resampler::new(24_000, 8_000).unwrap();
    let output = resample(&mut resampler, &sine(5_000.0, 24_000, 24_000), &[600], 1_024);
    let inner = &output[400..output.len() - 400];
    let power = inner.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / inner.len() as f64;
    let relative_db = 10.0 * (power / 0.245).log10(); // 0.245 = 0.7² / 2, the power of the sine
    assert!(
        relative_db < -100.0,
        "{relative_db:.1} dB of a 5 kHz sine are left at 8 kHz"
    );
}

#[test]
fn an_impulse_stays_in_its_place() {
    for rate_out in [8_000_u32, 44_100, 48_000, 192_000] {
        let mut input = vec![0.0; 12_000];
        input[6_000] = 1.0;
        let output = resample(
            &mut Resampler::new(24_000, rate_out).unwrap(),
            &input,
            &[777],
            512,
        );
        let (peak, _) = output
            .iter()
            .enumerate()
            .max_by(|a, b| a.1.total_cmp(b.1))
            .unwrap();
        assert_eq!(
            peak,
            rate_out as usize / 4,
            "the impulse is a quarter of a second in"
        );
    }
}

#[test]
fn equal_rates_are_a_copy() {
    let input = sine(440.0, 24_000, 5_000);
    assert_eq!(
        resample(&mut Resampler::new(24_000, 24_000).unwrap(), &input, &[7], 64),
        input
    );
}

#[test]
fn a_rate_of_zero_is_refused() {
    assert!(Resampler::new(0, 48_000).is_err());
    assert!(Resampler::new(24_000, 0).is_err());
}

#[test]
fn the_next_stream_starts_afresh() {
    let input = sine(440.0, 24_000, 5_000);
    let mut resampler = Resampler::new(24_000, 44_100).unwrap();
    let first = resample(&mut resampler, &input, &[600], 1_024);
    assert_eq!(resample(&mut resampler, &input, &[600], 1_024), first);

    let mut block = [0.0; 64];
    resampler.process(&input, &mut block);
    resampler.reset();
    assert_eq!(resample(&mut resampler, &input, &[600], 1_024), first);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Rates that devices have: the number of frames is exact, and how the stream is cut does not show.
    #[test]
    fn pieces_do_not_show(
        rate_out in prop::sample::select(vec![8_000_u32, 11_025, 16_000, 24_000, 44_100, 48_000, 96_000, 192_000]),
        frames in 0_usize..5_000,
        sizes in prop::collection::vec(1_usize..2_000, 1..8),
        room in 1_usize..3_000,
    ) {
        let input = sine(500.0, 24_000, frames);
        let mut resampler = Resampler::new(24_000, rate_out).unwrap();
        let output = resample(&mut resampler, &input, &sizes, room);
        let exact = (frames as u64 * u64::from(rate_out)).div_ceil(24_000);
        prop_assert_eq!(output.len() as u64, exact);
        prop_assert_eq!(resampler.output_frames(frames as u64), exact);
        let whole = resample(&mut resampler, &input, &[frames.max(1)], 8_192);
        prop_assert_eq!(output, whole);
    }

    /// Odd rates and odd ratios.
    #[test]
    fn any_rate_gives_the_exact_count(rate_out in 8_000_u32..=192_000, frames in 0_usize..2_000) {
        let mut resampler = Resampler::new(24_000, rate_out).unwrap();
        let output = resample(&mut resampler, &vec![0.25; frames], &[311], 997);
        prop_assert_eq!(output.len() as u64, (frames as u64 * u64::from(rate_out)).div_ceil(24_000));
    }
}
