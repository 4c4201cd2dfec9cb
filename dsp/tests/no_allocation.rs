//! Nothing allocates while processing.

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use utter_dsp::{
    LevelMeter, Leveller, Levelling, Limiter, LoudnessMeter, Progress, Ramp, Resampler, balance, quantise,
    sanitise, spread_mono, spread_stereo, taper,
};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

/// Two seconds that keep everything busy: most of it too loud for the limiter, by ever different amounts.
fn busy() -> Vec<f32> {
    (0..48_000_i32)
        .map(|n| (n as f32 * 0.05).sin() * (1.5 + (n as f32 * 0.013).sin()))
        .collect()
}

fn send(mut input: &[f32], mut process: impl FnMut(&[f32]) -> Progress) {
    while !input.is_empty() {
        input = &input[process(input).consumed..];
    }
}

#[test]
fn streams_do_not_allocate() {
    let mut leveller = Leveller::new(24_000, Levelling::DEFAULT).unwrap();
    let mut resampler = Resampler::new(24_000, 44_100).unwrap();
    let mut limiter = Limiter::new(44_100, Limiter::CEILING_DB);
    let mut loudness = LoudnessMeter::new(24_000).unwrap();
    let mut input = busy();
    let mut output = [0.0_f32; 2_048];
    assert_no_alloc(|| {
        sanitise(&mut input);
        loudness.measure(&input);
        assert!(loudness.integrated().is_some() && loudness.momentary().is_some());
        leveller.process(&mut input);
        assert!(leveller.gain_db() != 0.0);
        send(&input, |rest| resampler.process(rest, &mut output));
        while resampler.finish(&mut output) > 0 {}
        send(&input, |rest| limiter.process(rest, &mut output));
        while limiter.finish(&mut output) > 0 {}
        loudness.reset();
        leveller.reset();
        resampler.reset();
        limiter.reset();
    });
}

#[test]
fn the_callback_does_not_allocate() {
    let mut volume = Ramp::at(1.0);
    let mut sides = [Ramp::at(1.0), Ramp::at(1.0)];
    let mut meter = LevelMeter::new();
    let mut mono = busy();
    let (mut left, mut right) = (vec![0.0; mono.len()], vec![0.0; mono.len()]);
    let mut frames = vec![0_i16; 2 * mono.len()];
    assert_no_alloc(|| {
        volume.go_to(taper(0.3), 384);
        volume.apply(&mut mono);
        let (to_left, to_right) = balance(-0.5);
        sides[0].go_to(to_left, 960);
        sides[1].go_to(to_right, 960);
        sides[0].apply_to(&mono, &mut left);
        sides[1].apply_to(&mono, &mut right);
        meter.measure(&mono);
        assert!(meter.take().peak > 0.0);
        spread_mono(&mono, 2, &mut frames, 0, |x| quantise::<16>(x) as i16);
        spread_stereo(&left, &right, 2, &mut frames, 0, |x| quantise::<16>(x) as i16);
    });
}
