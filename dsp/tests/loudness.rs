//! Loudness, measured against what the standard defines, and what the leveller promises.
#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod signals;

use proptest::prelude::*;
use signals::{noise, sine, syllables};
use utter_dsp::{Leveller, Levelling, LoudnessError, LoudnessMeter, gain_to_target_db};

/// The amplitude of a level in dBFS.
fn amplitude(db: f64) -> f64 {
    10.0_f64.powf(db / 20.0)
}

fn integrated(signal: &[f32], rate: u32) -> Option<f64> {
    let mut meter = LoudnessMeter::new(rate).unwrap();
    meter.measure(signal);
    meter.integrated()
}

/// BS.1770-4: a sine of 997 Hz at 0 dBFS in one channel is −3.01 LUFS. The filter has to do that at any rate.
#[test]
fn a_sine_reads_three_below_its_peak_at_any_rate() {
    for rate in [
        8_000_u32, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000,
    ] {
        for level_db in [0.0, -23.0, -40.0] {
            let signal = sine(amplitude(level_db), 997.0, rate, rate as usize * 2);
            let loudness = integrated(&signal, rate).unwrap();
            let error = loudness - (level_db - 3.01);
            println!("997 Hz at {level_db} dBFS, {rate} Hz: {loudness:.3} LUFS, off by {error:+.3}");
            assert!(
                error.abs() <= 0.06,
                "{level_db} dBFS at {rate} Hz: {loudness:.3} LUFS"
            );
        }
    }
}

/// The K-weighting at 48 kHz, by the coefficients that the standard prints: −7.7 dB against 997 Hz at 38 Hz,
/// +3.3 dB at 10 kHz, in the way that its two filters give them.
#[test]
fn other_frequencies_are_weighted() {
    let response_db = |frequency: f64| {
        let section = |b: [f64; 3], a: [f64; 3]| {
            let w = std::f64::consts::TAU * frequency / 48_000.0;
            let power = |c: [f64; 3]| {
                let re: f64 = (0..3).map(|k| c[k] * (w * k as f64).cos()).sum();
                let im: f64 = (0..3).map(|k| c[k] * (w * k as f64).sin()).sum();
                re * re + im * im
            };
            10.0 * (power(b) / power(a)).log10()
        };
        let shelf = section(
            [1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85],
            [1.0, -1.690_659_293_182_41, 0.732_480_774_215_85],
        );
        let high_pass = section(
            [1.0, -2.0, 1.0],
            [1.0, -1.990_047_454_833_98, 0.990_072_250_366_21],
        );
        shelf + high_pass
    };
    for frequency in [38.0, 100.0, 500.0, 997.0, 2_000.0, 5_000.0, 10_000.0] {
        let expected = response_db(frequency) - 0.691 - 20.0 - 3.0103;
        let loudness = integrated(&sine(0.1, frequency, 48_000, 240_000), 48_000).unwrap();
        assert!(
            (loudness - expected).abs() <= 0.06,
            "{frequency} Hz: {loudness:.3}, not {expected:.3}"
        );
    }
}

/// EBU Tech 3341, cases 3 and 4 (with one channel, thus 3 LU lower): quiet parts do not count, by the relative
/// gate and by the absolute one.
#[test]
fn what_is_quiet_does_not_count() {
    let tones = |parts: &[(f64, usize)]| -> Vec<f32> {
        parts
            .iter()
            .flat_map(|&(db, seconds)| sine(amplitude(db), 1_000.0, 48_000, 48_000 * seconds))
            .collect()
    };
    let third = integrated(&tones(&[(-36.0, 10), (-23.0, 60), (-36.0, 10)]), 48_000).unwrap();
    let parts = [(-72.0, 10), (-36.0, 10), (-23.0, 60), (-36.0, 10), (-72.0, 10)];
    let fourth = integrated(&tones(&parts), 48_000).unwrap();
    for loudness in [third, fourth] {
        assert!((loudness + 26.0).abs() <= 0.1, "{loudness:.3} LUFS");
    }
}

#[test]
fn silence_has_no_loudness() {
    let mut meter = LoudnessMeter::new(48_000).unwrap();
    assert_eq!((meter.integrated(), meter.momentary()), (None, None));
    meter.measure(&[0.0; 48_000]);
    assert_eq!((meter.integrated(), meter.momentary()), (None, None));
    assert_eq!(meter.gated_seconds(), 0.0);
}

#[test]
fn nan_and_infinity_are_silence() {
    let mut signal = syllables(0.5, 96_000);
    let mut broken = signal.clone();
    for n in (0..96_000).step_by(1_000) {
        signal[n] = 0.0;
        broken[n] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY][n / 1_000 % 3];
    }
    assert_eq!(integrated(&broken, 48_000), integrated(&signal, 48_000));
    assert!(integrated(&signal, 48_000).is_some());
}

#[test]
fn momentary_follows_and_reset_forgets() {
    let mut meter = LoudnessMeter::new(48_000).unwrap();
    meter.measure(&sine(1.0, 997.0, 48_000, 48_000));
    meter.measure(&sine(0.1, 997.0, 48_000, 24_000));
    assert!((meter.momentary().unwrap() + 23.01).abs() < 0.05);
    assert!(meter.integrated().unwrap() > -6.0);
    meter.reset();
    assert_eq!((meter.integrated(), meter.momentary()), (None, None));
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let refused = LoudnessMeter::new(4_000).err();
    assert_eq!(refused, Some(LoudnessError::UnsupportedRate { rate: 4_000 }));
    assert!(LoudnessMeter::new(u32::MAX).is_err());
    for levelling in [
        Levelling {
            target_lufs: f64::NAN,
            ..Levelling::DEFAULT
        },
        Levelling {
            expected_lufs: f64::NEG_INFINITY,
            ..Levelling::DEFAULT
        },
        Levelling {
            greatest_gain_db: -1.0,
            ..Levelling::DEFAULT
        },
    ] {
        let refused = Leveller::new(24_000, levelling).err();
        assert!(
            matches!(refused, Some(LoudnessError::NotALevel { .. })),
            "{levelling:?}"
        );
    }
}

#[test]
fn a_clip_gets_one_gain() {
    assert_eq!(gain_to_target_db(-26.0, -19.0, 12.0), 7.0);
    assert_eq!(gain_to_target_db(-60.0, -19.0, 12.0), 12.0);
    assert_eq!(gain_to_target_db(0.0, -19.0, 12.0), -12.0);
    assert_eq!(gain_to_target_db(f64::NAN, -19.0, 12.0), 0.0);
}

/// A leveller that expects −20 LUFS, and is to bring them to −20 LUFS.
fn leveller() -> Leveller {
    let levelling = Levelling {
        target_lufs: -20.0,
        expected_lufs: -20.0,
        greatest_gain_db: 12.0,
    };
    Leveller::new(48_000, levelling).unwrap()
}

/// The expectation is corrected by two thirds in ten seconds, and by nine tenths in forty.
#[test]
fn a_wrong_expectation_is_corrected() {
    let speech = syllables(0.5, 48_000 * 40);
    let loudness = integrated(&speech, 48_000).unwrap();
    for off_db in [-9.0, -3.0, 3.0, 9.0] {
        let gain = amplitude(-20.0 - loudness + off_db) as f32;
        let mut output: Vec<f32> = speech.iter().map(|x| x * gain).collect();
        let mut leveller = leveller();
        let (first, later) = output.split_at_mut(48_000 * 10);
        for (part, seconds, left) in [(first, 10, 0.36), (later, 40, 0.13)] {
            leveller.process(part);
            let still_off = leveller.gain_db() + off_db;
            println!("{off_db} dB off: {still_off:.2} dB after {seconds} s");
            assert!(
                still_off.abs() <= left * off_db.abs(),
                "{still_off} dB after {seconds} s"
            );
        }
        // And the signal is where the gain says.
        let last = integrated(&output[48_000 * 30..], 48_000).unwrap();
        let even = integrated(&speech[48_000 * 30..], 48_000).unwrap() - loudness;
        let off = last - even + 20.0;
        assert!(off.abs() <= 0.15 * off_db.abs() + 0.1, "{off} LU at the end");
    }
}

/// The first word is at the level that follows from what was expected.
#[test]
fn begins_with_what_is_expected() {
    let levelling = Levelling {
        target_lufs: -19.0,
        expected_lufs: -25.0,
        ..Levelling::DEFAULT
    };
    let mut leveller = Leveller::new(24_000, levelling).unwrap();
    assert_eq!(leveller.gain_db(), 6.0);
    let mut word = [0.1; 2_400];
    leveller.process(&mut word);
    let gain = amplitude(6.0) as f32;
    assert!(word.iter().all(|x| (*x - 0.1 * gain).abs() < 1e-6));
}

/// A pause of any length changes nothing: the gain waits.
#[test]
fn pauses_do_not_count() {
    let mut leveller = leveller();
    leveller.process(&mut syllables(0.2, 48_000 * 5));
    leveller.process(&mut [0.0; 48_000]);
    let before = leveller.gain_db();
    leveller.process(&mut vec![0.0; 48_000 * 60]);
    assert_eq!(leveller.gain_db(), before);
}

#[test]
fn without_room_for_gain_the_signal_is_untouched() {
    let levelling = Levelling {
        greatest_gain_db: 0.0,
        ..Levelling::DEFAULT
    };
    let mut speech = syllables(0.9, 96_000);
    let before = speech.clone();
    Leveller::new(48_000, levelling).unwrap().process(&mut speech);
    assert_eq!(speech, before);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    /// The measurement and the levelled signal are the same bit for bit, however the stream is cut.
    #[test]
    fn blocks_do_not_show(sizes in prop::collection::vec(1_usize..5_000, 1..6), seed in any::<u64>()) {
        let signal = noise(0.3, seed, 48_000);
        let mut whole = signal.clone();
        let mut leveller = Leveller::new(24_000, Levelling::DEFAULT).unwrap();
        leveller.process(&mut whole);

        let mut pieces = signal.clone();
        let mut cut = Leveller::new(24_000, Levelling::DEFAULT).unwrap();
        let mut meter = LoudnessMeter::new(24_000).unwrap();
        let mut rest = &mut pieces[..];
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, later) = rest.split_at_mut((*size).min(rest.len()));
            meter.measure(piece);
            cut.process(piece);
            rest = later;
        }
        prop_assert_eq!(pieces, whole);
        prop_assert_eq!(meter.integrated(), integrated(&signal, 24_000));
    }

    /// The gain stays within its bounds and never steps: by 2 dB a second at most, whatever the levels do.
    #[test]
    fn gain_is_bounded_and_smooth(
        levels in prop::collection::vec(-60.0_f64..20.0, 1..8),
        expected_lufs in -60.0_f64..0.0,
        greatest_gain_db in 0.0_f64..20.0,
    ) {
        let levelling = Levelling { expected_lufs, greatest_gain_db, ..Levelling::DEFAULT };
        let mut leveller = Leveller::new(8_000, levelling).unwrap();
        // The same sign everywhere, so that output over input is the gain.
        let tone = |db| sine(amplitude(db), 1_000.3, 8_000, 8_000).into_iter().map(|x| x.abs() + 1e-6);
        let input: Vec<f32> = levels.iter().flat_map(|db| tone(*db)).collect();
        let mut output = input.clone();
        leveller.process(&mut output);
        let gains: Vec<f32> = output.iter().zip(&input).map(|(o, i)| o / i).collect();
        let bound = amplitude(greatest_gain_db) as f32 * (1.0 + 1e-5);
        prop_assert!(gains.iter().all(|g| (1.0 / bound..=bound).contains(g)));
        // 2 dB in 8000 frames are a factor of 1.000029 in one, and f32 adds its rounding.
        for pair in gains.windows(2) {
            prop_assert!((pair[1] / pair[0] - 1.0).abs() < 5e-5, "{} to {}", pair[0], pair[1]);
        }
    }
}
