//! What the limiter promises, measured: the ceiling, for samples and between them; transparency below it;
//! frame counts; how little it bends; and that the size of blocks makes no difference.
#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod signals;

use ebur128::{EbuR128, Mode};
use proptest::prelude::*;
use signals::{noise, oversampled, peak_db, send, sine, syllables};
use utter_dsp::{Limiter, sanitise};

const RATE: u32 = 48_000;

fn limiter() -> Limiter {
    Limiter::new(RATE, Limiter::CEILING_DB)
}

fn limited(input: &[f32]) -> Vec<f32> {
    send(&mut limiter(), input, &[512], 512)
}

/// True peak in dBTP as an independent meter reads it.
fn metered_true_peak(signal: &[f32]) -> f64 {
    let mut meter = EbuR128::new(1, RATE, Mode::TRUE_PEAK).unwrap();
    meter.add_frames_f32(signal).unwrap();
    20.0 * meter.true_peak(0).unwrap().log10()
}

/// Signals that are too loud by up to 20 dB, each with its name.
fn loud_signals() -> Vec<(String, Vec<f32>)> {
    let mut signals = Vec::new();
    for gain_db in [1.0_f32, 6.0, 20.0] {
        let gain = 10.0_f32.powf((Limiter::CEILING_DB + gain_db) / 20.0);
        let mut add = |name: &str, signal| signals.push((format!("{name} at +{gain_db} dB"), signal));
        add("syllables", syllables(gain, 96_000));
        for frequency in [50.0, 997.0, 5_003.0, 11_999.0, 15_013.0, 19_997.0] {
            add(
                &format!("{frequency} Hz"),
                sine(f64::from(gain), frequency, RATE, 24_000),
            );
        }
        // Noise up to 12 kHz, as of speech at 24 kHz, and up to 22 kHz.
        let mut resampler = utter_dsp::Resampler::new(24_000, RATE).unwrap();
        let narrow = send(&mut resampler, &noise(gain, 7, 24_000), &[512], 512);
        add("noise to 12 kHz", narrow);
        let mut resampler = utter_dsp::Resampler::new(44_100, RATE).unwrap();
        let wide = send(&mut resampler, &noise(gain, 7, 44_100), &[512], 512);
        // And in gusts of 4 ms, some 20 dB louder than others: the gain is on its way all the time.
        let gusts = noise(1.0, 11, wide.len() / 192 + 1);
        let gusty = wide
            .iter()
            .zip(gusts.iter().flat_map(|g| [0.1 + 0.9 * g.abs(); 192]));
        add(
            "noise in gusts",
            gusty.map(|(sample, gust)| sample * gust).collect(),
        );
        add("noise to 22 kHz", wide);
    }
    signals
}

/// Between samples, by the resampler: at the fourfold rate that the recommendation asks for, and at 16 times
/// the rate, nearly what a converter plays, with the peaks that fall between the points of the fourfold one.
/// And as an independent meter reads it, whose filter reads up to 0.3 dB too much itself.
#[test]
fn true_peak_is_held() {
    let ceiling = Limiter::CEILING_DB;
    let tolerance = Limiter::TRUE_PEAK_TOLERANCE_DB;
    for (name, signal) in loud_signals() {
        let output = limited(&signal);
        let fourfold = peak_db(&oversampled(&output, 4));
        let sixteenfold = peak_db(&oversampled(&output, 16));
        let metered = metered_true_peak(&output) as f32;
        println!("{name}: fourfold {fourfold:.3}, 16-fold {sixteenfold:.3}, ebur128 {metered:.3} dBTP");
        assert!(fourfold <= ceiling + tolerance, "{name}: {fourfold} dBTP");
        assert!(
            sixteenfold <= ceiling + 2.0 * tolerance,
            "{name}: {sixteenfold} dBTP"
        );
        assert!(metered <= ceiling + tolerance, "{name}: {metered} dBTP");
        // And it does not turn down more than that needs.
        assert!(sixteenfold >= ceiling - 0.02, "{name}: {sixteenfold} dBTP");
    }
}

/// A tone is turned down, not bent: what is left when the sine is taken out of the output.
#[test]
fn a_steady_tone_stays_a_sine() {
    for frequency in [50.0, 100.0, 440.0, 997.0, 5_003.0] {
        let input = sine(2.0, frequency, RATE, 96_000);
        let output = limited(&input);
        let (input, output) = (&input[48_000..90_000], &output[48_000..90_000]);
        let product: f64 = input
            .iter()
            .zip(output)
            .map(|(i, o)| f64::from(*i) * f64::from(*o))
            .sum();
        let power: f64 = input.iter().map(|i| f64::from(*i).powi(2)).sum();
        let gain = product / power;
        let rest: f64 = input
            .iter()
            .zip(output)
            .map(|(i, o)| (f64::from(*o) - gain * f64::from(*i)).powi(2))
            .sum();
        let distortion_db = 10.0 * (rest / (gain * gain * power)).log10();
        println!("{frequency} Hz, 7 dB too loud: {distortion_db:.1} dB of distortion and noise");
        assert!(distortion_db < -100.0, "{frequency} Hz: {distortion_db:.1} dB");
    }
}

/// Around one peak the gain moves evenly: never by more than 3 % of its way in a frame (a cut would be 100 %).
#[test]
fn the_gain_is_smooth() {
    let mut input = vec![0.25; 24_000];
    input[12_000] = 8.0;
    let output = limited(&input);
    let gains: Vec<f32> = output.iter().zip(&input).map(|(o, i)| o / i).collect();
    let lowest = gains[12_000];
    assert!((lowest - limiter().ceiling() / 8.0).abs() < 1e-6, "{lowest}");
    // It is the gain that does it, which is there for the neighbours too, and not the peak that is cut.
    assert!((gains[12_001] - lowest).abs() < 1e-6, "{}", gains[12_001]);
    for (n, pair) in gains.windows(2).enumerate() {
        let step = (pair[1] - pair[0]).abs() / (1.0 - lowest);
        assert!(step < 0.03, "{step} of the way at {n}");
    }
    assert_eq!(gains[12_000 - limiter().look_ahead() - 1], 1.0);
}

/// The tail of speech after a burst: untouched again after 14 release times and the hold.
#[test]
fn is_exact_again_after_a_peak() {
    let mut input = syllables(0.5, 96_000);
    input[1_000] = 30.0;
    let output = limited(&input);
    assert_ne!(output[2_000..10_000], input[2_000..10_000]);
    assert_eq!(output[57_000..], input[57_000..]);
}

#[test]
fn looks_ahead_for_two_milliseconds_at_most() {
    for rate in [8_000, 11_025, 22_050, 24_000, 44_100, 48_000, 96_000, 192_000] {
        let frames = Limiter::new(rate, -1.0).look_ahead();
        assert!(frames * 1_000 <= rate as usize * 2, "{frames} at {rate} Hz");
    }
}

#[test]
fn nonsense_is_met() {
    assert_eq!(Limiter::new(RATE, f32::NAN).ceiling(), limiter().ceiling());
    assert_eq!(Limiter::new(RATE, f32::INFINITY).ceiling(), 1.0);
    assert_eq!(Limiter::new(RATE, 6.0).ceiling(), 1.0);
    let loud = sine(0.5, 997.0, RATE, 1_000);
    let silent = send(&mut Limiter::new(RATE, f32::NEG_INFINITY), &loud, &[64], 64);
    assert!(silent.iter().all(|x| *x == 0.0));
    for rate in [0, 1, 100] {
        let output = send(&mut Limiter::new(rate, -1.0), &[2.0; 100], &[7], 9);
        assert_eq!(output.len(), 100);
    }
}

#[test]
fn the_next_stream_starts_afresh() {
    let input = syllables(3.0, 24_000);
    let mut limiter = limiter();
    let first = send(&mut limiter, &input, &[600], 1_024);
    assert_eq!(send(&mut limiter, &input, &[600], 1_024), first);

    limiter.process(&input, &mut [0.0; 64]);
    limiter.reset();
    assert_eq!(send(&mut limiter, &input, &[600], 1_024), first);
}

/// A stream that is shorter than the look-ahead.
#[test]
fn short_streams_come_out_whole() {
    for frames in 0..200 {
        let input = noise(0.3, 3, frames);
        assert_eq!(send(&mut limiter(), &input, &[5], 3), input);
    }
}

/// Any bits, among them NaN and infinities, in runs with samples of usual size.
fn any_samples() -> impl Strategy<Value = Vec<f32>> {
    let any_bits = any::<u32>().prop_map(f32::from_bits);
    let sample = prop_oneof![4 => -1.0_f32..1.0, 1 => -8.0_f32..8.0, 1 => any_bits];
    prop::collection::vec(sample, 0..3_000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever comes in, at whatever rate and ceiling: as many frames, none above the ceiling.
    #[test]
    fn nothing_is_above_the_ceiling(
        input in any_samples(),
        rate in prop::sample::select(vec![8_000_u32, 22_050, 44_100, 48_000, 192_000]),
        ceiling_db in -30.0_f32..=0.0,
    ) {
        let mut limiter = Limiter::new(rate, ceiling_db);
        let output = send(&mut limiter, &input, &[441], 480);
        prop_assert_eq!(output.len(), input.len());
        let ceiling = limiter.ceiling();
        prop_assert!(output.iter().all(|x| x.abs() <= ceiling), "not above {ceiling}");
    }

    /// Bit for bit the same, however the stream is cut on both sides.
    #[test]
    fn blocks_do_not_show(
        input in any_samples(),
        sizes in prop::collection::vec(1_usize..700, 1..8),
        room in 1_usize..700,
    ) {
        let bits = |samples: Vec<f32>| samples.into_iter().map(f32::to_bits).collect::<Vec<_>>();
        let pieces = send(&mut limiter(), &input, &sizes, room);
        let whole = send(&mut limiter(), &input, &[3_000], 4_096);
        prop_assert_eq!(bits(pieces), bits(whole));
    }

    /// Bit for bit what came in, as long as the true peak is below the ceiling (0.1 dB below, for what this
    /// meter and the limiter's read differently).
    #[test]
    fn transparent_below_the_ceiling(seed in any::<u64>(), level_db in -20.0_f32..0.0, wide in any::<bool>()) {
        let rate = if wide { 44_100 } else { 24_000 };
        let mut resampler = utter_dsp::Resampler::new(rate, RATE).unwrap();
        let mut signal = send(&mut resampler, &noise(0.5, seed, 4_000), &[512], 512);
        let gain = 10.0_f32.powf((Limiter::CEILING_DB - 0.1 + level_db - peak_db(&oversampled(&signal, 4))) / 20.0);
        signal.iter_mut().for_each(|x| *x *= gain);
        sanitise(&mut signal);
        prop_assert_eq!(limited(&signal), signal);
    }
}
