//! What the resampler promises, measured: frame counts, alignment, signal-to-noise ratio, and that the size
//! of the pieces makes no difference.
#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod signals;

use proptest::prelude::*;
use signals::send;
use std::f64::consts::TAU;
use utter_dsp::Resampler;

/// A cosine, which begins with a step: the edges have to be good for that too.
fn cosine(frequency: f64, rate: u32, frames: usize) -> Vec<f32> {
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

/// A second of a sine, resampled. The edges are left out: there the sine starts and stops abruptly, and what a
/// band-limited signal does then is a matter of definition.
fn snr_of_sine(rate_in: u32, rate_out: u32, frequency: f64) -> f64 {
    let mut resampler = Resampler::new(rate_in, rate_out).unwrap();
    let input = cosine(frequency, rate_in, rate_in as usize);
    let output = send(&mut resampler, &input, &[600], 1_024);
    let expected = cosine(frequency, rate_out, rate_out as usize);
    snr_db(&expected, &output, rate_out as usize / 10)
}

/// It is the same sine, sampled at the other rate: of speech at the rates that devices have, and of clips at
/// the rates of files. Images that the filter left, and whatever folded, would count as noise here.
#[test]
fn a_sine_stays_a_sine() {
    let speech = [
        16_000,
        22_050,
        32_000,
        44_100,
        48_000,
        88_200,
        96_000,
        176_400,
        192_000_u32,
    ];
    let clips = [8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000_u32];
    let of_speech = speech.into_iter().map(|rate_out| (24_000, rate_out));
    let of_clips = clips
        .into_iter()
        .flat_map(|rate_in| [(rate_in, 44_100), (rate_in, 48_000)]);
    for (rate_in, rate_out) in of_speech.chain(of_clips).filter(|(from, to)| from != to) {
        let nyquist = f64::from(rate_out.min(rate_in)) / 2.0;
        for frequency in [100.0, 1_000.0, 5_000.0, 9_000.0, 10_000.0, 18_000.0] {
            if frequency > 0.85 * nyquist {
                continue;
            }
            let snr = snr_of_sine(rate_in, rate_out, frequency);
            println!("{rate_in} to {rate_out} Hz, {frequency} Hz: {snr:.1} dB");
            assert!(
                snr >= 120.0,
                "{rate_in} to {rate_out} Hz, {frequency} Hz: only {snr:.1} dB"
            );
        }
    }
}

/// The gain in dB at a frequency: what of the output is this sine, over what went in.
fn gain_db(rate_in: u32, rate_out: u32, frequency: f64) -> f64 {
    let mut resampler = Resampler::new(rate_in, rate_out).unwrap();
    let input = cosine(frequency, rate_in, rate_in as usize / 2);
    let output = send(&mut resampler, &input, &[600], 1_024);
    let edge = output.len() / 5;
    let inner = &output[edge..output.len() - edge];
    let (mut re, mut im) = (0.0, 0.0);
    for (n, sample) in inner.iter().enumerate() {
        // A Hann window keeps apart what is not this frequency.
        let window = 1.0 - (TAU * (n as f64 + 0.5) / inner.len() as f64).cos();
        let angle = TAU * frequency * n as f64 / f64::from(rate_out);
        re += window * f64::from(*sample) * angle.cos();
        im += window * f64::from(*sample) * angle.sin();
    }
    20.0 * (2.0 * re.hypot(im) / inner.len() as f64 / 0.7).log10()
}

/// The passband is flat to 0.1 dB: for speech up to 10 kHz, for clips up to 0.83 of the lower Nyquist
/// frequency, which is 10 kHz in 12.
#[test]
fn the_passband_is_flat() {
    for (rate_in, rate_out) in [
        (24_000, 22_050_u32),
        (24_000, 44_100),
        (24_000, 48_000),
        (24_000, 96_000),
        (24_000, 192_000),
        (8_000, 48_000),
        (22_050, 48_000),
        (44_100, 48_000),
        (48_000, 44_100),
        (96_000, 44_100),
    ] {
        let top = match rate_out {
            22_050 => 9_000.0,
            _ => 10_000.0 / 24_000.0 * f64::from(rate_out.min(rate_in)),
        };
        let gains = (1..=40).map(|n| gain_db(rate_in, rate_out, top * f64::from(n) / 40.0));
        let (low, high) = gains.fold((f64::MAX, f64::MIN), |(low, high), g| (low.min(g), high.max(g)));
        println!("{rate_in} to {rate_out} Hz: {low:+.5} to {high:+.5} dB up to {top:.0} Hz");
        assert!(
            low > -0.1 && high < 0.1,
            "{rate_in} to {rate_out} Hz: {low} to {high} dB"
        );
    }
}

/// What lies above the new Nyquist frequency must go, not fold down.
#[test]
fn nothing_folds_down() {
    for (rate_in, rate_out, frequencies) in [
        (24_000, 8_000_u32, [4_100.0, 5_000.0, 11_000.0]),
        (24_000, 22_050, [11_100.0, 11_500.0, 11_900.0]),
        (48_000, 44_100, [22_200.0, 23_000.0, 23_900.0]),
        (96_000, 44_100, [22_200.0, 30_000.0, 47_000.0]),
        (96_000, 48_000, [24_200.0, 30_000.0, 47_000.0]),
    ] {
        for frequency in frequencies {
            let mut resampler = Resampler::new(rate_in, rate_out).unwrap();
            let input = cosine(frequency, rate_in, rate_in as usize);
            let output = send(&mut resampler, &input, &[600], 1_024);
            let inner = &output[output.len() / 10..output.len() * 9 / 10];
            let power = inner.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / inner.len() as f64;
            let left_db = 10.0 * (power / 0.245).log10(); // 0.245 = 0.7² / 2, the power of the sine
            println!("{rate_in} to {rate_out} Hz: {left_db:.1} dB of {frequency} Hz are left");
            assert!(
                left_db < -120.0,
                "{rate_in} to {rate_out} Hz: {left_db:.1} dB of {frequency} Hz are left"
            );
        }
    }
}

#[test]
fn an_impulse_stays_in_its_place() {
    for rate_out in [8_000_u32, 44_100, 48_000, 192_000] {
        let mut input = vec![0.0; 12_000];
        input[6_000] = 1.0;
        let output = send(
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
    let input = cosine(440.0, 24_000, 5_000);
    assert_eq!(
        send(&mut Resampler::new(24_000, 24_000).unwrap(), &input, &[7], 64),
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
    let input = cosine(440.0, 24_000, 5_000);
    let mut resampler = Resampler::new(24_000, 44_100).unwrap();
    let first = send(&mut resampler, &input, &[600], 1_024);
    assert_eq!(send(&mut resampler, &input, &[600], 1_024), first);

    let mut block = [0.0; 64];
    resampler.process(&input, &mut block);
    resampler.reset();
    assert_eq!(send(&mut resampler, &input, &[600], 1_024), first);
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
        let input = cosine(500.0, 24_000, frames);
        let mut resampler = Resampler::new(24_000, rate_out).unwrap();
        let output = send(&mut resampler, &input, &sizes, room);
        let exact = (frames as u64 * u64::from(rate_out)).div_ceil(24_000);
        prop_assert_eq!(output.len() as u64, exact);
        prop_assert_eq!(resampler.output_frames(frames as u64), exact);
        let whole = send(&mut resampler, &input, &[frames.max(1)], 8_192);
        prop_assert_eq!(output, whole);
    }

    /// Odd rates and odd ratios.
    #[test]
    fn any_rate_gives_the_exact_count(rate_out in 8_000_u32..=192_000, frames in 0_usize..2_000) {
        let mut resampler = Resampler::new(24_000, rate_out).unwrap();
        let output = send(&mut resampler, &vec![0.25; frames], &[311], 997);
        prop_assert_eq!(output.len() as u64, (frames as u64 * u64::from(rate_out)).div_ceil(24_000));
    }
}
