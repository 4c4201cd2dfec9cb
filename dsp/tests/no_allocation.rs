//! Nothing allocates while processing.

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use utter_dsp::{Ramp, Resampler, quantise, spread_mono};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

#[test]
fn processing_does_not_allocate() {
    let mut resampler = Resampler::new(24_000, 44_100).unwrap();
    let mut ramp = Ramp::at(1.0);
    let input = [0.5_f32; 6_000];
    let mut output = [0.0_f32; 2_048];
    let mut frames = [0_i16; 4_096];
    assert_no_alloc(|| {
        let mut rest = &input[..];
        while !rest.is_empty() {
            let progress = resampler.process(rest, &mut output);
            rest = &rest[progress.consumed..];
        }
        while resampler.finish(&mut output) > 0 {}
        ramp.go_to(0.0, 384);
        ramp.apply(&mut output);
        spread_mono(&output, 2, &mut frames, 0, |x| quantise::<16>(x) as i16);
        resampler.reset();
    });
}
